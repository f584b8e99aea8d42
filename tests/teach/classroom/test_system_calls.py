"""The filter of system calls: what an answer may not ask of the kernel is refused, what Python needs is not."""

import os
import subprocess
import sys

import pytest
from attacked_class import rights_of, state

from course_lib.teach.classroom.system_calls import LOOKED_AT, NAMES, TABLES
from course_lib.teach.lessons import ROOT

TRIED = """
import asyncio, ctypes, errno, fcntl, os, platform, resource, shutil, signal, socket, sys, tempfile, threading
from course_lib.data.disk import locked, write_atomic
from course_lib.teach.classroom.system_calls import LOOKED_AT, NAMES, TABLES, refuse_calls

libc = ctypes.CDLL(None, use_errno=True)
parent, neighbour = os.getppid(), int(sys.argv[1])

def by_libc(name, *args):
    if getattr(libc, name)(*args) < 0:
        raise OSError(ctypes.get_errno(), name)

def ended(kind):
    thread = threading.Thread(target=kind)
    thread.start()
    thread.join()

def signalled_by_a_pipe():
    ours, theirs = os.pipe()
    fcntl.fcntl(ours, 8, neighbour)
    fcntl.fcntl(ours, 10, signal.SIGKILL)
    fcntl.fcntl(ours, fcntl.F_SETFL, fcntl.fcntl(ours, fcntl.F_GETFL) | os.O_ASYNC)
    os.write(theirs, b"x")

def locked_by_the_course():
    with locked(tempfile.mkdtemp() + "/lock", 1.0):
        pass

async def nap():
    await asyncio.sleep(0)

FREE = {
    "file": lambda: tempfile.TemporaryFile().write(b"x"), "thread": lambda: ended(int),
    "loop": lambda: asyncio.run(nap()), "pair": lambda: [s.close() for s in socket.socketpair()],
    "itself": lambda: os.kill(os.getpid(), 0),
    "raise": lambda: signal.raise_signal(signal.SIGCHLD), "name": lambda: by_libc("prctl", 15, b"x", 0, 0, 0),
    "limit": lambda: resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)),
    "limit by id": lambda: resource.prlimit(os.getpid(), resource.RLIMIT_CORE, (0, 0)),
    "processors": lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)),
    "pipe": lambda: [fcntl.fcntl(end, fcntl.F_GETFL) for end in os.pipe()],
    "rights": lambda: [os.chmod(sys.argv[2], 0o777), os.chmod(os.open(sys.argv[2], 0), 0o777)],
    "times": lambda: os.utime(sys.argv[2], (0, 0)), "copy": lambda: shutil.copy2(sys.argv[2], tempfile.mkdtemp()),
    "whole file": lambda: write_atomic(tempfile.mkdtemp() + "/whole", b"x"), "the course's lock": locked_by_the_course,
}
CLOSED = {
    "fork": os.fork, "program": lambda: os.execv("/bin/true", ["true"]),
    "spawn": lambda: os.posix_spawn("/bin/true", ["x"], {}),
    "socket": lambda: socket.socket(socket.AF_UNIX), "internet": lambda: socket.socket(socket.AF_INET),
    "datagrams": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM), "parent": lambda: os.kill(parent, 0),
    "all": lambda: os.kill(-1, 0), "trace": lambda: by_libc("ptrace", 16, parent, 0, 0),
    "memory": lambda: by_libc("process_vm_readv", parent, 0, 0, 0, 0, 0),
    "shared": lambda: by_libc("shmget", 0, 9, 0o1600),
    "death": lambda: by_libc("prctl", 1, 0, 0, 0, 0), "namespace": lambda: by_libc("unshare", 0x10000000),
    "ring": lambda: by_libc("syscall", 425, 1, 0),
    "queue": lambda: by_libc("msgget", 0, 0o1600),
    "limit of CPU": lambda: resource.prlimit(neighbour, resource.RLIMIT_CPU, (1, 1)),
    "limit of files": lambda: by_libc("prlimit", neighbour, 1, (ctypes.c_long * 2)(0, 0), 0),
    "a look at a limit": lambda: resource.prlimit(neighbour, resource.RLIMIT_CPU),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, neighbour, 19),
    "priority of all": lambda: os.setpriority(os.PRIO_USER, 0, 0),
    "priority of disks": lambda: by_libc("syscall", NUMBERS["ioprio_set"], 1, neighbour, 3 << 13),
    "affinity": lambda: os.sched_setaffinity(neighbour, [min(os.sched_getaffinity(0))]),
    "schedule": lambda: os.sched_setscheduler(neighbour, os.SCHED_IDLE, os.sched_param(0)),
    "parameters": lambda: os.sched_setparam(neighbour, os.sched_param(0)),
    "nodes": lambda: by_libc("syscall", NUMBERS["migrate_pages"], neighbour, 0, 0, 0),
    "cores": lambda: by_libc("prctl", 62, 2, neighbour, 0, 0),
    "signal by a pipe": signalled_by_a_pipe,
    "signal by an ioctl": lambda: fcntl.ioctl(os.pipe()[0], 0x8901, neighbour.to_bytes(4, "little")),
    "a mark": lambda: os.setxattr(sys.argv[2], "user.x", b"x"), "owner": lambda: os.chown(sys.argv[2], -1, -1),
    "flags": lambda: fcntl.ioctl(os.open(sys.argv[2], 0), 0x40086602, bytes(8)),
    "lock": lambda: fcntl.flock(os.open(sys.argv[2], 0), fcntl.LOCK_EX | fcntl.LOCK_NB),
    "room": lambda: os.posix_fallocate(tempfile.TemporaryFile().fileno(), 0, 9),
    "file in memory": lambda: os.close(os.memfd_create("x")),
    "program by a descriptor": lambda: by_libc("syscall", NUMBERS["execveat"], -100, b"/bin/true", None, None, 0),
    "faults": lambda: by_libc("syscall", NUMBERS["userfaultfd"], 1),
    "keys": lambda: by_libc("syscall", NUMBERS["keyctl"], 0, -3, 0),
    "semaphores": lambda: by_libc("semget", 0, 1, 0o1600), "changes": lambda: by_libc("inotify_init1", 0),
    "mount": lambda: by_libc("syscall", NUMBERS["fsopen"], b"tmpfs", 0),
    "space of a thread": lambda: by_libc("syscall", CLONE, 0x30900, None, 0, 0, 0),
    "handle": lambda: os.close(os.pidfd_open(neighbour)),
    "comparison": lambda: by_libc("syscall", NUMBERS["kcmp"], os.getpid(), neighbour, 1, 0, 0),
}
CLONE = LOOKED_AT[platform.machine()]["clone"] if platform.machine() in TABLES else 0
NUMBERS = dict(zip(NAMES, TABLES[platform.machine()][1], strict=True)) if platform.machine() in TABLES else {}
if not refuse_calls():
    print("none")
    sys.exit()
for name, call in {**FREE, **CLOSED}.items():
    try:
        call()
        print(name, "free", sep=":", flush=True)
    except BaseException as error:
        no = errno.ENOSYS if name == "lock" else errno.EPERM      # the file system has no locks, one would think
        closed = isinstance(error, OSError) and error.errno in (no, errno.EACCES)
        print(name, "closed" if closed else repr(error), sep=":", flush=True)
print("FREE", ",".join(FREE), sep=":")
print("CLOSED", ",".join(CLOSED), sep=":")
"""


@pytest.fixture(scope="module")
def neighbour():
    """Another process of the same user."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def tried(neighbour, tmp_path_factory):
    """Name of what was tried -> "free" or "closed", in a process with the filter; errors; were others left alone?"""
    if not sys.platform.startswith("linux"):
        pytest.skip("this system has no seccomp filter")
    file = tmp_path_factory.mktemp("others") / "file"
    file.write_text("x")
    before = state(neighbour.pid), rights_of(file)
    out = subprocess.run([sys.executable, "-c", TRIED, str(neighbour.pid), str(file)], capture_output=True, text=True,
                         cwd=ROOT, timeout=120, env={**os.environ, "TMPDIR": str(file.parent)})
    lines = out.stdout.splitlines()
    if lines == ["none"]:
        pytest.skip("this system has no seccomp filter")
    untouched = neighbour.poll() is None and (state(neighbour.pid), rights_of(file)) == before
    return {line.split(":", 1)[0]: line.split(":", 1)[1] for line in lines}, out.stderr, untouched


def test_what_is_closed_is_refused_and_what_python_needs_is_free(tried):
    told, errors, _ = tried
    assert "FREE" in told, errors
    assert {name: told[name] for name in told["FREE"].split(",")} == dict.fromkeys(told["FREE"].split(","), "free")
    assert {name: told[name] for name in told["CLOSED"].split(",")} == dict.fromkeys(told["CLOSED"].split(","),
                                                                                     "closed")


def test_a_neighbour_of_the_same_user_and_the_rights_of_a_file_stay_as_they_were(tried):
    assert tried[2]


def test_every_machine_has_a_number_for_every_name():
    for machine, (_, numbers) in TABLES.items():
        known = [number for number in numbers if number >= 0] + list(LOOKED_AT[machine].values())
        assert len(numbers) == len(NAMES) and len(set(known)) == len(known)
