"""What a fitted funnel answers from: its past, sources, features and trees; and how it takes later events in.

Three kinds of people ask. Those who were fitted and of whom nothing is new are looked up. Those of whom something is
new (events observed later, items of this session) are scored from their whole history. A newcomer without either gets
what is popular. Letters: B people, N items, C candidates, H items of a session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import Catalog
from course_lib.stages.ranking.candidate_features import CandidateFeatures, People
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.stages.retrieval.best_rank import BestRank, batches
from course_lib.stages.retrieval.past import Past


@dataclass(frozen=True)
class Asked:
    """People who are asked for at once. rows: int (B,), their places in the request. scores: {source: float (B, N)}.
    free: bool (B, N), what they may be shown. who: int (B,), their rows in people; people None: those of the table."""

    rows: np.ndarray
    scores: dict[str, np.ndarray]
    free: np.ndarray
    who: np.ndarray
    people: People | None = None


class FittedFunnel:
    """past: all that is known. retriever: BestRank fitted on it. ranker: GBDTRanker of the features' columns. catalog:
    for features. timed: whether ages are features. columns: {name: float32 (U,)}, what the table says of its U users.
    newcomer: float (N,), what newcomers are answered by, -inf where an item was never taken."""

    def __init__(self, past: Past, retriever: BestRank, ranker: GBDTRanker, catalog: Catalog, *, timed: bool,
                 columns: dict[str, np.ndarray] | None = None):
        self.past, self.retriever, self.ranker, self.catalog, self.timed = past, retriever, ranker, catalog, timed
        self.columns = columns or {}
        self._count()

    def _count(self) -> None:
        """Features and the newcomers' list, of all that is known by now."""
        self.features = CandidateFeatures(self.past.events, self.n_users, self.catalog, timed=self.timed,
                                          columns=self.columns)
        sources, alive = self.retriever.sources, self.retriever.alive
        counts = np.asarray(sources["popular"].counts, np.float64)
        if "recent" in sources:                            # all-time counts are made so small that they break ties only
            counts = sources["recent"].counts + counts / (1e6 * (1 + counts.max()))
        self.newcomer = np.where(alive, counts, -np.inf)

    @property
    def n_users(self) -> int:
        """How many users it was fitted for; later ones are known once something of theirs was observed."""
        return self.retriever.seen.shape[0]

    @property
    def n_items(self) -> int:
        return self.past.n_items

    def observe(self, events: pd.DataFrame) -> pd.DataFrame:
        """Take later events in: they are masked, counted, and part of what their users are scored by. Returns those
        that are new. Errors and warnings as Past.observe."""
        new = self.past.observe(events)
        if len(new):
            for source in self.retriever.sources.values():
                if hasattr(source, "observe"):
                    source.observe(self.past.events)
            self.retriever.alive[new["item"].to_numpy()] = True
            self._count()
        return new

    def is_newcomer(self, users: np.ndarray, session: np.ndarray | None = None) -> np.ndarray:
        """bool (B,): of whom nothing is known. users: int (B,), -1 is nobody's id. session: int (B, H) or None."""
        return ~(self.past.has(users) | self._in_session(users, session))

    def asked(self, users: np.ndarray, session: np.ndarray | None = None) -> Iterator[Asked]:
        """All of users, int (B,), but newcomers, in batches that fit into memory. session: int (B, H) or None."""
        told = self._in_session(users, session) | np.isin(users, self.past.changed)
        for rows in batches(np.flatnonzero(~told & self.past.has(users)), self.n_items):
            yield Asked(rows, *self.retriever.scores(users[rows]), users[rows])
        for rows in batches(np.flatnonzero(told), self.n_items):
            histories = self.past.histories(users[rows], None if session is None else session[rows])
            people = self.features.people_of(histories, len(rows), users[rows])
            yield Asked(rows, *self.retriever.scores_of(histories, len(rows)), np.arange(len(rows)), people)

    def _in_session(self, users: np.ndarray, session: np.ndarray | None) -> np.ndarray:
        if session is None or not session.size:
            return np.zeros(len(users), bool)
        return ((session >= 0) & (session < self.n_items)).any(1)

    def chances(self, asked: Asked, item: np.ndarray, key: np.ndarray) -> np.ndarray:
        """float (B, C): the trees' chance of each candidate, -inf where padded. item: int (B, C), -1 pads. key: float
        (B, C), weighted best ranks."""
        pick, chance = item >= 0, np.full(item.shape, -np.inf)
        rows = self.features(asked.who, item, key, asked.scores, asked.free, pick, asked.people)
        chance[pick] = self.ranker.predict_rows(rows)
        return chance
