"""The log: what was asked, shown, done and what came of it; a Parquet file a day, appended to and never changed.

A day is there whole or not at all: its tables are written aside, checksummed, and become part of the log in the one
rename that replaces the manifest. Whatever the manifest does not list is a killed writer's, and is removed at open.
A day's file is held against its checksum before a process first reads it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from course_lib.contracts import (
    INTERACTION_COLUMNS,
    CorruptError,
    DataError,
    DayLog,
    LogMismatchError,
)
from course_lib.data.day_tables import TABLES, check_day, empty, joined, read_table
from course_lib.data.disk import Busy, disk_errors, locked, not_ours, sha256, sweep_parts, write_atomic
from course_lib.data.log_files import (
    MANIFEST,
    Files,
    copy_is_current,
    read_manifest,
    table_name,
    write_manifest,
)

if TYPE_CHECKING:
    import duckdb


class _Reader:
    """How a log is read, wherever it is held; subclasses supply `days` and `_read(table, days, columns)`."""

    days: list[int]

    @property
    def last_day(self) -> int:
        """The last whole day held; -1 when empty."""
        return self.days[-1] if self.days else -1

    def impressions(self, days: Iterable[int] | None = None, columns: list[str] | None = None) -> pd.DataFrame:
        """One row an impression, IMPRESSION_COLUMNS, by day. days: which (all if None). columns: which, in order."""
        return self._table("impressions", days, columns)

    def requests(self, days: Iterable[int] | None = None, columns: list[str] | None = None) -> pd.DataFrame:
        """One row a request, REQUEST_COLUMNS; arguments as in impressions."""
        return self._table("requests", days, columns)

    def outcomes(self, days: Iterable[int] | None = None, columns: list[str] | None = None) -> pd.DataFrame:
        """One row a later event, OUTCOME_COLUMNS; a day holds what was *written* with it, event_time may be later."""
        return self._table("outcomes", days, columns)

    def _table(self, table: str, days: Iterable[int] | None, columns: list[str] | None) -> pd.DataFrame:
        wanted = self._held(days)
        kinds = TABLES[table]
        columns = list(kinds) if columns is None else list(columns)
        parts = [self._read(table, day, columns) for day in wanted]
        parts = [part for part in parts if len(part)] or parts[:1] or [empty(table)[columns]]
        return pd.DataFrame({name: joined([part[name] for part in parts], kinds[name]) for name in columns})

    def _held(self, days: Iterable[int] | None) -> list[int]:
        """The days asked for, all if None. Raises DataError naming one that the log does not hold."""
        wanted = self.days if days is None else [int(day) for day in days]
        absent = sorted(set(wanted) - set(self.days))
        if absent:
            raise DataError(f"the log has no day {absent[0]}; it holds {len(self.days)} days, {self.days[:1]} to "
                            f"{self.last_day}.")
        return wanted

    def expect(self, manifest: dict) -> None:
        """Raise LogMismatchError, naming the first difference, unless manifest is the one this log was written with.

        What writes a log calls this before its first day; a log without a manifest of its own takes this one.
        """
        given = json.loads(json.dumps(manifest))
        if not self.manifest and not self.days:
            self.manifest = given
        for name in sorted({*self.manifest, *given}):
            if self.manifest.get(name) != given.get(name):
                raise LogMismatchError(f"this log was written with {name} = {self.manifest.get(name)!r}, the day to be "
                                       f"appended with {name} = {given.get(name)!r}. Two worlds in one log cannot be "
                                       f"told apart: start a new log.")


class MemoryLog(_Reader):
    """A log in memory, with the reading interface of Log: for short runs and tests."""

    def __init__(self, day_logs: Iterable[DayLog] = (), manifest: dict | None = None):
        self.manifest = dict(manifest or {})
        self._days: dict[int, DayLog] = {}
        for day_log in day_logs:
            self.append(day_log)

    @property
    def days(self) -> list[int]:
        """Days held, ascending."""
        return list(self._days)

    def append(self, day_log: DayLog, manifest: dict | None = None) -> None:
        """Take the next day. Raises LogMismatchError for a day not after the last, DataError for a wrong table."""
        if manifest is not None:
            self.expect(manifest)
        check_day(day_log, self.last_day)
        self._days[int(day_log.day)] = day_log

    def good_days(self) -> list[int]:
        """Days that can be read: in memory, all."""
        return self.days

    def query(self, sql: str, days: Iterable[int] | None = None) -> pd.DataFrame:
        """DuckDB's answer to sql, with views impressions, requests, outcomes of days (all if None)."""
        import duckdb

        with duckdb.connect() as connection:
            for table in TABLES:
                connection.register(table, self._table(table, days, None))
            return connection.execute(sql).df()

    def _read(self, table: str, day: int, columns: list[str]) -> pd.DataFrame:
        return getattr(self._days[day], table)[columns]


class Log(_Reader):
    """A log on disk: `Log.create(path, manifest)` starts one, `Log.open(path)` goes on with it.

    manifest: facts about who writes (seed, params, version, …), JSON-able; append refuses days of another writer.
    """

    def __init__(self, path, manifest: dict, files: dict[str, str], days: list[int]):
        self.path = Path(path)
        self.manifest = manifest
        self._days = days
        self._files = files  # relative path -> SHA-256
        self._unsure = False  # while a day is being committed: an interrupt may fall between the disk and this memory

    @property
    def days(self) -> list[int]:
        """Days held, ascending."""
        if self._unsure and (self.path / MANIFEST).exists():
            held = read_manifest(self.path)
            vars(self).update(_files=held["files"], _days=held["days"], _unsure=False)
        return self._days

    @classmethod
    def create(cls, path, manifest: dict) -> Log:
        """Start an empty log at path. Raises DataError if something stands there already."""
        path = Path(path)
        if path.exists() and any(path.iterdir()):
            raise DataError(f"{path} already holds {next(iter(path.iterdir())).name}. Open it with Log.open, or choose "
                            f"a new folder: a log is never overwritten.")
        log = cls(path, json.loads(json.dumps(manifest)), {}, [])
        log._commit()
        return log

    @classmethod
    def open(cls, path) -> Log:
        """Open a log, remove what a killed writer left half-done, and stand at its last whole day.

        A damaged manifest is restored from its copy, with a warning. Raises DataError where there is no log,
        CorruptError where manifest and copy are both damaged. Days are checked when they are read.
        """
        held = read_manifest(Path(path))
        log = cls(path, held["writer"], held["files"], held["days"])
        log._sweep()
        return log

    def append(self, day_log: DayLog, manifest: dict | None = None) -> None:
        """Add a day, whole or not at all.

        day_log: later than last_day. manifest: the writer's own; if given, it must be the log's.
        Raises LogMismatchError for another writer's or an old day, DataError for a wrong table or a full disk.
        """
        if manifest is not None:
            self.expect(manifest)
        check_day(day_log, self.last_day)
        with disk_errors(f"write day {day_log.day} of the log {self.path}"), locked(self.path / ".lock"):
            self._refuse_second_writer()
            self._append(day_log, f"day={int(day_log.day):05d}")

    def _append(self, day_log: DayLog, name: str) -> None:
        aside = self.path / f".{name}.{os.getpid()}"
        shutil.rmtree(aside, ignore_errors=True)  # of an append that was stopped while it cleaned up
        try:
            aside.mkdir()
            files = {table_name(day_log.day, table): self._write(day_log, table, aside) for table in TABLES}
            if (self.path / name).exists():  # of a writer that was killed before it could commit
                shutil.rmtree(self.path / name)
            os.replace(aside, self.path / name)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        self._commit({**self._files, **files}, [*self.days, int(day_log.day)])

    def verify(self) -> int:
        """Hold every file against its checksum. Returns their number; raises CorruptError naming all that are bad."""
        bad = Files(self.path, self._files).bad()
        if bad:
            raise CorruptError(f"{len(bad)} of {len(self._files)} files of the log {self.path} are bad: "
                               f"{' '.join(bad.values())} Read the others with days=log.good_days(), or run the world "
                               f"again into a new folder.")
        return len(self._files)

    def good_days(self) -> list[int]:
        """Days of which every file is whole: what can still be read of a damaged log."""
        return Files(self.path, self._files).good_days()

    def connect(self, days: Iterable[int] | None = None) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with views impressions, requests, outcomes over the files of days (all if None).

        Close it when done. Raises CorruptError naming a damaged file and the days that are good.
        """
        import duckdb

        held, wanted = Files(self.path, self._files), self._held(days)
        checked = {table: [str(held.check(table, day)) for day in wanted] for table in TABLES}
        connection = duckdb.connect()
        for table, files in checked.items():
            if files:
                listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
                connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{listed}], "
                                   f"hive_partitioning=false)")
            else:
                connection.register(table, empty(table))
        return connection

    def query(self, sql: str, days: Iterable[int] | None = None) -> pd.DataFrame:
        """DuckDB's answer to sql, with views impressions, requests, outcomes of days (all if None)."""
        with self.connect(days) as connection:
            return connection.execute(sql).df()

    def _write(self, day_log: DayLog, table: str, folder: Path) -> str:
        frame = getattr(day_log, table)[list(TABLES[table])].astype(TABLES[table])
        file = folder / f"{table}.parquet"
        frame.to_parquet(file, index=False, compression="zstd")
        return sha256(file)

    def _read(self, table: str, day: int, columns: list[str]) -> pd.DataFrame:
        return read_table(Files(self.path, self._files).check(table, day), columns)

    def _commit(self, files: dict[str, str] | None = None, days: list[int] | None = None) -> None:
        """The one step that makes a day part of the log; memory follows the disk, never runs ahead of it."""
        files, days = self._files if files is None else files, self.days if days is None else days
        held = {"writer": self.manifest, "days": days, "files": files}
        self._unsure = True
        write_manifest(self.path, held, write_atomic)
        vars(self).update(_files=files, _days=days, _unsure=False)

    def _refuse_second_writer(self) -> None:
        held = read_manifest(self.path)["days"]
        if held != self.days:
            raise LogMismatchError(f"{self.path} holds day {held[-1:]} that another process wrote since this log was "
                                   f"opened at day {self.last_day}. Open it again before appending.")

    def _sweep(self) -> None:
        """Remove half-written days and temporary files that the manifest does not know, unless a writer is at work."""
        if not self._orphans() and copy_is_current(self.path):
            return
        try:
            with locked(self.path / ".lock", timeout_s=0):
                held = read_manifest(self.path)  # a writer may have been faster
                vars(self).update(_files=held["files"], _days=held["days"])
                for orphan in self._orphans():
                    if orphan.is_dir():
                        shutil.rmtree(orphan)
                sweep_parts(self.path)
                if not copy_is_current(self.path):
                    write_manifest(self.path, held, write_atomic)
        except Busy:  # a writer is at work
            return
        except (OSError, DataError) as error:
            if not not_ours(error) and not not_ours(error.__cause__):
                raise

    def _orphans(self) -> list[Path]:
        known = {f"day={day:05d}" for day in self._days}
        return [entry for entry in self.path.iterdir() if entry.name not in known and (
            entry.name.lstrip(".").startswith("day=") or entry.name.endswith(".part") or entry.name == ".lock")]


def interactions(impressions: pd.DataFrame, repeats: bool = False) -> pd.DataFrame:
    """Clicked impressions as user, item, time, by time. repeats: keep a pair's later clicks too (else its first)."""
    clicked = impressions.loc[impressions.click > 0, ["user", "item", "time"]]
    ordered = clicked.sort_values(["time", "user", "item"], kind="stable", ignore_index=True)
    kept = ordered if repeats else ordered.drop_duplicates(["user", "item"], ignore_index=True)
    return kept.astype(INTERACTION_COLUMNS)
