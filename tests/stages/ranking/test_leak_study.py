"""The study of a leak: it flatters where the table holds the label and not where it is honest; age; a look ahead."""

import numpy as np
import pytest

from course_lib.contracts import DAY_S
from course_lib.data.audit import auc
from course_lib.data.features import as_of_join, snapshot_time
from course_lib.data.log import MemoryLog
from course_lib.stages.ranking import leak_study
from course_lib.world import feed, policies


def whole_log(log, rows, group):
    return leak_study.features(log, rows.assign(time=log["time"].max() + 1), group)


@pytest.fixture(scope="module")
def small():
    """A log of five days, the category of each item, and where training begins and ends."""
    world, days = feed(people=120, items=80, requests_per_day=250, seed=0), MemoryLog()
    world.run(policies.Popularity(power=0.5), 5, days)
    return days.impressions(), world.catalog().items["category"].to_numpy(), 1 * DAY_S, 4 * DAY_S


def test_a_leak_flatters_where_counts_hold_the_label_and_not_where_the_table_is_honest(small):
    leaky = leak_study.study(*small, naive=whole_log)
    offline, served, honest = (auc(leaky.test["click"], score) for score in leaky.scores.values())
    assert list(leaky.scores) == ["leaked, offline", "leaked, served", "point in time"]
    assert offline - served > 0.02 and honest > served
    same = leak_study.study(*small, naive=leak_study.features).scores
    assert np.array_equal(same["leaked, offline"], same["point in time"])
    assert np.array_equal(same["leaked, served"], same["point in time"])


def test_age_costs_nothing_live_and_something_where_features_never_move(small):
    held = leak_study.study(*small, naive=whole_log)
    live, never = (held.honest.predict(leak_study.aged(held, hours, snapshot_time)) for hours in (0, 1e6))
    assert np.array_equal(live, held.scores["point in time"])
    assert auc(held.test["click"], live) - auc(held.test["click"], never) > 0.01
    hourly = leak_study.aged(held, 1, snapshot_time)
    assert hourly.equals(leak_study.features(held.log, held.test, held.group, every_s=3600.0))


def test_a_look_ahead_of_nothing_is_the_honest_model_and_of_an_hour_flatters(small):
    held = leak_study.study(*small, naive=whole_log)
    assert np.array_equal(leak_study.looking_ahead(held, 0), held.scores["point in time"])
    flattered, fair = leak_study.looking_ahead(held, 1), held.scores["point in time"]
    assert auc(held.test["click"], flattered) > auc(held.test["click"], fair)


def test_clicks_so_far_joined_strictly_before_are_the_counts(small):
    log, group, begin, cutoff = small
    train, _ = leak_study.split(log, begin, cutoff)
    asked = train[["time"]].assign(pair=leak_study.pairs_of(train, group))
    joined = as_of_join(asked, leak_study.clicks_so_far(log, group), "pair")["value"].fillna(0)
    assert np.array_equal(joined, leak_study.features(log, train, group)["affinity_clicks"])
