"""Writing whole or not at all, locks that die with their process, full disks by whatever words they are told."""

import errno
import multiprocessing
import os
import shutil
import signal
import subprocess
import threading
import time

import numpy as np
import pytest

from course_lib.contracts import DataError
from course_lib.data.disk import Busy, check_writable, disk_errors, is_full, locked, sweep_parts, write_atomic

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MB of its own, where this machine lets us have one."""
    place = tmp_path / "small"
    place.mkdir()
    if shutil.which("mount") is None or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _by_numpy(folder):
    np.save(folder / "a.npy", np.zeros(10**6))


def _by_torch(folder):
    import torch

    torch.save(torch.zeros(10**6), folder / "a.pt")


def _by_parquet(folder):
    import pandas as pd

    pd.DataFrame({"a": np.random.default_rng(0).random(10**6)}).to_parquet(folder / "a.parquet")


def _by_duckdb(folder):
    import duckdb

    with duckdb.connect(folder / "a.duckdb") as connection:
        connection.execute("CREATE TABLE t AS SELECT random() AS a FROM range(1000000)")


def _by_sqlite(folder):
    import sqlite3

    with sqlite3.connect(folder / "a.sqlite") as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * 1000,)] * 2000)


def _atomic(folder):
    write_atomic(folder / "a", b"x" * 10**7)


@pytest.mark.parametrize("write", [_by_numpy, _by_torch, _by_parquet, _by_duckdb, _by_sqlite, _atomic])
def test_a_full_disk_is_said_whoever_was_writing(small_disk, write):
    with pytest.raises(DataError, match="disk is full: could not (keep this|write .*a)\\. Nothing half"), \
            disk_errors("keep this"):
        write(small_disk)
    assert write is not _atomic or os.listdir(small_disk) == []


def test_a_full_disk_behind_another_error_is_found_and_others_pass():
    def download():
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise DataError("could not download") from error

    with pytest.raises(DataError, match="disk is full: could not keep this"), disk_errors("keep this"):
        download()
    with pytest.raises(DataError, match="^no network$"), disk_errors("keep this"):
        raise DataError("no network")
    with pytest.raises(KeyError), disk_errors("keep this"):
        raise KeyError("a")
    assert not is_full(OSError(errno.ENOENT, "No such file")) and not is_full(None)


def test_the_first_to_say_that_the_disk_is_full_is_heard():
    with pytest.raises(DataError, match="could not write the inner"), disk_errors("write the outer"), \
            disk_errors("write the inner"):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_as_the_user_s_umask_says(tmp_path):
    """Not 0600, as temporary files are: a shared cache is read by others."""
    before = os.umask(0o022)
    try:
        assert write_atomic(tmp_path / "a", "x").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


def _write_for_ever(path):
    while True:
        write_atomic(path, os.urandom(3_000_000))


def test_what_a_killed_writer_left_goes_with_the_next_write_and_a_living_one_s_stays(tmp_path):
    path = tmp_path / "a"
    for _ in range(20):
        process = FORK.Process(target=_write_for_ever, args=(path,))
        process.start()
        while not list(tmp_path.glob("*.part")) + list(tmp_path.glob(".*.part")):
            time.sleep(0.001)
        os.kill(process.pid, signal.SIGSTOP)
        parts = list(tmp_path.glob(".a.*.part"))
        sweep_parts(tmp_path)
        held = list(tmp_path.glob(".a.*.part"))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        if parts and held:                   # neither stopped between two files nor before the new one was locked
            break
    assert held == parts != []
    write_atomic(path, "new")
    assert path.read_text() == "new" and os.listdir(tmp_path) == ["a"]


def test_a_folder_in_the_file_s_place_is_named(tmp_path):
    with pytest.raises(DataError, match="is a folder"):
        write_atomic(tmp_path, "x")


@pytest.mark.parametrize("place", ["/proc/x", "/proc/none/x", "{here}/file/x", "{here}/" + 300 * "x"])
def test_a_place_where_no_file_can_be_made_is_named(tmp_path, place):
    (tmp_path / "file").write_text("a file, not a folder")
    path = place.format(here=tmp_path)
    with pytest.raises(DataError, match=f"{path[-40:]} cannot be written: no file can be made there .*Name a file in"):
        write_atomic(path, "x")
    assert os.listdir(tmp_path) == ["file"]


def test_a_device_s_or_a_pipe_s_place_is_not_taken(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="pipe is a device or a pipe"):
        write_atomic(tmp_path / "pipe", "x")
    assert not (tmp_path / "pipe").is_file() and os.listdir(tmp_path) == ["pipe"]


def test_what_a_link_names_is_written_and_the_link_stays(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far" / "a")
    for text in ("one", "two"):
        assert write_atomic(tmp_path / "link", text) == (tmp_path / "far" / "a").resolve()
        assert (tmp_path / "link").is_symlink() and (tmp_path / "far" / "a").read_text() == text


def _hold(path, pipe):
    with locked(path):
        pipe.send("held")
        time.sleep(60)


def test_a_lock_dies_with_its_process_and_leaves_no_file(tmp_path):
    path = tmp_path / "lock"
    here, there = multiprocessing.Pipe()
    process = FORK.Process(target=_hold, args=(path, there))
    process.start()
    assert here.recv() == "held"
    with pytest.raises(Busy, match="another process holds"), locked(path, timeout_s=0.1):
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert path.exists()
    with locked(path, timeout_s=5):
        pass
    assert not path.exists()


def test_one_thread_at_a_time_though_the_lock_s_file_comes_and_goes(tmp_path):
    inside, most = [], []

    def work():
        for _ in range(50):
            with locked(tmp_path / "lock"):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.0005)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 200 and os.listdir(tmp_path) == []


def test_a_part_that_another_writer_swept_before_it_was_locked_is_written_again(tmp_path, monkeypatch):
    from course_lib.data import disk

    if disk.fcntl is None:
        pytest.skip("without flock, parts are swept by their age")
    lock, swept = disk._lock, []

    def late(file, wait=False):
        if not swept:
            swept.append(file.name)
            sweep_parts(tmp_path)                   # as another writer of the same file does when it begins
        return lock(file, wait)

    monkeypatch.setattr(disk, "_lock", late)
    write_atomic(tmp_path / "x.bin", b"whole")
    assert swept and [path.name for path in tmp_path.iterdir()] == ["x.bin"]
    assert (tmp_path / "x.bin").read_bytes() == b"whole"


def test_whether_a_file_can_be_written_is_told_before_there_is_anything_to_write(tmp_path):
    held = tmp_path / "held"
    held.write_text("old")
    for fine in (held, tmp_path / "new" / "page.html"):
        check_writable(fine)
    assert held.read_text() == "old" and sorted(path.name for path in tmp_path.rglob("*")) == ["held", "new"]
    for place, says in ((tmp_path, "is a folder"), ("/dev/null", "a device or a pipe"), (held / "below", "below")):
        with pytest.raises(DataError, match=says):
            check_writable(place)
