"""A gain as a share of what it is a gain over, people or runs paired."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import DataError, as_numbers, check_shape
from course_lib.evidence import no_event
from course_lib.evidence.estimate import Estimate, bootstrap, jackknife_error, paired, t_estimate
from course_lib.evidence.intervals import FEW, is_binary


def relative_gain(a, b) -> Estimate:
    """By what share of b's mean a is above b, over people who have both, with Student's interval by the jackknife.

    a, b: float (U,), the same people in the same order; NaN where one has no answer. What people differ in widens it as
    far as it does not cancel, and so does that b's mean is itself estimated. Where both hold nothing but 0 and 1 it is
    the interval of the difference over b's mean, and never narrower than that where few people differ at all; where a
    is 0 throughout, that of `no_event`. Covers .93 or more from about 100 people on where their values are counts.
    Raises ShapeError, DataError where b's mean is not above 0.
    """
    a, b = as_numbers("a", a, missing=True), as_numbers("b", b, missing=True)
    check_shape(a=(a, "U"), b=(b, "U"))
    both = ~(np.isnan(a) | np.isnan(b))
    lead, scale = paired(a[both], b[both]), b[both].mean()
    if not scale > 0:
        raise DataError(f"the mean of b is {scale:g}; expected more than 0, since a gain is told as a share of it.")
    a, b = a[both], b[both]
    if is_binary(a) and is_binary(b):
        return Estimate(lead.value / scale, lead.low / scale, lead.high / scale, lead.n)
    sides = [(column, np.ones(len(column))) for column in (b, a)]
    if no_event.beside_amounts(*sides):
        return no_event.relative_gap(*sides)
    told = t_estimate(lead.value / scale, jackknife_error(a, b), lead.n, lead.n - 1)
    if (a != b).sum() >= min(FEW, lead.n / 2):
        return told
    return Estimate(told.value, min(told.low, lead.low / scale), max(told.high, lead.high / scale), told.n)


def gap_closed(without, with_it, *, seed: int = 0) -> Estimate:
    """Share of the gap to 1, the best possible, that something closes: (mean with − mean without) / (1 − mean without).

    without, with_it: float (R,), paired runs, as shares of the best possible. Raises DataError where `without` leaves
    no gap, ArgumentError for NaN, ShapeError.
    """
    without, with_it = as_numbers("without", without), as_numbers("with_it", with_it)
    check_shape(without=(without, "R"), with_it=(with_it, "R"))
    if not without.mean() < 1:
        raise DataError(f"the mean of without is {without.mean():g}; expected below 1, a gap that can be closed.")
    pair = np.c_[without, with_it]
    return bootstrap(pair, lambda rows: (rows[:, 1] - rows[:, 0]).mean() / (1 - rows[:, 0]).mean(), seed=seed)
