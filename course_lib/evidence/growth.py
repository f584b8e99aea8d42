"""With which power of a size does a time grow, from repeated calls at two sizes."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from course_lib.contracts import as_numbers
from course_lib.evidence.estimate import Estimate
from course_lib.evidence.resampling import draw_rows


def times_ms(function: Callable, repeats: int) -> np.ndarray:
    """The time of each of several calls, ms, float (repeats,)."""
    spent = []
    for _ in range(repeats):
        begun = time.perf_counter()
        function()
        spent.append((time.perf_counter() - begun) * 1000)
    return np.array(spent)


def growth_power(small_ms, large_ms, factor: float) -> Estimate:
    """The power with which time grows where the size grows `factor` times; its interval resamples the calls.

    small_ms, large_ms: float (calls,). 1 is growth in proportion, 0 none. Of one call the interval is infinite: how far
    others lie from it is not known. Raises ArgumentError for a time of 0 or less, or NaN.
    """
    small_ms, large_ms = (as_numbers(name, spent, low=1e-12) for name, spent in
                          (("small_ms", small_ms), ("large_ms", large_ms)))
    rng = np.random.default_rng(1)
    medians = [draw_rows(times, np.median, rng, 500) for times in (small_ms, large_ms)]
    powers = np.log(np.divide(medians[1], medians[0])) / np.log(factor)
    value = np.log(np.median(large_ms) / np.median(small_ms)) / np.log(factor)
    if min(len(small_ms), len(large_ms)) < 2:
        return Estimate(value, -np.inf, np.inf, len(small_ms))
    low, high = np.percentile(powers, [2.5, 97.5])
    return Estimate(value, min(low, value), max(high, value), len(small_ms))
