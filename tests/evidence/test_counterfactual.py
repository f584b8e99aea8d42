"""Estimators against sums over every possible log (enumeration), and against their limiting cases."""

import itertools

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, DataError, ShapeError
from course_lib.evidence.counterfactual import (
    doubly_robust,
    effective_sample_size,
    importance_weights,
    ips,
    replay,
    snips,
)

LOGGED, TARGET = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7])  # three actions
RATE = np.array([0.2, 0.6, 0.9])  # chance of a reward of 1
TRUTH = float(TARGET @ RATE)
MODEL = np.array([0.5, 0.5, 0.1])  # a reward model that is wrong everywhere


def mean_over_every_log(estimator, n=2):
    """Exact expectation: every sequence of n actions and 0/1 rewards, weighted by its probability."""
    total = 0.0
    for action in itertools.product(range(3), repeat=n):
        for reward in itertools.product((0, 1), repeat=n):
            a, r = np.array(action), np.array(reward)
            chance = np.prod(LOGGED[a] * np.where(r, RATE[a], 1 - RATE[a]))
            total += chance * estimator(r, a)
    return total


def test_ips_is_unbiased():
    assert mean_over_every_log(lambda r, a: ips(r, LOGGED[a], TARGET[a]).value) == pytest.approx(TRUTH)


def test_doubly_robust_is_unbiased_with_a_wrong_model_or_wrong_propensities():
    direct = float(TARGET @ MODEL)
    right = mean_over_every_log(
        lambda r, a: doubly_robust(r, LOGGED[a], TARGET[a], MODEL[a], np.full(len(a), direct)).value)
    assert right == pytest.approx(TRUTH)
    wrong = np.full(3, 1 / 3)  # propensities that are wrong, model that is right
    right = mean_over_every_log(
        lambda r, a: doubly_robust(r, wrong[a], TARGET[a], RATE[a], np.full(len(a), TRUTH)).value)
    assert right == pytest.approx(TRUTH)
    assert mean_over_every_log(lambda r, a: ips(r, wrong[a], TARGET[a]).value) != pytest.approx(TRUTH, abs=0.01)


def test_clipping_and_snips_are_biased_but_snips_stays_in_range():
    assert mean_over_every_log(lambda r, a: ips(r, LOGGED[a], TARGET[a], clip=1).value) < TRUTH - 0.1
    assert mean_over_every_log(lambda r, a: snips(r, LOGGED[a], TARGET[a]).value) != pytest.approx(TRUTH, abs=1e-6)
    reward, action = np.ones(2), np.array([2, 2])
    assert ips(reward, LOGGED[action], TARGET[action]).value > 1
    assert snips(reward, LOGGED[action], TARGET[action]).value == pytest.approx(1)


def draw(seed, n=20_000):
    rng = np.random.default_rng(seed)
    action = rng.choice(3, n, p=LOGGED)
    return (rng.random(n) < RATE[action]).astype(float), action


def test_all_estimators_cover_the_truth_on_a_long_log():
    reward, action = draw(0)
    logged, target = LOGGED[action], TARGET[action]
    for estimate in (ips(reward, logged, target), snips(reward, logged, target),
                     doubly_robust(reward, logged, target, RATE[action], np.full(len(action), TRUTH))):
        assert not estimate.excludes(TRUTH) and estimate.width < 0.06
    inside = [not snips(r[:2000], LOGGED[a[:2000]], TARGET[a[:2000]]).excludes(TRUTH)
              for r, a in (draw(s, 2000) for s in range(200))]
    assert 0.9 < np.mean(inside) < 0.99


def test_a_good_model_narrows_doubly_robust_below_ips():
    reward, action = draw(1)
    args = reward, LOGGED[action], TARGET[action]
    assert doubly_robust(*args, RATE[action], np.full(len(action), TRUTH)).width < 0.8 * ips(*args).width


def test_the_logging_policy_itself_is_the_plain_mean():
    reward, action = draw(2, 500)
    same = LOGGED[action]
    assert ips(reward, same, same).value == pytest.approx(reward.mean())
    assert snips(reward, same, same).value == pytest.approx(reward.mean())
    assert importance_weights(same, same).tolist() == [1] * 500


def test_a_model_of_nothing_is_ips_and_a_model_without_error_is_the_model():
    reward, action = draw(3, 500)
    args = reward, LOGGED[action], TARGET[action]
    zero = np.zeros(500)
    assert doubly_robust(*args, zero, zero).value == pytest.approx(ips(*args).value)
    assert doubly_robust(*args, reward, np.full(500, 0.4)).value == pytest.approx(0.4)


def test_effective_sample_size_runs_from_one_to_n():
    assert effective_sample_size(np.full(50, 3.0)) == pytest.approx(50)
    assert effective_sample_size([5, 0, 0]) == pytest.approx(1) and effective_sample_size([0, 0]) == 0
    weights = np.random.default_rng(0).exponential(1, 100_000)  # E[w]²/E[w²] = 1/2
    assert effective_sample_size(weights) / 100_000 == pytest.approx(0.5, abs=0.01)


def test_users_who_repeat_themselves_widen_the_interval():
    reward, action = draw(4, 400)
    once = ips(reward, LOGGED[action], TARGET[action])
    again = np.tile(action, 9)
    groups = np.tile(np.arange(400), 9)
    assert ips(np.tile(reward, 9), LOGGED[again], TARGET[again]).width == pytest.approx(once.width / 3, rel=0.05)
    grouped = ips(np.tile(reward, 9), LOGGED[again], TARGET[again], groups=groups)
    assert grouped.width == pytest.approx(once.width, rel=0.05)


def test_a_log_without_a_click_does_not_say_that_there_will_be_none():
    nothing, same = np.zeros(100), np.full(100, 0.5)
    assert ips(nothing, same, same).high == pytest.approx(3.689 / 100, abs=1e-4)  # 3.69 clicks could give none
    assert ips(nothing, same, same / 2).high == pytest.approx(3.689 / 200, abs=1e-4)
    assert 0.03 < snips(nothing, same, same).high < 0.04 and 0.03 < replay(nothing, nothing, nothing).high < 0.04
    assert ips(nothing, same, nothing).high == np.inf  # and what the target would do was never tried
    assert replay(np.ones(100), nothing, nothing).low < 0.97


def test_replay_of_a_uniform_log_is_unbiased_and_needs_matches():
    rng = np.random.default_rng(0)
    action = rng.integers(0, 3, 20_000)
    reward = rng.random(20_000) < RATE[action]
    choice = np.full(20_000, 1)
    assert not replay(reward, action, choice).excludes(RATE[1])
    with pytest.raises(DataError, match="none of"):
        replay(reward, action, np.full(20_000, 9))


def test_bad_input_is_named():
    with pytest.raises(ArgumentError, match=r"logged\[1\] is 0"):
        ips([1, 0], [0.5, 0.0], [0.5, 0.5])
    with pytest.raises(ArgumentError, match="NaN"):
        ips([1, np.nan], [0.5, 0.5], [0.5, 0.5])
    with pytest.raises(ShapeError):
        ips([1, 0], [0.5], [0.5])
    with pytest.raises(ShapeError):
        snips([1], [0.5, 0.5], [0.5, 0.5])
    with pytest.raises(DataError, match="no decisions"):
        ips([], [], [])
    with pytest.raises(DataError, match="takes none"):
        snips([1, 0], [0.5, 0.5], [0, 0])
