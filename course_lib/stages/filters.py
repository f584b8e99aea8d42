"""Hard filters between retrieval and ranking: what must not be shown, and why, in the reader's words.

A filter answers yes or no. What is a matter of degree belongs to the ranker; what depends on the rest of the slate
belongs to the re-ranker. Axis letters: B requests, C candidates, N items.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import (
    ArgumentError,
    Catalog,
    DataError,
    DayLog,
    Requests,
    ShapeError,
    as_count,
    as_ids,
    as_numbers,
    check_labels,
)


class Eligible:
    """Keeps what `requests.eligible` allows today; in the world that covers births, deaths and stock."""

    reason = "not on offer today"

    def keep(self, requests: Requests, item: np.ndarray) -> np.ndarray:
        """bool (B, C): item, int (B, C), is in requests.eligible. Padding (-1) is never kept."""
        item, eligible = np.asarray(item), np.asarray(requests.eligible)
        if not len(eligible):
            return np.zeros(item.shape, bool)
        if (eligible[1:] < eligible[:-1]).any():
            eligible = np.sort(eligible)
        place = np.searchsorted(eligible, item)
        return (eligible[np.minimum(place, len(eligible) - 1)] == item) & (item >= 0)


class AlreadySeen:
    """Keeps what the person has not taken yet.

    interactions: table with columns user and item, int; grows by clicked impressions through `observe`.
    reason: the words of the trace ("already watched" for films). forget_days: None keeps the ban for ever, else an
    item may come back that many days after (interactions then need a time column, seconds). Raises DataError for a
    missing column, ArgumentError for ids or times that are none, or days below 0.
    """

    def __init__(self, interactions: pd.DataFrame, reason: str = "already watched", forget_days: float | None = None):
        if forget_days is not None and not forget_days >= 0:
            raise ArgumentError(f"forget_days is {forget_days}; expected days of at least 0, or None.")
        missing = {"user", "item"} | ({"time"} if forget_days is not None else set())
        missing -= set(interactions.columns)
        if missing:
            raise DataError(f"interactions lack the columns {sorted(missing)}; they have {list(interactions.columns)}.")
        self.reason, self.forget_days = reason, forget_days
        self._pair, self._time = np.empty(0, np.int64), np.empty(0)
        self._add(interactions)

    def _add(self, rows: pd.DataFrame) -> None:
        """Merge rows (user, item, time) into the sorted pairs; the latest time of a pair stands."""
        pair = (as_ids("user", rows["user"], 2**31) << 32) | as_ids("item", rows["item"], 2**31)
        time = as_numbers("time", rows["time"]) if self.forget_days is not None else np.zeros(len(rows))
        pair, time = np.concatenate([self._pair, pair]), np.concatenate([self._time, time])
        order = np.lexsort((time, pair))
        pair, time = pair[order], time[order]
        last = np.append(pair[1:] != pair[:-1], True)[: len(pair)]
        self._pair, self._time = pair[last], time[last]

    def keep(self, requests: Requests, item: np.ndarray) -> np.ndarray:
        """bool (B, C): the person of the request has not taken item, int (B, C)."""
        item = np.asarray(item)
        if not len(self._pair):
            return np.ones(item.shape, bool)
        pair = (requests.user.astype(np.int64)[:, None] << 32) | np.maximum(item, 0).astype(np.int64)
        place = np.minimum(np.searchsorted(self._pair, pair), len(self._pair) - 1)
        seen = self._pair[place] == pair
        if self.forget_days is not None:
            seen &= requests.time[:, None] - self._time[place] < self.forget_days * 86_400
        return ~seen

    def observe(self, day_log: DayLog) -> None:
        """Learn a day's clicks. Raises ArgumentError for a click that is not 0 or 1."""
        check_labels("click of impressions", day_log.impressions["click"])
        clicked = day_log.impressions[day_log.impressions["click"] == 1]
        if len(clicked):
            self._add(clicked[["user", "item", "time"]])


class PolicyScore:
    """Keeps items whose policy score (0 safe … 1 not) is at most `max`. Items without a score are not kept.

    Learns the scores of newborn items through `observe`.
    """

    def __init__(self, max: float, catalog: Catalog):  # noqa: A002 - the reader's word
        if not 0 <= max <= 1:
            raise ArgumentError(f"max is {max}; a policy score lies in [0, 1].")
        self.max = max
        self.reason = f"policy score above {max:g}"
        self._score = _grow(np.empty(0), catalog, "policy_score")

    def keep(self, requests: Requests, item: np.ndarray) -> np.ndarray:
        """bool (B, C): score of item, int (B, C), is known and at most max."""
        item = np.asarray(item)
        known = (item >= 0) & (item < len(self._score))
        return known & (self._score[np.where(known, item, 0)] <= self.max)

    def observe(self, day_log: DayLog) -> None:
        """Learn the policy scores of the items born that day."""
        self._score = _grow(self._score, day_log.new_items, "policy_score")


class Support:
    """Keeps items that at least `least` people have taken: with fewer, no later stage can judge them.

    interactions: table with the column item. Clicks of a day are added through `observe`.
    """

    def __init__(self, interactions: pd.DataFrame, n_items: int, least: int = 5, noun: str = "ratings"):
        item = as_ids("item of interactions", interactions["item"])
        self._count = np.bincount(item, minlength=as_count("n_items", n_items))
        self.least, self.reason = least, f"fewer than {least} {noun}"

    def keep(self, requests: Requests, item: np.ndarray) -> np.ndarray:
        """bool (B, C): item, int (B, C), has been taken at least `least` times. Unknown items have not."""
        item = np.asarray(item)
        known = (item >= 0) & (item < len(self._count))
        return known & (self._count[np.where(known, item, 0)] >= self.least)

    def observe(self, day_log: DayLog) -> None:
        """Count a day's clicks. Raises ArgumentError for a click that is not 0 or 1."""
        rows = day_log.impressions
        check_labels("click of impressions", rows["click"])
        clicks = np.bincount(rows.loc[rows["click"] == 1, "item"].to_numpy(int), minlength=len(self._count))
        clicks[: len(self._count)] += self._count
        self._count = clicks


class InStock:
    """Keeps items of which at least one is left. stock: int (N,); change it in place, or call `sold(item)`.

    Raises ShapeError, ArgumentError for a stock that is no whole number.
    """

    reason = "sold out"

    def __init__(self, stock: np.ndarray):
        pieces = as_numbers("stock", stock)
        if pieces.ndim != 1:
            raise ShapeError(f"stock has shape {pieces.shape}; expected one number an item, (N,).")
        if (pieces % 1).any():
            first = int(np.flatnonzero(pieces % 1)[0])
            raise ArgumentError(f"stock of item {first} is {pieces[first]:g}; expected whole pieces.")
        self.stock = pieces.astype(np.int64)

    def keep(self, requests: Requests, item: np.ndarray) -> np.ndarray:
        """bool (B, C): item, int (B, C), has stock above 0."""
        item = np.asarray(item)
        if item.size and item.max() >= len(self.stock):
            first = tuple(int(i) for i in np.argwhere(item >= len(self.stock))[0])
            raise ArgumentError(f"item {int(item[first])} at {first} is outside the {len(self.stock)} items of known "
                                f"stock. Build the filter from today's catalogue.")
        return self.stock[np.maximum(item, 0)] > 0

    def sold(self, item: np.ndarray) -> None:
        """Take one of each item, int (n,), off the shelf; an item may stand there more than once.

        Raises UnknownIdError for an item without a stock, ArgumentError for ids that are none (-1 is no sale).
        """
        np.subtract.at(self.stock, as_ids("item", item, len(self.stock)), 1)


def _grow(values: np.ndarray, new_items: Catalog | None, column: str) -> np.ndarray:
    """values, float (N,), lengthened to hold `column` of new_items at their ids; ids between stay NaN."""
    if new_items is None or not len(new_items.items):
        return values
    born = as_ids("the index of catalogue items", new_items.items.index)
    if column not in new_items.items:
        raise DataError(f"catalogue items have no column {column!r}; they have {list(new_items.items)}.")
    grown = np.full(max(len(values), int(born.max()) + 1), np.nan)
    grown[: len(values)] = values
    grown[born] = new_items.items[column].to_numpy(float)
    return grown
