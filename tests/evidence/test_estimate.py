"""The bootstrap covers as often as it says, and users, not rows, are what is resampled."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, DataError, ShapeError
from course_lib.evidence.estimate import (
    Estimate,
    bootstrap,
    jackknife_error,
    mean_of_runs,
    normal_estimate,
    paired,
    ratio,
    t_estimate,
)


def test_an_estimate_reads_as_value_and_interval():
    assert str(Estimate(0.385, 0.369, 0.401)) == "0.385 [0.369, 0.401]"
    assert f"{Estimate(0.385, 0.369, 0.401):.1%}" == "38.5% [36.9%, 40.1%]"
    assert float(Estimate(2, 1, 3)) == 2 and Estimate(2, 1, 3).excludes(0) and not Estimate(2, 1, 3).excludes(1)


def test_an_estimate_says_on_which_side_of_a_value_it_lies():
    assert [Estimate(2, 1, 3).side(v) for v in (0, 1, 3, 4)] == ["above", *["not told apart from"] * 2, "below"]
    assert Estimate(0.1, -0.1, 0.3).side() == "not told apart from"


def test_what_is_drawn_equals_scipys_bca_bootstrap():
    from scipy.stats import bootstrap as scipy_bootstrap

    values = np.random.default_rng(0).exponential(1, 400)
    ours = bootstrap(values, np.std, n_boot=4000)
    theirs = scipy_bootstrap((values,), np.std, n_resamples=4000, method="BCa", rng=1).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.01) and ours.high == pytest.approx(theirs.high, abs=0.01)


def test_the_formula_of_a_mean_is_what_drawing_gives_and_what_scipy_says():
    from scipy.stats import t

    values = np.random.default_rng(0).exponential(1, 20_001)
    quick, slow = bootstrap(values), bootstrap(values, statistic=lambda rows: rows.mean(), n_boot=600)
    assert quick.value == slow.value and quick.width == pytest.approx(slow.width, rel=0.1)
    even = np.r_[values, 4 - values][:400:3]
    even = np.r_[even, 2 * even.mean() - even]  # no skewness: Student's interval
    low, high = t.interval(0.95, len(even) - 1, even.mean(), even.std(ddof=1) / np.sqrt(len(even)))
    assert (bootstrap(even).low, bootstrap(even).high) == pytest.approx((low, high), abs=1e-9)
    skewed = bootstrap(values[:30])
    assert skewed.high - skewed.value > 1.3 * (skewed.value - skewed.low)  # a long tail: more room above


def test_resampling_users_is_wider_than_resampling_their_rows():
    rng = np.random.default_rng(0)
    user = np.repeat(np.arange(100), 20)
    values = rng.normal(size=100)[user] + 0.1 * rng.normal(size=2000)
    by_user, by_row = bootstrap(values, groups=user), bootstrap(values)
    assert 3 < by_user.width / by_row.width < 6  # rows of a user say the same thing 20 times: sqrt(20) = 4.5
    general = bootstrap(values, statistic=lambda rows: rows.mean(), groups=user)
    assert general.value == pytest.approx(by_user.value) and general.width == pytest.approx(by_user.width, rel=0.15)
    assert by_user.n == 100


def test_pairing_drops_users_without_an_answer_and_what_they_share():
    rng = np.random.default_rng(0)
    a = rng.normal(size=300)
    difference = paired(np.r_[a + 0.1, np.nan], np.r_[a, 1.0])
    assert difference.value == pytest.approx(0.1) and difference.width < 1e-9 and difference.n == 300


def test_nothing_seen_is_not_nothing_there():
    for nothing in (bootstrap(np.zeros(30)), ratio(np.zeros(30), np.ones(30)), ratio([0, 0, 0], [10, 10, 10])):
        assert nothing.value == nothing.low == 0 and nothing.high > 0.1
    assert bootstrap(np.ones(30)).low == pytest.approx(1 - bootstrap(np.zeros(30)).high)
    alike = ratio(np.zeros(300), np.ones(300), groups=np.arange(300) // 100)  # three users: three observations
    assert alike.high > 0.7 and ratio(np.zeros(300), np.ones(300), groups=np.arange(300) // 2).high < 0.03


def test_two_systems_that_never_differed_may_differ_and_one_is_itself():
    hit = np.array([1.0, 0.0] * 50)
    same = paired(hit, hit.copy())
    assert same.value == 0 and same.low < -0.005 and same.high > 0.005
    itself = paired(hit, hit)
    assert (itself.low, itself.high, itself.n) == (0, 0, 100)


def test_the_jackknife_is_scipys_formula_done_one_by_one():
    rng = np.random.default_rng(3)
    above, below = rng.poisson(3, 20) + 0.0, rng.integers(1, 40, 20) + 0.0
    without = np.array([np.delete(above, i).sum() / np.delete(below, i).sum() for i in range(20)])
    by_hand = np.sqrt(19 / 20 * ((without - above.sum() / below.sum()) ** 2).sum())
    assert jackknife_error(above, below) == pytest.approx(by_hand, abs=1e-12)
    assert jackknife_error(above, np.ones(20)) == pytest.approx(above.std(ddof=1) / np.sqrt(20), abs=1e-12)
    assert ratio([1, 2.5], [1, 0]).high == np.inf  # one unit has it all


def test_degrees_of_freedom_widen_the_interval_of_few():
    assert t_estimate(0, 1, 5, 4).high == pytest.approx(2.776, abs=1e-3)
    with pytest.raises(ArgumentError, match="degrees 0"):
        t_estimate(0, 1, 1, 0)


def test_bad_input_is_named():
    with pytest.raises(DataError, match="no rows"):
        bootstrap([])
    with pytest.raises(ArgumentError, match="first at"):
        bootstrap([1.0, np.nan])
    with pytest.raises(ShapeError, match="same users"):
        paired([1.0], [1.0, 2.0])
    with pytest.raises(ShapeError, match="groups"):
        bootstrap([1.0, 2.0], groups=[1])
    same = bootstrap([2.0, 2.0, 2.0])
    assert (same.value, same.low, same.high) == (2, 2, 2)


def test_a_standard_error_below_0_is_refused():
    """It gave an interval whose low end lay above its high end."""
    with pytest.raises(ArgumentError, match="standard_error is -1.0"):
        normal_estimate(1.0, -1.0, 5)


def test_a_mean_of_runs_has_students_interval():
    from scipy.stats import ttest_1samp

    values = np.array([1.0, 2.0, 4.0, 3.0, 7.0])
    found = mean_of_runs(values)
    np.testing.assert_allclose([found.low, found.high], ttest_1samp(values, 0).confidence_interval(0.95))
    assert (found.value, found.n) == (3.4, 5)


def test_equal_runs_have_no_width_and_one_run_is_none():
    found = mean_of_runs(np.full(6, 0.3))
    assert found.low == found.value == found.high
    with pytest.raises(DataError, match="at least 2 runs"):
        mean_of_runs([1.0])
