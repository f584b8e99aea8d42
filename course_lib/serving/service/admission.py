"""Who is let in: a rate for each client, and no more people at once than can be answered in time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cachetools import TTLCache

from course_lib.serving.service.ask_schema import Limits, Refused

CLIENTS = 10_000    # remembered at once


class Admission:
    """limits: the rate of one client. shed_at: people at once, from which on further ones are turned away at once;
    waiting: how many are being answered. clock: seconds, rising.

    To turn somebody away costs a fraction of a millisecond; to let everybody wait costs everybody the deadline.
    """

    def __init__(self, limits: Limits, shed_at: int, clock: Callable[[], float] = time.monotonic):
        self._clock, self.waiting = clock, 0
        self.limit(limits, shed_at)

    def limit(self, limits: Limits, shed_at: int) -> None:
        """From now on these limits hold; who is being answered goes on counting."""
        self.limits, self.shed_at = limits, shed_at
        fills_in_s = limits.burst / limits.per_second if limits.per_second else 1.0
        self._buckets = TTLCache(CLIENTS, ttl=fills_in_s, timer=self._clock)    # client: (tokens, when), until full

    @contextmanager
    def entered(self, client: str, full: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Count somebody while they are answered. Raises Refused: 429 by the rate, 503 where the house is full, which
        is told by `full` before."""
        if self.waiting >= self.shed_at:
            full()
            raise Refused(503, f"{self.waiting} requests are being answered; come again", 1)
        self._pay(client)
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    def _pay(self, client: str) -> None:
        """A bucket of `burst` tokens, filled at the rate; a request takes one."""
        rate = self.limits.per_second
        if rate is None:
            return
        now = self._clock()
        tokens, when = self._buckets.get(client, (float(self.limits.burst), now))
        tokens = min(float(self.limits.burst), tokens + (now - when) * rate)
        if tokens < 1:
            raise Refused(429, f"more than {rate:g} requests per second came from {client}",
                          math.ceil((1 - tokens) / rate))
        self._buckets[client] = tokens - 1, now
