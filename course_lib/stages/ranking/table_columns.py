"""Columns of a table as numbers that trees can split: what a ranker may know of people beside what they took.

Letters: U rows of the table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

MOST_VALUES = 32  # categories told apart; rarer ones share a code


def columns_as_numbers(table: pd.DataFrame) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """({name: float32 (U,)}, {name of a column left out: why}).

    Numbers and true/false stay as they are. Categories become codes, 0 for the commonest, by falling number of rows;
    those beyond MOST_VALUES share the last code. What is missing or infinite is NaN. Left out are columns of one
    value, names of single rows (text or whole numbers that all differ), and dates, lists and whatever else is neither
    a number nor text.
    """
    found, left_out = {}, {}
    for place, name in enumerate(table.columns):
        column, label = table.iloc[:, place], str(name)
        why = _unfit(column) or ("second column of this name" if label in found else "")
        if why:
            left_out[label] = why
        else:
            found[label] = _number(column) if _is_number(column) else _code(column)
    return found, left_out


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column)


def _number(column: pd.Series) -> np.ndarray:
    value = column.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(value), value, np.nan).astype(np.float32)


def _code(column: pd.Series) -> np.ndarray:
    """Codes by falling count, ties by the value's text, so that the order of rows decides nothing."""
    text = column.astype(object).where(column.notna(), None).map(str, na_action="ignore")
    count = text.value_counts()
    order = np.lexsort((count.index.to_numpy(str), -count.to_numpy()))
    code = {count.index[at]: float(min(place, MOST_VALUES - 1)) for place, at in enumerate(order)}
    return text.map(code).to_numpy(np.float32)


def _unfit(column: pd.Series) -> str:
    """Why a column is no feature; "" where it is one."""
    known = column.dropna()
    if not _is_number(column):
        if not all(isinstance(value, str | bool | int | np.bool_ | np.integer) for value in known):
            return "neither a number nor a category"
        whole = True
    else:
        whole = not pd.api.types.is_float_dtype(column)
    n_values = known.nunique()
    if n_values < 2:
        return "one value only"
    return "another value in every row, as a name has" if whole and n_values == len(column) else ""
