"""Whether a guardrail's interval excludes the loss that would matter."""

from __future__ import annotations

from course_lib.contracts import ArgumentError


def non_inferiority(low: float, high: float, margin: float) -> str:
    """"pass", "fail" or "undecided", from the interval of a change in a metric of which more is better.

    low, high: ends of the interval of treatment − control. margin: the smallest loss that matters, above 0, same unit.
    "pass": a loss of margin or more is excluded (low > −margin). "fail": every value in the interval is such a loss
    (high < −margin). Otherwise the data have not decided.

    Source: the two one-sided tests of equivalence testing, Schuirmann 1987, doi:10.1007/BF01068419.
    """
    if not low <= high or not margin > 0:
        raise ArgumentError(f"low {low}, high {high}, margin {margin}: expected low <= high and a margin above 0.")
    if low > -margin:
        return "pass"
    return "fail" if high < -margin else "undecided"
