"""The values that corruptions change: where they stand in a function's arguments, and what is done to them."""

from __future__ import annotations

import numpy as np

from course_lib.teach.checking.equality import kind

EPS = 1e-8
CLOSE = "close values become equal"


def _where(values, wrong, put):
    return np.where(wrong, put, values).astype(values.dtype) if wrong.any() else values


def _zeros_to_the_least(values):
    others = values[(values != 0) & np.isfinite(values)]
    return _where(values, values == 0, others.min() if others.size else 1)


def _snapped(values):
    """Values that isclose takes for equal become the least of them."""
    held = np.array(values, float).ravel()
    order = np.argsort(held)
    for before, after in zip(order, order[1:], strict=False):
        if np.isfinite(held[after]) and np.isclose(held[after], held[before]):
            held[after] = held[before]
    return held.reshape(values.shape)


def _through(dtype):
    return lambda values: np.asarray(values).astype(dtype).astype(values.dtype)


# {name: (kinds of dtype, what becomes of an array)}; every entry of an argument is turned, one number too.
VALUES = {
    "zeros become the smallest other": ("fi", _zeros_to_the_least),
    "zeros become missing": ("f", lambda v: _where(v, v == 0, np.nan)),
    "rounded to 6 decimals": ("f", lambda v: np.round(v, 6)),
    "rounded to 8 decimals": ("f", lambda v: np.round(v, 8)),
    "rounded to whole numbers": ("f", np.round),
    "tiny becomes 0": ("f", lambda v: _where(v, np.abs(v) < EPS, 0)),
    "at least 1e-8": ("f", lambda v: _where(v, np.abs(v) < EPS, EPS)),
    CLOSE: ("f", _snapped),
    "float32": ("f", _through(np.float32)),
    "float16": ("f", _through(np.float16)),
    "8 bits": ("i", _through(np.int8)),
    "modulo 1000": ("i", lambda v: v % 1000),
    "negatives become 0": ("fi", lambda v: _where(v, v < 0, 0)),
    "without their sign": ("fi", np.abs),
    "at most 1": ("f", lambda v: _where(v, v > 1, 1)),
    "missing becomes 0": ("f", lambda v: _where(v, np.isnan(v), 0)),
    "infinite becomes large": ("f", lambda v: _where(v, np.isinf(v), np.sign(v) * 1e9)),
}
# One number as an argument: a count, a width, a threshold. Beside these it is replaced by its most frequent value.
NOT_LONE = ("zeros become the smallest other", "zeros become missing", CLOSE, "float32", "float16")
LONE = {
    "at least 1": lambda v: max(v, type(v)(1)),
    "at most 1": lambda v: min(v, type(v)(1)),
    "nothing becomes 1": lambda v: v or type(v)(1),
}


def _kept(rows):
    return lambda values: np.flatnonzero(rows(values))


def _first_of_equal(values):
    return np.sort(np.unique(values, return_index=True)[1])


def _last_of_equal(values):
    return np.sort(len(values) - 1 - np.unique(values[::-1], return_index=True)[1])


# {name: which places remain, and in what order, as told by one of the arrays that share their length}
ENTRIES = {
    "zeros dropped": _kept(lambda v: v != 0),
    "negatives dropped": _kept(lambda v: ~(v < 0)),
    "missing dropped": _kept(lambda v: ~np.isnan(v.astype(float))),
    "first of equal ones only": _first_of_equal,
    "last of equal ones only": _last_of_equal,
    "sorted": lambda v: np.argsort(v, kind="stable"),
}
# The same for the length alone.
PLACES = {
    "first dropped": lambda n: np.arange(1, n),
    "last dropped": lambda n: np.arange(n - 1),
    "turned round": lambda n: np.arange(n)[::-1],
    "first 10 only": lambda n: np.arange(min(n, 10)),
    "first 50 only": lambda n: np.arange(min(n, 50)),
    "first 100 only": lambda n: np.arange(min(n, 100)),
}


def numbers_of(value) -> np.ndarray | None:
    """A value as an array of numbers, None for any other thing; bool is no number here."""
    if kind(value) in ("array", "tensor", "number"):
        held = np.asarray(value.detach() if kind(value) == "tensor" else value)
        return held if held.dtype.kind in "iuf" else None
    return None


def turned(value, op, kinds: str):
    """value with op put to every array and number in it whose dtype is of these kinds ("u" counts as "i")."""
    held = numbers_of(value)
    if held is not None:
        if held.dtype.kind.replace("u", "i") not in kinds or not held.size:
            return value
        return like(np.asarray(op(held)), value)
    if kind(value) == "table":
        return value.assign(**{name: turned(value[name].to_numpy(), op, kinds) for name in value.columns})
    if kind(value) in ("list", "tuple"):
        return type(value)(turned(part, op, kinds) for part in value)
    if kind(value) == "dict":
        return {key: turned(part, op, kinds) for key, part in value.items()}
    return value


def like(held: np.ndarray, value):
    """An array of numbers in the container of value."""
    if kind(value) == "tensor":
        import torch
        return torch.as_tensor(held.copy()).to(value.dtype).requires_grad_(value.requires_grad)
    if kind(value) == "number" and not isinstance(value, np.generic):
        return type(value)(held.item())
    return held[()]


def leaves(given: dict) -> dict[tuple, object]:
    """{path: value} of arguments; a table's columns stand one by one, under (argument, column)."""
    found = {}
    for name, value in given.items():
        if kind(value) == "table" and len(set(value.dtypes)) > 1:
            found |= {(name, column): value[column].to_numpy() for column in value.columns}
        else:
            found[name,] = value
    return found


def put(given: dict, path: tuple, value) -> dict:
    """The arguments with another value at this path; nothing given is changed."""
    name, *column = path
    return given | {name: given[name].assign(**{column[0]: value}) if column else value}


def length(value) -> int | None:
    """How many entries or rows it has; None for what has none."""
    if kind(value) in ("array", "tensor"):
        return len(value) if value.ndim else None
    return len(value) if kind(value) in ("list", "table") else None


def at(value, places):
    """The entries or rows at these places."""
    if kind(value) == "list":
        return [value[place] for place in places]
    if kind(value) == "table":
        return value.iloc[places]
    return value[places.copy()]
