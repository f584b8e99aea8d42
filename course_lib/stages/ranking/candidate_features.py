"""What the ranker knows of a candidate: what each source says of it, and plain facts of item and user.

One class computes the features for training and for serving. Letters: B users, N items, U users known, C candidates,
n rows, F features.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, Catalog

PRIOR_EVENTS = 10.0  # events at the overall mean that every item's mean value starts with
MONEY = 100.0        # values that run above this are amounts, not grades, and are taken as logarithms


class CandidateFeatures:
    """Features of candidates out of `interactions` (user, item, time in s, perhaps value): the past that may be used.

    n_users: U. catalog: price and year become two features each, where they differ. timed: whether the last event of
    `interactions` is the moment of asking. Only then are ages features: under a split at random, the dates of other
    people's events tell what is held out.
    """

    def __init__(self, interactions: pd.DataFrame, n_users: int, catalog: Catalog, *, timed: bool):
        user, item = interactions["user"].to_numpy(), interactions["item"].to_numpy()
        self.n_users, self.n_items = n_users, len(catalog.items)
        popularity = np.log1p(np.bincount(item, minlength=self.n_items)).astype(np.float32)
        activity = np.log1p(np.bincount(user, minlength=self.n_users)).astype(np.float32)
        self.by_item, self.by_user = {"popularity": popularity}, {"activity": activity}
        self.gaps = {"popularity": (popularity, self._mean_of_user(user, popularity[item]))}
        for name, value in _numbers(catalog.items).items():
            self.by_item[name] = value
            self.gaps[name] = value, self._mean_of_user(user, value[item])
        if "value" in interactions and interactions["value"].notna().any():
            self._values(user, item, interactions["value"].to_numpy(float))
        if timed:
            self._ages(user, item, interactions["time"].to_numpy())

    def __call__(self, users: np.ndarray, item: np.ndarray, key: np.ndarray, scores: dict, free: np.ndarray,
                 pick: np.ndarray) -> np.ndarray:
        """float32 (n, F): a row for each True of pick, user by user; the columns are those of `names`.

        users: int (B,). item: int (B, C), -1 pads. key: float (B, C), the weighted best rank of each. scores: {source:
        float (B, N)}. free: bool (B, N), the items over which a user's scores are standardised. pick: bool (B, C), no
        padding among them.
        """
        row, place = np.nonzero(pick)
        who, what = users[row], item[row, place]
        columns = [np.log1p(key[row, place])]
        for score in scores.values():
            near = np.where(item >= 0, np.take_along_axis(score, np.maximum(item, 0), 1), -np.inf)      # (B, C)
            rank = np.argsort(np.argsort(-near, axis=1, kind="stable"), axis=1, kind="stable")
            mean, deviation = spread(score, free)
            columns += [(near[row, place] - mean[row]) / deviation[row], np.log1p(rank[row, place])]
        columns += [value[what] for value in self.by_item.values()]
        columns += [value[who] for value in self.by_user.values()]
        columns += [value[what] - mean[who] for value, mean in self.gaps.values()]
        return np.column_stack(columns).astype(np.float32, copy=False)

    def names(self, sources) -> list[str]:
        """Names of the F columns for sources of these names, in order."""
        said = [name for source in sources for name in (f"{source}_score", f"{source}_rank")]
        return ["best_rank", *said, *(f"item_{name}" for name in self.by_item),
                *(f"user_{name}" for name in self.by_user), *(f"{name}_gap" for name in self.gaps)]

    def _values(self, user: np.ndarray, item: np.ndarray, value: np.ndarray) -> None:
        """Mean value of item and of user, and how often an item was worth at least its user's mean. value: float (n,),
        NaN where there is none; where values run above MONEY, log(1 + value) is taken."""
        there = ~np.isnan(value)
        user, item, value = user[there], item[there], value[there]
        value = np.log1p(np.maximum(value, 0)) if value.max() > MONEY else value
        mean = self._mean_of_user(user, value)
        self.by_item["mean_value"], self.by_user["mean_value"] = smoothed_mean(item, value, self.n_items), mean
        self.by_item["liked"] = np.log1p(np.bincount(item[value >= mean[user]], minlength=self.n_items)).astype(
            np.float32)

    def _mean_of_user(self, user: np.ndarray, value: np.ndarray) -> np.ndarray:
        """float32 (U,): mean value of each user's events; of all events for a user without any."""
        count = np.bincount(user, minlength=self.n_users)
        total = np.bincount(user, value, minlength=self.n_users)
        return np.where(count > 0, total / np.maximum(count, 1), value.mean()).astype(np.float32)

    def _ages(self, user: np.ndarray, item: np.ndarray, time: np.ndarray) -> None:
        """log(1 + days) since the first and since the last event of each item and user. Without any, the first counts
        as just now and the last as long ago as the table reaches."""
        age = (time.max() - time) / DAY_S
        for ids, size, kept in ((item, self.n_items, self.by_item), (user, self.n_users, self.by_user)):
            first, last = np.zeros(size), np.full(size, age.max())
            np.maximum.at(first, ids, age)
            np.minimum.at(last, ids, age)
            kept["since_first"], kept["since_last"] = (np.log1p(days).astype(np.float32) for days in (first, last))


def _numbers(items: pd.DataFrame) -> dict[str, np.ndarray]:
    """{name: float32 (N,)}: the columns price and year, where they differ; prices as logarithms, gaps by the median."""
    found = {}
    for name in ("price", "year"):
        if name in items:
            value = pd.to_numeric(items[name], errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)
            value = value.fillna(value.median()).to_numpy()
            if len(np.unique(value[~np.isnan(value)])) > 1:
                found[name] = (np.log(np.maximum(value, 0.01)) if name == "price" else value).astype(np.float32)
    return found


def smoothed_mean(item: np.ndarray, value: np.ndarray, n_items: int) -> np.ndarray:
    """float32 (N,): mean value of each item, drawn to the overall mean as by PRIOR_EVENTS events.

    item: int (n,). value: float (n,).
    """
    total = np.bincount(item, value, minlength=n_items) + PRIOR_EVENTS * value.mean()
    return (total / (np.bincount(item, minlength=n_items) + PRIOR_EVENTS)).astype(np.float32)


def spread(score: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each row of score, (B, N), over the items that are free, bool (B, N): float (B,)
    each; a deviation of 0 is given as 1."""
    count = np.maximum(free.sum(1), 1)
    mean = np.einsum("bn,bn->b", score, free, dtype=np.float32) / count
    square = np.einsum("bn,bn,bn->b", score, score, free, dtype=np.float32) / count
    deviation = np.sqrt(np.maximum(square - mean**2, 0))
    return mean, np.where(deviation > 1e-6, deviation, 1)
