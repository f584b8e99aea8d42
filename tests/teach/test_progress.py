"""The record: two kernels at once, a kill, a file that cannot be written, deletion and export."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import warnings

import pytest

from course_lib.teach import progress

WRITER = """
import sys
from course_lib.teach import progress
for i in range({n}):
    assert progress.record("attempt", "3.1", "wrong", number=i, who=sys.argv[1])
    print(i, flush=True)
"""


@pytest.fixture(autouse=True)
def own_record(tmp_path, monkeypatch):
    file = tmp_path / "below" / "progress.sqlite"
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    monkeypatch.setattr(progress, "_warned", False)
    return file


def writer(name, n):
    return subprocess.Popen([sys.executable, "-c", WRITER.format(n=n), name], stdout=subprocess.PIPE, text=True)


def test_two_kernels_write_at_once_and_nothing_is_lost():
    both = [writer(name, 60) for name in "ab"]
    assert [p.wait(60) for p in both] == [0, 0]
    held = progress.events("attempt", "3.1")
    for name in "ab":
        assert [e["detail"]["number"] for e in held if e["detail"]["who"] == name] == list(range(60))


def test_a_kill_while_writing_leaves_a_readable_record():
    process = writer("a", 100_000)
    for _ in range(20):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    assert len(progress.events()) >= 20
    assert progress.record("hint", "3.1", number=1)
    with sqlite3.connect(progress.path()) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("spoil", ["folder in its place", "not a database", "no such place"])
def test_a_record_that_cannot_be_written_warns_once_and_breaks_nothing(own_record, spoil, monkeypatch):
    if spoil == "no such place":
        (own_record.parent.parent / "file").write_text("x")
        monkeypatch.setenv("COURSE_PROGRESS", str(own_record.parent.parent / "file" / "progress.sqlite"))
    elif spoil == "not a database":
        own_record.parent.mkdir()
        own_record.write_bytes(b"this is not a database" * 100)
    else:
        own_record.mkdir(parents=True)
    with pytest.warns(UserWarning, match="COURSE_PROGRESS"):
        assert progress.record("hint", "3.1") is False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert progress.record("hint", "3.1") is False
        assert progress.events() == [] and progress.summary() == []


def test_off_means_off(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    assert progress.path() is None and progress.record("hint", "3.1") is False and "off" in progress.report()


def test_the_summary_counts_tries_hints_and_mistakes():
    progress.record("attempt", "3.2", "todo")
    for status, mistake in (("wrong", "wrong sign"), ("wrong", "wrong sign"), ("right", "")):
        progress.record("attempt", "3.1", status, mistake=mistake)
    progress.record("hint", "3.1", number=2)
    progress.record("solution", "3.1")
    first, second = progress.summary()
    assert (first["exercise"], first["status"], first["attempts"], first["hints"]) == ("3.1", "right", 3, 2)
    assert first["mistakes"] == {"wrong sign": 2} and first["solution_seen"]
    assert (second["status"], second["attempts"]) == ("todo", 0)
    assert "wrong sign ×2" in progress.report()


def test_exercises_are_listed_in_the_order_of_the_course():
    for ref in ("11.1", "3.10", "3.2"):
        progress.record("attempt", ref, "right")
    assert [row["exercise"] for row in progress.summary()] == ["3.2", "3.10", "11.1"]


def test_calibration_counts_the_first_guess_before_each_measurement():
    progress.record("measured", "4.a", value=7)                    # no guess: does not count
    progress.record("guess", "4.a", guess=[1, 5])
    progress.record("guess", "4.a", guess=[0, 100])                # a second guess does not replace the first
    progress.record("measured", "4.a", value=7)
    progress.record("guess", "4.b", guess=[1, 9])
    progress.record("measured", "4.b", value=7)
    progress.record("guess", "4.c", guess=2.0)
    progress.record("measured", "4.c", value=8.0)
    assert progress.calibration() == {"ranges": 2, "ranges_held": 1, "points": 1, "median_factor_off": 4.0}


def test_export_and_deletion(own_record, tmp_path, capsys):
    progress.record("attempt", "3.1", "right")
    assert progress.main(["--export", str(tmp_path / "mine.json")]) == 0
    assert json.loads((tmp_path / "mine.json").read_text())[0]["ref"] == "3.1"
    assert progress.main(["--delete", "--yes"]) == 0 and not own_record.exists()
    assert not [name for name in os.listdir(own_record.parent) if name.startswith("progress")]
    assert progress.main([]) == 0 and "Nothing recorded yet" in capsys.readouterr().out


def test_export_to_a_place_that_cannot_be_is_said(capsys):
    assert progress.main(["--export", "/no/such/folder/mine.json"]) == 1
    assert "cannot write" in capsys.readouterr().err


