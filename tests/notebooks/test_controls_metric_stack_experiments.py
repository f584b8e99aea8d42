"""Controls of the claims of lessons 09 and 10 through their own functions: where a claim must hold, and where not.

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
def stack():
    return functions_of("metric_stack")


@pytest.fixture
def tests_of_nothing():
    """Lesson 10's functions, with 1,000 people and 2,000 A/A tests."""
    space, rng = functions_of("experiments"), np.random.default_rng(0)
    space["users"] = pd.DataFrame(index=np.arange(1000))
    space["splits"] = rng.random((2000, 1000)) < 0.5
    space["days"] = np.arange(1, 15)
    return space


# --- 09 --------------------------------------------------------------------------------------------------------------
def rivals(worth, seen):
    names = pd.MultiIndex.from_product([[f"model {k}" for k in range(9)], ["a", "b", "c"]], names=["model", "variant"])
    return pd.DataFrame({"metric": seen, "clicks": worth}, index=names)


def test_correlation_is_near_one_with_an_oracle_and_a_straw_man_and_near_nothing_among_twins(stack):
    rng = np.random.default_rng(1)
    spread = np.concatenate([[0.0, 10.0], rng.normal(5, 0.1, 25)])
    stack["means"] = rivals(spread, spread + rng.normal(0, 0.5, 27))
    assert stack["agreement"]("metric", "clicks", rank=False).value > 0.9
    stack["means"] = rivals(rng.normal(5, 0.1, 27), rng.normal(0, 0.5, 27))
    assert abs(stack["agreement"]("metric", "clicks", rank=False).value) < 0.5


def test_regret_is_zero_where_the_metric_is_the_outcome_and_a_random_picks_where_it_is_not(stack):
    rng = np.random.default_rng(2)
    stack["PEOPLE"] = np.arange(300)
    worth = np.linspace(1, 2, 27)[:, None] + rng.normal(0, 0.05, (27, 300))
    values = {"satisfied clicks": worth, "same": worth, "other": rng.random((27, 300))}
    assert stack["regret"](values, "same").high < 0.01
    assert stack["regret"](values, "other").high > 0.1


def test_the_two_logs_part_only_where_they_differ(stack):
    truth = np.random.default_rng(3).normal(size=(27, 1))
    assert stack["rank_agreement"](np.hstack([truth, truth, truth]))[2] == 0
    assert stack["rank_agreement"](np.hstack([-truth, truth, truth]))[2] == pytest.approx(2)


def test_self_normalising_buys_nothing_at_rare_clicks_and_all_where_everybody_clicks(stack):
    rng = np.random.default_rng(4)
    stack["chance"] = rng.uniform(0.05, 0.2, (3000, 20))
    stack["popular"] = rng.dirichlet(np.ones(20))
    stack["policy"] = rng.dirichlet(np.ones(20), 3000)
    assert stack["error_ratio"](0.002, logs=100).value > 0.9
    assert stack["error_ratio"](0.999, logs=100).value < 0.3


def test_ips_grows_with_the_catalogue_only_where_the_target_leaves_the_logger(stack):
    def rms(n_actions, q_of):
        c, p = np.full((200, n_actions), 0.3), np.full(n_actions, 1 / n_actions)
        errors = stack["relative_errors"](c, np.arange(n_actions) % 5, p, q_of(n_actions), 0, n=5000, logs=60)[:, 0]
        return np.sqrt((errors**2).mean())

    def always_the_first(n):
        return np.tile(np.eye(n)[0], (200, 1))

    def as_logged(n):
        return np.full((200, n), 1 / n)

    assert rms(1000, as_logged) / rms(10, as_logged) == pytest.approx(1, abs=0.3)
    assert rms(1000, always_the_first) / rms(10, always_the_first) > 6  # ten, but for the noise of sixty logs


def test_mips_with_one_item_a_group_is_ips(stack):
    rng = np.random.default_rng(5)
    c, p, q = rng.uniform(0, 0.3, (200, 8)), rng.dirichlet(np.ones(8)), rng.dirichlet(np.ones(8), 200)
    q = np.tile(q[0], (200, 1))
    errors = stack["relative_errors"](c, np.arange(8), p, q, 0)
    assert np.allclose(errors[:, 0], errors[:, 1])


def test_interleaving_saves_by_what_tells_people_apart_and_a_fixed_factor_where_nothing_does(stack):
    def saved(people, requests):
        stack["clicks_of"] = lambda extra: (0.1 * people + extra, 0.1 * people)
        credit = np.full(500, 0.02), 0.1 * people
        return stack["fewer_users"](0.0, 0.02, credit, np.full(500, float(requests)))[:2]

    alike, unequal = np.ones(500), np.random.default_rng(6).gamma(0.5, 2, 500)
    assert [saved(alike, n)[0] for n in (0.001, 1, 50)] == pytest.approx([4, 4, 4], rel=0.2)  # one slate for two arms
    assert saved(unequal, 50)[0] > 5 * saved(unequal, 0.001)[0]
    assert saved(unequal, 50)[1] < saved(unequal, 50)[0] / 4  # CUPED knows the people too


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
