"""A made-up recommender of four small stages that is fast enough to be broken a few hundred times, as `incident` breaks
the large one. Letters: B requests, C candidates, N items."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Slates
from course_lib.launch.incident import Night
from course_lib.serving.recommender import Recommender
from course_lib.stages.filters import AlreadySeen

PEOPLE, ITEMS, WIDTH, WANTED, TAKEN = 150, 300, 6, 10, 12


class Nearest:
    """A retriever by a noisy dot product."""

    def __init__(self, users, items):
        self._users, self._items = users, items

    def retrieve(self, requests, n):
        """The n items with the largest product, best first."""
        score = self._users[requests.user] @ self._items[requests.eligible].T
        best = np.argsort(-score, axis=1)[:, :n]
        return Candidates(requests.eligible[best].astype(np.int32), np.take_along_axis(score, best, axis=1))


class Weighted:
    """A ranker that adds what retrieval says and what it reads itself."""

    from_retrieval = ("retrieval_score", "retrieval_place")

    def __init__(self, own):
        self._own = own                 # float (people, N)

    def feature_fn(self, requests, candidates):
        """A row a candidate."""
        place = np.broadcast_to(np.linspace(1, 0, candidates.item.shape[1]), candidates.item.shape)
        own = np.take_along_axis(self._own[requests.user], np.maximum(candidates.item, 0), axis=1)
        score = np.where(candidates.item >= 0, candidates.score, 0)
        return pd.DataFrame({"retrieval_score": score.ravel(), "retrieval_place": place.ravel(), "own": own.ravel()})

    def score(self, requests, candidates):
        """float (B, C), the larger the better."""
        table = self.feature_fn(requests, candidates)
        value = table["retrieval_score"] + 3 * table["retrieval_place"] + 0.5 * table["own"]
        return np.where(candidates.item >= 0, value.to_numpy(float).reshape(candidates.item.shape), -np.inf)


class Varied:
    """A re-ranker that gives up relevance for items that few slates hold: trade_off 1 gives up nothing."""

    def __init__(self, rarity, trade_off=0.9):
        self._rarity, self.trade_off = rarity, trade_off          # float (N,), between 0 and 1

    def rerank(self, requests, item, score, slate_size):
        """The best of a weighted sum of the place in the ranking and of rarity."""
        place = np.linspace(1, 0, item.shape[1])
        value = self.trade_off * place + (1 - self.trade_off) * self._rarity[item]
        best = np.argsort(-np.where(item >= 0, value, -np.inf), axis=1, kind="stable")[:, :slate_size]
        return Slates.certain(np.take_along_axis(item, best, axis=1))


def small_service(seed: int) -> Night:
    """A healthy night: PEOPLE people, each of whom wants WANTED items that the system never saw, and took TAKEN."""
    rng = np.random.default_rng([seed, 14])
    users, items = rng.normal(size=(PEOPLE, WIDTH)), rng.normal(size=(ITEMS, WIDTH))
    liking = users @ items.T + 1.5 * rng.gumbel(size=(PEOPLE, ITEMS))
    order = rng.permuted(np.argsort(-liking, axis=1)[:, :WANTED + TAKEN], axis=1).astype(np.int32)
    hidden = {person: row[:WANTED].copy() for person, row in enumerate(order)}
    taken = pd.DataFrame({"user": np.repeat(np.arange(PEOPLE), TAKEN), "item": order[:, WANTED:].ravel()})
    seen_by = users + 0.3 * rng.normal(size=users.shape), items + 0.3 * rng.normal(size=items.shape)
    ranker = Weighted(liking + 5.0 * rng.normal(size=liking.shape))
    system = Recommender(Nearest(*seen_by), [AlreadySeen(taken)], ranker, Varied(rng.random(ITEMS)), n_retrieve=60,
                         n_rerank=20)
    return Night(system, hidden, np.arange(PEOPLE), np.arange(ITEMS, dtype=np.int32))
