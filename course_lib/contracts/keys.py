"""Ids that must not repeat in a list, and key columns that must be of one kind to meet."""

from __future__ import annotations

import numpy as np

from course_lib.contracts.errors import ArgumentError, DataError


def repeated(item: np.ndarray) -> np.ndarray:
    """bool (B, C): places whose item, int (B, C), stands further left in its row already; padding (-1) never is."""
    order = np.argsort(item, axis=1, kind="stable")
    ordered = np.take_along_axis(item, order, axis=1)
    again, out = np.zeros(item.shape, bool), np.empty(item.shape, bool)
    again[:, 1:] = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    np.put_along_axis(out, order, again, axis=1)
    return out


def check_unique_rows(**arrays) -> None:
    """Raise ArgumentError naming the first row of int (B, C) that holds an item twice, and the item; -1 may repeat."""
    for name, item in arrays.items():
        ordered = np.sort(np.asarray(item), axis=1)
        bad = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            place = int(np.flatnonzero(repeated(np.asarray(item)[row:row + 1])[0])[0])
            raise ArgumentError(f"{name} holds item {np.asarray(item)[row, place]} twice in row {row} (again in column "
                                f"{place}; {int(bad.sum())} of {len(bad)} rows repeat an item). A list shows an item "
                                f"once: drop repeats before this call.")


def check_same_keys(**columns) -> None:
    """Raise DataError where columns that are to be matched hold keys of different kinds: 1 and "1" never meet.

    columns: name=column, any number; an empty or all-missing one fits all. Whole numbers and floats are one kind.
    """
    first = None                                                    # (name, its kind of key)
    for name, column in columns.items():
        kinds = _key_kinds(column)
        if len(kinds) > 1:
            raise DataError(f"{name} mixes {' and '.join(sorted(kinds))}; expected keys of one type, since 1 and '1' "
                            f"are different keys. Convert the column first.")
        if kinds and first and kinds != {first[1]}:
            raise DataError(f"{name} holds {kinds.pop()} ({_dtype(column)}), but {first[0]} holds {first[1]} "
                            f"({_dtype(columns[first[0]])}): no key would match. Convert one, such as .astype(int).")
        first = (name, kinds.pop()) if kinds and not first else first


def _key_kinds(column) -> set[str]:
    """"numbers", "text", "moments" or a type's name: the kinds of keys that a column holds, missing ones left out."""
    array = np.asarray(column)
    if not array.size:
        return set()
    if array.dtype.kind != "O":
        return {{"U": "text", "S": "bytes", "M": "moments", "m": "spans of time"}.get(array.dtype.kind, "numbers")}
    types = set(map(type, array.ravel().tolist()))
    if float in types and all(value != value for value in array.ravel() if type(value) is float):
        types.discard(float)                                        # NaN marks what is missing
    return {_KINDS.get(kind.__name__, kind.__name__) for kind in types} - {""}


_KINDS = {"NoneType": "", "NAType": "", "NaTType": "", "str": "text", "str_": "text", "Timestamp": "moments",
          "datetime": "moments", "date": "moments",
          **dict.fromkeys(("int", "float", "bool", "int64", "int32", "float64"), "numbers")}


def _dtype(column) -> str:
    return str(getattr(column, "dtype", np.asarray(column).dtype))
