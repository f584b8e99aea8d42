"""The funnel on a small table with tastes and fashions: better than popularity, the same twice, never at a loss."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, BudgetError, DataError, Dataset, Requests, UnknownIdError
from course_lib.data import splits
from course_lib.evidence import offline
from course_lib.serving import funnel, funnel_training
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.stages.retrieval.baselines import Popularity
from course_lib.stages.retrieval.source_models import HeadEASE

DAY, USERS, ITEMS = 86_400.0, 150, 60
SMALL = FunnelSettings(n_candidates=25, l2_grid=(10.0, 50.0),
                       trees=funnel_training.TREES | {"trees": 30, "min_rows": 20})


@pytest.fixture(scope="module")
def data():
    """150 people of three tastes, each of whom takes 14 of 60 items over 100 days; what is popular moves on."""
    rng, rows = np.random.default_rng(0), []
    for user in range(USERS):
        taste = np.where(np.arange(ITEMS) % 3 == user % 3, 1.0, 0.05)
        taken = set()
        for day in np.sort(rng.uniform(0, 100, 14)):
            weight = taste * np.exp(-0.5 * ((np.arange(ITEMS) - 0.6 * day) / 12) ** 2) + 1e-4
            weight[list(taken)] = 0
            taken.add(item := int(rng.choice(ITEMS, p=weight / weight.sum())))
            rows.append((user, item, 1.3e9 + day * DAY))
    return Dataset.from_frames(pd.DataFrame(rows, columns=["user", "item", "time"]), name="small", time_unit="s")


def split_of(data, kind):
    return splits.by_time(data.interactions) if kind == "time" else splits.by_user(data.interactions, seed=0)


@pytest.fixture(scope="module", params=["user", "time"])
def fitted(data, request):
    split = split_of(data, request.param)
    return Funnel(SMALL).fit(data, split), split


def test_it_beats_popularity(data, fitted):
    chain, split = fitted
    known = pd.concat([split.train, split.valid])
    users, relevant = offline.held_out(split.test[split.test["user"].isin(known["user"])])
    popular = Popularity().fit(known, data.n_users, data.n_items)
    mine, theirs = (offline.recall_at_k(top, relevant, 5) for top in (
        chain.recommend(users, 5), popular.recommend(users, 5)))
    assert offline.paired(mine, theirs).low > 0


def test_nothing_known_is_recommended_and_lists_are_full(data, fitted):
    chain, split = fitted
    known = set(map(tuple, pd.concat([split.train, split.valid])[["user", "item"]].to_numpy()))
    users = np.unique(split.train["user"])
    for top in (chain.recommend(users, 10), chain.candidates(users, 25)):
        assert (top >= 0).all() and not known & {(u, i) for u, row in zip(users, top, strict=True) for i in row}
        assert all(len(set(row)) == len(row) for row in top)


def test_the_list_is_the_order_of_the_scores_and_of_the_candidates_alone(fitted):
    chain, _ = fitted
    users = np.arange(20)
    score, top = chain.score(users), chain.recommend(users, 8)
    assert (np.isfinite(score).sum(1) == SMALL.n_candidates).all()
    assert (np.diff(np.take_along_axis(score, top, 1), axis=1) <= 0).all()
    assert (np.take_along_axis(score, top, 1)[:, 0] == score.max(1)).all()
    assert (np.isin(top[3], chain.candidates([3], SMALL.n_candidates))).all()


def test_a_batch_changes_nothing(fitted):
    chain, _ = fitted
    users = np.array([5, 400, 2, 5])
    together = chain.recommend(users, 6)
    assert (together == np.concatenate([chain.recommend([user], 6) for user in users])).all()
    assert (together[0] == together[3]).all()


def test_newcomers_get_what_is_popular_among_what_is_alive(data, fitted):
    chain, split = fitted
    top = chain.recommend([USERS + 5, 10**9], 6)
    counts = chain.retriever.sources["recent" if split.kind == "time" else "popular"].counts
    assert (top[0] == top[1]).all() and counts[top[0]].min() >= np.sort(counts)[-6] - 1e-6
    assert (chain.candidates([USERS + 5], 6) == top[:1]).all()
    assert (offline.top_items(chain, np.array([USERS + 5]), 6) == top[:1]).all()


def test_a_user_of_the_table_without_a_past_is_a_newcomer(data):
    split = split_of(data, "user")
    others = splits.Split(*(part[part["user"] != 7] for part in (split.train, split.valid, split.test)), "user")
    chain = Funnel(SMALL).fit(data, others, l2=20.0)
    assert (chain.recommend([7], 5) == chain.recommend([USERS], 5)).all()
    assert chain.fit_report["l2"] == 20.0


def test_requests_are_answered_from_what_is_eligible(fitted):
    chain, _ = fitted
    asked = Requests.of(np.array([3, -1, 900]), eligible=np.arange(0, ITEMS, 2))
    found = chain.retrieve(asked, 40)
    assert found.item.shape == (3, 40) and (found.item[found.item >= 0] % 2 == 0).all()
    assert np.isneginf(found.score[found.item < 0]).all() and (found.item[1] == found.item[2]).all()
    filled = [row[:n] for row, n in zip(found.score, (found.item >= 0).sum(1), strict=True)]
    assert all(len(row) > 5 and (np.diff(row) <= 0).all() for row in filled)
    whole = chain.retrieve(Requests.of(np.array([3]), eligible=np.arange(ITEMS)), 10)
    assert (whole.item == chain.candidates([3], 10)).all()


def test_the_same_seed_gives_the_same_answer(data, fitted):
    chain, split = fitted
    again = Funnel(SMALL).fit(data, split)
    assert np.array_equal(again.score(np.arange(USERS)), chain.score(np.arange(USERS)))
    assert again.shares == chain.shares


def test_the_report_says_what_was_done(fitted):
    chain, split = fitted
    report = chain.fit_report
    assert report["l2"] in SMALL.l2_grid and max(report["shares"].values()) == 1
    assert set(report["shares"]) <= set(report["sources"]) and ("recent" in report["sources"]) == (split.kind == "time")
    assert 0 < report["positives"] < report["rows"] and report["sets"] >= 1
    assert report["models"] == chain.ranker.n_models == 3
    assert set(report["seconds"]) == {"l2", "sources", "tables", "trees"}


def test_no_source_is_fitted_on_the_labels_of_its_candidates(data):
    """And the last ones are fitted on train and valid."""
    split, pasts = split_of(data, "user"), []

    def watched(known, content, **settings):
        sources = funnel.default_sources(known, content, **settings)
        learn = sources["popular"].fit
        sources["popular"].fit = lambda rows, *size: (pasts.append(rows), learn(rows, *size))[1]
        return {name: sources[name] for name in ("popular", "ease")}

    Funnel(SMALL, make_sources=watched).fit(data, split)
    everything = set(map(tuple, pd.concat([split.train, split.valid])[["user", "item"]].to_numpy()))
    held = [everything - set(map(tuple, past[["user", "item"]].to_numpy())) for past in pasts]
    assert held[-1] == set() and all(len(one) > 0.08 * len(everything) for one in held[:-1])
    assert sum(map(len, held)) == len(set.union(*held))                                 # no label twice


@pytest.mark.parametrize("kind", ["user", "time"])
def test_labels_can_be_the_validation_part_alone(data, kind):
    split = split_of(data, kind)
    report = Funnel(replace(SMALL, valid_alone=True)).fit(data, split).fit_report
    assert report["sets"] == 1 and report["positives"] <= len(split.valid)


def test_events_of_the_test_part_are_not_looked_at(data):
    split = split_of(data, "user")
    blind = Dataset("small", data.interactions[:0], data.catalog, data.users)
    one, other = (Funnel(SMALL).fit(held, SimpleNamespace(train=split.train, valid=split.valid, kind="user"))
                  for held in (data, blind))
    assert np.array_equal(one.recommend(np.arange(USERS), 5), other.recommend(np.arange(USERS), 5))


def test_a_table_too_short_for_windows_learns_from_valid(data):
    split = split_of(data, "time")
    cut = split.valid["time"].min()
    short = splits.Split(split.train[split.train["time"] > cut - 12 * DAY], split.valid, split.test, "time")
    assert Funnel(SMALL).fit(data, short).fit_report["sets"] == 1


def test_values_with_gaps_and_no_times_are_no_hindrance(data):
    stars = np.random.default_rng(0).integers(1, 6, len(data.interactions)).astype(float)
    table = data.interactions.assign(value=stars)
    table.loc[::7, "value"] = np.nan
    rated = Dataset.from_frames(table[["user", "item", "value"]], time=None, value="value")
    chain = Funnel(SMALL).fit(rated, splits.by_user(rated.interactions))
    assert "liked" in chain.fit_report["sources"] and (chain.recommend(np.arange(9), 5) >= 0).all()


def test_where_time_is_short_fewer_sets_are_made_or_none(data, monkeypatch):
    split = split_of(data, "user")
    ticks = iter(range(10**6))
    monkeypatch.setattr(funnel_training.time, "perf_counter", lambda: float(next(ticks)))
    whole = Funnel(SMALL).fit(data, split, seconds=1e6).fit_report["sets"]
    fewer = Funnel(SMALL).fit(data, split, seconds=60).fit_report["sets"]
    assert 1 <= fewer < whole == 5
    monkeypatch.setattr(funnel_training.Training, "_left", lambda training: 0.0)
    assert Funnel(SMALL).fit(data, split, seconds=1e6).fit_report["models"] == 1
    with pytest.raises(BudgetError, match="until one model of EASE was fitted, .* 0.5 s were given. Give more"):
        Funnel(SMALL).fit(data, split, seconds=0.5)


@pytest.fixture
def slow_ease(monkeypatch):
    """A clock by which each EASE takes ten seconds and all else nothing; and the l2 of each that was fitted."""
    fitted, now, train = [], [0.0], HeadEASE._train

    def slow(source, interactions):
        if source.shared is None:
            fitted.append(source.l2)
            now[0] += 10
        train(source, interactions)

    monkeypatch.setattr(HeadEASE, "_train", slow)
    monkeypatch.setattr(funnel_training.time, "perf_counter", lambda: now[0])
    return fitted


@pytest.mark.parametrize("seconds", [1.0, 69.0])
def test_time_that_cannot_suffice_is_said_when_one_model_is_fitted(data, slow_ease, seconds):
    """At random there are three models of EASE here, each fitted for a set of labels and at last."""
    with pytest.raises(BudgetError, match=f"^10.0 s passed until .* at least 60.0 s more are needed .* {seconds} s"):
        Funnel(SMALL).fit(data, split_of(data, "user"), seconds=seconds)
    assert slow_ease == [50.0]


def test_where_l2_is_given_it_is_said_when_one_source_is_fitted(data, slow_ease):
    with pytest.raises(BudgetError, match="^10.0 s passed until the first sources were fitted, and at least 10.0"):
        Funnel(SMALL).fit(data, split_of(data, "user"), seconds=15.0, l2=20.0)
    assert slow_ease == [20.0]


def test_fewer_values_of_l2_are_tried_where_the_rest_needs_the_time(data, slow_ease):
    chain = Funnel(SMALL).fit(data, split_of(data, "user"), seconds=75.0)
    assert slow_ease == [50.0, *[50.0, 6.25, 50.0] * 2] and chain.fit_report["sets"] == 1
    assert chain.fit_report["l2"] == 50.0
    slow_ease.clear()
    Funnel(SMALL).fit(data, split_of(data, "user"), seconds=85.0)
    assert slow_ease[:2] == [50.0, 10.0] and len(slow_ease) == 8


def test_one_user_alone_is_too_few_and_two_are_enough():
    def table_of(n_users):
        items = pd.DataFrame({"item": np.tile(np.arange(20), n_users), "user": np.repeat(np.arange(n_users), 20)})
        kept = items[(items["item"] + 3 * items["user"]) % 4 > 0]
        return Dataset.from_frames(kept.assign(time=1e9 + DAY * kept["item"]), time_unit="s")

    few = replace(SMALL, trees=SMALL.trees | {"min_rows": 1})
    for kind in ("user", "time"):
        alone, two = table_of(1), table_of(2)
        with pytest.raises(DataError, match="events of one user, 0; .* at least two. Give the events of more users"):
            Funnel(few).fit(alone, split_of(alone, kind))
        assert (Funnel(few).fit(two, split_of(two, "user")).recommend([0, 1], 2)[:, 0] >= 0).all()


def test_a_bar_shows_the_steps_unless_told_not_to(data, monkeypatch, capsys):
    monkeypatch.delenv("COURSE_STABLE_OUTPUT", raising=False)
    split, quick = split_of(data, "user"), replace(SMALL, trees=SMALL.trees | {"trees": 2})
    chain = Funnel(quick).fit(data, split, l2=20.0)
    told = capsys.readouterr()
    steps = chain.fit_report["sets"] + 3
    assert f"{steps - 1}/{steps}" in told.err and "the last fit" in told.err and not told.out
    Funnel(quick).fit(data, split, l2=20.0, progress=False)
    monkeypatch.setenv("COURSE_STABLE_OUTPUT", "1")
    Funnel(quick).fit(data, split, l2=20.0)
    quiet = capsys.readouterr()
    assert not quiet.err and not quiet.out


def test_what_cannot_be_done_is_said(data, fitted):
    chain, split = fitted
    for ask in (lambda: Funnel().recommend([0]), lambda: Funnel().score([0]), lambda: Funnel().candidates([0], 3),
                lambda: Funnel().retrieve(Requests.of(0, eligible=[1]), 3)):
        with pytest.raises(ArgumentError, match="has not been fitted"):
            ask()
    for users in ([-2], ["3"], [0.5]):
        with pytest.raises(ArgumentError):
            chain.recommend(users)
    with pytest.raises(DataError, match="split.valid is empty"):
        Funnel().fit(data, splits.Split(split.train, split.valid[:0], split.test, split.kind))
    with pytest.raises(ArgumentError, match="a source 'popular'"):
        Funnel(SMALL, make_sources=lambda *a, **s: {"ease": funnel.default_sources(*a, **s)["ease"]}).fit(data, split)
    with pytest.raises(UnknownIdError):
        Funnel(SMALL).fit(Dataset("small", data.interactions, data.catalog, data.users[:3]), split)
