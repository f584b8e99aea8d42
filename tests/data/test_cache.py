import errno
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.data import cache


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))


def write(text: str):
    return lambda folder: (folder / "a.txt").write_text(text)


def leftovers(name: str) -> list[str]:
    """Everything but whole artifacts."""
    return [f.name for f in (cache.root() / name).iterdir() if f.name.startswith(".")]


def test_an_artifact_is_built_once_a_key():
    built = []

    def build(folder):
        built.append(1)
        (folder / "sub").mkdir()
        (folder / "sub" / "a.txt").write_text("a")

    first, again, other = (cache.artifact("t", {"seed": seed}, build) for seed in (1, 1, 2))
    assert len(built) == 2 and first == again != other and not leftovers("t")
    assert (first / "sub" / "a.txt").read_text() == "a"
    assert cache.artifact_path("t", {"seed": 1}) == first


@pytest.mark.parametrize("harm", ["flip", "truncate", "missing", "{", "[]", "7", "null", '{"files": 3}', "swapped"])
def test_a_corrupt_artifact_is_thrown_away_with_a_word_and_rebuilt(harm):
    path = cache.artifact("t", {}, write("good"))
    file = path / "a.txt"
    other = cache.artifact("t", {"seed": 1}, write("other"))
    {"flip": lambda: file.write_text("evil"), "truncate": lambda: file.write_text(""), "missing": file.unlink,
     "swapped": lambda: (shutil.rmtree(path), shutil.copytree(other, path))}.get(
        harm, lambda: (path / "MANIFEST.json").write_text(harm))()
    with pytest.warns(UserWarning, match="discarded and built again"):
        again = cache.artifact("t", {}, write("good"))
    assert (again / "a.txt").read_text() == "good"


def test_a_corrupt_artifact_stays_until_its_successor_is_whole():
    path = cache.artifact("t", {}, write("good"))
    (path / "a.txt").write_text("evil")

    def no_network(folder):
        raise DataError("no network")

    with pytest.warns(UserWarning, match="built again"), pytest.raises(DataError, match="no network"):
        cache.artifact("t", {}, no_network)
    assert (path / "a.txt").read_text() == "evil" and not leftovers("t")


def test_a_manifest_of_an_earlier_version_is_taken():
    path = cache.artifact("t", {}, write("good"))
    held = json.loads((path / "MANIFEST.json").read_text())
    del held["sha256"]
    (path / "MANIFEST.json").write_text(json.dumps(held))
    assert (cache.artifact("t", {}, write("never")) / "a.txt").read_text() == "good"


def _read_as_nobody(pipe) -> None:
    os.setgid(65534)
    os.setuid(65534)
    for name in "tu":
        try:
            pipe.send((cache.artifact(name, {}, write("never")) / "a.txt").read_text())
        except DataError as error:
            pipe.send(str(error))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_a_shared_cache_that_may_only_be_read_serves_what_it_has(monkeypatch):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        monkeypatch.setenv("COURSE_CACHE", folder)
        cache.artifact("t", {}, write("good"))
        (cache.artifact("u", {}, write("good")) / "a.txt").write_text("evil")
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=_read_as_nobody, args=(there,))
        process.start()
        process.join(60)
        assert here.recv() == "good"
        refused = here.recv()
    assert refused.startswith("No permission to build u") and "COURSE_CACHE" in refused
    assert "a.txt was changed or damaged" in refused


@pytest.mark.parametrize("error", [RuntimeError("boom"), KeyboardInterrupt()])
def test_a_build_that_fails_leaves_nothing(error):
    def build(folder):
        (folder / "half").write_text("half")
        raise error

    with pytest.raises(type(error)):
        cache.artifact("t", {}, build)
    assert not cache.artifact_path("t", {}).exists() and not leftovers("t")


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path, monkeypatch):
    def build(folder):
        (folder / "half").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DataError, match="disk is full.*COURSE_CACHE"):
        cache.artifact("t", {}, build)
    assert not leftovers("t")
    old = cache.write_atomic(tmp_path / "f", "old")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="disk is full"):
        cache.write_atomic(old, "new")
    assert old.read_text() == "old" and [f.name for f in tmp_path.iterdir() if f.suffix == ".part"] == []


def _slow_build(folder: Path) -> None:
    (folder / "half.txt").write_text("half")
    time.sleep(60)


def _build_slowly(environment: str) -> None:
    os.environ["COURSE_CACHE"] = environment
    cache.artifact("t", {}, _slow_build)


def test_a_killed_build_is_never_returned_and_the_next_one_cleans_up():
    process = multiprocessing.get_context("spawn").Process(target=_build_slowly, args=(os.environ["COURSE_CACHE"],))
    process.start()
    deadline = time.monotonic() + 60
    while not list(cache.root().glob("t/.*.building/half.txt")):
        assert time.monotonic() < deadline and process.is_alive()
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    (cache.root() / "t" / ".of-an-earlier-key.lock").write_text("")
    (cache.root() / "t" / ".of-an-earlier-key.building").mkdir()
    assert leftovers("t") and not cache.artifact_path("t", {}).exists()
    assert (cache.artifact("t", {}, write("whole")) / "a.txt").read_text() == "whole"
    assert not leftovers("t")


def _build_and_count(environment: str, counter: str) -> None:
    os.environ["COURSE_CACHE"] = environment

    def build(folder):
        with open(counter, "a") as file:
            file.write("built\n")
        time.sleep(0.3)
        (folder / "a.txt").write_text("whole")

    assert (cache.artifact("t", {}, build) / "a.txt").read_text() == "whole"


def test_two_kernels_that_need_the_same_artifact_build_it_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    arguments = (os.environ["COURSE_CACHE"], str(tmp_path / "count"))
    both = [context.Process(target=_build_and_count, args=arguments) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(timeout=120)
    assert [process.exitcode for process in both] == [0, 0]
    assert (tmp_path / "count").read_text() == "built\n"


def test_root_follows_the_environment_and_says_when_it_cannot_be_made(tmp_path, monkeypatch):
    assert cache.root() == tmp_path / "cache" and cache.root().is_dir()
    monkeypatch.delenv("COURSE_CACHE")
    assert cache.root().parts[-2:] == ("data", "cache")

    def refused(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(DataError, match="COURSE_CACHE"):
        cache.root()


@pytest.mark.parametrize("named", ["file", "file/below", "link to nowhere"])
def test_what_stands_in_the_way_of_the_cache_is_said(tmp_path, monkeypatch, named):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link to nowhere").symlink_to(tmp_path / "nowhere")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / named))
    with pytest.raises(DataError, match=f"{named} cannot be made.*Set COURSE_CACHE"):
        cache.root()
    assert (tmp_path / "file").read_text() == "x"


def test_the_home_of_somebody_unknown_is_taken_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_CACHE", "~nobody-of-that-name/cache")
    assert cache.root().is_dir()


def test_a_name_that_leaves_the_folder_is_refused():
    for name in ("../x", "a/b", "", ".hidden"):
        with pytest.raises(ArgumentError, match="artifact name"):
            cache.artifact(name, {}, write("x"))


def test_the_manifest_lists_every_file_with_its_checksum():
    path = cache.artifact("t", {"seed": 3}, write("x"))
    manifest = json.loads((path / "MANIFEST.json").read_text())
    assert manifest["key"] == {"seed": 3}
    assert manifest["files"] == {"a.txt": cache.sha256(path / "a.txt")}
    assert cache.sha256(cache.write_atomic(path.parent / "empty", b"")).startswith("e3b0c442")
