"""The four stages of one pass: retrieve, filter, rank, re-rank; each checked, and recorded where a trace is given.

Letters: B requests, C candidates, K slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import numpy as np

from course_lib.contracts import Candidates, Requests, ShapeError, SlateError, Slates, check_shape
from course_lib.serving.trace import StageTrace, Trace
from course_lib.stages.filters import Eligible


class Chain:
    """The stages in serving order. Arguments as for Recommender; what is not eligible is always filtered out."""

    def __init__(self, retriever, filters: Sequence, ranker, reranker, n_retrieve: int, n_rerank: int):
        self.retriever, self.ranker, self.reranker = retriever, ranker, reranker
        self.filters = [Eligible(), *(f for f in filters if not isinstance(f, Eligible))]
        self.n_retrieve, self.n_rerank = n_retrieve, n_rerank

    def _retrieve(self, requests: Requests, trace: Trace | None) -> Candidates:
        """The n_retrieve items of the retriever for each request."""
        with traced(trace, "retrieve", len(requests.eligible)) as stage:
            found = check_candidates(self.retriever.retrieve(requests, self.n_retrieve), len(requests), "retriever")
            _no_twins(found.item)
            if stage is not None:
                real = found.item[0] >= 0
                stage.leave(found.item[0][real], found.score[0][real])
                stage.gone[f"not among the {stage.n_out:,} nearest"] = np.setdiff1d(requests.eligible, stage.item)
        return found

    def _filter(self, requests: Requests, found: Candidates, trace: Trace | None) -> Candidates:
        """The candidates that every filter keeps; the others become padding."""
        keep = found.item >= 0
        with traced(trace, "filter", int(keep.sum())) as stage:
            for rule in self.filters:
                passed = np.asarray(rule.keep(requests, found.item), bool)
                if passed.shape != keep.shape:
                    raise ShapeError(f"filter '{rule.reason}' returned {passed.shape}; expected {keep.shape}.")
                if stage is not None:
                    stage.gone[rule.reason] = found.item[keep & ~passed]
                keep &= passed
            if stage is not None:
                stage.leave(found.item[keep], found.score[keep])
        return Candidates(np.where(keep, found.item, -1).astype(np.int32), np.where(keep, found.score, -np.inf))

    def _rank(self, requests: Requests, found: Candidates, trace: Trace | None) -> tuple[Candidates, np.ndarray]:
        """The n_rerank best by the ranker's score, best first, and the rows whose scores hold NaN."""
        with traced(trace, "rank", int((found.item >= 0).sum())) as stage:
            score = found.score if self.ranker is None else np.asarray(self.ranker.score(requests, found), float)
            if score.shape != found.item.shape:
                raise ShapeError(f"the ranker returned {score.shape}; expected {found.item.shape}, one score a "
                                 f"candidate, padding included.")
            nan = np.flatnonzero((np.isnan(score) & (found.item >= 0)).any(axis=1))
            score = np.where(found.item >= 0, score, -np.inf)
            order = np.argsort(-np.nan_to_num(score, nan=-np.inf), axis=1, kind="stable")
            best = order[:, : self.n_rerank]
            ranked = Candidates(*(np.take_along_axis(a, best, axis=1) for a in (found.item, score)))
            if stage is not None:
                real, rest = ranked.item[0] >= 0, found.item[0][order[0, self.n_rerank:]]
                stage.leave(ranked.item[0][real], ranked.score[0][real])
                stage.gone[f"ranked below number {self.n_rerank}"] = rest[rest >= 0]
        return ranked, nan

    def _rerank(self, requests: Requests, ranked: Candidates, trace: Trace | None) -> Slates:
        """Slates, checked: nothing twice, nothing that was not given."""
        with traced(trace, "rerank", int((ranked.item >= 0).sum())) as stage:
            size = requests.slate_size
            if self.reranker is None:
                slates = Slates.certain(ranked.item[:, :size])
            else:
                slates = self.reranker.rerank(requests, ranked.item, ranked.score, size).check(requests)
                _only_given(slates.item, ranked.item)
            if stage is not None:
                self._trace_rerank(stage, slates, ranked)
        return slates

    def _trace_rerank(self, stage: StageTrace, slates: Slates, ranked: Candidates) -> None:
        shown = slates.item[0][slates.item[0] >= 0]
        place = {int(item): score for item, score in zip(ranked.item[0], ranked.score[0], strict=True)}
        stage.leave(shown, np.array([place[int(item)] for item in shown]))
        given = ranked.item[0][ranked.item[0] >= 0]
        stage.gone["gave way in the slate"] = given[~np.isin(given, shown)]
        stage.note = getattr(self.reranker, "notes", {}).get(0, "")


def traced(trace: Trace | None, name: str, n_in: int):
    """The trace's stage of that name, or nothing where there is no trace."""
    return nullcontext() if trace is None else trace.stage(name, n_in)


def filled(item: np.ndarray) -> np.ndarray:
    """bool (B,): which rows of item, int (B, K), hold anything."""
    return (item >= 0).any(axis=1)


def empty(size: int, slots: int) -> Slates:
    """Slates with nothing in them, (size, slots)."""
    return Slates(np.full((size, slots), -1, np.int32), np.ones((size, slots), np.float32))


def put(out: Slates, rows: np.ndarray, part: Slates) -> None:
    """Write part, (len(rows), k ≤ K), into rows of out."""
    out.item[rows], out.propensity[rows] = -1, 1
    out.item[rows, : part.item.shape[1]] = part.item
    out.propensity[rows, : part.item.shape[1]] = part.propensity


def compact(item: np.ndarray) -> np.ndarray:
    """Each row's items moved to the front, in order; -1 behind."""
    return np.take_along_axis(item, np.argsort(item < 0, axis=1, kind="stable"), axis=1)


def check_candidates(found: Candidates, size: int, who: str) -> Candidates:
    """found as arrays, or ShapeError unless it has a row for each of size requests."""
    item, score = np.asarray(found.item), np.asarray(found.score)
    check_shape(item=(item, "BC"), score=(score, "BC"))
    if len(item) != size:
        raise ShapeError(f"{who} answered {len(item)} of {size} requests; expected a row for each.")
    return Candidates(item, score)


def _only_given(shown: np.ndarray, given: np.ndarray) -> None:
    strange = (shown >= 0) & ~(shown[:, :, None] == given[:, None, :]).any(axis=2)
    if strange.any():
        row, slot = np.argwhere(strange)[0]
        raise SlateError(f"the re-ranker shows item {shown[row, slot]} at position {slot + 1}, which it was not given. "
                         f"Choose only from its candidates: the others have not passed the filters.")


def _no_twins(item: np.ndarray) -> None:
    ordered = np.sort(item, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any():
        row, place = np.argwhere(twice)[0]
        raise SlateError(f"the retriever returns item {ordered[row, place]} twice in row {row}. Merge its sources "
                         f"without repeats.")
