"""What a two-tower has to beat: popularity, recent popularity, item neighbours, EASE and implicit ALS.

All share one interface: fit(interactions, n_users, n_items), score(users) → (B, N), recommend(users, k) → (B, k).
What would take more memory than is free is a BudgetError before it is asked for.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from course_lib.contracts import (
    DAY_S,
    ArgumentError,
    Candidates,
    DataError,
    Requests,
    UnknownIdError,
    as_count,
    as_ids,
    as_numbers,
    best_k,
    check_memory,
)
from course_lib.stages.retrieval.histories import ease_weights

_SPARSE = 10_000  # ids may run to so many a row before they are taken for raw ones


def user_item_matrix(interactions, n_users: int, n_items: int) -> sp.csr_matrix:
    """float32 (n_users, n_items), sparse: 1 where a user took an item, however often.

    interactions: table with user, item. Raises DataError when empty, UnknownIdError where an id is out of range,
    ArgumentError where one is no whole number (NaN, text).
    """
    if len(interactions) == 0:
        raise DataError("interactions are empty; expected at least one (user, item, time). Check the split's train.")
    for name, size in (("user", n_users), ("item", n_items)):
        ids = as_ids(f"{name} of interactions", interactions[name], padding=True)
        bad = (ids < 0) | (ids >= size)
        if bad.any():
            raise UnknownIdError(f"{bad.sum()} interactions have a {name} outside 0 … {size - 1}, first {ids[bad][0]} "
                                 f"in row {int(np.flatnonzero(bad)[0])}. Pass n_{name}s that covers all ids.")
    ones = np.ones(len(interactions), np.float32)
    matrix = sp.csr_matrix((ones, (interactions["user"], interactions["item"])), shape=(n_users, n_items))
    matrix.data[:] = 1
    return matrix


class Baseline:
    """What the baselines share: the matrix of the past, bounds on ids, ranking with the past left out."""

    def fit(self, interactions, n_users: int | None = None, n_items: int | None = None):
        """Learn from user, item, time (int, int, s). n_users, n_items: default to the highest id + 1. Returns self.

        Raises DataError for an empty table, ArgumentError where ids are not dense, BudgetError where memory is short.
        """
        if len(interactions):
            highest = {name: int(as_ids(f"{name} of interactions", interactions[name], padding=True).max())
                       for name in ("user", "item")}
            for name, top in highest.items():
                if (n_users if name == "user" else n_items) is None and top > _SPARSE * (100 + len(interactions)):
                    raise ArgumentError(f"{name} of interactions runs to {top} in {len(interactions)} rows; expected "
                                        f"dense ids, 0 … n - 1. Dataset.from_frames makes them, or pass n_{name}s.")
            n_users = highest["user"] + 1 if n_users is None else as_count("n_users", n_users)
            n_items = highest["item"] + 1 if n_items is None else as_count("n_items", n_items)
        self.seen = user_item_matrix(interactions, n_users or 0, n_items or 0)
        self._learn(interactions)
        return self

    def __getattr__(self, name):
        """Called for what is not there: before `fit`, that is the past."""
        if name == "seen":
            raise ArgumentError(f"this {type(self).__name__} has not been fitted. Call fit(interactions) first.")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def score(self, users) -> np.ndarray:
        """float (B, N), higher is better. Raises UnknownIdError for a user outside 0 … n_users − 1."""
        users = self._known(users)
        check_memory(f"scores of {len(users):,} users × {self.seen.shape[1]:,} items",
                     8.0 * len(users) * self.seen.shape[1], "Ask for fewer users at a time.")
        return np.asarray(self._score(users))

    def recommend(self, users, k: int, exclude=None, exclude_seen: bool = True) -> np.ndarray:
        """int32 (B, k): best items first, ties to the lower id, -1 pads; what the user took is left out, and `exclude`,
        int (B, H), too. Raises UnknownIdError for users or excluded items that are not known."""
        users = self._known(users)
        score = self.score(users).copy()
        if exclude_seen:
            score[self.seen[users].nonzero()] = -np.inf
        if exclude is not None:
            exclude = as_ids("exclude", exclude, score.shape[1], padding=True)
            row, slot = np.nonzero(exclude >= 0)
            score[row, exclude[row, slot]] = -np.inf
        return best_k(score, k)

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n best eligible items for each request, ties to the lower id. A user who joined later gets the mean
        user's answer."""
        user = as_ids("user of requests", requests.user, padding=True)
        known = (user >= 0) & (user < self.seen.shape[0])
        score = np.broadcast_to(np.asarray(self._stranger(), float), (len(requests), self.seen.shape[1])).copy()
        score[known] = self.score(user[known])
        allowed = np.zeros(self.seen.shape[1], bool)
        allowed[requests.eligible[requests.eligible < len(allowed)]] = True
        score[:, ~allowed] = -np.inf
        item = best_k(score, n)
        picked = np.take_along_axis(score, np.maximum(item, 0), 1)
        return Candidates(item, np.where(item < 0, -np.inf, picked).astype(np.float32))

    def _known(self, users) -> np.ndarray:
        users = as_ids("users", np.atleast_1d(users), padding=True)
        bad = (users < 0) | (users >= self.seen.shape[0])
        if bad.any():
            raise UnknownIdError(f"user {users[bad][0]} was never seen (users are 0 … {self.seen.shape[0] - 1}). "
                                 f"Fit with n_users that covers it, or fall back to popularity.")
        return users

    def _stranger(self) -> np.ndarray:
        return np.asarray(self.seen.sum(0)).ravel()


class Popularity(Baseline):
    """Everybody gets the items most often taken. score: training events of each item, (N,) for every user."""

    def _learn(self, interactions):
        self.counts = np.bincount(interactions["item"], minlength=self.seen.shape[1]).astype(np.float32)

    def _score(self, users):
        return np.broadcast_to(self.counts, (len(users), len(self.counts)))


class RecentPopularity(Popularity):
    """Everybody gets what was taken most in the last `window_days` before `at`; older counts break ties only.

    at: time in seconds that "last" counts back from; default: the last training event.
    """

    def __init__(self, window_days: float = 7.0, at: float | None = None):
        if not window_days > 0 or (at is not None and not np.isfinite(at)):
            raise ArgumentError(f"window_days is {window_days}, at is {at}; expected above 0, and s or None.")
        self.window_days, self.at = window_days, at

    def _learn(self, interactions):
        time = as_numbers("time of interactions", interactions["time"])
        end = time.max() if self.at is None else self.at
        recent = interactions["item"].to_numpy()[(time > end - self.window_days * DAY_S) & (time <= end)]
        total = np.bincount(interactions["item"], minlength=self.seen.shape[1])
        self.counts = np.bincount(recent, minlength=len(total)) + total / (total.sum() + 1)  # float32 would lose ties


class ItemKNN(Baseline):
    """Items like those the user took: cosine between item columns, shrunk, the k nearest kept.

    k: neighbours an item keeps. shrink: added to the product of norms, so that two rare items are not called twins.
    Source: Sarwar et al. 2001, doi:10.1145/371920.372071; the sparse product is scipy's.
    """

    def __init__(self, k: int = 20, shrink: float = 10.0):
        self.k, self.shrink = as_count("k", k, 1), shrink
        if not shrink >= 0:
            raise ArgumentError(f"shrink is {shrink}; expected at least 0.")

    def _learn(self, interactions):
        pairs = float((np.diff(self.seen.indptr).astype(float) ** 2).sum())  # at most so many entries
        size = self.seen.shape[1]
        check_memory(f"similarities of {size:,} items in histories of up to {np.diff(self.seen.indptr).max():,}",
                     36 * min(pairs, float(size) ** 2), "Leave out the longest histories, or the rarest items.")
        together = (self.seen.T @ self.seen).tocsr()
        together.sort_indices()  # so that ties at a neighbour list's end go to the lower id
        norm = np.sqrt(together.diagonal())
        row = np.repeat(np.arange(len(norm)), np.diff(together.indptr))
        together.data /= norm[row] * norm[together.indices] + self.shrink
        together.setdiag(0)
        self.similarity = _keep_largest(together, self.k)

    def _score(self, users):
        return (self.seen[users] @ self.similarity).toarray()


class EASE(Baseline):
    """A linear item-to-item model in closed form: B = −P / diag(P), P = (XᵀX + l2·I)⁻¹, with a zero diagonal.

    l2: pull towards zero, in events. Needs N² memory and N³ time: for catalogues up to some ten thousand items.
    Source: Steck 2019, arXiv:1905.03375.
    """

    def __init__(self, l2: float = 300.0):
        if not 0 < l2 < np.inf:
            raise ArgumentError(f"l2 is {l2}; expected above 0.")
        self.l2 = l2

    def _learn(self, interactions):
        size = self.seen.shape[1]
        check_memory(f"EASE on {size:,} items", 4 * 4.0 * size**2, "It holds a number for each pair of items: use "
                     "ItemKNN or ALS, or leave out the rarest items.")
        self.weight = ease_weights(self.seen, self.l2)

    def _score(self, users):
        return self.seen[users] @ self.weight


class ALS(Baseline):
    """Matrix factorisation of implicit feedback by alternating least squares; the library is `implicit`.

    dim: width d. l2: regularisation. alpha: weight of an event over a non-event.
    Source: Hu, Koren & Volinsky 2008, doi:10.1109/ICDM.2008.22.
    """

    def __init__(self, dim: int = 64, l2: float = 30.0, alpha: float = 4.0, iterations: int = 15, seed: int = 0):
        self.dim, self.iterations = as_count("dim", dim, 1), as_count("iterations", iterations, 1)
        self.l2, self.alpha, self.seed = l2, alpha, seed
        if not (0 <= l2 < np.inf and 0 < alpha < np.inf):
            raise ArgumentError(f"l2 is {l2}, alpha {alpha}; expected at least 0 and above 0.")

    def _learn(self, interactions):
        from implicit.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, "blas"):
            model = AlternatingLeastSquares(factors=self.dim, regularization=self.l2, alpha=self.alpha,
                                            iterations=self.iterations, random_state=self.seed, num_threads=1)
            model.fit(self.seen, show_progress=False)
        self.user_vectors, self.item_vectors = np.asarray(model.user_factors), np.asarray(model.item_factors)

    def _score(self, users):
        return self.user_vectors[users] @ self.item_vectors.T


def _keep_largest(matrix: sp.csr_matrix, k: int) -> sp.csr_matrix:
    """The k largest entries of each row."""
    matrix.eliminate_zeros()
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((-matrix.data, row))
    rank = np.arange(len(order)) - matrix.indptr[row[order]]
    keep = order[rank < k]
    return sp.csr_matrix((matrix.data[keep], (row[keep], matrix.indices[keep])), shape=matrix.shape)
