"""The bootstrap covers as often as it says, and users, not rows, are what is resampled."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, DataError, ShapeError
from course_lib.evidence.estimate import Estimate, bootstrap, normal_estimate, paired


def test_an_estimate_reads_as_value_and_interval():
    assert str(Estimate(0.385, 0.369, 0.401)) == "0.385 [0.369, 0.401]"
    assert f"{Estimate(0.385, 0.369, 0.401):.1%}" == "38.5% [36.9%, 40.1%]"
    assert float(Estimate(2, 1, 3)) == 2 and Estimate(2, 1, 3).excludes(0) and not Estimate(2, 1, 3).excludes(1)


def test_an_estimate_says_on_which_side_of_a_value_it_lies():
    assert [Estimate(2, 1, 3).side(v) for v in (0, 1, 3, 4)] == ["above", *["not told apart from"] * 2, "below"]
    assert Estimate(0.1, -0.1, 0.3).side() == "not told apart from"


def test_the_interval_of_a_mean_equals_scipys_percentile_bootstrap_and_covers():
    from scipy.stats import bootstrap as scipy_bootstrap

    values = np.random.default_rng(0).exponential(1, 200)
    ours = bootstrap(values, n_boot=4000)
    theirs = scipy_bootstrap((values,), np.mean, n_resamples=4000, method="percentile", rng=1).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.01) and ours.high == pytest.approx(theirs.high, abs=0.01)
    covered = [bootstrap(np.random.default_rng(s).normal(3, 1, 80), n_boot=300, seed=s) for s in range(300)]
    assert 0.90 < np.mean([not e.excludes(3) for e in covered]) < 0.98


def test_many_values_take_the_normal_interval_which_is_the_same():
    values = np.random.default_rng(0).exponential(1, 20_001)
    quick, slow = bootstrap(values), bootstrap(values, statistic=lambda rows: rows.mean(), n_boot=600)
    assert quick.value == slow.value and quick.width == pytest.approx(slow.width, rel=0.1)


def test_resampling_users_is_wider_than_resampling_their_rows():
    rng = np.random.default_rng(0)
    user = np.repeat(np.arange(100), 20)
    values = rng.normal(size=100)[user] + 0.1 * rng.normal(size=2000)
    by_user, by_row = bootstrap(values, groups=user), bootstrap(values)
    assert 3 < by_user.width / by_row.width < 6  # rows of a user say the same thing 20 times: sqrt(20) = 4.5
    general = bootstrap(values, statistic=lambda rows: rows.mean(), groups=user)
    assert general.value == by_user.value and general.width == pytest.approx(by_user.width, rel=0.15)
    assert by_user.n == 100


def test_pairing_drops_users_without_an_answer_and_what_they_share():
    rng = np.random.default_rng(0)
    a = rng.normal(size=300)
    difference = paired(np.r_[a + 0.1, np.nan], np.r_[a, 1.0])
    assert difference.value == pytest.approx(0.1) and difference.width < 1e-9 and difference.n == 300


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
