"""A log as it looked at a moment, and two figures of how fast and how broadly it moves on."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DAY_S, ArgumentError
from course_lib.data.past_and_future import best_chart_share, chart_persistence, stand_at


def log(days=100, moving=True, seed=0):
    rng = np.random.default_rng(seed)
    day = np.sort(rng.uniform(0, days, 3_000))
    item = rng.integers(0, 20, len(day)) + (day // 28 * 20).astype(int) * moving
    return pd.DataFrame({"user": rng.integers(0, 100, len(day)), "item": item, "time": day * DAY_S})


def test_parts_follow_one_another_and_only_people_who_came_before_are_judged():
    events = log()
    train, valid, test = stand_at(events, 0.9)
    assert train.time.max() < valid.time.min() and valid.time.max() < test.time.min()
    assert test.user.isin(np.r_[train.user, valid.user]).all()
    assert stand_at(events, 0.5)[2].time.max() < train.time.max()
    with pytest.raises(ArgumentError):
        stand_at(events, 0.0)


def test_events_at_a_cutoff_belong_to_the_later_part():
    time = np.array([0.0, 1, 2, 3, 4, 5, 6, 7, 7, 7])
    events = pd.DataFrame({"user": 0, "item": np.arange(10), "time": time})
    assert stand_at(events, 1.0)[0].time.max() == 6


def test_a_chart_that_changes_each_month_does_not_last_and_one_that_stands_still_does():
    assert chart_persistence(log(), top=10) == 0.0
    assert chart_persistence(log(moving=False), top=20) == 1.0
    with pytest.raises(ArgumentError):
        chart_persistence(log(days=20))


def test_the_best_chart_holds_all_where_few_items_are_taken():
    assert best_chart_share(pd.DataFrame({"item": [1, 1, 2, 3]}), top=3) == 1.0
    assert best_chart_share(pd.DataFrame({"item": [1, 1, 2, 3]}), top=1) == 0.5
