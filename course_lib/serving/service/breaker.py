"""A circuit breaker: what fails again and again is left alone for a while, and then tried once.

closed → (too many of the last calls failed) → open → (reset_s passed) → half open → one call decides.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from course_lib.contracts import ArgumentError


class CircuitBreaker:
    """window: calls that are looked at. least: calls before anything is decided. share: of failures that opens it.
    reset_s: seconds for which it stays open. clock: seconds, rising.

    Ask `allow()` before each call, and tell `record(ok)` after it. A call that was allowed in the state half open and
    is never recorded would bar all others, so it counts as failed when reset_s have passed.
    Source: Nygard 2018, Release It!, 2nd ed., chapter 5.
    """

    def __init__(self, window: int = 20, least: int = 10, share: float = 0.5, reset_s: float = 1.0,
                 clock: Callable[[], float] = time.monotonic):
        if not (1 <= least <= window and 0 < share <= 1 and reset_s > 0):
            raise ArgumentError(f"window is {window}, least {least}, share {share} and reset_s {reset_s}; expected "
                                f"1 ≤ least ≤ window, 0 < share ≤ 1 and reset_s above 0.")
        self.least, self.share, self.reset_s, self._clock = least, share, reset_s, clock
        self.state, self._last, self._since = "closed", deque(maxlen=window), 0.0

    def allow(self) -> bool:
        """Whether a call may be made now."""
        if self.state == "closed":
            return True
        if self._clock() - self._since < self.reset_s:
            return False
        self._turn("half open")         # this call is the trial, and the next is reset_s away
        return True

    def record(self, ok: bool) -> None:
        """Say how a call went. What was begun before the breaker opened is not counted while it is open."""
        if self.state == "half open":
            self._turn("closed" if ok else "open")
        elif self.state == "closed":
            self._last.append(ok)
            failed = self._last.count(False)
            if len(self._last) >= self.least and failed >= self.share * len(self._last):
                self._turn("open")

    def _turn(self, state: str) -> None:
        self.state, self._since = state, self._clock()
        self._last.clear()
