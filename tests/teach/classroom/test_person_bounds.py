"""What one person's files cost the page that reads them: counted, bounded, named; the others are read as ever."""

import ast
import json
import zipfile
from types import SimpleNamespace

import made_class
import pytest

from course_lib.teach import cards
from course_lib.teach.classroom import files, person_bounds, submissions
from course_lib.teach.classroom.needed import Needs, statement
from course_lib.teach.classroom.person_bounds import (
    LARGEST_BYTES,
    LEANS_ON,
    MOST_PARTS,
    MOST_STATEMENTS,
    NOTEBOOK_SIGNS,
    PERSON_BYTES,
    PERSON_FILES,
    PERSON_SIGNS,
    PERSON_STEPS,
)
from course_lib.teach.classroom.submissions import MOST_PROBLEMS, read_class
from course_lib.teach.lessons import ROOT

RIGHT = made_class.answer(made_class.RIGHT)
LINE = "a=1\n"


@pytest.fixture
def counted(monkeypatch):
    """Counts what reading costs: signs parsed, parses, texts of JSON taken apart, statements kept, steps."""
    assert cards.card("1.1")                         # loaded before anything is counted
    told = SimpleNamespace(signs=0, parses=0, json=0, statements=0, steps=0, looked_up=0)
    parse, loads, of = ast.parse, json.loads, Needs.of

    def counting_parse(text, *args, **kwargs):
        told.signs, told.parses = told.signs + len(text), told.parses + 1
        return parse(text, *args, **kwargs)

    def counting_loads(text, **kwargs):
        told.json += 1
        return loads(text, **kwargs)

    def counting_of(self, *args):
        before = self.steps
        try:
            return of(self, *args)
        finally:
            told.steps, told.looked_up = told.steps + self.steps - before, told.looked_up + 1

    def counting_statement(node):
        told.statements += 1
        return statement(node)
    monkeypatch.setattr(ast, "parse", counting_parse)
    monkeypatch.setattr(files.json, "loads", counting_loads)
    monkeypatch.setattr(Needs, "of", counting_of)
    monkeypatch.setattr(submissions, "statement", counting_statement)
    return told


def read(folder, **people):
    """Read a class: each person's files, name -> text or bytes, or members of a zip; and ann, who is honest."""
    (folder / "ann.ipynb").write_text(RIGHT)
    for person, held in people.items():
        (folder / person).mkdir()
        for name, text in held.items():
            (folder / person / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    reading = read_class([folder])
    assert [one.card_id for one in reading.submissions if one.person == "ann" and not one.problem] == ["1.1"]
    return reading, " / ".join(f"{file}: {why}" for _, file, why in reading.problems)


def zipped(folder, members):
    with zipfile.ZipFile(folder / "eve.zip", "w", zipfile.ZIP_DEFLATED) as held:
        for name, text in members:
            held.writestr(name, text)


@pytest.mark.parametrize("name", ["long.py", "long.ipynb"])
def test_long_code_is_refused_before_it_is_parsed(tmp_path, counted, name):
    text = LINE * (LARGEST_BYTES // 20)
    _, why = read(tmp_path, eve={name: made_class.notebook(text) if name.endswith("ipynb") else text})
    assert f"more than {NOTEBOOK_SIGNS:,} characters of code" in why and counted.signs < len(RIGHT)


def test_json_of_too_many_parts_is_refused_before_it_is_taken_apart(tmp_path, counted):
    _, why = read(tmp_path, eve={"a.ipynb": "[" + "{}," * (MOST_PARTS // 2 + 1) + "1]"})
    assert "parts of JSON" in why and counted.json == 1


def test_one_persons_code_is_bounded_over_all_files(tmp_path, counted):
    zipped(tmp_path, [(f"{n:03d}.py", LINE * (NOTEBOOK_SIGNS // 5)) for n in range(60)])
    reading, why = read(tmp_path)
    assert f"{PERSON_SIGNS:,} characters of code" in why and counted.signs < 2 * PERSON_SIGNS
    assert counted.statements <= PERSON_SIGNS / 2 and len(reading.problems) == MOST_PROBLEMS + 1


def test_one_persons_bytes_are_bounded_over_all_files(tmp_path, counted):
    size = LARGEST_BYTES - 1
    zipped(tmp_path, [(f"{n}.ipynb", b" " * size) for n in range(9)])
    _, why = read(tmp_path)
    assert f"{PERSON_BYTES // 1_000_000} MB" in why and counted.json <= PERSON_BYTES / size + 1


def test_one_persons_files_are_bounded(tmp_path, counted):
    reading, why = read(tmp_path, eve={f"{n:05d}.py": "x" for n in range(PERSON_FILES + 200)})
    assert counted.parses <= PERSON_FILES + 10 and len(reading.problems) == MOST_PROBLEMS + 1


def test_one_notebooks_statements_are_bounded(tmp_path, counted):
    _, why = read(tmp_path, eve={"a.py": f"{made_class.REWARD}    return 1\n# %%\n" + "a\n" * (2 * MOST_STATEMENTS)})
    assert f"more than {MOST_STATEMENTS:,} statements" in why and counted.statements < 100


def chain(count):
    """Statements of which each leans on the one before, and the answers to a lesson's exercises, which need all."""
    lines = "a0 = 0\n" + "".join(f"a{n} = a{n - 1}\n" for n in range(1, count))
    ids = [card.id for card in cards.cards_of("01")]
    return made_class.notebook(made_class.HEAD, lines, *(f"@exercise('{i}')\ndef f(*x):\n    return a{count - 1}"
                                                         for i in ids)), len(ids)


def test_what_answers_lean_on_is_found_in_steps_that_are_bounded(tmp_path, counted, monkeypatch):
    monkeypatch.setattr(person_bounds, "PERSON_STEPS", 50_000)
    text, answers = chain(4000)
    reading, _ = read(tmp_path, eve={f"{n}.ipynb": text for n in range(5)})
    assert counted.steps < 60_000 and counted.looked_up < 2 * answers
    assert {one.problem.split(":")[0] for one in reading.submissions if one.person == "eve"} == {
        "was not looked through"}


def test_many_answers_cost_no_more_than_their_own_needs(tmp_path, counted):
    text, answers = chain(1000)
    reading, why = read(tmp_path, eve={"a.ipynb": text})
    assert why == "" and counted.steps < 4 * answers * 1000 + 100
    assert all(one.prelude.startswith("import numpy") or one.prelude.startswith("a0") for one in reading.submissions
               if one.person == "eve")


def test_an_answer_given_two_thousand_times_is_looked_through_once(tmp_path, counted):
    one = "@exercise('1.1')\ndef f(*x):\n    return {}\n"
    reading, _ = read(tmp_path, eve={"a.py": "".join(one.format(n) for n in range(2000))})
    assert counted.looked_up == 2 and [held.text[-4:] for held in reading.submissions][1:] == ["1999"]


def test_an_answer_that_leans_on_too_much_is_not_handed_on(tmp_path):
    reading, _ = read(tmp_path, eve={"a.py": f"K = {'1' * LEANS_ON!r}\n# %%\n{made_class.REWARD}    return K"})
    (held,) = [one for one in reading.submissions if one.person == "eve"]
    assert "leans on too much" in held.problem and held.prelude == ""


def test_ids_that_no_exercise_has_are_named_and_are_no_columns(tmp_path):
    cells = [f"@exercise('77.{i}')\ndef f{i}(): pass" for i in range(300)]
    with_one = made_class.notebook(*cells, f"{made_class.REWARD}    return 1")
    zipped(tmp_path, [(f"{n:03d}.ipynb", made_class.notebook(*(cell.replace("'77.", f"'{n}77.") for cell in cells)))
                      for n in range(60)] + [("99.ipynb", with_one)])
    reading, why = read(tmp_path)
    assert {one.card_id for one in reading.submissions} == {"1.1"} and len(reading.submissions) == 2
    assert "no exercise of this course has the id 077.0, 077.1, 077.2 and 297 more" in why
    assert len(reading.problems) == MOST_PROBLEMS + 1


def test_the_lessons_own_notebooks_are_far_below(tmp_path):
    for path in sorted((ROOT / "solutions").glob("*.ipynb")):
        held = files.read_file(path)
        count = sum(len(ast.parse(text).body) for text in held.cells)
        assert held.why == "" and held.not_python == [] and held.spent.signs < NOTEBOOK_SIGNS / 8
        assert count < MOST_STATEMENTS / 20 and held.spent.bytes < LARGEST_BYTES / 8
    assert 20 * 16 * 1_000_000 > PERSON_BYTES > 16 * 1_000_000


def test_the_instructor_is_told_each_bound():
    text = " ".join((ROOT / "solutions" / "INSTRUCTOR.md").read_text(encoding="utf-8").split())
    for words in (f"{LARGEST_BYTES // 1_000_000} MB", f"{NOTEBOOK_SIGNS:,} characters of code",
                  f"{MOST_STATEMENTS:,} statements", f"{PERSON_FILES:,} files", f"{PERSON_BYTES // 1_000_000} MB",
                  f"{PERSON_SIGNS:,} characters of code", f"{PERSON_STEPS:,} steps", f"{LEANS_ON:,} characters",
                  f"{MOST_PARTS:,} parts"):
        assert words in text, words
