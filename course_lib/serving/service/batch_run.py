"""One batch through the chain: features from the store, then retrieve, filter, rank and re-rank in a thread.

The event loop waits for neither: the store has its share of the time, hedges and a breaker, and the stages look at the
time between them. What is wrong with one request of a batch does not fail the others. Letters: B requests, K slots.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from course_lib.contracts import BudgetError, Candidates, Requests, Slates
from course_lib.serving.recommender import Recommender
from course_lib.serving.service.ask_schema import Ask
from course_lib.serving.service.breaker import CircuitBreaker
from course_lib.serving.service.fault_switches import PartDown, Switchboard, SwitchedStore
from course_lib.serving.service.feature_store import FeatureStore, recent_key, recent_of
from course_lib.serving.service.own_ids import OwnIds
from course_lib.serving.service.release import Release
from course_lib.serving.service.second_tries import RetryBudget, hedged
from course_lib.serving.service.seldom import Seldom
from course_lib.serving.service.service_metrics import ServiceMetrics
from course_lib.serving.service.settings import ServiceSettings
from course_lib.serving.trace import NoTrace

Slate = tuple[np.ndarray, np.ndarray]       # item (n,), propensity (n,)


class BatchRun:
    """store: FeatureStore or None. Own threads: `settings.runners` for the stages, 8 for the store."""

    def __init__(self, settings: ServiceSettings, store: FeatureStore | None, switches: Switchboard,
                 metrics: ServiceMetrics):
        self.settings, self.switches, self.metrics = settings, switches, metrics
        self.store = None if store is None else SwitchedStore(store, switches)
        self.breaker = CircuitBreaker(reset_s=settings.breaker_reset_s)
        self.budget = RetryBudget(settings.retry_share)
        self._failures = Seldom(__name__)
        self._stage_threads = ThreadPoolExecutor(settings.runners, "stages")
        self._store_threads = ThreadPoolExecutor(8, "store")

    async def run(self, batch: list[tuple[Release, Ask]], until: float,
                  store_ms: float | None = None) -> list[Slate | Exception]:
        """A slate, or what went wrong, for each of a batch of one release and one k. store_ms: where nobody waits.

        Each request has a number of its own, by chance: where a slate is drawn, nobody's depends on who else was in the
        batch, and who asks twice is drawn for twice.
        """
        release, k = batch[0][0], batch[0][1].k
        recent = await self.recent([ask.user for _, ask in batch], release.n_items, until, store_ms, release.names)
        users = [ask.user for _, ask in batch]
        sessions = [recent.get(ask.user, []) + ask.session for _, ask in batch]
        requests = release.requests(users, sessions, k, [secrets.randbits(62) for _ in batch])
        give_up = until + self.settings.late_ms / 1e3
        return await asyncio.get_running_loop().run_in_executor(self._stage_threads, self._stages, release.system,
                                                                requests, give_up)

    # --- the store ----------------------------------------------------------------------------------------------
    async def recent(self, users: list[int], n_items: int, until: float,
                     store_ms: float | None = None, names: OwnIds | None = None) -> dict[int, list[int]]:
        """{user: items clicked last} of those of whom the store says so in time; the chain can do without. store_ms: at
        most for the store; None: as is set. names: by which the store knows people and items; None: by number."""
        known = sorted({user for user in users if user >= 0})
        if self.store is None or not known or not self.breaker.allow():
            return {}
        people = known if names is None else [names.users[user] for user in known]
        began, keys = time.monotonic(), [recent_key(person) for person in people]
        left = min((self.settings.store_ms if store_ms is None else store_ms) / 1e3, until - began)

        async def read() -> dict[str, bytes]:
            return await asyncio.get_running_loop().run_in_executor(self._store_threads, self.store.get_many, keys)

        try:
            found = await asyncio.wait_for(hedged(read, self.settings.hedge_ms / 1e3, self.budget, self._told), left)
            item_of = None if names is None else names.item_of
            out = {user: recent_of(found[key], n_items, self.settings.most_session, item_of)
                   for user, key in zip(known, keys, strict=True) if key in found}
        except Exception as error:
            self.breaker.record(False)
            self.metrics.incidents.labels("store").inc()
            if not isinstance(error, PartDown):             # that one was asked for
                self._failures.warning("The store failed: %s.", str(error) or f"no answer in {1e3 * left:.0f} ms")
            return {}
        finally:
            self.metrics.stage_seconds.labels("store").observe(time.monotonic() - began)
        self.breaker.record(True)
        return out

    def _told(self, kind: str) -> None:
        self.metrics.second_tries.labels(kind).inc()

    # --- the stages, in a thread --------------------------------------------------------------------------------
    def _stages(self, system: Recommender, requests: Requests, give_up: float) -> list[Slate | Exception]:
        """Slates for all; a batch in which a stage raises is halved until the request is found."""
        try:
            slates, failed = self._all_stages(system, requests, give_up)
        except Exception as error:
            if len(requests) == 1 or time.monotonic() >= give_up:
                return [error] * len(requests)
            half = len(requests) // 2
            parts = [np.arange(half), np.arange(half, len(requests))]
            return [answer for rows in parts for answer in self._stages(system, requests.take(rows), give_up)]
        return [BudgetError(failed[row]) if row in failed else _shown(slates, row) for row in range(len(requests))]

    def _all_stages(self, system: Recommender, requests: Requests, give_up: float) -> tuple[Slates, dict[int, str]]:
        retrieve, hard_filters, rank, rerank = system.stages
        trace = NoTrace()
        with self._timed("retrieve"):
            self.switches.strike("index")
            found = self.switches.partial(retrieve.run(requests, trace))
        _check(give_up, "filter")
        with self._timed("filter"):
            kept, failed = hard_filters.run(requests, found, trace)
        _check(give_up, "rank")
        with self._timed("rank"):
            self.switches.strike("ranker")
            ranked, unordered = rank.run(requests, kept, trace)
        failed |= unordered
        good = np.setdiff1d(np.arange(len(requests)), list(failed))
        item = np.full((len(requests), requests.slate_size), -1, np.int32)
        propensity = np.ones(item.shape, np.float32)
        if len(good):
            _check(give_up, "rerank")
            with self._timed("rerank"):
                best = Candidates(ranked.item[good], ranked.score[good])
                slates = rerank.run(requests.take(good), best, trace)
            item[good, :slates.item.shape[1]] = slates.item
            propensity[good, :slates.item.shape[1]] = slates.propensity
        return Slates(item, propensity), failed

    @contextmanager
    def _timed(self, stage: str):
        began = time.monotonic()
        try:
            yield
        finally:
            self.metrics.stage_seconds.labels(stage).observe(time.monotonic() - began)

    def close(self, cancel: bool = True) -> None:
        """Let the threads go; what they do is not waited for. cancel: what they have not begun is dropped."""
        for threads in (self._stage_threads, self._store_threads):
            threads.shutdown(wait=False, cancel_futures=cancel)


def _check(give_up: float, before: str, clock: Callable[[], float] = time.monotonic) -> None:
    if clock() >= give_up:
        raise BudgetError(f"given up before {before}: nobody waits any more")


def _shown(slates: Slates, row: int) -> Slate:
    real = slates.item[row] >= 0
    return slates.item[row][real], slates.propensity[row][real]
