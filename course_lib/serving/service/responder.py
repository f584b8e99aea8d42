"""How one request is answered in time: cache, full chain under a deadline, and the ladder where that is late.

1. A slate that was just computed answers at once.
2. Else the full chain is begun: it is batched with others, and is waited for until the deadline less a reserve.
3. Where it is late, fails or is left alone by its breaker, the ladder answers: the person's last slate, what is popular
   in their segment, a list chosen by hand. Hard filters hold on each rung. A late result still fills the cache.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from course_lib.contracts import BudgetError
from course_lib.serving.service.ask_schema import Ask
from course_lib.serving.service.batch_run import BatchRun
from course_lib.serving.service.breaker import CircuitBreaker
from course_lib.serving.service.fault_switches import PartDown, Switchboard
from course_lib.serving.service.micro_batch import MicroBatcher, TooLate
from course_lib.serving.service.release import Release, Releases
from course_lib.serving.service.seldom import Seldom
from course_lib.serving.service.service_metrics import ServiceMetrics
from course_lib.serving.service.settings import ServiceSettings
from course_lib.serving.service.slate_cache import KeptSlate, SingleFlight, SlateCache

WARM_STORE_MS = 2000    # nobody waits while it is warmed; a slate without what was clicked last would be kept for long
TRACES = 2000       # kept for somebody who asks what happened


@dataclass
class Answer:
    """item int (n,), propensity float (n,), as shown. rung: who answered. trace: its number. notes: what went wrong.
    ms: from arrival to answer. release: by which release.

    A slate out of the cache was made earlier, perhaps by the release before: release and propensity are then those of
    when it was made. Items that a hard filter took out since are missing; the others keep their propensity. own: the
    items by the log's own ids, for who asked by them, else None.
    """

    item: np.ndarray
    propensity: np.ndarray
    rung: str
    trace: str
    release: str
    notes: list[str] = field(default_factory=list)
    ms: float = 0.0
    own: list[str] | None = None

    @property
    def slate(self) -> list:
        """The items as whoever asked names them."""
        return self.item.tolist() if self.own is None else self.own


class Responder:
    """settings: ServiceSettings. releases: Releases. chain: BatchRun, which runs a batch. switches: faults.

    Lives in one event loop. traces: {trace: Answer} of the last requests.
    """

    def __init__(self, settings: ServiceSettings, releases: Releases, chain: BatchRun, switches: Switchboard,
                 metrics: ServiceMetrics):
        self.settings, self.releases, self.chain = settings, releases, chain
        self.switches, self.metrics = switches, metrics
        self.cache = SlateCache(settings.fresh_s, settings.renew_s, settings.keep_s)
        self.flights = SingleFlight(settings.single_flight)
        self._failures = Seldom(__name__)
        self._breakers: dict[str, CircuitBreaker] = {}
        self.batcher = MicroBatcher(chain.run, most=settings.batch, wait_s=settings.batch_wait_ms / 1e3,
                                    at_once=settings.runners, queue=settings.queue,
                                    sizes=metrics.batch_size.observe)
        self.traces: OrderedDict[str, Answer] = OrderedDict()

    async def answer(self, ask: Ask) -> Answer:
        """The slate for one request; it never raises for a part that is slow or down."""
        began = time.monotonic()
        trace = secrets.token_hex(8)
        release, ask = self._who_answers(ask, trace)
        out = Answer(np.empty(0, np.int32), np.empty(0), "nothing", trace, release.name)
        until = began + (self.settings.budget_ms - self.settings.reserve_ms) / 1e3
        kept = await self._from_cache_or_chain(ask, release, until, out.notes)
        if kept is not None and self._show(out, "full", kept.item, kept.propensity):
            self._ask_shadow(ask, trace, release, kept.item)
        else:
            await self._down_the_ladder(ask, release, out)
        out.own = release.names.of_items(out.item) if ask.own else None
        out.ms = (time.monotonic() - began) * 1e3
        self.metrics.answered(out.rung, out.ms / 1e3)
        self._remember(out)
        return out

    def _who_answers(self, ask: Ask, trace: str) -> tuple[Release, Ask]:
        """The release that answers, and the request in its numbers. A canary that numbers people or items in another
        way answers those who ask by own ids; who or what it does not know is the current release's."""
        current, release = self.releases.current, self.releases.of(ask.user, trace)
        there = ask if ask.own or current.numbers_as(release) else None
        there = there and current.translated(there, release)
        return (current, ask) if there is None else (release, there)

    def breaker(self, release: Release) -> CircuitBreaker:
        """The breaker of a release: a canary that fails must not take the current release with it."""
        if release.name not in self._breakers:
            self._breakers[release.name] = CircuitBreaker(reset_s=self.settings.breaker_reset_s)
        return self._breakers[release.name]

    # --- the full chain -----------------------------------------------------------------------------------------
    async def _from_cache_or_chain(self, ask: Ask, release: Release, until: float,
                                   notes: list[str]) -> KeptSlate | None:
        """A fresh slate or the chain's, or None with the reason in notes."""
        key = _key(release, ask)
        kept, renew = await self._look(key, until, notes)
        if kept is not None and not renew:
            return kept
        if not self.breaker(release).allow():
            notes.append("the chain is left alone for a while")
            return kept
        task = self.flights.task(key, lambda: self._compute(key, ask, release, until))
        if kept is not None:
            return kept                                     # stale, and renewed behind the scenes
        await asyncio.wait({task}, timeout=max(0.0, until - time.monotonic()))
        if not task.done():
            self.breaker(release).record(False)
            notes.append("the chain was late")
            return None
        if task.exception() is not None:
            notes.append(f"chain: {task.exception()}")
            return None
        return task.result()

    async def _look(self, key, until: float, notes: list[str]) -> tuple[KeptSlate | None, bool]:
        """What the cache has; a cache that is slow or down is no reason to be late."""
        if self.switches.mode("cache", "cold"):
            return None, False
        if self.switches.active("cache"):
            left = min(self.settings.cache_ms / 1e3, until - time.monotonic())
            try:
                await asyncio.wait_for(self.switches.strike_async("cache"), left)
            except Exception as error:
                notes.append(f"cache: {str(error) or 'late'}")
                self.metrics.incidents.labels("cache").inc()
                return None, False
        return self.cache.look(key, stale_is_fresh=bool(self.switches.mode("cache", "stale")))

    async def _compute(self, key, ask: Ask, release: Release, until: float) -> KeptSlate:
        """Ask the batcher, and keep what comes, however late it is."""
        began = time.monotonic()
        try:
            item, propensity = await self.batcher.submit((release.name, ask.k), (release, ask), until)
        except TooLate:                                     # too many came: the chain itself is well
            self.metrics.incidents.labels("queue").inc()
            raise
        except Exception as error:
            self.metrics.incidents.labels("chain").inc()
            if not isinstance(error, PartDown):             # that one was asked for
                late = isinstance(error, BudgetError)
                self._failures.warning("The chain failed: %s.", error, exc_info=None if late else error)
            self._record(release, until, False)
            raise
        self._record(release, until, True)
        self.cache.put(key, release.person(ask.user), item, propensity, release.name, release.numbering)
        return KeptSlate(item, propensity, began, release.name, release.numbering)

    def _record(self, release: Release, until: float, ok: bool) -> None:
        """Tell the breaker, unless those who waited told it already that this was late."""
        if time.monotonic() <= until:
            self.breaker(release).record(ok)

    # --- the ladder ---------------------------------------------------------------------------------------------
    async def _down_the_ladder(self, ask: Ask, release: Release, out: Answer) -> None:
        """Fill out with the first rung that has something left after the hard filters."""
        kept = None if self.switches.active("cache") else self.cache.of_person(release.person(ask.user),
                                                                                         release.numbering)
        rungs = [("cached", None if kept is None else kept.item),
                 ("segment", release.segments.list_of(ask.user)), ("static", release.static)]
        for rung, items in rungs:
            if items is None:
                continue
            try:
                shown = release.allowed(ask.user, ask.session, items, ask.k)
            except Exception as error:
                out.notes.append(f"a hard filter is down: {error}")
                self._show(out, "static", release.on_offer(ask.k))
                return
            if rung != "cached":
                if self._show(out, rung, shown):
                    return
            elif self._show(out, rung, shown, kept.propensity[_places(shown, kept.item)]):
                out.release = kept.version
                return

    def _show(self, out: Answer, rung: str, item: np.ndarray, propensity: np.ndarray | None = None) -> bool:
        """Write a rung's list into the answer, unless it is empty."""
        if not len(item):
            return False
        out.item, out.rung = item, rung
        out.propensity = np.ones(len(item)) if propensity is None else propensity
        return True

    # --- beside the way -----------------------------------------------------------------------------------------
    def _ask_shadow(self, ask: Ask, trace: str, release: Release, shown: np.ndarray) -> None:
        """Ask the shadow the same, wait for nothing, and note how much of the slate agrees."""
        shadow = self.releases.shadow_of(trace)
        if shadow is None or len(self.batcher):             # a shadow never makes people wait
            return
        there = release.translated(ask, shadow)
        if there is None:                                   # it does not know who asks, or what they looked at
            return
        same = release.numbering == shadow.numbering
        told = shown if same else release.names.of_items(shown)

        async def compare() -> None:
            until = time.monotonic() + self.settings.budget_ms / 1e3
            item, _ = await self.batcher.submit((shadow.name, there.k), (shadow, there), until)
            found = item if same else shadow.names.of_items(item)
            self.metrics.agreement.observe(len(np.intersect1d(found, told)) / max(1, len(told)))

        self.flights.task(("shadow", trace), compare)

    def _remember(self, answer: Answer) -> None:
        self.traces[answer.trace] = answer
        while len(self.traces) > TRACES:
            self.traces.popitem(last=False)

    async def warm_up(self, users, k: int = 10, release: Release | None = None, keep: bool = True) -> int:
        """Compute the slates of users, such as those who come most often, in batches. Returns how many are kept.

        release: to be warmed before it answers; None: the current one. keep: False where nobody wants them.
        """
        release = self.releases.current if release is None else release
        asks = [Ask(user=int(user), k=k) for user in users if 0 <= user < release.n_users]
        before = len(self.cache)
        for start in range(0, len(asks), self.settings.batch):
            part = asks[start:start + self.settings.batch]
            answers = await self.chain.run([(release, ask) for ask in part], time.monotonic() + 60, WARM_STORE_MS)
            for ask, answer in zip(part, answers, strict=True):
                if keep and not isinstance(answer, Exception):
                    self.cache.put(_key(release, ask), release.person(ask.user), *answer, release.name,
                                   release.numbering)
        return len(self.cache) - before


def _key(release: Release, ask: Ask) -> tuple:
    """All that a slate depends on. Sessions stand in it as digests: a hundred thousand keys are kept, and whoever asks
    oddly would fill the memory with theirs."""
    told = np.array(ask.session, np.int64).tobytes()
    session = hashlib.blake2b(told, digest_size=16).digest() if told else b""
    return release.name, ask.user, session, ask.k


def _places(some: np.ndarray, item: np.ndarray) -> np.ndarray:
    """Where each of some stands in item, in which it is once."""
    place = {one: number for number, one in enumerate(item.tolist())}
    return np.array([place[one] for one in some.tolist()], int)
