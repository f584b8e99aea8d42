"""AUC, or a sum of several AUCs on the same rows, with an interval over people: sorted once, then drawn by weights."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import DataError, as_numbers, check_labels, check_shape
from course_lib.evidence.estimate import Estimate, t_estimate


class _Sorted:
    """Rows in order of one score, to be weighed again and again. label: 0/1 (n,)."""

    def __init__(self, label, score):
        self.order = np.argsort(score, kind="stable")
        ordered = score[self.order]
        self.label = label[self.order]
        self.first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))     # of each run of equal scores

    def auc(self, weight) -> float:
        """AUC of rows that count so often; a tie counts half."""
        held = weight[self.order]
        won = np.add.reduceat(held * self.label, self.first)
        lost = np.add.reduceat(held * (1 - self.label), self.first)
        pairs = won.sum() * lost.sum()
        return float((won * (np.cumsum(lost) - lost / 2)).sum() / pairs) if pairs else float("nan")


def auc_by_people(label, scores, people, weights=(1.0,), *, n_boot: int = 40, seed: int = 0) -> Estimate:
    """Σ weight · AUC over several scores of the same rows, with a 95% interval over people.

    label: 0/1 (n,), both. scores: float (n,) or (S, n). people: (n,), whose row it is: people are drawn, not rows.
    weights: (S,), such as (1, -1) for a difference. Returns 0.5 ± nothing for one constant score.
    Raises DataError for one person alone or one label alone, ArgumentError for other labels or NaN, ShapeError.

    The interval is Student's, by the spread of n_boot draws of people: so few draws tell a spread and no far quantile.

    Source: Efron and Tibshirani 1993, chapter 12, for the standard error by bootstrap in a Student interval.
    """
    label = check_labels("label", label, both=True).astype(float)
    scores = np.atleast_2d(as_numbers("scores", scores))
    weights, people = as_numbers("weights", weights), np.asarray(people)
    check_shape(label=(label, "n"), scores=(scores, "Sn"), people=(people, "n"), weights=(weights, "S"))
    ordered = [_Sorted(label, score) for score in scores]
    code = np.unique(people, return_inverse=True)[1]
    n_people, rng = int(code.max()) + 1, np.random.default_rng(seed)
    if n_people < 2:
        raise DataError(f"all {len(label)} rows belong to one of people; expected at least 2. How far others lie from "
                        f"them cannot be known.")

    def summed(weight):
        return sum(w * held.auc(weight) for w, held in zip(weights, ordered, strict=True))

    draws = []
    for _ in range(n_boot):
        drawn = np.bincount(rng.integers(0, n_people, n_people), minlength=n_people)
        draws.append(summed(drawn[code].astype(float)))
    value = summed(np.ones(len(label)))
    return t_estimate(value, np.nanstd(draws, ddof=1), n_people, n_people - 1)
