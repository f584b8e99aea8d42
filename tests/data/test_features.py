import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, DataError, ShapeError
from course_lib.data.features import (
    affinity_features,
    as_of_join,
    count_features,
    counts_before,
    item_features,
    naive_join,
    snapshot_time,
    user_features,
)

rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(0, 20), st.integers(0, 99)),
                max_size=40)


def frames(events, facts):
    events = pd.DataFrame([(k, t) for k, t, *_ in events], columns=["key", "time"]).astype({"time": float})
    facts = pd.DataFrame([(k, t, t + lag, v) for k, t, lag, v in facts], columns=["key", "time", "arrived", "value"])
    return events, facts.astype({"time": float, "arrived": float, "value": float})


def by_loop(events, facts, known="time", ttl=np.inf):
    out = []
    for event in events.itertuples():
        usable = facts[(facts.key == event.key) & (facts[known] < event.time)]
        usable = usable[usable.time == usable.time.max()]
        late = usable[usable[known] == usable[known].max()]
        fresh = late[event.time - late.time <= ttl]
        out.append(set(fresh.value) or {None})
    return out


def agrees(joined, expected) -> bool:
    got = [None if np.isnan(v) else v for v in joined.value]
    return all(v in allowed for v, allowed in zip(got, expected, strict=True))


@given(rows, rows, st.sampled_from([np.inf, 5.0]))
@settings(max_examples=80, deadline=None)
def test_as_of_join_agrees_with_a_loop(events, facts, ttl):
    events, facts = frames(events, facts)
    joined = as_of_join(events, facts.drop(columns="arrived"), "key", ttl_s=ttl)
    assert joined.index.equals(events.index) and joined[["key", "time"]].equals(events)
    assert agrees(joined, by_loop(events, facts, ttl=ttl))


@given(rows, rows)
@settings(max_examples=80, deadline=None)
def test_a_late_fact_counts_from_its_arrival_and_a_newer_one_keeps_winning(events, facts):
    events, facts = frames(events, facts)
    joined = as_of_join(events, facts, "key", known_at="arrived")
    for got, event in zip(joined.value, events.itertuples(), strict=True):
        usable = facts[(facts.key == event.key) & (facts.arrived < event.time)]
        allowed = set(usable[usable.time == usable.time.max()].value)
        assert (got in allowed) if allowed else np.isnan(got)


def test_as_of_join_agrees_with_duckdb():
    import duckdb

    rng = np.random.default_rng(0)
    events = pd.DataFrame({"row": np.arange(500), "key": rng.integers(0, 20, 500), "time": rng.uniform(0, 100, 500)})
    facts = pd.DataFrame({"key": rng.integers(0, 25, 400), "time": rng.uniform(0, 100, 400), "value": rng.random(400)})
    expected = duckdb.sql("SELECT e.row, f.value FROM events e ASOF LEFT JOIN facts f ON e.key = f.key AND "
                          "e.time > f.time ORDER BY row").df()
    got = as_of_join(events, facts, "key")
    assert np.allclose(got.value, expected.value, equal_nan=True) and got.value.isna().any()


def test_a_fact_of_the_same_moment_is_not_yet_known():
    events = pd.DataFrame({"key": [0, 0], "time": [10.0, 10.5]})
    facts = pd.DataFrame({"key": [0], "time": [10.0], "value": [1.0]})
    joined = as_of_join(events, facts, "key", age="age_s")
    assert np.isnan(joined.value[0]) and joined.value[1] == 1 and joined.age_s[1] == 0.5
    assert naive_join(events, facts, "key").value.tolist() == [1, 1]


def test_the_naive_join_is_the_as_of_join_at_the_end_of_time():
    rng = np.random.default_rng(1)
    events = pd.DataFrame({"key": rng.integers(0, 8, 50), "time": rng.uniform(0, 10, 50)})
    facts = pd.DataFrame({"key": rng.integers(0, 6, 60), "time": rng.uniform(0, 10, 60), "value": rng.random(60)})
    late = as_of_join(events.assign(time=1e9), facts, "key")
    assert np.allclose(naive_join(events, facts, "key").value, late.value, equal_nan=True)


def test_joins_name_what_is_wrong():
    events, facts = pd.DataFrame({"key": [0], "time": [1.0]}), pd.DataFrame({"key": [0], "when": [1.0], "value": [2.0]})
    with pytest.raises(DataError, match="facts have no column time"):
        as_of_join(events, facts, "key")
    with pytest.raises(DataError, match="value stands in events and in facts"):
        as_of_join(events.assign(value=1), facts, "key", fact_time="when")
    with pytest.raises(DataError, match="time of events is missing in 1 rows"):
        as_of_join(events.assign(time=np.nan), facts, "key", fact_time="when")


@given(rows, rows, st.sampled_from([np.inf, 4.0]))
@settings(max_examples=80, deadline=None)
def test_counts_agree_with_a_loop(events, queries, window):
    key, time, _, weight = (np.array(x, float) for x in zip(*events, strict=True)) if events else [np.array([])] * 4
    at = [(k, t) for k, t, *_ in queries]
    got = counts_before(key.astype(int), time, np.array([k for k, _ in at], int), np.array([t for _, t in at], float),
                        weight, window)
    expected = [sum(w for k, t, w in zip(key, time, weight, strict=True) if k == qk and qt - window <= t < qt)
                for qk, qt in at]
    assert np.allclose(got, expected)


def log(n=2000, seed=0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"user": rng.integers(0, 30, n), "item": rng.integers(0, 40, n),
                         "time": np.sort(rng.uniform(0, 5 * 86_400, n)), "click": rng.integers(0, 2, n)})


def test_what_comes_later_changes_no_feature():
    impressions = log()
    early = impressions[impressions.time < 2 * 86_400]
    group = np.arange(40) % 7
    for make in (item_features, user_features, lambda i, at: affinity_features(i, at, group)):
        pd.testing.assert_frame_equal(make(impressions, early), make(early, early))


def test_click_rate_is_clicks_by_impressions_where_there_are_many():
    impressions = log(40_000)
    at = pd.DataFrame({"item": [3], "time": [9e9], "user": [3]})
    mine = impressions[impressions["item"] == 3]
    got = item_features(impressions, at).iloc[0]
    assert (got.item_shown, got.item_clicks) == (len(mine), mine.click.sum())
    assert abs(got.item_ctr - mine.click.mean()) < 0.01 and got.item_shown_recent == 0
    unknown = item_features(impressions, at.assign(item=39_999)).iloc[0]
    assert unknown.item_shown == 0 and abs(unknown.item_ctr - impressions.click.mean()) < 0.001


def test_affinity_counts_a_user_within_a_group():
    impressions, group = log(), np.arange(40) % 7
    at = impressions.iloc[[1500]]
    row = at.iloc[0]
    same = impressions[(impressions.user == row.user) & (group[impressions["item"]] == group[int(row["item"])])
                       & (impressions.time < row.time)]
    got = affinity_features(impressions, at, group).iloc[0]
    assert (got.affinity_shown, got.affinity_clicks) == (len(same), same.click.sum())


def test_idle_time_is_since_the_user_was_last_shown_anything():
    impressions = pd.DataFrame({"user": [1, 1, 2], "item": 0, "time": [5.0, 9.0, 1.0], "click": 0})
    at = pd.DataFrame({"user": [1, 1, 3], "time": [9.0, 20.0, 5.0]}, index=[7, 3, 5])
    got = user_features(impressions, at).user_idle_s
    assert got.loc[[7, 3]].tolist() == [4, 11] and np.isnan(got[5])


def test_a_refresh_every_hour_knows_the_log_up_to_the_hour():
    assert snapshot_time([3599, 3600, 7300], 3600).tolist() == [0, 3600, 7200]
    assert snapshot_time([7300], 3600, 200).tolist() == [3600] and snapshot_time([5.5]).tolist() == [5.5]
    impressions = log()
    stale = item_features(impressions, impressions, every_s=3600)
    fresh = item_features(impressions, impressions.assign(time=np.floor(impressions.time / 3600) * 3600))
    assert np.allclose(stale, fresh)
    with pytest.raises(ArgumentError, match="every_s is -1"):
        snapshot_time([1], -1)


def test_wrong_lengths_and_padding_are_named():
    with pytest.raises(ShapeError, match="must agree"):
        counts_before([1, 2], [1.0], [1], [1.0])
    with pytest.raises(ShapeError, match="must agree"):
        counts_before([1], [1.0], [1, 2], [1.0])
    with pytest.raises(ArgumentError, match="negative"):
        counts_before([-1], [1.0], [1], [1.0])
    empty = count_features(log(0), np.array([], int), [1, 2], [1.0, 2.0], "x")
    assert empty.x_ctr.tolist() == [0.1, 0.1] and empty.x_shown.tolist() == [0, 0]
    with pytest.raises(ArgumentError, match="group of items .* row 1"):
        affinity_features(log(), log(), [0, -1])
