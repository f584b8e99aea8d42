"""SQLite and Redis answer the same through three functions; values expire; several threads may ask."""

import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

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


def gone(path, other):
    for name in (path, f"{path}-wal", f"{path}-shm"):
        Path(name).unlink(missing_ok=True)


def gone_alone(path, other):
    """What SQLite keeps beside the file is left."""
    path.unlink()


def replaced(path, other):
    with closing(SqliteStore(other)) as held:
        held.put_many({"theirs": b"9"})
    gone(path, other)
    os.replace(other, path)


@pytest.mark.parametrize("spoil", [gone, gone_alone, replaced])
def test_a_file_that_goes_while_it_is_used_is_one_store_for_all_threads_again(tmp_path, caplog, spoil):
    path, met = tmp_path / "s", threading.Barrier(8, timeout=30)
    store = SqliteStore(path)

    def at_once(call):
        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(lambda number: met.wait() >= 0 and call(number), range(8)))

    store.put_many({"before": b"1"})
    assert at_once(lambda number: store.get_many(["before"])) == [{"before": b"1"}] * 8
    spoil(path, tmp_path / "other")
    at_once(lambda number: store.put_many({f"of {number}": b"2"}))
    names = [f"of {number}" for number in range(8)]
    assert at_once(lambda number: store.get_many(names)) == [dict.fromkeys(names, b"2")] * 8
    theirs = {"theirs": b"9"} if spoil is replaced else {}
    assert store.get_many(["before", "theirs"]) == theirs and "what it held is not known any more" in caplog.text
    store.close()
    with closing(SqliteStore(path)) as again:               # what was put stands in the file that can be found
        assert again.get_many(names) == dict.fromkeys(names, b"2")


def test_while_its_folder_is_gone_it_fails_and_then_it_is_there_again(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    store = SqliteStore(folder / "s")
    store.put_many({"a": b"1"})
    folder.rename(tmp_path / "elsewhere")
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError, match="unable to open"):
            store.get_many(["a"])
    (tmp_path / "elsewhere").rename(folder)
    assert store.get_many(["a"]) == {"a": b"1"}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not tell which files are open")
def test_threads_that_come_and_go_leave_no_connection_behind(tmp_path):
    """As each fresh start of the service ends its threads and makes new ones."""
    path = tmp_path / "s"
    store = SqliteStore(path)
    for _ in range(30):
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda number: store.get_many(["a"]), range(16)))
    opened = [name for fd in Path("/proc/self/fd").iterdir() if (name := _read_link(fd)).startswith(str(path))]
    assert len(opened) <= 3 * 4
    store.close()
    assert not [fd for fd in Path("/proc/self/fd").iterdir() if _read_link(fd).startswith(str(path))]


def _read_link(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""


def test_after_it_was_closed_nothing_is_opened_again(tmp_path):
    store = SqliteStore(tmp_path / "s")
    store.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        store.get_many(["a"])


def test_a_store_in_memory_would_be_another_one_at_each_call():
    with pytest.raises(ArgumentError, match="the path of a file"):
        open_store(":memory:")


@pytest.mark.parametrize(("kind", "safe"), [("redis", False), ("valkey", False), ("rediss", True), ("valkeys", True)])
def test_a_server_is_asked_by_tls_where_its_address_says_so(kind, safe):
    redis = pytest.importorskip("redis")
    store = open_store(f"{kind}://here:7000/0")
    assert issubclass(store._client.connection_pool.connection_class, redis.SSLConnection) is safe
    store.close()
