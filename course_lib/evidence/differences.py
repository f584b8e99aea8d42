"""What separates two arms: differences of means, of ratios, of people in clusters, absolute and relative.

Arrays hold one value a unit of randomisation (a user, a cluster, a time block): the interval is about units. A rate
over impressions while users are randomised is a ratio of two sums over users; ratio_difference knows that.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_numbers, check_labels
from course_lib.evidence import intervals, no_event
from course_lib.evidence.estimate import Estimate, jackknife_error, per_group, t_estimate


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

    control, treatment: float (n,), one value a unit. Where all values are 0 or 1 the interval is Newcombe's, which
    holds at small counts and at none; both arms without an event count one as 1, so pass money as sold or not there.
    Where other values do not vary in either arm it is infinite: such data cannot say how far the means may lie apart.
    An arm of nothing but zeros beside one with amounts (nobody bought) is no mean without variance: see `no_event`.
    Covers .93 or more from 30 units an arm where the arms are alike in size, for then their skewness cancels; where one
    is much smaller it needs about 15 · skewness² units, and where few have amounts at all, five of them in each arm.

    Source: Welch 1947, doi:10.1093/biomet/34.1-2.28; Newcombe 1998 (proportions).
    """
    c, t = _arms(control, treatment)
    n, gap = len(c) + len(t), float(t.mean() - c.mean())
    error, degrees = _welch(c.var(ddof=1) / len(c), t.var(ddof=1) / len(t), len(c), len(t))
    if intervals.is_binary(c) and intervals.is_binary(t):
        return Estimate(gap, *intervals.newcombe_interval((c.sum(), len(c)), (t.sum(), len(t)), level), n)
    if not error > 0 or np.ptp(c) == np.ptp(t) == 0:        # thirty times .4 has a variance, of rounding
        return Estimate(gap, -np.inf, np.inf, n)
    sides = [(c, np.ones(len(c))), (t, np.ones(len(t)))]
    if no_event.beside_amounts(*sides):
        return no_event.gap(*sides, level)
    return t_estimate(gap, error, n, degrees, level)


def _welch(square_c: float, square_t: float, n_c: int, n_t: int) -> tuple[float, float]:
    """Standard error of a difference and its degrees of freedom, from each arm's squared standard error and units."""
    both = square_c + square_t
    if not both > 0:
        return 0.0, 1.0
    shares = square_c / both, square_t / both
    return float(np.sqrt(both)), float(1 / (shares[0] ** 2 / (n_c - 1) + shares[1] ** 2 / (n_t - 1)))


def relative_difference(control, treatment, *, level: float = 0.95) -> Estimate:
    """Mean of treatment over mean of control, less 1, with the interval of their log ratio; 0.05 is 5% more.

    A log ratio is nearer to normal than a ratio: the interval never reaches −100%, and is longer upwards. Where the
    treatment's values are all 0 it starts at −100%, and ends where so few events that none was seen would put it
    (`no_event`). Means of treatment below 0 (money lost) get the delta method's. Where few have amounts at all it
    covers .93 or more from about 30 of them in each arm on.
    Raises DataError where the mean of control is not above 0: a share of nothing says nothing.
    """
    c, t = _arms(control, treatment)
    sides = [(c, np.ones(len(c))), (t, np.ones(len(t)))]
    if no_event.beside_amounts(*sides) and not t.any():
        return no_event.relative_gap(*sides, level)
    return _relative(_mean_and_error(c), _mean_and_error(t), len(c), len(t), level)


def _mean_and_error(value) -> tuple[float, float]:
    return float(value.mean()), float(value.std(ddof=1) / np.sqrt(len(value)))


def _relative(control, treatment, n_c: int, n_t: int, level: float) -> Estimate:
    (mean_c, error_c), (mean_t, error_t), n = control, treatment, n_c + n_t
    if not mean_c > 0:
        raise DataError(f"control's mean is {mean_c:g}; a relative difference needs it above 0. Use `difference`.")
    change = mean_t / mean_c - 1
    if mean_t == 0 and error_t == 0:
        return Estimate(change, -np.inf, np.inf, n)
    if not mean_t > 0:
        error, degrees = _welch((mean_t / mean_c * error_c) ** 2, error_t**2, n_c, n_t)
        return t_estimate(change, error / mean_c, n, degrees, level)
    error, degrees = _welch((error_c / mean_c) ** 2, (error_t / mean_t) ** 2, n_c, n_t)
    if not error > 0:
        return Estimate(change, -np.inf, np.inf, n)
    around = t_estimate(0.0, error, n, degrees, level)
    low, high = ((change + 1) * np.exp(min(end, 700.0)) - 1 for end in (around.low, around.high))
    return Estimate(change, float(low), float(high), n)


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
    """Ratio of treatment less that of control, each (numerator, denominator) by unit; relative: over control's.

    An arm whose numerators are all 0 beside one with amounts is bounded as in `no_event`; zeros in both, and other
    values that never vary, leave the interval infinite.
    """
    c, t = ratio_delta(*control), ratio_delta(*treatment)
    n_c, n_t = len(control[0]), len(treatment[0])
    sides = [tuple(as_numbers(name, part) for part in arm) for name, arm in
             (("control", control), ("treatment", treatment))]
    if no_event.beside_amounts(*sides) and not (relative and t[0]):
        return (no_event.relative_gap if relative else no_event.gap)(*sides, level)
    if relative:
        return _relative(c, t, n_c, n_t, level)
    error, degrees = _welch(c[1] ** 2, t[1] ** 2, n_c, n_t)
    if not error > 0:
        return Estimate(t[0] - c[0], -np.inf, np.inf, n_c + n_t)
    return t_estimate(t[0] - c[0], error, n_c + n_t, degrees, level)


def sides_of(arm) -> np.ndarray:
    """arm as 0 and 1, int (n,); ArgumentError where it holds anything else."""
    try:
        return check_labels("arm", arm, instead="")
    except ArgumentError as error:
        raise ArgumentError(f"{error} In arm, put 0 for control and 1 for treatment.") from None


def cluster_difference(y, cluster, arm) -> tuple[float, float]:
    """Difference in means a person and its standard error, where whole clusters were randomised.

    y: float (n,), one value a person. cluster: any (n,). arm: 0 or 1 (n,), the same for all of a cluster. Each arm's
    mean is a ratio of two sums over its clusters (of y, of people), with the delta method's error: people of a cluster
    are alike, so there are as many independent observations as clusters. With clusters of one person it is Welch's.
    Raises ArgumentError for a cluster in both arms; DataError where an arm has fewer than 2 clusters.

    Source: Deng, Knoblich, Lu 2018, doi:10.1145/3219819.3219919.
    """
    y, cluster, arm = as_numbers("y", y), np.asarray(cluster), sides_of(arm)
    if not (y.shape == cluster.shape == arm.shape):
        raise ShapeError(f"y {y.shape}, cluster {cluster.shape}, arm {arm.shape}; expected one of each a person.")
    both = np.intersect1d(cluster[arm == 0], cluster[arm == 1])
    if len(both):
        raise ArgumentError(f"cluster {both[0]} has people in both arms; expected each cluster in one. Analyse by the "
                            f"unit that was randomised.")
    (value_c, error_c), (value_t, error_t) = (
        ratio_delta(*per_group(cluster[arm == k], y[arm == k], np.ones((arm == k).sum()))) for k in (0, 1))
    return value_t - value_c, float(np.hypot(error_c, error_t))


def cluster_interval(y, cluster, arm, *, level: float = 0.95) -> Estimate:
    """The difference that `cluster_difference` finds, with Student's interval at G − 2 degrees for G clusters.

    y, cluster, arm: as there. With six clusters 1.96 standard errors exclude an effect that is not there one time in
    five; t(4) = 2.78 does so about one time in twenty. The errors are the jackknife's, which a large cluster does not
    make too small. n of the Estimate counts clusters. Covers .93 or more from 6 clusters on where half of them are
    treated; with 2 of 12, or 3 of 30, it covers about .86, since the error is then that of two or three clusters.

    Source: Donald & Lang 2007, doi:10.1162/rest.89.2.221.
    """
    value, _ = cluster_difference(y, cluster, arm)
    y, cluster, arm = as_numbers("y", y), np.asarray(cluster), sides_of(arm)
    sides = [tuple(per_group(cluster[arm == k], y[arm == k], np.ones((arm == k).sum()))) for k in (0, 1)]
    error, clusters = float(np.hypot(*(jackknife_error(*side) for side in sides))), len(np.unique(cluster))
    if not error > 0:
        return Estimate(value, -np.inf, np.inf, clusters)
    if no_event.beside_amounts(*sides):
        return no_event.gap(*sides, level)
    return t_estimate(value, error, clusters, clusters - 2, level)
