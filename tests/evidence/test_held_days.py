"""Rivals on held-out days of a small world: nobody is shown what is gone or clicked; the parts of the gap add up."""

import numpy as np
import pandas as pd
import pytest

from course_lib.evidence import gap_parts, held_days, offline
from course_lib.stages.retrieval import baselines
from course_lib.world import feed, policies


def days_of(world, policy, days):
    return pd.concat([day.impressions for day in world.run(policy, days)])


@pytest.fixture(scope="module")
def held():
    world, usual = feed(people=150, items=80, requests_per_day=1500, seed=3), policies.Popularity(power=0.7)
    log, truth, day = days_of(world, usual, 4), world.truth(), world.day
    random = days_of(world.fork(), policies.Uniform(), 1)
    return held_days.HeldDays(log, days_of(world, usual, 1), random, truth, day, np.arange(150))


@pytest.fixture(scope="module")
def lists(held):
    models = {"ALS": baselines.ALS(4), "EASE": baselines.EASE(30), "kNN": baselines.ItemKNN(10)}
    return held_days.rival_lists(held, models, baselines.RecentPopularity(3))


def test_each_model_competes_three_times_with_ten_items_that_are_there_and_new_to_the_person(held, lists):
    assert list(lists) == [(name, variant) for name in ("ALS", "EASE", "kNN") for variant in held_days.VARIANTS]
    for top in lists.values():
        assert top.shape == (150, 10) and not np.take_along_axis(held.off_limits, top, 1).any()
        assert all(len(set(row)) == 10 for row in top)


def test_what_was_clicked_before_is_not_held_out(held):
    before = set(map(tuple, held.seen[["user", "item"]].to_numpy()))
    assert not any((person, item) in before for person, items in enumerate(held.clicked(held.usual)) for item in items)


def test_true_worth_is_the_expected_clicks_of_a_list(held, lists):
    worth, name = held_days.true_worth(held, lists), ("EASE", "as it is")
    top, look = lists[name], held.truth.examination(np.arange(1, 11))
    want = held.truth.scores(np.array([7]), top[7], held.day, "click")[0] @ look
    assert worth["clicks"][list(lists).index(name), 7] == pytest.approx(want)


def test_judged_has_a_row_a_rival_with_its_own_ndcg(held, lists):
    table = held_days.judged(held, lists, lambda top, relevant, k: np.full(len(top), 0.25))
    assert len(table) == 9 and (table["NDCG@10, usual log"] == 0.25).all()
    recall = held_days.recalls(held, lists)["recall@10, random slots"]
    assert np.allclose(table["recall@10, random slots"], np.nanmean(recall, 1))
    mine = offline.recall_at_k(lists["ALS", "as it is"], held.clicked(held.random), 10)
    assert np.allclose(recall[0], mine, equal_nan=True)


def test_shares_of_showings(held, lists):
    assert held.showings().sum() == (held.log["item"] < held.n_items).sum()
    assert 0.1 < held.top_share() < 1
    least = held.of_the_least_shown(lists)
    assert 0 < least["held-out clicks"] < least["what people want"] < 1


def test_the_parts_of_the_gap_and_what_is_left_add_up_to_one(held, lists):
    without = gap_parts.recall_without(held, lists)
    assert set(without) == set(gap_parts.possible()) and len(without) == 24
    shares = gap_parts.shares(without, gap_parts.true_clicks_later(held, lists), np.repeat(np.arange(3), 3), n_boot=20)
    assert sum(float(share) for share in shares.values()) == pytest.approx(1)
    assert all(share.low <= share.value <= share.high for share in shares.values())


def test_a_part_that_changes_nothing_has_no_share_and_one_that_decides_alone_has_all():
    truth, wrong = np.arange(9.0), np.arange(9.0)[::-1]
    without = {gone: (truth if "popularity" in gone else wrong)[None] for gone in gap_parts.possible()}
    shares = gap_parts.shares(without, truth, np.repeat(np.arange(3), 3), n_boot=5)
    assert shares["popularity"].value == pytest.approx(2) and shares["left"].value == pytest.approx(-1)
    others = [part for part in gap_parts.PARTS if part != "popularity"]
    assert all(shares[part].value == pytest.approx(0) for part in (*others, "the metric itself"))


def test_the_population_goes_after_the_noise():
    assert all("noise" in gone for gone in gap_parts.possible() if "population" in gone)
