"""`course try`: from a file to its table and page; every fault is one sentence, and nothing is left half-written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_lib import __main__ as course
from course_lib.trial import command

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["--user", "who", "--item", "what", "--time", "when"]


def tried(*arguments, timeout=300):
    return subprocess.run([sys.executable, "-m", "course_lib", "try", *map(str, arguments)], cwd=ROOT, timeout=timeout,
                          capture_output=True, text=True, encoding="utf-8",
                          env={**os.environ, "PYTHONIOENCODING": "utf-8"})


@pytest.fixture(scope="module")
def whole(table, tmp_path_factory):
    """The command on a table with bad rows, returns and a catalogue."""
    folder = tmp_path_factory.mktemp("whole")
    rows = table.assign(paid=1.5).to_csv(index=False).splitlines()
    rows[50:50] = ["u1,i1,yesterday,1", "u1,,2011-03-24T00:00Z,1", "u1,i1", "u1,i3,2011-03-24T00:00Z,-2"]
    (folder / "mine.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "items.csv").write_text("what;colour\n" + "\n".join(
        f"i{n};{['red', 'blue'][n % 2]}" for n in range(60)), encoding="utf-8")
    out = tried(folder / "mine.csv", *NAMES, "--value", "paid", "--items", folder / "items.csv", "--k", "5",
                "--minutes", "1", "--out", folder / "page.html")
    return out, folder


def test_it_says_what_it_dropped_and_ends_with_a_table_for_each_split(whole):
    out, _ = whole
    assert out.returncode == 0 and "Traceback" not in out.stderr, out.stderr
    for words in ("1 line with another number of fields than the 4 of the first line: left out (first: 53)",
                  "have a time that is missing or cannot be read (first: line 51, 'yesterday')",
                  "have no item (first: line 52)", "1 rows with a value below 0 are left out",
                  "items.colour is read as categories with 2 values", "1,440 events of 120 users on 60 items",
                  "Split by time", "Split at random", "two-tower"):
        assert words in out.stdout, out.stdout
    assert out.stdout.count("  recall@5  ") == 2 and out.stdout.count("best peer") >= 2
    assert "did not compete" not in out.stdout, out.stdout


def test_it_writes_the_page_and_nothing_else(whole):
    _, folder = whole
    assert sorted(path.name for path in folder.iterdir()) == ["items.csv", "mine.csv", "page.html"]
    assert (folder / "page.html").read_text(encoding="utf-8").endswith("</html>")


def test_each_split_has_its_share_of_the_time_whatever_went_before():
    assert command.seconds_of(0, 2, 120, 0) == command.seconds_of(1, 2, 120, 60) == 45
    assert command.seconds_of(1, 2, 120, 20) == 75                                      # what the first has left
    assert command.seconds_of(1, 2, 120, 1000) == 45 and command.seconds_of(0, 1, 0.6, 0) == 1


def test_importing_what_contenders_need_is_not_counted(monkeypatch):
    now = [50.0]
    monkeypatch.setattr(command.time, "perf_counter", lambda: now[0])

    class Heavy:
        def load(self):
            now[0] += 20

    assert command._load_all([Heavy(), Heavy()]) == 40


def test_without_times_there_is_a_random_split_alone(file, monkeypatch, capsys):
    from course_lib.trial import contenders

    first = contenders.contenders()[:2]
    monkeypatch.setattr(contenders, "contenders", lambda: first)
    assert course.main(["try", str(file), "--user", "who", "--item", "what", "--minutes", "0.2"]) == 0
    printed = capsys.readouterr().out
    assert "Split by time" not in printed and "recent popularity did not compete: the table has no times." in printed


@pytest.mark.parametrize(("arguments", "says"), [
    (["none.csv", *NAMES], "is not there; expected a CSV"),
    (["FILE", "--user", "x", "--item", "what"], "no column 'x'"),
    (["FILE", *NAMES, "--k", "0"], "--k is 0"), (["FILE", *NAMES, "--minutes", "0"], "--minutes is 0"),
    (["FILE", *NAMES, "--out", "none/page.html"], "--out is"),
    (["FILE", *NAMES, "--out", "/proc/page.html"], "--out is .*(nothing can be written|folder that exists)"),
    (["FILE", *NAMES, "--time-unit", "weeks"], "time_unit"),
    (["FILE", *NAMES, "--value", "who"], "one column is named for two things"),
    (["FILE", "--user", "when", "--item", "what", "--time", "who"], "rows have a time|can be used"),
    (["FILE", *NAMES, "--items", "FILE2"], "no column 'what'")])
def test_every_fault_is_one_message_with_its_remedy(file, tmp_path, arguments, says, capsys):
    import re

    (tmp_path / "other.csv").write_text("sku,colour\n1,red\n", encoding="utf-8")
    given = [str({"FILE": file, "FILE2": tmp_path / "other.csv"}.get(one, one)) for one in arguments]
    assert course.main(["try", *given]) == 1
    message = capsys.readouterr().err
    assert re.search(says, message) and "Traceback" not in message
    assert message.splitlines()[-1].startswith("course try: ") and message.rstrip().endswith((".", "first."))


def test_what_nobody_foresaw_is_a_sentence_too(file, monkeypatch, capsys):
    from course_lib.trial import findings

    monkeypatch.setattr(findings, "findings", lambda data: 1 / 0)
    assert course.main(["try", str(file), *NAMES]) == 1
    assert "ZeroDivisionError: division by zero (test_command.py, line" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX knows them")
def test_an_interrupt_leaves_nothing_behind(file, tmp_path):
    words = [sys.executable, "-m", "course_lib", "try", str(file), *NAMES, "--out", str(tmp_path / "page.html")]
    running = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in running.stderr:
        if "two-tower" in line:
            break
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 130 and "Traceback" not in errors and "Stopped" in errors, errors
    assert list(tmp_path.iterdir()) == []
