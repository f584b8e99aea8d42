"""The four stages of the pipeline, in serving order: retrieve, filter, rank, re-rank.

Each is an object with one method, `run`, which asks the part that does the work, holds its answer against what the next
stage needs, and writes into the trace what fell out. `run` knows nothing of deadlines and fallbacks: those are the
recommender's. A batch's trace keeps nothing, and `record` is then None. Letters: B requests, C candidates, K slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import Candidates, Filter, Ranker, Requests, Reranker, Retriever, Slates
from course_lib.serving.checks import check_candidates, check_scores, check_slates, kept_by
from course_lib.serving.rows import filled
from course_lib.serving.trace import NoTrace, StageTrace, Trace


@dataclass
class Retrieve:
    """Asks the retriever for the n items nearest to each request."""

    retriever: Retriever
    n: int

    def run(self, requests: Requests, trace: Trace | NoTrace) -> Candidates:
        """The candidates, (B, C), best first."""
        with trace.stage("retrieve", len(requests.eligible)) as record:
            found = check_candidates(self.retriever.retrieve(requests, self.n), len(requests), "retriever")
            if record is not None:
                real = found.item[0] >= 0
                record.leave(found.item[0][real], found.score[0][real])
                record.gone[f"not among the {record.n_out:,} nearest"] = np.setdiff1d(requests.eligible, record.item)
        return found


@dataclass
class HardFilters:
    """Asks every filter in turn; what one does not keep is gone."""

    filters: Sequence[Filter]

    def run(self, requests: Requests, found: Candidates, trace: Trace | NoTrace) -> tuple[Candidates, dict[int, str]]:
        """The candidates with padding in place of what is gone, and {row: reason} for rows where nothing is left."""
        keep = found.item >= 0
        with trace.stage("filter", int(keep.sum())) as record:
            for rule in self.filters:
                passed = kept_by(rule, requests, found.item)
                if record is not None:
                    record.gone[rule.reason] = found.item[keep & ~passed]
                keep &= passed
            if record is not None:
                record.leave(found.item[keep], found.score[keep])
        kept = Candidates(np.where(keep, found.item, -1).astype(np.int32), np.where(keep, found.score, -np.inf))
        bare = np.flatnonzero(~filled(kept.item)).tolist()
        return kept, dict.fromkeys(bare, "no candidate is left after the filters")


@dataclass
class Rank:
    """Orders the candidates by the ranker's score, or by the retriever's where there is no ranker; n_best go on."""

    ranker: Ranker | None
    n_best: int

    def run(self, requests: Requests, kept: Candidates, trace: Trace | NoTrace) -> tuple[Candidates, dict[int, str]]:
        """The n_best of each row, best first, and {row: reason} for rows whose scores set no order."""
        with trace.stage("rank", int((kept.item >= 0).sum())) as record:
            score = kept.score if self.ranker is None else self.ranker.score(requests, kept)
            score = np.where(kept.item >= 0, check_scores(score, kept.item), -np.inf)
            order = np.argsort(-np.nan_to_num(score, nan=-np.inf), axis=1, kind="stable")
            best = order[:, : self.n_best]
            ranked = Candidates(*(np.take_along_axis(a, best, axis=1) for a in (kept.item, score)))
            if record is not None:
                real, rest = ranked.item[0] >= 0, kept.item[0][order[0, self.n_best:]]
                record.leave(ranked.item[0][real], ranked.score[0][real])
                record.gone[f"ranked below number {self.n_best}"] = rest[rest >= 0]
        return ranked, self._without_order(score, kept.item)

    @staticmethod
    def _without_order(score: np.ndarray, item: np.ndarray) -> dict[int, str]:
        """{row: reason} where a candidate's score is NaN or infinite. -inf bars one candidate, but not all of a row."""
        if not (~np.isfinite(score) & (item >= 0)).any():
            return {}
        nan, infinite = np.isnan(score).any(axis=1), (score == np.inf).any(axis=1)
        barred = filled(item) & (score == -np.inf).all(axis=1)
        return (dict.fromkeys(np.flatnonzero(nan).tolist(), "the ranker's score is NaN")
                | dict.fromkeys(np.flatnonzero(~nan & (infinite | barred)).tolist(), "the ranker's score is infinite"))


@dataclass
class Rerank:
    """Asks the re-ranker for the slate as a whole; without one, the best by score fill it."""

    reranker: Reranker | None

    def run(self, requests: Requests, ranked: Candidates, trace: Trace | NoTrace) -> Slates:
        """Slates, checked: nothing twice, nothing that was not given."""
        with trace.stage("rerank", int((ranked.item >= 0).sum())) as record:
            size = requests.slate_size
            if self.reranker is None:
                slates = Slates.certain(ranked.item[:, :size])
            else:
                slates = self.reranker.rerank(requests, ranked.item, ranked.score, size)
                slates = check_slates(slates, requests, ranked.item)
            if record is not None:
                self._tell(record, slates.item[0], ranked)
        return slates

    def _tell(self, record: StageTrace, slate: np.ndarray, ranked: Candidates) -> None:
        """Write into the trace what is shown, with its score, and what gave way."""
        shown = slate[slate >= 0]
        given = ranked.item[0][ranked.item[0] >= 0]
        score_of = dict(zip(ranked.item[0].tolist(), ranked.score[0], strict=True))
        record.leave(shown, np.array([score_of[item] for item in shown.tolist()]))
        record.gone["gave way in the slate"] = given[~np.isin(given, shown)]
        record.note = getattr(self.reranker, "notes", {}).get(0, "")
