"""Controls of the claims of lesson 10 through their own functions, and the click rate on a dial of lesson 09.

The functions are taken from the lessons' sources; nothing of a lesson is run. So a measurement that comes out the same
whatever is fed to it fails here.
"""

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of

from course_lib.data import datasets
from course_lib.evidence.estimate import Estimate


@pytest.fixture
def tests_of_nothing():
    """Lesson 10's functions, with 1,000 people and 2,000 A/A tests."""
    space, rng = functions_of("experiments"), np.random.default_rng(0)
    space["users"] = pd.DataFrame(index=np.arange(1000))
    space["splits"] = rng.random((2000, 1000)) < 0.5
    space["days"] = np.arange(1, 15)
    return space


# --- 10 --------------------------------------------------------------------------------------------------------------
def test_alarms_are_as_promised_for_independent_people_and_above_it_for_alike_impressions(tests_of_nothing):
    space, rng = tests_of_nothing, np.random.default_rng(7)
    value, error = space["differences"](rng.normal(size=(1000, 1)))
    assert np.mean(np.abs(value / error) > 1.96) == pytest.approx(0.05, abs=0.02)
    once = space["counted_by_impressions"](rng.binomial(1, 0.2, 1000).astype(float), np.ones(1000))
    alike = space["counted_by_impressions"](50.0 * rng.binomial(1, 0.2, 1000), np.full(1000, 50.0))
    assert np.mean(np.abs(once) > 1.96) == pytest.approx(0.05, abs=0.02) and np.mean(np.abs(alike) > 1.96) > 0.5


def test_what_cuped_promised_is_kept_where_weeks_are_alike_and_not_where_the_test_is_another_world(tests_of_nothing):
    rng = np.random.default_rng(8)
    person = rng.normal(size=20_000)
    weeks = person[:, None] + 0.5 * rng.normal(size=(20_000, 3))
    promised, kept = tests_of_nothing["promised_and_kept"](weeks)
    assert kept / promised == pytest.approx(1, abs=0.05)
    weeks[:, 2] = rng.normal(size=20_000)
    promised, kept = tests_of_nothing["promised_and_kept"](weeks)
    assert kept / promised > 2


def test_looks_alarm_as_textbooks_say_for_new_users_and_as_one_look_where_every_day_is_the_same(tests_of_nothing):
    space, rng = tests_of_nothing, np.random.default_rng(9)
    new, same = rng.normal(size=(1000, 14)), np.tile(rng.normal(size=(1000, 1)), 14)
    for daily, low, high in ((new, 0.18, 0.27), (same, 0.03, 0.07)):
        value, error = space["looks"](daily)
        assert low < (np.abs(value) > 1.96 * error).any(1).mean() < high


def test_the_always_valid_test_keeps_its_level_has_its_price_and_the_usual_one_does_not(tests_of_nothing):
    space = tests_of_nothing
    value, error = space["looks"](np.random.default_rng(10).normal(size=(1000, 14)))
    assert space["valid_alarms"](value, error).high < 0.05 < (np.abs(value) > 1.96 * error).any(1).mean()
    price = space["users_needed"](value, error)
    assert 1 < price.low <= price.high < 2.5


def test_the_error_that_clusters_remove_is_all_none_or_in_between(tests_of_nothing):
    removed, rng = tests_of_nothing["error_removed"], np.random.default_rng(11)
    by_user = -0.05 + 0.001 * rng.normal(size=4)
    assert removed(0.0001 * rng.normal(size=4), by_user).low > 0.9
    assert removed(by_user[::-1], by_user).value == pytest.approx(0, abs=1e-9)


def test_nothing_is_said_of_a_share_of_an_effect_that_is_not_clear_of_zero(tests_of_nothing):
    missed = tests_of_nothing["share_missed"]
    assert np.isnan(missed(np.array([0.1, 0.2]), Estimate(0.01, -0.02, 0.04)).value)
    assert missed(np.array([0.1, 0.1]), Estimate(0.1, 0.05, 0.15)).value == 0
    assert missed(np.array([0.05, 0.06]), Estimate(0.1, 0.05, 0.15)).value == pytest.approx(0.45)


def test_lifts_are_compared_week_by_week(tests_of_nothing):
    rows = np.tile([10.0, 12.0, 10.0, 11.0, 10.0, 11.0], (5, 1))
    assert [tests_of_nothing["lift"](rows, week) for week in range(3)] == pytest.approx([0.2, 0.1, 0.1])


@pytest.mark.skipif(not datasets.available("open_bandit"), reason="Open Bandit is not here")
def test_open_bandits_click_rate_is_the_one_on_the_dial():
    from course_lib.teach.cards.metric_stack import CLAIMS

    (rate,) = [at for claim in CLAIMS if claim.id == "9.snips" for name, at in claim.public if name == "Open Bandit"]
    assert rate == pytest.approx(datasets.open_bandit().impressions["click"].mean(), rel=0.05)
