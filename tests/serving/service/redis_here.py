"""A Redis or Valkey of this machine's, on a free port and in memory alone, that tests start and end."""

import shutil
import socket
import subprocess
import time

import pytest

SERVERS = ("valkey-server", "redis-server")


def free_port():
    """A port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def start_redis(folder, port):
    """A server that listens on port, as Popen; the test is skipped with a word where there is none to be had."""
    program = next(filter(None, map(shutil.which, SERVERS)), None)
    if program is None:
        pytest.skip("neither valkey-server nor redis-server is here; Debian, Ubuntu: sudo apt-get install redis-server")
    pytest.importorskip("redis", reason="the package redis is not installed: pip install 'recsys-course[redis]'")
    server = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
                              stdout=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    server.kill()
    server.wait()
    raise AssertionError(f"{program} does not listen on port {port}")
