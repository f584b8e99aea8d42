"""What to watch after a launch: a change net of what changed for everyone, and clicks that come from few people."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, DataError, check_finite


def net_change(treated, control) -> float:
    """Relative change of the treated, net of the change that control went through in the same days.

    treated, control: float (U, 2) each, one row a person: a metric's total before and now. People of both groups live
    through the same holidays, so what is left is the treatment's. Returns (treated now / before) ÷ (control now /
    before) − 1 of the sums; 0 where both moved alike. Raises DataError where nothing happened before.

    Source: difference in differences on ratios; Angrist & Pischke 2009, chapter 5.
    Departs: ratios in place of differences, because a calendar multiplies visits.
    """
    sums = []
    for name, part in (("treated", treated), ("control", control)):
        part = np.asarray(part, float)
        if part.ndim != 2 or part.shape[1] != 2:
            raise ArgumentError(f"{name} has shape {part.shape}; expected (U, 2), totals before and now.")
        check_finite(**{name: part})
        sums.append(part.sum(axis=0))
    (treated_before, treated_now), (control_before, control_now) = sums
    if treated_before <= 0 or control_before <= 0 or control_now <= 0:
        raise DataError(f"sums are treated {treated_before:g}, control {control_before:g} before and {control_now:g} "
                        f"now; expected all above 0. Choose longer stretches.")
    return float(treated_now / treated_before / (control_now / control_before) - 1)


def effective_clickers(user, owner, n_owners: int) -> np.ndarray:
    """How many people each owner's clicks come from, as if all of them had clicked alike.

    user: int (E,), who made each click. owner: int (E,), whose item it was, such as its creator. Returns float
    (n_owners,): (Σ c)² / Σ c² over the counts c of its clickers; 3 for three people with equal counts, near 1 where one
    account makes most of the clicks, 0 without clicks. Raises ArgumentError for owners outside 0 … n_owners − 1.

    Source: Kish 1965 (effective sample size); the inverse of the Herfindahl index.
    """
    user, owner = np.asarray(user, np.int64), np.asarray(owner, np.int64)
    if user.shape != owner.shape or (len(owner) and (owner.min() < 0 or owner.max() >= n_owners)):
        raise ArgumentError(f"user has {user.shape}, owner {owner.shape} with ids up to {owner.max(initial=-1)}; "
                            f"expected one owner a click, in 0 to {n_owners - 1}.")
    pairs, count = np.unique(np.stack([owner, user]), axis=1, return_counts=True)
    total = np.bincount(pairs[0], count, n_owners)
    squares = np.bincount(pairs[0], np.square(count, dtype=float), n_owners)
    return np.where(total > 0, total**2 / np.maximum(squares, 1), 0.0)
