"""The files of a log: its manifest, kept twice and sealed, and each day's tables, held against their checksums.

The manifest's copy is written first, so it is never behind: where the manifest is damaged, the copy takes its place.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

from course_lib.contracts import CorruptError, DataError
from course_lib.data.day_tables import TABLES
from course_lib.data.disk import not_ours, write_atomic
from course_lib.data.stored import check_file, sealed, unsealed

MANIFEST, COPY = "manifest.json", ".manifest-copy.json"
FIELDS = {"writer": dict, "days": list, "files": dict}
ANEW = "Run the world again into a new folder."


def table_name(day: int, table: str) -> str:
    """Where a day's table stands in the log's folder; also its name in the manifest."""
    return f"day={day:05d}/{table}.parquet"


def write_manifest(folder: Path, held: dict, write=write_atomic) -> None:
    """Write copy and manifest; the second rename is what makes a day part of the log."""
    text = sealed(held)
    write(folder / COPY, text)
    write(folder / MANIFEST, text)


def read_manifest(folder: Path) -> dict:
    """The manifest: writer, days, files (name -> SHA-256).

    One that is damaged, or another log's or an older one, is restored from its copy, with a warning.
    Raises DataError where the folder is no log, CorruptError where manifest and copy are damaged both.
    """
    if not (folder / MANIFEST).exists() and not (folder / COPY).exists():
        raise DataError(f"{folder} is not a log: it has no {MANIFEST}. Start one with Log.create.")
    try:
        held = _read(folder / MANIFEST)
        damage = _misplaced(folder, held)
        if not damage:
            return held
    except CorruptError as error:
        damage = error
    try:
        held = _read(folder / COPY)
    except CorruptError as error:
        raise CorruptError(f"{damage} Its copy is no better: {error}") from damage
    try:
        write_atomic(folder / MANIFEST, sealed(held))
        done = "It was restored from its copy"
    except DataError as error:
        if not not_ours(error.__cause__):
            raise
        done = "Its copy is read instead"
    warnings.warn(f"{str(damage).removesuffix(ANEW)}{done}; nothing is lost.", stacklevel=4)
    return held


def _misplaced(folder: Path, held: dict) -> CorruptError | None:
    """An error where the manifest, whole as it is, is not the last one of this log, as its copy and the days tell."""
    if copy_is_current(folder):
        return None
    try:
        copy = _read(folder / COPY)
    except CorruptError:
        return None
    one_behind = {**copy, "days": copy["days"][:-1],
                  "files": {name: digest for name, digest in copy["files"].items() if _day(name) in copy["days"][:-1]}}
    if held == one_behind:      # a writer was killed between writing the copy and the manifest
        return None
    if _fits(folder, held) and not (_fits(folder, copy) and len(copy["days"]) > len(held["days"])):
        return None
    if not _fits(folder, copy):
        return None
    return CorruptError(f"{folder / MANIFEST} is another log's, or an older one of this log. {ANEW}")


def _fits(folder: Path, held: dict) -> bool:
    """Whether the last day's files are those that a manifest lists."""
    files = Files(folder, held["files"])
    try:
        return all(files.checked(table_name(day, table)) for day in held["days"][-1:] for table in TABLES)
    except DataError:
        return False


def copy_is_current(folder: Path) -> bool:
    """Whether the copy says what the manifest says, to the byte."""
    try:
        return (folder / COPY).read_bytes() == (folder / MANIFEST).read_bytes()
    except OSError:
        return False


def _read(file: Path) -> dict:
    held = unsealed(file, FIELDS, ANEW)
    days, wanted = held["days"], set()
    if all(isinstance(day, int) for day in days) and days == sorted(set(days)):
        wanted = {table_name(day, table) for day in days for table in TABLES}
    if wanted != set(held["files"]) or not all(isinstance(digest, str) for digest in held["files"].values()):
        raise CorruptError(f"{file}: the days it lists are not those of its files. {ANEW}")
    return held


class Files:
    """A log's files and what their SHA-256 should be: {"day=00003/requests.parquet": "ab12…"}."""

    def __init__(self, folder: Path, digests: dict[str, str]):
        self.folder, self.digests = folder, digests

    def check(self, table: str, day: int) -> Path:
        """The file of a day's table, found whole. Raises CorruptError that names it, and the days that are good."""
        try:
            return self.checked(table_name(day, table))
        except CorruptError as error:
            raise CorruptError(f"{error} {self._remedy(day)}") from error

    def checked(self, name: str) -> Path:
        """The file of this name, found whole. Raises CorruptError that names it."""
        check_file(self.folder / name, self.digests[name], "")
        return self.folder / name

    def bad(self) -> dict[str, str]:
        """Every damaged or missing file -> what is wrong with it."""
        found = {}
        for name in sorted(self.digests):
            try:
                self.checked(name)
            except DataError as error:
                found[name] = str(error).strip()
        return found

    def good_days(self) -> list[int]:
        """Days of which every file is whole."""
        bad = {_day(name) for name in self.bad()}
        return sorted({_day(name) for name in self.digests} - bad)

    def _remedy(self, day: int) -> str:
        good = self.good_days()
        if not good:
            return f"It is of day {day}; no other day is whole. {ANEW}"
        return (f"It is of day {day}; days {spans(good)} can still be read: "
                f"log.impressions(days=log.good_days()). To have all again: {ANEW[0].lower()}{ANEW[1:]}")


def _day(name: str) -> int:
    return int(name[len("day="):].partition("/")[0])


def spans(days: Iterable[int]) -> str:
    """Days in words: [0, 1, 2, 5] is "0–2, 5"."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][1] + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
