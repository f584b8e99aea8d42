"""How far a metric and a true outcome agree over rivals: correlations, and what choosing by the metric loses."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from course_lib.contracts import as_numbers, check_shape
from course_lib.evidence.estimate import Estimate, bootstrap


def correlation(table: pd.DataFrame, metric: str, outcome: str, *, rank: bool = True, seed: int = 0) -> Estimate:
    """Correlation over rivals of two columns, of their ranks or plain, in −1 … 1.

    table: a row a rival, its index begins with the model. Variants of one model are alike, so whole models are
    resampled for the interval.
    """
    turn = rankdata if rank else np.asarray
    return bootstrap(table[[metric, outcome]].to_numpy(),
                     lambda rows: np.corrcoef(turn(rows[:, 0]), turn(rows[:, 1]))[0, 1], seed=seed, n_boot=300,
                     groups=table.index.codes[0])


def with_each(table: pd.DataFrame, metric: str, outcomes, *, seed: int = 0) -> dict[str, Estimate]:
    """Rank correlation of a metric with each of the outcomes, {outcome: Estimate}; as `correlation`."""
    return {outcome: correlation(table, metric, outcome, seed=seed) for outcome in outcomes}


def of_both_logs(own, random, truth, models, *, seed: int = 0) -> list[Estimate]:
    """[own log, random slots, random less own]: rank correlations with the truth over rivals.

    own, random, truth: float (R, U), NaN where a person has no answer. models: (R,), the model of each rival.
    """
    rows = np.array([np.nanmean(values, 1) for values in (own, random, truth)]).T

    def agree(part):
        rank = np.apply_along_axis(rankdata, 0, part)
        mine, theirs = np.corrcoef(rank.T)[:2, 2]
        return np.array([mine, theirs, theirs - mine])

    return [bootstrap(rows, lambda part, k=k: agree(part)[k], seed=seed, groups=models, n_boot=300) for k in range(3)]


def lost_by(metric, worth, *, seed: int = 0) -> Estimate:
    """Share of a worth that is lost by choosing the rival that is best by a metric; the interval resamples people.

    It is 0 or more and jumps where people change the choice, so that the interval tells a spread and promises no cover.

    metric, worth: float (R, U), of the same rivals and people; NaN in metric where a person has no answer. Raises
    ShapeError, ArgumentError for a worth that is no number.
    """
    metric, worth = as_numbers("metric", metric, missing=True), as_numbers("worth", worth)
    check_shape(metric=(metric, "RU"), worth=(worth, "RU"))

    def lost(person):
        choice = np.nanmean(metric[:, person], 1).argmax()
        mean = worth[:, person].mean(1)
        return 1 - mean[choice] / mean.max()
    return bootstrap(np.arange(worth.shape[1]), lambda rows: lost(rows.astype(int)), seed=seed, n_boot=200)
