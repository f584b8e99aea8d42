"""Triggered analysis: a change that alters some people's pages is read from these, and told of all."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import DataError, ShapeError, as_numbers, check_labels
from course_lib.evidence.differences import sides_of


def effect_of_touched(y, arm, touched) -> tuple[float, float]:
    """The effect on the mean of *all* people, and its standard error, from those whose page the change alters.

    y: float (n,), outcomes of everybody. arm: 0 or 1 (n,). touched: bool (n,), whether the change would alter what this
    person sees: the same rule in both arms, and nothing that the treatment can move. Both numbers are those of a
    comparison of the touched, times their share. Untouched people are the same in both arms, and add noise alone.
    Raises DataError where an arm has fewer than 2 touched people; ShapeError; ArgumentError for NaN.

    Source: Kohavi, Tang and Xu 2020, chapter 20. Departs: the share of the touched is taken as known.
    """
    y, arm = as_numbers("y", y), sides_of(arm)
    touched = check_labels("touched", touched).astype(bool)
    if not y.shape == arm.shape == touched.shape:
        raise ShapeError(f"y {y.shape}, arm {arm.shape}, touched {touched.shape}; expected one of each a person.")
    sides = [y[touched & (arm == side)] for side in (0, 1)]
    if min(map(len, sides)) < 2:
        raise DataError(f"{len(sides[0])} touched people in control, {len(sides[1])} in treatment; expected at least 2 "
                        "in each. Is the rule computed in both arms?")
    control, treatment = sides
    share = touched.mean()
    error = np.sqrt(control.var(ddof=1) / len(control) + treatment.var(ddof=1) / len(treatment))
    return float(share * (treatment.mean() - control.mean())), float(share * error)
