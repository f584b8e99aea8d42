"""A lesson's number stands in the name of its source and nowhere else, so that a lesson can be put in between."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.contracts import ArgumentError, UnknownIdError
from course_lib.teach import cards, lessons, progress
from course_lib.teach.checking import exercises
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.publish.lesson_source import numbered, sources

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"[Ll]essons? \d\d?\b|[\"`']\d{1,2}\.[a-z]\w*[\"`']|lesson_\d\d|\b\d\d_[a-z]\w*\.(?:ipynb|py)")
PLACE = re.compile(r"\{\{(?:card )?([a-z][a-z0-9_]*)(?:\.(\w+)| file)?\}\}")
CALL = re.compile(r'\b(?:exercise|hint|solution|compare|predict|measured)\("([a-z][a-z0-9_]*\.\w+)"')
EXAMPLES = {'"9.q1"', '"3.1"'}         # in docstrings, for the form of an id


def test_numbers_come_from_the_names_of_the_sources():
    assert lessons.numbers() == {path.stem[3:]: path.stem[:2] for path in sources()}
    assert lessons.number("negatives") == lessons.number(4) == lessons.number("4") == "04"
    assert lessons.name("04") == lessons.name("negatives") == "negatives"
    assert lessons.title("feature_audit") == "Feature audit"


def test_an_id_is_kept_by_name_and_shown_by_number():
    assert lessons.shown("negatives.1") == lessons.shown("4.1") == "4.1"
    assert lessons.kept("4.1") == lessons.kept("negatives.1") == "negatives.1"
    assert lessons.kept("99.1") == "99.1" and lessons.kept("mine") == "mine"
    with pytest.raises(UnknownIdError, match="negatives"):
        lessons.shown("negative.1")


def test_texts_are_filled_and_other_braces_stay():
    text = "lesson {{negatives}}, exercise {{negatives.1}}, [next]({{negatives file}}.ipynb), {{other}}, {x}, {{x}^2}"
    assert lessons.expand(text) == ("lesson 04, exercise 4.1, [next](04_negatives.ipynb), {{other}}, {x}, {{x}^2}")
    assert numbered('hint("negatives.1"); open("negatives.csv")') == 'hint("4.1"); open("negatives.csv")'


def test_every_card_claim_and_question_can_be_asked_for_either_way():
    for held in cards.all_cards():
        assert cards.card(held.id) is cards.card(lessons.kept(held.id)) is held
    for held in cards.claims():
        assert cards.claim(held.id) is cards.claim(lessons.kept(held.id)) is held
    with pytest.raises(ArgumentError, match="two_tower.1"):
        Claim("nonsense.1", "says", "who", (0, 1))


def test_what_a_learner_calls_takes_the_name_as_well(capsys):
    exercises.hint("negatives.1", 1)
    assert "Exercise 4.1" in capsys.readouterr().out


def test_no_number_of_a_lesson_is_typed_where_learners_read():
    """Sources, cards, the interview's texts: numbers come in when a notebook is built or a card is loaded."""
    teach = ROOT / "course_lib" / "teach"
    read = [*sources(), ROOT / "course_lib" / "doctor.py", *(
        path for room in ("cards", "interview", "show") for path in (teach / room).rglob("*.py"))]
    typed = {str(path.relative_to(ROOT)): found for path in read
             if (found := set(NUMBER.findall(path.read_text(encoding="utf-8"))) - EXAMPLES)}
    assert typed == {}


def test_every_cross_reference_leads_to_something_that_exists():
    exercises = [held for name in lessons.numbers() for held in cards.exercises_of(name)]
    known = {lessons.kept(held.id) for held in (*exercises, *cards.all_cards(), *cards.claims())}
    questions = {lessons.kept(held.id) for name in lessons.numbers() for held in cards.quizzes_of(name)}
    lost = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        lost += [f"{path.name}: {hit[0]}" for hit in PLACE.finditer(text)
                 if hit[1] not in lessons.numbers() or (hit[2] and f"{hit[1]}.{hit[2]}" not in known)]
        lost += [f"{path.name}: {hit[0]}" for hit in CALL.finditer(text) if hit[1] not in known]
        lost += [f"{path.name}: {hit[0]}" for hit in re.finditer(r'\bquiz\("([a-z][a-z0-9_]*\.\w+)"\)', text)
                 if hit[1] not in questions]
    assert lost == []


SHIFTED = """
from course_lib.teach import cards, lessons
from course_lib.teach.publish.build import dumps
from course_lib.teach.publish.lesson_source import read_lesson, sources
assert lessons.number("negatives") == "04" and lessons.number("ann") == "06", lessons.numbers()
assert cards.card("6.1") is cards.card("ann.1") and cards.claim("6.nprobe").lesson == "06"
path, = sources(["ann"])
text = dumps(read_lesson(path).learner)
assert "# 06 ANN" in text and 'exercise(\\\\"6.3\\\\")' in text and "### Exercise 6.3:" in text
assert "to lesson 07" in text and 'exercise(\\\\"5.' not in text
start, = sources(["start_here"])
words = " ".join(" ".join(cell.source for cell in read_lesson(start).learner.cells).split())
assert "lesson {:02d}".format(int(lessons.number("ranker"))) in words
print("shifted")
"""


def test_a_lesson_put_in_between_moves_the_later_ones_and_nothing_else_is_touched(tmp_path):
    """05_new.py is put in: every later lesson gets the next number, in cards, claims, text and calls."""
    shutil.copytree(ROOT / "course_lib", tmp_path / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    source = tmp_path / "solutions" / "source"
    source.mkdir(parents=True)
    for path in sources():
        number = int(path.stem[:2])
        shutil.copy(path, source / f"{number + (number >= 5):02d}_{path.stem[3:]}.py")
    (source / "05_new.py").write_text("# %% [markdown]\n# # {{new}} New: a lesson\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", SHIFTED], cwd=tmp_path, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.stdout.strip() == "shifted", done.stderr


def test_a_record_of_the_first_edition_is_read_by_the_names_its_numbers_had(tmp_path, monkeypatch):
    """There, 11 was the launch and 12 the interview; the record says so once and for all."""
    import sqlite3

    file = tmp_path / "progress.sqlite"
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    with sqlite3.connect(file) as old:
        old.execute(progress.SCHEMA)
        old.executemany("INSERT INTO events (at, kind, ref) VALUES (?, 'hint', ?)",
                        [(1.0, "11.3"), (2.0, "12.1"), (3.0, "3.1"), (4.0, "quick")])
    for _ in range(2):                                  # a second reading changes nothing
        assert [event["ref"] for event in progress.events()] == [
            lessons.shown("launch.3"), lessons.shown("interview.1"), "3.1", "quick"]
    progress.record("hint", lessons.shown("launch.3"))
    with sqlite3.connect(file) as kept:
        assert [ref for ref, in kept.execute("SELECT ref FROM events ORDER BY id")] == [
            "launch.3", "interview.1", "two_tower.1", "quick", "launch.3"]


@pytest.mark.parametrize(("shown", "named"), [("3.9", "decision"), ("3.11", "refereed experiment")])
@pytest.mark.parametrize("asked", [exercises.hint, exercises.solution])
def test_a_decision_says_that_it_has_no_hints_and_is_not_called_unknown(asked, shown, named):
    with pytest.raises(UnknownIdError, match=f"{shown} is a {named}: it has no hints"):
        asked(shown)
