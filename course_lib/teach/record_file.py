"""The file of a learner's record: one table of events in SQLite, each event sealed; checked, upgraded, mended.

SQLite notices a damaged page, not a flipped bit in a number or a word: so each row carries a checksum of itself, and
the rows are numbered without gaps. A damaged file is put aside, and what can be read of it goes into a new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import time
import warnings
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from course_lib.contracts import CourseError, DataError
from course_lib.data.disk import locked
from course_lib.teach.record_rescue import rows_of

SCHEMA = """CREATE TABLE events (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, status TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0, detail TEXT NOT NULL DEFAULT '{}')"""
SEALED = "ALTER TABLE events ADD COLUMN seal TEXT NOT NULL DEFAULT ''"
VERSION = 2      # of what is kept: 2 seals each event, 1 names the lesson in `ref`, 0 (the first edition) numbered it
FIRST_EDITION = ("start_here", "objective", "feedback", "two_tower", "negatives", "ann", "ranker", "reranker",
                 "feature_audit", "metric_stack", "experiments", "launch", "interview")
KINDS = ("attempt", "hint", "solution", "compare", "guess", "measured", "quiz")
FIELDS = ("id", "at", "kind", "ref", "status", "seconds", "detail")
_MAGIC = b"SQLite format 3\0"
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH,
           sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_FORMAT}
_sound: set[tuple[str, int]] = set()  # records (path, inode) that this process found whole


class ForeignError(DataError):
    """The file is not a record of this course, and so is left as it is."""


def append(file: Path, event: tuple) -> None:
    """Write one event: at, kind, ref, status, seconds, detail (JSON). Makes, upgrades and mends the file as needed.

    Raises sqlite3.Error or OSError where it cannot be written, ForeignError where the file is something else.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        with locked(f"{file}.lock", timeout_s=10):
            if not file.exists():
                _make(file, [])
    try:
        _append(file, event)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        mend(file, str(error))
        _append(file, event)


def _append(file: Path, event: tuple) -> None:
    _ready(file)
    with closing(_connect(file)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _insert(connection, [event], connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0])
        connection.execute("COMMIT")


def read(file: Path) -> list[dict]:
    """All events, oldest first, as dicts of FIELDS; `detail` is still JSON.

    A damaged file is mended with a warning; where that cannot be (a folder that is only ours to read), what can be
    read is returned, with a warning too. Raises sqlite3.Error, OSError, ForeignError.
    """
    try:
        try:
            rows, version = _rows(file)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            mend(file, str(error))
            rows, version = _rows(file)
    except (sqlite3.Error, OSError, CourseError) as error:
        if isinstance(error, ForeignError):
            raise
        rows, version = _rescued(file), VERSION
        if not rows:
            raise
        warnings.warn(f"{file} could not be opened as it should ({error}); {len(rows)} events could be read.",
                      stacklevel=3)
    return [dict(zip(FIELDS, row, strict=True)) | {"ref": row[3] if version else _named(row[3])} for row in rows]


def _rows(file: Path) -> tuple[list[tuple], int]:
    _ready(file)
    with closing(_connect(file)) as connection:
        rows = connection.execute(f"SELECT {', '.join(FIELDS)} FROM events ORDER BY id").fetchall()
        return rows, connection.execute("PRAGMA user_version").fetchone()[0]


def _ready(file: Path) -> None:
    """Check the file the first time, bring it up to date, mend it where it is damaged."""
    key = (str(file), os.stat(file).st_ino)
    if key in _sound:
        return
    why = fault(file)
    if why:
        mend(file, why)
    elif _may_write(file):
        with closing(_connect(file)) as connection:
            _upgrade(connection)
    _sound.add((str(file), os.stat(file).st_ino))


def _may_write(file: Path) -> bool:
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def _connect(file: Path) -> sqlite3.Connection:
    """Writing where we may, else reading; never makes a file, so that an empty one is always a damaged one."""
    mode = "rw" if _may_write(file) else "ro"
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=10,
                                 isolation_level=None)
    if mode == "rw":
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":   # of an earlier version
                connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            if _is_damage(error):
                connection.close()
                raise
    return connection


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether an error comes from what is in the file, not from locks, rights or room on the disk."""
    return isinstance(error, sqlite3.DatabaseError) and (getattr(error, "sqlite_errorcode", 0) or 0) & 255 in _BROKEN


def _upgrade(connection: sqlite3.Connection) -> None:
    """Name lessons where the first edition numbered them ("11.3" is "launch.3"), and seal what has no seal."""
    if connection.execute("PRAGMA user_version").fetchone()[0] >= VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if "seal" not in [row[1] for row in connection.execute("PRAGMA table_info(events)")]:
        connection.execute(SEALED)
    for row in connection.execute(f"SELECT {', '.join(FIELDS)} FROM events WHERE seal = ''").fetchall():
        row = (*row[:3], row[3] if version else _named(row[3]), *row[4:])
        connection.execute("UPDATE events SET ref = ?, seal = ? WHERE id = ?", (row[3], seal(row), row[0]))
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _named(ref: str) -> str:
    head, dot, rest = ref.partition(".")
    return f"{FIRST_EDITION[int(head)]}.{rest}" if dot and head.isdecimal() and int(head) < len(FIRST_EDITION) else ref


def seal(row: Iterable) -> str:
    """16 hex digits over an event's fields, in the order of FIELDS."""
    number, at, kind, ref, status, seconds, detail = row
    text = json.dumps([number, float(at), kind, ref, status, float(seconds), detail])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _insert(connection: sqlite3.Connection, events: Iterable[tuple], last: int) -> None:
    for number, event in enumerate(events, last + 1):
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                           (number, *event, seal((number, *event))))


# --- damage --------------------------------------------------------------------------------------------------------
def fault(file: Path) -> str:
    """What is wrong with the file, in words; "" where it is whole. Raises ForeignError where it is something else."""
    if file.exists() and not file.is_file():
        raise ForeignError(f"{file} is a folder, a device or a pipe, and was left as it is")
    if not file.stat().st_size:
        return "it is empty"
    try:
        with closing(_connect(file)) as connection:
            found = _fault(connection)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        found = str(error)
    if found and not _rescued(file):
        with open(file, "rb") as held:
            begins = held.read(len(_MAGIC))
        if found.startswith("it has no table") or not _MAGIC.startswith(begins):
            raise ForeignError(f"{file} is no record of this course ({found}), and was left as it is")
    return found


def _fault(connection: sqlite3.Connection) -> str:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        return " ".join(found.split())
    tables = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    if "events" not in tables:
        return f"it has no table of events but {', '.join(map(repr, tables)) or 'none at all'}"
    with_seal = SCHEMA[:-1] + SEALED[SEALED.index("seal"):].join((", ", ")"))
    if " ".join(tables["events"].split()) not in (" ".join(SCHEMA.split()), " ".join(with_seal.split())):
        return "its table has changed"
    rows = connection.execute("SELECT * FROM events ORDER BY id").fetchall()
    for number, row in enumerate(rows, 1):
        if row[0] != number:
            return f"event {number} is missing"
        if len(row) > len(FIELDS) and row[-1] and row[-1] != _seal_or_none(row[:-1]):
            return f"event {number} was changed"
    return ""


def _seal_or_none(row: tuple) -> str | None:
    try:
        return seal(row)
    except (TypeError, ValueError):
        return None


def _is_sealed(row: tuple) -> bool:
    """Whether what was found in a page is an event whose seal is right. (The id's own column is empty in a page.)"""
    return len(row) == len(FIELDS) + 2 and row[-1] == _seal_or_none((row[0], *row[2:-1]))


def _is_unsealed(row: tuple) -> bool:
    """Whether it is an event that an earlier version of the course wrote, as far as its fields can tell."""
    if len(row) not in (len(FIELDS) + 1, len(FIELDS) + 2) or len(row) > len(FIELDS) + 1 and row[-1]:
        return False
    with suppress(TypeError, ValueError):
        number, _, at, kind, ref, _, seconds, detail = row[:len(FIELDS) + 1]
        return number > 0 and at > 0 and kind in KINDS and isinstance(ref, str) and seconds >= 0 and isinstance(
            json.loads(detail), dict)
    return False


def _rescued(file: Path) -> list[tuple]:
    """Events that can be found in the file's pages, as tuples of FIELDS, by number."""
    found = rows_of(file, _is_unsealed) | rows_of(file, _is_sealed)
    return [(number, *found[number][2:len(FIELDS) + 1]) for number in sorted(found)]


def mend(file: Path, why: str) -> None:
    """Put a damaged file aside, keep what can be read of it in a new one, and say in one line what came of it."""
    with locked(f"{file}.lock", timeout_s=10):
        why = fault(file)             # another kernel may have mended it
        if not why:
            return
        rows = _rescued(file)
        aside = file.with_name(f"{file.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}")
        _copy(file, aside)
        for suffix in ("-journal", "-wal", "-shm"):     # the new file's would be taken for its own
            with suppress(FileNotFoundError):
                _copy(Path(f"{file}{suffix}"), Path(f"{aside}{suffix}"))
                os.unlink(f"{file}{suffix}")
        _make(file, [row[1:] for row in rows])
    lost = rows[-1][0] - len(rows) if rows else 0
    lost = f"at least {lost} lost" if lost else "none is known to be lost" if rows else "the others are lost"
    warnings.warn(f"The record of your progress, {file}, was damaged ({why}): {len(rows)} events were rescued, {lost}. "
                  f"The damaged file is kept as {aside.name}; recording goes on.", stacklevel=5)


def _copy(file: Path, aside: Path) -> None:
    try:
        os.link(file, aside)
    except OSError:
        shutil.copy2(file, aside)   # FileNotFoundError where there is no such file


def _make(file: Path, events: Iterable[tuple]) -> None:
    """A new record with these events, in place at once. The caller holds the lock, so what is half-made is dead."""
    for left in file.parent.glob(f".{file.name}.*.part*"):
        left.unlink(missing_ok=True)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            connection.execute(SCHEMA)
            connection.execute(SEALED)
            _insert(connection, events, 0)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("COMMIT")
        os.replace(part, file)
    except BaseException:
        for left in file.parent.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)
        raise


def remove(file: Path) -> bool:
    """Delete the record, its side files and damaged ones put aside. Returns whether there was a record."""
    found = file.exists()
    for name in [file, *(Path(f"{file}{suffix}") for suffix in ("-wal", "-shm", "-journal", ".lock")),
                 *file.parent.glob(f"{file.name}.damaged-*")]:
        name.unlink(missing_ok=True)
    return found

