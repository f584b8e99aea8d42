"""Many A/A tests of one log: everybody had the same system, so whatever a split of these people finds is false.

Only the salt of the hash changes from test to test. Arrays of splits are bool (T, n): T tests, n people, True where a
person would be in treatment. Rows of values belong to the same people in the same order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from course_lib.contracts import DataError, ShapeError, as_count, as_numbers, keyed_uniform
from course_lib.evidence.differences import cluster_difference, difference
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.intervals import wilson_interval
from course_lib.evidence.sequential import always_valid_p

EDGE = 1.96


def split_many(unit_id, tests: int, *, seed: int = 0) -> np.ndarray:
    """Halves of the people by a hash, bool (tests, n). unit_id: int (n,), of what is assigned: users, or clusters."""
    unit_id = np.asarray(unit_id)
    as_count("tests", tests)
    return np.stack([keyed_uniform(seed * 10_000 + test, unit_id) >= 0.5 for test in range(tests)])


def share_of(count, n: int) -> Estimate:
    """count out of n, with Wilson's interval. Raises DataError for n of 0."""
    if not n > 0:
        raise DataError(f"{count} out of {n}; expected at least one test.")
    low, high = wilson_interval(count, n)
    return Estimate(count / n, min(low, count / n), max(high, count / n), n)      # rounding may leave a share outside


def alarms(distance, edge: float = EDGE) -> Estimate:
    """Share of tests whose difference lies beyond the edge. distance: float (T,), in standard errors."""
    beyond = np.abs(as_numbers("distance", distance)) > edge
    return share_of(int(beyond.sum()), len(beyond))


def arm_sums(splits, values) -> tuple[np.ndarray, np.ndarray]:
    """Sums of each column over control and over treatment, two float (T, c). values: float (n, c)."""
    if splits.shape[1] != len(values):
        raise ShapeError(f"splits are of {splits.shape[1]} people, values of {len(values)}; expected the same people.")
    treatment = np.concatenate([part.astype(float) @ values for part in np.array_split(splits, 10)])
    return values.sum(0) - treatment, treatment


def differences(splits, values) -> tuple[np.ndarray, np.ndarray]:
    """Treatment's mean less control's, and its standard error, two float (T, c). values: float (n, c)."""
    size = splits.sum(1)[:, None]
    sums, squares = arm_sums(splits, values), arm_sums(splits, values**2)
    means, variance = [], 0.0
    for n, total, square in zip((splits.shape[1] - size, size), sums, squares, strict=True):
        means.append(total / n)
        variance = variance + (square / n - means[-1] ** 2) / (n - 1)
    return means[1] - means[0], np.sqrt(variance)


def by_users(splits, clicks, shown, ratio_of: Callable) -> np.ndarray:
    """Difference of click rates in standard errors over users, float (T,).

    ratio_of(numerator, denominator) → (ratio, standard error): the analysis of one arm, such as `ratio_delta`.
    """
    distance = []
    for treated in splits:
        (c, error_c), (t, error_t) = (ratio_of(clicks[arm], shown[arm]) for arm in (~treated, treated))
        distance.append((t - c) / np.hypot(error_c, error_t))
    return np.array(distance)


def by_impressions(splits, clicks, shown) -> np.ndarray:
    """The same difference with every impression an independent coin, float (T,)."""
    control, treatment = arm_sums(splits, np.column_stack([clicks, shown]))
    (c, n_c), (t, n_t) = control.T, treatment.T
    common = (c + t) / (n_c + n_t)
    return (t / n_t - c / n_c) / np.sqrt(common * (1 - common) * (1 / n_c + 1 / n_t))


def by_clusters(y, cluster, tests: int = 1000, *, seed: int = 0) -> dict[str, Estimate]:
    """Alarms where whole clusters are assigned: counted by people, and by clusters with Student's edge at G − 2."""
    splits = split_many(cluster, tests, seed=seed)
    found = [cluster_difference(y, cluster, treated.astype(int)) for treated in splits]
    distance = np.array([value / error for value, error in found])
    wrong = [difference(y[~treated], y[treated]).excludes(0) for treated in splits]
    edge = student.ppf(0.975, len(np.unique(cluster)) - 2)
    return {"clusters split, counted by people": share_of(sum(wrong), tests),
            "clusters split, by clusters": alarms(distance, edge)}


def few_clusters(y, cluster, counts, tests: int = 5000, *, seed: int = 0) -> dict[str, dict[int, Estimate]]:
    """Alarms with only so many clusters in both arms, with 1.96 and with Student's edge at G − 2, by their number."""
    _, code = np.unique(cluster, return_inverse=True)
    each = np.bincount(code, y) / np.bincount(code)
    rng, found = np.random.default_rng(seed), {"1.96": {}, "t with G − 2": {}}
    for g in counts:
        drawn = rng.permuted(np.tile(np.arange(len(each)), (tests, 1)), axis=1)[:, :g]
        arms = each[drawn].reshape(tests, 2, g // 2)
        error = np.sqrt(arms.var(2, ddof=1).sum(1) / (g // 2))
        distance = np.diff(arms.mean(2), axis=1)[:, 0] / error
        found["1.96"][g] = alarms(distance)
        found["t with G − 2"][g] = alarms(distance, student.ppf(0.975, g - 2))
    return found


# --- looked at every day ---------------------------------------------------------------------------------------------
def looks(splits, daily) -> tuple[np.ndarray, np.ndarray]:
    """What is seen each morning: difference a person and day so far, standard error, two float (T, days)."""
    days = np.arange(1, daily.shape[1] + 1)
    return differences(splits, daily.cumsum(1) / days)


def with_newcomers(daily, returning: float, *, seed: int = 0) -> np.ndarray:
    """daily, float (n, days), where this share of people comes back and every other place is somebody new each day."""
    rng, mixed = np.random.default_rng(seed), daily.copy()
    new = rng.random(len(daily)) >= returning
    for day in range(daily.shape[1]):
        mixed[new, day] = rng.permutation(daily[new, day])
    return mixed


def planned_effect(error) -> float:
    """The effect that one look, on the last day, finds in four tests of five. error: float (T, days)."""
    return float((norm.ppf(0.975) + norm.ppf(0.8)) * error[:, -1].mean())


def usual_alarms(value, error, edge=EDGE) -> Estimate:
    """Share of tests beyond the edge on any day. edge: a number, or float (days,), in standard errors."""
    return share_of(int((np.abs(value) > edge * error).any(1).sum()), len(value))


def valid_alarms(value, error) -> Estimate:
    """Share of tests in which the always-valid p falls below 5% on any day; tuned to the planned effect."""
    scale = planned_effect(error)
    last = [always_valid_p(*look, scale)[-1] for look in zip(value, error, strict=True)]
    return share_of(int((np.array(last) < 0.05).sum()), len(last))


def users_needed(value, error, *, seed: int = 0) -> Estimate:
    """Users that the always-valid test needs for 80% power, over those of one planned look, with an interval.

    value, error: of A/A tests. Give every treatment arm the same lift: it is found once the difference leaves the
    always-valid interval on any day, so each test has a smallest lift that is found. Four in five find the 80%
    quantile of these, and users go with its square.
    """
    variance, scale = error**2, planned_effect(error)
    inner = 2 * np.log(20) + np.log((variance + scale**2) / variance)
    reach = np.sqrt(variance * (variance + scale**2) / scale**2 * inner)
    smallest = (reach - value).min(1) / scale
    return bootstrap(smallest, lambda lifts: np.quantile(lifts, 0.8) ** 2, seed=seed, n_boot=300)


# --- what was known before, and who is missing -----------------------------------------------------------------------
def promised_and_kept(rows) -> tuple[float, float]:
    """(1 − ρ² between two weeks before, what is left of the variance in the test's first week).

    rows: float (n, 3), a person's outcome two weeks before, one week before, and in the first week of the test. θ is
    fixed before the test begins.
    """
    earlier, before, during = rows.T
    promised = 1 - np.corrcoef(earlier, before)[0, 1] ** 2
    theta = np.cov(earlier, before)[0, 1] / np.var(earlier, ddof=1)
    return promised, np.var(during - theta * before) / np.var(during)


def cuped_kept(rows, *, seed: int = 0) -> Estimate:
    """What is left over what was promised, with an interval over people."""
    def kept_over_promised(drawn):
        promised, kept = promised_and_kept(drawn)
        return kept / promised
    return bootstrap(rows, kept_over_promised, seed=seed, n_boot=300)


def capped(values, share: float = 0.99) -> np.ndarray:
    """values, float (n, c), with what lies above this quantile of the *first* column cut to it, in all columns."""
    return np.minimum(values, np.quantile(values[:, 0], share))
