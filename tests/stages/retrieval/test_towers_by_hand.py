"""Towers made of three plain functions, and what is cut, corrected and made up around them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from course_lib.contracts import ArgumentError
from course_lib.data import splits
from course_lib.evidence import offline
from course_lib.evidence.chosen import recall_among
from course_lib.stages.retrieval.baselines import EASE, Popularity
from course_lib.stages.retrieval.interest import Interest, found_tomorrow, made_log
from course_lib.stages.retrieval.low_rank import cut_to_rank
from course_lib.stages.retrieval.pairs_or_tastes import recall_by_width, taken
from course_lib.stages.retrieval.towers.scale import step_cost, table_gb
from course_lib.stages.retrieval.towers_by_hand import (
    HandmadeTowers,
    corrected,
    item_vectors,
    taken_by,
    without_the_target,
)

PEOPLE, ITEMS = 200, 60
SIZE = {"n_users": PEOPLE, "n_items": ITEMS}


def of_groups(seed=0):
    """Each person takes ten of the fifteen items of one of four groups."""
    rng = np.random.default_rng(seed)
    rows = [(user, item) for user in range(PEOPLE)
            for item in rng.choice(np.arange(user % 4, ITEMS, 4), 10, replace=False)]
    return pd.DataFrame(rows, columns=["user", "item"]).assign(time=rng.permutation(len(rows)).astype(float))


def test_the_towers_learn_groups_that_popularity_cannot_show():
    split = splits.by_user(of_groups(), seed=0)
    made = HandmadeTowers(width=8, epochs=6, learning_rate=0.03, batch_size=128, log_q=True)
    found = [offline.per_user(model.fit(split.train, **SIZE), split, k=5, metrics=["recall"])[0]["recall"].mean()
             for model in (made, Popularity())]
    assert found[0] > 2 * found[1]


def test_features_place_an_item_without_events_and_a_table_alone_does_not():
    events = of_groups()
    new = np.arange(ITEMS) >= ITEMS - 12
    group = np.eye(4)[np.arange(ITEMS) % 4]
    old = events[~new[events["item"]]]
    people, wanted = offline.held_out(events[new[events["item"]]])
    found = []
    for features in (None, group):
        made = HandmadeTowers(features=features, width=8, epochs=8, learning_rate=0.03, batch_size=128, log_q=True)
        found.append(np.nanmean(recall_among(made.fit(old, **SIZE), new, people, wanted, old, k=3)))
    assert found[1] > found[0] + 0.3


def test_no_target_stands_in_its_own_history_and_every_event_is_one():
    events = of_groups()
    history, target = without_the_target(taken_by(events, PEOPLE), most=6)
    assert history.shape == (len(events), 6)
    assert not (history == target[:, None]).any()
    assert sorted(target.tolist()) == sorted(events["item"])


def test_a_column_more_takes_log_q_off_each_score():
    rng = torch.Generator().manual_seed(0)
    query, item, log_q = (torch.randn(size, generator=rng) for size in ((5, 3), (4, 3), (4,)))
    one, other = corrected(query, item, log_q)
    assert torch.allclose(one @ other.T, query @ item.T - log_q, atol=1e-6)


def test_a_new_items_vector_is_that_of_its_features():
    table, weight = torch.ones(2, 3), torch.full((1, 3), 2.0)
    made = item_vectors(table, weight, torch.ones(2, 1), torch.tensor([True, False]), torch.tensor([1, 0]))
    assert made.tolist() == [[2.0] * 3, [3.0] * 3]


def test_a_cut_at_full_rank_is_the_whole_matrix_and_no_rank_is_refused():
    ease = EASE(l2=10).fit(of_groups(), **SIZE)
    users = np.arange(20)
    full = cut_to_rank(ease, (ITEMS,))[ITEMS](users)
    np.testing.assert_allclose(full, ease.score(users), atol=1e-3)
    one = cut_to_rank(SimpleNamespace(seen=ease.seen, weight=np.outer(np.ones(ITEMS), np.arange(ITEMS))), (1,))[1]
    np.testing.assert_allclose(one(users), 10 * np.tile(np.arange(ITEMS), (20, 1)), rtol=1e-4, atol=1e-6)
    with pytest.raises(ArgumentError):
        cut_to_rank(ease, ())


def test_eight_tastes_fit_into_eight_numbers_and_a_hundred_sets_do_not():
    tastes, sets = recall_by_width("tastes", seed=3), recall_by_width("sets", seed=3)
    assert tastes[8] > tastes["pairs"] - 0.02
    assert sets["pairs"] > 2 * sets[8]
    assert (taken("sets", 0).sum(axis=1) == 24).all() and (taken("tastes", 0).sum(axis=1) == 24).all()


def test_recency_adds_most_where_interest_fades_fast_and_nothing_where_it_does_not():
    def gain(half_life):
        log = made_log(Interest(half_life, 0.4), seed=5)
        with_it, without = (np.nanmean(found_tomorrow(log, rule, 3.0)) for rule in ("taste and recency", "taste"))
        return with_it - without

    assert gain(4) > 0.1 and gain(1_000) < 0.03


def test_a_chart_is_strong_where_all_want_the_same_and_weak_where_each_wants_their_own():
    found = [np.nanmean(found_tomorrow(made_log(Interest(16, own), seed=5), "chart", 3.0)) for own in (0.1, 0.9)]
    assert found[0] > 1.5 * found[1]


def test_a_step_of_4096_and_a_table_of_twenty_million():
    assert step_cost(4_096, 128) == pytest.approx({"logits, million": 16.78, "GB of logits": 0.0671,
                                                   "GFLOP a step": 12.88}, rel=0.01)
    assert table_gb(20_000_000, 128) == pytest.approx(10.24)
    assert table_gb(20_000_000, 128, "Adam") == pytest.approx(30.72)
    assert table_gb(20_000_000, 128, "row-wise Adagrad") == pytest.approx(10.32)
