"""A day's tables: which columns they have, how days are put together, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from pandas.api.types import union_categoricals

from course_lib.contracts import (
    IMPRESSION_COLUMNS,
    OUTCOME_COLUMNS,
    REQUEST_COLUMNS,
    ArgumentError,
    DataError,
    DayLog,
    LogMismatchError,
)

TABLES = {"impressions": IMPRESSION_COLUMNS, "requests": REQUEST_COLUMNS, "outcomes": OUTCOME_COLUMNS}


def read_table(file: Path, columns: list[str]) -> pd.DataFrame:
    """Columns of one day's table. Raises DataError naming those that the file does not have."""
    try:
        return pd.read_parquet(file, columns=columns)
    except ValueError as error:
        absent = [name for name in columns if name not in pq.read_schema(file).names]
        if not absent:
            raise
        raise DataError(f"{file} has no column {', '.join(absent)}: an earlier version of the course wrote this log. "
                        f"Run the world again into a new folder, or ask for other columns.") from error


def empty(table: str) -> pd.DataFrame:
    """A table of a log that holds no day."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TABLES[table].items()})


def joined(parts: list[pd.Series], kind: str | None):
    """The days of one column as one array of its kind; days may know different categories."""
    if kind != "category":
        return np.concatenate([part.to_numpy(kind) for part in parts])
    return union_categoricals([part.astype("category") for part in parts], sort_categories=True)


def check_day(day_log: DayLog, last_day: int) -> None:
    """Refuse a day out of order, and tables that lack a column or hold another day's rows."""
    if day_log.day <= last_day:
        raise LogMismatchError(f"day {day_log.day} is not after day {last_day}, the last one held; a log is only "
                               f"appended to. Start a new log, or run on from day {last_day + 1}.")
    for table, columns in TABLES.items():
        missing = [name for name in columns if name not in getattr(day_log, table)]
        if missing:
            raise DataError(f"{table} of day {day_log.day} has no column {', '.join(missing)}; expected "
                            f"{', '.join(columns)}.")
    for table in ("impressions", "requests"):
        days = getattr(day_log, table).day.to_numpy()
        if (days != day_log.day).any():
            raise ArgumentError(f"{table} of day {day_log.day} hold a row of day {days[days != day_log.day][0]}.")
