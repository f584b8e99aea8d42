"""What a user did a moment ago: a session by its gaps, a decayed count in two layers, a store in SQLite, a warm cache.

Two clocks run through it. An event's own time says what it is worth; the time of its arrival says whether we know it.
"""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from course_lib.contracts import (
    DAY_S,
    ArgumentError,
    CorruptError,
    DataError,
    ShapeError,
    as_count,
    as_ids,
    as_numbers,
    check_shape,
)

SCHEMA = """CREATE TABLE IF NOT EXISTS events (
    user INTEGER NOT NULL, event_time REAL NOT NULL, item INTEGER NOT NULL, arrival_time REAL NOT NULL,
    PRIMARY KEY (user, event_time, item)) WITHOUT ROWID"""
QUERY = """SELECT user, item, event_time, arrival_time FROM events WHERE user IN (SELECT value FROM json_each(?))
    AND event_time >= ? AND arrival_time < ? ORDER BY user, event_time"""
EVENT = [("user", np.int64), ("item", np.int64), ("event_time", np.float64), ("arrival_time", np.float64)]


# --- features of the last minutes -----------------------------------------------------------------------------------
def live_session(event_time, arrival_time, item, now: float, gap_s: float) -> np.ndarray:
    """Items of the session a user is in at `now`, oldest first; empty where the last one is over.

    event_time, arrival_time: float (E,), s, of one user's events in any order. item: (E,). gap_s: a session goes on
    while each event follows the one before it, and `now` follows the last, within gap_s. Only events that arrived
    strictly before now count.  Returns (≤ E,), dtype of item.
    Raises ArgumentError for a time, a gap or a now that is NaN, or a gap below 0; ShapeError.
    """
    event_time, arrival_time = as_numbers("event_time", event_time), as_numbers("arrival_time", arrival_time)
    item = np.asarray(item)
    check_shape(event_time=(event_time, "E"), arrival_time=(arrival_time, "E"), item=(item, "E"))
    if not gap_s >= 0 or np.isnan(now):
        raise ArgumentError(f"gap_s is {gap_s}, now is {now}; expected a gap of at least 0 s and a moment in s.")
    known = arrival_time < now
    order = np.argsort(event_time[known], kind="stable")
    time, item = event_time[known][order], item[known][order]
    ends = np.flatnonzero(np.diff(np.append(time, now)) > gap_s)  # places after which a session is over
    return item[ends[-1] + 1:] if len(ends) else item


def decayed_counts(batch, batch_at: float, user, event_time, arrival_time, now: float,
                   half_life_s: float) -> np.ndarray:
    """Events of each user as known at `now`, each halved every half_life_s since it happened, float64 (U,).

    batch: float (U,), the same sum as a job made it at batch_at (s) from all events that had arrived strictly before.
    user: int (E,), event_time, arrival_time: float (E,), s: the stream, which may reach back before batch_at.
    Returns batch, aged to now, plus what arrived from batch_at on and before now. An event counts once.
    Raises ArgumentError for half_life_s ≤ 0, now before batch_at, or NaN; UnknownIdError for a user beyond the batch.
    """
    if not half_life_s > 0 or not now >= batch_at:
        raise ArgumentError(f"half_life_s is {half_life_s}, now − batch_at is {now - batch_at} s; expected a half-life "
                            f"above 0 and a batch that is not from the future.")
    batch, user = as_numbers("batch", batch), as_ids("user", user, len(batch))
    event_time, arrival_time = as_numbers("event_time", event_time), as_numbers("arrival_time", arrival_time)
    check_shape(user=(user, "E"), event_time=(event_time, "E"), arrival_time=(arrival_time, "E"))
    fresh = (arrival_time >= batch_at) & (arrival_time < now)
    weight = 0.5 ** ((now - event_time[fresh]) / half_life_s)
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + np.bincount(user[fresh], weight, len(batch))


def hit_rate(requested: Iterable, capacity: int, warm: Sequence = ()) -> float:
    """Share of requests whose user is in a cache of `capacity` users that drops the least recently used.

    requested: user of each request, in order; each enters the cache. warm: loaded beforehand, the most valuable first;
    no more than fit, and the most valuable are dropped last. Returns a share in [0, 1], NaN without requests. Raises
    ArgumentError for a capacity that is no whole number of at least 0.
    """
    capacity = as_count("capacity", capacity)
    cache, hits, asked = OrderedDict.fromkeys(reversed(list(warm[:capacity]))), 0, 0
    for user in requested:
        asked, hits = asked + 1, hits + (user in cache)
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hits / asked if asked else float("nan")


def hit_rates(requested, span: int, capacity: int, warm: Sequence = (), *, restarts: int = 40, every: int = 50) -> list:
    """hit_rate of the first `span` requests after each of so many restarts, one every so many requests, list of floats.

    requested: (R,), user of each request, in order; capacity, warm: as in hit_rate.
    """
    begins = range(0, restarts * every, every)
    return [hit_rate(requested[begin:begin + span], capacity, warm) for begin in begins]


# --- the store ------------------------------------------------------------------------------------------------------
class SessionStore:
    """Recent events of each user in a SQLite file; an event is forgotten ttl_s after it *happened*.

    path: a file, made if absent; several processes may write at once. ttl_s: what is older is never returned, swept or
    not. An append is one transaction: a killed process leaves all of it or nothing. The same event delivered twice is
    kept once.  Raises ArgumentError for ttl_s ≤ 0, CorruptError where the file is no database, DataError where it
    cannot be written or stays locked.

    Departs: a Redis key with EXPIRE counts from the write, so there a late event lives too long.
    """

    def __init__(self, path, *, ttl_s: float = DAY_S, wait_s: float = 10.0):
        if not ttl_s > 0:
            raise ArgumentError(f"ttl_s is {ttl_s}; expected seconds above 0.")
        self.path, self.ttl_s = Path(path), float(ttl_s)
        with self._told("open"):
            self._db = sqlite3.connect(self.path, timeout=wait_s, isolation_level=None)
            try:
                self._db.execute("PRAGMA journal_mode=WAL")  # stays as it was where the file system cannot do it
                self._db.execute("PRAGMA synchronous=NORMAL")
                self._db.execute(SCHEMA)
            except sqlite3.Error:
                self._db.close()
                raise

    def append(self, user, item, event_time, arrival_time=None) -> int:
        """Keep events; how many of them were new. user, item: int (E,). event_time, arrival_time: s (E,); by default
        they arrive as they happen. Raises ShapeError for other lengths, DataError for a time that is NaN or an event
        that arrives before it happens, ArgumentError for ids that are none (text, NaN, below 0)."""
        arrival_time = event_time if arrival_time is None else arrival_time
        user, item = as_ids("user", user), as_ids("item", item)
        times = [as_numbers("time", time, missing=True) for time in (event_time, arrival_time)]
        columns = [np.atleast_1d(column) for column in (user, times[0], item, times[1])]
        if len({column.shape for column in columns}) != 1:
            raise ShapeError(f"user, event_time, item and arrival_time have shapes "
                             f"{', '.join(str(column.shape) for column in columns)}; expected one length.")
        wrong = np.flatnonzero(~(columns[3] >= columns[1]))
        if len(wrong):
            raise DataError(f"{len(wrong)} events arrive before they happen, or have no time (first: row {wrong[0]}). "
                            f"A phone's clock may be fast: take the arrival as the event's time.")
        rows = zip(*(column.tolist() for column in columns), strict=True)
        with self._told("write"), self._transaction():
            before = self._db.total_changes
            self._db.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)", rows)
            return self._db.total_changes - before

    def read(self, users, now: float) -> np.ndarray:
        """Events of these users that arrived before `now` and happened at most ttl_s ago, in one query.

        users: int or (U,). Returns rows with fields user, item, event_time, arrival_time, by user and time. Raises
        ArgumentError for ids of another type or a now that is NaN.
        """
        wanted = json.dumps(np.atleast_1d(as_ids("users", users)).tolist())
        _check_moment(now)
        with self._told("read"), closing(self._db.execute(QUERY, (wanted, now - self.ttl_s, now))) as rows:
            return np.array(rows.fetchall(), dtype=EVENT)

    def sessions(self, users, now: float, gap_s: float = 1800.0) -> dict[int, np.ndarray]:
        """live_session of each of these users; those without one have an empty array. Raises as `read`."""
        users, held = np.unique(as_ids("users", users)), self.read(users, now)
        ends = np.searchsorted(held["user"], users, side="right")
        parts = zip(users.tolist(), np.searchsorted(held["user"], users), ends, strict=True)
        return {user: live_session(held["event_time"][a:b], held["arrival_time"][a:b], held["item"][a:b], now, gap_s)
                for user, a, b in parts}

    def sweep(self, now: float) -> int:
        """Remove what no read at `now` or later can return; how many events went. Reads do not depend on it."""
        _check_moment(now)
        with self._told("sweep"), self._transaction():
            return self._db.execute("DELETE FROM events WHERE event_time < ?", (now - self.ttl_s,)).rowcount

    def close(self) -> None:
        """Close the file. Nothing is lost without it."""
        self._db.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @contextmanager
    def _transaction(self):
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    @contextmanager
    def _told(self, doing: str):
        try:
            yield
        except sqlite3.ProgrammingError as error:
            raise DataError(f"Could not {doing} {self.path} ({error}). Open the store again, in the thread that uses "
                            f"it.") from error
        except sqlite3.OperationalError as error:
            raise DataError(f"Could not {doing} {self.path} ({error}). If another process holds it, let that finish; "
                            f"else name a file in a folder you may write to.") from error
        except sqlite3.DatabaseError as error:
            raise CorruptError(f"{self.path} is not a session store ({error}). Delete it: sessions fill again by "
                               f"themselves.") from error


def _check_moment(now) -> None:
    if not np.isfinite(now):
        raise ArgumentError(f"now is {now}; expected a moment in s.")
