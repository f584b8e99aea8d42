"""Features of candidates: equal in training and serving, each by hand on a small table."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import Catalog
from course_lib.stages.ranking.candidate_features import CandidateFeatures, smoothed_mean, spread

DAY, U, N, C = 86_400.0, 6, 8, 5
PLAIN = ["best_rank", "a_score", "a_rank", "b_score", "b_rank"]


@pytest.fixture
def events():
    rng = np.random.default_rng(0)
    user, item = np.nonzero(rng.random((U - 1, N)) < 0.5)                               # the last user has no past
    return pd.DataFrame({"user": user, "item": item, "time": rng.integers(0, 30, len(user)) * DAY,
                         "value": rng.integers(1, 6, len(user)).astype(float)})


@pytest.fixture
def catalog():
    items = pd.DataFrame({"creator": 0, "category": 0, "price": np.arange(1.0, N + 1), "born_day": 0,
                          "policy_score": 0.0, "year": [1990.0, np.nan, *range(2000, 2000 + N - 2)]})
    return Catalog(items, np.empty((N, 0)))


@pytest.fixture
def asked():
    """Candidates of all users, with what belongs to them."""
    rng = np.random.default_rng(1)
    item = np.array([rng.permutation(N)[:C] for _ in range(U)])
    item[2, 3:] = -1
    key = np.where(item >= 0, np.arange(1.0, C + 1), np.inf).astype(np.float32)
    scores = {name: rng.normal(size=(U, N)).astype(np.float32) for name in "ab"}
    return {"item": item, "key": key, "scores": scores, "free": rng.random((U, N)) < 0.8, "pick": item >= 0}


def table(features, asked):
    rows = features(np.arange(U), *asked.values())
    return pd.DataFrame(rows, columns=features.names(asked["scores"]))


def test_a_user_asked_alone_gets_the_rows_that_training_had(events, catalog, asked):
    features = CandidateFeatures(events, U, catalog, timed=True)
    together = features(np.arange(U), *asked.values())
    assert np.isfinite(together).all()
    alone = [features(np.array([u]), *({name: s[[u]] for name, s in held.items()} if isinstance(held, dict)
                                       else held[[u]] for held in asked.values())) for u in range(U)]
    assert together == pytest.approx(np.concatenate(alone), abs=1e-6) and together.dtype == np.float32


def test_a_part_of_the_candidates_has_the_rows_of_that_part(events, catalog, asked):
    features = CandidateFeatures(events, U, catalog, timed=True)
    part = asked | {"pick": asked["pick"] & (np.random.default_rng(2).random((U, C)) < 0.5)}
    whole = table(features, asked)
    assert table(features, part).to_numpy() == pytest.approx(
        whole[part["pick"][asked["pick"]]].to_numpy())


def test_features_by_hand(events, catalog, asked):
    found = table(CandidateFeatures(events, U, catalog, timed=True), asked)
    row, place = np.nonzero(asked["pick"])
    item = asked["item"][row, place]
    assert list(found)[:5] == PLAIN
    assert found["best_rank"].to_numpy() == pytest.approx(np.log1p(place + 1.0))
    count = np.bincount(events["item"], minlength=N)
    assert found["item_popularity"].to_numpy() == pytest.approx(np.log1p(count[item]))
    now = events["time"].max()
    for n, (user, one) in enumerate(zip(row, item, strict=True)):
        score, free = asked["scores"]["a"][user], asked["free"][user]
        assert found["a_score"][n] == pytest.approx((score[one] - score[free].mean()) / score[free].std(), abs=1e-4)
        others = asked["item"][user][asked["item"][user] >= 0]
        assert found["a_rank"][n] == pytest.approx(np.log1p((score[others] > score[one]).sum()))
        own = events[events["user"] == user]
        paid = np.log(own["item"] + 1.0).mean() if len(own) else np.log(events["item"] + 1.0).mean()
        assert found["price_gap"][n] == pytest.approx(np.log(one + 1.0) - paid, abs=1e-5)
        times = events.loc[events["item"] == one, "time"]
        if len(times):
            assert found["item_since_first"][n] == pytest.approx(np.log1p((now - times.min()) / DAY), abs=1e-5)
            assert found["item_since_last"][n] == pytest.approx(np.log1p((now - times.max()) / DAY), abs=1e-5)


def test_without_times_no_feature_knows_a_date(events, catalog, asked):
    shuffled = events.assign(time=np.random.default_rng(5).permutation(events["time"]))
    one, other = (table(CandidateFeatures(rows, U, catalog, timed=False), asked) for rows in (events, shuffled))
    pd.testing.assert_frame_equal(one, other)
    assert not [name for name in one if "since" in name]


def test_values_of_items_and_users_by_hand(events, catalog, asked):
    gap = events.copy()
    gap.loc[2, "value"] = np.nan
    features, known = CandidateFeatures(gap, U, catalog, timed=False), gap.dropna()
    own = known.groupby("user")["value"].mean()
    for item in range(N):
        mine = known[known["item"] == item]
        expected = (mine["value"].sum() + 10 * known["value"].mean()) / (len(mine) + 10)
        assert features.by_item["mean_value"][item] == pytest.approx(expected)
        liked = (mine["value"] >= mine["user"].map(own) - 1e-9).sum()
        assert features.by_item["liked"][item] == pytest.approx(np.log1p(liked))
    assert features.people.facts["mean_value"][:U - 1] == pytest.approx(own.reindex(range(U - 1)).to_numpy())
    assert features.people.facts["mean_value"][U - 1] == pytest.approx(known["value"].mean())


def test_amounts_of_money_are_taken_as_logarithms(events, catalog):
    paid = events.assign(value=np.where(events.index == 0, 5000.0, events["value"]))
    features = CandidateFeatures(paid, U, catalog, timed=False)
    own = np.log1p(paid.loc[paid["user"] == 0, "value"]).mean()
    assert features.people.facts["mean_value"][0] == pytest.approx(own)
    assert smoothed_mean(np.array([0, 0, 1]), np.array([5.0, 4.0, 3.0]), 3) == pytest.approx(
        [49 / 12, 43 / 11, 4])


def test_scores_that_are_all_equal_have_a_spread_of_one():
    mean, deviation = spread(np.full((2, 4), 3.0, np.float32), np.ones((2, 4), bool))
    assert mean.tolist() == [3, 3] and deviation.tolist() == [1, 1]


def test_what_the_tables_say_of_users_and_items_stands_in_the_rows(events, catalog, asked):
    rng = np.random.default_rng(3)
    content = np.column_stack([rng.random(N), np.ones(N), np.arange(N) % 2]).astype(np.float32)
    age = np.array([20, 30, np.nan, 50, 60, 70], np.float32)
    features = CandidateFeatures(events, U, Catalog(catalog.items, content), timed=True, columns={"age": age})
    found, (row, place) = table(features, asked), np.nonzero(asked["pick"])
    item = asked["item"][row, place]
    assert np.array_equal(found["column_age"], age[row], equal_nan=True)
    assert found["content_0"].to_numpy() == pytest.approx(content[item, 0])
    assert found["content_1"].to_numpy() == pytest.approx(content[item, 2])             # where all are alike, no column
    assert not [name for name in found if name == "content_2"]
    names = list(table(CandidateFeatures(events, U, catalog, timed=True), asked))
    pd.testing.assert_frame_equal(found[names], table(CandidateFeatures(events, U, catalog, timed=True), asked))


def test_wide_content_is_left_to_the_sources(events, catalog, asked):
    for width, expected in ((64, 64), (65, 0)):
        content = np.random.default_rng(0).random((N, width))
        found = table(CandidateFeatures(events, U, Catalog(catalog.items, content), timed=False), asked)
        assert sum(name.startswith("content_") for name in found) == expected


def test_people_of_other_ids_have_their_own_columns_and_strangers_the_usual(events, catalog):
    columns = {"age": np.array([20, 30, 40, 50, 60, 90], np.float32),
               "gaps": np.array([1, np.nan, 3, 4, 5, 6], np.float32)}
    features = CandidateFeatures(events, U, catalog, timed=False, columns=columns)
    people = features.people_of(events[:0], 3, np.array([4, -1, 10**6]))
    assert people.columns["age"].tolist() == [60, 45, 45]
    assert people.columns["gaps"][0] == 5 and np.isnan(people.columns["gaps"][1:]).all()
    assert features.people.columns["age"].tolist() == columns["age"].tolist()
