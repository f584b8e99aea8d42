"""A/B tests: how many users, what difference, whose variance, and whether the split was the one asked for.

Arrays hold one value a unit of randomisation (a user, a cluster, a time block): the interval is about units. A rate
over impressions while users are randomised is a ratio of two sums over users; ratio_difference knows that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_numbers, check_labels
from course_lib.evidence.estimate import Estimate, normal_estimate, per_group
from course_lib.evidence.units import METRICS, Metric, unit_table

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


def _arms(control, treatment) -> list[np.ndarray]:
    arms = []
    for name, value in (("control", control), ("treatment", treatment)):
        value = as_numbers(name, value)
        if value.ndim != 1 or len(value) < 2:
            raise DataError(f"{name} has shape {value.shape}; expected one value a unit and at least 2 units. "
                            f"Run longer, or give the arm a larger share.")
        arms.append(value)
    return arms


def difference(control, treatment, *, level: float = 0.95) -> Estimate:
    """Mean of treatment less mean of control, with Welch's interval over units.

    control, treatment: float (n,), one value a unit. Where nothing varies in either arm (no clicks at all, say) the
    interval is infinite: such data cannot say how far the means may lie apart.

    Source: Welch 1947. Departs: normal quantiles, as arms of experiments are large.
    """
    c, t = _arms(control, treatment)
    error = np.sqrt(c.var(ddof=1) / len(c) + t.var(ddof=1) / len(t))
    return normal_estimate(t.mean() - c.mean(), error if error > 0 else np.inf, len(c) + len(t), level)


def relative_difference(control, treatment, *, level: float = 0.95) -> Estimate:
    """Mean of treatment over mean of control, less 1, with the delta method's interval; 0.05 is 5% more.

    Raises DataError where the mean of control is not above 0: a share of nothing says nothing.
    """
    c, t = _arms(control, treatment)
    return _relative(_mean_and_error(c), _mean_and_error(t), len(c) + len(t), level)


def _mean_and_error(value) -> tuple[float, float]:
    return value.mean(), value.std(ddof=1) / np.sqrt(len(value))


def _relative(control, treatment, n, level) -> Estimate:
    (mean_c, error_c), (mean_t, error_t) = control, treatment
    if not mean_c > 0:
        raise DataError(f"control's mean is {mean_c:g}; a relative difference needs it above 0. Use `difference`.")
    error = np.sqrt(error_t**2 + (mean_t / mean_c * error_c) ** 2) / mean_c
    return normal_estimate(mean_t / mean_c - 1, error if error > 0 else np.inf, n, level)


def ratio_delta(numerator, denominator) -> tuple[float, float]:
    """Ratio of two sums over units and its standard error by the delta method.

    numerator, denominator: float (n,), one row a unit (a user's clicks, a user's impressions). Equal denominators
    give the mean's own standard error. Raises DataError where the denominators sum to 0.

    Source: Deng, Knoblich, Lu 2018, doi:10.1145/3219819.3219919.
    """
    numerator, denominator = as_numbers("numerator", numerator), as_numbers("denominator", denominator)
    if numerator.shape != denominator.shape:
        raise ShapeError(f"numerator has shape {numerator.shape}, denominator {denominator.shape}; expected the same.")
    n = len(numerator)
    if n < 2 or denominator.sum() <= 0:
        raise DataError(f"a ratio over {n} units with denominators of {denominator.sum():g} in all; expected at least "
                        f"2 units and a sum above 0.")
    value = numerator.sum() / denominator.sum()
    error = np.sqrt(np.var(numerator - value * denominator, ddof=1) / n) / denominator.mean()
    return float(value), float(error)


def ratio_difference(control, treatment, *, relative: bool = False, level: float = 0.95) -> Estimate:
    """Ratio of treatment less that of control, each (numerator, denominator) by unit; relative: over control's."""
    c, t = ratio_delta(*control), ratio_delta(*treatment)
    n = len(control[0]) + len(treatment[0])
    if relative:
        return _relative(c, t, n, level)
    error = np.hypot(c[1], t[1])
    return normal_estimate(t[0] - c[0], error if error > 0 else np.inf, n, level)


def _sides(arm) -> np.ndarray:
    try:
        return check_labels("arm", arm, instead="")
    except ArgumentError as error:
        raise ArgumentError(f"{error} In arm, put 0 for control and 1 for treatment.") from None


def cuped(y, x, arm, *, level: float = 0.95) -> Estimate:
    """Difference between arms after taking out what a covariate from before the experiment explains.

    y, x: float (n,), outcome and covariate of each unit; x must have been fixed before the split, or the effect is
    taken out with it. arm: 0 or 1 (n,). θ = cov(x, y) / var(x) over both arms; variance shrinks by 1 − ρ².
    Where x is constant this is the plain difference.

    Source: Deng, Xu, Kohavi, Walker 2013, doi:10.1145/2433396.2433413.
    """
    y, x, arm = as_numbers("y", y), as_numbers("x", x), _sides(arm)
    if not (y.shape == x.shape == arm.shape and y.ndim == 1):
        raise ShapeError(f"y {y.shape}, x {x.shape}, arm {arm.shape}; expected one value of each a unit.")
    if len(y) < 4:
        raise DataError(f"cuped got {len(y)} units; expected at least 2 in each arm.")
    adjusted = cuped_adjusted(y, x)
    return difference(adjusted[arm == 0], adjusted[arm == 1], level=level)


def cuped_adjusted(y, x) -> np.ndarray:
    """Outcomes less what a covariate explains, float (n,): y − θ·(x − mean of x), θ = cov(x, y) / var(x).

    y, x: float (n,), of all units of both arms together, so that θ is one. The mean stays; the variance is 1 − ρ² of
    what it was. Where x is constant y comes back. Raises ShapeError, ArgumentError for NaN.

    Source: Deng, Xu, Kohavi, Walker 2013, doi:10.1145/2433396.2433413.
    """
    y, x = as_numbers("y", y), as_numbers("x", x)
    if y.shape != x.shape or y.ndim != 1 or len(y) < 2:
        raise ShapeError(f"y has shape {y.shape}, x {x.shape}; expected both (n,), of at least 2 units.")
    spread = x.var(ddof=1)
    theta = np.cov(x, y)[0, 1] / spread if spread > 0 else 0.0
    return y - theta * (x - x.mean())


def cluster_difference(y, cluster, arm) -> tuple[float, float]:
    """Difference in means a person and its standard error, where whole clusters were randomised.

    y: float (n,), one value a person. cluster: any (n,). arm: 0 or 1 (n,), the same for all of a cluster. Each arm's
    mean is a ratio of two sums over its clusters (of y, of people), with the delta method's error: people of a cluster
    are alike, so there are as many independent observations as clusters. With clusters of one person it is Welch's.
    Raises ArgumentError for a cluster in both arms; DataError where an arm has fewer than 2 clusters.

    Source: Deng, Knoblich, Lu 2018, doi:10.1145/3219819.3219919.
    """
    y, cluster, arm = as_numbers("y", y), np.asarray(cluster), _sides(arm)
    if not (y.shape == cluster.shape == arm.shape):
        raise ShapeError(f"y {y.shape}, cluster {cluster.shape}, arm {arm.shape}; expected one of each a person.")
    both = np.intersect1d(cluster[arm == 0], cluster[arm == 1])
    if len(both):
        raise ArgumentError(f"cluster {both[0]} has people in both arms; expected each cluster in one. Analyse by the "
                            f"unit that was randomised.")
    (value_c, error_c), (value_t, error_t) = (
        ratio_delta(*per_group(cluster[arm == k], y[arm == k], np.ones((arm == k).sum()))) for k in (0, 1))
    return value_t - value_c, float(np.hypot(error_c, error_t))


def srm(counts, shares=None) -> float:
    """Sample ratio mismatch: p-value of the units counted in each arm, given the shares asked for (default: equal).

    counts: int (A,). shares: float (A,), sum 1. Below SRM_ALARM the split is broken, and so is any difference.
    Raises ArgumentError on negative or fractional counts; DataError where nobody was counted.
    """
    from scipy.stats import chisquare

    counts = as_numbers("counts", counts)
    shares = np.full(len(counts), 1 / len(counts)) if shares is None else as_numbers("shares", shares)
    if counts.shape != shares.shape or abs(shares.sum() - 1) > 1e-6 or (shares <= 0).any():
        raise ArgumentError(f"counts {counts.tolist()}, shares {shares.tolist()}; expected one positive share an arm, "
                            f"with sum 1.")
    if (counts < 0).any() or (counts % 1).any():
        raise ArgumentError(f"counts are {counts.tolist()}; expected whole numbers of units.")
    if counts.sum() == 0:
        raise DataError("no unit was counted in any arm; expected at least one. Check that the log is not empty.")
    return float(chisquare(counts, shares * counts.sum()).pvalue)


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
    below = np.ones(len(table)) if metric.denominator is None else table[metric.denominator]
    value, error = ratio_delta(table[metric.numerator], below)
    return normal_estimate(value, error, len(table))


def _relative_or_none(metric, control, treatment) -> Estimate | None:
    try:
        return metric_difference(metric, control, treatment, relative=True)
    except DataError:
        return None


def _adjusted(log, metric, table, unit, before, users, arms) -> Estimate:
    earlier = unit_table(log, unit=unit, days=before, users=users)[metric.numerator]
    table = table[table["arm"].isin(arms)]
    y = table[metric.numerator].to_numpy(float)
    x = earlier.reindex(table.index).fillna(0).to_numpy(float)
    return cuped(y, x, (table["arm"] == arms[1]).to_numpy(int))
