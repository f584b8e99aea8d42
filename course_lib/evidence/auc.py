"""How well scores order rows: over all rows at once, and inside each request, which is what a slate is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, as_numbers, check_labels, check_shape
from course_lib.data import audit


def auc(score, label) -> float:
    """Chance that a positive row scores above a negative one, ties counted half; 0.5 for constant scores.

    score: float (n,). label: 0/1 (n,). Raises DataError unless both labels are there; ArgumentError for other labels or
    NaN; ShapeError.
    """
    score, label = as_numbers("score", score), check_labels("label", label, both=True)
    check_shape(score=(score, "n"), label=(label, "n"))
    return audit.auc(label, score)


def grouped_auc(score, label, group) -> float:
    """Mean of the AUCs of the groups that hold both labels, each group counted once.

    score: float (n,). label: 0/1 (n,). group: int (n,), the request (or user) of each row, in any order. Ties inside a
    group count half. Adding a constant to all scores of a group changes nothing: what differs between people, and
    not within a slate, earns nothing here. Raises DataError where no group holds both labels, ArgumentError for labels
    that are not 0 or 1, NaN, or a row without a group; ShapeError.

    Source: Zhu et al. 2017, doi:10.1145/3097983.3098053 ("user-weighted AUC"). Departs: groups weigh the same.
    """
    score, label, group = as_numbers("score", score), check_labels("label", label), np.asarray(group)
    check_shape(score=(score, "n"), label=(label, "n"), group=(group, "n"))
    if pd.isna(group).any():
        raise ArgumentError(f"group is missing in {pd.isna(group).sum()} rows, first at row "
                            f"{int(np.flatnonzero(pd.isna(group))[0])}. Drop such rows, or give them a group.")
    table = pd.DataFrame({"label": label, "group": group, "rank": pd.Series(score).groupby(group).rank().to_numpy()})
    table["won"] = table["rank"] * table["label"]
    sums = table.groupby("group").agg(positives=("label", "sum"), rows=("label", "size"), won=("won", "sum"))
    sums = sums[(sums.positives > 0) & (sums.positives < sums.rows)]
    if not len(sums):
        raise DataError("no group holds both labels, so there is no pair to order. Group by something wider.")
    pairs = sums.positives * (sums.rows - sums.positives)
    return float(((sums.won - sums.positives * (sums.positives + 1) / 2) / pairs).mean())
