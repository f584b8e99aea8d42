"""A log as it looked at a moment, and how fast and how broadly what is wanted moves on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, ArgumentError


def stand_at(events, until: float, fractions=(0.8, 0.1, 0.1)):
    """(train, valid, test) of the first share `until` of the events, cut by time; test has only users who came before.

    events: user, item, time (s). Events at a cutoff go to the later part. Raises ArgumentError for a share that is not
    above 0 and up to 1.
    """
    if not 0 < until <= 1:
        raise ArgumentError(f"until is {until}; expected a share above 0 and up to 1.")
    events = events[events.time <= events.time.quantile(until)]
    time = events.time.to_numpy()
    at = np.round(np.cumsum(fractions[:2]) * len(time)).astype(int)
    part = np.searchsorted(np.sort(time)[at], time, side="right")
    train, valid, test = (events[part == number].reset_index(drop=True) for number in range(3))
    return train, valid, test[test.user.isin(events.user[part < 2])]


def chart_persistence(events, days: float = 28.0, top: int = 100) -> float:
    """Share of the `top` most taken items of a stretch of `days` that are among those of the next, mean over stretches.

    events: item, time (s). 1: the chart stands still. Raises ArgumentError where the log has no two whole stretches.
    """
    stretch = ((events.time - events.time.min()) // (days * DAY_S)).astype(int).to_numpy()
    whole = stretch.max()                                              # the last one is not over yet
    if whole < 2:
        raise ArgumentError(f"the log has {whole} whole stretches of {days:g} days; expected 2 or more.")
    item = events["item"].to_numpy()
    charts = [set(pd.Series(item[stretch == number]).value_counts().index[:top]) for number in range(whole)]
    kept = [len(one & other) / max(len(one), 1) for one, other in zip(charts, charts[1:], strict=False) if one]
    return float(np.mean(kept))


def best_chart_share(test, top: int = 20) -> float:
    """Share of all takes in `test` that fall on its `top` most taken items: what the best possible chart would hold."""
    counts = np.sort(np.bincount(test["item"]))
    return float(counts[-top:].sum() / counts.sum())
