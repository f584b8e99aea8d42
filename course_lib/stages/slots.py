"""Two rules for the slots of one slate: a cap that may leave a slot empty, and a lottery whose chances are known."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, check_shape


def capped_slate(order, value, most: int, k: int) -> np.ndarray:
    """The first k of `order` of which at most `most` share a value; -1 in the slots that the rule leaves empty.

    order: int (C,), items, best first. value: int (N,), e.g. the creator of each item; -1 is exempt. Returns int (k,):
    capped_slate([4, 7, 9], value with 4 and 7 alike, most=1, k=3) → [4, 9, -1]. Raises ArgumentError for most < 0.
    """
    if most < 0 or k < 0:
        raise ArgumentError(f"most is {most}, k is {k}; expected both to be at least 0.")
    value, out, used = np.asarray(value), [], {}
    for item in np.asarray(order).tolist():
        name = int(value[item])
        if len(out) < k and (name < 0 or used.get(name, 0) < most):
            out.append(item)
            used[name] = used.get(name, 0) + 1
    return np.pad(np.array(out, np.int64), (0, k - len(out)), constant_values=-1)


def slot_propensities(gain, allowed, explore: float) -> np.ndarray:
    """With what chance each candidate fills a slot that is drawn by lot with chance `explore`, else given to the best.

    gain: float (C,), higher is better. allowed: bool (C,), what may fill the slot. explore: in [0, 1]; the lot picks
    uniformly among what is allowed, the best included. Returns float (C,) that sums to 1 where anything is allowed,
    zeros where nothing is; ties of gain go to the first. Raises ArgumentError, ShapeError.
    """
    gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
    check_shape(gain=(gain, "C"), allowed=(allowed, "C"))
    if not 0 <= explore <= 1:
        raise ArgumentError(f"explore is {explore}; expected a chance in [0, 1].")
    if not allowed.any():
        return np.zeros(len(gain))
    chance = explore * allowed / allowed.sum()
    chance[np.argmax(np.where(allowed, gain, -np.inf))] += 1 - explore
    return chance
