"""What one page for everybody is worth in truth: the share of the best page's that a ranking earns"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, as_numbers, check_shape


def page_worth(score: np.ndarray, value: np.ndarray, examination: np.ndarray) -> float:
    """Worth of the page with the highest scores on top, as a share of the best page's.

    score: float (N,), what the ranking goes by; equal scores by the lower item. value: float (N,), what a look at each
    item is worth in truth. examination: float (K,), chance that a position is looked at. Returns Σₖ eₖ·value of the
    k-th by score over the same sum by value: 1 where score orders as value does. Raises ArgumentError for NaN, or where
    the best page is worth nothing; ShapeError.
    """
    score, value = as_numbers("score", score), as_numbers("value", value)
    examination = as_numbers("examination", examination, 0, 1)
    check_shape(score=(score, "N"), value=(value, "N"), examination=(examination, "K"))
    width = min(len(score), len(examination))
    best = (np.sort(value)[::-1][:width] * examination[:width]).sum()
    if not best > 0:
        raise ArgumentError(f"the best page is worth {best:g}; expected more than 0: what is told is a share of it.")
    chosen = value[np.argsort(-score, kind="stable")[:width]]
    return float((chosen * examination[:width]).sum() / best)
