"""Alarms on everyone against a holdback: how often they ring for nothing, and how soon they find a fault."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, ShapeError, as_numbers
from course_lib.evidence.aa_tests import share_of
from course_lib.evidence.estimate import Estimate, bootstrap

MONTH = 30
NEVER = np.inf


def daily_scores(per_day, n: int, held: float, days: int, fall=0.0, *, services: int = 200,
                 seed: int = 0) -> np.ndarray:
    """How far everyone lies from the holdback on each day, in standard errors, float (services, days).

    per_day: float (people, d), a metric of people who live through the same days. Each service draws n of them, of
    whom the share `held` keeps the old system, and d of its days in any order for as long as it lasts. fall: float
    (days,), the part of the metric that a fault takes from everyone else.
    """
    per_day = np.asarray(per_day, float)
    if per_day.ndim != 2:
        raise ShapeError(f"per_day has shape {per_day.shape}; expected (people, days).")
    if not 0 < held < 1 or n * held < 2:
        raise ArgumentError(f"held is {held:g} of {n} people; expected a share between 0 and 1 with 2 people or more.")
    rng, scores = np.random.default_rng(seed), np.empty((services, days))
    keeps, left = round(n * held), 1 - np.broadcast_to(np.asarray(fall, float), days)
    for row in scores:
        who, when = rng.integers(len(per_day), size=n), rng.integers(per_day.shape[1], size=days)
        seen = per_day[who][:, when]
        own = seen[:keeps].mean(axis=0)
        value = seen[keeps:].mean(axis=0) * left - own
        spread = seen.var(axis=0, ddof=1) * (1 / keeps + 1 / (n - keeps))
        row[:] = value / np.sqrt(spread)
    return scores - _own_level(scores, fall)


def _own_level(scores, fall) -> np.ndarray:
    """Each service's mean before any fault: who was drawn into the holdback stays there, so that is no news."""
    calm = np.flatnonzero(np.broadcast_to(np.asarray(fall, float), scores.shape[1:]) == 0)
    first = calm[:7] if len(calm) >= 7 else calm
    return scores[:, first].mean(axis=1, keepdims=True)


def today_alone(scores) -> np.ndarray:
    """How far today lies below, in standard errors; yesterday is forgotten."""
    return -np.asarray(scores, float)


def adding_up(scores, slack: float = 0.5) -> np.ndarray:
    """The cumulative sum of what lies below 0 by more than `slack`; it starts anew where it would fall below 0.

    Source: Page 1954, doi:10.1093/biomet/41.1-2.100.
    """
    total = np.zeros(np.shape(scores))
    kept = np.zeros(len(total))
    for day, today in enumerate(np.asarray(scores, float).T):
        kept = np.maximum(0.0, kept - today - slack)
        total[:, day] = kept
    return total


def rings_a_month(level, threshold: float) -> Estimate:
    """New alarms a month in services where nothing happens. An alarm that goes on ringing is one.

    level: float (services, days). Raises ArgumentError for NaN, DataError for one service.
    """
    rung = as_numbers("level", level, infinite=True) > threshold
    fresh = rung & ~np.column_stack([np.zeros(len(rung), bool), rung[:, :-1]])
    return bootstrap(fresh.sum(axis=1) * MONTH / rung.shape[1], n_boot=300)


def days_to_find(level, threshold: float, starts: int) -> np.ndarray:
    """Days from the start of a fault to the first alarm at or after it, float (services,); NEVER where none rings."""
    rung = np.asarray(level)[:, starts:] > threshold
    return np.where(rung.any(axis=1), 1.0 + rung.argmax(axis=1), NEVER)


def operating_curve(calm, faulty, starts: int, thresholds, alarm: Callable) -> pd.DataFrame:
    """A row a threshold: false alarms a month, the share of faults found within 7 days, and the median days to find.

    calm, faulty: scores of services without a fault and with one from day `starts`. alarm: scores -> level. The median
    counts faults that are never found as longer than all others; it is inf where they are the half.
    """
    quiet, loud, rows = alarm(calm), alarm(faulty), []
    for threshold in thresholds:
        days = days_to_find(loud, threshold, starts)
        soon = int((days <= 7).sum())
        rows.append({"threshold": threshold, "false alarms a month": rings_a_month(quiet, threshold),
                     "found in a week": share_of(soon, len(days)),
                     "median days": float(np.quantile(days, 0.5, method="higher"))})
    return pd.DataFrame(rows).set_index("threshold")
