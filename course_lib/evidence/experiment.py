"""A/B tests: how many users, whether the split was the one asked for, and what a log says about a metric.

What separates two arms stands in `differences`, what was known before in `covariates`; both can be had from here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, DataError, as_numbers
from course_lib.evidence.covariates import cuped, cuped_adjusted, ratio_cuped
from course_lib.evidence.differences import (
    cluster_difference,
    cluster_interval,
    difference,
    ratio_delta,
    ratio_difference,
    relative_difference,
)
from course_lib.evidence.estimate import Estimate, ratio
from course_lib.evidence.units import METRICS, Metric, unit_table

__all__ = [
    "SRM_ALARM", "Analysis", "analyse", "cluster_difference", "cluster_interval", "cuped", "cuped_adjusted",
    "difference", "mde", "metric_difference", "ratio_cuped", "ratio_delta", "ratio_difference", "relative_difference",
    "sample_size", "srm",
]
EXACT_BELOW = 40  # units expected in an arm; with fewer, chi-squared's tail is several times too thin at the alarm
SRM_ALARM = 0.0005  # p below which a split is called broken; strict, since every experiment is checked every day


def _z(alpha: float, power: float) -> float:
    from scipy.stats import norm

    if not (0 < alpha < 1 and 0 < power < 1):
        raise ArgumentError(f"alpha is {alpha}, power {power}; expected both between 0 and 1.")
    return float(norm.ppf(1 - alpha / 2) + norm.ppf(power))


def sample_size(standard_deviation: float, effect: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Units an arm needed to find a difference in means of `effect`: 2 (z·σ/δ)², about 16 σ²/δ² by default.

    standard_deviation, effect: in the metric's unit; for a rate p a user, σ = sqrt(p(1 − p)).
    sample_size(1, 0.1) is 1570. Raises ArgumentError unless both are above 0.
    """
    if not (standard_deviation > 0 and abs(effect) > 0):
        raise ArgumentError(f"standard_deviation is {standard_deviation}, effect {effect}; expected σ > 0 and δ ≠ 0.")
    return int(np.ceil(2 * (_z(alpha, power) * standard_deviation / effect) ** 2))


def mde(standard_deviation: float, n_per_arm: int, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Smallest difference in means that n units an arm find with the power given; mde(1, 1570) is about 0.1."""
    if not (standard_deviation >= 0 and n_per_arm >= 2):
        raise ArgumentError(f"standard_deviation is {standard_deviation}, n_per_arm {n_per_arm}; expected σ ≥ 0 and "
                            f"n ≥ 2.")
    return _z(alpha, power) * standard_deviation * float(np.sqrt(2 / n_per_arm))


def srm(counts, shares=None) -> float:
    """Sample ratio mismatch: p-value of the units counted in each arm, given the shares asked for (default: equal).

    counts: int (A,). shares: float (A,), sum 1. Below SRM_ALARM the split is broken, and so is any difference. The
    p-value is chi-squared's, or exact where an arm expects fewer than 40 units: the binomial's for two arms, for more
    the least of each arm against the rest, times the number of arms.
    Raises ArgumentError on negative or fractional counts; DataError where nobody was counted.
    """
    from scipy.stats import binomtest, chisquare

    counts = as_numbers("counts", counts)
    shares = np.full(len(counts), 1 / len(counts)) if shares is None else as_numbers("shares", shares)
    if counts.shape != shares.shape or abs(shares.sum() - 1) > 1e-6 or (shares <= 0).any():
        raise ArgumentError(f"counts {counts.tolist()}, shares {shares.tolist()}; expected one positive share an arm, "
                            f"with sum 1.")
    if (counts < 0).any() or (counts % 1).any():
        raise ArgumentError(f"counts are {counts.tolist()}; expected whole numbers of units.")
    if counts.sum() == 0:
        raise DataError("no unit was counted in any arm; expected at least one. Check that the log is not empty.")
    total = int(counts.sum())
    if (shares * total).min() >= EXACT_BELOW or len(counts) < 2:
        return float(chisquare(counts, shares / shares.sum() * total).pvalue)
    tests = 1 if len(counts) == 2 else len(counts)
    each = [binomtest(int(k), total, share).pvalue for k, share in zip(counts, shares, strict=True)]
    return float(min(1.0, tests * (each[0] if tests == 1 else min(each))))


@dataclass(frozen=True)
class Analysis:
    """One metric of one experiment: units in each arm, p of the split, the arms, their difference, also adjusted."""

    metric: Metric
    counts: dict[str, int]
    srm_p: float
    control: Estimate
    treatment: Estimate
    difference: Estimate
    relative: Estimate | None
    adjusted: Estimate | None = None

    @property
    def trustworthy(self) -> bool:
        """False where the split is not the one asked for: then the difference must not be read."""
        return self.srm_p >= SRM_ALARM

    def __str__(self) -> str:
        warning = "" if self.trustworthy else f"  SPLIT BROKEN (p = {self.srm_p:.1g}): do not read this difference"
        return f"{self.metric.name}: {self.control} → {self.treatment}, difference {self.difference}{warning}"


def analyse(log, metric: str | Metric, assignment=None, *, unit: str = "user", days=None, users=None, before=None,
            arms=("control", "treatment")) -> Analysis:
    """What an experiment in a log says about one metric, by unit of randomisation.

    log: has requests(), impressions(), outcomes(); or a list of DayLog. metric: a name in METRICS, or a Metric.
    assignment: gives the unit, the shares for the split test, and with `users` the arm of those who never came back.
    days: the experiment's days (default all). users: table, index = user id, everyone who could have come; needed for
    units "cluster" and "region". before: days before the experiment, whose metric becomes the covariate of CUPED.
    Raises DataError where an arm has fewer than 2 units, or the assignment has no arm of a name in `arms`.
    """
    if isinstance(metric, str) and metric not in METRICS:
        raise ArgumentError(f"metric is {metric!r}; expected one of {', '.join(METRICS)}, or a Metric.")
    absent = set(arms) - {arm.name for arm in assignment.arms} if assignment is not None else set()
    if absent:
        raise DataError(f"the assignment has no arm {sorted(absent)}; it has {[arm.name for arm in assignment.arms]}. "
                        f"Pass their names as arms=(control, treatment).")
    metric = METRICS[metric] if isinstance(metric, str) else metric
    unit = assignment.unit if assignment is not None else unit
    table = unit_table(log, unit=unit, days=days, users=users, assignment=assignment)
    c, t = (table[table["arm"] == arm] for arm in arms)
    shares = None if assignment is None else [a.share for name in arms for a in assignment.arms if a.name == name]
    came = [int((part["requests"] > 0).sum()) for part in (c, t)]
    p = srm(came, None if shares is None else np.array(shares) / sum(shares))
    adjusted = None if before is None else _adjusted(log, metric, table, unit, before, users, arms)
    return Analysis(metric, dict(zip(arms, came, strict=True)), p, _level(metric, c), _level(metric, t),
                    metric_difference(metric, c, t), _relative_or_none(metric, c, t), adjusted)


def metric_difference(metric: Metric, control, treatment, *, relative: bool = False, level: float = 0.95) -> Estimate:
    """Difference of a metric between two unit tables: of means, or of ratios where the metric has a denominator."""
    if metric.denominator is None:
        compare = relative_difference if relative else difference
        return compare(control[metric.numerator], treatment[metric.numerator], level=level)
    return ratio_difference(*[(part[metric.numerator], part[metric.denominator]) for part in (control, treatment)],
                            relative=relative, level=level)


def _level(metric, table) -> Estimate:
    if len(table) < 2:
        raise DataError(f"an arm has {len(table)} units; expected at least 2. Run longer, or give it a larger share.")
    below = np.ones(len(table)) if metric.denominator is None else table[metric.denominator]
    return ratio(table[metric.numerator], below)


def _relative_or_none(metric, control, treatment) -> Estimate | None:
    try:
        return metric_difference(metric, control, treatment, relative=True)
    except DataError:
        return None


def _adjusted(log, metric, table, unit, before, users, arms) -> Estimate:
    """The difference less what the same metric of the same units was before: of means, or of ratios."""
    names = [metric.numerator] if metric.denominator is None else [metric.numerator, metric.denominator]
    table = table[table["arm"].isin(arms)]
    earlier = unit_table(log, unit=unit, days=before, users=users)[names].reindex(table.index).fillna(0)
    if metric.denominator is None:
        return cuped(table[metric.numerator].to_numpy(float), earlier[metric.numerator].to_numpy(float),
                     (table["arm"] == arms[1]).to_numpy(int))
    columns = [part.loc[table["arm"] == arm, names].to_numpy(float).T for part in (table, earlier) for arm in arms]
    return ratio_cuped(*columns)
