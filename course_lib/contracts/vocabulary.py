"""Ids of any type ↔ dense ids 0 … n − 1: the one place where names from outside become rows, and rows names again."""

from __future__ import annotations

import numpy as np

from course_lib.contracts.arguments import as_ids
from course_lib.contracts.errors import ArgumentError, DataError, UnknownIdError
from course_lib.contracts.keys import check_same_keys


class Vocabulary:
    """The ids of one kind of thing, in the order of their dense ids.

    ids: raw ids, (n,), each once: text, whole numbers, UUIDs, whatever can be compared. kind: "user" or "item", for
    messages. Raises DataError where an id stands twice.
    """

    def __init__(self, ids, kind: str = "id"):
        self.ids, self.kind, self._index = _flat(ids), kind, None
        if not self._table().is_unique:
            again = self._index[self._index.duplicated()][0]
            raise DataError(f"{kind} {again!r} stands twice in the vocabulary; expected each id once.")

    @classmethod
    def of(cls, *columns, kind: str = "id") -> Vocabulary:
        """Everything that occurs in the columns, sorted: numbers by value, text by its characters. The order of rows,
        of categories or of columns makes no difference. Missing ids are left out.

        Raises DataError where ids are of two types (1 and "1" are different ids), ArgumentError for fractions, masks
        and moments.
        """
        import pandas as pd

        columns = [clean_ids(f"{kind} ids", column) for column in columns]
        check_same_keys(**{f"{kind} ids of table {n}": column for n, column in enumerate(columns, 1)})
        alone = [pd.unique(pd.Series(column).dropna()) for column in columns]
        parts = [_flat(part) for part in alone if len(part)]
        together = pd.Series(pd.unique(pd.Series(np.concatenate(parts) if parts else []))).infer_objects().to_numpy()
        try:
            return cls(np.sort(together), kind)
        except TypeError as error:
            raise DataError(f"{kind} ids cannot be sorted ({error}); expected ids of one type. Convert the column "
                            f"first, such as .astype(str).") from error

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self):,} {self.kind}s, {', '.join(map(repr, self.ids[:3].tolist()))} …)"

    def __contains__(self, raw) -> bool:
        return bool(self.encode([raw], unknown=-1)[0] >= 0)

    def encode(self, raw, unknown: int | None = None) -> np.ndarray:
        """int32, of raw's shape: the dense id of each raw id. unknown: what one that is not known becomes, such as −1.

        Raises UnknownIdError naming the first that is not known, where `unknown` is None.
        """
        shape, flat = np.shape(raw), _flat(raw)
        found = self._table().get_indexer(_comparable(flat, self.ids)).astype(np.int32)
        bad = found < 0
        if unknown is None and bad.any():
            first = int(np.flatnonzero(bad)[0])
            like = f" (such as {self.ids.tolist()[0]!r})" if len(self) else ""
            raise UnknownIdError(f"{int(bad.sum())} of {len(flat)} {self.kind} ids are not known, first "
                                 f"{flat.tolist()[first]!r} at place {first}; expected some of the {len(self):,} known "
                                 f"ones{like}. Pass unknown=-1 to have them marked.")
        return np.where(bad, -1 if unknown is None else unknown, found).astype(np.int32).reshape(shape)

    def decode(self, dense) -> np.ndarray:
        """The raw id of each dense id, of dense's shape; −1 (an empty slot) becomes None. Raises as `as_ids`."""
        dense = as_ids(f"{self.kind} ids", dense, len(self), padding=True)
        if not (dense < 0).any():
            return self.ids[dense]
        named = np.full(dense.shape, None, object)
        named[dense >= 0] = self.ids[dense[dense >= 0]].tolist()
        return named

    def _table(self):
        import pandas as pd

        if self._index is None:
            dense = self.ids.dtype.kind in "iu" and np.array_equal(self.ids, np.arange(len(self.ids)))
            self._index = pd.RangeIndex(len(self.ids)) if dense else pd.Index(self.ids)  # 0 … n − 1: nothing to look up
        return self._index


def clean_ids(name: str, column):
    """A column of ids as it is compared: categories by what they stand for, whole numbers as int64, missing ones None.

    Blank text counts as missing. Raises DataError for ids of two types, ArgumentError for fractions, masks, moments.
    """
    import pandas as pd

    series = column if isinstance(column, pd.Series) else pd.Series(_flat(column))
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    if pd.api.types.is_datetime64_any_dtype(series) or pd.api.types.is_timedelta64_dtype(series):
        raise ArgumentError(f"{name} holds moments ({series.dtype}); expected ids. Is it the column of times?")
    if series.isna().all():
        return pd.Series(np.full(len(series), None, object), series.index)
    check_same_keys(**{name: series})
    if pd.api.types.is_bool_dtype(series):
        raise ArgumentError(f"{name} holds True and False; expected ids. Is it a label?")
    if pd.api.types.is_float_dtype(series):
        return _whole(name, series)
    if pd.api.types.is_integer_dtype(series):
        fits = not series.isna().any() and series.max() < 2**63
        return series.astype("int64") if fits else series.astype(object).where(series.notna(), None)
    return _objects(name, series)


def _objects(name: str, series):
    present = series[series.notna()]
    first = present.iloc[0]
    if isinstance(first, float | np.floating):
        return _whole(name, series.astype(float))
    if isinstance(first, int | np.integer) and len(present) == len(series):
        return series.astype("int64") if present.map(abs).max() < 2**63 else series.astype(object)
    if isinstance(first, bytes | list | dict | set):
        raise ArgumentError(f"{name} holds {type(first).__name__} such as {first!r:.60}; expected numbers or text. "
                            f"Convert the column first, such as .str.decode('utf-8') or .map(str).")
    series = series.astype(object).where(series.notna(), None)
    return series.where(series.astype(str).str.strip() != "", None) if isinstance(first, str) else series


def _whole(name: str, series):
    """Numbers with gaps, held as floats or nullable, as whole numbers and None."""
    number = series.astype(float).to_numpy(float, na_value=np.nan)
    bad = np.isinf(number) | (np.abs(number) > 2**53) | (np.nan_to_num(number, posinf=0, neginf=0) % 1 != 0)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise ArgumentError(f"{name} holds {number[first]:g} in row {series.index[first]}; expected ids: whole numbers "
                            f"below 2**53, or text. Is it the right column?")
    if not np.isnan(number).any():
        return series.astype(float).astype("int64")
    return series.astype("Float64").astype("Int64").astype(object).where(series.notna(), None)


def _flat(ids) -> np.ndarray:
    """ids as an array of one axis: a list's members stay what they are (numpy would write [1, "a"] as text)."""
    array = ids.to_numpy() if hasattr(ids, "to_numpy") else ids
    array = array if isinstance(array, np.ndarray) else np.array(array, object)
    array = array.ravel() if array.ndim else array[None]
    return array.astype(object) if array.dtype.kind in "US" else array


def _comparable(raw: np.ndarray, known: np.ndarray) -> np.ndarray:
    """raw ids so that 7.0 and 7 meet where numbers are known, and 7 and "7" never do."""
    numbers = known.dtype.kind in "iu"
    if numbers == (raw.dtype.kind in "iuf"):
        return raw
    return raw.astype(object)
