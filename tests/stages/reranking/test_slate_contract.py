"""The contract of a slate against a plain reading of its rules; a re-ranker that counts; who made what; two systems."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError
from course_lib.stages.reranking.constraints import Cap, fillable
from course_lib.stages.reranking.contract import by_contract
from course_lib.stages.reranking.counted import counted_slates
from course_lib.stages.reranking.desk import slates
from course_lib.stages.reranking.floods import flooded, marked
from course_lib.stages.reranking.pauses import feed_days, shop_days
from course_lib.stages.reranking.suspects import SHORT, feed_requests, policy_score, share_of_best, shop_requests


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3), st.integers(1, 12))
def test_a_slate_holds_the_cleared_and_breaks_the_limit_only_before_a_slot_stays_empty(seed, most, k):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 20))
    status, left, creator = rng.integers(-1, 2, n), rng.integers(-1, 3, n), rng.integers(-1, 4, n)
    slate = by_contract(rng.permutation(n), status, left, creator, most, k)
    shown, able = slate[slate >= 0], np.flatnonzero((status == 1) & (left != 0))
    assert len(slate) == k and set(shown) <= set(able) and len(shown) == min(k, len(able))
    counts = np.bincount(creator[shown] + 1, minlength=2)[1:]
    if fillable(able, Cap(creator, most)) >= k:
        assert counts.max(initial=0) <= most


def test_what_was_held_back_stands_below_all_others_the_best_first():
    every = np.ones(6, int)
    assert by_contract(np.arange(6), every, -every, [5, 5, 5, 2, 5, 2], 1, 6).tolist() == [0, 3, 1, 2, 4, 5]
    with pytest.raises(ArgumentError, match="twice"):
        by_contract([0, 0], every, every, every, 1, 2)


def test_counting_shows_the_best_where_it_weighs_nothing_and_spreads_where_it_does():
    candidates, relevance = np.tile(np.arange(8), (50, 1)), np.tile(np.linspace(1, 0, 8), (50, 1))
    assert (counted_slates(candidates, relevance, 3, 0.0) == [0, 1, 2]).all()
    spread = np.bincount(counted_slates(candidates, relevance, 3, 5.0).ravel())
    assert spread.max() < 1.3 * spread.min()
    with pytest.raises(ArgumentError, match="strength"):
        counted_slates(candidates, relevance, 3, -1)


def test_slates_of_unequal_length_are_refused():
    class Two:
        users, candidates = np.arange(2), np.tile(np.arange(4), (2, 1))

    assert slates(lambda row, on: [3, row], Two).tolist() == [[3, 0], [3, 1]]
    with pytest.raises(ArgumentError, match="slots"):
        slates(lambda row, on: np.arange(row + 1), Two)


def test_one_creator_makes_the_share_and_bait_moves_by_the_strength():
    made = flooded(100, 0.2, seed=3)
    assert (made == 100).sum() == 20 and len(np.unique(made)) == 81
    content, bait = np.random.default_rng(0).normal(size=(30, 5)), np.arange(30) < 4
    moved = marked(content, bait, 0.5) - marked(content, bait, 0.0)
    assert np.allclose(moved[~bait], 0) and np.allclose(np.linalg.norm(moved[bait], axis=1), 0.5)


def test_the_policy_score_is_calibrated_and_of_use():
    bad = np.random.default_rng(0).random(40_000) < 0.1
    said = policy_score(bad, seed=1)
    for low, high in ((0.02, 0.05), (0.1, 0.3), (0.5, 0.8)):
        within = (said > low) & (said < high)
        assert bad[within].mean() == pytest.approx(said[within].mean(), abs=0.03)
    assert said[bad].mean() > 4 * said[~bad].mean()


def test_nothing_beats_the_best_slates_and_another_answer_to_short_slates_is_refused():
    for made in (feed_requests, shop_requests):
        assert max(share_of_best(made(0), hide, short) for hide in (0.01, 0.2, 1.0) for short in SHORT) < 1
    with pytest.raises(ArgumentError, match="short"):
        share_of_best(feed_requests(0), 0.1, "guess")


def test_a_short_pause_pays_where_looks_wear_off_and_costs_where_they_warm_up():
    assert feed_days(1, 5.0) > 1.1 * feed_days(1, 0.0) > 1.1 * feed_days(1, 60.0)
    assert shop_days(1, 5.0) < shop_days(1, 2.0) < shop_days(1, 0.0)
