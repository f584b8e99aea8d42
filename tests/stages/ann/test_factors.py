"""Vectors from who took what, and what is left of a list when a filter drops from it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from course_lib.stages.ann import build_index, clustered_vectors
from course_lib.stages.ann.factors import factor_vectors, price_bands, recall_after_dropping


def test_people_lie_near_what_people_like_them_take():
    rng = np.random.default_rng(0)
    user = np.repeat(np.arange(200), 12)
    item = rng.integers(0, 30, len(user)) + 30 * (user % 2)           # even people take the first thirty items
    people, items = factor_vectors(pd.DataFrame({"user": user, "item": item}).drop_duplicates(), 200, 60, width=8)
    score = people @ items.T
    assert score[::2, :30].mean() > score[::2, 30:].mean() and score[1::2, 30:].mean() > score[1::2, :30].mean()
    assert people.shape == (200, 8) and items.shape == (60, 8)


def test_a_filter_that_passes_all_drops_nothing_and_a_narrow_one_leaves_its_share():
    everything = clustered_vectors(4_050, 16, clusters=40, seed=0)
    index, queries = build_index("flat", everything[:4_000]), everything[4_000:]
    assert recall_after_dropping(index, queries, np.ones((50, 4_000), bool)).min() == 1
    few = np.random.default_rng(0).random((50, 4_000)) < 0.02
    assert 0.1 < recall_after_dropping(index, queries, few).mean() < 0.35      # a hundred leave two of ten


def test_three_bands_of_one_width_of_which_one_is_the_customers_own():
    rng = np.random.default_rng(0)
    pounds = rng.uniform(1, 100, 300)
    user = np.repeat(np.arange(40), 25)
    item = np.where(user % 2, *(rng.choice(np.flatnonzero(side), len(user)) for side in (pounds > 60, pounds < 20)))
    shop = SimpleNamespace(interactions=pd.DataFrame({"user": user, "item": item}),
                           catalog=SimpleNamespace(items=pd.DataFrame({"price": pounds})))
    who, bands = price_bands(shop, 0.1, 30, at=10.0)
    own, ten, chance = bands.values()
    assert len(who) == 30 and all(np.allclose(band.mean(axis=1), 0.1, atol=0.01) for band in bands.values())
    assert np.median(pounds[own[who % 2 == 1][0]]) > 50 and np.median(pounds[own[who % 2 == 0][0]]) < 30
    assert (ten == ten[0]).all() and not (chance == chance[0]).all()
