"""`course`: every command answers, errors are one message, and nothing is imported before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import __main__ as command
from course_lib.contracts import DataError

ROOT = Path(__file__).resolve().parents[1]


def course(*arguments, **environment):
    import os

    return subprocess.run([sys.executable, "-m", "course_lib", *arguments], cwd=ROOT, capture_output=True, text=True,
                          encoding="utf-8", env={**os.environ, **environment})


@pytest.mark.parametrize("name", ["doctor", "lab", "build", "replicate", "data", "try", "compare", "progress",
                                  "load", "serve", "submit",
                                  "league"])
def test_every_command_explains_itself(name):
    out = course(name, "--help")
    assert out.returncode == 0 and f"course {name}" in out.stdout


def test_no_command_and_an_unknown_one_are_refused():
    assert course().returncode == 2
    assert course("launch").returncode == 2


def test_what_a_command_does_not_know_is_named():
    out = course("doctor", "--fix")
    assert out.returncode == 2 and "does not know --fix" in out.stderr


def test_an_unknown_lesson_and_data_set_name_the_known():
    assert "01_objective" in course("build", "99").stderr
    out = course("data", "netflix")
    assert out.returncode == 1 and "ml100k" in out.stderr and "Traceback" not in out.stderr


def test_the_course_own_errors_are_one_message_and_others_are_not_hidden(monkeypatch, capsys):
    def fails(args):
        raise DataError("the table is empty. Fetch it again.")

    monkeypatch.setattr(command, "_data", fails)
    assert command.main(["data"]) == 1
    assert capsys.readouterr().err == "course data: the table is empty. Fetch it again.\n"
    monkeypatch.setattr(command, "_data", lambda args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        command.main(["data"])


def test_a_missing_package_is_named_with_its_remedy(monkeypatch, capsys):
    def fails(args):
        raise ModuleNotFoundError("No module named 'duckdb'")

    monkeypatch.setattr(command, "_data", fails)
    assert command.main(["data"]) == 2
    assert "make lab" in capsys.readouterr().err


def test_an_interrupt_is_no_traceback(monkeypatch, capsys):
    def stops(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_data", stops)
    assert command.main(["data"]) == 130
    assert "again" in capsys.readouterr().err


def test_data_that_cannot_be_had_does_not_keep_the_lab_from_opening(tmp_path):
    unreachable = {"COURSE_CACHE": str(tmp_path), "COURSE_DATA_MIRROR": "", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    out = course("data", "--optional", "ml100k", **unreachable)
    assert out.returncode == 0 and "Not here: ml100k" in out.stdout
    assert course("data", "ml100k", **unreachable).returncode == 1


@pytest.mark.parametrize("told", ["progress >&-", "progress | true", "doctor | true", "doctor > /dev/full"])
def test_output_that_nobody_takes_ends_no_command_in_a_traceback(told):
    if "/dev/full" in told and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    out = subprocess.run(f"{sys.executable} -m course_lib {told}", shell=True, cwd=ROOT, capture_output=True, text=True,
                         encoding="utf-8")
    assert "Traceback" not in out.stderr and "Exception ignored" not in out.stderr
    assert "/dev/full" not in told or "the disk is full" in out.stderr


@pytest.mark.parametrize(("name", "argument"), [("compare", "--workers"), ("progress", "--export")])
def test_help_shows_the_arguments_of_commands_that_are_handed_on(name, argument):
    assert argument in course(name, "--help").stdout
