"""The gradebook: a line for each person and exercise, and no cell that a spreadsheet would run."""

import csv
import io
from types import SimpleNamespace

import pytest

from course_lib.teach.classroom.gradebook import COLUMNS, gradebook, safe


@pytest.mark.parametrize("cell", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "|x", "%x", "\n=1", "\r=1", "＝1"])
def test_a_cell_that_would_be_a_formula_is_text(cell):
    assert safe(cell).startswith("'") and "\n" not in safe(cell) and "\t" not in safe(cell)


@pytest.mark.parametrize("name", ["ann;=cmd|' /C calc'!A0", "ann; +1", 'x;"=1', "x,@SUM(A1)", "ann;;-1;=1", "a|=1"])
@pytest.mark.parametrize("divider", [";", ",", "\t", "|"])
def test_no_spreadsheet_finds_a_formula_wherever_it_divides(name, divider):
    """Where the decimal sign is a comma, Excel opens the file at semicolons and takes quotation marks as they come."""
    reading = SimpleNamespace(people=[name], problems=[(name, name, name)])
    rows = {(name, "1.1"): {"status": "wrong", "mistake": name, "notebook": name}}
    for line in gradebook(SimpleNamespace(reading=reading, card_ids=["1.1"], rows=rows)).splitlines()[1:]:
        for cell in line.split(divider):
            assert not cell.lstrip("\" ").startswith(("=", "+", "-", "@"))


def test_a_plain_cell_stays():
    assert safe("ann; bob, cem") == "ann; bob, cem" and safe("3-4; a=b") == "3-4; a=b"
    assert safe("sum, not mean") == "sum, not mean" and safe(1.5) == "1.5"


def test_every_person_and_exercise_has_a_line():
    rows = {("=ann", "1.1"): {"status": "wrong", "mistake": 'a "b", c', "seconds": 0.25, "notebook": "a.ipynb"}}
    reading = SimpleNamespace(people=["=ann", "bob\ud800"], problems=[("bob\ud800", "x.png", "neither")])
    text = gradebook(SimpleNamespace(reading=reading, card_ids=["1.1"], rows=rows))
    held = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert text.encode("utf-8") and held == [
        list(COLUMNS), ["'=ann", "1.1", "wrong", 'a "b", c', "0.25", "a.ipynb"],
        ["bob�", "1.1", "not in the notebook", "", "", ""], ["bob�", "", "left out", "neither", "", "x.png"]]
