"""The filter of system calls: what an answer may not ask of the kernel is refused, what Python needs is not."""

import subprocess
import sys

import pytest

from course_lib.teach.classroom.system_calls import LOOKED_AT, NAMES, TABLES
from course_lib.teach.lessons import ROOT

TRIED = """
import asyncio, ctypes, os, signal, socket, sys, tempfile, threading
from course_lib.teach.classroom.system_calls import refuse_calls

libc = ctypes.CDLL(None, use_errno=True)
parent, dead = os.getppid(), []

def by_libc(name, *args):
    if getattr(libc, name)(*args) < 0:
        raise OSError(ctypes.get_errno(), name)

def ended(kind):
    thread = threading.Thread(target=kind)
    thread.start()
    thread.join()

async def nap():
    await asyncio.sleep(0)

FREE = {
    "file": lambda: tempfile.TemporaryFile().write(b"x"), "thread": lambda: ended(int),
    "loop": lambda: asyncio.run(nap()), "pair": lambda: [s.close() for s in socket.socketpair()],
    "itself": lambda: os.kill(os.getpid(), 0),
    "raise": lambda: signal.raise_signal(signal.SIGCHLD), "name": lambda: by_libc("prctl", 15, b"x", 0, 0, 0),
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
}
if not refuse_calls():
    print("none")
    sys.exit()
for name, call in {**FREE, **CLOSED}.items():
    try:
        call()
        print(name, "free", flush=True)
    except PermissionError as error:
        print(name, "closed", flush=True)
    except BaseException as error:
        print(name, repr(error), flush=True)
print("FREE", *FREE)
print("CLOSED", *CLOSED)
"""


@pytest.fixture(scope="module")
def tried():
    """Name of what was tried -> "free" or "closed", in a process with the filter."""
    out = subprocess.run([sys.executable, "-c", TRIED], capture_output=True, text=True, cwd=ROOT, timeout=120)
    lines = out.stdout.splitlines()
    if lines == ["none"]:
        pytest.skip("this system has no seccomp filter")
    return {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in lines}, out.stderr


def test_what_is_closed_is_refused_and_what_python_needs_is_free(tried):
    told, errors = tried
    assert "FREE" in told, errors
    assert {name: told[name] for name in told["FREE"].split()} == dict.fromkeys(told["FREE"].split(), "free")
    assert {name: told[name] for name in told["CLOSED"].split()} == dict.fromkeys(told["CLOSED"].split(), "closed")


def test_every_machine_has_a_number_for_every_name():
    for machine, (_, numbers) in TABLES.items():
        known = [number for number in numbers if number >= 0] + list(LOOKED_AT[machine].values())
        assert len(numbers) == len(NAMES) and len(set(known)) == len(known)
