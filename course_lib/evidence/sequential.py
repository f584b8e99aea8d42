"""Looking every day without fooling yourself: an interval that holds at every look, and what peeking costs without it.

The mixture sequential ratio test spends its error over all looks. It is wider than a fixed interval on the day you
planned to stop, and right on the day you were tempted to.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, ShapeError, as_ids, as_numbers
from course_lib.evidence.estimate import Estimate

FIRST_LOOK = 10  # units an arm; a standard error of fewer is too often far too small, and one such look is enough


def _log_ratio(value, variance, scale) -> np.ndarray:
    return 0.5 * (np.log(variance / (variance + scale**2)) + value**2 / variance * scale**2 / (variance + scale**2))


def always_valid(value: float, standard_error: float, scale: float, *, alpha: float = 0.05, n: int = 0) -> Estimate:
    """Interval for a difference that may be looked at after every unit, and acted upon, at level 1 − alpha.

    value, standard_error: the difference and its standard error from all units so far, each unit entering once, at
    least FIRST_LOOK of them an arm. n: units in all where you know; of fewer than FIRST_LOOK the interval is infinite,
    since their error is too often far too small for a promise about every look.
    scale: size of the effects you expect, in the difference's unit; it decides when the interval is tightest, not
    whether it holds. With standard_error = scale it is 1.6 times as wide as the fixed interval.

    Source: Johari, Koomen, Pekelis, Walsh 2017, doi:10.1145/3097983.3097992 (mSPRT, normal mixture).
    """
    value, error = float(value), float(standard_error)
    if not 0 < scale < np.inf or not error >= 0 or not 0 < alpha < 1 or not np.isfinite(value):
        raise ArgumentError(f"value {value}, standard_error {error}, scale {scale}, alpha {alpha}; expected a number, "
                            f"≥ 0, > 0, and between 0 and 1.")
    if error in (0.0, np.inf) or 0 < n < FIRST_LOOK:
        return Estimate(value, -np.inf, np.inf, n)
    variance = error**2
    inner = 2 * np.log(1 / alpha) + np.log((variance + scale**2) / variance)
    radius = np.sqrt(variance * (variance + scale**2) / scale**2 * inner)
    return Estimate(value, value - radius, value + radius, n)


def always_valid_p(value, standard_error, scale: float) -> np.ndarray:
    """p-values at each look, float (L,), that never rise: the least so far of 1 / likelihood ratio, at most 1.

    value, standard_error: float (L,), after each look in order. Below alpha at any look has probability ≤ alpha under
    no effect. An error of 0, infinity or NaN (nothing varied yet) says nothing at that look. Raises ShapeError,
    ArgumentError for a value that is NaN, an error below 0, or a scale not above 0.
    """
    value = np.atleast_1d(as_numbers("value", value))
    error = np.atleast_1d(as_numbers("standard_error", standard_error, low=0, missing=True, infinite=True))
    if not 0 < scale < np.inf:
        raise ArgumentError(f"scale is {scale}; expected above 0, the size of the effects you expect.")
    if value.shape != error.shape:
        raise ShapeError(f"value has shape {value.shape}, standard_error {error.shape}; expected one of each a look.")
    variance = np.where(np.isfinite(error) & (error > 0), error, 1e150) ** 2
    return np.minimum.accumulate(np.minimum(1.0, np.exp(-_log_ratio(value, variance, scale))), axis=-1)


def looks(control, treatment, at) -> tuple[np.ndarray, np.ndarray]:
    """Difference in means and its standard error after the first n units of each arm, for each n of `at`.

    Before FIRST_LOOK units the error is infinite, so that such a look says nothing: errors of two or three units break
    the promise of an always-valid test.

    control, treatment: float (n,), in order of arrival. at: int (L,), from 2 up. Returns two float (L,).
    Raises ArgumentError for looks before 2 units or beyond the last, none at all, or NaN.
    """
    at = as_ids("at", np.atleast_1d(at))
    if not at.size:
        raise ArgumentError("at is empty; expected at least one look, such as [100, 200].")
    sides = []
    for name, arm in (("control", control), ("treatment", treatment)):
        arm = as_numbers(name, arm)
        if at.min() < 2 or at.max() > len(arm):
            raise ArgumentError(f"looks from {at.min()} to {at.max()}; expected 2 to {len(arm)}, the units of {name}.")
        mean = np.cumsum(arm)[at - 1] / at
        centred = arm - arm.mean()  # so that large levels do not drown the spread
        square = np.cumsum(centred**2)[at - 1] / at - (np.cumsum(centred)[at - 1] / at) ** 2
        sides.append((mean, np.maximum(square, 0) / (at - 1)))
    (mean_c, var_c), (mean_t, var_t) = sides
    return mean_t - mean_c, np.where(at < FIRST_LOOK, np.inf, np.sqrt(var_c + var_t))


def peeking(rng, *, n_per_look: int = 100, n_looks: int = 14, trials: int = 1000, effect: float = 0.0,
            alpha: float = 0.05, scale: float | None = None) -> dict[str, float]:
    """Share of simulated A/B tests called significant: looking once, at every look, and at every look, always valid.

    effect: true difference, in standard deviations; 0 makes every call a false one. scale: for always_valid, default
    the standard error half-way. Returns {"once", "every look", "always valid"}.
    """
    from scipy.stats import norm

    at = n_per_look * np.arange(1, n_looks + 1)
    difference = rng.normal(effect * n_per_look, np.sqrt(2 * n_per_look), (trials, n_looks)).cumsum(1) / at
    error = np.sqrt(2 / at)
    beyond = np.abs(difference / error) > norm.ppf(1 - alpha / 2)
    scale = scale or float(error[n_looks // 2])
    valid = np.exp(-_log_ratio(difference, error**2, scale)) < alpha
    return {"once": float(beyond[:, -1].mean()), "every look": float(beyond.any(1).mean()),
            "always valid": float(valid.any(1).mean())}
