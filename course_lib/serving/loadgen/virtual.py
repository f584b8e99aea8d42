"""Queues in virtual time: servers, batches, refusals, deadlines. Hours of load in a second, and no machine in the way.

A `Clock` is a list of what will happen and when. `Servers` take jobs from it. Who sends jobs, waits, gives up and tries
again stands in virtual_clients.py. All times are milliseconds.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from course_lib.contracts import ArgumentError, as_count

SERVED, REFUSED, EXPIRED = "served", "refused", "expired"


class Clock:
    """What will happen, in the order of its time, and in the order in which it was said where times are equal."""

    def __init__(self):
        self.now, self._said, self._events = 0.0, 0, []

    def at(self, time: float, do: Callable, *arguments) -> None:
        """Call do(*arguments) at `time`, which is not before now."""
        self._said += 1
        heapq.heappush(self._events, (time, self._said, do, arguments))

    def after(self, delay: float, do: Callable, *arguments) -> None:
        """Call do(*arguments) in `delay` ms."""
        self.at(self.now + delay, do, *arguments)

    def run(self, most_events: int = 10_000_000) -> None:
        """Let everything happen. Raises ArgumentError after `most_events`: a simulation that feeds itself."""
        for _ in range(most_events):
            if not self._events:
                return
            self.now, _, do, arguments = heapq.heappop(self._events)
            do(*arguments)
        raise ArgumentError(f"the simulation is not over after {most_events} events. Send fewer requests.")


@dataclass(slots=True)
class Job:
    """One attempt at one request. abandoned: nobody waits for it any more."""

    request: int
    sent_ms: float
    reply: Callable[[Job, str], None]
    abandoned: bool = False
    replied: bool = False


@dataclass
class Servers:
    """`servers` that take jobs from one queue, first come first served.

    service: (jobs in the batch, now) → ms that this batch takes. places: at that many jobs in the system, those in
    service included, a further one is refused at once. batch: what has come together is served together, up to that
    many. linger_ms: an idle server waits so long for a batch to fill. deadline_ms: a job that has waited longer is
    dropped unserved. skip_abandoned: so is one that nobody waits for any more, if the server is told.
    busy_ms counts the work; load is busy_ms / (time × servers).
    """

    clock: Clock
    service: Callable[[int, float], float]
    servers: int = 1
    places: float = float("inf")
    batch: int = 1
    linger_ms: float = 0.0
    deadline_ms: float = float("inf")
    skip_abandoned: bool = False
    busy_ms: float = 0.0
    _busy: int = 0
    _in_service: int = 0
    _queue: deque[Job] = field(default_factory=deque)

    def __post_init__(self):
        as_count("servers", self.servers, 1)
        as_count("batch", self.batch, 1)
        if not self.places >= 1 or not self.linger_ms >= 0 or not self.deadline_ms >= 0:
            raise ArgumentError(f"places is {self.places}, linger_ms {self.linger_ms}, deadline_ms {self.deadline_ms}; "
                                f"expected at least one place and times of at least 0.")

    def ask(self, job: Job) -> None:
        """Take a job into the queue, or refuse it."""
        if len(self._queue) + self._in_service >= self.places:
            self._answer(job, REFUSED)
            return
        self._queue.append(job)
        if self.linger_ms and len(self._queue) < self.batch:
            self.clock.after(self.linger_ms, self._begin)
        self._begin()

    def _begin(self) -> None:
        """Put idle servers to work."""
        while self._queue and self._busy < self.servers and self._may_begin():
            group = self._next_batch()
            if not group:
                continue
            takes = self.service(len(group), self.clock.now)
            self._busy += 1
            self._in_service += len(group)
            self.busy_ms += takes
            self.clock.after(takes, self._end, group)

    def _may_begin(self) -> bool:
        waited = self.clock.now - self._queue[0].sent_ms
        return len(self._queue) >= self.batch or waited >= self.linger_ms - 1e-9

    def _next_batch(self) -> list[Job]:
        group = []
        while self._queue and len(group) < self.batch:
            job = self._queue.popleft()
            if self.skip_abandoned and job.abandoned:
                continue
            if self.clock.now - job.sent_ms > self.deadline_ms:
                self._answer(job, EXPIRED)
            else:
                group.append(job)
        return group

    def _end(self, group: list[Job]) -> None:
        self._busy -= 1
        self._in_service -= len(group)
        for job in group:
            self._answer(job, SERVED)
        self._begin()

    @staticmethod
    def _answer(job: Job, outcome: str) -> None:
        job.replied = True
        if not job.abandoned:
            job.reply(job, outcome)
