"""Taking an answer in: what a learner's function returned, rebuilt from plain parts before anything is compared.

An answer can be an object of any class, whose `__eq__`, `__repr__`, `__len__` or `__array__` loops, raises or lies; it
can hold itself, or 400 million values that take no room (`np.broadcast_to`, `range`). `taken` walks it once, by the
methods of Python's and numpy's own classes, and gives back numbers, text, arrays, tensors, tables, lists, tuples,
dicts and sets that nobody else holds. What cannot be rebuilt becomes a Sealed thing with the name of its class.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
import decimal
import fractions
import sys

import numpy as np

DEPTH = 40
DIGITS = 1024                                     # bits of a whole number that is still compared as a number
SEQUENCES = (list, tuple, set, frozenset, collections.deque, type({}.keys()), type({}.values()), type({}.items()))
VIEWS = (collections.deque, type({}.keys()), type({}.values()), type({}.items()))


class Sealed:
    """Stands for a thing that is not compared: its class's name, how many values it has, what is wrong with it."""

    def __init__(self, name: str, says: str = "", count: int | None = None):
        self.name, self.says, self.count = name, says, count

    def __repr__(self):
        return f"({self.name})" if self.count is None else f"({self.name} of {self.count:,} values)"


class _Refused(Exception):
    """Ends the walk: the whole answer becomes this Sealed thing."""

    def __init__(self, sealed):
        super().__init__(sealed.says)
        self.sealed = sealed


class _Room:
    """How many values may still be taken."""

    def __init__(self, values: int | None):
        self.values = values

    def take(self, count: int, of: str, each: int = 1):
        """each: how many values of an array one of these is worth, in time."""
        if self.values is None:
            return
        if each * count > self.values:
            raise _Refused(Sealed(of, count=count))
        self.values -= each * count


def count_of(value) -> int:
    """How many values an answer has that `taken` has rebuilt: the elements of arrays, tables and nests, else 1."""
    if isinstance(value, Sealed):
        return 1 if value.count is None else value.count
    if isinstance(value, dict):
        return sum(count_of(part) for part in value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return sum(count_of(part) for part in value)
    if isinstance(value, str):
        return len(value)
    size = value.numel() if hasattr(value, "numel") else getattr(value, "size", 1)
    return int(size) if isinstance(size, (int, np.integer)) else 1


def taken(value, room: int | None = None):
    """value rebuilt from plain parts, at most `room` values of it; a Sealed thing where it has more or holds itself.

    A series, an index, a sparse matrix and a range become arrays; a named tuple a tuple, a data class a dict, np.str_
    text, Decimal and Fraction a float. Functions and generators are left alone. Call it inside the guard.
    """
    try:
        return _taken(value, _Room(room), ())
    except _Refused as refused:
        return refused.sealed


def _is(value, *kinds) -> bool:
    """isinstance that no `__class__` of a learner can mislead."""
    return issubclass(type(value), kinds)


def _taken(value, room, above):
    if value is None or _is(value, bool, int, float, complex, str, bytes, np.generic):
        return _scalar(value, room)
    name = type(value).__name__
    if id(value) in above:
        raise _Refused(Sealed(name, f"your answer is a {name} that contains itself."))
    if len(above) > DEPTH:
        raise _Refused(Sealed(name, f"your answer is nested more than {DEPTH} deep."))
    inside = (*above, id(value))
    if _is(value, np.ndarray):
        return _array(value, room, inside)
    if _is(value, dict):
        room.take(dict.__len__(value), "dict", each=10)
        pairs = list(dict.items(value))
        return {_key(key): _taken(part, room, inside) for key, part in pairs}
    if _is(value, *SEQUENCES):
        return _sequence(value, room, inside)
    if _is(value, range):
        room.take(max(0, -((value.start - value.stop) // value.step)), "range")
        return np.arange(value.start, value.stop, value.step)
    if dataclasses.is_dataclass(type(value)):
        held = object.__getattribute__(value, "__dict__")
        return {field.name: _taken(held.get(field.name), room, inside) for field in dataclasses.fields(type(value))}
    if not _known(value):
        return Sealed(type(value).__name__)
    return _of_a_library(value, room, inside)


def _scalar(value, room):
    if _is(value, str):
        if room.values is not None and str.__len__(value) > 64 * room.values:
            raise _Refused(Sealed("text", count=str.__len__(value)))
        return str.__str__(value)
    if _is(value, bool) or value is None:
        return value
    if _is(value, int):
        plain = int.__int__(value)
        return plain if plain.bit_length() <= DIGITS else Sealed("number of too many digits")
    for kind in (float, complex):
        if _is(value, kind) and not _is(value, np.generic):
            return kind.__pos__(value) if type(value) is kind else kind.__add__(value, kind(0))
    return value


def _key(key):
    plain = (bool, int, float, str, bytes, type(None), np.generic, tuple)
    if type(key) is tuple:
        return tuple(_key(part) for part in key)
    if not _is(key, *plain) or _is(key, tuple):
        return Sealed(type(key).__name__)
    return _scalar(key, _Room(None))


def _array(value, room, inside):
    room.take(int(np.ndarray.size.__get__(value)), "array")
    held = np.array(value, copy=True, subok=False)
    if held.dtype.kind == "O":
        parts = [_taken(part, room, inside) for part in held.ravel()]
        for place, part in enumerate(parts):
            held.flat[place] = part if not isinstance(part, (list, tuple, np.ndarray)) else Sealed("nest")
        if parts and all(isinstance(part, (bool, int, float, np.number)) for part in parts):
            return held.astype(object)
    return held


def _sequence(value, room, inside):
    base = next(kind for kind in SEQUENCES if _is(value, kind))
    room.take(base.__len__(value), base.__name__)
    parts = [_taken(part, room, inside) for part in base.__iter__(value)]
    if base in (set, frozenset):
        return {_key(part) for part in parts}
    return parts if base in VIEWS else base(parts)


def _known(value) -> bool:
    """Is its class one that a library defines? A class of a notebook or a test may do anything."""
    kind = type(value)
    root = str(kind.__module__).partition(".")[0]
    own = root in ("__main__", "builtins") or root not in sys.modules
    return kind.__module__ == "builtins" or (not own and root in TRUSTED and _find(kind) is kind)


TRUSTED = {"numpy", "pandas", "torch", "scipy", "course_lib", "collections", "datetime", "decimal", "fractions",
           "array", "types", "itertools", "pyarrow", "polars", "lightgbm", "sklearn", "faiss"}


def _find(kind):
    found = sys.modules.get(kind.__module__)
    for name in kind.__qualname__.split("."):
        found = getattr(found, name, None)
    return found


def _of_a_library(value, room, inside):
    if _is(value, decimal.Decimal, fractions.Fraction):
        return float(value)
    root = type(value).__module__.partition(".")[0]
    if root == "torch" and hasattr(value, "numel") and hasattr(value, "detach"):
        room.take(int(value.numel()), "tensor")
        if value.device.type == "meta":
            return Sealed("tensor without values")
        value = value.to_dense() if value.layout != sys.modules["torch"].strided else value
        return value.detach().clone().requires_grad_(value.requires_grad)
    if root == "pandas":
        return _of_pandas(value, room, inside)
    if root == "scipy" and hasattr(value, "toarray"):
        room.take(int(np.prod([int(n) for n in value.shape], dtype=object)), "sparse matrix")
        return value.toarray()
    if root in ("array", "builtins") and _is(value, bytearray, memoryview) or root == "array":
        return _array(np.asarray(value), room, inside)
    return value


def _of_pandas(value, room, inside):
    if hasattr(value, "columns"):
        room.take(int(value.size), "table")
        held = value.copy(deep=True)
        for place in range(held.shape[1]):
            part = held.iloc[:, place].to_numpy()
            if part.dtype.kind == "O" and not all(_is(x, str, float, int, bool, type(None)) for x in part):
                return Sealed("table of objects")
        return held
    if hasattr(value, "to_numpy"):
        return _array(_numbers(value), room, inside)
    return copy.copy(value)


def _numbers(series):
    """A series' values; missing ones of a nullable column become NaN."""
    values = series.to_numpy()
    nullable = values.dtype.kind == "O" and getattr(series.dtype, "kind", "O") in "iuf"
    return series.to_numpy(dtype=float, na_value=np.nan) if nullable else values
