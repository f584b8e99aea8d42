"""Where an interval ends: proportions at any count, means of skewed values, rates of clustered events, weighted events.

Each function answers (low, high). `estimate` and its neighbours choose among them by what the values are; what each
covers, for skewed, rare and clustered data of 30, 300 and 3,000 units, is measured in
tests/evidence/test_coverage.py.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_numbers


def tail_of(level: float) -> float:
    """What a level leaves on either side: 0.025 of 0.95. Raises ArgumentError for a level outside (0, 1)."""
    if not 0 < level < 1:
        raise ArgumentError(f"level is {level}; expected between 0 and 1, such as 0.95.")
    return (1 - level) / 2


def _t(level: float, degrees: float) -> float:
    from scipy.stats import t

    return float(t.ppf(1 - tail_of(level), max(degrees, 1e-9)))


def is_binary(values: np.ndarray) -> bool:
    """True where there are values and every one of them is 0 or 1. values: float (n,). Raises as `as_numbers`."""
    values = as_numbers("values", values)
    return bool(values.size and ((values == 0) | (values == 1)).all())


def proportion_interval(count: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's exact interval of a proportion: it covers at least as often as it says, at every rate.

    count: events, 0 to n; n: trials. Fractions are allowed, since weighted or clustered rows are worth a fractional
    number of independent ones. proportion_interval(0, 30) is (0, 0.116): no event in 30 trials is not a rate of 0.

    Source: Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    from statsmodels.stats.proportion import proportion_confint

    alpha = 2 * tail_of(level)
    if not (n > 0 and -1e-9 <= count <= n * (1 + 1e-9)):
        raise ArgumentError(f"count is {count}, n {n}; expected 0 ≤ count ≤ n and n above 0.")
    low, high = proportion_confint(float(np.clip(count, 0, n)), n, alpha, method="beta")
    return float(low), float(high)


def wilson_interval(count: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval: narrower than the exact one, right on average over rates and not at each of them.

    At one event expected in 30 trials it covers as rarely as .83 of the time; differences of two proportions are
    built on it. Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    from statsmodels.stats.proportion import proportion_confint

    alpha = 2 * tail_of(level)
    _check_share(count, n)
    low, high = proportion_confint(count, n, alpha, method="wilson")
    return float(low), float(high)


def _check_share(count: float, n: float) -> None:
    if not (n > 0 and 0 <= count <= n):
        raise ArgumentError(f"count is {count}, n {n}; expected 0 ≤ count ≤ n and n above 0.")


def newcombe_interval(control: tuple[float, float], treatment: tuple[float, float],
                      level: float = 0.95) -> tuple[float, float]:
    """Interval of a difference of two independent proportions, treatment less control, from their Wilson intervals.

    control, treatment: (count, n), as for `wilson_interval`. Source: Newcombe 1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10; as statsmodels has it.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    alpha = 2 * tail_of(level)
    for count, n in (control, treatment):
        _check_share(count, n)
    low, high = confint_proportions_2indep(*treatment, *control, compare="diff", method="newcomb", alpha=alpha)
    return float(low), float(high)


def mean_interval(values, level: float = 0.95) -> tuple[float, float]:
    """Interval of a mean, corrected for the skewness of the values; Student's t where they are symmetric.

    values: float (n,), n ≥ 2. A long tail to the right moves both ends to the right, since the mean of few such values
    is usually too small, and its standard error as well. low = high where nothing varies. It covers .93 or more from 30
    values on for a skewness of up to about 4 (an exponential has 2); a lognormal with σ = 1 has 6 and needs 100 to 300,
    with σ = 1.5 it has 33 and needs 1,000. Of values that are mostly 0, five others are needed as well.

    Source: Hall 1992, doi:10.1111/j.2517-6161.1992.tb01872.x (the monotone cubic), with t in place of normal quantiles.
    """
    values = as_numbers("values", values)
    if values.ndim != 1 or len(values) < 2:
        raise DataError(f"values have shape {values.shape}; expected (n,) and at least 2 of them.")
    n, mean, spread = len(values), float(values.mean()), float(values.std(ddof=1))
    if not spread > 1e-12 * max(abs(mean), 1e-300):
        return mean, mean
    skew = float(((values - mean) ** 3).mean() / spread**3)
    reach = _t(level, n - 1) / np.sqrt(n)
    return mean - spread * _unskewed(reach, skew, n), mean - spread * _unskewed(-reach, skew, n)


def _unskewed(reach: float, skew: float, n: int) -> float:
    """Where Hall's cubic of the studentised mean (over √n) takes the value `reach`."""
    if abs(skew) < 1e-6:
        return float(reach)
    return float((np.cbrt(1 + skew * (reach - skew / (6 * n))) - 1) / (skew / 3))


FEW = 10                # differences that are not 0: fewer say little of how large and how frequent they are


def differences_interval(a, b, level: float = 0.95) -> tuple[float, float]:
    """Interval of the mean of a − b over the same units: `mean_interval`, and wider where few units differ at all.

    a, b: float (n,), n ≥ 2. Where fewer than ten units differ, and not most of them, half a unit more is added on
    either side that differs by the whole range of the values, and one that does not; the interval is the wider of both.
    So a hundred users whose answers are all the same in both are no proof that there is no difference. Covers .93 or
    more from 30 units on where values have a range, such as a recall. low = high where all differ alike, or where all
    values are equal.

    Source: Agresti & Min 2005, doi:10.1002/sim.1781, for 0 and 1.  Departs: other values, as far apart as they can be.
    """
    a, b = as_numbers("a", a), as_numbers("b", b)
    if a.shape != b.shape:
        raise ShapeError(f"a has shape {a.shape}, b {b.shape}; differences need the same units in both.")
    differences = a - b
    low, high = mean_interval(differences, level)
    n, differ = len(differences), int((differences != 0).sum())
    if differ >= min(FEW, n / 2):
        return low, high
    reach, total = float(np.ptp(np.r_[a, b])), n + 2
    centre = float(differences.sum()) / total
    error = np.sqrt((float((differences**2).sum()) + reach**2) / total - centre**2) / np.sqrt(total)
    return min(low, centre - _t(level, n - 1) * float(error)), max(high, centre + _t(level, n - 1) * float(error))


def rate_interval(rate: float, variance: float, trials: float, units: float, level: float = 0.95,
                  n_units: int | None = None) -> tuple[float, float]:
    """Interval of a rate whose trials come in clusters or carry weights: exact, at the trials they are worth.

    rate: in [0, 1]. variance: of the rate, as estimated over independent units. trials: the most independent trials
    that the rows can be worth. units: what they are worth where no event, or nothing but events, was seen and the
    variance says nothing. n_units: number of independent units (default: units), for the t quantile. The rows are worth
    rate · (1 − rate) / variance trials, less where few units estimated the variance.

    Source: Korn & Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data", Survey Methodology 24(2).
    """
    from scipy.stats import norm

    worth = rate * (1 - rate) / variance if 0 < rate < 1 and variance > 0 else units
    worth = min(worth, trials)
    degrees = (units if n_units is None else n_units) - 1
    shrink = (float(norm.ppf(1 - tail_of(level))) / _t(level, degrees)) ** 2
    worth = max(worth * shrink, 1e-9)
    return proportion_interval(min(max(rate, 0.0), 1.0) * worth, worth, level)


def weighted_events_interval(total: float, variance: float, largest: float,
                             level: float = 0.95) -> tuple[float, float]:
    """Interval of a sum of weights of events that are few: at no event it is [0, 3.69 · largest weight].

    total: the sum seen, at least 0. variance: its variance. largest: the largest weight that one more event could
    carry, above 0. With equal weights and variance = total it is the exact interval of a Poisson count.

    Source: Fay & Feuer 1997, doi:10.1002/(SICI)1097-0258(19970415)16:7<791::AID-SIM500>3.0.CO;2-#.
    Departs: the variance is passed in, so that it may come from independent units instead of a Poisson law.
    """
    from scipy.stats import chi2

    tail = tail_of(level)
    if not (0 <= total < np.inf and 0 <= variance < np.inf and 0 < largest < np.inf):
        raise ArgumentError(f"total is {total}, variance {variance}, largest {largest}; expected finite numbers, "
                            f"the first two at least 0 and the last above 0.")
    low = 0.0
    if total > 0 and variance > 0:
        low = variance / (2 * total) * float(chi2.ppf(tail, 2 * total**2 / variance))
    elif total > 0:
        low = total
    more, spread = total + largest, variance + largest**2
    return low, spread / (2 * more) * float(chi2.ppf(1 - tail, 2 * more**2 / spread))
