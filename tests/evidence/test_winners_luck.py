"""Luck of the best, and the price of another policy's log."""

import numpy as np
import pandas as pd
import pytest

from course_lib.data import splits
from course_lib.evidence import another_log, winners_luck


def test_the_best_of_equals_leads_where_it_was_chosen_and_nowhere_else():
    recalls = np.random.default_rng(0).uniform(size=(20, 400))
    gains = winners_luck.winners_gain(recalls, [50, 300], trials=100)
    assert gains["bad"][0].value > gains["bad"][1].value > 0.01
    assert abs(gains["good"][0].value) < gains["bad"][0].value / 4


def test_equals_are_the_model_with_noise():
    rng = np.random.default_rng(0)
    events = pd.DataFrame({"user": np.repeat(np.arange(30), 12), "item": rng.integers(0, 60, 360),
                           "time": np.arange(360.0)})
    split = splits.by_user(events.drop_duplicates(["user", "item"]), seed=0)

    class Model:
        def score(self, users):
            return np.random.default_rng(1).normal(size=(len(users), 60))

    recalls = winners_luck.equals_of(Model(), split, n=4)
    assert recalls.shape == (4, split.test["user"].nunique()) and not (recalls[0] == recalls[1]).all()


def test_a_policy_that_is_the_random_one_costs_one_decision_for_one():
    rng = np.random.default_rng(0)
    def log(n, items):
        return pd.DataFrame({"position": 1, "item": rng.integers(0, items, n), "click": rng.random(n) < 0.2,
                             "propensity": 0.1}).astype({"click": float})
    same = another_log.decisions_for_one(log(20_000, 10), log(20_000, 10))
    assert same.value == pytest.approx(1, abs=0.1)
    assert another_log.decisions_for_one(log(20_000, 10), log(20_000, 2)).value > 3
