"""Micro-batching: requests that come within a few milliseconds share one pass through the towers, index and trees."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.contracts import ArgumentError


class TooLate(Exception):
    """Nobody waits any more, or too many do: this was not computed."""


@dataclass
class Waiting:
    """One who waits. kind: only those of one kind can share a batch. until: when nobody waits any more."""

    kind: Hashable
    what: Any
    until: float
    answer: asyncio.Future = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class MicroBatcher:
    """run: coroutine function of a list of things of one kind and the moment until which somebody waits; it returns an
    answer, or an exception, for each. most: in one batch. wait_s: for others to come. at_once: batches that run at the
    same time. queue: how many may wait. sizes: called with the size of each batch.

    Where all runners are busy a batch grows on its own, so that wait_s matters only where the load is low. Who would
    surely be late, by how long batches took so far, is told at once: so a load that is too high costs the full chain
    only those whom it cannot serve.
    """

    def __init__(self, run: Callable[[list, float], Awaitable[Sequence]], *, most: int = 32, wait_s: float = 0.002,
                 at_once: int = 2, queue: int = 256, clock: Callable[[], float] = time.monotonic,
                 sizes: Callable[[int], None] = lambda size: None):
        if most < 1 or at_once < 1 or queue < 1 or not wait_s >= 0:
            raise ArgumentError(f"most is {most}, at_once {at_once}, queue {queue} and wait_s {wait_s}; expected at "
                                f"least 1 each, and wait_s at least 0.")
        self.run, self.most, self.wait_s, self.at_once, self.queue = run, most, wait_s, at_once, queue
        self._clock, self._sizes = clock, sizes
        self._waiting: deque[Waiting] = deque()
        self._running, self._timer, self._typical_s = 0, None, 0.0
        self._tasks: set[asyncio.Task] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    async def submit(self, kind: Hashable, what, until: float):
        """The answer for `what`. Raises TooLate where too many wait, or `until` passed before it was begun; else what
        run raised or answered with an exception."""
        if len(self._waiting) >= self.queue:
            raise TooLate("the queue is full")
        if self._clock() + self.expected_s() > until:
            raise TooLate("too many wait already")
        one = Waiting(kind, what, until)
        self._waiting.append(one)
        if len(self._waiting) >= self.most or not self.wait_s:
            self._start()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.wait_s, self._start)
        return await one.answer

    def expected_s(self) -> float:
        """How long somebody who comes now has to wait for their answer, about; 0 where nobody is served or waits."""
        if not (self._running or self._waiting):
            return 0.0                          # so that what was slow is tried again
        ahead = len(self._waiting) / self.most + self._running / 2      # a batch that runs is half done, on average
        return self._typical_s * (1 + ahead / self.at_once)

    def _start(self) -> None:
        """Begin as many batches as there are runners free and people waiting."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting and self._running < self.at_once:
            batch = self._next()
            if batch:
                self._running += 1
                task = asyncio.ensure_future(self._serve(batch))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def _next(self) -> list[Waiting]:
        """The first who still waits, and those of the same kind behind; others keep their places."""
        batch, others, now = [], [], self._clock()
        while self._waiting and len(batch) < self.most:
            one = self._waiting.popleft()
            if one.answer.done():
                continue
            if one.until <= now:
                one.answer.set_exception(TooLate("the time was up before it was begun"))
            elif batch and one.kind != batch[0].kind:
                others.append(one)
            else:
                batch.append(one)
        self._waiting.extendleft(reversed(others))
        return batch

    async def _serve(self, batch: list[Waiting]) -> None:
        self._sizes(len(batch))
        began = self._clock()
        try:
            answers = await self.run([one.what for one in batch], max(one.until for one in batch))
        except Exception as error:
            answers = [error] * len(batch)
        finally:
            self._running -= 1
            self._typical_s += 0.3 * (self._clock() - began - self._typical_s)
        for one, answer in zip(batch, answers, strict=True):
            if one.answer.done():
                continue
            if isinstance(answer, Exception):
                one.answer.set_exception(answer)
            else:
                one.answer.set_result(answer)
        self._start()
