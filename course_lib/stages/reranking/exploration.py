"""Exploration inside a slate: a slot given by lot, with the chance of every candidate known."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, as_numbers, check_labels, check_shape


def slot_propensities(gain, allowed, explore: float) -> np.ndarray:
    """With what chance each candidate fills a slot that is drawn by lot with chance `explore`, else given to the best.

    gain: float (C,), higher is better. allowed: bool (C,), what may fill the slot. explore: in [0, 1]; the lot picks
    uniformly among what is allowed, the best included. Returns float (C,) that sums to 1 where anything is allowed,
    zeros where nothing is; ties of gain go to the first. Raises ArgumentError, also where the gain of what is allowed
    is NaN or infinite; ShapeError.
    """
    gain, allowed = as_numbers("gain", gain, missing=True, infinite=True), check_labels("allowed", allowed) == 1
    check_shape(gain=(gain, "C"), allowed=(allowed, "C"))
    if not 0 <= explore <= 1:
        raise ArgumentError(f"explore is {explore}; expected a chance in [0, 1].")
    if not allowed.any():
        return np.zeros(len(gain))
    as_numbers("gain of what is allowed", gain[allowed])
    chance = explore * allowed / allowed.sum()
    chance[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - explore
    return chance
