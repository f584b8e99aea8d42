"""Columns of a catalogue as numbers that a model can take: every column is used, or named with why it is not."""

from __future__ import annotations

import re
import zlib
from decimal import Decimal

import numpy as np

from course_lib.contracts.moments import to_seconds
from course_lib.contracts.written_numbers import to_numbers

N_HASHED = 64        # numbers that hold a column of many values: words of a text, or categories
FEW = 64             # categories that each get a number of their own
_DATE = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?"
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def content_of(items, skip=()) -> tuple[np.ndarray, tuple[str, ...], list[str]]:
    """(float32 (N, d); the name of each of the d numbers; sentences on how each column was read or why it was not).

    items: table with a row for each of N items. skip: columns to pass over, such as the id. Numbers and dates are
    standardised, with a flag where they are missing; few categories get a number each, many are hashed into N_HASHED,
    and so are the words of texts and the members of lists. The same table gives the same numbers on any machine.
    """
    parts, names, notes = [], [], []
    for name in items.columns:
        if name in skip:
            continue
        block, how = _column(items[name])
        if block is None:
            notes.append(f"items.{name} is left out: {how}.")
            continue
        parts.append(block.astype(np.float32))
        names += [f"{name}:{n}" if block.shape[1] > 1 else str(name) for n in range(block.shape[1])]
        notes.append(f"items.{name} is read as {how}.")
    content = np.concatenate(parts, axis=1) if parts else np.empty((len(items), 0), np.float32)
    return content, tuple(names), notes


def _column(column) -> tuple[np.ndarray | None, str]:
    """(float (N, c), how it was read), or (None, why not)."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column):
        column = column.astype(object).map(lambda value: None if isinstance(value, str) and not value.strip()
                                           else value)          # as CSV writes what is missing
    present = column[column.notna()]
    if not len(present):
        return None, "it is empty"
    if isinstance(present.iloc[0], list | tuple | set | frozenset | np.ndarray):
        return _members(column, column.map(_as_list), "lists")
    if pd.api.types.is_bool_dtype(present.infer_objects()):
        return _one_value(present) or (column.eq(True).to_numpy(float)[:, None], "yes or no")
    if (alone := _one_value(present)) is not None:
        return alone
    if pd.api.types.is_datetime64_any_dtype(column):
        return _number(to_seconds(str(column.name), column)[0], "dates")
    if pd.api.types.is_numeric_dtype(column):
        return _number(column.to_numpy(float, na_value=np.nan), "numbers")
    if not present.map(lambda value: isinstance(value, str)).all():
        return _mixed(column, present)
    return _text(column, present.str.strip())


def _one_value(present):
    try:
        return (None, f"it holds one value alone, {str(present.iloc[0]):.40}") if present.nunique() < 2 else None
    except TypeError:
        return None


def _mixed(column, present) -> tuple[np.ndarray | None, str]:
    """A column of Python's objects that is not text alone: dates, numbers, or nothing that could be read."""
    kinds = sorted(set(present.map(lambda value: type(value).__name__)))
    if present.map(lambda value: isinstance(value, int | float | Decimal | np.number)).all():
        return _number(to_numbers(column)[0], "numbers")
    if set(kinds) <= {"date", "datetime", "Timestamp", "datetime64"}:
        return _number(to_seconds(str(column.name), column)[0], "dates")
    return None, f"it holds {', '.join(kinds)}; expected numbers, text, dates or lists"


def _text(column, present) -> tuple[np.ndarray | None, str]:
    """Text: numbers or dates spelt out, lists with bars between, categories, or words."""
    number, how = to_numbers(column)
    if (~np.isnan(number)).sum() == len(present):
        block, says = _number(number, "numbers")
        return block, f"{says}, {how}" if how else says
    if present.str.fullmatch(_DATE).mean() > 0.99:
        return _number(to_seconds(str(column.name), present)[0], "dates", present.index, column.index)
    if present.str.contains("|", regex=False).mean() > 0.1:
        return _members(column, present.str.split("|").reindex(column.index).map(_as_list), "lists with | between")
    words = present.str.count(_WORD)
    if words.mean() >= 2 and present.nunique() > FEW:
        lists = column.map(lambda text: _WORD.findall(text.lower()) if isinstance(text, str) else [])
        return _hashed(lists), f"text, its words hashed into {N_HASHED} numbers"
    if present.nunique() == len(present) > FEW:
        return None, "it differs for every item, so it says nothing of what is alike"
    return _members(column, present.map(lambda text: [text]).reindex(column.index).map(_as_list), "categories")


def _as_list(value) -> list[str]:
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [str(one).strip() for one in value if one is not None and one == one and str(one).strip()]
    return []


def _members(column, lists, what: str) -> tuple[np.ndarray | None, str]:
    """One number for each member where they are few, hashed where they are many."""
    known = sorted({member for members in lists for member in members})
    if len(known) < 2:
        return None, f"it holds {'one member' if known else 'no member'} alone"
    if len(known) > FEW:
        return _hashed(lists), f"{what} with {len(known):,} values, hashed into {N_HASHED} numbers"
    place = {member: n for n, member in enumerate(known)}
    out = np.zeros((len(lists), len(known)))
    for row, members in enumerate(lists):
        out[row, [place[member] for member in members]] = 1
    return out, f"{what} with {len(known)} values"


def _hashed(lists) -> np.ndarray:
    """float (N, N_HASHED): words counted in columns that their checksums name, with a sign, rows of length 1."""
    out = np.zeros((len(lists), N_HASHED))
    for row, words in enumerate(lists):
        for word in words:
            code = zlib.crc32(word.encode("utf-8", "replace"))
            out[row, code % N_HASHED] += 1 if code & (1 << 20) else -1
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return out / np.where(length > 0, length, 1)


def _number(value: np.ndarray, what: str, index=None, whole=None) -> tuple[np.ndarray | None, str]:
    """Standardised numbers, missing ones 0 with a flag; the logarithm where the largest dwarf the middle."""
    if index is not None:
        spread = np.full(len(whole), np.nan)
        spread[whole.get_indexer(index)] = value
        value = spread
    missing = ~np.isfinite(value)
    if missing.all() or np.ptp(value[~missing]) == 0:
        return None, "it holds one value alone" if not missing.all() else "it holds no finite number"
    middle = np.median(value[~missing])
    how = what
    if what == "numbers" and value[~missing].min() >= 0 and value[~missing].max() > 100 * max(middle, 1e-9):
        value, how = np.log1p(value), "numbers, by their logarithm"
    value = np.where(missing, 0, (value - value[~missing].mean()) / value[~missing].std())
    if not missing.any():
        return value[:, None], how
    return np.column_stack([value, missing]), f"{how}, {int(missing.sum())} of {len(value)} missing and flagged"
