"""Intervals of counts, rates and weighted events against statsmodels, scipy, and their limiting cases."""

import numpy as np
import pytest
from scipy.stats import beta, binomtest, norm, t
from statsmodels.stats.rates import confint_poisson

from course_lib.contracts import ArgumentError, DataError
from course_lib.evidence.estimate import paired
from course_lib.evidence.intervals import (
    differences_interval,
    is_binary,
    mean_interval,
    newcombe_interval,
    proportion_interval,
    rate_interval,
    weighted_events_interval,
    wilson_interval,
)
from course_lib.evidence.paired_gain import relative_gain


@pytest.mark.parametrize(("count", "n"), [(0, 30), (1, 30), (30, 30), (7, 50), (400, 1000)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.999])
def test_proportions_are_those_of_scipy_and_their_difference_that_of_statsmodels(count, n, level):
    test = binomtest(count, n)
    assert proportion_interval(count, n, level) == pytest.approx(tuple(test.proportion_ci(level)), abs=1e-6)
    tail = (1 - level) / 2                                # scipy searches, to seven digits; its quantiles are exact
    low = beta.ppf(tail, count, n - count + 1) if count else 0.0
    high = beta.ppf(1 - tail, count + 1, n - count) if count < n else 1.0
    assert proportion_interval(count, n, level) == pytest.approx((low, high), abs=1e-9)
    assert wilson_interval(count, n, level) == pytest.approx(
        tuple(test.proportion_ci(level, method="wilson")), abs=1e-9)
    by_hand = newcombe_by_hand((5, 40), (count, n), level)
    assert newcombe_interval((5, 40), (count, n), level) == pytest.approx(by_hand, abs=1e-9)
    assert newcombe_interval((count, n), (5, 40), level) == pytest.approx((-by_hand[1], -by_hand[0]), abs=1e-9)


def newcombe_by_hand(control, treatment, level):
    """Newcombe's method 10 from scipy's Wilson intervals."""
    low_c, high_c = binomtest(*control).proportion_ci(level, method="wilson")
    low_t, high_t = binomtest(*treatment).proportion_ci(level, method="wilson")
    share_c, share_t = control[0] / control[1], treatment[0] / treatment[1]
    gap = share_t - share_c
    return gap - np.hypot(share_t - low_t, high_c - share_c), gap + np.hypot(high_t - share_t, share_c - low_c)


@pytest.mark.parametrize("count", [0, 1, 5, 60])
def test_events_of_equal_weight_are_a_poisson_count(count):
    low, high = confint_poisson(count, 1, method="exact-c")
    found = weighted_events_interval(count * 2.5, count * 2.5**2, 2.5)
    assert found == pytest.approx((0 if count == 0 else 2.5 * low, 2.5 * high), abs=1e-9)


def test_many_events_of_any_weight_get_the_normal_interval():
    low, high = weighted_events_interval(1e6, 3e6, 10)
    reach = norm.ppf(0.975) * np.sqrt(3e6)
    assert (low, high) == pytest.approx((1e6 - reach, 1e6 + reach), abs=30)


def test_a_rate_of_independent_trials_is_the_exact_proportion_but_for_its_degrees():
    rate, n = 0.2, 5000
    found = rate_interval(rate, rate * (1 - rate) / n, n, n)
    assert found == pytest.approx(proportion_interval(1000, 5000), abs=1e-5)
    double = rate_interval(rate, 2 * rate * (1 - rate) / n, n, n)
    assert double == pytest.approx(proportion_interval(500, 2500), abs=1e-5)  # people of a pair are alike
    assert rate_interval(0.0, 0.0, 5000, 40)[1] == pytest.approx(proportion_interval(0, 40)[1], rel=0.07)
    assert rate_interval(0.5, 0.25 / 100, 100, 3)[0] < rate_interval(0.5, 0.25 / 100, 100, 100)[0]


def test_a_mean_without_skewness_has_students_interval_and_a_mirror_mirrors():
    rng = np.random.default_rng(0)
    half = rng.exponential(1, 20)
    even = np.r_[half, -half]
    reach = t.ppf(0.975, 39) * even.std(ddof=1) / np.sqrt(40)
    assert mean_interval(even) == pytest.approx((-reach, reach), abs=1e-9)
    low, high = mean_interval(half)
    assert mean_interval(-half) == pytest.approx((-high, -low), abs=1e-12)
    assert mean_interval(3 + 2 * half) == pytest.approx((3 + 2 * low, 3 + 2 * high), abs=1e-12)
    assert mean_interval([4.0, 4.0, 4.0]) == (4, 4)


def test_halls_cubic_takes_the_quantile_where_it_says():
    values = np.random.default_rng(1).lognormal(0, 1, 50)
    n, mean, spread = 50, values.mean(), values.std(ddof=1)
    skew = ((values - mean) ** 3).mean() / spread**3
    for end, sign in zip(mean_interval(values), (1, -1), strict=True):
        studentised = (mean - end) / spread
        cubic = studentised + skew * studentised**2 / 3 + skew**2 * studentised**3 / 27 + skew / (6 * n)
        assert np.sqrt(n) * cubic == pytest.approx(sign * t.ppf(0.975, n - 1), abs=1e-9)


def test_people_who_all_have_the_same_in_both_are_no_proof_that_there_is_no_difference():
    """Half a person more on either side, who differs by the whole range; nothing of this where ten differ."""
    a, n = np.tile([0.0, 0.2, 0.5, 1.0], 25), 100
    same = a.copy()
    reach = t.ppf(0.975, n - 1) * np.sqrt(1 / (n + 2)) / np.sqrt(n + 2)
    assert differences_interval(a, same) == pytest.approx((-reach, reach))
    told = paired(a, same)
    assert (told.value, told.low, told.high) == pytest.approx((0, -reach, reach))
    assert (paired(a, a).low, paired(a, a).high) == (0, 0)
    gain = relative_gain(a, same)
    assert (gain.low, gain.high) == pytest.approx((-reach / a.mean(), reach / a.mean()))
    same[:10] += np.linspace(0.1, 0.5, 10)
    assert differences_interval(same, a) == mean_interval(same - a)
    assert differences_interval(a + 1, a)[0] == pytest.approx(1), "everybody differs, and alike"
    assert differences_interval([2.0, 2.0, 2.0], [2.0, 2.0, 2.0]) == (0, 0), "nothing has a range"


def test_bad_input_is_named():
    assert is_binary([0, 1.0, True]) and not is_binary([0, 0.5]) and not is_binary([])
    with pytest.raises(ArgumentError, match="count is 7"):
        proportion_interval(7, 5)
    with pytest.raises(ArgumentError, match="n 0"):
        wilson_interval(0, 0)
    with pytest.raises(ArgumentError, match="level is 95"):
        proportion_interval(1, 5, 95)
    with pytest.raises(DataError, match="at least 2"):
        mean_interval([1.0])
    with pytest.raises(ArgumentError, match="largest 0"):
        weighted_events_interval(1.0, 1.0, 0.0)
