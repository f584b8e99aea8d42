"""SQLite and Redis answer the same through three functions; values expire; several threads may ask."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis_here import free_port, start_redis

from course_lib.contracts import ArgumentError, DataError
from course_lib.serving.service import feature_store
from course_lib.serving.service.feature_store import SqliteStore, as_recent, open_store, recent_of


@pytest.fixture(scope="module")
def redis_address(tmp_path_factory):
    """A server on a free port of this machine, kept in memory alone."""
    port = free_port()
    server = start_redis(tmp_path_factory.mktemp("redis"), port)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.fixture(params=["sqlite", "redis"])
def store(request, tmp_path):
    where = str(tmp_path / "store.sqlite") if request.param == "sqlite" else request.getfixturevalue("redis_address")
    opened = open_store(where)
    yield opened
    if request.param == "redis":
        opened._client.flushdb()
    opened.close()


def test_what_is_put_is_there_until_it_is_expired(store):
    store.put_many({"a": b"1", "b": b"\x00\xff", "c": b""})
    assert store.get_many(["b", "a", "z", "c"]) == {"a": b"1", "b": b"\x00\xff", "c": b""}
    store.put_many({"a": b"2"})
    assert store.expire(["a", "z"]) == 1
    assert store.get_many(["a", "b"]) == {"b": b"\x00\xff"}


def test_nothing_asked_is_nothing_found(store):
    store.put_many({})
    assert store.get_many([]) == {} and store.expire([]) == 0


def test_a_value_with_a_time_goes_away_and_one_without_stays(store):
    store.put_many({"short": b"1"}, ttl_s=0.02)
    store.put_many({"long": b"1"})
    store.put_many({"again": b"1"}, ttl_s=0.02)
    store.put_many({"again": b"2"})                          # put again without a time: it stays
    for _ in range(500):
        if "short" not in store.get_many(["short"]):
            break
        time.sleep(0.01)
    assert store.get_many(["short", "long", "again"]) == {"long": b"1", "again": b"2"}


def test_more_keys_than_one_statement_takes(store):
    values = {f"key {number}": str(number).encode() for number in range(1234)}
    store.put_many(values)
    assert store.get_many([*values, "none"]) == values


def test_threads_read_what_others_write(store):
    def work(number):
        store.put_many({f"of {number}": b"x" * number})
        return store.get_many([f"of {number}"])[f"of {number}"]

    with ThreadPoolExecutor(8) as threads:
        assert [len(value) for value in threads.map(work, range(60))] == list(range(60))
    assert len(store.get_many([f"of {number}" for number in range(60)])) == 60


def test_values_of_a_file_expire_by_the_clock_and_outlive_the_process(tmp_path):
    now = [100.0]
    store = SqliteStore(tmp_path / "s", clock=lambda: now[0])
    store.put_many({"a": b"1"}, ttl_s=10)
    now[0] = 109.9
    assert SqliteStore(tmp_path / "s", clock=lambda: now[0]).get_many(["a"]) == {"a": b"1"}
    now[0] = 110.0
    assert store.get_many(["a"]) == {}


def test_an_address_that_is_not_known_is_refused():
    with pytest.raises(ArgumentError, match="the store 'mysql://x' is of no kind"):
        open_store("mysql://x")


def test_recent_items_lead_there_and_back_without_those_that_are_unknown():
    assert recent_of(as_recent([3, 99, 5]), n_items=60, most=10) == [3, 5]
    assert recent_of(as_recent(range(9)), 60, most=2) == [7, 8] and recent_of(as_recent(range(9)), 60, most=0) == []


@pytest.mark.parametrize("value", [b"", b"\xff", b"{", b"3", b"null", b'{"3": 4}', b'["a", null, [3], true, 1.5, NaN]'])
def test_what_somebody_else_wrote_there_is_as_good_as_nothing(value):
    assert recent_of(value, n_items=60, most=10) == []


def no_database(path):
    path.write_bytes(bytes(range(256)) * 40)


def locked(path):
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    return holder


def anothers(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE feature (name TEXT)")
    other.close()


@pytest.mark.parametrize(("spoil", "says"), [
    (no_database, "file is not a database"), (locked, "database is locked"), (anothers, "no such column"),
    (lambda path: path.mkdir(), "unable to open")])
def test_a_file_that_cannot_be_used_is_one_sentence_and_is_left_as_it_was(tmp_path, monkeypatch, spoil, says):
    monkeypatch.setattr(feature_store, "WAIT_S", 0.05)
    path = tmp_path / "s"
    held = spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(DataError, match=f"the store .* cannot be used: .*{says}"):
        SqliteStore(path)
    if held:
        held.close()
    elif before:
        assert path.read_bytes()[100:] == before[100:]          # SQLite may note its journal in the head
    with pytest.raises(DataError, match="unable to open"):
        open_store(str(tmp_path / "nowhere" / "s"))


def test_an_address_of_redis_that_cannot_be_read_is_refused():
    pytest.importorskip("redis")
    with pytest.raises(ArgumentError, match="address cannot be read"):
        open_store("redis://127.0.0.1:port")
