"""A ranker that knows one number of each item and nothing of people: its score is the item's rate in standard units."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, Requests, as_numbers


class RateScorer:
    """Scores requests by one rate an item, standardised; items that were born later get the mean, 0.

    rate: float (N,), not all equal. Call it with Requests: float (eligible,). Raises ArgumentError for NaN or rates
    that are all equal.
    """

    def __init__(self, rate: np.ndarray):
        rate = as_numbers("rate", rate)
        if rate.size == 0 or not np.ptp(rate) > 0:
            raise ArgumentError(f"all {len(rate)} rates are {rate.flat[0] if rate.size else 'missing'}; expected at "
                                f"least two that differ, so that there is an order.")
        self.score = (rate - rate.mean()) / rate.std()

    def __call__(self, requests: Requests) -> np.ndarray:
        newborn = max(0, int(requests.eligible.max(initial=-1)) + 1 - len(self.score))
        return np.pad(self.score, (0, newborn))[requests.eligible]
