"""Two rivals of a sequence model that know nothing but the item taken last: its neighbours, and what followed it."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from course_lib.contracts import ArgumentError, as_count
from course_lib.stages.retrieval.baselines import Baseline, ItemKNN


class LastItemKNN(ItemKNN):
    """Items like the one a user took last: ItemKNN that has forgotten the rest of the history."""

    def _learn(self, interactions):
        super()._learn(interactions)
        self.last = latest(interactions, self.seen.shape)

    def _score(self, users):
        return (self.last[users] @ self.similarity).toarray()


class Followers(Baseline):
    """What other people took within `steps` after the item that a user took last: a chain of the first order.

    steps: how many of the items that followed count, each 1 / (its distance). shrink: added to the count of an item's
    takes, so that one follower of a rare item is no certainty.
    """

    def __init__(self, steps: int = 3, shrink: float = 5.0):
        self.steps, self.shrink = as_count("steps", steps, 1), shrink
        if not shrink >= 0:
            raise ArgumentError(f"shrink is {shrink}; expected at least 0.")

    def _learn(self, interactions):
        ordered = interactions.sort_values("time", kind="stable").sort_values("user", kind="stable")
        user, item = ordered["user"].to_numpy(), ordered["item"].to_numpy()
        size = self.seen.shape[1]
        self.followed = sp.csr_matrix((size, size))
        for step in range(1, self.steps + 1):
            same = user[:-step] == user[step:]
            pairs = item[:-step][same], item[step:][same]
            self.followed += sp.csr_matrix((np.full(same.sum(), 1 / step), pairs), (size, size))
        takes = np.bincount(item, minlength=size)
        self.followed = (sp.diags(1 / np.maximum(takes + self.shrink, 1)) @ self.followed).tocsr()
        self.last = latest(interactions, self.seen.shape)

    def _score(self, users):
        return (self.last[users] @ self.followed).toarray()


def latest(interactions, shape) -> sp.csr_matrix:
    """float (U, N), sparse: 1 at the item that each user took last; of several at one moment, the last row."""
    last = interactions.sort_values("time", kind="stable").drop_duplicates("user", keep="last")
    return sp.csr_matrix((np.ones(len(last)), (last["user"], last["item"])), shape)
