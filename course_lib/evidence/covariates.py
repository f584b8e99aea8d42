"""Differences between arms after taking out what was known before: CUPED, for means and for ratios."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import DataError, ShapeError, as_numbers
from course_lib.evidence.differences import difference, ratio_difference, sides_of
from course_lib.evidence.estimate import Estimate, t_estimate


def cuped(y, x, arm, *, level: float = 0.95) -> Estimate:
    """Difference between arms after taking out what a covariate from before the experiment explains.

    y, x: float (n,), outcome and covariate of each unit; x must have been fixed before the split, or the effect is
    taken out with it. arm: 0 or 1 (n,). θ = cov(x, y) / var(x) over both arms; variance shrinks by 1 − ρ².
    Where x is constant this is the plain difference.

    Source: Deng, Xu, Kohavi, Walker 2013, doi:10.1145/2433396.2433413.
    """
    y, x, arm = as_numbers("y", y), as_numbers("x", x), sides_of(arm)
    if not (y.shape == x.shape == arm.shape and y.ndim == 1):
        raise ShapeError(f"y {y.shape}, x {x.shape}, arm {arm.shape}; expected one value of each a unit.")
    if len(y) < 4:
        raise DataError(f"cuped got {len(y)} units; expected at least 2 in each arm.")
    adjusted = cuped_adjusted(y, x)
    return difference(adjusted[arm == 0], adjusted[arm == 1], level=level)


def cuped_adjusted(y, x) -> np.ndarray:
    """Outcomes less what a covariate explains, float (n,): y − θ·(x − mean of x), θ = cov(x, y) / var(x).

    y, x: float (n,), of all units of both arms together, so that θ is one. The mean stays; the variance is 1 − ρ² of
    what it was. Where x is constant y comes back. Raises ShapeError, ArgumentError for NaN.

    Source: Deng, Xu, Kohavi, Walker 2013, doi:10.1145/2433396.2433413.
    """
    y, x = as_numbers("y", y), as_numbers("x", x)
    if y.shape != x.shape or y.ndim != 1 or len(y) < 2:
        raise ShapeError(f"y has shape {y.shape}, x {x.shape}; expected both (n,), of at least 2 units.")
    spread = x.var(ddof=1)
    theta = np.cov(x, y)[0, 1] / spread if spread > 0 else 0.0
    return y - theta * (x - x.mean())


def ratio_cuped(control, treatment, control_before, treatment_before, *, level: float = 0.95) -> Estimate:
    """Difference between two ratios after taking out what the same ratio was before the experiment.

    Each is (numerator, denominator), float (n,), one row a unit; `_before` the same units in the same order, 0 and 0
    for those who were not there. Numerator and denominator are both adjusted: every unit's pull on the ratio now is
    held against its pull on the ratio before, with one θ for both arms. Adjusting the numerator alone would take out
    how much a unit did, and leave the denominator to say it again.

    Where nothing differed before this is the plain difference.
    Raises DataError where denominators sum to 0, ShapeError where units do not match.

    Source: Deng, Xu, Kohavi, Walker 2013 (CUPED), section 4 (ratios by the delta method),
    doi:10.1145/2433396.2433413.
    """
    arms = []
    for name, now, before in (("control", control, control_before), ("treatment", treatment, treatment_before)):
        columns = [as_numbers(name, column) for column in (*now, *before)]
        if len({column.shape for column in columns}) > 1 or columns[0].ndim != 1 or len(columns[0]) < 2:
            raise ShapeError(f"{name} has columns of shapes {[column.shape for column in columns]}; expected four of "
                             f"(n,), of the same 2 units or more.")
        arms.append(columns)
    pooled = [np.concatenate(columns) for columns in zip(*arms, strict=True)]
    now, before = _pull(*pooled[:2]), _pull(*pooled[2:])
    spread = before.var(ddof=1)
    if not spread > 0:
        return ratio_difference(*(tuple(columns[:2]) for columns in arms), level=level)
    theta = np.cov(now, before)[0, 1] / spread
    levels, squares = [], []
    for columns in arms:
        ratios = [columns[k].sum() / columns[k + 1].sum() for k in (0, 2)]
        levels.append(ratios[0] - theta * ratios[1])
        left = _pull(*columns[:2]) - theta * _pull(*columns[2:])
        squares.append(left.var(ddof=1) / len(left))
    n, both = len(pooled[0]), sum(squares)
    gap = float(levels[1] - levels[0])
    if not both > 0:
        return Estimate(gap, -np.inf, np.inf, n)
    parts = [(square / both) ** 2 / (len(columns[0]) - 1) for square, columns in zip(squares, arms, strict=True)]
    return t_estimate(gap, float(np.sqrt(both)), n, 1 / sum(parts), level)


def _pull(numerator, denominator) -> np.ndarray:
    """How far each unit moves the ratio of the sums, float (n,), times n."""
    total = denominator.sum()
    if not total > 0:
        raise DataError(f"a ratio over {len(denominator)} units with denominators of {total:g} in all; expected a sum "
                        f"above 0. Take more days, also before the experiment.")
    return (numerator - numerator.sum() / total * denominator) / denominator.mean()
