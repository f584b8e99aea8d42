"""Slates that were computed already: fresh ones answer, stale ones answer while they are renewed, old ones are a rung.

A stampede is many people who miss the same key at once. Single flight lets the first of them compute it and the others
wait for that one.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

import numpy as np
from cachetools import TTLCache

from course_lib.contracts import ArgumentError

OUTCOMES = ("fresh", "renewing", "miss")        # of a look into the cache


@dataclass(frozen=True)
class KeptSlate:
    """item, propensity: (K,) as computed. since: when, by the cache's clock. version: by which release. numbering: by
    which items are numbered; a slate says nothing under another one."""

    item: np.ndarray
    propensity: np.ndarray
    since: float
    version: str
    numbering: str = ""


class SlateCache:
    """fresh_s: how long a slate counts as just computed; 0: never. renew_s: for how long after that it still answers,
    while it is renewed behind the scenes. keep_s: how long it may be a rung of the ladder. most: slates held.
    clock: seconds, rising. outcomes: Counter of OUTCOMES.
    """

    def __init__(self, fresh_s: float = 5.0, renew_s: float = 0.0, keep_s: float = 3600.0, most: int = 100_000,
                 clock: Callable[[], float] = time.monotonic):
        if not 0 <= fresh_s <= fresh_s + renew_s <= keep_s:
            raise ArgumentError(f"fresh_s is {fresh_s}, renew_s {renew_s} and keep_s {keep_s}; expected 0 ≤ fresh_s ≤ "
                                f"fresh_s + renew_s ≤ keep_s.")
        self.fresh_s, self.renew_s, self.clock = fresh_s, renew_s, clock
        self._exact = TTLCache(most, ttl=keep_s, timer=clock)       # by all that was asked
        self._person = TTLCache(most, ttl=keep_s, timer=clock)      # the last slate of each person
        self.outcomes = Counter()

    def look(self, key: Hashable, *, stale_is_fresh: bool = False) -> tuple[KeptSlate | None, bool]:
        """(a slate that may answer now or None, whether it has to be renewed). stale_is_fresh: a fault."""
        kept = self._exact.get(key)
        age = np.inf if kept is None else self.clock() - kept.since
        if age < self.fresh_s or (kept is not None and stale_is_fresh):
            self.outcomes["fresh"] += 1
            return kept, False
        if age < self.fresh_s + self.renew_s:
            self.outcomes["renewing"] += 1
            return kept, True
        self.outcomes["miss"] += 1
        return None, False

    def put(self, key: Hashable, person: int | str, item: np.ndarray, propensity: np.ndarray, version: str,
            numbering: str = "") -> None:
        """Keep a slate that was just computed for a person (own id or number). Somebody new, -1, has no last slate."""
        kept = KeptSlate(item, propensity, self.clock(), version, numbering)
        self._exact[key] = kept
        if person != -1:
            self._person[person] = kept

    def of_person(self, person: int | str, numbering: str = "") -> KeptSlate | None:
        """The last slate of a person, of whichever release, as long as it is kept. None where its items are numbered in
        another way than `numbering`: they would be other items."""
        kept = self._person.get(person)
        return kept if kept is not None and kept.numbering == numbering else None

    def clear(self) -> None:
        """Forget everything, as a restart does."""
        self._exact.clear()
        self._person.clear()

    def __len__(self) -> int:
        return len(self._exact)


class SingleFlight:
    """One computation of a key at a time; who asks meanwhile gets the same task. joined: how many did.

    A task is not cancelled when those who wait for it go away: its late result may still be kept.
    """

    def __init__(self, on: bool = True):
        self.on, self.joined, self._tasks = on, 0, {}
        self._held: set[asyncio.Task] = set()

    def task(self, key: Hashable, compute: Callable[[], Awaitable]) -> asyncio.Task:
        """The task that computes key: the one that runs, or a new one."""
        running = self._tasks.get(key) if self.on else None
        if running is not None:
            self.joined += 1
            return running
        task = asyncio.ensure_future(compute())
        self._held.add(task)                                        # the loop itself keeps no strong reference
        if self.on:
            self._tasks[key] = task
        task.add_done_callback(lambda done: self._landed(key, done))
        return task

    def _landed(self, key: Hashable, task: asyncio.Task) -> None:
        self._held.discard(task)
        if self._tasks.get(key) is task:
            del self._tasks[key]
        if not task.cancelled():
            task.exception()                                        # looked at, so that asyncio does not complain

    async def landed(self, seconds: float) -> bool:
        """Wait for running computations, `seconds` at most; whether all have landed. None is cancelled."""
        if not self._held:
            return True
        return not (await asyncio.wait(set(self._held), timeout=seconds))[1]

    async def drain(self, seconds: float) -> None:
        """Give running computations `seconds` to land, then cancel them."""
        if self._held:
            await asyncio.wait(set(self._held), timeout=seconds)
        for task in set(self._held):
            task.cancel()
