"""The recommender: the way of a request from top to bottom.

Check the request → retrieve → filter → rank → re-rank, looking at the deadline between them → where that fails, the
ladder of fallbacks → a response with its trace. `recommend` answers one request, with a trace and under its budget;
`slates` answers a batch, for a world that runs at speed; both go the same way. Letters: B requests, C candidates,
K slots.
"""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, BudgetError, Candidates, DayLog, Requests, Slates, as_count
from course_lib.serving.checks import check_requests, doubts, strangers_apart
from course_lib.serving.deadline import Deadline
from course_lib.serving.ladder import Ladder, as_rungs
from course_lib.serving.pipeline import HardFilters, Rank, Rerank, Retrieve
from course_lib.serving.raw_ids import RawIds
from course_lib.serving.rows import empty, joined, put
from course_lib.serving.trace import NoTrace, Trace
from course_lib.serving.worker import TimeUp, Worker
from course_lib.stages.filters import Eligible

Piped = tuple[Slates, dict[int, str], dict[int, str]]     # slates, {row: why it has none}, {row: a doubt}


@dataclass(frozen=True)
class Response:
    """The answer to one request: item and propensity, (K,), -1 where a slot is empty, and the trace."""

    item: np.ndarray
    propensity: np.ndarray
    trace: Trace


class Recommender:
    """A policy made of stages; any object with the methods of contracts.Retriever, Filter, Ranker, Reranker fits.

    n_retrieve: items asked of the retriever. n_rerank: items the ranker passes on. filters: what is not eligible is
    filtered out besides. ranker None keeps the retriever's order; reranker None shows the best by score. budget_ms: for
    a single request; when it is used up, before a stage or within one, the fallback answers. retrieve_ms, rank_ms: what
    the two halves should take; the trace notes when they took more. fallback: a rung or a list of rungs
    (serving.ladder), tried in order when a stage raises, no candidate is left, or a score is NaN or infinite; without
    one the error is raised. All of these are attributes and may be changed between requests. ids: RawIds of the table,
    for `recommend_ids`. rungs: Counter of who answered. incidents: {error: count}.

    How the budget holds: the stages of a single request run in a thread of their own, and at the deadline nobody waits
    for them any more. The stage that is late, the re-ranker too, cannot be stopped: it runs to its end, its answer is
    dropped, the stages after it are skipped, and the next request has to wait for it, within its own budget. Not
    interrupted is the ladder itself, with the hard filters on it; nor anything where there is no fallback, for
    `slates`, and by a clock that is made up: there the time is looked at before the ranker and the re-ranker, and a
    slate that comes after the deadline is shown, since nothing better is ready.
    """

    def __init__(self, retriever, filters: Sequence = (), ranker=None, reranker=None, *, n_retrieve: int = 300,
                 n_rerank: int = 50, budget_ms: float = 50, retrieve_ms: float = 30, rank_ms: float = 20,
                 fallback=None, name: str = "recommender", batch: int = 1024, clock=time.perf_counter,
                 ids: RawIds | None = None):
        if n_retrieve < 1 or n_rerank < 1 or batch < 1:
            raise ArgumentError(f"n_retrieve is {n_retrieve}, n_rerank {n_rerank} and batch {batch}; expected at least "
                                f"1 each.")
        self.retriever, self.filters, self.ranker, self.reranker = retriever, filters, ranker, reranker
        self.n_retrieve, self.n_rerank = n_retrieve, n_rerank
        self.budget_ms, self.retrieve_ms, self.rank_ms = budget_ms, retrieve_ms, rank_ms
        self.fallback, self.name, self.batch, self.clock = fallback, name, batch, clock
        self.ids = ids
        self.rungs, self.incidents, self._warned = Counter(), Counter(), set()
        self._worker = Worker()

    # --- a request comes in: alone, or in a batch ---------------------------------------------------------------
    def recommend(self, requests: Requests) -> Response:
        """Answer one request and tell what happened. User -1 is somebody unknown. Raises ArgumentError unless requests
        holds exactly one."""
        if len(requests) != 1:
            raise ArgumentError(f"recommend answers one request, got {len(requests)}. Use slates for a batch.")
        check_requests(requests)
        deadline, trace = Deadline(self.budget_ms, self.clock), Trace(requests, self.budget_ms, self.clock)
        slates = self._answer(strangers_apart(requests), deadline, trace)
        trace.close(slates.item[0], deadline.spent_ms(), getattr(self.reranker, "why", None))
        return Response(slates.item[0], slates.propensity[0], trace)

    def slates(self, requests: Requests) -> Slates:
        """Slates for a batch: the same answers as one `recommend` a request, without trace and without budget."""
        check_requests(requests)
        requests = strangers_apart(requests)
        out = empty(len(requests), requests.slate_size)
        for start in range(0, len(requests), self.batch):
            rows = np.arange(start, min(start + self.batch, len(requests)))
            put(out, rows, self._answer(requests.take(rows), Deadline(), NoTrace()))
        return out

    def recommend_ids(self, users, k: int = 10, *, session=None, among=None) -> np.ndarray:
        """Raw item ids, (B, K), best first, for raw user ids; None where a slot is empty. Needs `ids`.

        users, session, among and errors as RawIds.requests; somebody unknown is answered as a newcomer. Raises
        ArgumentError without `ids`, and where k is more than the ranker or the retriever passes on.
        """
        if self.ids is None:
            raise ArgumentError("this recommender knows no raw ids. Make it with ids=RawIds.of(dataset), as "
                                "table_recommender does.")
        k = as_count("k", k, 1, min(self.n_retrieve, self.n_rerank))
        return self.ids.items.decode(self.slates(self.ids.requests(users, k, session=session, among=among)).item)

    # --- its answer: the pipeline's, and the ladder's where the pipeline has none -------------------------------
    def _answer(self, requests: Requests, deadline: Deadline, trace: Trace | NoTrace) -> Slates:
        """Slates for every request. A batch in which a stage raises is halved until the request is found."""
        try:
            slates, failed, doubtful = self._in_time(requests, deadline, trace)
        except Exception as error:
            if len(requests) > 1:
                return joined([self._answer(half, deadline, trace) for half in _halves(requests)])
            if not self.fallback:
                raise
            slates, failed, doubtful = empty(1, requests.slate_size), {0: self._reason(error, trace)}, {}
        self.incidents.update(doubtful.values())
        self.rungs["full"] += len(requests) - len(failed)
        self._count(failed.values(), trace)
        if failed:
            rows = np.fromiter(failed, int)
            put(slates, rows, self._fall_back(requests.take(rows), trace, next(iter(failed.values()))))
        return slates

    # --- the pipeline: four stages in order, and the deadline between them --------------------------------------
    @property
    def stages(self) -> tuple[Retrieve, HardFilters, Rank, Rerank]:
        """The four stages, made of the parts that stand in the attributes now."""
        return (Retrieve(self.retriever, self.n_retrieve), HardFilters(self.filters), Rank(self.ranker, self.n_rerank),
                Rerank(self.reranker))

    def _in_time(self, requests: Requests, deadline: Deadline, trace: Trace | NoTrace) -> Piped:
        """What the pipeline gives; where there is a ladder, it is waited for until the deadline and no longer. Raises
        BudgetError then, with the name of the stage that is late."""
        if not (self.fallback and deadline.can_wait):
            return self._run_pipeline(requests, deadline, trace)
        own = trace.apart()                             # a late stage goes on writing into a trace that nobody reads
        try:
            return self._worker.within(deadline.left_s(), lambda: self._run_pipeline(requests, deadline, own))
        except TimeUp:
            raise BudgetError(f"{deadline.spent_ms():.1f} of {deadline.budget_ms:g} ms were gone{own.where}") from None
        finally:
            trace.take_over(own)

    def _run_pipeline(self, requests: Requests, deadline: Deadline, trace: Trace | NoTrace) -> Piped:
        """Slates of all four stages, {row: reason} for the rows that they cannot answer, and {row: doubt}."""
        retrieve, hard_filters, rank, rerank = self.stages
        found = retrieve.run(requests, trace)
        doubtful = doubts(found)
        trace.note(*doubtful.values())
        kept, failed = hard_filters.run(requests, found, trace)
        halfway_ms = deadline.spent_ms()
        if halfway_ms > self.retrieve_ms:
            trace.note(f"retrieval took {halfway_ms:.1f} of its {self.retrieve_ms:g} ms")
        deadline.check("rank")
        ranked, unordered = rank.run(requests, kept, trace)
        failed |= unordered
        deadline.check("rerank")
        slates = empty(len(requests), requests.slate_size)
        good = np.setdiff1d(np.arange(len(requests)), list(failed))
        if len(good):
            best = Candidates(ranked.item[good], ranked.score[good])
            put(slates, good, rerank.run(requests.take(good), best, trace))
        ranking_ms = deadline.spent_ms() - halfway_ms
        if ranking_ms > self.rank_ms:
            trace.note(f"ranking took {ranking_ms:.1f} of its {self.rank_ms:g} ms")
        return slates, failed, doubtful

    # --- the ladder: who answers where the pipeline cannot ------------------------------------------------------
    def _fall_back(self, requests: Requests, trace: Trace | NoTrace, reason: str) -> Slates:
        """Slates of the ladder. Raises ArgumentError with the reason where there is none."""
        if not self.fallback:
            raise ArgumentError(f"{reason} (request {requests.request_id[0]}), and there is no fallback. Pass "
                                f"fallback= to Recommender.")
        answer = Ladder(self.fallback, self.filters).answer(requests, trace)
        self._count(answer.notes, trace)
        self.rungs.update(answer.served)
        trace.answered_by(answer.served.most_common(1)[0][0])
        return answer.slates

    # --- what went wrong is counted, noted in the trace, and said once ------------------------------------------
    def _count(self, reasons: Iterable[str], trace: Trace | NoTrace) -> None:
        self.incidents.update(reasons)
        trace.note(*reasons)

    def _reason(self, error: Exception, trace: Trace | NoTrace) -> str:
        """What the trace says of an error; an error of a kind that was not met before is also a warning."""
        if isinstance(error, BudgetError):
            return str(error)
        stage = f"{trace.stages[-1].name}: " if trace.stages else ""
        reason = f"{stage}{type(error).__name__}: {error}"
        if type(error) not in self._warned:
            warnings.warn(f"{self.name}: a stage failed and the fallback answers ({reason}).", stacklevel=4)
            self._warned.add(type(error))
        return reason

    # --- the parts ----------------------------------------------------------------------------------------------
    @property
    def filters(self) -> list:
        """The hard filters; the first keeps what is eligible and cannot be left out."""
        return self._filters

    @filters.setter
    def filters(self, filters: Sequence) -> None:
        self._filters = [Eligible(), *(rule for rule in filters if not isinstance(rule, Eligible))]

    @property
    def fallback(self) -> list:
        """The rungs of the ladder, tried in order."""
        return self._fallback

    @fallback.setter
    def fallback(self, fallback) -> None:
        self._fallback = as_rungs(fallback)

    def observe(self, day_log: DayLog) -> None:
        """Pass a day's log on, once, to every part that can learn from it, wherever and however often it is used."""
        parts = (self.retriever, *self.filters, self.ranker, self.reranker, *self.fallback)
        learners = [learner for part in parts for learner in getattr(part, "learners", (part,))]
        for learner in {id(learner): learner for learner in learners}.values():
            if hasattr(learner, "observe"):
                learner.observe(day_log)


def _halves(requests: Requests) -> tuple[Requests, Requests]:
    half = len(requests) // 2
    return requests.take(np.arange(half)), requests.take(np.arange(half, len(requests)))
