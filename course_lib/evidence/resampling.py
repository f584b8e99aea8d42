"""The draws behind `estimate.bootstrap`: rows or whole groups drawn anew, and where the interval is cut from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

JACKKNIFE_PARTS = 50  # parts left out in turn; the acceleration they give does not depend on their number


def parts_of(code: np.ndarray) -> list[np.ndarray]:
    """The rows of each group, for group codes 0, 1, … int (n,)."""
    return np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code))[:-1])


def draw_rows(values: np.ndarray, statistic: Callable, rng, n_boot: int) -> np.ndarray:
    """The statistic of n_boot samples of as many rows, drawn with replacement: float (n_boot,)."""
    n = len(values)
    picks = (rng.integers(0, n, n) for _ in range(n_boot))
    return np.array([statistic(values[pick]) for pick in picks], float)


def draw_groups(values: np.ndarray, statistic: Callable, rows: list[np.ndarray], rng, n_boot: int) -> np.ndarray:
    """The same with whole groups drawn; rows: the rows of each group."""
    n = len(rows)
    picks = (rng.integers(0, n, n) for _ in range(n_boot))
    return np.array([statistic(values[np.concatenate([rows[group] for group in pick])]) for pick in picks], float)


def acceleration(values: np.ndarray, statistic: Callable, rows: list[np.ndarray]) -> float:
    """How fast the standard error changes with the statistic, from leaving out parts of the units in turn.

    A sixth of the skewness of what each unit contributes, over √n. Parts of several units are less skewed and fewer,
    and the two cancel, so that fifty parts say what n single units would. 0 where the parts say nothing.
    """
    parts = np.array_split(np.arange(len(rows)), min(JACKKNIFE_PARTS, len(rows)))
    without = []
    for part in parts:
        kept = np.ones(len(values), bool)
        kept[np.concatenate([rows[unit] for unit in part])] = False
        without.append(statistic(values[kept]) if kept.any() else np.nan)
    without = np.array(without, float)
    without = without[np.isfinite(without)]
    pull = without.mean() - without if without.size else np.zeros(1)
    square = (pull**2).sum()
    return float((pull**3).sum() / (6 * square**1.5)) if square > 0 else 0.0


def cut(value: float, draws: np.ndarray, speed: float, n: int, level: float) -> tuple[float, float]:
    """BCa ends of an interval, stretched as Student's t asks for: bias-corrected by the share of draws below `value`,
    accelerated by `speed`.

    n: units that were drawn. The bootstrap's spread is too small by √((n − 1) / n) and its tails are normal ones; the
    stretched quantiles make up for both, and hardly differ beyond 100 units.

    Source: Efron 1987, doi:10.1080/01621459.1987.10478410; the stretching: Hesterberg 2015,
    doi:10.1080/00031305.2015.1089789.
    """
    from scipy.stats import norm, t

    draws = draws[~np.isnan(draws)]
    if not draws.size:
        return -np.inf, np.inf
    below = (draws < value).mean() + (draws == value).mean() / 2
    bias = norm.ppf(np.clip(below, 1 / len(draws), 1 - 1 / len(draws)))
    wanted = t.ppf([0.5 - level / 2, 0.5 + level / 2], n - 1) * np.sqrt(n / (n - 1))
    moved = bias + wanted
    places = norm.cdf(bias + moved / np.maximum(1 - speed * moved, 1e-3))
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(draws, places)
    if np.isnan([low, high]).any():                     # between an infinite draw and another one lies no number
        low, high = np.quantile(draws, places[0], method="lower"), np.quantile(draws, places[1], method="higher")
    return float(min(low, value)), float(max(high, value))
