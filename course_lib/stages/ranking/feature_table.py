"""The table that a ranker learns from and is asked with: checked, and as numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, ShapeError


def check_table(features) -> None:
    """Raises ArgumentError where features is no table, DataError where its columns cannot be told apart by name."""
    if not isinstance(features, pd.DataFrame):
        raise ArgumentError(f"features is a {type(features).__name__}; expected a table (pandas.DataFrame), a "
                            f"column a feature.")
    if not len(features.columns):
        raise DataError("features have no columns; expected at least one.")
    if not features.columns.is_unique:
        raise DataError(f"features have column {features.columns[features.columns.duplicated()][0]!r} twice; expected "
                        f"each name once. Rename one.")
    odd = [name for name in features.columns if not isinstance(name, str | int | np.integer)]
    if odd:
        raise DataError(f"column {odd[0]!r} is named by a {type(odd[0]).__name__}; expected text or whole numbers. "
                        f"Rename it, such as features.columns.map(str).")


def numbers_of(features: pd.DataFrame, columns: list) -> np.ndarray:
    """float32 (n, F) in the order of columns; DataError where a column is not a number. What is missing is NaN."""
    if all(isinstance(dtype, np.dtype) and dtype.kind in "biuf" for dtype in features.dtypes):
        held = features if features.columns.tolist() == list(columns) else features[columns]
        return np.ascontiguousarray(held.to_numpy(np.float32))
    wrong = [c for c in columns if not _is_number(features[c].dtype)]
    if wrong:
        raise DataError(f"columns {wrong} are not numbers but {', '.join(str(features[c].dtype) for c in wrong)}. "
                        f"Encode them before fit (.astype(float), .cat.codes, pd.get_dummies).")
    return np.column_stack([features[c].to_numpy(np.float32) if isinstance(features[c].dtype, np.dtype) else
                            features[c].to_numpy(np.float32, na_value=np.nan) for c in columns])


def _is_number(dtype) -> bool:
    held = dtype.categories.dtype if isinstance(dtype, pd.CategoricalDtype) else dtype
    return pd.api.types.is_numeric_dtype(held) and not pd.api.types.is_complex_dtype(held)


def group_sizes(group, n: int) -> np.ndarray:
    """int (G,): the rows of each request, in order. group: (n,), the request of each row, those of one together.

    Raises ArgumentError where there is none, ShapeError, and DataError where one is missing or they are mixed.
    """
    if group is None:
        raise ArgumentError("lambdarank orders inside a request: pass group, the request of every row.")
    group = np.asarray(group)
    if group.shape != (n,):
        raise ShapeError(f"group has shape {group.shape} for {n} rows; expected the request of each.")
    if pd.isna(group).any():
        raise DataError(f"group is missing in {pd.isna(group).sum()} rows, first at row "
                        f"{int(np.flatnonzero(pd.isna(group))[0])}. Drop such rows.")
    starts = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    if len(pd.unique(group)) != len(starts):
        raise DataError("the rows of a group do not stand together. Sort features, label and group by group first.")
    return np.diff(np.append(starts, n))
