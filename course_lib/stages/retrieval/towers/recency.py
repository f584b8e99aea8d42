"""Recency as an input: how often each item was taken lately, as of any moment, in windows from a day to a season.

A count that forgets by half in h days is a window with soft edges. It needs one number an item and can be brought
forward in time without the events that made it.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import DAY_S, ArgumentError, as_ids, as_numbers

HALF_LIVES_DAYS = (1.0, 3.0, 10.0, 30.0, 90.0)
_FLOOR = 0.02  # counts below this are as good as none; it keeps the log finite


class RecencyClock:
    """Decayed counts of N items at chosen moments, and the features made of them.

    time: float (E,), s, ascending. item: int (E,). edges: float (T,), s, ascending moments; the state at an edge
    holds events strictly before it. half_lives: days.
    counts: float32 (T, N, H). Raises ArgumentError for NaN, times that go back or a half-life not above 0;
    UnknownIdError for an item outside N.
    """

    def __init__(self, time, item, n_items: int, edges, half_lives=HALF_LIVES_DAYS):
        self.n_items, self.edges = n_items, as_numbers("edges", edges)
        time, item = as_numbers("time", time), as_ids("item", item, n_items)
        self.half_lives = as_numbers("half_lives", half_lives, low=np.nextafter(0, 1))
        if (np.diff(time) < 0).any() or (np.diff(self.edges) < 0).any():
            raise ArgumentError("time or edges go back; expected both ascending. Sort the events by time.")
        self.counts = np.zeros((len(self.edges), n_items, len(self.half_lives)), np.float32)
        state, last, start = np.zeros((n_items, len(self.half_lives))), self.edges[0], 0
        for number, edge in enumerate(self.edges):
            stop = np.searchsorted(time, edge, "left")
            state = bring_forward(state, last, edge, time[start:stop], item[start:stop], self.half_lives)
            self.counts[number], last, start = state, edge, stop
        final = np.log(self.counts[-1] + _FLOOR)
        self.mean, self.scale = final.mean(0), final.std(0) + 1e-6

    def features(self, number: int, items=slice(None)) -> np.ndarray:
        """float32 (M, H): standardised log counts of `items` at edge `number`."""
        return self.standardise(self.counts[number][items])

    def standardise(self, counts) -> np.ndarray:
        """float32: log of decayed counts (…, H), with mean 0 and deviation 1 over items at the last edge."""
        return ((np.log(counts + _FLOOR) - self.mean) / self.scale).astype(np.float32)

    def edge_before(self, time, lag_s: float = 0.0):
        """Number of the last edge at or before time − lag_s; the first edge for anything earlier."""
        return np.maximum(0, np.searchsorted(self.edges, np.asarray(time) - lag_s, "right") - 1)


def bring_forward(state, last: float, now: float, time, item, half_lives) -> np.ndarray:
    """Decayed counts at `now`, float (N, H), from those at `last` and the events in between (time float (E,), s)."""
    half_lives = np.asarray(half_lives, float)
    state = state * 2.0 ** (-(now - last) / DAY_S / half_lives)
    for column, half_life in enumerate(half_lives):
        weight = 2.0 ** (-(now - np.asarray(time)) / DAY_S / half_life)
        state[:, column] += np.bincount(item, weights=weight, minlength=len(state))
    return state
