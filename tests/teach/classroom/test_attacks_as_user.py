"""The attacks that touch others, made on an ordinary user: what the attacker's process and its victim share is all.

Where the tests run as root, an answer becomes another user than the page; here it cannot, so that what keeps it off the
page's files, processes and memory is the rest: Landlock, seccomp, namespaces, limits.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import ordinary_user
import pytest
from hostile_answers import CANARY, TOKEN, TOUCHING

from course_lib.teach.lessons import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0,
                                reason="all attacks run as an ordinary user here")
USER = 50_000 + os.getpid() % 10_000                       # whose processes can be told from everybody else's


@pytest.fixture(scope="module")
def attacked():
    """What came of it: user, enforced, rows by person; and the processes of that user which were left."""
    folder = Path(tempfile.mkdtemp(prefix="user-"))
    os.chown(folder, USER, USER)
    command = [sys.executable, ordinary_user.__file__, str(USER), "--", sys.executable, "-s",
               str(Path(ordinary_user.__file__).parent / "attacked_class.py"), str(folder)]
    env = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder), "PYTHONPATH": str(ROOT), "COURSE_PROGRESS": "off",
           "PYTHONDONTWRITEBYTECODE": "1", "MPLCONFIGDIR": str(folder)}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder, timeout=1200)
        if done.returncode == ordinary_user.CANNOT:
            pytest.skip(done.stderr.strip())
        assert done.returncode == 0, done.stderr[-2000:]
        end = time.monotonic() + 10
        while processes() and time.monotonic() < end:
            time.sleep(0.05)
        yield {**json.loads((folder / "result.json").read_text()), "left": processes()}
    finally:
        for pid in processes():
            with suppress(OSError):
                os.kill(pid, 9)
        shutil.rmtree(folder)


def processes() -> dict[int, str]:
    """Of the ordinary user, those that have ended and are not yet taken note of left out."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = (place / "status").read_text()
            if f"Uid:\t{USER}\t" in status and "State:\tZ" not in status:
                found[int(place.name)] = (place / "cmdline").read_bytes().decode().replace("\0", " ")
    return found


def test_they_are_many_and_the_user_is_ordinary(attacked):
    assert len(TOUCHING) >= 40 and attacked["user"] == USER and len(attacked["rows"]) == len(TOUCHING) + 30


def test_the_honest_thirty_are_right(attacked):
    told = {who: attacked["rows"][who]["status"] for who in attacked["honest"]}
    assert len(told) == 30 and told == dict.fromkeys(told, "right")


@pytest.mark.parametrize("name", TOUCHING)
def test_no_attack_is_right_and_none_reaches_another(attacked, name):
    row, enforced = attacked["rows"][name], attacked["enforced"]
    said = repr({key: value for key, value in row.items() if key not in ("text", "key", "notebook")})
    assert row["status"] == "wrong" and row["says"] and row["mistake"] != "not run"
    assert TOKEN not in said and "LOOKED" not in row["says"]
    if enforced.get("reading"):
        assert not any(word in said for word in (CANARY, "SOLUTIONS [", "root:x:0", "another secret"))
    layers = ("reading", "sockets", "signals", "others", "processes", "programs", "files", "rights", "memory")
    if all(enforced.get(layer) for layer in layers):
        assert "not refused" not in row["says"]


def test_a_neighbour_of_the_same_user_stays_as_it_was(attacked):
    assert attacked["enforced"]["the neighbour is as it was"] or not attacked["enforced"].get("others")


def test_a_file_of_another_keeps_its_rights_and_times(attacked):
    """The page's user owns the file, so that nothing but the filter of system calls keeps the attackers off."""
    assert attacked["enforced"]["the canary's rights are as they were"] or not attacked["enforced"].get("rights")


def test_a_folder_that_is_shut_to_the_page_is_noticed(attacked):
    assert attacked["rows"]["fills a folder that nobody may look into, and waits"]["mistake"] == "wrote too much"


def test_nobody_came_to_the_socket_and_nothing_is_left(attacked):
    assert attacked["enforced"]["nobody came to the socket"] or not attacked["enforced"].get("sockets")
    assert attacked["left"] == {}
