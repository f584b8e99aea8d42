"""Calibration: the measures mean what they say, and the default feed is one in which personalisation pays."""

import numpy as np
import pandas as pd
import pytest

from course_lib import contracts
from course_lib.contracts import Arm, Assignment
from course_lib.world import calibration as C
from course_lib.world import feed, marketplace
from course_lib.world import policies as P


def logged(world, days=14):
    """Drawn by clicks^0.3, a tenth of traffic at random: the log on which the feed was calibrated."""
    arms = Assignment((Arm("log", P.Popularity(power=0.3), 0.9), Arm("random", P.Uniform(), 0.1)))
    return world.run(arms, days)


def test_concentration_of_equal_and_of_one():
    assert C.concentration(np.ones(50)) == 0.1
    assert C.concentration([100, *[0] * 9]) == 1


def test_recall_by_hand():
    train = pd.DataFrame({"user": [0, 1], "item": [0, 1]})
    test = pd.DataFrame({"user": [0, 0, 1], "item": [1, 2, 0]})
    rows = np.array([[9.0, 1, 3, 2], [1, 9, 3, 2]])

    def score(people):
        return rows[people]

    assert C.recall(score, train, test, k=1) == pytest.approx((1 + 0) / 2)
    assert C.recall(score, train, test, k=2) == pytest.approx((1 / 2 + 0) / 2)


def test_spread_of_arms_is_what_was_put_in():
    rng = np.random.default_rng(0)
    rate = 0.02 * np.exp(0.3 * rng.normal(size=(2000, 3)))
    tests = pd.DataFrame({"test_id": np.repeat(np.arange(2000), 3), "impressions": 5000,
                          "clicks": rng.binomial(5000, rate).ravel()})
    assert C.arm_spread(tests) == pytest.approx(0.3, abs=0.02)
    tests["clicks"] = rng.binomial(5000, 0.02, size=6000)
    assert C.arm_spread(tests) < 0.05


def test_personalisation_pays_in_the_default_feed_and_log_and_truth_part():
    """A quarter of the default feed's size, so that the test is quick; calibration.table has it in full."""
    world = feed(2000, 1000, seed=0)
    days = logged(world, 16)
    clicked = pd.concat([d.impressions.loc[d.impressions["click"] > 0, ["user", "item", "time"]] for d in days])
    got = C.recalls(clicked, "time")
    assert got["personal"] > 1.5 * got["popularity"]
    pairs = clicked.drop_duplicates(["user", "item"])
    shape = 2400, len(world.catalog().items)
    truth, people = world.truth(), np.arange(300)
    score = C.ease(pairs, shape, 300)(people)[:, truth.eligible()]
    listed = truth.eligible()[np.argsort(-score, axis=1)[:, :10]]
    value = np.take_along_axis(truth.scores(people, np.arange(shape[1])), listed, 1).sum()
    best = truth.scores(people, by="satisfaction")
    assert value < 0.8 * np.sort(best, axis=1)[:, -10:].sum()


def test_table_has_a_row_for_each_measure_and_says_why():
    worlds = {}
    for name, make in (("feed", feed), ("marketplace", marketplace)):
        world = make(500, 300, seed=0)
        worlds[name] = logged(world, 9), world.catalog()
    clicks = pd.concat([d.impressions.query("click > 0") for d in worlds["feed"][0]])
    table = C.table(worlds, {"again": clicks}, worlds["feed"][0][0].impressions)
    assert list(table.index) == list(C.TABLE) and {"feed", "marketplace", "again", "why"} <= set(table.columns)
    assert table.loc["top10_items", "feed"] == table.loc["top10_items", "again"]
    assert table.loc["conversion", "marketplace"] > 0 and np.isnan(table.loc["conversion", "feed"])
    assert len(C.figure({"feed": clicks}, {"feed": worlds["feed"][0][0].impressions}).axes) == 3


def test_an_empty_table_is_refused():
    with pytest.raises(contracts.DataError):
        C.from_interactions(pd.DataFrame({"user": [], "item": [], "time": []}))
