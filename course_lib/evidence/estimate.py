"""A number with its interval: the bootstrap by row or by user, the normal interval, the paired difference.

A metric without its interval invites a decision that the data cannot carry, so all of evidence/ answers in Estimates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_count, as_numbers

NORMAL_ABOVE = 20_000  # values; beyond this the bootstrap of a mean is its normal interval to three digits


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

    Raises ArgumentError for a standard error below 0, which would turn the interval around.
    """
    from scipy.stats import norm

    if standard_error < 0:
        raise ArgumentError(f"standard_error is {standard_error}; expected a number of at least 0.")
    reach = float(norm.ppf(0.5 + level / 2)) * float(standard_error)
    return Estimate(float(value), float(value) - reach, float(value) + reach, int(n))


def bootstrap(values, statistic: Callable = np.mean, seed: int = 0, n_boot: int = 1000, groups=None,
              level: float = 0.95) -> Estimate:
    """Percentile bootstrap of a statistic, resampling rows, or whole groups (users) where rows of one belong together.

    values: float (n,) or (n, c). statistic: takes rows, returns a number. groups: int (n,), the user of each row.
    Returns the statistic of all rows with its interval; low = high = value where nothing varies.
    Raises DataError on fewer than 2 rows (or groups): one says nothing about others; ArgumentError on NaN, or groups
    that cannot be told apart; ShapeError.

    Source: Efron & Tibshirani 1993, chapter 13.
    Departs: the mean of more than 20,000 rows without groups takes its normal interval, which is the same and quick.
    """
    values = as_numbers("values", values)
    if values.ndim == 0 or len(values) == 0:
        raise DataError("bootstrap got no rows; expected at least 2. Check that users with a held-out item remain.")
    if len(values) == 1:
        raise DataError("bootstrap got one row; expected at least 2. How far others lie from it cannot be known: pass "
                        "one value a user, or report the value alone.")
    _check_draws(n_boot, level)
    plain_mean = statistic is np.mean and values.ndim == 1
    value = float(statistic(values))
    if groups is not None:
        draws, n = _group_draws(values, statistic, np.asarray(groups), seed, n_boot, plain_mean)
    elif plain_mean and len(values) > NORMAL_ABOVE:
        return normal_estimate(value, values.std(ddof=1) / np.sqrt(len(values)), len(values), level)
    else:
        rng, n = np.random.default_rng(seed), len(values)
        picks = (rng.integers(0, n, n) for _ in range(n_boot))
        draws = np.array([values[p].mean() if plain_mean else statistic(values[p]) for p in picks], float)
    low, high = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2])
    return Estimate(value, float(low), float(high), n)


def _group_draws(values, statistic, groups, seed, n_boot, plain_mean) -> tuple[np.ndarray, int]:
    if len(groups) != len(values):
        raise ShapeError(f"groups has {len(groups)} rows, values {len(values)}; expected one group for each value.")
    code = _codes(groups)
    n, rng = int(code.max()) + 1, np.random.default_rng(seed)
    if n == 1:
        raise DataError(f"all {len(values)} rows belong to one group, {groups[0]}; expected at least 2 groups. Groups "
                        f"are the users, not the arm.")
    if plain_mean:  # sums and counts of a group are all the mean needs
        total, count = np.bincount(code, values), np.bincount(code)
        picks = (rng.integers(0, n, n) for _ in range(n_boot))
        return np.array([total[p].sum() / count[p].sum() for p in picks]), n
    rows = np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code))[:-1])
    picks = (rng.integers(0, n, n) for _ in range(n_boot))
    return np.array([statistic(values[np.concatenate([rows[g] for g in p])]) for p in picks], float), n


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


def paired(a, b, seed: int = 0, n_boot: int = 1000) -> Estimate:
    """Mean of a − b over users who have both, resampled by user: narrower than comparing two intervals.

    a, b: float (U,), the same users in the same order; NaN where a user has no answer. Raises ShapeError, DataError.
    """
    a, b = (as_numbers(name, value, missing=True) for name, value in (("a", a), ("b", b)))
    if a.shape != b.shape:
        raise ShapeError(f"a has shape {a.shape}, b {b.shape}; a paired comparison needs the same users in both.")
    both = ~(np.isnan(a) | np.isnan(b))
    return bootstrap((a - b)[both], seed=seed, n_boot=n_boot)


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
    """Sum over sum, with the delta method's interval over independent units, such as click rate over users.

    numerator, denominator: float (n,), one row a unit, or with groups, any (n,), one row an event of a unit.
    Returns the ratio of the sums. Raises DataError where no unit is left or the denominators sum to 0.

    Source: Deng, Knoblich, Lu 2018, doi:10.1145/3219819.3219919.
    """
    numerator, denominator = as_numbers("numerator", numerator), as_numbers("denominator", denominator)
    if numerator.shape != denominator.shape or numerator.ndim != 1:
        raise ShapeError(f"numerator has shape {numerator.shape}, denominator {denominator.shape}; expected both (n,).")
    if groups is not None:
        numerator, denominator = per_group(groups, numerator, denominator)
    n, total = len(numerator), denominator.sum()
    if n == 0 or total == 0:
        raise DataError(f"a ratio over {n} units has a denominator of {total:g}; expected more than 0. "
                        f"Check that the log holds impressions of these days.")
    value = numerator.sum() / total
    error = np.inf if n < 2 else np.sqrt(n * np.var(numerator - value * denominator, ddof=1)) / total
    return normal_estimate(value, error, n, level)
