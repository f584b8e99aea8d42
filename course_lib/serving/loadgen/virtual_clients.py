"""The people in front of a queue in virtual time: they time out, try again, or ask a second server."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_numbers
from course_lib.serving.loadgen.virtual import SERVED, Clock, Job, Servers
from course_lib.serving.service.second_tries import RetryBudget


@dataclass(frozen=True)
class Lived:
    """A row a request, in order of arrival: arrival_ms, latency_ms (infinite without an answer), attempts (n,)."""

    arrival_ms: np.ndarray
    latency_ms: np.ndarray
    attempts: np.ndarray

    def within(self, budget_ms: float, since_ms: float = 0.0, until_ms: float = np.inf) -> float:
        """The share that was answered within the budget, of those who came from `since_ms` to before `until_ms`."""
        came = (self.arrival_ms >= since_ms) & (self.arrival_ms < until_ms)
        if not came.any():
            raise ArgumentError(f"nobody came from {since_ms:g} to {until_ms:g} ms.")
        return float((self.latency_ms[came] <= budget_ms).mean())


def live(clock: Clock, arrival_ms, replicas: Sequence[Servers], *, timeout_ms: float = np.inf, retries: int = 0,
         backoff_ms: float = 0.0, budget: RetryBudget | None = None, hedge_after_ms: float = np.inf,
         cancel: bool = False) -> Lived:
    """Let everybody arrive, wait and act, until nothing more happens.

    arrival_ms: float (n,), ascending. replicas: request i goes to replica i mod their number. timeout_ms: an attempt
    unanswered so long is given up; a refusal is known at once. retries: attempts after the first, each after
    backoff_ms, to the next replica; budget: a RetryBudget that all share. hedge_after_ms: if there is no answer by
    then, the next replica is asked too and the first answer counts. cancel: servers are told which jobs have become
    idle, and skip those that have not begun (Servers.skip_abandoned). Raises ArgumentError on times out of order, and
    on a hedge without a second replica.
    """
    arrival = as_numbers("arrival_ms", arrival_ms, 0)
    retries = as_count("retries", retries)
    if arrival.ndim != 1 or (np.diff(arrival) < 0).any() or not timeout_ms > 0 or not hedge_after_ms >= 0:
        raise ArgumentError("arrival_ms must ascend, timeout_ms be above 0 and hedge_after_ms at least 0.")
    if not replicas or (np.isfinite(hedge_after_ms) and len(replicas) < 2):
        raise ArgumentError(f"there are {len(replicas)} replicas; expected one, and two where requests are hedged.")
    for servers in replicas:
        servers.skip_abandoned = cancel
    with _no_looking_for_garbage():
        people = [_Person(clock, replicas, i, timeout_ms, retries, backoff_ms, budget, hedge_after_ms)
                  for i in range(len(arrival))]
        for person, time in zip(people, arrival.tolist(), strict=True):
            clock.at(time, person.arrive)
        clock.run()
        for person in people:
            person.jobs = []                    # which know the person: what is in no circle is let go at once
    latency = np.array([person.done_ms - person.came_ms for person in people], float)
    return Lived(arrival, latency, np.array([person.attempts for person in people], int))


@contextmanager
def _no_looking_for_garbage() -> Iterator[None]:
    """In a notebook, whose libraries hold some hundred thousand objects, looking for circles among the many small ones
    of a run takes as long as the run."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


@dataclass(slots=True)
class _Person:
    """One request: its jobs of the current attempt, and what happens when they are answered, refused or too slow."""

    clock: Clock
    replicas: Sequence[Servers]
    number: int
    timeout_ms: float
    left: int                                       # retries
    backoff_ms: float
    budget: RetryBudget | None
    hedge_after_ms: float
    came_ms: float = 0.0
    done_ms: float = np.inf
    attempts: int = 0
    jobs: list[Job] = field(default_factory=list)

    def arrive(self) -> None:
        self.came_ms = self.clock.now
        if self.budget:
            self.budget.first_try()
        self.attempt()

    def attempt(self) -> None:
        """Ask one replica; think of the timeout and of the hedge."""
        self.jobs = []
        first = self.ask()
        if self.hedge_after_ms < math.inf and not first.replied:
            self.clock.after(self.hedge_after_ms, self.hedge, self.jobs)
        if self.timeout_ms < math.inf and not first.replied:
            self.clock.after(self.timeout_ms, self.give_up, self.jobs)

    def ask(self) -> Job:
        job = Job(self.number, self.clock.now, self.answered)
        self.jobs.append(job)
        self.attempts += 1
        self.replicas[(self.number + self.attempts - 1) % len(self.replicas)].ask(job)
        return job

    def hedge(self, jobs: list[Job]) -> None:
        if jobs is self.jobs and self.waiting():
            self.ask()

    def waiting(self) -> bool:
        return any(not job.replied and not job.abandoned for job in self.jobs)

    def answered(self, job: Job, outcome: str) -> None:
        """The first answer counts; a refusal does only where nobody else is asked."""
        if outcome == SERVED:
            self.done_ms = self.clock.now
            self.abandon()
        elif not self.waiting():
            self.try_again()

    def give_up(self, jobs: list[Job]) -> None:
        if jobs is self.jobs and self.waiting():
            self.abandon()
            self.try_again()

    def abandon(self) -> None:
        for job in self.jobs:
            job.abandoned = True

    def try_again(self) -> None:
        if self.left and (self.budget is None or self.budget.second_try()):
            self.left -= 1
            self.clock.after(self.backoff_ms, self.attempt)
