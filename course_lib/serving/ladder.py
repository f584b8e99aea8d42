"""What answers when the full system cannot: a ladder of ever simpler lists.

A rung is a retriever with a name. What it offers still passes the hard filters; a rung that is `vetted` (chosen by
hand) may be shown even when a filter itself is down.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, DataError, DayLog, Requests


def by_score(requests: Requests, score: np.ndarray, n: int) -> Candidates:
    """The n eligible items of highest score, float (N,), the same for every request, ties to the smaller id.
    Eligible items beyond N count as score 0."""
    eligible = requests.eligible
    known = eligible < len(score)
    value = np.where(known, score[np.where(known, eligible, 0)], 0.0)
    top = np.argsort(-value, kind="stable")[:n]
    shape = (len(requests), len(top))
    return Candidates(np.broadcast_to(eligible[top], shape).astype(np.int32), np.broadcast_to(value[top], shape).copy())


class PopularFallback:
    """The most taken items, the same for everyone. Counts halve every half_life_days (None: never) and grow by clicks
    through `observe`.

    interactions: table with the column item. n_items: N. name: what the trace calls it.
    """

    vetted = False

    def __init__(self, interactions: pd.DataFrame, n_items: int, half_life_days: float | None = None,
                 name: str = "popular"):
        item = interactions["item"].to_numpy()
        if len(item) and item.max() >= n_items:
            raise DataError(f"interactions hold item {item.max()}, but n_items is {n_items}.")
        self.name, self.half_life_days = name, half_life_days
        self.count = np.bincount(item, minlength=n_items).astype(float)

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n most taken eligible items, the same row for every request."""
        return by_score(requests, self.count, n)

    def observe(self, day_log: DayLog) -> None:
        """Add a day's clicks, after a day's decay."""
        if self.half_life_days:
            self.count *= 0.5 ** (1 / self.half_life_days)
        rows = day_log.impressions
        clicks = np.bincount(rows.loc[rows["click"] == 1, "item"], minlength=len(self.count))
        self.count = np.concatenate([self.count, np.zeros(len(clicks) - len(self.count))]) + clicks


class StaticFallback:
    """A fixed list, chosen by hand and needing nothing: the last rung. items: int (n,), best first."""

    vetted = True

    def __init__(self, items, name: str = "static"):
        self.items, self.name = np.asarray(items, np.int32), name

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The list's items that are eligible, in its order."""
        items = self.items[np.isin(self.items, requests.eligible)][:n]
        shape, score = (len(requests), len(items)), -np.arange(len(items), dtype=float)
        return Candidates(np.broadcast_to(items, shape).copy(), np.broadcast_to(score, shape).copy())
