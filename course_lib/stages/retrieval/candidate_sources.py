"""Candidate sources: models of one interface, and a choice of them that follows from what a table holds.

Every source has the interface of `baselines`: fit(interactions, n_users, n_items) and score(users) → float (B, N),
higher is better. Letters: B users asked, U users, N items, H items of the head, d width of the content.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

from course_lib.contracts import DAY_S, ArgumentError, as_count, best_k, check_memory
from course_lib.stages.retrieval.baselines import ALS, Baseline, user_item_matrix
from course_lib.stages.retrieval.histories import (
    aged_history,
    baskets,
    ease_weights,
    unit_rows,
    values_around_mean,
)

YEAR_DAYS = 365.25
MOST_CELLS = 50_000_000  # users × items, for what needs them dense: 200 MB


class HeadEASE(Baseline):
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

    def _learn(self, interactions):
        self.history = self.seen
        if self.half_life_days is not None:
            self.history = aged_history(interactions, self.seen.shape, self.half_life_days)
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

    def _score(self, users):
        inside = self.history[users][:, self.head] @ self.weight                         # (B, H)
        if len(self.head) == self.seen.shape[1]:
            return inside
        score = np.zeros((len(users), self.seen.shape[1]), np.float32)
        score[:, self.head] = inside
        return score


class BasketEASE(HeadEASE):
    """EASE whose rows are baskets, what one user took on one day, asked with a user's whole history: what is taken
    together, rather than what is taken by the same user."""

    def _rows(self, interactions):
        return baskets(interactions, self.seen.shape[1])


class LikedEASE(HeadEASE):
    """EASE on the events whose value is at least their user's mean value, asked with these alone."""

    def _rows(self, interactions):
        graded = values_around_mean(interactions, self.seen.shape)
        graded.data = (graded.data >= 0).astype(np.float32)
        graded.eliminate_zeros()
        self.history = graded
        return graded


class AgedALS(ALS):
    """Implicit ALS on a matrix in which an event half_life_days before the last one counts half.

    settings: as ALS takes them. Raises ArgumentError where half_life_days is not above 0.
    """

    def __init__(self, half_life_days: float, **settings):
        super().__init__(**settings)
        self.half_life_days = above_zero("half_life_days", half_life_days)

    def _learn(self, interactions):
        taken, self.seen = self.seen, aged_history(interactions, self.seen.shape, self.half_life_days)
        super()._learn(interactions)
        self.seen = taken


class Content(Baseline):
    """Cosine of an item's content with the mean content of what the user took. content: float (N, d)."""

    def __init__(self, content):
        self.unit = unit_rows(np.asarray(content, np.float32))

    def _learn(self, interactions):
        if len(self.unit) != self.seen.shape[1]:
            raise ArgumentError(f"content has {len(self.unit)} rows for {self.seen.shape[1]} items; expected one each.")
        self.profile = unit_rows(self._histories(interactions) @ self.unit)

    def _histories(self, interactions) -> sp.csr_matrix:
        return self.seen

    def _score(self, users):
        return self.profile[users] @ self.unit.T


class GradedContent(Content):
    """Cosine of an item's content with the sum of the contents a user took, each times its value around their mean."""

    def _histories(self, interactions):
        return values_around_mean(interactions, self.seen.shape)


class UserKNN(Baseline):
    """What the k most similar users took: cosine of their rows, rare items weighing more, shrunk.

    k: neighbours of a user. shrink: added to the product of lengths, so that two short histories are not called twins.
    Needs 4 · U · (N + 2000) bytes, or raises BudgetError.
    Source: Herlocker et al. 1999, doi:10.1145/312624.312682.
    """

    def __init__(self, k: int = 100, shrink: float = 10.0):
        self.k, self.shrink = as_count("k", k, 1), shrink
        if not shrink >= 0:
            raise ArgumentError(f"shrink is {shrink}; expected at least 0.")

    def _learn(self, interactions):
        size, n_items = self.seen.shape
        check_memory(f"rows of {size:,} users × {n_items:,} items", 4.0 * size * (n_items + 2000), "Use ItemKNN.")
        rarity = np.log1p(size / (1 + np.asarray(self.seen.sum(0)).ravel())).astype(np.float32)
        rows = (self.seen @ sp.diags(rarity)).toarray()                                  # (U, N)
        length, near = np.maximum(np.linalg.norm(rows, axis=1), 1e-12), []
        for start in range(0, size, 1000):
            alike = rows[start:start + 1000] @ rows.T
            alike /= length[start:start + 1000, None] * length + self.shrink
            alike[np.arange(len(alike)), start + np.arange(len(alike))] = 0
            top = best_k(alike, min(self.k, size))
            place = np.repeat(np.arange(len(alike)), top.shape[1]), top.ravel()
            near.append(sp.csr_matrix((alike[place], place), alike.shape))
        self.similarity = sp.vstack(near).tocsr()

    def _score(self, users):
        return (self.similarity[users] @ self.seen).toarray()


class RecentCounts(Baseline):
    """log(1 + events of an item in the `days` that end `days_ago` before the last event of all), alike for everyone.

    Raises ArgumentError where days is not above 0 or days_ago is below 0.
    """

    def __init__(self, days: float = np.inf, days_ago: float = 0.0):
        self.days, self.days_ago = above_zero("days", days), days_ago
        if not 0 <= days_ago < np.inf:
            raise ArgumentError(f"days_ago is {days_ago}; expected at least 0.")

    def _learn(self, interactions):
        time = interactions["time"].to_numpy()
        age_days = (time.max() - time) / DAY_S - self.days_ago
        inside = (age_days >= 0) & (age_days < self.days)
        count = np.bincount(interactions["item"].to_numpy()[inside], minlength=self.seen.shape[1])
        self.counts = np.log1p(count).astype(np.float32)

    def _score(self, users):
        return np.broadcast_to(self.counts, (len(users), len(self.counts)))


def default_sources(interactions, content=None, *, l2: float = 300.0, horizon_days: float | None = None,
                    seed: int = 0) -> dict[str, Baseline]:
    """The sources that a table calls for, not fitted, in the order in which they have to be fitted.

    interactions: all that is known (user, item, time in seconds, perhaps value). content: float (N, d) or None. l2: of
    EASE, in events. horizon_days: how far ahead is to be recommended, where the split is by time; it sets how fast the
    past ages. None: the split is at random.
    Always EASE, ALS and popularity, and content where there is any. Where values are grades, also EASE on what was
    liked and content on signed grades. By time, also what ages. At random, also EASE at an eighth of l2, similar users
    where the table is small, and baskets where users come back on other days. Returns {name: source}.
    """
    ease = HeadEASE(l2)
    sources = {"ease": ease, "ease_sharp": HeadEASE(l2 / 8), "als": ALS(64, seed=seed), "popular": RecentCounts()}
    if content is not None and np.size(content):
        sources["content"] = Content(content)
    if are_grades(interactions):
        sources["liked"] = LikedEASE(l2)
        if "content" in sources:
            sources["content_graded"] = GradedContent(content)
    if horizon_days is not None:
        del sources["ease_sharp"]
        sources |= timed_sources(ease, horizon_days, span_of(interactions), seed)
    else:
        if (int(interactions["user"].max()) + 1) * (int(interactions["item"].max()) + 1) <= MOST_CELLS:
            sources["users_alike"] = UserKNN()
        if come_back(interactions):
            sources["baskets"] = BasketEASE(l2)
    return sources


def timed_sources(ease: HeadEASE, horizon_days: float, span_days: float, seed: int = 0) -> dict[str, Baseline]:
    """What ages: histories weighted by recency, counts of four windows, and last year's season where there was one."""
    sources = {"ease_recent": HeadEASE(half_life_days=2 * horizon_days, shared=ease),
               "als_recent": AgedALS(2 * horizon_days, dim=64, seed=seed)}
    for name, share in (("hottest", 1 / 12), ("hot", 1 / 4), ("recent", 1), ("season", 3)):
        sources[name] = RecentCounts(share * horizon_days)
    if horizon_days < YEAR_DAYS < span_days:
        sources["last_year"] = RecentCounts(horizon_days, YEAR_DAYS - horizon_days)
    return sources


def are_grades(interactions, most_kinds: int = 20) -> bool:
    """Whether there is a column `value` of more than one and at most `most_kinds` different values: a rating."""
    return "value" in interactions and 1 < interactions["value"].nunique() <= most_kinds


def come_back(interactions, least_days: int = 3) -> bool:
    """Whether the middle user, among those with `least_days` events or more, took something on as many days."""
    day = (interactions["time"] // DAY_S).astype("int64")
    of_user = pd.DataFrame({"user": interactions["user"], "day": day}).groupby("user")["day"].agg(["size", "nunique"])
    return bool(of_user.loc[of_user["size"] >= least_days, "nunique"].median() >= least_days)


def span_of(interactions) -> float:
    """Days from the first event to the last."""
    return float(interactions["time"].max() - interactions["time"].min()) / DAY_S


def fit_all(sources: dict[str, Baseline], interactions, n_users: int, n_items: int) -> dict[str, Baseline]:
    """Fit each source on the same interactions (user, item, time in seconds). Returns sources."""
    for source in sources.values():
        source.fit(interactions, n_users, n_items)
    return sources


def choose_l2(train, valid, n_users: int, n_items: int, grid=(100.0, 200.0, 400.0), *, n_judges: int = 2000,
              seed: int = 0) -> float:
    """The l2 of `grid` at which HeadEASE, fitted on train, has the best NDCG@10 on valid; ties to the first.

    train, valid: tables of user, item, time. n_judges: at most so many users of valid, drawn by seed, are judged by;
    those without an event in train are not. Returns the middle of the grid where there is no judge.
    """
    wanted = user_item_matrix(valid, n_users, n_items)
    users = np.intersect1d(valid["user"], train["user"])
    users = np.sort(np.random.default_rng(seed).permutation(users)[:n_judges])
    if not len(users) or len(grid) == 1:
        return float(grid[len(grid) // 2])
    discount = 1 / np.log2(np.arange(2, 12))
    ideal = np.cumsum(discount)[np.minimum(np.diff(wanted.indptr)[users], 10) - 1]
    gain = {}
    for l2 in grid:
        model, got = HeadEASE(l2).fit(train, n_users, n_items), 0.0
        for start in range(0, len(users), 256):
            part = users[start:start + 256]
            top = model.recommend(part, 10)
            hit = np.take_along_axis(wanted[part].toarray() > 0, np.maximum(top, 0), 1) & (top >= 0)
            got += float(((hit @ discount) / ideal[start:start + 256]).sum())
        gain[l2] = got
    return float(max(gain, key=gain.get))


def above_zero(name: str, value: float) -> float:
    """value. Raises ArgumentError unless it is above 0; infinity is."""
    if not value > 0:
        raise ArgumentError(f"{name} is {value}; expected above 0.")
    return value
