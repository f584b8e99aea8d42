"""Predicted clicks over observed clicks, on all rows and slice by slice."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import as_numbers, check_shape
from course_lib.evidence.estimate import Estimate, bootstrap


def predicted_over_observed(probability, click, slices: dict, *, groups=None, seed: int = 0) -> dict[str, Estimate]:
    """{slice: Σ probability / Σ click}, 1 where a model is calibrated on average there; the interval resamples rows.

    probability: float (n,). click: float (n,), 0 or 1. slices: {name: bool (n,)}; a slice without a click is NaN.
    groups: (n,), whose row each is; with it people are resampled, with all their rows, and a slice of one person's rows
    has an interval without ends.
    Raises ShapeError, ArgumentError for NaN.
    """
    probability, click = as_numbers("probability", probability, 0, 1), as_numbers("click", click)
    check_shape(probability=(probability, "N"), click=(click, "N"))
    out = {}
    for name, rows in slices.items():
        rows = np.asarray(rows, bool)
        pair = np.c_[probability, click][rows]
        whose = None if groups is None else np.asarray(groups)[rows]
        if not pair[:, 1].sum():
            out[name] = Estimate(np.nan, np.nan, np.nan, len(pair))
            continue
        if whose is not None and len(np.unique(whose)) < 2:
            out[name] = Estimate(pair[:, 0].sum() / pair[:, 1].sum(), -np.inf, np.inf, 1)
            continue
        out[name] = bootstrap(pair, lambda some: some[:, 0].sum() / max(some[:, 1].sum(), 1), groups=whose, seed=seed,
                              n_boot=200)
    return out
