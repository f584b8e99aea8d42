"""A re-ranker that counts what it has shown, so that more of the candidates come to be seen by somebody."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_ids, as_numbers, check_shape


def counted_slates(candidates, relevance, k: int, strength: float) -> np.ndarray:
    """Slates for people who come one after the other; what was shown often by then has to be more relevant.

    candidates: int (U, C), items. relevance: float (U, C). strength: of the discount; 0 sorts by relevance. Returns
    int (U, k): the k largest relevance − strength · log(1 + showings so far), the first of equals. Raises ArgumentError
    for a strength below 0, ShapeError.
    """
    relevance = as_numbers("relevance", relevance)
    candidates = as_ids("candidates", candidates)
    check_shape(candidates=(candidates, "UC"), relevance=(relevance, "UC"))
    if not strength >= 0:
        raise ArgumentError(f"strength is {strength}; expected at least 0.")
    k = min(as_count("k", k), candidates.shape[1])
    showings = np.zeros(int(candidates.max(initial=0)) + 1)
    shown = np.empty((len(candidates), k), np.int64)
    for row, (item, worth) in enumerate(zip(candidates, relevance, strict=True)):
        gain = worth - strength * np.log1p(showings[item])
        shown[row] = item[np.argsort(-gain, kind="stable")[:k]]
        showings[shown[row]] += 1
    return shown
