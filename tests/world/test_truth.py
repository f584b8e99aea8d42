"""Truth: the probabilities that the world acts by, out of reach of logs and policies."""

import gc
import inspect

import numpy as np
import pandas as pd
import pytest

from course_lib import contracts
from course_lib.contracts import Requests, Slates
from course_lib.world import feed, marketplace
from course_lib.world import policies as P
from course_lib.world.params import WorldParams

ALL = WorldParams().switches()


class Keep(P.Uniform):
    """Uniform, and remembers what it was asked and answered."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def slates(self, requests):
        slates = super().slates(requests)
        self.asked.append((requests, slates))
        return slates


class Again:
    name = "again"

    def __init__(self, slates):
        self.of = slates

    def slates(self, requests):
        return self.of


def test_expected_clicks_are_the_clicks_that_come():
    """Over a day of a world with every mechanism on but novelty, which a truth leaves out."""
    world = feed(2000, 500, seed=4, without=("novelty",))
    world.run(P.Popularity(power=0.3), 3)
    truth, keep = world.truth(), Keep()
    log = world.run(keep, 1)[0].impressions
    bots = truth.hidden_users()["bot"].to_numpy()
    clicks = log["click"][~bots[log["user"]]].sum()
    expected = sum(truth.expected_reward(Again(s), r)[~bots[r.user]].sum() for r, s in keep.asked)
    assert abs(clicks - expected) < 5 * np.sqrt(expected)


def test_expected_satisfaction_is_what_dwell_shows():
    world = feed(2000, 500, seed=4, satisfaction={"dwell_sigma": 0.0})
    truth, keep = world.truth(), Keep()
    log = world.run(keep, 1)[0].impressions
    satisfied = (log["dwell_s"] > 30).sum()
    expected = sum(truth.expected_reward(Again(s), r, "satisfaction").sum() for r, s in keep.asked)
    assert abs(satisfied - expected) < 5 * np.sqrt(expected)


def test_expected_value_is_the_margin_of_sales_net_of_returns():
    world = marketplace(3000, 300, seed=4, taste={"base": -2.0}, shop={"stock": False, "buy": 0.0})
    truth, keep = world.truth(), Keep()
    days = [*world.run(keep, 1), *world.run(Silent(), 40)]
    sold = pd.concat([d.outcomes for d in days])
    sold = sold[sold["request_id"].isin(days[0].requests["request_id"])]
    margin = world.catalog().items["margin"].to_numpy()[sold["item"]]
    earned = (margin * np.select([sold["kind"] == "purchase", sold["kind"] == "return"], [1, -1], 0)).sum()
    expected = sum(truth.expected_reward(Again(s), r, "value").sum() for r, s in keep.asked)
    assert earned == pytest.approx(expected, rel=0.12)


class Silent:
    name = "silent"

    def slates(self, requests):
        return Slates(np.full((len(requests), 1), -1, np.int32), np.ones((len(requests), 1), np.float32))


def test_a_pair_a_matrix_and_a_request_agree():
    truth = feed(200, 100, seed=1, without=("repeats", "sharing")).truth()
    items = truth.eligible()[:20]
    whole = truth.scores([3, 4], items, by="click")
    assert whole[1, 7] == truth.click_probability(4, items[7])
    assert (truth.click_probability(np.array([[3], [4]]), items) == whole).all()
    requests = Requests.of([3, 4], eligible=items)
    assert np.allclose(truth.request_scores(requests, by="click"), whole)


def test_memory_and_shares_count_alike_in_a_matrix_and_in_slates():
    world = feed(400, 200, seed=1, taste={"base": -3.0}, sharing={"rate": 0.9, "accept": 0.9})
    keep = Keep()
    world.run(keep, 3)
    truth, eligible = world.truth(), world.eligible()
    requests = Requests.of(np.arange(400), eligible=eligible, day=3)
    matrix = truth.request_scores(requests)
    rows = truth.request_scores(requests, np.tile(eligible, (400, 1)))
    assert np.allclose(matrix, rows, rtol=1e-12) and (matrix != truth.scores(np.arange(400), eligible)).any()


def test_best_is_the_sorted_matrix():
    truth = feed(200, 100, seed=1).truth()
    score = truth.scores([0, 1, 2])
    assert (truth.best([0, 1, 2], 5) == truth.eligible()[np.argsort(-score, axis=1)[:, :5]]).all()


def test_examination_falls_with_position_and_is_one_at_the_top():
    truth = feed(200, 100).truth()
    look = truth.examination(np.arange(1, 11))
    assert look[0] == 1 and (np.diff(look) < 0).all() and look[9] == pytest.approx(10**-0.7)


def test_truth_stays_as_it_was_when_the_world_goes_on():
    world = feed(200, 100, seed=1)
    truth = world.truth()
    before = truth.scores([0], day=0)
    world.run(P.Uniform(), 2)
    assert (truth.scores([0], day=0) == before).all() and truth.day == 0


def test_neither_log_nor_request_nor_policy_leads_to_the_truth():
    world, keep = feed(200, 100, seed=1), Keep()
    day = world.run(keep, 1)[0]
    hidden = {"examined", "satisfaction", "satisfied", "quality", "appeal", "spam", "mood", "topic", "taste"}
    for table in (day.requests, day.impressions, day.outcomes, world.catalog().items, world.users()):
        assert not hidden & set(table.columns)
    seen, queue = set(), [day, keep.asked]
    while queue:
        thing = queue.pop()
        if id(thing) in seen or inspect.ismodule(thing) or inspect.isclass(thing) or inspect.isroutine(thing):
            continue
        seen.add(id(thing))
        assert not type(thing).__module__.startswith("course_lib.world") or isinstance(thing, Keep)
        if type(thing).__module__.split(".")[0] in ("course_lib", "builtins", "numpy"):
            queue += gc.get_referents(thing)


def test_bad_questions_are_answered_by_what_would_be_right():
    world = feed(200, 100)
    truth = world.truth()
    with pytest.raises(contracts.ArgumentError, match="click, satisfaction, value"):
        truth.scores([0], by="joy")
    with pytest.raises(contracts.UnknownIdError, match="person"):
        truth.click_probability(10**6, 0)
    with pytest.raises(contracts.UnknownIdError, match="born"):
        truth.click_probability(0, 10**6)
    with pytest.raises(contracts.UnknownIdError, match="person"):
        truth.examination(1, 10**6)
    for ask, says in ((lambda: truth.best([0], 0), "k is 0"), (lambda: truth.examination(0), "position is 0"),
                      (lambda: truth.examination([1, np.nan]), "position is of dtype float64"),
                      (lambda: truth.click_probability(3.7, 0), "user is of dtype float64"),
                      (lambda: truth.scores([0], [1.5]), "item is of dtype float64"),
                      (lambda: truth.click_probability(0, 0, float("nan")), "day is nan")):
        with pytest.raises(contracts.ArgumentError, match=says):
            ask()


def test_hidden_items_count_the_pieces_and_know_what_comes_back():
    shop = marketplace(people=400, items=60, requests_per_day=2000, seed=3, without=("births",),
                       shop={"stock_median": 2.0, "restock_days": 1000})
    before = shop.truth().hidden_items()
    log = shop.run(P.Uniform(), 3)
    now = shop.truth().hidden_items()
    assert (now["stock"] <= before["stock"]).any() and (now["stock"] >= 0).all()
    alive = now["death_day"] > shop.day
    assert set(shop.eligible()) == set(now.index[alive & (now["stock"] > 0)])
    taken = sum((day.outcomes["kind"] == "purchase").sum() - (day.outcomes["kind"] == "return").sum() for day in log)
    assert 0 <= taken <= (before["stock"] - now["stock"]).sum()       # the log learns of some sales later
    assert now["return_chance"].corr(now["quality"], method="spearman") < -0.9
    assert (feed(people=64, items=50).truth().hidden_items()["return_chance"] == 0).all()
