"""Work copies: what a learner wrote is never lost, and what they did not touch follows the course."""

import json
from pathlib import Path

import nbformat
import pytest

from course_lib import lab

ROOT = Path(__file__).resolve().parents[1]


def notebook(path: Path, *cells: str) -> Path:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c, id=f"c{i}") for i, c in enumerate(cells)])
    path.parent.mkdir(exist_ok=True)
    nbformat.write(made, path)
    return path


@pytest.fixture
def course(tmp_path):
    notebook(tmp_path / "notebooks" / "00_start_here.ipynb", "start")
    notebook(tmp_path / "notebooks" / "01_objective.ipynb", "objective")
    return tmp_path / "notebooks", tmp_path / "work"


def text(path: Path) -> str:
    return nbformat.read(path, as_version=4).cells[0].source


def test_the_first_time_all_lessons_are_copied(course):
    assert set(lab.copy_lessons(*course).values()) == {"new"}
    assert set(lab.copy_lessons(*course).values()) == {"same"}


def test_an_edit_is_kept_whatever_the_course_does(course):
    source, work = course
    lab.copy_lessons(*course)
    notebook(work / "01_objective.ipynb", "my answer")
    assert lab.copy_lessons(*course)["01_objective.ipynb"] == "kept"
    notebook(source / "01_objective.ipynb", "objective, second edition")
    done = lab.copy_lessons(*course)
    assert done["01_objective.ipynb"] == "kept, course changed"
    assert text(work / "01_objective.ipynb") == "my answer"
    assert any("rename work/01_objective.ipynb" in line for line in lab.tell(done))
    assert lab.copy_lessons(*course)["01_objective.ipynb"] == "kept, course changed"    # said again, until taken


def test_an_untouched_copy_follows_the_course(course):
    source, work = course
    lab.copy_lessons(*course)
    notebook(source / "01_objective.ipynb", "objective, second edition")
    assert lab.copy_lessons(*course) == {"00_start_here.ipynb": "same", "01_objective.ipynb": "updated"}
    assert text(work / "01_objective.ipynb") == "objective, second edition"


def test_running_a_lesson_is_not_editing_it(course):
    source, work = course
    lab.copy_lessons(*course)
    ran = nbformat.read(work / "00_start_here.ipynb", as_version=4)
    ran.cells[0].outputs, ran.cells[0].execution_count = [nbformat.v4.new_output("stream", text="hello")], 3
    nbformat.write(ran, work / "00_start_here.ipynb")
    assert lab.copy_lessons(*course)["00_start_here.ipynb"] == "same"
    assert "hello" in (work / "00_start_here.ipynb").read_text()


def test_a_lost_or_broken_manifest_costs_no_edit(course):
    source, work = course
    lab.copy_lessons(*course)
    notebook(work / "01_objective.ipynb", "my answer")
    (work / lab.MANIFEST).write_text("{ half")
    notebook(source / "00_start_here.ipynb", "start, second edition")
    done = lab.copy_lessons(*course)
    assert text(work / "01_objective.ipynb") == "my answer"
    assert done["00_start_here.ipynb"] == "kept, course changed"        # not known to be untouched, so kept


def test_a_copy_that_is_no_notebook_any_more_is_kept(course):
    source, work = course
    lab.copy_lessons(*course)
    (work / "01_objective.ipynb").write_text("<<<<<<< HEAD")
    notebook(source / "01_objective.ipynb", "second edition")
    assert lab.copy_lessons(*course)["01_objective.ipynb"] == "kept, course changed"
    assert (work / "01_objective.ipynb").read_text() == "<<<<<<< HEAD"


def test_a_deleted_copy_comes_back_fresh(course):
    source, work = course
    lab.copy_lessons(*course)
    (work / "01_objective.ipynb").unlink()
    assert lab.copy_lessons(*course)["01_objective.ipynb"] == "new"


def test_work_holds_no_leavings(course):
    lab.copy_lessons(*course)
    assert sorted(p.name for p in course[1].iterdir()) == [lab.MANIFEST, "00_start_here.ipynb", "01_objective.ipynb"]


def test_lab_takes_further_arguments_last_and_the_course_settings_first():
    command, environment = lab.lab_command(["--no-browser", "--port=9999"])
    assert command[-2:] == ["--no-browser", "--port=9999"]
    settings = Path(environment["JUPYTER_CONFIG_PATH"].split(":")[0])
    config = json.loads((settings / "jupyter_lab_config.json").read_text())
    assert config["LabApp"]["check_for_updates_class"] == "jupyterlab.NeverCheckForUpdate"
