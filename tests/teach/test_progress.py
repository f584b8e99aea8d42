"""The record: two kernels at once, a kill, a file that cannot be written, deletion and export."""

import contextlib
import io
import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import warnings

import pytest

from course_lib.contracts import DataError
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
    assert [name for name in os.listdir(progress.path().parent) if name.startswith(".")] == []


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
    before = own_record.read_bytes() if own_record.is_file() else None
    with pytest.warns(UserWarning, match="COURSE_PROGRESS"):
        assert progress.record("hint", "3.1") is False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert progress.record("hint", "3.1") is False
        assert progress.events() == [] and progress.summary() == []
        if spoil != "no such place":
            assert "cannot be read" in progress.report() and "Nothing recorded" not in progress.report()
    assert before is None or own_record.read_bytes() == before


def fill(n=200):
    """n events, the first recorded as always, the others in one go."""
    assert progress.record("attempt", "3.1", "wrong", 1.5, number=0, text="what was answered " * 8)
    kept = progress.record_file
    with contextlib.closing(kept._connect(progress.path())) as connection:
        last = connection.execute("SELECT max(id) FROM events").fetchone()[0]
        connection.execute("BEGIN")
        kept._insert(connection, [(1.7e9 + number, "attempt", "two_tower.1", "wrong", 1.5, json.dumps(
            {"number": number, "text": "what was answered " * 8})) for number in range(1, n)], last)
        connection.execute("COMMIT")
    return progress.events()


def harm_page(file, page):
    held = bytearray(file.read_bytes())
    held[page * 4096:page * 4096 + 200] = bytes(200)
    file.write_bytes(held)


def flip_words(file):
    """A bit in one word of one event, of which SQLite knows nothing."""
    file.write_bytes(file.read_bytes().replace(b'"number": 77', b'"number": 76', 1))


def as_a_new_kernel(monkeypatch):
    monkeypatch.setattr(progress.record_file, "_sound", set())


@pytest.mark.parametrize(("harm", "least", "lost"), [
    (lambda file: harm_page(file, 5), 150, "at least"),
    (lambda file: harm_page(file, 1), 170, "at least|none is known"),
    (lambda file: file.write_bytes(file.read_bytes()[:9 * 4096 + 77]), 100, "none is known"),
    (lambda file: file.write_bytes(b"X" * 100 + file.read_bytes()[100:]), 200, "none is known"),
    (flip_words, 199, "at least 1 lost"),
    (lambda file: file.write_bytes(file.read_bytes().replace(b"TABLE events", b"TABLE evenus")), 200, "none is known"),
    (lambda file: file.write_bytes(b""), 0, "the others are lost")])
def test_a_damaged_record_is_put_aside_and_what_can_be_read_is_kept_and_said(own_record, monkeypatch, harm, least,
                                                                             lost):
    before = fill()
    harm(own_record)
    damaged = own_record.read_bytes()
    as_a_new_kernel(monkeypatch)
    with pytest.warns(UserWarning, match=f"was damaged.*events were rescued, ({lost}).*kept as progress.sqlite.da"):
        after = progress.events()
    assert least <= len(after) <= len(before)
    known = [{**event, "id": 0} for event in before]
    assert all({**event, "id": 0} in known for event in after) and [e["id"] for e in after] == [
        *range(1, len(after) + 1)]
    assert [file.read_bytes() for file in own_record.parent.glob("*.damaged-*")] == [damaged]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert progress.record("hint", "3.1", number=1) and len(progress.events()) == len(after) + 1
    assert progress.delete() and os.listdir(own_record.parent) == []


def test_recording_into_a_damaged_file_mends_it_first(own_record):
    fill(50)
    harm_page(own_record, 2)             # while this process has seen it whole: SQLite notices when it comes there
    own_record.write_bytes(b"X" * 100 + own_record.read_bytes()[100:])
    with pytest.warns(UserWarning, match="events were rescued"):
        assert progress.record("hint", "3.1", number=1)
    assert progress.events()[-1]["kind"] == "hint"


def test_two_kernels_that_find_the_same_damage_mend_it_once(own_record):
    fill(50)
    own_record.write_bytes(b"X" * 100 + own_record.read_bytes()[100:])
    both = [writer(name, 20) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(progress.events()) == 90 and len(list(own_record.parent.glob("*.damaged-*"))) == 1


def test_another_program_s_database_is_left_alone(own_record):
    own_record.parent.mkdir()
    with sqlite3.connect(own_record) as other:
        other.execute("CREATE TABLE mine (a)")
    other.close()
    before = own_record.read_bytes()
    with pytest.warns(UserWarning, match="no record of this course.*no table of events but 'mine'.*left as it is"):
        assert progress.record("hint", "3.1") is False
    assert own_record.read_bytes() == before and os.listdir(own_record.parent) == ["progress.sqlite"]


def test_a_device_or_a_pipe_is_left_alone(own_record):
    """/dev/null as COURSE_PROGRESS was taken for an empty record and put aside, for the whole machine."""
    own_record.parent.mkdir()
    os.mkfifo(own_record)
    with pytest.warns(UserWarning, match="a device or a pipe, and was left as it is"):
        assert progress.record("hint", "3.1") is False
    assert progress.events() == [] and "cannot be read" in progress.report()
    with pytest.raises(DataError, match="left as it is"):
        progress.delete()
    assert own_record.is_fifo() and os.listdir(own_record.parent) == ["progress.sqlite"]


def test_what_is_no_record_is_not_deleted(own_record):
    own_record.parent.mkdir()
    own_record.write_text("my notes")
    with pytest.raises(DataError, match="no record of this course"):
        progress.main(["--delete", "--yes"])
    assert own_record.read_text() == "my notes"


def test_the_home_of_somebody_unknown_breaks_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_PROGRESS", "~nobody-of-that-name/progress.sqlite")
    assert progress.record("hint", "3.1") and len(progress.events()) == 1


def test_nobody_there_to_answer_deletes_nothing(own_record, monkeypatch, capsys):
    progress.record("hint", "3.1")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert progress.main(["--delete"]) == 1 and own_record.exists()
    assert "--yes" in capsys.readouterr().out


def test_nothing_that_is_recorded_raises():
    class Odd:
        def __str__(self):
            raise RuntimeError("no")

    with pytest.warns(UserWarning, match="not being recorded"):
        assert progress.record("hint", "3.1", odd=Odd()) is False
    assert progress.record("hint", None) is False and progress.record("hint", "3.1")


def test_a_long_answer_comes_back_and_can_be_rescued(own_record):
    progress.record("attempt", "3.1", "wrong", text="ä" * 30_000)
    fill(5)
    own_record.write_bytes(b"X" * 100 + own_record.read_bytes()[100:])
    with pytest.warns(UserWarning, match="6 events were rescued"):
        assert progress.events()[0]["detail"]["text"] == "ä" * 30_000


OLD = """import os, sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("PRAGMA journal_mode=WAL")
file.execute(sys.argv[2])
file.execute("PRAGMA user_version = 1")
file.execute("INSERT INTO events (at, kind, ref) VALUES (1.5e9, 'hint', 'launch.3')")
os.kill(os.getpid(), 9)"""


def test_a_record_of_an_earlier_version_is_sealed_and_its_log_taken_in(own_record, monkeypatch):
    own_record.parent.mkdir()
    subprocess.run([sys.executable, "-c", OLD, str(own_record), progress.SCHEMA])
    assert [event["kind"] for event in progress.events()] == ["hint"]
    assert progress.record("hint", "3.1") and os.listdir(own_record.parent) == ["progress.sqlite"]
    own_record.write_bytes(own_record.read_bytes().replace(b"launch.3", b"launch.7"))
    as_a_new_kernel(monkeypatch)
    with pytest.warns(UserWarning, match="event 1 was changed.*1 events were rescued, at least 1 lost"):
        assert len(progress.events()) == 1


def _read_as_nobody(pipe):
    os.setgid(65534)
    os.setuid(65534)
    progress.record_file._sound.clear()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        pipe.send((len(progress.events()), [progress.record("hint", "3.1") for _ in range(3)],
                   [str(one.message) for one in told]))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("damaged", [False, True])
def test_a_record_that_may_only_be_read_is_read_and_said_once(monkeypatch, damaged):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        monkeypatch.setenv("COURSE_PROGRESS", f"{folder}/progress.sqlite")
        fill(20)
        file = progress.path()
        if damaged:
            file.write_bytes(b"X" * 100 + file.read_bytes()[100:])
        before = file.read_bytes()
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=_read_as_nobody, args=(there,))
        process.start()
        process.join(60)
        held, recorded, told = here.recv()
        assert held == 20 and recorded == [False] * 3 and file.read_bytes() == before
        assert sum("not being recorded" in one for one in told) == 1
        assert any("20 events could be read" in one for one in told) is damaged


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
    assert progress.calibration() == {
        "ranges": 2, "ranges_held": 1, "points": 1, "median_factor_off": 4.0, "shares": 0, "median_points_off": None,
        "directions": 0, "directions_right": 0}


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


