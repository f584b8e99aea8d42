"""A head without end, or one that never comes, costs whoever sends it their connection, and nobody else anything."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from course_lib.serving.service import bounded_head

pytestmark = pytest.mark.skipif(bounded_head.PROTOCOL == "h11", reason="httptools is not installed")
WELL = b"POST /here HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
LAST = WELL.replace(b"Host: x", b"Connection: close")


async def app(scope, receive, send):
    """Answers with the length of the body."""
    size, more = 0, True
    while more:
        part = await receive()
        size, more = size + len(part.get("body", b"")), part.get("more_body", False)
    said = str(size).encode()
    length = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": said})


@contextmanager
def listening():
    """The port of a server with this protocol."""
    server = uvicorn.Server(uvicorn.Config(app, http=bounded_head.PROTOCOL, lifespan="off", log_level="warning"))
    server.install_signal_handlers = lambda: None
    held = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
    thread.start()
    try:
        yield held.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)


def told(port, *parts, pause_s=0.0):
    """What comes back, until the other end closes or a second passes in which nothing comes."""
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        came = b""
        try:
            for part in parts:
                line.sendall(part)
                time.sleep(pause_s)
            line.settimeout(1.0)
            while part := line.recv(65536):
                came += part
            return came + b"<end>"
        except TimeoutError:
            return came
        except OSError:
            return came + b"<end>"


def test_a_head_without_end_is_refused_soon_and_others_are_answered_meanwhile():
    with listening() as port:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), 20) as line:
            line.sendall(b"GET / HTTP/1.1\r\nX: ")
            sent = 0
            with pytest.raises(OSError):
                for _ in range(100):
                    line.sendall(b"a" * 1_000_000)
                    sent += 1
                    assert told(port, LAST % 2 + b"{}").endswith(b"2<end>")
                    time.sleep(0.02)
        assert sent < 20 and time.monotonic() - began < 60
        said = told(port, b"GET / HTTP/1.1\r\n", *[b"X: " + b"a" * 20_000 + b"\r\n"] * 4, pause_s=0.05)
        assert b" 400 " in said.splitlines()[0] and b"more than 65,536 bytes" in said and said.endswith(b"<end>")


def test_a_head_that_does_not_come_to_its_end_and_one_that_never_begins_are_not_waited_for(monkeypatch):
    monkeypatch.setattr(bounded_head, "HEAD_S", 0.3)
    with listening() as port:
        assert told(port) == b"<end>"
        assert told(port, b"POST /", b"here HT", b"TP/1.1\r\n", pause_s=0.2) == b"<end>"
        first = WELL % 2 + b"{}"
        assert told(port, first, b"POST /", pause_s=0.05).endswith(b"2<end>")


def test_control_large_bodies_and_several_requests_of_one_connection_are_answered(monkeypatch):
    monkeypatch.setattr(bounded_head, "HEAD_S", 2.0)
    with listening() as port:
        assert told(port, LAST % 3_000_000 + b" " * 3_000_000).endswith(b"3000000<end>")
        slow = [WELL % 4 + b"12", b"34", WELL % 2 + b"{}"]
        assert told(port, *slow, pause_s=2.5).count(b" 200 ") == 2
        assert told(port, *[WELL % 200_000 + b" " * 200_000] * 5).count(b" 200 ") == 5
