"""The check of the split: its power, an archive with broken weeks, and what a loss of light users looks like."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence import broken_splits
from course_lib.evidence.experiment import SRM_ALARM


def test_where_nothing_is_lost_the_check_rings_at_its_level_and_at_a_large_loss_nearly_always():
    assert broken_splits.srm_power(10_000, 0.0) == pytest.approx(SRM_ALARM)
    assert broken_splits.srm_power(1_000_000, 0.02) > 0.99 > 0.2 > broken_splits.srm_power(10_000, 0.02)
    for bad in ((0, 0.1), (100, 1.0), (100, -0.1)):
        with pytest.raises(ArgumentError):
            broken_splits.srm_power(*bad)


def test_a_week_with_lost_impressions_is_found_and_a_week_of_few_tests_is_left_out():
    rng = np.random.default_rng(0)
    rows = [(f"{week}-{k}", n, week, week == 2) for week, tests in ((1, 12), (2, 12), (3, 3)) for k in range(tests)
            for n in (rng.poisson(5000), rng.poisson(4000 if week == 2 else 5000))]
    arms = pd.DataFrame(rows, columns=["test_id", "impressions", "week", "broken_randomisation"])
    weekly = broken_splits.by_week(broken_splits.check_archive(arms))
    assert list(weekly.index) == [1, 2] and weekly["share"].tolist() == [0.0, 1.0]
    assert weekly["warned"].tolist() == [False, True]


def test_losing_the_lightest_looks_like_a_gain_and_losing_nobody_like_nothing():
    rng = np.random.default_rng(1)
    clicks = rng.gamma(1, 10, 2000)
    splits, came = rng.random((50, 2000)) < 0.5, np.ones(2000, bool)
    gains, p = broken_splits.when_some_are_lost(clicks, came, clicks < 3, splits)
    none, p_none = broken_splits.when_some_are_lost(clicks, came, clicks < 0, splits)
    assert gains.mean() > 0.2 and abs(none.mean()) < 0.03 and (p < SRM_ALARM).mean() > 0.5 > (p_none < SRM_ALARM).mean()
