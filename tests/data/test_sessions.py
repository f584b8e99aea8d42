"""Sessions: edges of the gap and the time to live, both clocks, two layers against one sum, a store that is killed."""

import multiprocessing
import os
import signal
import sqlite3
import time
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, CorruptError, DataError, ShapeError
from course_lib.data.sessions import SessionStore, decayed_counts, hit_rate, live_session


@pytest.fixture
def store(tmp_path):
    with SessionStore(tmp_path / "s.sqlite", ttl_s=100) as made:
        yield made


def by_walking(event_time, arrival_time, item, now, gap_s):
    """The session by walking back from now, one event at a time."""
    past = sorted((e, i) for e, a, i in zip(event_time, arrival_time, item, strict=True) if a < now)
    out, then = [], now
    while past and then - past[-1][0] <= gap_s:
        then, found = past.pop()
        out.insert(0, found)
    return out


# --- a session ------------------------------------------------------------------------------------------------------
def test_a_session_goes_on_at_exactly_the_gap_and_not_beyond():
    assert live_session([0, 30, 60], [0, 30, 60], [1, 2, 3], 90, 30).tolist() == [1, 2, 3]
    assert live_session([0, 30, 60], [0, 30, 60], [1, 2, 3], 90.001, 30).tolist() == []
    assert live_session([0, 30.001, 60], [0, 31, 61], [1, 2, 3], 70, 30).tolist() == [2, 3]


def test_a_session_may_be_longer_than_its_gap():
    times = np.arange(0, 1000, 10)
    assert len(live_session(times, times, times, 1000, 10)) == 100


def test_a_late_event_joins_two_sessions_when_it_arrives_and_not_before():
    events = ([0, 20, 40], [1, 200, 41], [1, 2, 3])
    assert live_session(*events, 50, 25).tolist() == [3]
    assert live_session(*events, 201, 200).tolist() == [1, 2, 3]
    bridged = ([0, 20, 40], [1, 45, 41], [1, 2, 3])
    assert live_session(*bridged, 50, 25).tolist() == [1, 2, 3]


def test_no_events_no_session():
    assert live_session([], [], np.empty(0, np.int64), 5, 10).tolist() == []
    assert live_session([3.0], [5.0], [1], 5, 10).tolist() == []  # it arrives at this very moment


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=12, unique_by=lambda e: e[0]),
       st.integers(0, 100), st.integers(1, 20))
def test_a_session_is_what_one_finds_walking_back(events, now, gap):
    time = [e for e, _ in events]
    arrival, item = [e + late for e, late in events], list(range(len(events)))
    assert live_session(time, arrival, np.array(item, int), now, gap).tolist() == by_walking(time, arrival, item, now,
                                                                                            gap)


# --- two layers -----------------------------------------------------------------------------------------------------
def one_sum(user, event_time, arrival_time, now, half_life_s, n_users):
    return [sum(0.5 ** ((now - e) / half_life_s) for u, e, a in zip(user, event_time, arrival_time, strict=True)
                if u == who and a < now) for who in range(n_users)]


@pytest.mark.parametrize("batch_at", [0.0, 10.0, 33.0, 50.0])
def test_wherever_the_layers_meet_the_count_is_the_same(batch_at):
    rng = np.random.default_rng(0)
    event = rng.uniform(0, 40, 200)
    arrival = event + np.where(rng.random(200) < 0.3, rng.exponential(10, 200), 0.1)
    arrival[:5] = batch_at  # at the very border
    event[:5] = np.minimum(event[:5], batch_at)
    user = rng.integers(0, 6, 200)
    batch = one_sum(user, event, arrival, batch_at, 8.0, 7)
    batch = np.array(batch)
    got = decayed_counts(batch, batch_at, user, event, arrival, 50.5, 8.0)
    assert np.allclose(got, one_sum(user, event, arrival, 50.5, 8.0, 7)) and got[6] == 0


def test_a_backfill_changes_no_count_before_it_arrives():
    user, event = np.zeros(3, int), np.array([1.0, 2.0, 3.0])
    late = np.array([1.0, 2.0, 100.0])
    before = decayed_counts(np.zeros(1), 0.0, user, event, late, 50.0, 1e12)
    after = decayed_counts(np.zeros(1), 0.0, user, event, late, 101.0, 1e12)
    assert np.isclose(before[0], 2) and np.isclose(after[0], 3)


def test_a_batch_from_the_future_is_refused():
    with pytest.raises(ArgumentError, match="from the future"):
        decayed_counts(np.zeros(1), 10.0, [], [], [], 9.0, 1.0)
    with pytest.raises(ArgumentError, match="half_life_s is 0"):
        decayed_counts(np.zeros(1), 0.0, [], [], [], 9.0, 0)


# --- a cache --------------------------------------------------------------------------------------------------------
def test_a_cold_cache_hits_as_python_s_own_lru_cache_does():
    requested = (np.random.default_rng(0).zipf(1.5, 2000) % 50).tolist()
    for capacity in (1, 5, 20):
        read = lru_cache(capacity)(lambda user: user)
        for user in requested:
            read(user)
        assert hit_rate(requested, capacity) == read.cache_info().hits / len(requested)


def test_a_warm_cache_holds_the_most_valuable_that_fit_and_drops_them_last():
    assert hit_rate([1], 2, warm=[1, 2, 3]) == 1 and hit_rate([3], 2, warm=[1, 2, 3]) == 0
    assert hit_rate([9, 1], 2, warm=[1, 2]) == 0.5 and hit_rate([9, 2], 2, warm=[1, 2]) == 0
    assert np.isnan(hit_rate([], 3))


# --- the store ------------------------------------------------------------------------------------------------------
def test_an_event_is_readable_to_the_end_of_its_time_to_live_and_not_beyond(store):
    store.append([1], [7], [0.0])
    assert store.read(1, 100.0)["item"].tolist() == [7]
    assert not len(store.read(1, 100.001))
    assert not len(store.read(1, 0.0))  # it arrives at this moment: not yet known


def test_time_to_live_counts_from_the_event_not_from_its_arrival(store):
    store.append([1], [7], [0.0], [99.0])
    assert [len(store.read(1, now)) for now in (99.0, 99.5, 101.0)] == [0, 1, 0]


def test_a_bulk_read_is_the_single_reads(store):
    rng = np.random.default_rng(0)
    time = rng.uniform(0, 300, 500)
    store.append(rng.integers(0, 20, 500), rng.integers(0, 9, 500), time, time + rng.exponential(20, 500))
    bulk = store.read(range(25), 250.0)
    singles = np.concatenate([store.read(user, 250.0) for user in range(25)])
    assert 50 < len(bulk) and np.array_equal(bulk, singles)
    assert np.array_equal(np.lexsort([bulk["event_time"], bulk["user"]]), np.arange(len(bulk)))  # by user, then time


def test_sessions_are_those_of_live_session_and_empty_for_strangers(store):
    store.append([1, 1, 2], [5, 6, 7], [50.0, 60.0, 10.0])
    got = store.sessions([1, 2, 3], 65.0, gap_s=20)
    assert {user: items.tolist() for user, items in got.items()} == {1: [5, 6], 2: [], 3: []}


def test_the_same_event_delivered_twice_is_kept_once(store):
    assert store.append([1, 1], [7, 8], [0.0, 0.0]) == 2
    assert store.append([1, 1], [7, 9], [0.0, 0.0], [5.0, 5.0]) == 1
    assert sorted(store.read(1, 50.0)["item"]) == [7, 8, 9]


def test_a_sweep_removes_only_what_no_read_returns(store):
    store.append(np.arange(10), np.arange(10), np.arange(10) * 20.0)
    before = store.read(range(10), 200.0)
    assert store.sweep(200.0) == 5
    assert np.array_equal(store.read(range(10), 200.0), before) and store.sweep(200.0) == 0


def test_events_stay_after_closing(tmp_path):
    with SessionStore(tmp_path / "s.sqlite") as one:
        one.append([1], [7], [0.0])
    with SessionStore(tmp_path / "s.sqlite") as two:
        assert len(two.read(1, 1.0)) == 1


def test_a_closed_store_asks_to_be_opened_again(store):
    store.close()
    with pytest.raises(DataError, match="Open the store again"):
        store.read(1, 1.0)


def test_an_append_that_fails_half_way_leaves_nothing_and_no_lock(store):
    store._db.execute("CREATE TEMP TRIGGER halt BEFORE INSERT ON events WHEN NEW.user = 2 "
                      "BEGIN SELECT RAISE(FAIL, 'the second row'); END")
    with pytest.raises(CorruptError, match="the second row"):
        store.append([1, 2], [1, 1], [0.0, 0.0])
    with pytest.raises(ArgumentError, match="user holds"):
        store.append(np.array([1, 2**70], object), [1, 1], [0.0, 0.0])
    assert store.append([1], [1], [0.0]) == 1 and len(store.read(1, 1.0)) == 1


def test_what_cannot_be_kept_is_refused_whole(store):
    with pytest.raises(DataError, match=r"1 events arrive before.*row 1"):
        store.append([1, 1], [1, 2], [0.0, 5.0], [0.0, 4.0])
    with pytest.raises(DataError, match="have no time"):
        store.append([1], [1], [np.nan])
    with pytest.raises(ShapeError, match="one length"):
        store.append([1, 2], [1], [0.0])
    with pytest.raises(ArgumentError, match="ttl_s is 0"):
        SessionStore(store.path, ttl_s=0)
    assert not len(store.read([1, 2], 50.0))


def test_a_file_that_is_no_database_and_a_folder_that_is_not_there_are_named(tmp_path):
    (tmp_path / "no.sqlite").write_text("not a database, " * 100)
    with pytest.raises(CorruptError, match="Delete it"):
        SessionStore(tmp_path / "no.sqlite")
    with pytest.raises(DataError, match="Could not open"):
        SessionStore(tmp_path / "absent" / "s.sqlite")


def test_a_store_that_another_process_holds_says_so(store):
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with SessionStore(store.path, wait_s=0.05) as impatient, pytest.raises(DataError, match="another process"):
        impatient.append([1], [1], [0.0])
    other.execute("ROLLBACK")
    other.close()
    assert store.append([1], [1], [0.0]) == 1


def _append(path, first):
    with SessionStore(path) as store:
        for k in range(50):
            store.append(np.full(10, first), np.arange(10), np.full(10, float(k)))


def test_two_kernels_write_at_once_and_nothing_is_lost(tmp_path):
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_append, args=(tmp_path / "s.sqlite", first)) for first in (1, 2)]
    for process in both:
        process.start()
    for process in both:
        process.join(timeout=120)
    assert [process.exitcode for process in both] == [0, 0]
    with SessionStore(tmp_path / "s.sqlite") as store:
        assert len(store.read([1, 2], 60.0)) == 1000


def _append_without_end(path, ready):
    def slowly():
        for k in range(10_000_000):
            yield k
            if k == 20_000:
                ready.touch()
                time.sleep(0.5)

    with SessionStore(path) as store:
        store.append([1, 1], [1, 2], [0.0, 0.0])
        store._db.execute("BEGIN IMMEDIATE")
        store._db.executemany("INSERT INTO events VALUES (2, ?, 0, 0)", ((k,) for k in slowly()))


def test_a_killed_run_leaves_whole_appends_only(tmp_path):
    path, ready = tmp_path / "s.sqlite", tmp_path / "ready"
    process = multiprocessing.get_context("spawn").Process(target=_append_without_end, args=(path, ready))
    process.start()
    deadline = time.monotonic() + 60
    while not ready.exists():
        assert time.monotonic() < deadline and process.is_alive()
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with SessionStore(path) as store:
        assert len(store.read([1, 2], 1.0)) == 2
        assert store.append([2], [0], [0.0]) == 1
