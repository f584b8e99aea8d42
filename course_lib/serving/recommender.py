"""The recommender: retrieve → filter → rank → re-rank, under a budget, with a trace and a ladder of fallbacks.

One code path serves both uses: `slates` answers a batch for the world, `recommend` one request with its trace.
Letters: B requests, C candidates, K slots.
"""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, BudgetError, Candidates, DayLog, Requests, Slates
from course_lib.serving.chain import Chain, check_candidates, compact, empty, filled, put, traced
from course_lib.serving.trace import Trace


@dataclass(frozen=True)
class Response:
    """The answer to one request: item and propensity, (K,), -1 where a slot is empty, and the trace."""

    item: np.ndarray
    propensity: np.ndarray
    trace: Trace


class Recommender(Chain):
    """A policy made of stages; any object with the methods of contracts.Retriever, Filter, Ranker, Reranker fits.

    n_retrieve: items asked of the retriever. n_rerank: items the ranker passes on. ranker None keeps the retriever's
    order; reranker None shows the best by score. budget_ms: for a single request; when it is used up before a stage
    starts, the fallback answers (a running stage is not interrupted). retrieve_ms, rank_ms: what the two halves
    should take; the trace notes when they took more. fallback: a rung or a list of rungs (serving.fallback), tried in
    order when a stage raises, no candidate is left, or a score is NaN; without one the error is raised.
    rungs: Counter of who answered. incidents: {error: count}.
    """

    def __init__(self, retriever, filters: Sequence = (), ranker=None, reranker=None, *, n_retrieve: int = 300,
                 n_rerank: int = 50, budget_ms: float = 50, retrieve_ms: float = 30, rank_ms: float = 20,
                 fallback=None, name: str = "recommender", batch: int = 1024, clock=time.perf_counter):
        if n_retrieve < 1 or n_rerank < 1:
            raise ArgumentError(f"n_retrieve is {n_retrieve} and n_rerank {n_rerank}; expected at least 1 each.")
        super().__init__(retriever, filters, ranker, reranker, n_retrieve, n_rerank)
        self.name, self.batch, self.clock = name, batch, clock
        self.budget_ms, self.retrieve_ms, self.rank_ms = budget_ms, retrieve_ms, rank_ms
        rungs = fallback if isinstance(fallback, (list, tuple)) else [fallback]
        self.fallback = [rung for rung in rungs if rung is not None]
        self.rungs, self.incidents, self._warned = Counter(), Counter(), set()

    # --- the two ways in ---------------------------------------------------------------------------------------
    def slates(self, requests: Requests) -> Slates:
        """Slates for a batch: the same answers as one `recommend` a request, without trace and without budget."""
        out = empty(len(requests), requests.slate_size)
        for start in range(0, len(requests), self.batch):
            rows = np.arange(start, min(start + self.batch, len(requests)))
            put(out, rows, self._answer(requests.take(rows)))
        return out

    def recommend(self, requests: Requests) -> Response:
        """Answer one request and tell what happened. Raises ArgumentError unless requests holds exactly one."""
        if len(requests) != 1:
            raise ArgumentError(f"recommend answers one request, got {len(requests)}. Use slates for a batch.")
        trace = Trace(int(requests.request_id[0]), int(requests.user[0]), requests.eligible, self.budget_ms, self.clock)
        slates = self._answer(requests, trace)
        trace.slate, trace.total_ms = slates.item[0][slates.item[0] >= 0], trace.elapsed_ms()
        trace.why = getattr(self.reranker, "why", None)
        if trace.total_ms > self.budget_ms:
            trace.notes.append(f"answered {trace.total_ms - self.budget_ms:.1f} ms after the budget")
        return Response(slates.item[0], slates.propensity[0], trace)

    def observe(self, day_log: DayLog) -> None:
        """Pass a day's log on to every part that can learn from it."""
        for part in (self.retriever, *self.filters, self.ranker, self.reranker, *self.fallback):
            if hasattr(part, "observe"):
                part.observe(day_log)

    # --- the full way, and what happens when it fails ----------------------------------------------------------
    def _answer(self, requests: Requests, trace: Trace | None = None) -> Slates:
        """Full answers; rows that cannot have one get the ladder's. A batch that raises is halved to find its row."""
        try:
            slates, failed = self._full(requests, trace)
        except Exception as error:
            if not self.fallback and len(requests) == 1:
                raise
            if len(requests) > 1:
                half = len(requests) // 2
                parts = [self._answer(requests.take(np.arange(a, b))) for a, b in ((0, half), (half, len(requests)))]
                return Slates(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("item", "propensity")))
            slates, failed = empty(1, requests.slate_size), {0: self._incident(error, trace)}
        self.rungs["full"] += len(requests) - len(failed)
        if failed:
            rows = np.fromiter(failed, int)
            for why in failed.values():
                self.incidents[why] += 1
            if trace is not None:
                trace.notes.extend(failed.values())
            put(slates, rows, self._ladder(requests.take(rows), trace, next(iter(failed.values()))))
        return slates

    def _incident(self, error: Exception, trace: Trace | None) -> str:
        if isinstance(error, BudgetError):
            return str(error)
        stage = f"{trace.stages[-1].name}: " if trace is not None and trace.stages else ""
        why = f"{stage}{type(error).__name__}: {error}"
        if type(error) not in self._warned:
            warnings.warn(f"{self.name}: a stage failed and the fallback answers ({why}).", stacklevel=4)
            self._warned.add(type(error))
        return why

    def _full(self, requests: Requests, trace: Trace | None) -> tuple[Slates, dict[int, str]]:
        """Slates of the whole chain, and {row: reason} for rows that it cannot answer."""
        found = self._retrieve(requests, trace)
        found = self._filter(requests, found, trace)
        self._in_time(trace, "rank", self.retrieve_ms)
        half = 0.0 if trace is None else trace.elapsed_ms()
        failed = {int(row): "no candidate is left after the filters" for row in np.flatnonzero(~filled(found.item))}
        found, nan = self._rank(requests, found, trace)
        failed |= {int(row): "the ranker's score is NaN" for row in nan if int(row) not in failed}
        self._in_time(trace, "rerank", None)
        good = np.setdiff1d(np.arange(len(requests)), list(failed))
        slates = empty(len(requests), requests.slate_size)
        if len(good):
            part = Candidates(found.item[good], found.score[good])
            put(slates, good, self._rerank(requests.take(good), part, trace))
        if trace is not None and trace.elapsed_ms() - half > self.rank_ms:
            trace.notes.append(f"ranking took {trace.elapsed_ms() - half:.1f} of its {self.rank_ms:g} ms")
        return slates, failed

    def _in_time(self, trace: Trace | None, stage: str, share_ms: float | None) -> None:
        """Note a half that took too long; raise BudgetError if nothing is left for `stage`."""
        if trace is None:
            return
        spent = trace.elapsed_ms()
        if share_ms is not None and spent > share_ms:
            trace.notes.append(f"retrieval took {spent:.1f} of its {share_ms:g} ms")
        if spent >= self.budget_ms:
            raise BudgetError(f"{spent:.1f} of {self.budget_ms:g} ms were gone before {stage}")

    def _ladder(self, requests: Requests, trace: Trace | None, why: str) -> Slates:
        """Slates of the first rung that has something to show for each request; empty where none has."""
        if not self.fallback:
            raise ArgumentError(f"{why} (request {requests.request_id[0]}), and there is no fallback. Pass fallback= "
                                f"to Recommender.")
        out, left = empty(len(requests), requests.slate_size), np.arange(len(requests))
        for rung in self.fallback:
            with traced(trace, f"fallback {rung.name}", len(requests.eligible)) as stage:
                item = self._rung(rung, requests.take(left), trace)
                if stage is not None:
                    stage.leave(item[0][item[0] >= 0])
            done = filled(item)
            put(out, left[done], Slates.certain(item[done]))
            self._served(rung.name, int(done.sum()), trace)
            left = left[~done]
            if not len(left):
                return out
        self._served("nothing", len(left), trace)
        return out

    def _served(self, rung: str, n: int, trace: Trace | None) -> None:
        self.rungs[rung] += n
        if trace is not None and n:
            trace.rung = rung

    def _rung(self, rung, requests: Requests, trace: Trace | None) -> np.ndarray:
        """int (B, K) of one rung after the hard filters; all -1 where the rung, or a filter it needs, fails."""
        size = requests.slate_size
        try:
            item = check_candidates(rung.retrieve(requests, max(20 * size, 200)), len(requests), rung.name).item
        except Exception as error:
            self._say(trace, f"fallback {rung.name}: {type(error).__name__}: {error}")
            return np.full((len(requests), size), -1, np.int32)
        for rule in self.filters:
            try:
                item = np.where((item >= 0) & rule.keep(requests, item), item, -1)
            except Exception as error:
                if not rung.vetted:
                    self._say(trace, f"fallback {rung.name}: the filter '{rule.reason}' is down ({error})")
                    return np.full((len(requests), size), -1, np.int32)
        return compact(item)[:, :size]

    def _say(self, trace: Trace | None, note: str) -> None:
        self.incidents[note] += 1
        if trace is not None:
            trace.notes.append(note)
