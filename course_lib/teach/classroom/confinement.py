"""What keeps other people's code in bounds, as far as the system allows it; what it allowed is found out by trying.

Four layers, each of which may be missing: limits of the process (time, memory, files, processes), no network (an empty
network namespace), no writing outside one folder (Landlock, and another user where we are root), and a Python audit
hook that says in words what was refused. Linux has all of them, macOS the limits and the hook, Windows the hook.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import socket
import struct
import sys
import tempfile
from pathlib import Path

try:
    import resource
except ImportError:                                                # Windows has no limits of this kind
    resource = None

NEW_NET, NEW_USER = 0x40000000, 0x10000000
# Landlock: write file, remove dir and file, make (char, dir, reg, sock, fifo, block, sym); refer, truncate apart.
WRITES = 0x2 | 0x10 | 0x20 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x1000
NOBODY = 65534
FILE_BYTES = 8_000_000


class Refused(PermissionError):
    """The learner's code tried what is not allowed here."""

    short = "tried what is not allowed"


def _libc():
    return ctypes.CDLL(None, use_errno=True)


def without_network() -> bool:
    """Move this process into an empty network namespace. Returns whether the system let us."""
    if not sys.platform.startswith("linux"):
        return False
    libc = _libc()
    return libc.unshare(NEW_NET) == 0 or libc.unshare(NEW_USER | NEW_NET) == 0


def writes_only_below(folder: Path) -> bool:
    """Landlock: from here on, files are changed below `folder` only (and /dev/null). Returns whether it works here."""
    if not sys.platform.startswith("linux") or platform.machine() not in ("x86_64", "aarch64"):
        return False
    libc = _libc()
    version = libc.syscall(444, None, 0, 1)
    if version < 1:
        return False
    handled = WRITES | (0x2000 if version >= 2 else 0) | (0x4000 if version >= 3 else 0)
    rules = libc.syscall(444, struct.pack("Q", handled), 8, 0)
    if rules < 0:
        return False
    for path, allowed in ((folder, handled), ("/dev/null", 0x2 | (0x4000 if version >= 3 else 0))):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        libc.syscall(445, rules, 1, struct.pack("=Qi", allowed, opened), 0)
        os.close(opened)
    libc.prctl(38, 1, 0, 0, 0)                                     # no new privileges: Landlock asks for it
    done = libc.syscall(446, rules, 0) == 0
    os.close(rules)
    return done


def as_nobody(folder: Path) -> bool:
    """Where we are root, become a user who owns nothing but `folder`. Returns whether that was done.

    Root is not bound by a limit on processes, so this is what makes that limit hold.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    all_may_read = all(map(_all_may_enter, (__file__, sys.prefix, sys.base_prefix)))
    libc = _libc()
    if not all_may_read and libc.prctl(8, 1, 0, 0, 0) != 0:       # keep capabilities over setuid
        return False
    user = NOBODY - 1 - os.getpid() % 4000                         # answers that run side by side are strangers
    try:
        os.chown(folder, user, user)
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    except OSError:
        return False
    return all_may_read or _only_reading(libc)


def _only_reading(libc) -> bool:
    """Of all capabilities keep CAP_DAC_READ_SEARCH: Python's own files may lie where only root may read."""
    header, data = struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", 1 << 2, 1 << 2, 0, 0, 0, 0)
    return libc.syscall(126 if platform.machine() == "x86_64" else 91, header, data) == 0


def _all_may_enter(path) -> bool:
    """May any user read below `path`? If not, an answer could no longer import the course."""
    return all(parent.stat().st_mode & 0o001 for parent in Path(path).resolve().parents)


def limit_process(memory_bytes: int, cpu_seconds: int) -> bool:
    """Limits on memory (beyond what is in use now), CPU time, size of files, number of files; no new processes."""
    if resource is None:
        return False
    limits = [("RLIMIT_CORE", 0), ("RLIMIT_CPU", cpu_seconds), ("RLIMIT_FSIZE", FILE_BYTES), ("RLIMIT_NOFILE", 256),
              ("RLIMIT_NPROC", 0), ("RLIMIT_AS", _memory_in_use() + memory_bytes)]
    for name, value in limits:
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (value, value))
    return True


def _memory_in_use() -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 8_000_000_000


def refuse_in_words(folder: Path) -> None:
    """An audit hook that raises Refused, with what was tried, for files outside `folder`, processes and sockets."""
    folder = os.path.realpath(folder)
    changing = {"os.remove", "os.rmdir", "os.rename", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
                "os.chown", "shutil.rmtree", "shutil.move", "shutil.copyfile"}
    starting = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn",
                "os.startfile", "pty.spawn"}

    def inside(path) -> bool:
        path = os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else None
        return path is None or path == os.devnull or os.path.realpath(path).startswith(folder + os.sep)

    def hook(event, args):
        if event in starting:
            raise Refused(f"starting a process is not allowed here ({event})")
        if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"):
            raise Refused(f"the network is not available here ({event})")
        if event in ("os.kill", "os.killpg", "signal.pthread_kill"):
            raise Refused(f"signalling processes is not allowed here ({event})")
        if event in changing and not inside(args[0]):
            raise Refused(f"changing files outside the empty folder is not allowed here ({event} {args[0]!r:.80})")
        if event == "open" and not isinstance(args[0], int) and _writes(args) and not inside(args[0]):
            raise Refused(f"writing outside the empty folder is not allowed here ({args[0]!r:.80})")
    sys.addaudithook(hook)


def _writes(args) -> bool:
    mode, flags = args[1], args[2] if len(args) > 2 and isinstance(args[2], int) else 0
    by_flag = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    return bool(by_flag) or (isinstance(mode, str) and any(letter in mode for letter in "wax+"))


def confine(folder: Path, memory_bytes: int, cpu_seconds: int, words: bool = True) -> None:
    """Put this process, a fork made for one answer, in bounds. Never undone."""
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):
            os.setsid()
    os.chdir(folder)
    os.environ.update(HOME=str(folder), TMPDIR=str(folder), TORCHINDUCTOR_CACHE_DIR=str(folder), COURSE_PROGRESS="off")
    tempfile.tempdir = str(folder)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    without_network()
    writes_only_below(folder)
    as_nobody(folder)
    limit_process(memory_bytes, cpu_seconds)
    if words:
        refuse_in_words(folder)


def probe(folder: Path, memory_bytes: int) -> dict[str, bool]:
    """What the system itself enforces, found by trying it in a confined process without the hook.

    Keys: network, files, processes, memory, file_size; True where the attempt was stopped. Call it in a child.
    """
    outside = Path(__file__)
    confine(folder, memory_bytes, 20, words=False)
    return {"network": _stopped(lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.5), only="unreachable"),
            "files": _stopped(lambda: os.close(os.open(outside, os.O_WRONLY))),
            "processes": _stopped(_fork),
            "memory": _stopped(lambda: bytearray(memory_bytes + 200_000_000)),
            "file_size": _stopped(lambda: _write_much(folder))}


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


def _stopped(attempt, only: str = "") -> bool:
    try:
        attempt()
    except TimeoutError:
        return False
    except (OSError, MemoryError, AttributeError) as error:
        return not only or only in str(error).lower()
    return False
