"""Candidate sources against brute force and against the baselines that they are in a limiting case."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError
from course_lib.stages.retrieval import candidate_sources as cs
from course_lib.stages.retrieval.baselines import ALS, EASE
from course_lib.stages.retrieval.histories import aged_history, ease_weights, values_around_mean

DAY, U, N = 86_400.0, 30, 12


@pytest.fixture
def events():
    """Each of 30 users takes some of 12 items, each pair once, on days of 60, with grades 1 to 5; by time."""
    rng = np.random.default_rng(0)
    user, item = np.nonzero(rng.random((U, N)) < 0.35)
    return pd.DataFrame({"user": user, "item": item, "time": rng.integers(0, 60, len(user)) * DAY + 5.0,
                         "value": rng.integers(1, 6, len(user)).astype(float)}).sort_values("time", ignore_index=True)


def test_ease_over_a_head_that_holds_all_items_is_ease(events):
    mine, theirs = cs.HeadEASE(5.0).fit(events, U, N), EASE(5.0).fit(events, U, N)
    assert mine.weight == pytest.approx(theirs.weight, abs=1e-4)
    assert mine.score(range(U)) == pytest.approx(theirs.score(range(U)), abs=1e-4)


def test_ease_over_a_head_is_ease_on_the_events_of_the_most_frequent_items(events):
    head = np.sort(np.argsort(-np.bincount(events["item"], minlength=N), kind="stable")[:5])
    score = cs.HeadEASE(5.0, most=5).fit(events, U, N).score(range(U))
    inside = events[events["item"].isin(head)].assign(item=lambda t: np.searchsorted(head, t["item"]))
    assert score[:, head] == pytest.approx(EASE(5.0).fit(inside, U, 5).score(range(U)), abs=1e-4)
    assert (np.delete(score, head, axis=1) == 0).all()


def test_weights_that_are_shared_are_asked_with_an_aged_history(events):
    ease = cs.HeadEASE(5.0).fit(events, U, N)
    aged = cs.HeadEASE(half_life_days=10, shared=ease).fit(events, U, N)
    history = np.zeros((U, N))
    for row in events.itertuples():
        history[row.user, row.item] = 0.5 ** ((events["time"].max() - row.time) / DAY / 10)
    assert aged.score(range(U)) == pytest.approx(history @ ease.weight, abs=1e-4)


def test_ease_on_baskets_is_ease_where_a_user_has_one_basket(events):
    one_day = events.assign(time=-(events["user"] % 6) * DAY)                          # up to five days before 1970
    mine = cs.BasketEASE(5.0).fit(one_day, U, N)
    assert mine.score(range(U)) == pytest.approx(EASE(5.0).fit(one_day, U, N).score(range(U)), abs=1e-4)


def test_ease_on_baskets_learns_from_what_was_taken_on_one_day(events):
    mine = cs.BasketEASE(5.0).fit(events, U, N)
    rows = events.groupby(["user", events["time"] // DAY])["item"].agg(list)
    baskets = np.zeros((len(rows), N))
    for row, items in enumerate(rows):
        baskets[row, items] = 1
    inverse = np.linalg.inv(baskets.T @ baskets + 5.0 * np.eye(N))
    weight = -inverse / np.diag(inverse)
    np.fill_diagonal(weight, 0)
    assert mine.weight == pytest.approx(weight, abs=1e-4)


def test_als_without_age_is_als_and_with_age_forgets(events):
    settings = {"dim": 4, "l2": 1.0, "iterations": 3}
    plain = ALS(**settings).fit(events, U, N)
    same = cs.FoldedALS(**settings).fit(events, U, N)
    assert same.item_vectors == pytest.approx(plain.item_vectors, abs=1e-5)
    aged = cs.FoldedALS(1.0, **settings).fit(events, U, N)
    assert np.abs(aged.item_vectors - plain.item_vectors).max() > 0.01
    assert (aged.seen != plain.seen).nnz == 0                                          # what is masked has no age


def test_users_of_als_are_the_least_squares_for_its_items(events):
    aged = cs.FoldedALS(20.0, dim=4, l2=1.0, alpha=3.0, iterations=3).fit(events, U, N)
    weight = 3.0 * aged_history(events, (U, N), 20.0).toarray().astype(float)
    vectors = aged.item_vectors.astype(float)
    for user in (0, 7):
        loss = np.diag(np.where(weight[user] > 0, weight[user], 1.0))
        right = vectors.T @ loss @ (weight[user] > 0)
        mine = np.linalg.solve(vectors.T @ loss @ vectors + np.eye(4), right)
        assert aged.score([user])[0] == pytest.approx(vectors @ mine, abs=1e-4)


def test_an_item_taken_again_is_as_old_as_its_last_event():
    twice = pd.DataFrame({"user": [0, 0, 1], "item": [0, 0, 1], "time": [0.0, 5 * DAY, 10 * DAY]})
    assert aged_history(twice, (2, 2), 5.0).toarray() == pytest.approx(np.array([[0.5, 0], [0, 1]]))


def test_values_stand_around_their_users_mean_and_missing_ones_are_left_out(events):
    gap = events.copy()
    gap.loc[3, "value"] = np.nan
    got, known = values_around_mean(gap, (U, N)).toarray(), gap.dropna()
    for user, own in known.groupby("user"):
        expected = (own["value"] - own["value"].mean()) / known["value"].std(ddof=0)
        assert got[user, own["item"]] == pytest.approx(expected.to_numpy(), abs=1e-5)
    assert got[gap["user"][3], gap["item"][3]] == 0


def test_ease_on_what_was_liked_is_ease_on_those_events(events):
    liked = events[events["value"] >= events.groupby("user")["value"].transform("mean")]
    mine = cs.LikedEASE(5.0).fit(events, U, N)
    assert mine.score(range(U)) == pytest.approx(EASE(5.0).fit(liked, U, N).score(range(U)), abs=1e-4)
    assert mine.seen.nnz == len(events)                                                # also what was not liked


def test_content_is_a_cosine_and_grades_turn_it_round(events):
    content = np.random.default_rng(1).normal(size=(N, 3))
    unit = content / np.linalg.norm(content, axis=1, keepdims=True)
    score = cs.Content(content).fit(events, U, N).score([4])[0]
    mean = unit[events.loc[events["user"] == 4, "item"]].mean(0)
    assert score == pytest.approx(unit @ mean / np.linalg.norm(mean), abs=1e-5)
    two = pd.DataFrame({"user": [0, 0], "item": [0, 1], "time": [0.0, 1.0], "value": [5.0, 1.0]})
    graded = cs.GradedContent(np.array([[1, 0], [0, 1.0], [1, 0], [0, 1]])).fit(two, 1, 4).score([0])[0]
    assert graded[2] > 0 > graded[3]
    with pytest.raises(ArgumentError, match="content has 12 rows for 13 items"):
        cs.Content(content).fit(events, U, N + 1)


def test_user_neighbours_by_brute_force(events):
    model = cs.UserKNN(k=4, shrink=2.0).fit(events, U, N)
    taken = model.seen.toarray()
    rows = taken * np.log1p(U / (1 + taken.sum(0)))
    alike = (rows @ rows.T) / (np.outer(*2 * [np.linalg.norm(rows, axis=1)]) + 2.0)
    np.fill_diagonal(alike, 0)
    for user in range(U):
        near = np.argsort(-alike[user], kind="stable")[:4]
        assert model.score([user])[0] == pytest.approx(alike[user, near] @ taken[near], abs=1e-4)


def test_recent_counts_count_a_window(events):
    age = (events["time"].max() - events["time"]) / DAY
    for days, ago in ((np.inf, 0), (7, 0), (7, 10)):
        inside = events[(age >= ago) & (age < ago + days)]
        expected = np.log1p(np.bincount(inside["item"], minlength=N))
        assert cs.RecentCounts(days, ago).fit(events, U, N).score([0, 1])[1] == pytest.approx(expected, abs=1e-5)


def test_sources_follow_from_what_the_table_holds(events):
    plain = events.drop(columns="value")
    assert {"ease", "als", "popular"} <= set(cs.default_sources(plain))
    assert not {"liked", "content", "recent"} & set(cs.default_sources(plain))
    assert {"liked", "content", "content_graded"} <= set(cs.default_sources(events, np.ones((N, 2))))
    assert "baskets" in cs.default_sources(plain)                                      # users come back on other days
    assert "baskets" not in cs.default_sources(plain.assign(time=0.0))
    timed = cs.default_sources(plain, horizon_days=6)
    assert {"recent", "hot", "als_recent", "ease_recent"} <= set(timed) and "last_year" not in timed
    assert "last_year" in cs.default_sources(plain.assign(time=plain["time"] * 10), horizon_days=60)
    for source in cs.fit_all(timed, plain, U, N).values():
        assert source.score([0, 3]).shape == (2, N)


def test_the_pull_of_ease_is_chosen_by_what_was_taken_afterwards(events):
    train, valid = events[events.index % 4 > 0], events[events.index % 4 == 0]
    grid, gain = (1.0, 30.0, 1e4), []
    wanted = valid.groupby("user")["item"].agg(list)
    for l2 in grid:
        model, got = EASE(l2).fit(train, U, N), 0.0
        for user, items in wanted.items():
            if user in set(train["user"]):
                discount = 1 / np.log2(np.arange(2, 12))
                got += (np.isin(model.recommend([user], 10)[0], items) @ discount) / discount[:len(items)].sum()
        gain.append(got)
    assert cs.choose_l2(train, valid, U, N, grid) == grid[int(np.argmax(gain))]
    assert cs.choose_l2(train, valid.assign(user=U), U + 1, N, grid) == 30.0           # nobody to judge by


@pytest.mark.parametrize("make", [lambda: cs.HeadEASE(0), lambda: cs.HeadEASE(most=0), lambda: cs.UserKNN(k=0),
                                  lambda: cs.HeadEASE(half_life_days=0), lambda: cs.FoldedALS(-1.0),
                                  lambda: cs.UserKNN(shrink=-1), lambda: cs.RecentCounts(0),
                                  lambda: cs.RecentCounts(3, -1)])
def test_settings_out_of_range_are_refused(make):
    with pytest.raises(ArgumentError):
        make()


def test_a_pull_too_small_for_a_singular_matrix_is_refused():
    import scipy.sparse as sp

    with pytest.raises(ArgumentError, match="too small to invert"):
        ease_weights(sp.csr_matrix(np.ones((9, 40), np.float32) * 1e3), 1e-9)
