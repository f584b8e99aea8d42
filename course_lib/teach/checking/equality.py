"""Comparing and describing what functions answer: arrays, tensors, tables, numbers, text and nests of them.

Tensors are recognised by their methods, tables by theirs, so that neither torch nor pandas is imported here.
"""

from __future__ import annotations

import collections.abc
import copy
import dataclasses
import inspect

import numpy as np

from course_lib.teach.checking.taking import Sealed

NUMBERS = (bool, int, float, complex, np.generic)


def kind(value) -> str:
    """What sort of thing it is, in a learner's words: "array", "tensor", "number", "table", "text", "list", …"""
    if value is None:
        return "None"
    if isinstance(value, Sealed):
        return f"{value.name} object"       # never the name of a kind: nothing may look into it
    if isinstance(value, str):              # np.str_ is a numpy scalar too, and text
        return "text"
    if isinstance(value, NUMBERS):
        return "number"
    if isinstance(value, np.ndarray):
        return "array"
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        return "tensor"
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return "table"
    if hasattr(value, "to_numpy") and hasattr(value, "iloc"):
        return "series"
    for types_, name in ((dict, "dict"), (tuple, "tuple"), (list, "list"), ((set, frozenset), "set")):
        if isinstance(value, types_):
            return name
    if isinstance(value, collections.abc.Iterator):
        return "generator"
    if inspect.isfunction(value) or inspect.isclass(value):
        return "function"
    return type(value).__name__


def plain(value):
    """Tensors, series and numbers become arrays, data classes dicts; all else stays."""
    name = kind(value)
    if name == "tensor":
        held = value.detach().cpu()
        return (held.float() if str(held.dtype) == "torch.bfloat16" else held).numpy()
    if name == "series":
        return value.to_numpy()
    if name in ("number", "array"):
        return np.asarray(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return value


def numeric(value) -> np.ndarray | None:
    """value as an array of numbers, or None where it is not one (text, tables, ragged lists)."""
    value = plain(value)
    if isinstance(value, (list, tuple)):
        try:
            value = np.asarray([plain(part) for part in value])
        except (ValueError, TypeError):
            return None
    return value if isinstance(value, np.ndarray) and value.dtype.kind in "biufc" else None


def same(got, want, rtol: float = 1e-5, atol: float = 1e-7) -> bool:
    """Do two answers agree, in shape and within tolerance? NaN equals NaN; a list equals an array of its numbers."""
    if isinstance(got, Sealed) or isinstance(want, Sealed):
        return isinstance(got, Sealed) and isinstance(want, Sealed) and vars(got) == vars(want)
    a, b = numeric(got), numeric(want)
    if a is not None and b is not None and not (isinstance(got, dict) or isinstance(want, dict)):
        return _same_numbers(a, b, rtol, atol)
    got, want = plain(got), plain(want)
    kinds = kind(got), kind(want)
    if kinds == ("table", "table"):
        return _same_tables(got, want, rtol, atol)
    if isinstance(got, dict) and isinstance(want, dict):
        return got.keys() == want.keys() and all(same(got[k], want[k], rtol, atol) for k in want)
    if isinstance(got, (list, tuple)) and isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(same(g, w, rtol, atol) for g, w in zip(got, want, strict=True))
    if isinstance(got, (np.ndarray, list, tuple)) and isinstance(want, (np.ndarray, list, tuple)):
        return _same_elements(got, want)
    if "text" in kinds and "array" in kinds:
        return str(got) == str(want) and np.ndim(got) == np.ndim(want) == 0
    if kinds[0] != kinds[1]:
        return False
    return _equal(got, want)


def _same_elements(got, want) -> bool:
    try:
        got, want = np.asarray(got), np.asarray(want)
        return got.shape == want.shape and bool(np.all((got == want) | ((got != got) & (want != want))))
    except (ValueError, TypeError):                   # ragged, or elements that cannot be compared
        return False


def _same_numbers(a, b, rtol, atol):
    if a.shape != b.shape:
        return False
    if a.dtype.kind in "biu" and b.dtype.kind in "biu":
        return bool(np.array_equal(a, b))
    with np.errstate(all="ignore"):
        return bool(np.allclose(a, b, rtol, atol, equal_nan=True))


def _same_tables(got, want, rtol, atol):
    if len(got) != len(want) or set(got.columns) != set(want.columns):
        return False
    return all(same(_column(got, name), _column(want, name), rtol, atol) for name in want.columns)


def _column(table, name):
    values = table[name].to_numpy()
    return values if values.dtype.kind in "biufc" else [None if v != v else v for v in values.tolist()]


def _equal(got, want) -> bool:
    try:
        answer = got == want
        return bool(np.all(answer)) if not isinstance(answer, bool) else answer
    except Exception:  # noqa: BLE001 - any object may stand here
        return got is want


def clone(value):
    """A deep copy; the thing itself where it cannot be copied (open files, indexes, tensors inside a graph)."""
    name = kind(value)
    if name == "tensor":
        return value.detach().clone().requires_grad_(value.requires_grad)
    if name in ("table", "series") and type(value).__module__.startswith("pandas"):
        return _clone_table(value)
    if type(value) in (tuple, list):
        return type(value)(clone(part) for part in value)
    if type(value) is dict:
        return {key: clone(part) for key, part in value.items()}
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001
        return value


def _clone_table(value):
    """pandas' own deep copy shares the labels and what stands in columns of objects."""
    held = value.copy(deep=True)
    held.index = value.index.copy(deep=True)
    if hasattr(value, "columns"):
        held.columns = value.columns.copy(deep=True)
        for place in range(value.shape[1]):
            column = value.iloc[:, place]
            if column.dtype == object:
                held.isetitem(place, _objects(column))
        return held
    return type(value)(_objects(value), index=held.index, name=value.name) if value.dtype == object else held


def _objects(column):
    copied = np.empty(len(column), dtype=object)
    for place, part in enumerate(column.to_numpy()):
        copied[place] = clone(part)
    return copied


def shape_of(value) -> str:
    """"array of shape (3, 4)", "table of 5 rows (user, item)", "number", "list of 3"."""
    name = kind(value)
    if name in ("array", "tensor", "series"):
        return f"{name} of shape {tuple(value.shape)}" if len(value.shape) else "single number"
    if name == "table":
        return f"table of {len(value)} rows ({', '.join(map(str, value.columns))})"
    if name == "dict":
        return f"dict with {', '.join(map(repr, list(value)[:8])) or 'no keys'}"
    if name in ("list", "tuple", "set"):
        return f"{name} of {len(value)}"
    return name


def short(value, width: int = 240, digits: int = 4) -> str:
    """value on a line or a few, cut to `width` characters; arrays with so many digits after the point."""
    name = kind(value)
    try:
        if name in ("array", "tensor", "series", "number"):
            with np.printoptions(precision=digits, threshold=24, edgeitems=3, suppress=True, linewidth=100):
                text = str(plain(value))
        elif name == "table":
            text = value.head(6).to_string()
        else:
            text = repr(value)
    except Exception as error:  # noqa: BLE001 - a learner's __repr__ may do anything
        text = f"({type(error).__name__} while printing a {name})"
    return text if len(text) <= width else text[: width - 1] + "…"


def first_difference(got, want, rtol: float = 1e-5, atol: float = 1e-7) -> str:
    """Where two answers of one shape first part, as a sentence; "" where that cannot be said."""
    a, b = numeric(got), numeric(want)
    if a is None or b is None or a.shape != b.shape or a.ndim == 0:
        return ""
    with np.errstate(all="ignore"):
        bad = ~np.isclose(a, b, rtol, atol, equal_nan=True)
    where = tuple(int(i) for i in np.argwhere(bad)[0]) if bad.any() else ()
    if not where:
        return ""
    place = where[0] if len(where) == 1 else where
    return f"{int(bad.sum())} of {a.size} values differ, first at {place}: {a[where]:.6g} where {b[where]:.6g} belongs."
