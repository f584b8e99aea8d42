"""Candidate sources: models of one interface that also answer people whom they were not fitted on.

A source has the interface of `baselines`: fit(interactions, n_users, n_items) and score(users) → float (B, N), higher
is better. Beside it stands score_histories(interactions, n): the scores of n people of whom only these events are
known, such as a newcomer's session. Letters: B people asked, U users, N items, H items of the head, d width.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from course_lib.contracts import DAY_S, ArgumentError, as_count, as_numbers, best_k, check_memory, unit_rows
from course_lib.stages.retrieval.baselines import ALS, Baseline, user_item_matrix
from course_lib.stages.retrieval.histories import (
    aged_history,
    baskets,
    ease_weights,
    values_around_mean,
)


class Source(Baseline):
    """A baseline that turns what somebody took into a profile, and a profile into scores.

    A subclass has `_train(interactions)`, which learns what all share; `profiles(interactions, n)`, a row for each of
    n people; and `answers(profiles)`, float (B, N). So a user asked by id and a newcomer with the same past get the
    same scores. now: seconds that ages are counted back from, the last event known.
    """

    def _learn(self, interactions):
        self.now = float(as_numbers("time of interactions", interactions["time"]).max())
        self._train(interactions)
        self.profile = self.profiles(interactions, self.seen.shape[0])

    def _train(self, interactions) -> None:
        """Nothing, where profiles need nothing that is learnt."""

    def _score(self, users):
        return self.answers(self.profile[users])

    def score_histories(self, interactions, n: int) -> np.ndarray:
        """float (n, N): as score, of n people whose whole past is this: table with user 0 … n − 1, item, time in s,
        perhaps value; at least one event."""
        return np.asarray(self.answers(self.profiles(interactions, n)))

    def observe(self, interactions) -> None:
        """Take note of time and, in a source that counts, of counts. interactions: all that is known by now."""
        self.now = float(interactions["time"].max())

    def _taken(self, interactions, n: int) -> sp.csr_matrix:
        """float32 (n, N), sparse: 1 where an item was taken."""
        return user_item_matrix(interactions, n, self.seen.shape[1])


class HeadEASE(Source):
    """EASE over the `most` most frequent items; all others score 0, so that any catalogue fits into memory.

    l2: pull towards zero, in events. most: items in the model; it needs 16 · most² bytes and most³ time.
    half_life_days: an event this long before the last one counts half in the histories that are asked with; None: all
    count alike. shared: a fitted HeadEASE whose weights are used in place of own ones (its l2 and `most` then hold).
    Raises ArgumentError for settings out of range; BudgetError where memory is short.

    Source: Steck 2019, arXiv:1905.03375. Departs: the head alone; a Cholesky factor in place of a general inverse.
    """

    def __init__(self, l2: float = 300.0, most: int = 5000, half_life_days: float | None = None, shared=None):
        if not 0 < l2 < np.inf:
            raise ArgumentError(f"l2 is {l2}; expected above 0.")
        self.l2, self.most, self.shared = l2, as_count("most", most, 1), shared
        self.half_life_days = None if half_life_days is None else above_zero("half_life_days", half_life_days)

    def _train(self, interactions):
        if self.shared is not None:
            self.head, self.weight = self.shared.head, self.shared.weight
            return
        count = np.asarray(self.seen.sum(0)).ravel()
        self.head = np.sort(np.argsort(-count, kind="stable")[:self.most])
        check_memory(f"EASE on {len(self.head):,} items", 16.0 * len(self.head) ** 2, "Pass a smaller `most`.")
        self.weight = ease_weights(self._rows(interactions)[:, self.head], self.l2)

    def _rows(self, interactions) -> sp.csr_matrix:
        """The matrix X whose columns explain one another, sparse (rows, N)."""
        return self.seen

    def profiles(self, interactions, n):
        if self.half_life_days is None:
            return self._taken(interactions, n)
        return aged_history(interactions, (n, self.seen.shape[1]), self.half_life_days, self.now)

    def answers(self, profiles):
        inside = profiles[:, self.head] @ self.weight                                    # (B, H)
        if len(self.head) == self.seen.shape[1]:
            return inside
        score = np.zeros((profiles.shape[0], self.seen.shape[1]), np.float32)
        score[:, self.head] = inside
        return score


class BasketEASE(HeadEASE):
    """EASE whose rows are baskets, what one user took on one day, asked with a user's whole history: what is taken
    together, rather than what is taken by the same user."""

    def _rows(self, interactions):
        return baskets(interactions, self.seen.shape[1])


class LikedEASE(HeadEASE):
    """EASE on the events whose value is at least their user's mean value, asked with these alone. An event without a
    value counts as liked."""

    def _rows(self, interactions):
        return self.profiles(interactions, self.seen.shape[0])

    def profiles(self, interactions, n):
        liked = values_around_mean(interactions, (n, self.seen.shape[1]))
        liked.data = (liked.data >= 0).astype(np.float32)
        liked.eliminate_zeros()
        return liked


class FoldedALS(Source, ALS):
    """Implicit ALS; an event half_life_days before the last one counts half. Its users' vectors are the least-squares
    solution for the final item vectors, which a newcomer's history gets too.

    half_life_days: inf: all events count alike. settings: as ALS takes them. Raises ArgumentError where half_life_days
    is not above 0.
    """

    def __init__(self, half_life_days: float = np.inf, **settings):
        super().__init__(**settings)
        self.half_life_days = above_zero("half_life_days", half_life_days)

    def _train(self, interactions):
        taken, self.seen = self.seen, self._weights(interactions, self.seen.shape[0])
        ALS._learn(self, interactions)
        self.seen = taken
        del self.user_vectors

    def _weights(self, interactions, n: int) -> sp.csr_matrix:
        return aged_history(interactions, (n, self.seen.shape[1]), self.half_life_days, self.now)

    def profiles(self, interactions, n):
        weights, vectors = self._weights(interactions, n), self.item_vectors.astype(np.float64)
        common = vectors.T @ vectors + self.l2 * np.eye(self.dim)
        solved = np.zeros((n, self.dim), np.float32)
        for start in range(0, n, 1000):
            rows = range(start, min(start + 1000, n))
            left = np.repeat(common[None], len(rows), 0)                                 # (≤ 1000, d, d)
            right = np.zeros((len(rows), self.dim, 1))
            for place, row in enumerate(rows):
                own = slice(weights.indptr[row], weights.indptr[row + 1])
                near, confidence = vectors[weights.indices[own]], self.alpha * weights.data[own].astype(float)
                left[place] += (near.T * (confidence - 1)) @ near
                right[place, :, 0] = confidence @ near
            solved[start:start + 1000] = np.linalg.solve(left, right)[:, :, 0]
        return solved

    def answers(self, profiles):
        return profiles @ self.item_vectors.T


class Content(Source):
    """Cosine of an item's content with the mean content of what the user took. content: float (N, d)."""

    def __init__(self, content):
        self.unit = unit_rows(np.asarray(content, np.float32))

    def _train(self, interactions):
        if len(self.unit) != self.seen.shape[1]:
            raise ArgumentError(f"content has {len(self.unit)} rows for {self.seen.shape[1]} items; expected one each.")

    def profiles(self, interactions, n):
        return unit_rows(self._taken(interactions, n) @ self.unit)

    def answers(self, profiles):
        return profiles @ self.unit.T


class GradedContent(Content):
    """Cosine of an item's content with the sum of the contents a user took, each times its value around their mean."""

    def profiles(self, interactions, n):
        return unit_rows(values_around_mean(interactions, (n, self.seen.shape[1])) @ self.unit)


class UserKNN(Source):
    """What the k most similar users took: cosine of their rows, rare items weighing more, shrunk.

    k: neighbours of a user. shrink: added to the product of lengths, so that two short histories are not called twins.
    Needs 4 · U · (N + 2000) bytes, or raises BudgetError. A user who is asked by history has their own older row among
    the neighbours, which adds only what they have taken.
    Source: Herlocker et al. 1999, doi:10.1145/312624.312682.
    """

    def __init__(self, k: int = 100, shrink: float = 10.0):
        self.k, self.shrink = as_count("k", k, 1), shrink
        if not shrink >= 0:
            raise ArgumentError(f"shrink is {shrink}; expected at least 0.")

    def _learn(self, interactions):
        size, n_items = self.seen.shape
        check_memory(f"rows of {size:,} users × {n_items:,} items", 4.0 * size * (n_items + 2000), "Use ItemKNN.")
        self.rarity = np.log1p(size / (1 + np.asarray(self.seen.sum(0)).ravel())).astype(np.float32)
        rows = (self.seen @ sp.diags(self.rarity)).toarray()                             # (U, N)
        self.length, near = np.maximum(np.linalg.norm(rows, axis=1), 1e-12), []
        for start in range(0, size, 1000):
            alike = rows[start:start + 1000] @ rows.T
            alike[np.arange(len(alike)), start + np.arange(len(alike))] = 0
            near.append(self._nearest(alike, self.length[start:start + 1000]))
        self.now, self.profile = 0.0, sp.vstack(near).tocsr()
        self.takers = self.seen.T.tocsr()                                                # (N, U)

    def _nearest(self, product: np.ndarray, length: np.ndarray) -> sp.csr_matrix:
        """float (B, U), sparse: likeness of the k nearest. product: float (B, U) of rows. length: float (B,)."""
        alike = product / (length[:, None] * self.length + self.shrink)
        top = best_k(alike, min(self.k, alike.shape[1]))
        place = np.repeat(np.arange(len(alike)), top.shape[1]), top.ravel()
        return sp.csr_matrix((alike[place], place), alike.shape)

    def profiles(self, interactions, n):
        weighed = self._taken(interactions, n) @ sp.diags(self.rarity)
        length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(1)).ravel())
        return self._nearest((weighed @ sp.diags(self.rarity) @ self.takers).toarray(), np.maximum(length, 1e-12))

    def answers(self, profiles):
        return (profiles @ self.seen).toarray()


class RecentCounts(Source):
    """log(1 + events of an item in the `days` that end `days_ago` before the last event of all), alike for everyone.

    Raises ArgumentError where days is not above 0 or days_ago is below 0.
    """

    def __init__(self, days: float = np.inf, days_ago: float = 0.0):
        self.days, self.days_ago = above_zero("days", days), days_ago
        if not 0 <= days_ago < np.inf:
            raise ArgumentError(f"days_ago is {days_ago}; expected at least 0.")

    def _train(self, interactions):
        time = interactions["time"].to_numpy()
        age_days = (time.max() - time) / DAY_S - self.days_ago
        inside = (age_days >= 0) & (age_days < self.days)
        count = np.bincount(interactions["item"].to_numpy()[inside], minlength=self.seen.shape[1])
        self.counts = np.log1p(count).astype(np.float32)

    def observe(self, interactions):
        super().observe(interactions)
        self._train(interactions)

    def profiles(self, interactions, n):
        return np.zeros(n, np.int8)

    def answers(self, profiles):
        return np.broadcast_to(self.counts, (len(profiles), len(self.counts)))


def above_zero(name: str, value: float) -> float:
    """value. Raises ArgumentError unless it is above 0; infinity is."""
    if not value > 0:
        raise ArgumentError(f"{name} is {value}; expected above 0.")
    return value
