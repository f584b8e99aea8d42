"""An event loop whose clock jumps: hours of waiting in a second, and every time exact.

Code that takes its time from the running loop (asyncio.sleep, loop.time, asyncio.timeout) runs on it unchanged. When
nothing is left to do at one moment, the clock is set to the next moment at which something is.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine

from course_lib.contracts import CourseError


class _Jump(selectors.SelectSelector):
    """Instead of waiting until the next timer is due, says that it is due now."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        if timeout is None:
            raise CourseError("nothing is left that could ever happen: a coroutine waits for something that no timer "
                              "brings. In virtual time only clocks move; sockets and threads do not.")
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop, on a clock that starts at 0 and jumps."""

    def __init__(self):
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jump.now


def run_virtually(work: Coroutine):
    """What `work` returns, run in virtual time, in a thread of its own so that notebooks can call it.

    Raises CourseError where it waits for something that is not a clock.
    """
    from concurrent.futures import ThreadPoolExecutor

    def run():
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(work)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
