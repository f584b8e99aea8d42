"""A funnel's parts as stages of a recommender: its ranker, its hard filter, its rung of the ladder.

All read the one funnel, which learns through `observe` once. Letters: B requests, C candidates, N items.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Requests
from course_lib.serving.fitted_funnel import Asked
from course_lib.serving.funnel import Funnel
from course_lib.serving.ladder import by_score
from course_lib.stages.ranking.calibrate import undo_negative_sampling


class FunnelRanker:
    """The funnel's trees as a stage (contracts.Ranker), for the funnel's candidates or those of any other retriever.

    A candidate's blended rank is its rank among the candidates at hand. A score is the chance that the candidate is
    among what the trees learnt to find: what was held out of the past, or, by time, what was taken within the horizon.
    Somebody of whom nothing is known keeps the order of retrieval; an item that the funnel does not know is barred.
    """

    def __init__(self, funnel: Funnel):
        self.funnel, self.learners = funnel, (funnel,)

    @property
    def from_retrieval(self) -> list[str]:
        """Columns of `feature_fn`: the blended rank, and rank and score of the source that the trees gain most by."""
        gain = self.funnel.ranker.importance()
        best = max(self.funnel.retriever.sources, key=lambda name: gain[f"{name}_rank"] + gain[f"{name}_score"])
        return ["best_rank", f"{best}_rank", f"{best}_score"]

    def feature_fn(self, requests: Requests, candidates: Candidates) -> pd.DataFrame:
        """What the trees are asked by: B·C rows, request by request; NaN where nothing is known of person or item."""
        fitted, item = self.funnel.fitted, np.asarray(candidates.item)
        names = fitted.features.names(self.funnel.retriever.sources)
        table = np.full((*item.shape, len(names)), np.nan, np.float32)
        for asked in self.funnel.asked(requests):
            own = item[asked.rows]
            real = self._known(own)
            keys, rows = self._keys(asked, own, real), np.full((*own.shape, len(names)), np.nan, np.float32)
            rows[real] = fitted.features(asked.who, np.where(real, own, -1), keys, asked.scores, asked.free, real,
                                         asked.people)
            table[asked.rows] = rows
        return pd.DataFrame(table.reshape(-1, len(names)), columns=names)

    def score(self, requests: Requests, candidates: Candidates) -> np.ndarray:
        """float (B, C); -inf where padded."""
        item = np.asarray(candidates.item)
        newcomer = self.funnel.fitted.is_newcomer(np.asarray(requests.user), self.funnel.session_of(requests))
        real = self._known(item) & ~newcomer[:, None]
        chance = np.full(item.shape, -np.inf)
        if real.any():
            rows = self.feature_fn(requests, candidates).to_numpy()[real.ravel()]
            chance[real] = undo_negative_sampling(self.funnel.ranker.predict_rows(rows),
                                                  self.funnel.fit_report.get("kept", 1.0))
        retrieved = np.where(item >= 0, np.asarray(candidates.score, float), -np.inf)
        return np.where(newcomer[:, None], retrieved, chance)

    def _known(self, item: np.ndarray) -> np.ndarray:
        """bool (B, C): which of item, int (B, C), the funnel was fitted with."""
        return (item >= 0) & (item < self.funnel.fitted.n_items)

    def _keys(self, asked: Asked, item: np.ndarray, real: np.ndarray) -> np.ndarray:
        """float32 (B, C): weighted best rank of each candidate among those of its row, inf where it is not real."""
        row, place = np.nonzero(real)
        given = np.zeros(asked.free.shape, bool)
        given[row, item[row, place]] = True
        found, key = self.funnel.retriever.candidates(asked.scores, given, item.shape[1])
        of_item = np.full(asked.free.shape, np.inf, np.float32)
        found_row, found_place = np.nonzero(found >= 0)
        of_item[found_row, found[found_row, found_place]] = key[found_row, found_place]
        return np.where(real, np.take_along_axis(of_item, np.where(real, item, 0), 1), np.float32(np.inf))


class Untaken:
    """Keeps what the person has not taken, by the funnel's past and by this session."""

    def __init__(self, funnel: Funnel, reason: str = "already taken"):
        self.funnel, self.reason, self.learners = funnel, reason, (funnel,)

    def keep(self, requests: Requests, item: np.ndarray) -> np.ndarray:
        """bool (B, C): item, int (B, C), is new to the person; also where it is not known at all."""
        held = self.funnel.fitted.past.histories(np.asarray(requests.user), self.funnel.session_of(requests))
        width = max(self.funnel.fitted.n_items, int(np.max(item, initial=0)) + 1)
        taken = held["user"].to_numpy(np.int64) * width + held["item"].to_numpy()
        asked = np.arange(len(item))[:, None] * width + np.maximum(item, 0)
        return (np.asarray(item) >= 0) & ~np.isin(asked, taken)


class FunnelPopular:
    """A rung: what newcomers get, the same for everyone."""

    vetted = False

    def __init__(self, funnel: Funnel, name: str = "popular"):
        self.funnel, self.name, self.learners = funnel, name, (funnel,)

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n eligible items of highest count."""
        count = self.funnel.fitted.newcomer
        return by_score(requests, np.where(np.isfinite(count), count, 0.0), n)


def hand_picked(funnel: Funnel, n: int = 50) -> np.ndarray:
    """int32 (n,): the n items of highest count, for a last rung that needs nothing."""
    return np.argsort(-funnel.fitted.newcomer, kind="stable")[:n].astype(np.int32)
