"""Load over HTTP: to addresses of this machine alone, bounded in count and in time."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import threading
from collections.abc import Coroutine
from urllib.parse import urlsplit

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_numbers
from course_lib.serving.loadgen.arrivals import MOST_REQUESTS, check_bounds
from course_lib.serving.loadgen.load_result import LoadResult
from course_lib.serving.loadgen.sending import NO_ANSWER, closed_loop_sends, open_loop_sends

KEEP_ALIVE_S = 2.0      # idle connections are dropped before servers (uvicorn: 5 s) do, which could lose a request


def local_address(url: str) -> str:
    """`url` by number and with a path (/recommend where it has none), if it leads to this machine and nowhere else.

    Raises ArgumentError for another scheme, another machine, or a name that (also) stands for another one.
    """
    parts, found = None, set()
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        host, port = parts.hostname, parts.port or 80
        if host:
            found = {row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (ValueError, OSError):
        found = set()
    if not found or parts.scheme != "http" or not all(ipaddress.ip_address(one).is_loopback for one in found):
        raise ArgumentError(f"{url} is not on this machine; expected an address such as http://127.0.0.1:8000. Load is "
                            f"sent to loopback alone, since it can bring down what it reaches.")
    number = min(found, key=lambda one: (":" in one, one))          # what was checked is what is called; IPv4 first
    shown = f"[{number}]" if ":" in number else number
    return f"http://{shown}:{port}{parts.path if parts.path not in ('', '/') else '/recommend'}"


def open_loop(url: str, due_s, bodies: list[dict | bytes], *, timeout_s: float = 5.0,
              most_open: int = 1000) -> LoadResult:
    """Send request i when due_s[i] has come, whether or not earlier ones were answered.

    due_s: float (n,), seconds from the start, ascending (arrivals.py makes them). bodies: what is asked, as dicts, or
    bytes that go out as they are; request i asks bodies[i % len(bodies)]. timeout_s: after that a person has gone and
    the request counts as unanswered. most_open: as open_loop_sends.
    Raises ArgumentError on an address that is not this machine's, moments out of order, and too large a load.
    """
    due = as_numbers("due_s", due_s, 0)
    if due.ndim != 1 or (np.diff(due) < 0).any():
        raise ArgumentError(f"due_s has shape {due.shape}; expected one row of seconds, ascending. Sort it.")
    check_bounds(len(due), max(float(due[-1]), 1e-9) if len(due) else 0)

    async def run(send):
        return await open_loop_sends(due, send, most_open)

    return _over_http(url, bodies, timeout_s, run)


def closed_loop(url: str, bodies: list[dict | bytes], *, seconds: float, clients: int = 1, every_s: float | None = None,
                most: int = MOST_REQUESTS, timeout_s: float = 5.0) -> LoadResult:
    """`clients` that each wait for their answer before asking again: the load falls when the service slows down.

    every_s: the distance at which each client means to send. latency_ms counts from then, from_sent_ms from when it
    did send, which is what a load test reports that waits for its answers. Raises as `open_loop`.
    """
    clients, most = as_count("clients", clients, 1, 1000), as_count("most", most, 1, MOST_REQUESTS)
    check_bounds(most, seconds)

    async def run(send):
        return await closed_loop_sends(seconds, most, send, clients, every_s)

    return _over_http(url, bodies, timeout_s, run)


def _over_http(url, bodies, timeout_s, run) -> LoadResult:
    address = local_address(url)
    timeout_s = float(as_numbers("timeout_s", timeout_s, 1e-3, 60))
    if not bodies:
        raise ArgumentError("bodies is empty; expected at least one request, such as {'user': 0, 'session': [], "
                            "'k': 10}.")
    written = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]
    return LoadResult.from_log(run_apart(_session(address, written, timeout_s, run)), timeout_s)


async def _session(address, written, timeout_s, run):
    import aiohttp

    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=timeout_s),
                                     cookie_jar=aiohttp.DummyCookieJar(), trust_env=False,
                                     headers={"Content-Type": "application/json"}) as session:

        async def send(number: int) -> tuple[int, bytes]:
            body = written[number % len(written)]
            try:
                async with session.post(address, data=body, allow_redirects=False) as response:
                    return response.status, await response.read()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                return NO_ANSWER, type(error).__name__.encode()

        return await run(send)


def run_apart(work: Coroutine):
    """What `work` returns, run in a thread with an event loop of its own: a notebook's loop is already running.

    Where the caller is interrupted the work is cancelled, so that no load goes on behind a stopped cell.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    future = asyncio.run_coroutine_threadsafe(work, loop)
    try:
        return future.result()
    finally:
        loop.call_soon_threadsafe(_stop, loop)
        thread.join()
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what is left and stop once it has ended."""
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()

    async def end():
        await asyncio.gather(*left, return_exceptions=True)
        loop.stop()

    loop.create_task(end())
