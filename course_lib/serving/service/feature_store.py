"""The store of what changes between two releases, such as what somebody clicked last: three functions, two engines.

SQLite is embedded and needs nothing. Redis or Valkey, reached by address, takes over where several machines share one
store. Values are bytes; what they mean is the caller's affair. Both are safe to be called from several threads.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from course_lib.contracts import ArgumentError, DataError

AT_ONCE = 500       # SQLite admits a limited number of values in one statement
WAIT_S = 5.0        # for another process that writes the same file
SERVERS = {"redis": "redis", "valkey": "redis", "rediss": "rediss", "valkeys": "rediss"}     # what the client says
LOG = logging.getLogger(__name__)


class FeatureStore(Protocol):
    """What the service asks of a store."""

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """{key: value} of those keys that are held and have not expired."""

    def put_many(self, values: Mapping[str, bytes], ttl_s: float | None = None) -> None:
        """Hold values, for ttl_s seconds or, with None, until they are put again."""

    def expire(self, keys: Iterable[str]) -> int:
        """Forget keys now; returns how many were held."""

    def close(self) -> None:
        """Let go of files and connections."""


class SqliteStore:
    """A store in one file. A call borrows a connection and gives it back: there are as many as calls at a time,
    whatever threads come and go.

    path: of the file, which is made if absent. clock: seconds since 1970, by which values expire. Where the file is
    gone, or another stands in its place, the next call opens what is there now, or makes it anew. Raises DataError for
    a file that is locked or read-only, that is no SQLite file, or whose folder is missing.
    """

    def __init__(self, path, clock: Callable[[], float] = time.time):
        self.path, self._clock = str(Path(path)), clock
        self._free, self._lent, self._file, self._closed = [], 0, (), False
        self._changed = threading.Condition()
        try:
            with self._borrowed() as connection, connection:
                connection.execute("SELECT key, value, until FROM feature LIMIT 1")
                connection.execute("BEGIN IMMEDIATE")               # which a file that is read-only refuses
        except sqlite3.Error as error:
            self.close()
            raise DataError(f"the store {self.path} cannot be used: {error}. Expected the path of a SQLite file that "
                            f"this can write, or of none yet.") from None

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        """A connection to the file that stands at path now; after an error it is not lent again."""
        connection, well = self._lend(), False
        try:
            yield connection
            well = True
        finally:
            self._give_back(connection if well else None)
            if not well:
                connection.close()

    def _lend(self) -> sqlite3.Connection:
        with self._changed:
            while not self._closed and (there := _identity(self.path)) != self._file:
                self._close_free()
                if self._lent:          # to the file that is gone: the two share names beside them
                    if not self._changed.wait(WAIT_S):
                        raise sqlite3.OperationalError(f"{self.path} was replaced while it was read")
                    continue
                self._free.append(self._made())
                if self._file:
                    LOG.warning("The store %s is %s: what it held is not known any more.", self.path,
                                "another file now" if there else "gone, and was made anew")
                self._file = there or _identity(self.path)
            if self._closed:
                raise sqlite3.ProgrammingError("the store is closed")
            self._lent += 1
            if self._free:
                return self._free.pop()
        try:
            return self._made()
        except BaseException:
            self._give_back(None)
            raise

    def _give_back(self, connection: sqlite3.Connection | None) -> None:
        with self._changed:
            self._lent -= 1
            if connection is not None:
                self._free.append(connection)
            if self._closed:
                self._close_free()
            self._changed.notify_all()

    def _close_free(self) -> None:
        while self._free:
            self._free.pop().close()

    def _made(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT_S, check_same_thread=False)
        try:
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA journal_mode=WAL")           # readers do not wait for a writer
            connection.execute("CREATE TABLE IF NOT EXISTS feature (key TEXT PRIMARY KEY, value BLOB NOT NULL, "
                               "until REAL) WITHOUT ROWID")
        except BaseException:
            connection.close()
            raise
        return connection

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        with self._borrowed() as connection:
            return self._found(connection, list(keys))

    def _found(self, connection: sqlite3.Connection, keys: list[str]) -> dict[str, bytes]:
        found, now = {}, self._clock()
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start:start + AT_ONCE]
            marks = ",".join("?" * len(part))
            found.update(connection.execute(
                f"SELECT key, value FROM feature WHERE key IN ({marks}) AND (until IS NULL OR until > ?)",
                [*part, now]).fetchall())
        return found

    def put_many(self, values: Mapping[str, bytes], ttl_s: float | None = None) -> None:
        until = None if ttl_s is None else self._clock() + ttl_s
        with self._borrowed() as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO feature VALUES (?, ?, ?)",
                                   [(key, value, until) for key, value in values.items()])

    def expire(self, keys: Iterable[str]) -> int:
        with self._borrowed() as connection, connection:
            held = self._found(connection, list(keys))
            connection.executemany("DELETE FROM feature WHERE key = ?", [(key,) for key in held])
        return len(held)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._close_free()                                      # who has borrowed one gives it back first


def _identity(path: str) -> tuple[int, int] | None:
    """Which file stands at path; None where there is none."""
    try:
        held = os.stat(path)
    except OSError:
        return None
    return held.st_dev, held.st_ino


class RedisStore:
    """The same in Redis or Valkey. address: redis://host:port/number. timeout_s: for connecting and for an answer."""

    def __init__(self, address: str, timeout_s: float = 1.0):
        try:
            import redis
        except ImportError as error:
            raise DataError("a store in Redis or Valkey needs the package redis: pip install 'recsys-course[redis]'"
                            ) from error
        try:
            self._client = redis.Redis.from_url(address, socket_timeout=timeout_s, socket_connect_timeout=timeout_s)
        except ValueError as error:
            raise ArgumentError(f"the store's address cannot be read: {error}. Expected redis://host:port.") from None

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        keys = list(keys)
        values = self._client.mget(keys) if keys else []
        return {key: value for key, value in zip(keys, values, strict=True) if value is not None}

    def put_many(self, values: Mapping[str, bytes], ttl_s: float | None = None) -> None:
        px = None if ttl_s is None else max(1, round(ttl_s * 1000))
        with self._client.pipeline(transaction=True) as together:
            for key, value in values.items():
                together.set(key, value, px=px)
            together.execute()

    def expire(self, keys: Iterable[str]) -> int:
        keys = list(keys)
        return int(self._client.delete(*keys)) if keys else 0

    def close(self) -> None:
        self._client.close()


def open_store(where: str) -> FeatureStore:
    """The store at `where`: redis://… or valkey://… is a server (rediss, valkeys: by TLS), else it is the path of a
    SQLite file.

    Raises ArgumentError for an address of another kind, DataError as SqliteStore and where redis is missing.
    """
    kind, separator, rest = where.partition("://")
    if not separator and where != ":memory:":        # that would be another one for each connection
        return SqliteStore(where)
    if kind in SERVERS:
        return RedisStore(f"{SERVERS[kind]}://{rest}")
    raise ArgumentError(f"the store {where!r} is of no kind that is known; expected redis://host:port, "
                        f"valkey://host:port or the path of a file.")


# --- what the service keeps there -----------------------------------------------------------------------------------
def recent_key(person: int | str) -> str:
    """The key of the items that somebody clicked last. person: their own id as text, or their number."""
    return f"recent of:{person}" if isinstance(person, str) else f"recent:{person}"


def as_recent(items: Iterable[int] | Iterable[str]) -> bytes:
    """Items, oldest first, as the value of `recent_key`: own ids as text, or numbers."""
    return json.dumps([item if isinstance(item, str) else int(item) for item in items]).encode()


def recent_of(value: bytes, n_items: int, most: int, item_of: Mapping[str, int] | None = None) -> list[int]:
    """The numbers of what `as_recent` wrote, the last `most` of it; items that are not known are left out.

    item_of: {own id: number}, where own ids were written. A value that is no such list, which only somebody else can
    have written, is as good as none.
    """
    try:
        held = json.loads(value)
    except ValueError:
        return []
    held = held if isinstance(held, list) else []
    if item_of is not None:
        held = [item_of.get(item) for item in held if type(item) is str]
    known = [item for item in held if type(item) is int and 0 <= item < n_items]
    return known[-most:] if most else []
