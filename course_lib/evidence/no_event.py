"""An arm in which nothing happened beside one in which something did: nobody bought, nobody clicked.

Zeros have no variance, and their mean is not known to be 0. What was not seen is bounded as a count is: at most 3.69
events at 95%, each as large as the largest of the other arm. Both arms' intervals are then put together.

Source: Zou and Donner 2008, doi:10.1002/sim.3095 (a difference), and Donner and Zou 2012, doi:10.1177/0962280210383351
(a ratio), from each side's own ends. An arm is (numerator, denominator), float (n,) each, one row a unit; a mean has
ones below.
"""

from __future__ import annotations

import numpy as np

from course_lib.evidence import intervals
from course_lib.evidence.estimate import Estimate, ratio


def beside_amounts(control, treatment) -> bool:
    """Whether one arm's numerators are all 0 and the other's are amounts: none below 0, and some above."""
    empty = [not above.any() for above, _ in (control, treatment)]
    return sum(empty) == 1 and min(above.min() for above, _ in (control, treatment)) >= 0


def _high_of_none(none, some, level: float) -> float:
    """The most that the ratio of an arm without an event can be."""
    return intervals.weighted_events_interval(0.0, 0.0, some[0].max(), level)[1] / none[1].sum()


def _ends(arm, level: float) -> tuple[float, float, float]:
    """The ratio of an arm with amounts, which is at least 0, and its ends."""
    told = ratio(*arm, level=level)
    return told.value, max(told.low, 0.0), told.high


def gap(control, treatment, level: float = 0.95) -> Estimate:
    """Treatment's ratio less control's. control, treatment: arms of which one has no event (`beside_amounts`)."""
    n = len(control[0]) + len(treatment[0])
    if treatment[0].any():
        value, low, high = _ends(treatment, level)
        none = _high_of_none(control, treatment, level)
        return Estimate(value, value - float(np.hypot(value - low, none)), high, n)
    value, low, high = _ends(control, level)
    none = _high_of_none(treatment, control, level)
    return Estimate(-value, -high, float(np.hypot(value - low, none)) - value, n)


def relative_gap(control, treatment, level: float = 0.95) -> Estimate:
    """Treatment's ratio over control's, less 1, where nothing happened in treatment: −1, and the most it can be."""
    value, low, _ = _ends(control, level)
    none, n = _high_of_none(treatment, control, level), len(control[0]) + len(treatment[0])
    return Estimate(-1.0, -1.0, none / float(np.sqrt(low * (2 * value - low))) - 1 if low > 0 else np.inf, n)
