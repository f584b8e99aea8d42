"""What keeps other people's code in bounds, as far as the system allows it; what it allowed is found out by trying.

Five layers, each of which may be missing: limits of the process (time, memory, files, processes), no network (an empty
network namespace), no writing outside one folder (Landlock, and another user where we are root), a filter of system
calls (seccomp), and a Python audit hook that says in words what was refused. Linux has all of them, macOS the limits
and the hook, Windows the hook.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
import sys
import tempfile
from pathlib import Path

from course_lib.teach.classroom.endings import die_with_parent
from course_lib.teach.classroom.system_calls import refuse_calls

try:
    import resource
except ImportError:                                                # Windows has no limits of this kind
    resource = None

NEW_NET, NEW_USER = 0x40000000, 0x10000000
# Landlock: write file, remove dir and file, make (char, dir, reg, sock, fifo, block, sym); refer, truncate apart.
WRITES = 0x2 | 0x10 | 0x20 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800 | 0x1000
NOBODY = 65534
FILE_BYTES = 8_000_000
READS = 0x4 | 0x8                                                  # read a file, list a folder
SYSTEM_READ = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/zero",
               "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "COURSE_CACHE", "COURSE_DATA_MIRROR", "MPLBACKEND",
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_WAIT_POLICY", "PYTHONPATH",
        "COURSE_CLASS_PRELOAD", "COURSE_CLASS_EFFECTS", "COURSE_PROGRESS", "PYTHONIOENCODING")


def clean_environment(environ) -> dict[str, str]:
    """Of an environment what a calculation needs; passwords, tokens and the home folder are not in it."""
    return {name: environ[name] for name in KEPT if name in environ}


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


def only_below(folder: Path, readable: tuple[str, ...] = (), closed: tuple[str, ...] = ()) -> bool:
    """Landlock: from here on, files are changed below `folder` only (and /dev/null), read there and below `readable`.

    Where the kernel knows it, also: no TCP, no signal and no abstract socket to a process outside. readable: () leaves
    reading as it is. closed: folders that are not read, although they lie below those. Returns whether it works here.
    """
    if not sys.platform.startswith("linux") or platform.machine() not in ("x86_64", "aarch64"):
        return False
    libc = _libc()
    version = libc.syscall(444, None, 0, 1)
    if version < 1:
        return False
    writes = WRITES | (0x2000 if version >= 2 else 0) | (0x4000 if version >= 3 else 0)
    handled = writes | (READS if readable else 0)
    ruleset = struct.pack("=Q", handled) + (struct.pack("=Q", 3) if version >= 4 else b"") + (
        struct.pack("=Q", 3) if version >= 6 else b"")
    rules = libc.syscall(444, ruleset, len(ruleset), 0)
    if rules < 0:
        return False
    allowed = {str(folder): handled, "/dev/null": 0x2 | READS & handled & 0x4 | (0x4000 if version >= 3 else 0)}
    reads = {path: rights for one in readable for path, rights in _reads(one, closed).items()}
    for path, rights in (reads | allowed).items():
        _allow(libc, rules, path, rights)
    libc.prctl(38, 1, 0, 0, 0)                                     # no new privileges: Landlock asks for it
    done = libc.syscall(446, rules, 0) == 0
    os.close(rules)
    return done


def _reads(path: str, closed: tuple[str, ...]) -> dict[str, int]:
    """Rights below a path but for what is closed: a folder above that is listed, and what else it holds is read."""
    path = os.path.realpath(path)
    if path in closed:
        return {}
    if not any(one.startswith(path + os.sep) for one in closed):
        return {path: READS}
    parts = {}
    for name in os.listdir(path):
        parts |= _reads(os.path.join(path, name), closed)
    return parts | {path: READS & 0x8}


def _folders_of(packages: tuple[str, ...]) -> tuple[str, ...]:
    """Where these packages of the course lie: in this checkout, and wherever else Python would find them."""
    places = {Path(path).resolve() for path in sys.path if path} | {Path(__file__).resolve().parents[3]}
    return tuple(str(found) for place in places for name in packages
                 if (found := place / name.replace(".", os.sep)).is_dir())


def _allow(libc, rules: int, path: str, rights: int) -> None:
    """One rule of Landlock; a path that is not there needs none. A file has no right to be listed."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = rights if os.path.isdir(path) else rights & ~0x8
    libc.syscall(445, rules, 1, struct.pack("=Qi", rights, opened), 0)
    os.close(opened)


def what_answers_read() -> tuple[str, ...]:
    """Where an answer may read: Python and its libraries, the course's own code, the public data, the system's."""
    root = Path(__file__).resolve().parents[3]
    paths = [sys.prefix, sys.base_prefix, sys.exec_prefix, *(path for path in sys.path if path), *SYSTEM_READ,
             os.environ.get("COURSE_CACHE", ""), os.environ.get("COURSE_DATA_MIRROR", ""), root / "data"]
    kept = [str(Path(path).resolve()) for path in paths if path and not root.is_relative_to(Path(path).resolve())]
    return (*dict.fromkeys([*kept, str(root / "course_lib")]),)


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


def refuse_in_words(folder: Path, closed: tuple[str, ...] = ()) -> None:
    """An audit hook that raises Refused, with what was tried, for files outside `folder`, processes and sockets.

    closed: packages whose files are not read.
    """
    shut = tuple(path + os.sep for path in _folders_of(closed))
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
        if event == "import" and f"{args[0]}.".startswith(tuple(f"{name}." for name in closed)):
            raise Refused(f"{args[0]} is closed here: what is handed in plays a world that it does not know")
        if event == "open" and shut and isinstance(args[0], (str, bytes)) and \
                os.path.realpath(os.fsdecode(args[0])).startswith(shut):
            raise Refused(f"the files of {', '.join(closed)} are closed here: what is handed in plays a world that it "
                          f"does not know")
        if event == "open" and not isinstance(args[0], int) and _writes(args) and not inside(args[0]):
            raise Refused(f"writing outside the empty folder is not allowed here ({args[0]!r:.80})")
    sys.addaudithook(hook)


def _writes(args) -> bool:
    mode, flags = args[1], args[2] if len(args) > 2 and isinstance(args[2], int) else 0
    by_flag = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    return bool(by_flag) or (isinstance(mode, str) and any(letter in mode for letter in "wax+"))


def confine(folder: Path, memory_bytes: int, cpu_seconds: int, words: bool = True, keep: int = -1,
            parent: int | None = None, closed: tuple[str, ...] = ()) -> None:
    """Put this process, made for one answer, in bounds. Never undone.

    keep: the one descriptor beside 0, 1 and 2 that stays open. parent: the process with which this one has to end.
    closed: packages of the course whose files are not read here. What was in the environment at the start of the
    process still stands in /proc/self/environ: so it has to be started with a clean one.
    """
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):
            os.setsid()
    os.chdir(folder)
    kept = clean_environment(os.environ)
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(HOME=str(folder), TMPDIR=str(folder), TORCHINDUCTOR_CACHE_DIR=str(folder), COURSE_PROGRESS="off")
    tempfile.tempdir = str(folder)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    _close_all_but(keep)
    without_network()
    only_below(folder, what_answers_read(), _folders_of(closed))
    as_nobody(folder)
    die_with_parent(parent)                                        # another user forgets it, so after that
    limit_process(memory_bytes, cpu_seconds)
    refuse_calls()
    if words:
        refuse_in_words(folder, closed)


def _close_all_but(keep: int) -> None:
    if hasattr(os, "closerange"):
        os.closerange(3, max(keep, 3))
        os.closerange(max(keep, 2) + 1, 65_536)
