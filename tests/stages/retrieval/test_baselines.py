"""Baselines by hand, against closed forms, and where ids or tables are wrong."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DataError, Requests, UnknownIdError
from course_lib.stages.retrieval.baselines import ALS, EASE, ItemKNN, Popularity, RecentPopularity, best_k

DAY = 86_400.0


@pytest.fixture
def events():
    """Two groups of users with tastes of their own, 12 users × 8 items."""
    rng = np.random.default_rng(0)
    rows = [(u, i, rng.integers(0, 30) * DAY) for u in range(12) for i in range(8)
            if (u % 2 == i % 2) and rng.random() < 0.8]
    return pd.DataFrame(rows, columns=["user", "item", "time"]).astype({"user": "int32", "item": "int32"})


def test_popularity_counts(events):
    model = Popularity().fit(events, 12, 8)
    assert (model.score([0, 3]) == np.bincount(events["item"], minlength=8)).all()


def test_recent_popularity_forgets_what_is_older_than_its_window():
    events = pd.DataFrame({"user": [0, 1, 2, 3], "item": [0, 0, 0, 1], "time": [0, 1, 2, 9 * DAY]})
    assert Popularity().fit(events).recommend([0], 2, exclude_seen=False).tolist() == [[0, 1]]
    assert RecentPopularity(window_days=7).fit(events).recommend([0], 2, exclude_seen=False).tolist() == [[1, 0]]
    with pytest.raises(ArgumentError, match="window_days is 0"):
        RecentPopularity(window_days=0)


def test_ease_has_a_zero_diagonal_and_solves_the_constrained_ridge(events):
    model = EASE(l2=3.0).fit(events, 12, 8)
    x = model.seen.toarray()
    for j in range(8):  # each column is a ridge regression on the others
        rest = np.delete(np.arange(8), j)
        weight = np.linalg.solve(x[:, rest].T @ x[:, rest] + 3.0 * np.eye(7), x[:, rest].T @ x[:, j])
        assert model.weight[rest, j] == pytest.approx(weight, abs=1e-4) and model.weight[j, j] == 0


def test_item_knn_without_shrinkage_is_cosine(events):
    model = ItemKNN(k=8, shrink=0).fit(events, 12, 8)
    x = model.seen.toarray()
    norm = np.linalg.norm(x, axis=0)
    cosine = (x.T @ x) / np.outer(norm, norm)
    np.fill_diagonal(cosine, 0)
    assert model.similarity.toarray() == pytest.approx(cosine, abs=1e-5)
    assert (np.diff(ItemKNN(k=2).fit(events, 12, 8).similarity.indptr) <= 2).all()


@pytest.mark.parametrize("model", [EASE(l2=2.0), ItemKNN(), ALS(dim=4, l2=0.1, iterations=5)])
def test_personal_models_find_the_group_of_a_user(model, events):
    score = model.fit(events, 12, 8).score(np.arange(12))
    own = np.array([[u % 2 == i % 2 for i in range(8)] for u in range(12)])
    assert score[own].mean() > score[~own].mean() + 0.1


def test_recommend_leaves_out_what_was_seen_and_what_is_excluded(events):
    model = Popularity().fit(events, 12, 8)
    seen = set(events["item"][events["user"] == 0])
    assert not seen & set(model.recommend([0], 3)[0])
    first = model.recommend([0], 1)
    assert first[0, 0] not in model.recommend([0], 3, exclude=first)


def test_best_k_pads_where_nothing_is_left():
    assert best_k(np.array([[1.0, -np.inf, 3.0]]), 4).tolist() == [[2, 0, -1, -1]]
    assert best_k(np.array([[1.0, 1.0, 1.0]]), 2).tolist() == [[0, 1]]


def test_retrieve_answers_strangers_and_shows_only_what_is_eligible(events):
    model = EASE(l2=3.0).fit(events, 12, 8)
    found = model.retrieve(Requests.of([0, 99], eligible=[1, 2, 3, 8]), 5)  # item 8 and user 99 came later
    assert set(found.item.ravel()) <= {1, 2, 3, -1} and np.isneginf(found.score[found.item < 0]).all()


def test_wrong_ids_and_empty_tables_are_named(events):
    with pytest.raises(DataError, match="empty"):
        Popularity().fit(events[:0], 12, 8)
    with pytest.raises(UnknownIdError, match="item outside 0 … 4"):
        Popularity().fit(events, 12, 5)
    with pytest.raises(UnknownIdError, match="user 12 was never seen"):
        Popularity().fit(events, 12, 8).score([3, 12])


@pytest.mark.parametrize("baseline", [Popularity, RecentPopularity, ItemKNN, EASE, ALS])
def test_a_baseline_that_was_not_fitted_says_so(baseline):
    for ask in (lambda: baseline().recommend([1], 3), lambda: baseline().score([1]),
                lambda: baseline().retrieve(Requests.of([1], eligible=np.arange(3, dtype=np.int32)), 2)):
        with pytest.raises(ArgumentError, match=f"this {baseline.__name__} has not been fitted. Call fit"):
            ask()
