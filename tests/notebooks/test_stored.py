"""The notebooks in the repository are what their sources say, and fit to be opened."""

import json
import re
from pathlib import Path

import pytest

from course_lib.teach.publish import build, lesson_source, measured_notices

ROOT = Path(__file__).resolve().parents[2]
STEMS = [path.stem for path in lesson_source.sources()]


def cells(folder, stem):
    return json.loads((ROOT / folder / f"{stem}.ipynb").read_text())["cells"]


def test_there_are_lessons():
    assert STEMS


def test_no_notebook_has_drifted_from_its_source():
    assert build.check() == []


def test_what_a_solution_says_of_its_measurements_is_what_the_ledger_says():
    """Where this fails: python -m course_lib.teach.publish.measured_notices --write."""
    assert measured_notices.behind() == {}


@pytest.mark.parametrize("stem", STEMS)
def test_a_learner_gets_no_outputs_and_no_solutions(stem):
    code = [c for c in cells("notebooks", stem) if c["cell_type"] == "code"]
    assert [c["id"] for c in code if c["outputs"] or c["execution_count"]] == []
    assert "SOLUTION" not in json.dumps(code)


@pytest.mark.parametrize("stem", STEMS)
def test_a_solution_shows_no_error_and_no_machine(stem):
    text = (ROOT / "solutions" / f"{stem}.ipynb").read_text()
    outputs = [o for c in cells("solutions", stem) if c["cell_type"] == "code" for o in c["outputs"]]
    assert [o for o in outputs if o["output_type"] == "error"] == []
    shown = json.dumps([{k: v for k, v in o.items() if k != "data"} | {
        "data": {k: v for k, v in o.get("data", {}).items() if not k.startswith("image/")}} for o in outputs])
    assert re.findall(r"(?:/home/|/root/|/work/|/Users/|/tmp/)[\w./-]+", shown) == []
    assert re.findall(r"0x[0-9a-f]{8,}", shown) == []
    assert len(text) < 1024 * 1024


@pytest.mark.parametrize("stem", STEMS)
def test_the_solutions_own_answers_were_right_when_they_were_run(stem):
    shown = json.dumps([c.get("outputs", []) for c in cells("solutions", stem)])
    assert [word for word in ("not right yet", "gave no answer in time", "No answer after") if word in shown] == []


@pytest.mark.parametrize("stem", STEMS)
def test_stored_figures_are_small(stem):
    sizes = [len(o["data"]["image/png"]) * 3 / 4 / 1024 for c in cells("solutions", stem) for o in c.get("outputs", [])
             if "image/png" in o.get("data", {})]
    assert max(sizes, default=0) < 80


@pytest.mark.parametrize("stem", STEMS)
def test_no_code_cell_is_longer_than_a_reader_can_hold(stem):
    long = [c["id"] for c in cells("solutions", stem) if c["cell_type"] == "code"
            and sum(1 for line in "".join(c["source"]).splitlines() if line.strip()) > lesson_source.LONGEST_CELL]
    assert long == []
