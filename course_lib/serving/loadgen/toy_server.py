"""A service whose service time is set, so that what a load test measures is known beforehand.

It works on one request at a time, in order of arrival, and works by the clock alone: a request that comes at t is
answered at max(t, when the one before is answered) + its service time. It burns no processor time meanwhile, so that
the load generator beside it is not slowed down.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import select
import subprocess
import sys
from contextlib import contextmanager

import numpy as np

from course_lib.contracts import CourseError

LONGEST_S = 900         # a server that was forgotten ends by itself


class OneServer:
    """One server with a queue, on the clock of the running event loop.

    service_ms: mean time a request takes. kind: "constant" or "exponential". places: at that many requests in the
    system further ones are refused (503). stall: (start_s, end_s) from the first request on, in which nothing is
    worked on: a pause for garbage, a lock, a lost disk.
    """

    def __init__(self, service_ms: float, kind: str = "constant", *, places: int | None = None, stall=None, seed=0):
        self.service_s, self.kind, self.places, self.stall = service_ms / 1000, kind, places, stall
        self.rng, self.free_at, self.in_system, self.first = np.random.default_rng(seed), 0.0, 0, None

    async def serve(self) -> tuple[int, dict]:
        """Wait until this request is done; returns status and answer, with when it came and when it was done (s)."""
        clock = asyncio.get_running_loop()
        came = clock.time()
        self.first = came if self.first is None else self.first
        if self.places is not None and self.in_system >= self.places:
            return 503, {"error": "too many are waiting"}
        takes = self.service_s * (self.rng.exponential() if self.kind == "exponential" else 1)
        done = self._finish(max(came, self.free_at), takes)
        self.free_at, self.in_system = done, self.in_system + 1
        try:
            await asyncio.sleep(max(0.0, done - clock.time()))
        finally:
            self.in_system -= 1
        return 200, {"slate": [], "propensities": [], "rung": "full", "trace": "", "came": came - self.first,
                     "done": done - self.first, "takes": takes}

    def _finish(self, start: float, takes: float) -> float:
        if self.stall:
            begin, end = self.first + self.stall[0], self.first + self.stall[1]
            if begin <= start < end:
                return end + takes
            if start < begin < start + takes:
                return takes - (begin - start) + end
        return start + takes


@contextmanager
def toy_server(service_ms: float = 20.0, kind: str = "constant", *, places=None, stall=None, seed: int = 0):
    """The address of such a service in a process of its own: with toy_server(20) as url: …

    Arguments as `OneServer`. The process takes a free port of loopback, and ends with the block, with the process that
    started it, or after 15 minutes. Raises CourseError where it does not come up.
    """
    settings = json.dumps({"service_ms": service_ms, "kind": kind, "places": places, "stall": stall, "seed": seed})
    process = subprocess.Popen([sys.executable, "-m", __name__, settings], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        if not select.select([process.stdout], [], [], 60)[0] or not (line := process.stdout.readline()).strip():
            raise CourseError("the toy server did not come up in 60 s. Is aiohttp installed (course doctor)?")
        yield line.strip()
    finally:
        process.stdin.close()                   # it ends when nobody holds this end
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


async def _run(settings: dict) -> None:
    from aiohttp import web

    server = OneServer(**settings)

    async def recommend(request):
        await request.read()
        status, answer = await server.serve()
        return web.json_response(answer, status=status)

    app = web.Application()
    app.router.add_post("/recommend", recommend)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), gone.set)
    try:
        await asyncio.wait_for(gone.wait(), LONGEST_S)
    except TimeoutError:
        pass
    await runner.cleanup()


def main() -> None:
    """Serve until nobody holds the other end of standard input any more; print the address first."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("settings", help="arguments of OneServer as JSON")
    asyncio.run(_run(json.loads(arguments.parse_args().settings)))


if __name__ == "__main__":
    main()
