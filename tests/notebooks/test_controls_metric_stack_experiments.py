"""Controls of the claims of lessons 09 and 10 through their own functions: where a claim must hold, and where not.

The functions are taken from the lessons' sources; nothing of a lesson is run. So a measurement that comes out the same
whatever is fed to it fails here.
"""

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of

from course_lib.data import datasets


@pytest.fixture
def stack():
    return functions_of("metric_stack")


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


@pytest.mark.skipif(not datasets.available("open_bandit"), reason="Open Bandit is not here")
def test_open_bandits_click_rate_is_the_one_on_the_dial():
    from course_lib.teach.cards.metric_stack import CLAIMS

    (rate,) = [at for claim in CLAIMS if claim.id == "9.snips" for name, at in claim.public if name == "Open Bandit"]
    assert rate == pytest.approx(datasets.open_bandit().impressions["click"].mean(), rel=0.05)
