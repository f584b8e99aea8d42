"""An answer's folder: too much in it is noticed, and it is removed whatever was made of it; others' files stay."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_lib.teach.classroom import answer_folders
from course_lib.teach.classroom.answer_folders import overfull, passing_folder, remove
from course_lib.teach.lessons import ROOT

pytestmark = pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="this system has no folders by descriptor")


def dig(folder: Path, depth: int) -> None:
    """Folders in folders, deeper than any path can say, with a file in every tenth."""
    here = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    for level in range(depth):
        if level % 10 == 0:
            Path("file").write_text("x")
        os.mkdir("d")
        os.chdir("d")
    os.fchdir(here)
    os.close(here)


def test_folders_in_folders_are_removed_however_deep(tmp_path):
    (tmp_path / "deep").mkdir()
    dig(tmp_path / "deep", 3000)
    remove(tmp_path / "deep")
    assert not (tmp_path / "deep").exists()


def test_what_a_link_names_stays(tmp_path):
    (tmp_path / "mine" / "in").mkdir(parents=True)
    (tmp_path / "theirs").mkdir(mode=0o500)
    (tmp_path / "theirs.txt").write_text("x")
    (tmp_path / "theirs.txt").chmod(0o400)
    for place in (tmp_path / "mine", tmp_path / "mine" / "in"):
        (place / "folder").symlink_to(tmp_path / "theirs")
        (place / "file").symlink_to(tmp_path / "theirs.txt")
    os.mkfifo(tmp_path / "mine" / "pipe")
    remove(tmp_path / "mine")
    assert not (tmp_path / "mine").exists() and (tmp_path / "theirs.txt").read_text() == "x"
    assert [oct((tmp_path / name).stat().st_mode)[-3:] for name in ("theirs", "theirs.txt")] == ["500", "400"]
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    remove(tmp_path / "link")
    remove(tmp_path / "nowhere")
    assert (tmp_path / "theirs").is_dir()


SHUT = """
import os, sys
from course_lib.teach.classroom.answer_folders import overfull, remove
if os.geteuid() == 0:
    os.chown(sys.argv[1], 50_002, 50_002)
    os.setgroups([]); os.setgid(50_002); os.setuid(50_002)
os.chdir(sys.argv[1])
os.makedirs("mine/a/b/c")
open("mine/a/b/file", "w").close()
for name in ("mine/a/b/c", "mine/a/b", "mine/a"):
    os.chmod(name, 0)
print(overfull("mine"))
remove("mine")
print(os.path.exists("mine"))
"""


def test_folders_that_their_owner_shut_are_noticed_and_removed(tmp_path):
    """By the same ordinary user, whom a folder's rights bind."""
    place = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    try:
        out = subprocess.run([sys.executable, "-c", SHUT, str(place)], capture_output=True, text=True, cwd=ROOT,
                             env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert out.stdout.splitlines() == ["it made a folder that cannot be looked into", "False"], out.stderr[-500:]
    finally:
        remove(place)


def test_too_much_is_told_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(answer_folders, "MOST_NAMES", 20)
    monkeypatch.setattr(answer_folders, "MOST_BYTES", 100_000)
    for number in range(20):
        (tmp_path / f"{number}").write_text("")
    assert overfull(tmp_path) == ""
    (tmp_path / "one more").mkdir()
    assert overfull(tmp_path) == "it made more than 20 files and folders"
    (tmp_path / "0").write_bytes(b"x" * 200_000)
    assert "its files took more than" in overfull(tmp_path)
    assert overfull(tmp_path / "nowhere") == ""


def test_folders_deeper_than_a_path_are_too_much(tmp_path):
    (tmp_path / "deep").mkdir()
    dig(tmp_path / "deep", answer_folders.MOST_NAMES + 100)
    assert overfull(tmp_path / "deep") != ""
    remove(tmp_path / "deep")


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="this system does not say what a process has written")
def test_what_has_no_name_any_more_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(answer_folders, "MOST_WRITTEN", 3_000_000)
    code = ("import os, sys, time\nwith open('x', 'wb') as file:\n    os.remove('x')\n"
            "    file.write(bytes(4_000_000))\n    file.flush()\n    print(1, flush=True)\n    time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        assert "wrote more than 3 MB" in overfull(tmp_path, writer.pid) and overfull(tmp_path) == ""
        writer.kill()
    assert overfull(tmp_path, os.getpid() if answer_folders._written(os.getpid()) < 3_000_000 else None) == ""


def test_looking_is_quick(tmp_path):
    for number in range(answer_folders.MOST_NAMES):
        (tmp_path / f"{number}").touch()
    began = time.perf_counter()
    assert overfull(tmp_path) == ""
    assert time.perf_counter() - began < 1


def test_a_passing_folder_is_gone_where_an_error_ends_it():
    with pytest.raises(ZeroDivisionError), passing_folder("trial-") as folder:
        dig(Path(folder), 1500)
        1 / 0  # noqa: B018
    assert not os.path.exists(folder)
