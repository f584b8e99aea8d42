"""Facts of users or items as numbers: what a table's columns become, the same for rows that come later.

A number stays as it is, a date becomes days, a column of few values one column for each. A column of many values, text
and lists are hashed word by word into a fixed number of columns. What tells no two rows alike is left out by name.
"""

from __future__ import annotations

import re
import warnings
import zlib

import numpy as np
import pandas as pd
import torch

from course_lib.contracts import DAY_S, ArgumentError, DataError, ShapeError, check_finite

FEW, FEW_NUMBERS = 64, 32     # values up to which a column, or a column of whole numbers, gets a column for each
BUCKETS = 64                  # columns that the words of one hashed column share
_WORD = re.compile(r"[^\W_]+")


class FeatureColumns:
    """How each column of a table is turned into numbers, learnt from one table and applied to others.

    plan: name → {"as": "number" | "days" | "values" | "words", "values": […]}. left_out: name → why.
    Raises as `feature_matrix`.
    """

    def __init__(self, plan: dict | None = None, left_out: dict | None = None):
        self.plan, self.left_out = plan or {}, left_out or {}

    @classmethod
    def of(cls, table: pd.DataFrame, what: str) -> FeatureColumns:
        """Learn from a table; its column `raw_id` is a name, not a fact, and is passed over."""
        if not table.columns.is_unique:
            raise DataError(f"{what} has column {table.columns[table.columns.duplicated()][0]!r} twice; expected each "
                            f"once. Rename one.")
        plan, left_out = {}, {}
        for name in table.columns:
            if name != "raw_id":
                how = _how(_whole(table[name], what))
                if "why" in how:
                    left_out[str(name)] = how["why"]
                else:
                    plan[name] = how
        return cls(plan, left_out)

    def matrix(self, table: pd.DataFrame, what: str) -> torch.Tensor | None:
        """float32 (n, f); None where no column is used. Raises DataError where a column is missing."""
        missing = [name for name in self.plan if name not in table]
        if missing:
            raise DataError(f"{what} has no column {missing[0]!r} (columns: {list(table)}); expected those at fit: "
                            f"{list(self.plan)}.")
        parts = [_encoded(_whole(table[name], what), how, f"{what}.{name}") for name, how in self.plan.items()]
        return torch.as_tensor(np.concatenate(parts, 1)) if parts else None


def feature_matrix(table, what: str, columns: FeatureColumns | None = None) -> torch.Tensor | None:
    """float32 (n, f) from a table or an array, None from None. columns: learnt before; default: learnt from `table`.

    Raises ArgumentError naming the first NaN, and its column; DataError for a column name that comes twice or one that
    is missing; ShapeError for an array that is not (n, f).
    """
    if table is None:
        return None
    if isinstance(table, pd.DataFrame):
        return (columns or FeatureColumns.of(table, what)).matrix(table, what)
    array = np.array(table, np.float32)
    if array.ndim != 2:
        raise ShapeError(f"{what} has shape {array.shape}; expected (n, f), a row of features each.")
    check_finite(**{what: array})
    return torch.as_tensor(array)


def learnt_columns(table, what: str) -> FeatureColumns | None:
    """How the columns of a table become numbers, with a warning that names those that cannot; None for an array."""
    if not isinstance(table, pd.DataFrame):
        return None
    columns = FeatureColumns.of(table, what)
    if columns.left_out:
        words = "; ".join(f"{name} ({why})" for name, why in columns.left_out.items())
        warnings.warn(f"columns of {what} are left out: {words}.", stacklevel=3)
    return columns


def _whole(column: pd.Series, what: str) -> pd.Series:
    """The column, without categories' wrapping; an error where a value is missing."""
    if column.isna().any():
        raise ArgumentError(f"{what}.{column.name} is missing (NaN) in {column.isna().sum()} of {len(column)} rows, "
                            f"first at {column.index[column.isna()].tolist()[0]!r}. Fill or drop it before this call.")
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(column.cat.categories.dtype)
    return column


def _how(column: pd.Series) -> dict:
    kind = pd.api.types
    if kind.is_datetime64_any_dtype(column) or kind.is_timedelta64_dtype(column):
        return {"as": "days"}
    number = kind.is_numeric_dtype(column) and not kind.is_bool_dtype(column)
    if number and (not kind.is_integer_dtype(column) or column.nunique() > FEW_NUMBERS):
        return {"as": "number"}
    if not column.map(_holds_several).any() and column.nunique() <= FEW:
        return {"as": "values", "values": [str(value) for value in sorted(column.unique(), key=_order)]}
    words = column.map(_words)
    rows = words.map(set).explode().value_counts()
    shared = words.map(lambda mine: any(rows[word] > 1 for word in mine))
    if shared.mean() < 0.5:
        return {"why": f"its words are new in {1 - shared.mean():.0%} of the rows: they say who it is, not what"}
    return {"as": "words"}


def _encoded(column: pd.Series, how: dict, where: str) -> np.ndarray:
    if how["as"] == "number":
        value = column.to_numpy(np.float32)[:, None]
        check_finite(**{where: value})
        return value
    if how["as"] == "days":
        moment = pd.to_datetime(column, utc=True) if column.dtype.kind != "m" else column
        zero = pd.Timestamp(0, tz="UTC") if column.dtype.kind != "m" else pd.Timedelta(0)
        return ((moment - zero).dt.total_seconds() / DAY_S).to_numpy(np.float32)[:, None]
    if how["as"] == "values":
        return (column.map(str).to_numpy()[:, None] == np.array(how["values"], object)).astype(np.float32)
    found = np.zeros((len(column), BUCKETS), np.float32)
    for row, words in enumerate(column.map(_words)):
        for word in words:
            code = zlib.crc32(word.encode())
            found[row, code % BUCKETS] += 1 - 2 * (code // BUCKETS % 2)
    return np.clip(found, -1, 1)


def _holds_several(value) -> bool:
    return isinstance(value, list | tuple | set | frozenset | np.ndarray)


def _words(value) -> list[str]:
    """A list's members, each one word; else the words of the text."""
    if _holds_several(value):
        return sorted({str(member).lower() for member in value})
    return sorted(set(_WORD.findall(str(value).lower())))


def _order(value):
    """Numbers by value, everything else by its text."""
    return (0, value, "") if isinstance(value, int | float | np.number) else (1, 0, str(value))
