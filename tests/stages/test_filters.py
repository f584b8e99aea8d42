"""Filters: each against a set, in any order of calls, with padding and newborn items."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, Catalog, DataError, DayLog, Requests
from course_lib.stages.filters import AlreadySeen, Eligible, InStock, PolicyScore, Support


def requests(users, eligible=range(100), day=0):
    return Requests.of(users, eligible=np.array(list(eligible)), day=day)


def day_log(impressions, new_items=None):
    return DayLog(0, pd.DataFrame(), impressions, pd.DataFrame(), new_items)


def test_eligible_agrees_with_a_set():
    rng = np.random.default_rng(0)
    eligible = np.sort(rng.choice(200, 60, replace=False))
    item = rng.integers(-1, 200, (7, 30))
    keep = Eligible().keep(requests(np.arange(7), eligible), item)
    assert (keep == np.array([[i in set(eligible.tolist()) for i in row] for row in item])).all()


def test_nothing_eligible_keeps_nothing():
    assert not Eligible().keep(requests([0], []), np.array([[0, -1]])).any()


def test_seen_agrees_with_a_set_of_pairs():
    rng = np.random.default_rng(1)
    seen = pd.DataFrame({"user": rng.integers(0, 20, 300), "item": rng.integers(0, 50, 300)})
    pairs = set(zip(seen["user"], seen["item"], strict=True))
    item = np.tile(np.arange(50), (20, 1))
    keep = AlreadySeen(seen).keep(requests(np.arange(20)), item)
    assert (keep == np.array([[(u, i) not in pairs for i in range(50)] for u in range(20)])).all()


def test_seen_does_not_depend_on_the_order_of_rows_or_the_batch():
    rng = np.random.default_rng(2)
    seen = pd.DataFrame({"user": rng.integers(0, 9, 80), "item": rng.integers(0, 30, 80)})
    item = rng.integers(0, 30, (9, 12))
    whole = AlreadySeen(seen).keep(requests(np.arange(9)), item)
    rule = AlreadySeen(seen.sample(frac=1, random_state=3))
    assert (whole == np.vstack([rule.keep(requests([u]), item[[u]]) for u in range(9)])).all()


def test_seen_learns_clicks_and_only_clicks():
    rule = AlreadySeen(pd.DataFrame({"user": [0], "item": [1]}))
    rule.observe(day_log(pd.DataFrame({"user": [0, 0], "item": [2, 3], "time": [5.0, 6.0], "click": [1, 0]})))
    assert rule.keep(requests([0]), np.array([[1, 2, 3]])).tolist() == [[False, False, True]]


def test_seen_forgets_after_the_days_given():
    rule = AlreadySeen(pd.DataFrame({"user": [0, 0], "item": [1, 1], "time": [0.0, 86_400.0]}), forget_days=3)
    assert not rule.keep(requests([0], day=3), np.array([[1]])).any()      # 2.5 days after the last time
    assert rule.keep(requests([0], day=4), np.array([[1]])).all()


def test_seen_without_any_history_keeps_all():
    assert AlreadySeen(pd.DataFrame({"user": [], "item": []})).keep(requests([0]), np.array([[1, 2]])).all()


def test_seen_names_missing_columns():
    with pytest.raises(DataError, match="item"):
        AlreadySeen(pd.DataFrame({"user": [1]}))


def test_policy_keeps_up_to_the_limit_and_never_the_unknown():
    catalog = Catalog(pd.DataFrame({"policy_score": [0.1, 0.5, 0.9, np.nan]}), np.zeros((4, 1)))
    rule = PolicyScore(0.5, catalog)
    item = np.array([[0, 1, 2, 3, 4, -1]])
    assert rule.keep(requests([0]), item).tolist() == [[True, True, False, False, False, False]]
    born = Catalog(pd.DataFrame({"policy_score": [0.2]}, index=[4]), np.zeros((1, 1)))
    rule.observe(day_log(pd.DataFrame({"click": []}), born))
    assert rule.keep(requests([0]), item)[0, 4]
    with pytest.raises(ArgumentError, match="0, 1"):
        PolicyScore(2, catalog)


def test_support_counts_and_learns():
    rule = Support(pd.DataFrame({"item": [0, 0, 1]}), 2, least=2)
    assert rule.reason == "fewer than 2 ratings"
    assert rule.keep(requests([0]), np.array([[0, 1, 2, -1]])).tolist() == [[True, False, False, False]]
    rule.observe(day_log(pd.DataFrame({"item": [1, 2, 2, 0], "click": [1, 1, 1, 0]})))
    assert rule.keep(requests([0]), np.array([[0, 1, 2]])).all()


def test_stock_runs_out_and_unknown_items_are_named():
    rule = InStock(np.array([2, 0, 1]))
    rule.sold(np.array([0, 0, 2]))
    assert not rule.keep(requests([0]), np.array([[0, 1, 2]])).any()
    with pytest.raises(ArgumentError, match="item 3"):
        rule.keep(requests([0]), np.array([[0, 3]]))
