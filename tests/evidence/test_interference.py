"""Designs beside twins: what is missed, what is said where the truth is not clear of zero, and who learns from whom."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence import interference
from course_lib.evidence.estimate import Estimate
from course_lib.world import feed, policies


def test_the_error_that_clusters_remove_is_all_none_or_in_between():
    rng = np.random.default_rng(11)
    by_user = -0.05 + 0.001 * rng.normal(size=4)
    assert interference.error_removed(0.0001 * rng.normal(size=4), by_user).low > 0.9
    assert interference.error_removed(by_user[::-1], by_user).value == pytest.approx(0, abs=1e-9)


def test_nothing_is_said_of_a_share_of_an_effect_that_is_not_clear_of_zero():
    missed = interference.share_missed
    assert np.isnan(missed(np.array([0.1, 0.2]), Estimate(0.01, -0.02, 0.04)).value)
    assert missed(np.array([0.1, 0.1]), Estimate(0.1, 0.05, 0.15)).value == 0
    assert missed(np.array([0.05, 0.06]), Estimate(0.1, 0.05, 0.15)).value == pytest.approx(0.45)
    assert interference.share_reported(np.array([0.05, 0.06]), Estimate(0.1, 0.05, 0.15)).value == pytest.approx(0.55)


def test_half_an_interval_of_few_units_is_students():
    table = pd.DataFrame({"arm": ["control"] * 3 + ["treatment"] * 3, "clicks": [9.0, 10, 11, 10, 11, 12]})
    assert interference.half_of_interval(table, "clicks") == pytest.approx(2.776 * np.hypot(1.1, 1) / np.sqrt(3) / 10,
                                                                          rel=1e-3)


def test_lifts_are_compared_week_by_week():
    rows = np.tile([10.0, 12.0, 10.0, 11.0, 10.0, 11.0], (5, 1))
    assert [interference.lift(rows, week) for week in range(3)] == pytest.approx([0.2, 0.1, 0.1])
    assert interference.lift_of_week(rows, 0).value == pytest.approx(0.2)
    assert interference.lift_kept(rows, 0, 2).value == pytest.approx(0.5)


class Learner:
    """Counts the impressions it was shown."""

    name, seen = "learner", 0

    def slates(self, requests):
        return policies.Uniform().slates(requests)

    def observe(self, day_log):
        self.seen += len(day_log.impressions)
        self.requests = {name: set(getattr(day_log, name)["request_id"])
                         for name in ("requests", "impressions", "outcomes")}


def test_where_nobody_shares_a_test_by_users_reports_the_truth_and_learning_is_split_as_asked():
    world = feed(people=150, items=60, requests_per_day=300, seed=0,
                 without=("sharing", "social_proof", "joining", "births", "spam"))
    days = world.run(policies.Uniform(), 2)
    worth = interference.worth_of_items(days, 60, "click")
    assert worth.mean() == pytest.approx(0, abs=1e-9) and worth.std() == pytest.approx(1)
    better = policies.PlackettLuce(lambda requests: worth[requests.eligible], name="better")
    pair = {"control": policies.Uniform(), "treatment": interference.Frozen(better, "still")}
    alone = interference.run_alone(world, pair, 2)
    truth = interference.true_effect(alone)
    (report,), half = interference.try_design(world, pair, alone, "user", splits=1)
    assert report == pytest.approx(float(truth), abs=1e-9) and half > 0
    own, ordinary = (interference.LearnsFrom(Learner(), "uniform", share) for share in (0.0, 1.0))
    for learner in (own, ordinary):
        learner.observe(days[0])
    assert ordinary.policy.seen == len(days[0].impressions)
    arm = days[0].requests["arm"].astype(str)
    mine = days[0].requests.loc[arm == "uniform", "request_id"]
    assert own.policy.seen == days[0].impressions["request_id"].isin(mine).sum()
    other = interference.LearnsFrom(Learner(), "nobody", 0.5)             # half of the requests, and of no arm all
    other.observe(days[0])
    seen = other.policy.requests
    assert seen["impressions"] | seen["outcomes"] <= seen["requests"] < set(days[0].requests["request_id"])
    with pytest.raises(ArgumentError):
        interference.LearnsFrom(Learner(), "control", 1.5)
