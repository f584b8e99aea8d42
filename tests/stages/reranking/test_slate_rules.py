"""Caps and lotteries of one slate: against plain loops, against MMRReranker, and against frequencies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, Requests, ShapeError
from course_lib.stages.reranking.constraints import Cap, capped_slate, fillable
from course_lib.stages.reranking.exploration import slot_propensities
from course_lib.stages.reranking.reranker import MMRReranker


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 20), st.integers(0, 3), st.integers(0, 12), st.integers(0, 10**6))
def test_a_capped_slate_is_as_full_as_the_cap_lets_it_be(size, most, k, seed):
    rng = np.random.default_rng(seed)
    order, value = rng.permutation(30)[:size], rng.integers(-1, 5, 30)
    slate = capped_slate(order, value, most, k)
    shown = slate[slate >= 0]
    assert len(slate) == k and len(shown) == min(k, fillable(order, Cap(value, most)))
    names, count = np.unique(value[shown][value[shown] >= 0], return_counts=True)
    assert (count <= most).all()
    places = [order.tolist().index(i) for i in shown]
    assert places == sorted(places) and (slate[len(shown):] == -1).all()


def test_a_capped_slate_is_that_of_the_reranker_without_diversity():
    rng = np.random.default_rng(3)
    creator, order = rng.integers(0, 4, 20), rng.permutation(20)
    score = np.linspace(1, 0, 20)[None]
    slates = MMRReranker(np.eye(20), trade_off=1.0, creator=creator, creator_cap=2).rerank(
        Requests.of(0, eligible=np.arange(20)), order[None], score, 10)
    assert slates.item[0].tolist() == capped_slate(order, creator, 2, 10).tolist()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.floats(0, 1), st.integers(0, 10**6))
def test_chances_sum_to_one_over_what_is_allowed(size, explore, seed):
    rng = np.random.default_rng(seed)
    gain, allowed = rng.normal(size=size), rng.random(size) < 0.6
    chance = slot_propensities(gain, allowed, explore)
    assert chance.sum() == pytest.approx(float(allowed.any())) and (chance[~allowed] == 0).all()
    if allowed.any():
        assert chance.argmax() == np.flatnonzero(allowed)[gain[allowed].argmax()] or explore == 1
        assert chance[allowed].min() == pytest.approx(
            explore / allowed.sum() + (1 - explore) * (allowed.sum() == 1), abs=1e-9)


def test_chances_are_the_frequencies_of_the_reranker():
    gain, explore = np.array([0.9, 0.5, 0.1, 0.0]), 0.4
    requests = Requests.of(np.zeros(20_000, int), eligible=np.arange(4), request_id=np.arange(20_000))
    item, score = np.tile(np.arange(4), (20_000, 1)), np.tile(gain, (20_000, 1))
    slates = MMRReranker(np.eye(4), trade_off=1.0, explore=explore).rerank(requests, item, score, 1)
    chance = slot_propensities(gain, np.ones(4, bool), explore)
    share = np.bincount(slates.item[:, 0], minlength=4) / 20_000
    np.testing.assert_allclose(share, chance, atol=0.015)
    np.testing.assert_allclose(slates.propensity[:, 0], chance[slates.item[:, 0]], rtol=1e-5)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ArgumentError, match="most is -1"):
        capped_slate([1], [0, 0], -1, 2)
    with pytest.raises(ArgumentError, match="explore is 2"):
        slot_propensities([1.0], [True], 2)
    with pytest.raises(ShapeError):
        slot_propensities([1.0], [True, False], 0.1)
