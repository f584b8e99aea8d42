"""Collecting from somebody's folder: their notebooks come out, and nothing of anybody else."""

import io
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import made_class
import ordinary_user
import pytest

from course_lib.teach.classroom import collecting, files
from course_lib.teach.classroom.files import handed_in
from course_lib.teach.lessons import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a hub's volumes lie on Linux")
SECRET, USERS = "of another person", {"ann": 50_021, "bob": 50_022}


@pytest.fixture
def volume(tmp_path):
    """Ann's volume, with all that she might put there to get at Bob's."""
    bob, ann = tmp_path / "bob", tmp_path / "ann"
    (ann / "mine" / "deep" / "deeper" / "deepest").mkdir(parents=True)
    bob.mkdir()
    (bob / "01_objective.ipynb").write_text(made_class.notebook(SECRET))
    (ann / "01_objective.ipynb").write_text(made_class.answer(made_class.RIGHT))
    (ann / "mine" / "two.py").write_text("x = 1\n")
    (ann / "mine" / "deep" / "deeper" / "deepest" / "a.py").write_text("x = 1\n")
    (ann / ".hidden.ipynb").write_text("{}")
    (ann / "data.csv").write_text("1,2\n")
    (ann / "link.ipynb").symlink_to(bob / "01_objective.ipynb")
    (ann / "relative.ipynb").symlink_to("../bob/01_objective.ipynb")
    (ann / "folder").symlink_to(bob)
    (ann / "loop").symlink_to(".")
    (ann / "nowhere.ipynb").symlink_to("/nowhere")
    os.mkfifo(ann / "pipe.ipynb")
    with open(ann / "large.ipynb", "wb") as file:
        file.truncate(collecting.LARGEST_BYTES + 1)
    return ann


def test_what_a_person_wrote_comes_out_and_nothing_of_others(volume, tmp_path):
    packed, left_out = collecting.collected(volume)
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        assert sorted(held.namelist()) == ["01_objective.ipynb", "mine/two.py"]
    assert SECRET.encode() not in packed
    why = dict(left_out)
    assert {name for name, text in why.items() if text == "a link, not followed"} == {
        "link.ipynb", "relative.ipynb", "nowhere.ipynb"}
    assert "no regular file" in why["pipe.ipynb"] and "larger than" in why["large.ipynb"]
    assert "3 deep" in why["mine/deep/deeper/deepest"] and len(why) == 6
    (tmp_path / "collected").mkdir()
    (tmp_path / "collected" / "ann.zip").write_bytes(packed)
    assert [file.why for file in handed_in(tmp_path / "collected")] == ["", ""]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root alone can give files away")
def test_a_second_name_of_anothers_file_is_left_out(tmp_path):
    (tmp_path / "bob.ipynb").write_text(SECRET)
    (tmp_path / "ann").mkdir()
    os.chown(tmp_path / "ann", 50_001, 50_001)
    os.link(tmp_path / "bob.ipynb", tmp_path / "ann" / "mine.ipynb")
    assert collecting.collected(tmp_path / "ann")[1] == [("mine.ipynb", "belongs to another user")]


def test_a_folder_that_is_exchanged_for_a_link_on_the_way_is_not_followed(volume, monkeypatch):
    """Between the look at a name and its opening, Ann puts a link in its place."""
    real, bob = os.stat, volume.parent / "bob"

    def stat(name, **more):
        found = real(name, **more)
        if name in ("mine", "01_objective.ipynb"):
            os.rename(volume / name, volume.parent / f"old {name}")
            (volume / name).symlink_to(bob if name == "mine" else bob / name)
        return found
    monkeypatch.setattr(collecting.os, "stat", stat)
    packed, left_out = collecting.collected(volume)
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        assert held.namelist() == []
    assert "cannot be read" in dict(left_out)["mine"] and "cannot be read" in dict(left_out)["01_objective.ipynb"]


def test_names_that_no_text_holds_and_thousands_of_files_cost_their_own_person_alone(tmp_path):
    (tmp_path / "f.ipynb").write_text("{}")
    with open(os.path.join(os.fsencode(tmp_path), b"\xff\n\x1b.ipynb"), "wb") as file:
        file.write(b"{}")
    for number in range(collecting.LARGEST_ZIP_FILES):
        (tmp_path / f"n{number}.py").write_text("")
    packed, left_out = collecting.collected(tmp_path)
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        assert len(held.namelist()) == collecting.LARGEST_ZIP_FILES
    assert left_out and all("more than 500 files" in why for _, why in left_out)


def test_what_is_collected_is_never_too_large_to_be_read(tmp_path, monkeypatch):
    """Nine notebooks that no packing makes smaller, and one small file that still fits; long names count as well."""
    largest = 40_000
    monkeypatch.setattr(collecting, "LARGEST_BYTES", largest)
    monkeypatch.setattr(files, "LARGEST_BYTES", largest)
    (tmp_path / "ann").mkdir()
    (tmp_path / "collected").mkdir()
    for number in range(9):
        cell = f"x = '{random.Random(number).randbytes(5_000).hex()}'\n"
        (tmp_path / "ann" / f"{number} {'n' * 200}.ipynb").write_text(made_class.notebook(cell))
    (tmp_path / "ann" / "small.py").write_text("x = 1\n")
    packed, left_out = collecting.collected(tmp_path / "ann")
    (tmp_path / "collected" / "ann.zip").write_bytes(packed)
    read = [*handed_in(tmp_path / "collected")]
    assert 0.8 * largest < len(packed) <= largest and read and not [file for file in read if file.why]
    assert read[-1].path.endswith("small.py") and len(read) + len(left_out) == 10
    assert left_out and all("the zip would be larger than" in why for _, why in left_out)


@pytest.mark.parametrize("data", [b"", b"x = 1\n", bytes(300_000), random.Random(1).randbytes(300_000)])
def test_the_size_of_the_zip_is_reckoned_from_above_and_closely(tmp_path, data):
    for number in range(5):
        (tmp_path / f"{number} {'ä' * 90}.py").write_bytes(data)
    gatherer, packed = collecting._Gatherer(os.stat(tmp_path).st_uid), io.BytesIO()
    root = os.open(tmp_path, os.O_RDONLY)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        gatherer.take(root, "", out)
    os.close(root)
    assert len(packed.getvalue()) <= gatherer.packed <= len(packed.getvalue()) + 5 * 40


def test_the_command_writes_the_zip_and_names_what_it_left_out(volume):
    command = [sys.executable, "-P", "-m", "course_lib.teach.classroom.collecting"]
    done = subprocess.run([*command, str(volume)], capture_output=True, cwd=volume,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0 and zipfile.is_zipfile(io.BytesIO(done.stdout))
    assert b"left out 'link.ipynb': a link, not followed" in done.stderr
    for number in range(30):
        (volume / f"l{number}.py").symlink_to("/nowhere")
    done = subprocess.run([*command, str(volume)], capture_output=True, cwd=volume,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert len(done.stderr.splitlines()) == 21 and done.stderr.endswith(b"left out 16 more\n")
    done = subprocess.run([*command, str(volume / "none")], capture_output=True, cwd=ROOT)
    assert done.returncode == 1 and b"cannot be read" in done.stderr


HOSTILE = {                                                # what Ann puts into her folder -> why it is left out
    "second name.ipynb": "belongs to another user", "given.ipynb": "belongs to another user",
    "link.ipynb": "a link, not followed", "pipe.ipynb": "no regular file", "socket.ipynb": "no regular file",
    "device.ipynb": "no regular file", "shut.ipynb": "cannot be read: Permission denied",
    "folder that is shut": "cannot be read: Permission denied", "Bob's folder": "cannot be read: Permission denied",
}


@pytest.fixture
def two_users():
    """(Ann's work, Bob's work), of two users of the system; each work is its owner's alone."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("root alone can act as two users")
    top = Path(tempfile.mkdtemp(prefix="volumes-"))
    top.chmod(0o711)
    works = [top / name for name in USERS]
    for work, user in zip(works, USERS.values(), strict=True):
        work.mkdir(mode=0o700)
        (work / "01_objective.ipynb").write_text(made_class.notebook(SECRET if work.name == "bob" else "x = 1"))
        for path in (work, work / "01_objective.ipynb"):
            os.chown(path, user, user)
    ann, bob = works
    os.link(bob / "01_objective.ipynb", ann / "second name.ipynb")
    (ann / "given.ipynb").write_text(SECRET)
    os.chown(ann / "given.ipynb", USERS["bob"], USERS["bob"])
    (ann / "given.ipynb").chmod(0o644)
    (ann / "link.ipynb").symlink_to(bob / "01_objective.ipynb")
    os.mkfifo(ann / "pipe.ipynb")
    with socket.socket(socket.AF_UNIX) as held:
        held.bind(str(ann / "socket.ipynb"))
    with suppress(PermissionError):                        # a container may not make one
        os.mknod(ann / "device.ipynb", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    (ann / "shut.ipynb").write_text("x")
    (ann / "shut.ipynb").chmod(0)
    for name, owner in (("folder that is shut", "ann"), ("Bob's folder", "bob")):
        (ann / name).mkdir()
        (ann / name / "a.py").write_text(SECRET)
        os.chown(ann / name, USERS[owner], USERS[owner])
        (ann / name).chmod(0 if owner == "ann" else 0o700)
    os.chown(ann / "shut.ipynb", USERS["ann"], USERS["ann"])
    yield ann, bob
    shutil.rmtree(top)


@pytest.mark.parametrize("who", ["ann", "root"])
def test_of_two_users_of_the_system_each_gives_their_own(two_users, who):
    """By Ann herself, as in a container, and by root, whom no rights bind: nothing of Bob's comes out either way."""
    ann, bob = two_users
    user = [sys.executable, ordinary_user.__file__, str(USERS["ann"]), "--"] if who == "ann" else []
    command = [*user, sys.executable, "-P", "-m", "course_lib.teach.classroom.collecting", str(ann)]
    done = subprocess.run(command, capture_output=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)})
    if done.returncode == ordinary_user.CANNOT:
        pytest.skip(done.stderr.decode())
    told = dict(line.removeprefix("left out ").split(": ", 1) for line in done.stderr.decode().splitlines())
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as held:
        names, texts = held.namelist(), b"".join(map(held.read, held.namelist()))
    assert SECRET.encode() not in texts and done.returncode == 0
    if who == "ann":
        assert names == ["01_objective.ipynb"]
    for name, why in HOSTILE.items():
        if who == "ann" or "Permission" not in why:
            assert why in told.get(repr(name), "") or not os.path.lexists(ann / name) or (
                name == "second name.ipynb" and "Permission denied" in told[repr(name)]), (name, told)
    if who == "ann":
        command[-1] = str(bob)
        done = subprocess.run(command, capture_output=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert done.returncode == 1 and b"cannot be read: Permission denied" in done.stderr and done.stdout == b""
