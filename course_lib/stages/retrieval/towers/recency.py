"""Recency as an input: how often each item was taken lately, as of any moment, in windows from a day to a season.

A count that forgets by half in h days is a window with soft edges. At moment t it needs only its value just after the
item's latest event before t: it has faded since. So one number an event and half-life is kept, E·H in all, and M items
at a moment cost M searches, whatever the size of the catalogue.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import DAY_S, ArgumentError, as_ids, as_numbers

HALF_LIVES_DAYS = (1.0, 3.0, 10.0, 30.0, 90.0)
_FLOOR = 0.02  # counts below this are as good as none; it keeps the log finite


class RecencyClock:
    """Decayed counts of N items as of any moment, and the features made of them.

    time: float (E,), s, ascending. item: int (E,). edges: float (T,), s, ascending moments that cut time into
    stretches; features are standardised as of the last. half_lives: days. Raises ArgumentError for NaN, times that go
    back or a half-life not above 0; UnknownIdError for an item outside N.
    """

    def __init__(self, time, item, n_items: int, edges, half_lives=HALF_LIVES_DAYS):
        self.n_items, self.edges = n_items, as_numbers("edges", edges)
        time, item = as_numbers("time", time), as_ids("item", item, n_items)
        self.half_lives = as_numbers("half_lives", half_lives, low=np.nextafter(0, 1))
        if (np.diff(time) < 0).any() or (np.diff(self.edges) < 0).any():
            raise ArgumentError("time or edges go back; expected both ascending. Sort the events by time.")
        order = np.argsort(item, kind="stable")
        self.time, self.first = time[order], np.searchsorted(item[order], np.arange(n_items + 1))
        self.after = _faded_sums(self.time, self.first, self.half_lives)
        final = np.log(self.counts(self.edges[-1]) + _FLOOR)
        self.mean, self.scale = final.mean(0), final.std(0) + 1e-6

    def counts(self, moment: float, items=None) -> np.ndarray:
        """float64 (M, H): what is left at `moment`, s, of the events of `items`, int (M,), strictly before it.

        items: None for all N."""
        items = np.arange(self.n_items) if items is None else items
        if not len(self.time):
            return np.zeros((len(items), len(self.half_lives)))
        row = _last_before(self.time, self.first[items], self.first[items + 1], moment)
        held = row >= self.first[items]
        row = np.where(held, row, 0)
        since = np.where(held, moment - self.time[row], np.inf)
        return self.after[row] * 2.0 ** (-since[:, None] / DAY_S / self.half_lives)

    def features(self, moment: float, items=None) -> np.ndarray:
        """float32 (M, H): standardised log counts of `items` at `moment`."""
        return self.standardise(self.counts(moment, items))

    def standardise(self, counts) -> np.ndarray:
        """float32: log of decayed counts (…, H), with mean 0 and deviation 1 over items at the last edge."""
        return ((np.log(counts + _FLOOR) - self.mean) / self.scale).astype(np.float32)

    def edge_before(self, time):
        """Number of the last edge at or before `time`; the first edge for anything earlier."""
        return np.maximum(0, np.searchsorted(self.edges, np.asarray(time), "right") - 1)


def bring_forward(state, last: float, now: float, time, item, half_lives) -> np.ndarray:
    """Decayed counts at `now`, float (N, H), from those at `last` and the events in between (time float (E,), s)."""
    half_lives = np.asarray(half_lives, float)
    state = state * 2.0 ** (-(now - last) / DAY_S / half_lives)
    for column, half_life in enumerate(half_lives):
        weight = 2.0 ** (-(now - np.asarray(time)) / DAY_S / half_life)
        state[:, column] += np.bincount(item, weights=weight, minlength=len(state))
    return state


def _last_before(time, low, high, moment) -> np.ndarray:
    """int (M,): last row in low … high − 1 whose time is before `moment`; low − 1 where there is none."""
    first, low, high = low, low.copy(), high.copy()
    while (low < high).any():
        middle = (low + high) // 2
        before = (low < high) & (time[np.minimum(middle, len(time) - 1)] < moment)
        high = np.where(before | (low >= high), high, middle)
        low = np.where(before, middle + 1, low)
    return np.maximum(low - 1, first - 1)


def _faded_sums(time, first, half_lives) -> np.ndarray:
    """float64 (E, H): decayed count just after each event; time ascends within each item's rows first[i]:first[i+1]."""
    total, size = np.ones((len(time), len(half_lives))), np.diff(first)
    item = np.argsort(-size, kind="stable")
    for rank in range(1, size.max(initial=0)):
        item = item[: np.searchsorted(-size[item], -rank, "left")]  # items with more than `rank` events
        row = first[item] + rank
        gap = (time[row] - time[row - 1])[:, None] / DAY_S
        total[row] += total[row - 1] * 2.0 ** (-gap / half_lives)
    return total
