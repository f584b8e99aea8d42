"""The class in which hostile answers stand beside honest ones; `python attacked_class.py FOLDER`: those that touch."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import honest_texts
import made_class
from hostile_answers import BODIES, CANARY, HEAD, NOTEBOOKS, REWARD, SIMPLE, TOKEN, TOUCHING

from course_lib.teach.classroom import page as classpage
from course_lib.teach.classroom.system_calls import NAMES, TABLES
from course_lib.teach.lessons import ROOT

NUMBERS = dict(zip(NAMES, TABLES.get(platform.machine(), TABLES["x86_64"])[1], strict=True))

def cells_of(name: str, folder: Path, neighbour: int = 0) -> list[str]:
    """The cells of one attacker's notebook, told where the things of others lie and which process is another's."""
    if name in NOTEBOOKS:
        cells = NOTEBOOKS[name]
        return [HEAD, *cells] + [REWARD + "    os, np\n    return row"] * (not any(REWARD[:16] in one for one in cells))
    body, last = (SIMPLE[name[7:]], "") if name.startswith("simply ") else (BODIES[name], "    return row")
    for word, value in (("key", "0" * 64), ("canary", folder / "canary.txt"), ("socket", folder / "s"),
                        ("other", folder / "class" / "honest 0" / "a.ipynb"), ("solutions", ROOT / "solutions")):
        body = body.replace("{" + word + "!r}", repr(str(value)))
    for word, value in {"neighbour": neighbour, **NUMBERS}.items():
        body = body.replace("{" + word + "}", str(value))
    return [HEAD, REWARD + "".join(f"    {line}\n" for line in body.split("\n")) + last]


def compared(folder: Path, names) -> tuple[classpage.ClassResults, dict[str, str]]:
    """The class of these attackers and of thirty honest people, compared below `folder`; honest person -> exercise.

    Three more things are in `enforced`: "nobody came to the socket", "the canary's rights are as they were", and "the
    neighbour is as it was", a process of this user whose id the attackers know. Raises AssertionError where the canary
    holds something else.
    """
    canary, path = folder / "canary.txt", folder / "s"
    canary.write_text(CANARY)
    canary.chmod(0o644)
    rights = rights_of(canary)
    honest = honest_texts.people(30, f"another secret {CANARY}")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as neighbour:
        before = state(neighbour.pid)
        people = {who: cells for who, (_, cells) in honest.items()} | {
            name: cells_of(name, folder, neighbour.pid) for name in names}
        for name, cells in people.items():
            (folder / "class" / name).mkdir(parents=True)
            (folder / "class" / name / "a.ipynb").write_text(made_class.notebook(*cells))
        with listening(path) as nobody_came, secret_environment():
            results = classpage.compare_class([folder / "class"], workers=2, effect_seconds=0)
            results.enforced["nobody came to the socket"] = nobody_came()
        results.enforced["the neighbour is as it was"] = neighbour.poll() is None and state(neighbour.pid) == before
        neighbour.kill()
    results.enforced["the canary's rights are as they were"] = rights_of(canary) == rights
    assert canary.read_text() == CANARY
    return results, {who: card_id for who, (card_id, _) in honest.items()}


def rights_of(path: Path) -> tuple:
    """What others could change about a file without opening it: rights, owner, when it was written."""
    held = path.stat()
    return held.st_mode, held.st_uid, held.st_gid, held.st_mtime_ns


def state(pid: int) -> list:
    """What others could do to a process: its limits, priority, processors, schedule; [] where no system tells."""
    if not hasattr(os, "sched_getscheduler"):
        return []
    import resource

    limits = [resource.prlimit(pid, getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")]
    return [limits, os.getpriority(os.PRIO_PROCESS, pid), os.sched_getaffinity(pid), os.sched_getscheduler(pid)]


@contextlib.contextmanager
def secret_environment():
    os.environ["COURSE_TOKEN"] = TOKEN
    try:
        yield
    finally:
        del os.environ["COURSE_TOKEN"]


@contextlib.contextmanager
def listening(path: Path):
    """A socket in the file system that everybody may open; what is given tells whether nobody did."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        server.setblocking(False)
        path.chmod(0o777)

        def nobody_came() -> bool:
            with contextlib.suppress(BlockingIOError):
                server.accept()
                return False
            return True
        yield nobody_came


def main() -> None:
    """Compare those that touch others and write what came of it as result.json."""
    folder = Path(sys.argv[1])
    results, honest = compared(folder, TOUCHING)
    rows = {person: row for (person, _), row in results.rows.items()}
    (folder / "result.json").write_text(json.dumps({"user": os.geteuid(), "enforced": results.enforced, "rows": rows,
                                                    "honest": honest}))


if __name__ == "__main__":
    main()
