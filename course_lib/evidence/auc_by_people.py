"""AUC, or a sum of several AUCs on the same rows, with an interval over people, each left out once."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import DataError, as_numbers, check_labels, check_shape
from course_lib.evidence.estimate import Estimate, t_estimate


class _Pairs:
    """Pairs of a positive and a negative row under one score, and whose they are.

    label: 0/1 (n,). score: float (n,). code: int (n,), from 0, the person of each row. value: the AUC, a tie counted
    half. without: float (P,), the AUC of the rows of all others for each person; NaN where these lack a label.
    """

    def __init__(self, label, score, code):
        won, won_within = _won(label, score, np.zeros_like(code)), _won(label, score, code)
        people = int(code.max()) + 1
        # A pair goes when either of its people goes; one within a person was taken off twice.
        own = np.bincount(code, label * won, people) + np.bincount(code, (1 - label) * _lost(label, score), people)
        own -= np.bincount(code, label * won_within, people)
        positives, negatives = np.bincount(code, label, people), np.bincount(code, 1 - label, people)
        pairs = (label.sum() - positives) * (len(label) - label.sum() - negatives)
        total = float((label * won).sum())
        self.value = total / float(label.sum() * (1 - label).sum())
        self.without = np.divide(total - own, pairs, out=np.full(people, np.nan), where=pairs > 0)
        self.constant = len(np.unique(score)) == 1


def _won(label, score, group) -> np.ndarray:
    """Negative rows of its group that each row scores above, ties counted half: float (n,)."""
    order = np.lexsort((score, group))
    ordered, of_group = score[order], group[order]
    fresh = np.append(True, (ordered[1:] != ordered[:-1]) | (of_group[1:] != of_group[:-1]))
    run = np.cumsum(fresh) - 1                                        # of equal scores in one group
    lost = np.bincount(run, 1 - label[order])
    first = np.append(True, of_group[1:] != of_group[:-1])[fresh]     # the first run of a group starts at 0 again
    before = np.cumsum(lost) - lost
    before -= np.maximum.accumulate(np.where(first, before, 0.0))
    won = np.empty(len(score))
    won[order] = (before + lost / 2)[run]
    return won


def _lost(label, score) -> np.ndarray:
    """Positive rows that each row scores below, ties counted half: float (n,)."""
    return _won(1 - label, -score, np.zeros(len(score), int))


def auc_by_people(label, scores, people, weights=(1.0,)) -> Estimate:
    """Σ weight · AUC over several scores of the same rows, with a 95% interval over people.

    label: 0/1 (n,), both. scores: float (n,) or (S, n). people: (n,), whose row it is: people are left out, not rows.
    weights: (S,), such as (1, -1) for a difference. The interval is Student's by the jackknife, with one degree of
    freedom less than there are people with a positive row, or with a negative one, whichever are fewer; it ends where
    such a sum must. It is infinite, or that whole range, where a single person has all of a label: how far others lie
    from them cannot be known. Where every pair is in order, or none, nothing varies, and the interval is Newcombe's for
    so many people of either kind. Constant scores give 0.5 [0.5, 0.5], and a score less itself 0 [0, 0].
    Covers .93 or more from 5 people on where they have a dozen rows each, for a difference of two AUCs as well.
    Raises DataError for one person alone or one label alone, ArgumentError for other labels or NaN, ShapeError.

    Source: DeLong et al. 1988, doi:10.2307/2531595, and Obuchowski 1997, doi:10.2307/2533958, for people with several
    rows; Newcombe 2006, doi:10.1002/sim.2324, method 5. Departs: people are left out one at a time, which few of them
    need.
    """
    label = check_labels("label", label, both=True).astype(float)
    scores = np.atleast_2d(as_numbers("scores", scores))
    weights, people = as_numbers("weights", weights), np.asarray(people)
    check_shape(label=(label, "n"), scores=(scores, "Sn"), people=(people, "n"), weights=(weights, "S"))
    code = np.unique(people, return_inverse=True)[1]
    n = int(code.max()) + 1
    if n < 2:
        raise DataError(f"all {len(label)} rows belong to one of people; expected at least 2. How far others lie from "
                        f"them cannot be known.")
    pairs = [_Pairs(label, score, code) for score in scores]
    value = float(sum(weight * held.value for weight, held in zip(weights, pairs, strict=True)))
    least, most = _range(scores, weights, pairs)
    if least == most:
        return Estimate(value, value, value, n)
    kinds = [len(np.unique(code[label == kind])) for kind in (0, 1)]
    without = sum(weight * held.without for weight, held in zip(weights, pairs, strict=True))
    if min(kinds) < 2 or np.isnan(without).any():
        return Estimate(value, least, most, n)
    error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    if error < 1e-12:
        low, high = _all_in_order(weights, pairs, kinds)
    else:
        told = t_estimate(value, error, n, min(kinds) - 1)
        low, high = told.low, told.high
    return Estimate(value, min(value, max(low, least)), max(value, min(high, most)), n)


def _range(scores, weights, pairs) -> tuple[float, float]:
    """The least and the most that the sum can be on any rows: a constant score is 0.5, and equal scores go together."""
    which = np.unique(scores, axis=0, return_inverse=True)[1].ravel()
    least = most = 0.0
    for kind in np.unique(which):
        alike = np.flatnonzero(which == kind)
        weight = weights[alike].sum()
        ends = (weight / 2, weight / 2) if pairs[alike[0]].constant else (min(weight, 0), max(weight, 0))
        least, most = least + ends[0], most + ends[1]
    return float(least), float(most)


def _all_in_order(weights, pairs, kinds) -> tuple[float, float]:
    """Ends where leaving out anybody changes nothing: each AUC at 0 or 1 by Newcombe's method, others as they are."""
    low = high = 0.0
    for weight, held in zip(weights, pairs, strict=True):
        reach = _newcombe(*kinds) if held.value in (0.0, 1.0) and not held.constant else 0.0
        ends = sorted([weight * held.value, weight * (reach if held.value == 0 else held.value - reach)])
        low, high = low + ends[0], high + ends[1]
    return low, high


def _newcombe(n: int, m: int) -> float:
    """How far from 1 the AUC may lie where all n · m pairs are in order, at 95%."""
    from scipy.optimize import brentq
    from scipy.stats import norm

    z, half = float(norm.ppf(0.975)), (n + m) / 2 - 1

    def beyond(auc):
        spread = auc * (1 - auc) / (n * m) * (1 + half * ((1 - auc) / (2 - auc) + auc / (1 + auc)))
        return (1 - auc) - z * np.sqrt(spread)

    return 1 - float(brentq(beyond, 1e-9, 1 - 1e-9))
