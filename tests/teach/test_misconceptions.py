"""Kinds of mistake over lessons: three leaks are told with their sections, one or two are not."""

import json
import sqlite3

import pytest

from course_lib.teach import cards, misconceptions, progress


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    file = tmp_path / "progress.sqlite"
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    return file


def wrong(ref, mistake, known=True, **more):
    assert progress.record("attempt", ref, "wrong", mistake=mistake, known=known, **more)


LEAKS = (("2.5", "knows the future"), ("3.5", "by row"), ("8.1", "the latest there is"))


def test_three_leaks_in_three_lessons_are_told_in_one_sentence_with_their_sections():
    for ref, mistake in LEAKS:
        wrong(ref, mistake)
    told = [line for line in progress.report().splitlines() if "of one kind" in line]
    assert len(told) == 1
    assert "In three exercises of three lessons your mistake was of one kind, “leak”" in told[0]
    assert "lesson 08, “Build: join at the right moment” (8.1)" in told[0]
    assert "lesson 02, “" in told[0]
    assert "exercise 3.5" in told[0], "no lesson asks it any more, so there is no section to read"


@pytest.mark.parametrize("few", [LEAKS[:1], LEAKS[:2], LEAKS[:1] * 5])
def test_with_too_few_nothing_is_said(few):
    for ref, mistake in few:
        wrong(ref, mistake)
    assert misconceptions.lines(progress.events()) == [] and "kind" not in progress.report().lower()


def test_three_mistakes_of_three_kinds_are_counted_and_make_no_pattern():
    wrong("2.5", "knows the future")
    wrong("3.4", "precision")
    wrong("3.2", "transposed", known=False)
    lines = misconceptions.lines(progress.events())
    assert len(lines) == 1 and "leak 1" in lines[0] and "who is counted 1" in lines[0] and "axis or order 1" in lines[0]


def test_one_lesson_alone_makes_no_pattern():
    for ref, mistake in (("8.1", "the next fact"), ("8.3", "rounded up"), ("8.5", "the server's clock")):
        wrong(ref, mistake)
    assert not any("of one kind" in line for line in misconceptions.lines(progress.events()))


def test_a_right_answer_and_one_not_attempted_are_no_mistakes():
    for ref, mistake in LEAKS:
        progress.record("attempt", ref, "right", mistake=mistake, known=True)
        progress.record("attempt", ref, "todo", mistake=mistake)
    assert misconceptions.met(progress.events()) == {}


def test_the_kind_that_was_recorded_goes_before_the_table():
    wrong("2.5", "a mistake of tomorrow's edition", mistake_kind="boundary")
    assert misconceptions.met(progress.events()) == {"boundary": ["2.5"]}


def test_entries_of_the_first_edition_are_read(own_record):
    """Numbers for lessons, no seal, no kind, and in some no word on whether the mistake was known."""
    with sqlite3.connect(own_record) as old:
        old.execute(progress.SCHEMA)
        for ref, mistake in LEAKS:
            detail = json.dumps({"mistake": mistake})
            old.execute("INSERT INTO events (at, kind, ref, status, detail) VALUES (1.5e9, 'attempt', ?, 'wrong', ?)",
                        (ref, detail))
    old.close()
    assert misconceptions.met(progress.events()) == {"leak": ["2.5", "3.5", "8.1"]}
    assert "of one kind" in progress.report()


def test_an_exercise_that_the_course_no_longer_has_breaks_nothing():
    for ref in ("gone.1", "77.3", "2.99"):
        wrong(ref, "wrong sign", known=False)
    assert "exercise 2.99" in progress.report()


def test_every_exercise_stands_in_a_section():
    asked = [held for lesson in cards.lessons() for held in cards.exercises_of(lesson)]
    assert [held.id for held in asked if not misconceptions.section_of(held.id)] == []


def test_an_attempt_is_recorded_with_its_kind(capsys):
    from course_lib.teach.checking.exercises import exercise

    held = cards.card("3.5")
    exercise("3.5")(next(mistake.wrong for mistake in held.mistakes if mistake.name == "by row"))
    assert progress.events("attempt")[0]["detail"]["mistake_kind"] == "leak"
