"""Hostile: looks for the others and for the truth, attacks who asks it, and forges an answer with a lift of its own."""

import contextlib
import glob
import os
import signal
import socket
import subprocess

found = []


def tried(doing):
    with contextlib.suppress(BaseException):
        found.append(doing())


def fit(log):
    parent = os.getppid()
    tried(lambda: [open(path).read() for path in glob.glob(os.path.join(os.getcwd(), "*.py"))])
    tried(lambda: open(f"/proc/{parent}/environ").read())
    tried(lambda: open(f"/proc/{parent}/mem", "rb").read(8))
    tried(lambda: os.kill(parent, signal.SIGKILL))
    tried(lambda: os.fork())
    tried(lambda: subprocess.run(["ls"], check=False))
    tried(lambda: socket.create_connection(("127.0.0.1", 22), timeout=1))
    tried(lambda: open(os.path.join(os.pardir, "was_here"), "w").write("x"))


def policy(request):
    for fd in range(3, 60):
        with contextlib.suppress(OSError):
            os.write(fd, b'{"word": "0000", "told": {"lift": 99}}\n')
    while True:
        found.append(bytearray(10**7))
