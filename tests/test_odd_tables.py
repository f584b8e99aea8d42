"""Odd tables, models and settings: NaN in a column, keys of two types, empty parts, ties, and what could crash.

The twin of test_odd_input for functions that take a table: one right call each, whose columns are spoilt one at a time.
"""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import (
    ArgumentError,
    Catalog,
    CourseError,
    DataError,
    DayLog,
    Requests,
    UnknownIdError,
    best_k,
    check_same_keys,
    check_unique_rows,
)
from course_lib.data import audit, features, labels, splits
from course_lib.data.sessions import SessionStore
from course_lib.evidence import designs, objectives, offline, units
from course_lib.evidence.auc import grouped_auc
from course_lib.evidence.estimate import bootstrap
from course_lib.stages import filters
from course_lib.stages.ranking.bandits import Retrained
from course_lib.stages.ranking.calibrate import Isotonic
from course_lib.stages.ranking.feed_features import FeedFeatures
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.stages.reranking.constraints import Cap
from course_lib.stages.reranking.diversity import greedy_dpp, mmr
from course_lib.stages.reranking.exploration import slot_propensities
from course_lib.stages.reranking.freshness import Nightly
from course_lib.stages.reranking.reranker import MMRReranker
from course_lib.stages.retrieval.baselines import ALS, EASE, ItemKNN, Popularity, RecentPopularity
from course_lib.stages.retrieval.past import Past
from course_lib.stages.retrieval.towers.ids import named, rows
from course_lib.stages.retrieval.towers.recency import RecencyClock

RNG = np.random.default_rng(0)
N = 60
REQUESTS = pd.DataFrame({"request_id": np.arange(20), "user": np.arange(20) % 5, "time": np.arange(20) * 900.0,
                         "day": 0, "session": np.arange(20), "device": 0, "arm": "all", "policy": "p"})
SHOWN = pd.DataFrame({"request_id": np.repeat(np.arange(20), 3), "user": np.repeat(np.arange(20) % 5, 3),
                      "item": np.tile(np.arange(6), 10), "position": np.tile([1, 2, 3], 20),
                      "time": np.repeat(np.arange(20) * 900.0, 3), "click": (np.arange(N) % 4 == 0) * 1,
                      "dwell_s": np.where(np.arange(N) % 4 == 0, 40.0, 0), "day": 0, "arm": "all"})
OUTCOMES = pd.DataFrame({"request_id": [0, 4, 8], "user": [0, 4, 3], "item": [0, 0, 0], "kind": "purchase",
                         "value": 9.0, "event_time": [60.0, 3700, 7300], "arrival_time": [70.0, 3800, 7400]})
TAKEN = pd.DataFrame({"user": np.repeat(np.arange(10), 6), "time": np.arange(N) * 1.0, "value": 3.0,
                      "item": np.concatenate([RNG.permutation(8)[:6] for _ in range(10)])})
FACTS = pd.DataFrame({"user": np.arange(5), "time": 1.0, "mood": np.arange(5.0)})
ITEMS = pd.DataFrame({"creator": 0, "category": np.arange(8) % 2, "price": 1.0, "born_day": 0, "policy_score": 0.1})
CATALOG = Catalog(ITEMS, RNG.normal(size=(8, 3)).astype(np.float32))


def day(shown=SHOWN):
    return DayLog(0, REQUESTS, shown, OUTCOMES)


def log(requests=REQUESTS, shown=SHOWN, outcomes=OUTCOMES):
    return SimpleNamespace(requests=lambda **_: requests, impressions=lambda **_: shown, outcomes=lambda **_: outcomes)


# name: (what it does with a table, that table, columns whose NaN must be refused)
TABLES = {
    "as_of_join, events": (lambda t: features.as_of_join(t, FACTS, "user"), SHOWN[["user", "time"]], ["time"]),
    "as_of_join, facts": (lambda t: features.as_of_join(SHOWN[["user", "time"]], t, "user"), FACTS, ["time"]),
    "naive_join": (lambda t: features.naive_join(SHOWN[["user"]], t, "user"), FACTS, ["time"]),
    "ranking_features, log": (lambda t: features.ranking_features(t, SHOWN, ITEMS["category"]), SHOWN,
                              ["user", "item", "time", "click"]),
    "ranking_features, at": (lambda t: features.ranking_features(SHOWN, t, ITEMS["category"]),
                             SHOWN[["user", "item", "time"]], ["user", "item", "time"]),
    "every_ignored": (labels.every_ignored, SHOWN, ["click"]), "skip_above": (labels.skip_above, SHOWN, ["click"]),
    "exposure_weighted": (lambda t: labels.exposure_weighted(t, np.full(3, 0.9)), SHOWN, ["click", "position"]),
    "examination_curve": (labels.examination_curve, SHOWN.assign(click=1), ["click"]),
    "conversions": (lambda t: labels.conversions(t, OUTCOMES, as_of=1e6, window_s=1e5), SHOWN, ["click", "time"]),
    "by_user": (lambda t: splits.by_user(t, (0.6, 0.2, 0.2)).train, TAKEN, ["user", "item", "time"]),
    "by_time": (lambda t: splits.by_time(t).train, TAKEN, ["user", "item", "time"]),
    "leave_last_out": (lambda t: splits.leave_last_out(t).test, TAKEN, ["user", "item", "time"]),
    "first_only": (splits.first_only, TAKEN, ["user", "item", "time"]),
    "held_out": (lambda t: offline.held_out(t)[0], TAKEN, ["user", "item"]),
    "unit_table, requests": (lambda t: units.unit_table(log(requests=t)), REQUESTS, ["user"]),
    "unit_table, shown": (lambda t: units.unit_table(log(shown=t)), SHOWN, ["click"]),
    "unit_table, outcomes": (lambda t: units.unit_table(log(outcomes=t)), OUTCOMES, ["arrival_time"]),
    "item_table": (lambda t: designs.item_table([day(t)]), SHOWN, ["click", "item"]),
    "objectives.clicks": (lambda t: objectives.clicks(log(shown=t)), SHOWN, ["click", "request_id"]),
    "objectives.revenue": (lambda t: objectives.revenue(log(outcomes=t)), OUTCOMES, ["request_id", "value"]),
    "AlreadySeen": (lambda t: filters.AlreadySeen(t, forget_days=1.0)._pair, TAKEN, ["user", "item", "time"]),
    "Support": (lambda t: filters.Support(t, 8)._count, TAKEN, ["item"]),
    "PolicyScore.observe": (lambda t: filters.Support(TAKEN, 8).observe(day(t)), SHOWN, ["click"]),
    "Popularity": (lambda t: Popularity().fit(t).counts, TAKEN, ["user", "item"]),
    "RecentPopularity": (lambda t: RecentPopularity().fit(t).counts, TAKEN, ["user", "item", "time"]),
    "Past.observe": (lambda t: Past(TAKEN, 8).observe(t), TAKEN, ["user", "item", "time"]),
    "FeedFeatures.observe": (lambda t: FeedFeatures(CATALOG).observe(day(t)), SHOWN, ["user", "item", "click"]),
    "Retrained.observe": (lambda t: Retrained().observe(day(t)), SHOWN, ["item", "click"]),
    "Nightly.observe": (lambda t: Nightly(CATALOG).observe(day(t)), SHOWN, ["item", "position"]),
}
CELLS = [pytest.param(name, column, id=f"{name}-{column}")
         for name, (_, _, columns) in TABLES.items() for column in columns]


@pytest.mark.parametrize(("name", "column"), CELLS)
def test_one_cell_that_is_missing_is_named(name, column):
    use, table, _ = TABLES[name]
    for missing in (table[column].astype(float), table[column].astype("Float64")):
        spoilt = table.assign(**{column: missing})
        spoilt.iloc[7 % len(table), spoilt.columns.get_loc(column)] = None
        with pytest.raises(CourseError, match=rf"{7 % len(table)}\b|first: re?"):
            use(spoilt)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_whose_index_and_types_are_others_gives_the_same(name):
    use, table, _ = TABLES[name]
    right = use(table)
    integers = [column for column in table if table[column].dtype.kind == "i"]
    dresses = {"index": table.set_axis(np.arange(len(table))[::-1] % 7, axis=0), "nullable": table.convert_dtypes(),
               "int32": table.astype(dict.fromkeys(integers, "int32")),
               "categories": table.astype({c: "category" for c in ("kind", "arm", "policy") if c in table})}
    for dress, other in dresses.items():
        got = use(other)
        assert right is None or np.array_equal(np.asarray(right, object), np.asarray(got, object)) or np.allclose(
            np.asarray(right, float), np.asarray(got, float), equal_nan=True), dress


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_is_an_answer_or_an_error_with_words(name):
    use, table, _ = TABLES[name]
    try:
        use(table[:0])
    except CourseError as error:
        assert len(str(error)) > 20


# --- keys of two types: 1 and "1" never meet --------------------------------------------------------------------------
JOINS = {
    "as_of_join": lambda key: features.as_of_join(SHOWN[["user", "time"]], FACTS.assign(user=key(FACTS["user"])),
                                                  "user"),
    "naive_join": lambda key: features.naive_join(SHOWN[["user"]], FACTS.assign(user=key(FACTS["user"])), "user"),
    "conversions": lambda key: labels.conversions(SHOWN, OUTCOMES.assign(item=key(OUTCOMES["item"])), as_of=1e6,
                                                  window_s=1e5),
    "unit_table": lambda key: units.unit_table(log(outcomes=OUTCOMES.assign(request_id=key(OUTCOMES["request_id"])))),
    "clusters": lambda key: units.unit_table(log(), unit="cluster", users=pd.DataFrame(
        {"cluster": 0}, index=pd.Index(key(pd.Series(range(5)))))),
    "revenue": lambda key: objectives.revenue(log(outcomes=OUTCOMES.assign(request_id=key(OUTCOMES["request_id"])))),
    "margin": lambda key: objectives.margin(log(), margin_rate=pd.Series([0.1], index=key(pd.Series([0])))),
    "top_items": lambda key: offline.top_items(lambda users: np.zeros((len(users), 8)), np.arange(10), 2,
                                               TAKEN.assign(user=key(TAKEN["user"]))),
    "Split": lambda key: splits.Split(TAKEN[:30], TAKEN[:0], TAKEN[30:].assign(user=key(TAKEN["user"][30:]))),
    "Vocabulary": lambda key: rows(named([3, 5], "user"), key(pd.Series([3, 5])).to_numpy()),
}


@pytest.mark.parametrize("name", JOINS)
def test_keys_of_another_type_are_refused_with_both_types(name):
    JOINS[name](lambda column: column)
    for text in (lambda column: column.astype(str), lambda column: column.astype(str).astype("string")):
        with pytest.raises(CourseError, match=r"numbers.*text|text.*numbers"):
            JOINS[name](text)


def test_what_counts_as_one_type_of_key():
    check_same_keys(a=pd.Series([1, 2]), b=pd.Series([1.0, np.nan]), c=pd.Series([1, None], dtype="Int64"), d=[],
                    e=pd.Series([2, 1]).astype("category"), f=pd.Series([1, None], dtype=object))
    check_same_keys(a=pd.Series(["a", None]), b=pd.Series(["a", np.nan]), c=pd.Series(["b"], dtype="string"))
    with pytest.raises(DataError, match="mixes numbers and text"):
        check_same_keys(a=pd.Series([1, "1"]))
    with pytest.raises(DataError, match="moments"):
        check_same_keys(a=pd.to_datetime(pd.Series(["2020-01-01"])), b=pd.Series([1]))


# --- ties, repeats ----------------------------------------------------------------------------------------------------
@given(st.lists(st.lists(st.sampled_from([-np.inf, 0.0, 0.5, 1.0]), min_size=6, max_size=6), min_size=1, max_size=5),
       st.integers(0, 8), st.sampled_from([np.float32, np.float64]))
@settings(max_examples=200, deadline=None)
def test_the_k_best_are_those_of_a_stable_sort(rows, k, dtype):
    score = np.array(rows, dtype)
    expected = np.argsort(-score, axis=1, kind="stable")[:, :k]
    expected = np.where(np.isneginf(np.take_along_axis(score, expected, 1)), -1, expected)
    got = best_k(score, k)
    assert got.shape == (len(score), k) and np.array_equal(got[:, :6], expected) and (got[:, 6:] == -1).all()


@pytest.mark.parametrize("model", [Popularity(), RecentPopularity(), ItemKNN(k=3), EASE(), ALS(dim=2, iterations=2)])
def test_what_a_baseline_recommends_is_the_stable_order_of_its_scores(model):
    model.fit(TAKEN.assign(item=TAKEN["item"] % 4), n_items=8)
    users = np.arange(10)
    expected = np.argsort(-model.score(users), axis=1, kind="stable")[:, :6]
    assert np.array_equal(model.recommend(users, 6, exclude_seen=False), expected)
    assert np.array_equal(offline.top_items(model, users, 6), expected)
    found = model.retrieve(Requests.of(users, eligible=np.arange(8)), 6)
    assert np.array_equal(found.item, expected)


def test_older_counts_break_the_ties_of_recent_ones_however_many_those_are():
    recent = pd.DataFrame({"user": 0, "item": np.repeat([0, 1], 5000), "time": 9e6})
    old = pd.DataFrame({"user": 0, "item": [1], "time": 0.0})
    model = RecentPopularity().fit(pd.concat([recent, old]))
    assert model.recommend([0], 2, exclude_seen=False).tolist() == [[1, 0]]


def test_a_model_that_scores_all_alike_gets_what_chance_gets_where_ties_go_at_random():
    alike, users = lambda part: np.ones((len(part), 50)), np.arange(4000)
    relevant = [np.arange(5)] * 4000
    by_id = offline.recall_at_k(offline.top_items(alike, users, 10), relevant, 10).mean()
    by_lot = bootstrap(offline.recall_at_k(offline.top_items(alike, users, 10, ties="random"), relevant, 10))
    assert by_id == 1.0 and by_lot.low < 10 / 50 < by_lot.high
    distinct = lambda part: np.tile(np.arange(50.0), (len(part), 1))  # noqa: E731
    assert np.array_equal(offline.top_items(distinct, users, 10), offline.top_items(distinct, users, 10, ties="random"))


def test_a_user_who_is_asked_for_twice_is_masked_twice():
    top = offline.top_items(lambda part: np.tile(np.arange(8.0), (len(part), 1)), [3, 1, 3], 2,
                            pd.DataFrame({"user": [3], "item": [7]}))
    assert top.tolist() == [[6, 5], [7, 6], [6, 5]]


METRICS = [lambda top: offline.hits(top, [[1]] * len(top)), lambda top: offline.recall_at_k(top, [[1]] * len(top), 3),
           lambda top: offline.ndcg_at_k(top, [[1]] * len(top), 3), lambda top: offline.coverage(top, 9),
           lambda top: offline.average_precision(top, [[1]] * len(top), 3),
           lambda top: offline.mean_popularity(top, np.ones(9)),
           lambda top: offline.recall_by_popularity(top, [[1]] * len(top), np.ones(9), 3)]


@pytest.mark.parametrize("metric", METRICS)
def test_a_list_that_shows_an_item_twice_is_refused_by_row_and_item(metric):
    metric(np.array([[1, -1, -1], [4, 5, 6]]))
    with pytest.raises(ArgumentError, match="item 5 twice in row 1"):
        metric(np.array([[1, -1, -1], [4, 5, 5]]))
    check_unique_rows(a=np.array([[-1, -1]]), b=np.empty((0, 3)))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_no_metric_leaves_zero_to_one(seed):
    rng = np.random.default_rng(seed)
    top = np.array([rng.permutation(9)[:6] for _ in range(5)])
    relevant = [rng.integers(0, 9, rng.integers(0, 9)) for _ in range(5)]  # held-out items may repeat
    for metric in (offline.recall_at_k, offline.ndcg_at_k, offline.average_precision):
        value = metric(top, relevant, 5)
        assert ((value >= 0) & (value <= 1 + 1e-12) | np.isnan(value)).all()


def test_a_candidate_that_comes_twice_fills_one_slot():
    rule = MMRReranker(np.eye(9), explore=0.5)
    slates = rule.rerank(Requests.of([0, 1], eligible=np.arange(9)), np.array([[4, 4, 5, -1]] * 2), np.ones((2, 4)), 3)
    assert sorted(slates.item[0].tolist()) == [-1, 4, 5]


# --- a DPP at any weight ----------------------------------------------------------------------------------------------
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1.0, 12.0, 40.0, 500.0, -30.0]))
@settings(max_examples=80, deadline=None)
def test_the_greedy_dpp_is_that_of_determinants_at_any_weight(seed, weight):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(7, 9))
    like, relevance = np.corrcoef(vectors), rng.random(7)
    chosen = []
    for _ in range(5):
        def log_volume(item, chosen=chosen):
            inside = [*chosen, item]
            return 2 * weight * relevance[inside].sum() + np.linalg.slogdet(like[np.ix_(inside, inside)])[1]

        chosen.append(max((i for i in range(7) if i not in chosen), key=log_volume))
    assert greedy_dpp(relevance, like, 5, weight=weight).tolist() == chosen


# --- a ranker's labels, names and numbers -----------------------------------------------------------------------------
X = pd.DataFrame({"a": RNG.normal(size=200), "b": RNG.normal(size=200)})
Y = (X["a"] > 0).astype(int)


def test_labels_that_an_objective_cannot_learn_are_refused_with_what_came():
    with pytest.raises(ArgumentError, match=r"labels run from 1 to 5\); expected 0 or 1.*rating >= 4"):
        GBDTRanker("binary").fit(X, RNG.integers(1, 6, 200))
    with pytest.raises(ArgumentError, match="grades from 0 to 30"):
        GBDTRanker("lambdarank").fit(X, np.arange(200) % 40, np.arange(200) // 10)
    with pytest.raises(DataError, match=r"only \[1.0\]"):
        GBDTRanker().fit(X, np.ones(200))
    GBDTRanker("lambdarank", trees=2).fit(X, np.arange(200) % 5, np.arange(200) // 10)


@pytest.mark.parametrize("names", [['genre: "drama", {x}', "b[0]"], ["a b", "a_b"], ["ü,", "日本"], [0, 1], ["", " "]])
def test_a_feature_may_have_any_name(names, tmp_path):
    plain, named = (GBDTRanker(trees=5, min_rows=5).fit(table, Y) for table in (X, X.set_axis(names, axis=1)))
    assert np.array_equal(plain.predict(X), named.predict(X.set_axis(names, axis=1)))
    assert set(named.importance().index) == set(names)
    named.save(tmp_path / "ranker")
    loaded = GBDTRanker.load(tmp_path / "ranker")
    assert np.array_equal(loaded.predict(X.set_axis(names, axis=1)), plain.predict(X))


def test_columns_that_are_no_numbers_or_have_one_name_are_named():
    for odd, what in ((X.assign(c="7"), "'c'.*object"), (X.assign(c=pd.Timestamp("2020-01-01")), "datetime"),
                      (X.set_axis(["a", "a"], axis=1), "'a' twice"), (X[[]], "no columns"),
                      (X.set_axis([("x", 1), ("x", 2)], axis=1), "tuple")):
        with pytest.raises(DataError, match=what):
            GBDTRanker().fit(odd, Y)
    with pytest.raises(ArgumentError, match="DataFrame"):
        GBDTRanker().fit(X.to_numpy(), Y)
    held = X.assign(c=pd.array([None, 1] * 100, dtype="Int64"), d=X["a"] > 0, e=pd.Categorical([1, 2] * 100))
    plain = held.assign(c=held["c"].astype(float), d=held["d"].astype(int), e=held["e"].astype(int))
    assert np.array_equal(*(GBDTRanker(trees=3).fit(t, Y).predict(t) for t in (held, plain)))


# --- parts, days, rows that are not there -----------------------------------------------------------------------------
def test_a_part_that_would_be_empty_is_named_with_its_fraction():
    with pytest.raises(DataError, match="train holds 0 of 60 events, though its fraction is 0.8.*1 different moments"):
        splits.by_time(TAKEN.assign(time=5.0))
    with pytest.raises(DataError, match="valid holds 0 of 3.*though its fraction is 0.1.*5 events"):
        splits.by_user(TAKEN[:3])
    with pytest.raises(DataError, match="valid holds 0 of 2 events: no user has 3"):
        splits.leave_last_out(TAKEN[:2])
    assert not len(splits.by_time(TAKEN, (0.9, 0.0, 0.1)).valid)


def test_days_that_are_missing_and_requests_that_come_twice_are_named():
    with pytest.raises(DataError, match=r"missing: \[3\]"):
        units.unit_table([day()], days=[0, 3])
    with pytest.raises(DataError, match="stands"):
        units.unit_table([day(), day()])
    with pytest.raises(DataError, match="twice"):
        objectives.clicks(log(requests=pd.concat([REQUESTS, REQUESTS[:1]])))
    with pytest.raises(DataError, match="request 77"):
        objectives.clicks(log(shown=SHOWN.assign(request_id=77)))
    with pytest.raises(UnknownIdError, match="first user 4"):
        units.unit_table(log(), unit="cluster", users=pd.DataFrame({"cluster": 0}, index=range(4)))


def test_one_row_has_no_interval():
    with pytest.raises(DataError, match="one row; expected at least 2"):
        bootstrap([1.0])
    with pytest.raises(DataError, match="one group"):
        bootstrap([1.0, 2.0], groups=["a", "a"])
    with pytest.raises(ArgumentError, match="groups is missing in 1 rows, first at row 1"):
        bootstrap([1.0, 2.0, 3.0], groups=[1.0, np.nan, 2.0])


def test_tables_in_another_order_are_not_compared_row_by_row():
    with pytest.raises(DataError, match="another order"):
        audit.mismatch(X, X.sample(frac=1, random_state=0))
    assert audit.mismatch(X, X.reset_index(drop=True).set_axis(range(500, 700))).tolist() == [0, 0]
    assert audit.psi(np.ones(50), np.ones(50)) == pytest.approx(0)  # a constant feature


def test_a_store_of_sessions_takes_ids_only(tmp_path):
    with SessionStore(tmp_path / "store") as store:
        for user in (["1"], [np.nan], [1.5], [-1], [True]):
            with pytest.raises(ArgumentError, match="user"):
                store.append(user, [1], [0.0])
        with pytest.raises(ArgumentError, match="users"):
            store.read(["1"], 5.0)
        with pytest.raises(ArgumentError, match="now is nan"):
            store.sweep(np.nan)
        assert store.append(pd.array([1], "Int64"), [1], [0.0]) == 1 and len(store.read([1.0], 5.0)) == 1


def test_caps_stocks_and_catalogues_take_whole_numbers_at_their_ids():
    with pytest.raises(ArgumentError, match="whole"):
        Cap(np.array([0.5, 1]), 1)
    with pytest.raises(ArgumentError, match="most = 1.5"):
        Cap(np.array([0, 1]), 1.5)
    with pytest.raises(ArgumentError, match="stock of item 1 is 0.5"):
        filters.InStock([1, 0.5])
    shop = filters.InStock([3, 3])
    with pytest.raises(ArgumentError, match="negative"):
        shop.sold([-1])
    assert shop.stock.tolist() == [3, 3]
    shuffled = Catalog(ITEMS.assign(policy_score=np.arange(8) / 8)[::-1], CATALOG.content)
    keep = filters.PolicyScore(0.3, shuffled).keep(Requests.of(0, eligible=range(8)), np.arange(8)[None])
    assert keep.tolist() == [[True] * 3 + [False] * 5]
    unsorted = Requests.of(0, eligible=[5, 2, 7])
    assert filters.Eligible().keep(unsorted, np.array([[2, 5, 7, 3, -1]])).tolist() == [[True] * 3 + [False] * 2]


def test_a_clock_and_a_vocabulary_refuse_what_they_cannot_place():
    with pytest.raises(ArgumentError, match="time holds 1"):
        RecencyClock([0.0, np.nan], [0, 1], 2, [0.0, 1.0])
    with pytest.raises(UnknownIdError, match="item"):
        RecencyClock([0.0, 1.0], [0, 2], 2, [0.0, 1.0])
    with pytest.raises(DataError, match="stands twice"):
        named(np.array([7, 7, 9]), "user")


def test_what_has_nothing_to_go_by_says_so_or_stays_neutral():
    flat = Isotonic().fit(np.zeros(40), np.arange(40) % 4 == 0)
    assert flat.predict([-1.0, 0.0, 9.0]) == pytest.approx([0.25] * 3)
    assert slot_propensities([], [], 0.5).shape == (0,) and slot_propensities([1.0], [False], 0.5).tolist() == [0]
    assert slot_propensities([-np.inf, 3.0], [False, True], 0.0).tolist() == [0, 1]
    assert mmr([0.1, 0.2, 0.3], -np.eye(3), 3).tolist() == [2, 1, 0] and mmr([], np.empty((0, 0)), 3).shape == (0,)
    assert greedy_dpp([1.0, 1.0], np.ones((2, 2)), 2).tolist() == [0]                    # the other lies in its span
    with pytest.raises(DataError, match="reference has shape"):
        audit.psi([], [1.0])
    with pytest.raises(DataError, match="no group holds both"):
        grouped_auc([0.1, 0.2], [0, 0], [1, 1])
    nobody = offline.recall_at_k(np.array([[1], [2]]), [[], [2]], 1)
    assert np.isnan(nobody[0]) and nobody[1] == 1


# --- nothing brings the interpreter down ------------------------------------------------------------------------------
CRASH = """
import numpy as np, pandas as pd
from course_lib.contracts import CourseError
from course_lib.stages.ann import build_index, Index, LiveIndex, KINDS
from course_lib.stages.ann.quantise import train_codebooks
from course_lib.stages.ranking.ranker import GBDTRanker
v = np.random.default_rng(0).normal(size=(600, 16)).astype(np.float32)
few = {"nlist": 4, "nprobe": 2}
def attempt(call):
    try:
        call()
    except CourseError:
        pass
for kind in KINDS:
    settings = few if "ivf" in kind else {}
    odd = [np.empty((0, 16)), np.full((600, 16), np.nan), np.full((600, 16), 1e300), v.astype(str), v[:, :0], v[0],
           v[:1], np.zeros((600, 16)), np.full((600, 16), np.inf), v.astype(object), np.asfortranarray(v), v[::-1]]
    for vectors in odd:
        attempt(lambda: build_index(kind, vectors, **settings))
    index = build_index(kind, v, **settings)
    readonly = v.copy(); readonly.setflags(write=False)
    assert build_index(kind, readonly, **settings).search(readonly[:1], 1)[0].shape == (1, 1)
    for queries in [np.empty((0, 16)), v[:2, :5], v[0], np.full((1, 16), np.nan), v[:2].astype(object), v[:1] * 1e300]:
        attempt(lambda: index.search(queries, 3))
    for k in (0, -1, 601, 10**9, 2.5, np.int32(3), np.nan):
        attempt(lambda: index.search(v[:2], k))
    for allowed in (np.zeros(600, bool), np.ones(5, bool), [], [0, 599], [-1], [600], [0.5], ["1"],
                    np.ones((600, 2), bool)):
        for how in ("auto", "post", "inside", "brute"):
            attempt(lambda: index.search(v[:2], 3, allowed=allowed, how=how))
    attempt(lambda: index.remove([0, 5000]))
    attempt(lambda: index.add(np.empty((0, 16))))
    attempt(lambda: Index(kind, 16, 600).search(v[:1], 1))
for m, words in ((0, 4), (3, 4), (4, 0), (4, 999), (4, 8)):
    attempt(lambda: train_codebooks(v, m, words))
attempt(lambda: train_codebooks(v * np.nan, 4, 8))
live = LiveIndex("hnsw", np.arange(600), v)
for change in (lambda: live.delete(np.arange(600)), lambda: live.search(v[:1], 5), lambda: live.rebuild(),
               lambda: live.add([1, 1], v[:2]), lambda: live.add([-1], v[:1]), lambda: live.add([0.5], v[:1])):
    attempt(change)
table, label = pd.DataFrame(v).add_prefix("x"), (v[:, 0] > 0) * 1
for x, y in ((table[:0], label[:0]), (table[[]], label), (table[:1], label[:1]), (table * np.inf, label),
             (table * np.nan, label), (table.assign(x0=1e300), label), (table * 0, label),
             (table.assign(x0=np.arange(600) * 10**12), label)):
    for objective in ("binary", "lambdarank"):
        attempt(lambda: GBDTRanker(objective, trees=2).fit(x, y, np.arange(len(x)) // 10).predict(x))
for wrong in ({"trees": 0}, {"leaves": 1}, {"leaves": 2.5}, {"learning_rate": 0}, {"min_rows": -1}):
    attempt(lambda: GBDTRanker(**wrong).fit(table, label))
model = GBDTRanker(trees=2).fit(table, label)
attempt(lambda: model.predict(table[:0])), attempt(lambda: model.predict(table[["x0"]]))
for weight in (np.full(600, np.nan), np.full(600, -1.0), np.zeros(600), np.ones(3)):
    attempt(lambda: GBDTRanker(trees=2).fit(table, label, weight=weight))
print("alive")
"""


def test_no_odd_input_brings_the_interpreter_down_or_reaches_a_library():
    out = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, timeout=300)
    assert out.returncode == 0 and out.stdout.strip().endswith("alive"), out.stderr[-3000:]
