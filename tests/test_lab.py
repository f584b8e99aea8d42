"""Work copies: what a learner wrote is never lost, and what they did not touch follows the course."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from course_lib import lab
from course_lib.contracts import DataError

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
    assert "hello" in (work / "00_start_here.ipynb").read_text(encoding="utf-8")


def test_a_lost_or_broken_manifest_costs_no_edit(course):
    source, work = course
    lab.copy_lessons(*course)
    notebook(work / "01_objective.ipynb", "my answer")
    (work / lab.MANIFEST).write_text("{ half", encoding="utf-8")
    notebook(source / "00_start_here.ipynb", "start, second edition")
    done = lab.copy_lessons(*course)
    assert text(work / "01_objective.ipynb") == "my answer"
    assert done["00_start_here.ipynb"] == "kept, course changed"        # not known to be untouched, so kept
    assert f"{lab.MANIFEST} is damaged: which lessons you edited is not known" in lab.tell(done)[0]
    assert lab.MANIFEST not in lab.copy_lessons(*course)


@pytest.mark.parametrize("harm", ["[1, 2]", "7", '{"handed_out": 3}', '{"00_start_here.ipynb": 3}', "flip", None])
def test_a_list_of_another_kind_is_said_and_costs_no_edit(course, harm):
    source, work = course
    lab.copy_lessons(*course)
    file = work / lab.MANIFEST
    whole = file.read_text(encoding="utf-8")
    if harm is None:
        file.unlink()
    else:
        flipped = whole.replace('ipynb": "', 'ipynb": "0', 1)
        file.write_text(flipped if harm == "flip" else harm, encoding="utf-8")
    notebook(work / "01_objective.ipynb", "my answer")
    assert lab.copy_lessons(*course) == {lab.MANIFEST: "missing" if harm is None else "damaged",
                                         "00_start_here.ipynb": "same",
                                         "01_objective.ipynb": "kept, course changed"}
    assert text(work / "01_objective.ipynb") == "my answer"


def test_a_list_of_an_earlier_version_is_taken(course):
    source, work = course
    lab.copy_lessons(*course)
    file = work / lab.MANIFEST
    held = json.loads(file.read_text(encoding="utf-8"))["handed_out"]
    file.write_text(json.dumps(held), encoding="utf-8")
    notebook(source / "01_objective.ipynb", "second edition")
    assert lab.copy_lessons(*course) == {"00_start_here.ipynb": "same", "01_objective.ipynb": "updated"}


def test_what_killed_runs_left_is_swept_and_nothing_is_written_where_nothing_changed(course):
    work = course[1]
    lab.copy_lessons(*course)
    for name in (".copying-x1", ".00_start_here.ipynb.ab.part"):
        (work / name).write_text("half", encoding="utf-8")
    os.utime(work / ".copying-x1", (1e9, 1e9))
    lab.copy_lessons(*course)
    assert sorted(p.name for p in work.iterdir()) == [lab.MANIFEST, "00_start_here.ipynb", "01_objective.ipynb"]
    before = {file: file.stat().st_mtime_ns for file in [work, *work.iterdir()]}
    lab.copy_lessons(*course)
    assert {file: file.stat().st_mtime_ns for file in [work, *work.iterdir()]} == before


def test_a_copy_that_is_no_notebook_any_more_is_kept(course):
    source, work = course
    lab.copy_lessons(*course)
    (work / "01_objective.ipynb").write_text("<<<<<<< HEAD", encoding="utf-8")
    notebook(source / "01_objective.ipynb", "second edition")
    assert lab.copy_lessons(*course)["01_objective.ipynb"] == "kept, course changed"
    assert (work / "01_objective.ipynb").read_text(encoding="utf-8") == "<<<<<<< HEAD"


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
    config = json.loads((settings / "jupyter_lab_config.json").read_text(encoding="utf-8"))
    assert config["LabApp"]["check_for_updates_class"] == "jupyterlab.NeverCheckForUpdate"


@pytest.mark.parametrize(("user", "container", "given", "expected", "line"), [
    (1000, True, ["--port=1"], ["--port=1"], ""),
    (0, True, ["--port=1"], ["--allow-root", "--port=1"], "--ip=0.0.0.0"),
    (0, True, ["--allow-root"], ["--allow-root"], ""),
    (0, False, [], [], "LAB_ARGS=--allow-root"),
])
def test_root_may_in_a_container_and_is_told_elsewhere(monkeypatch, tmp_path, user, container, given, expected, line):
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr(lab, "CONTAINER", (str(tmp_path if container else tmp_path / "absent"),))
    arguments, says = lab.as_root(given)
    assert arguments == expected and line in says and bool(line) == bool(says)


def test_a_full_disk_is_one_message_and_leaves_nothing(course, monkeypatch, tmp_path):
    def full(*names):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(DataError, match="disk is full.*Free some space.*What you wrote is untouched"):
        lab.main([], start=False, root=tmp_path)
    assert list((tmp_path / "work").iterdir()) == []


def test_a_bare_machine_is_served_lesson_00(tmp_path):
    """No data, no mirror, no settings of the user's, no host: JupyterLab starts and hands out the first lesson."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / lab.FIRST, tmp_path / "notebooks")
    shutil.copytree(ROOT / ".jupyter", tmp_path / ".jupyter")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
               "--IdentityProvider.token=t"]
    start = f"import pathlib; from course_lib import lab; lab.main({options}, root=pathlib.Path({str(tmp_path)!r}))"
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COURSE_CACHE": str(tmp_path / "cache"),
            "PYTHONPATH": str(ROOT), "JUPYTER_RUNTIME_DIR": str(tmp_path / "run")}
    with open(tmp_path / "log", "w", encoding="utf-8") as log:
        server = subprocess.Popen([sys.executable, "-c", start], env=bare, cwd=tmp_path, stdout=log, stderr=log)
    try:
        lesson = asked(f"http://127.0.0.1:{port}/api/contents/work/{lab.FIRST}?token=t", server)
        page = asked(f"http://127.0.0.1:{port}/lab?token=t", server)
    except OSError as error:
        pytest.fail(f"{error}\n{(tmp_path / 'log').read_text(encoding='utf-8')[-3000:]}")
    finally:
        server.terminate()
        server.wait(30)
    assert json.loads(lesson)["content"]["cells"] and b"JupyterLab" in page


def asked(address: str, server: subprocess.Popen, seconds: float = 120) -> bytes:
    """What a server that is starting answers; OSError where it ends or does not answer in time."""
    until, opener = time.monotonic() + seconds, urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            return opener.open(address, timeout=30).read()
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.3)


def test_a_copy_whose_lesson_has_another_number_today_is_kept_and_said(course):
    source, work = course
    lab.copy_lessons(*course)
    notebook(work / "01_objective.ipynb", "my answer")
    (source / "01_objective.ipynb").rename(source / "02_objective.ipynb")
    done = lab.copy_lessons(*course)
    assert done["02_objective.ipynb"] == "new" and text(work / "01_objective.ipynb") == "my answer"
    assert any("this lesson is 02_objective now" in line and "delete work/01_objective.ipynb" in line
               for line in lab.tell(done))
