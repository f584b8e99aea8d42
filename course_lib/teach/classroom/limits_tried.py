"""What the system enforces on a confined process, found out by trying it; the class page says so at its top."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from course_lib.teach.classroom.confinement import FILE_BYTES, confine


def probe(folder: Path, memory_bytes: int, keep: int = -1) -> dict[str, bool]:
    """What the system itself enforces, found by trying it in a confined process without the hook.

    Keys: network, sockets, files, rights, reading, signals, others, processes, programs, memory, file_size; True where
    the attempt was stopped. Call it in a child; its parent is what it tries to reach, without a change if it does.
    """
    outside, parent = Path(__file__), os.getppid()
    others = outside.parents[3] / "solutions"
    confine(folder, memory_bytes, 20, words=False, keep=keep)
    return {"network": _stopped(lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.5),
                                only=("unreachable", "permi")),
            "sockets": hasattr(socket, "AF_UNIX") and _stopped(lambda: socket.socket(socket.AF_UNIX).close()),
            "files": _stopped(lambda: os.close(os.open(outside, os.O_WRONLY))),
            "rights": _rights_stay(outside),
            "reading": _stopped(lambda: os.listdir(others)) and _stopped(lambda: os.listdir("/etc")),
            "signals": _stopped(lambda: os.kill(parent, 0)) and _stopped(lambda: _signal_by_a_pipe(parent)),
            "others": all(_stopped(attempt) for attempt in _holds_on(parent)),
            "processes": _stopped(_fork),
            "programs": _stopped(lambda: os.execv("/nowhere", ["x"]), only=("permi",)),
            "memory": _stopped(lambda: bytearray(memory_bytes + 200_000_000)),
            "file_size": _stopped(lambda: _write_much(folder))}


def _holds_on(process: int):
    """Attempts on another process's limits, priority, processors and schedule: each sets what is set already."""
    import resource

    yield lambda: resource.prlimit(process, resource.RLIMIT_CPU, resource.prlimit(process, resource.RLIMIT_CPU))
    yield lambda: os.setpriority(os.PRIO_PROCESS, process, os.getpriority(os.PRIO_PROCESS, process))
    yield lambda: os.sched_setaffinity(process, os.sched_getaffinity(process))
    yield lambda: os.sched_setscheduler(process, os.sched_getscheduler(process), os.sched_getparam(process))


def _rights_stay(outside: Path) -> bool:
    """Are rights and times of files outside left as they are? A filter may answer as if it had changed them."""
    try:
        os.chmod("/nowhere/at/all", 0o600)
        return True
    except OSError:
        return _stopped(lambda: os.chmod(outside, stat.S_IMODE(outside.stat().st_mode)))


def _signal_by_a_pipe(process: int):
    """Have another process signalled once a pipe of ours can be read. Nothing is written to it, so none is sent."""
    import fcntl

    ours, theirs = os.pipe()
    try:
        fcntl.fcntl(ours, fcntl.F_SETOWN, process)
    finally:
        os.close(ours)
        os.close(theirs)


def _fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _write_much(folder):
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open(folder / "much", "wb") as file:
        for _ in range(2 * FILE_BYTES // 1_000_000):
            file.write(bytes(1_000_000))


def _stopped(attempt, only: tuple[str, ...] = ()) -> bool:
    try:
        attempt()
    except TimeoutError:
        return False
    except (OSError, MemoryError, AttributeError) as error:
        return not only or any(word in str(error).lower() for word in only)
    return False
