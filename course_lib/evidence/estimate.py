"""A number with its interval: of a mean, a ratio or any statistic, by row or by user, and the paired difference.

A metric without its interval invites a decision that the data cannot carry, so all of evidence/ answers in Estimates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_count, as_numbers
from course_lib.evidence import intervals, resampling


@dataclass(frozen=True)
class Estimate:
    """A value with the ends of its interval (95% unless said) and the number of units behind it.

    str(Estimate(0.385, 0.369, 0.401)) is "0.385 [0.369, 0.401]"; float() gives the value; format specs such as
    f"{estimate:.1%}" apply to all three numbers.
    """

    value: float
    low: float
    high: float
    n: int = 0

    def __str__(self) -> str:
        return format(self, "")

    def __repr__(self) -> str:
        return str(self)

    def __format__(self, spec: str) -> str:
        size = np.nanmax(np.abs([self.value, self.low, self.high, 1e-300]))
        spec = spec or (".3f" if 0.01 <= size < 1000 else ",.0f" if 1000 <= size < 1e7 else ".3g")
        return f"{self.value:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"

    def __float__(self) -> float:
        return float(self.value)

    def excludes(self, value: float = 0.0) -> bool:
        """True where `value` lies outside the interval."""
        return bool(value < self.low or value > self.high)

    def side(self, value: float = 0.0) -> str:
        """Where the interval lies as seen from `value`: "above", "below" or "not told apart from"; for a title."""
        return "above" if self.low > value else "below" if self.high < value else "not told apart from"

    @property
    def width(self) -> float:
        return self.high - self.low


def normal_estimate(value: float, standard_error: float, n: int, level: float = 0.95) -> Estimate:
    """Estimate with a normal interval: value ± z · standard_error; z is 1.96 for level 0.95.

    A standard error that is NaN, as of one unit, leaves the interval infinite. Raises ArgumentError for one below 0,
    which would turn the interval around, or a level outside (0, 1).
    """
    from scipy.stats import norm

    if standard_error < 0:
        raise ArgumentError(f"standard_error is {standard_error}; expected a number of at least 0.")
    return _around(value, float(norm.ppf(1 - intervals.tail_of(level))), standard_error, n)


def _around(value, reach: float, standard_error, n) -> Estimate:
    reach = np.inf if np.isnan(standard_error) else reach * float(standard_error)
    return Estimate(float(value), float(value) - reach, float(value) + reach, int(n))


def t_estimate(value: float, standard_error: float, n: int, degrees: float, level: float = 0.95) -> Estimate:
    """Estimate with Student's interval, for standard errors that few units gave: 1.96 becomes 2.78 at 4 degrees.

    degrees: of freedom of the standard error, above 0: n − 1 for a mean, G − 2 for two arms of G clusters together.
    A standard error that is NaN, as of one unit, leaves the interval infinite. Raises ArgumentError for one below 0,
    degrees that are not above 0, or a level outside (0, 1).
    """
    from scipy.stats import t

    if standard_error < 0 or not degrees > 0:
        raise ArgumentError(f"standard_error is {standard_error}, degrees {degrees}; expected at least 0 and above 0.")
    return _around(value, float(t.ppf(1 - intervals.tail_of(level), degrees)), standard_error, n)


def mean_of_runs(values) -> Estimate:
    """The mean of a few runs, such as seeds, float (n,), n ≥ 2, with Student's interval; no width where all are equal.

    A handful of runs is too few to tell how skewed they are, which `bootstrap` asks of the values of a mean.
    Raises DataError for fewer than two runs, ArgumentError for NaN.
    """
    values = as_numbers("values", values)
    if values.ndim != 1 or len(values) < 2:
        raise DataError(f"values have shape {values.shape}; expected (n,) and at least 2 runs.")
    spread, n = values.std(ddof=1) if np.ptp(values) > 0 else 0.0, len(values)
    return t_estimate(float(values.mean()), float(spread / np.sqrt(n)), n, n - 1)


def bootstrap(values, statistic: Callable = np.mean, seed: int = 0, n_boot: int = 1000, groups=None,
              level: float = 0.95) -> Estimate:
    """A statistic with its interval over rows, or over whole groups (users) where rows of one belong together.

    values: float (n,) or (n, c). statistic: takes rows, returns a number. groups: int (n,), the user of each row.
    A mean is answered by formula, since formulas cover better and need no draws: the exact interval where all values
    are 0 or 1, else the t interval corrected for skewness (`intervals.mean_interval`); by groups as in `ratio`. Any
    other statistic is drawn n_boot times. low = high = value where nothing varies, but for zeros and ones: thirty
    zeros are [0, 0.12]. Covers .93 or more of the time from 30 units on for means (where the skewness is above 4, see
    `intervals.mean_interval`; of money that few pay, once five of them are expected: 2% of 100 cover .85), ratios of
    sums, correlations and medians; a 99th percentile needs 3,000, a root mean square of heavy tails more than 300.
    Raises DataError on fewer than 2 rows (or groups): one says nothing about others; ArgumentError on NaN, or groups
    that cannot be told apart; ShapeError.

    Source: Efron 1987, doi:10.1080/01621459.1987.10478410 (BCa); Hesterberg 2015,
    doi:10.1080/00031305.2015.1089789 (its stretched quantiles).
    """
    values = as_numbers("values", values)
    if values.ndim == 0 or len(values) == 0:
        raise DataError("bootstrap got no rows; expected at least 2. Check that users with a held-out item remain.")
    if len(values) == 1:
        raise DataError("bootstrap got one row; expected at least 2. How far others lie from it cannot be known: pass "
                        "one value a user, or report the value alone.")
    _check_draws(n_boot, level)
    code = None if groups is None else _group_codes(groups, values)
    if statistic is np.mean and values.ndim == 1:
        return _mean(values, level) if code is None else ratio(values, np.ones(len(values)), code, level)
    value, rng = float(statistic(values)), np.random.default_rng(seed)
    rows = list(np.arange(len(values))[:, None]) if code is None else resampling.parts_of(code)
    if code is None:
        draws = resampling.draw_rows(values, statistic, rng, n_boot)
    else:
        draws = resampling.draw_groups(values, statistic, rows, rng, n_boot)
    speed = resampling.acceleration(values, statistic, rows)
    low, high = resampling.cut(value, draws, speed, len(rows), level)
    return Estimate(value, low, high, len(rows))


def _mean(values: np.ndarray, level: float) -> Estimate:
    """A mean over independent values with the interval that fits them."""
    n = len(values)
    if intervals.is_binary(values):
        low, high = intervals.proportion_interval(values.sum(), n, level)
    else:
        low, high = intervals.mean_interval(values, level)
    return Estimate(float(values.mean()), low, high, n)


def _group_codes(groups, values) -> np.ndarray:
    groups = np.asarray(groups)
    if len(groups) != len(values):
        raise ShapeError(f"groups has {len(groups)} rows, values {len(values)}; expected one group for each value.")
    code = _codes(groups)
    if code.max() == 0:
        raise DataError(f"all {len(values)} rows belong to one group, {groups[0]}; expected at least 2 groups. Groups "
                        f"are the users, not the arm.")
    return code


def _codes(groups) -> np.ndarray:
    """0, 1, … for each group's rows, int (n,), groups in sorted order. Raises ArgumentError where a row has none."""
    groups = np.asarray(groups)
    missing = {"NoneType", "NAType", "NaTType"}
    bad = np.array([type(g).__name__ in missing or g != g for g in groups], bool) if groups.dtype.kind in "fO" \
        else np.zeros(len(groups), bool)
    if bad.any():
        raise ArgumentError(f"groups is missing in {int(bad.sum())} rows, first at row {int(np.flatnonzero(bad)[0])}. "
                            f"Drop such rows: a user who is not known cannot be resampled.")
    try:
        return np.unique(groups, return_inverse=True)[1]
    except TypeError as error:
        raise ArgumentError(f"groups cannot be sorted ({error}); expected ids of one type. Convert them, such as "
                            f"groups.astype(str).") from error


def _check_draws(n_boot, level) -> None:
    as_count("n_boot", n_boot, 1)
    if not 0 < level < 1:
        raise ArgumentError(f"level is {level}; expected between 0 and 1, such as 0.95.")


def paired(a, b) -> Estimate:
    """Mean of a − b over users who have both, with its interval over users: narrower than comparing two intervals.

    a, b: float (U,), the same users in the same order; NaN where a user has no answer. Where both hold nothing but 0
    and 1, users on whom they differ may be few or none, and the interval is made for that; for other values see
    `intervals.differences_interval`. A thing held against itself (b is a) gives 0 [0, 0]. Raises ShapeError, DataError.

    Source: for 0 and 1, Agresti & Min 2005, doi:10.1002/sim.1781 (half a user added to each of the four outcomes).
    """
    same = a is b
    a, b = (as_numbers(name, value, missing=True) for name, value in (("a", a), ("b", b)))
    if a.shape != b.shape:
        raise ShapeError(f"a has shape {a.shape}, b {b.shape}; a paired comparison needs the same users in both.")
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = a[both], b[both]
    if a.ndim != 1 or len(a) < 2:
        raise DataError(f"{len(a)} users have an answer in both, shape {a.shape}; expected one value each of at least "
                        f"2 users. How far others lie from one cannot be known.")
    if same:
        return Estimate(0.0, 0.0, 0.0, len(a))
    if intervals.is_binary(a) and intervals.is_binary(b):
        return _paired_shares(a, b)
    return Estimate(float((a - b).mean()), *intervals.differences_interval(a, b), len(a))


def _paired_shares(a: np.ndarray, b: np.ndarray) -> Estimate:
    n, up, down = len(a), ((a > b).sum()), ((a < b).sum())
    more, less, total = up + 0.5, down + 0.5, n + 2
    centre = (more - less) / total
    error = np.sqrt((more + less) / total - centre**2) / np.sqrt(total)
    around = normal_estimate(centre, error, n)
    value = (up - down) / n
    return Estimate(float(value), min(around.low, value), max(around.high, value), n)


def per_group(groups, *values) -> list[np.ndarray]:
    """Sums of each values array, float (n,), over groups, any (n,): one float (G,) each, groups in sorted order.

    Raises ShapeError, ArgumentError where a row has no group or a value is NaN.
    """
    code = _codes(groups)
    for value in values:
        if len(value) != len(code):
            raise ShapeError(f"groups has {len(code)} rows, values {len(value)}; expected one group for each value.")
    return [np.bincount(code, as_numbers("values", value)) for value in values]


def ratio(numerator, denominator, groups=None, level: float = 0.95) -> Estimate:
    """Sum over sum, with an interval over independent units, such as click rate over users.

    numerator, denominator: float (n,), one row a unit, or with groups, any (n,), one row an event of a unit.
    Returns the ratio of the sums. Where rows are counts, so many of so many (clicks of impressions), the interval is
    exact at the number of independent trials that the rows are worth, also where no event was seen; equal denominators
    give the interval of a mean; all else Student's t with the jackknife's error. Where nothing happened over
    denominators that are no counts (clicks of seconds), it ends at 3.69 events of 1 at 95%. Zeros do not say what they
    are zeros of: of money, whose unit is not one sale, ask for the rate of sales. Covers .93 or more from 30 units on
    where these are alike in size, from 300 where some have most of the denominator. With one unit it is infinite, but
    for counts. Raises DataError where no unit is left or the denominators sum to 0.

    Source: Deng, Knoblich, Lu 2018, doi:10.1145/3219819.3219919 (units); Korn & Graubard 1998 (counts).
    Departs: the jackknife, which the delta method approaches from below as units grow many.
    """
    numerator, denominator = as_numbers("numerator", numerator), as_numbers("denominator", denominator)
    if numerator.shape != denominator.shape or numerator.ndim != 1:
        raise ShapeError(f"numerator has shape {numerator.shape}, denominator {denominator.shape}; expected both (n,).")
    counted = _so_many_of(numerator, denominator)
    if groups is not None:
        numerator, denominator = per_group(groups, numerator, denominator)
    n, total = len(numerator), denominator.sum()
    if n == 0 or total == 0:
        raise DataError(f"a ratio over {n} units has a denominator of {total:g}; expected more than 0. "
                        f"Check that the log holds impressions of these days.")
    value = float(numerator.sum() / total)
    low, high = -np.inf, np.inf
    if counted and (denominator == 1).all():
        low, high = intervals.proportion_interval(numerator.sum(), n, level)
    elif counted:
        worth = total**2 / (denominator**2).sum()
        low, high = intervals.rate_interval(value, jackknife_error(numerator, denominator) ** 2, total, worth, level, n)
    elif n >= 2 and not numerator.any() and total > 0:
        low, high = (end / total for end in intervals.weighted_events_interval(0.0, 0.0, 1.0, level))
    elif n >= 2 and (denominator == denominator[0]).all():
        low, high = (end / denominator[0] for end in intervals.mean_interval(numerator, level))
    elif n >= 2:
        return t_estimate(value, jackknife_error(numerator, denominator), n, n - 1, level)
    return Estimate(value, float(min(low, high)), float(max(low, high)), n)


def _so_many_of(count: np.ndarray, n: np.ndarray) -> bool:
    """Whether every row is a count of events among a count of trials."""
    whole = (count % 1 == 0).all() and (n % 1 == 0).all()
    return bool(count.size and whole and (count >= 0).all() and (count <= n).all())


def jackknife_error(numerator: np.ndarray, denominator: np.ndarray) -> float:
    """Standard error of a ratio of sums over units, float (n,) each, from leaving out one unit at a time.

    It is that of a mean where denominators are equal; the delta method is smaller where one unit has much of the sum.
    Infinite for one unit, or where one has all of the denominator.

    Source: Efron & Tibshirani 1993, chapter 11. Departs: linearised, with the leverage of each unit kept.
    """
    numerator, denominator = as_numbers("numerator", numerator), as_numbers("denominator", denominator)
    if numerator.shape != denominator.shape or numerator.ndim != 1:
        raise ShapeError(f"numerator has shape {numerator.shape}, denominator {denominator.shape}; expected both (n,).")
    n, total = len(numerator), denominator.sum()
    left = total - denominator
    if n < 2 or total == 0 or (left == 0).any():
        return np.inf
    pull = (numerator - numerator.sum() / total * denominator) / left
    return float(np.sqrt((n - 1) / n * (pull**2).sum()))
