"""Times of any unit, zone and spelling as Unix seconds, with a sentence wherever something had to be guessed."""

from __future__ import annotations

import numpy as np

from course_lib.contracts.errors import ArgumentError, DataError

UNITS = {"D": 1 / 86_400, "h": 1 / 3600, "min": 1 / 60, "s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}  # in a second
WORDS = {"D": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds", "us": "microseconds",
         "ns": "nanoseconds"}
_GUESSES = (("s", 1e11), ("ms", 1e14), ("us", 1e17), ("ns", np.inf))  # a number below: of which unit since 1970
_ZONE = r"(?:Z|UTC|GMT|[T ]\d\d.*[+-]\d\d(?::?\d\d)?)$"        # "2020-01-01" ends in no zone
_UTC_WORD = r"(?<=\d)\s*(?:\+00:?00\s+)?(?:UTC|GMT)$"              # ISO 8601 writes Z
_SPELLINGS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_COMPACT = (("%Y%m%d", 19000101, 21991231), ("%Y%m%d%H%M%S", 19000101000000, 21991231235959))  # and their bounds


def to_seconds(name: str, column, unit: str | None = None) -> tuple[np.ndarray, list[str]]:
    """(float64 (n,) Unix seconds, NaN where a time is missing or cannot be read; sentences on what was guessed).

    column: datetime64 of any unit, with or without a zone; Python's datetimes and dates; ISO 8601 and a few other
    spellings; numbers since 1970, also as text. unit: of numbers, one of UNITS; None: guessed from their size, with a
    sentence. A time without a zone is read as UTC, with a sentence. 1970-01-02 00:00 is 86400.0.
    Raises ArgumentError for an unknown unit; DataError where day and month cannot be told apart.
    """
    import pandas as pd

    if unit is not None and unit not in UNITS:
        raise ArgumentError(f"time_unit is {unit!r}; expected one of {', '.join(UNITS)}.")
    series = column if isinstance(column, pd.Series) else pd.Series(column)
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    if pd.api.types.is_datetime64_any_dtype(series):
        zone = getattr(series.dtype, "tz", None)
        bare = int(series.notna().sum()) if zone is None else 0
        return _since_1970(series), [_no_zone(name, bare, len(series))] if bare else []
    if pd.api.types.is_bool_dtype(series) or pd.api.types.is_timedelta64_dtype(series):
        raise ArgumentError(f"{name} holds {series.dtype}; expected times. Is it the right column?")
    if pd.api.types.is_numeric_dtype(series):
        return _of_numbers(name, series.to_numpy(float, na_value=np.nan), unit)
    return _of_objects(name, series.astype(object), unit)


def far_ahead(time, first: float, last: float) -> str:
    """A sentence where later events lie further behind the last known one than the known past is long; "" where none,
    and where all that is known happened at one moment, as in a table without times.

    time: float (n,), seconds, of the later events. first, last: of what is known. A wrong unit or a typing error moves
    "now" for everybody: what was recent is then long ago.
    """
    time = np.asarray(time, float)
    far = time > last + (last - first)
    if last <= first or not far.any():
        return ""
    day, lie = 86_400.0, "lie" if far.sum() > 1 else "lies"
    at = float(time[far][0])
    when = f"{np.datetime64(int(at), 's')}" if abs(at) < 1e11 else f"{at:g} s"
    return (f"{int(far.sum())} of {len(time)} events {lie} further behind the last one known than the whole known past "
            f"is long ({(last - first) / day:,.0f} days): the first by {(at - last) / day:,.0f} days, at {when}. All "
            f"ages and recent counts are counted from there, for everybody. Is it in seconds, and right?")


def _since_1970(series) -> np.ndarray:
    import pandas as pd

    if getattr(series.dtype, "tz", None) is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    moments = series.to_numpy().astype("datetime64[us]")
    seconds = moments.astype(np.int64) / 1e6
    return np.where(pd.isna(series), np.nan, seconds)


def _of_numbers(name: str, number: np.ndarray, unit: str | None) -> tuple[np.ndarray, list[str]]:
    """Numbers since 1970; those of another size than most (milliseconds among seconds) come back as NaN."""
    number = np.where(np.isfinite(number), number, np.nan)
    present = np.abs(number[np.isfinite(number)])
    if unit is not None or not len(present):
        return number / UNITS[unit or "s"], []
    if (dates := _compact_dates(number)) is not None:
        return dates, [f"{name} holds numbers such as {int(np.nanmin(number))}: read as dates, year month day. Pass "
                       f"time_unit='s' where they count seconds."]
    edges = np.array([edge for _, edge in _GUESSES])
    kind = np.searchsorted(edges, present, side="right")
    most = int(np.bincount(kind[present > 0] if (present > 0).any() else kind).argmax())
    guess = _GUESSES[most][0]
    low = edges[most - 1] / 10 if most else 0.0        # a tenth for what was early in the seventies
    strange = np.isfinite(number) & ((np.abs(number) >= edges[most]) | (np.abs(number) < low) & (number != 0))
    seconds = np.where(strange, np.nan, number / UNITS[guess])
    notes = [f"{name} holds numbers from {np.nanmin(number):.0f} to {np.nanmax(number):.0f}: read as {WORDS[guess]} "
             f"since 1970. Pass time_unit= where that is wrong."]
    if strange.any():
        notes.append(f"Numbers of {name} that are of another size than {WORDS[guess]} since 1970 are not read: "
                     f"{int(strange.sum()):,}, first {number[strange][0]:.0f}.")
    return seconds, notes


def _compact_dates(number: np.ndarray) -> np.ndarray | None:
    """Seconds of numbers that are all like 20110324 or all like 20110324173000; None where they are not."""
    import pandas as pd

    present = number[np.isfinite(number)]
    if (present % 1 != 0).any():
        return None
    form = next((form for form, low, high in _COMPACT if low <= present.min() and present.max() <= high), None)
    if form is None:
        return None
    days = pd.to_datetime(pd.Series(present).astype("int64").astype(str), format=form, errors="coerce")
    if days.isna().any():
        return None
    out = np.full(len(number), np.nan)
    out[np.isfinite(number)] = _since_1970(days)
    return out


def _of_objects(name: str, series, unit: str | None) -> tuple[np.ndarray, list[str]]:
    """Python's objects: text by itself, numbers by themselves, moments by themselves."""
    seconds, notes = np.full(len(series), np.nan), []
    text = series.map(lambda value: isinstance(value, str)).to_numpy(bool)
    number = series.map(lambda value: isinstance(value, int | float | np.number)
                        and not isinstance(value, bool)).to_numpy(bool) & series.notna().to_numpy()
    if text.any():
        seconds[text], said = _of_text(name, series[text], unit)
        notes += said
    if number.any():
        seconds[number], said = _of_numbers(name, series[number].to_numpy(float), unit)
        notes += said
    other = series[~(text | number) & series.notna().to_numpy()]
    if len(other):
        seconds[~(text | number) & series.notna().to_numpy()], said = _of_moments(name, other)
        notes += said
    return seconds, notes


def _of_moments(name: str, series) -> tuple[np.ndarray, list[str]]:
    """datetime, date, Timestamp, datetime64: those of a zone by it, those without one as UTC."""
    from datetime import UTC, date, datetime

    def seconds(value) -> float:
        if isinstance(value, np.datetime64):
            return float(value.astype("datetime64[us]").astype(np.int64)) / 1e6
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        if not isinstance(value, datetime):
            return np.nan
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).timestamp()

    bare = int(series.map(lambda value: getattr(value, "tzinfo", None) is None).sum())
    return (np.array([seconds(value) for value in series], float),
            [_no_zone(name, bare, len(series))] if bare else [])


def _of_text(name: str, series, unit: str | None) -> tuple[np.ndarray, list[str]]:
    import pandas as pd

    series = series.str.strip().str.replace(_UTC_WORD, "Z", regex=True)
    number = pd.to_numeric(series, errors="coerce")
    if unit is not None or number.notna().sum() > len(series) / 2:
        return _of_numbers(name, number.to_numpy(float), unit)
    moments = pd.to_datetime(series.where(number.isna()), format="ISO8601", utc=True, errors="coerce")
    notes = []
    if moments.isna().mean() > 0.5:
        moments, notes = _spelled(name, series, moments)
    read = moments.notna()
    bare = int((read & ~series.str.contains(_ZONE, regex=True, na=False)).sum()) if not notes else int(read.sum())
    if bare:
        notes = [*notes, _no_zone(name, bare, len(series))]
    return _since_1970(moments), notes


def _spelled(name: str, series, moments):
    """Text in the spelling that most of it fits, and a sentence that says which."""
    import pandas as pd

    spellings = [day + clock for day in _SPELLINGS for clock in _CLOCKS]
    sample = series if len(series) < 2000 else series.iloc[np.linspace(0, len(series) - 1, 2000).astype(int)]
    rough = {one: pd.to_datetime(sample, format=one, errors="coerce").notna().sum() for one in spellings}
    hopeful = [one for one in spellings if rough[one] >= 0.5 * max(rough.values()) > 0]
    full = {one: pd.to_datetime(series, format=one, errors="coerce", utc=True) for one in hopeful}
    count = {one: int(found.notna().sum()) for one, found in full.items()}
    best = [one for one in hopeful if count[one] == max(count.values())]
    if not best or count[best[0]] <= moments.notna().sum():
        return moments, []
    if len(best) > 1 and any((full[best[0]] != full[one]).any() for one in best[1:]):
        first = series[full[best[0]].notna()].iloc[0]
        raise DataError(f"{name} holds {first!r}, which may be {' or '.join(best[:2])}: day and month cannot be told "
                        f"apart in any row. Write times as year-month-day first.")
    return full[best[0]], [f"{name} is read as {best[0]} (such as {series[full[best[0]].notna()].iloc[0]!r})."]


def _no_zone(name: str, bare: int, rows: int) -> str:
    if bare == rows:
        return f"Times of {name} name no zone: they are read as UTC."
    return f"{bare:,} of {rows:,} times of {name} name no zone: these are read as UTC."
