"""What every block of parameters shares: its values are held against their kinds and ranges when it is made."""

from __future__ import annotations

from dataclasses import fields
from math import isfinite
from numbers import Integral, Real

from ..contracts import ArgumentError

_KINDS = {"bool": "True or False", "int": "a whole number", "float": "a finite number"}


def _fits(value, kind):
    if kind == "bool":
        return isinstance(value, bool)
    number = isinstance(value, Integral if kind == "int" else Real) and not isinstance(value, bool)
    return number and isfinite(value)


def check_block(block, **ranges):
    """Raise ArgumentError naming the first value of a block that is of the wrong kind or outside its range."""
    for f in fields(block):
        value, (low, high) = getattr(block, f.name), ranges.get(f.name, (-1e300, 1e300))
        if not _fits(value, f.type) or not low <= value <= high:
            bounds = f", {low:g} to {high:g}" if f.name in ranges else ""
            raise ArgumentError(f"{type(block).__name__}.{f.name} is {value!r}; expected {_KINDS[f.type]}{bounds}.")


class Block:
    """What all blocks share: their values are held against their kinds when they are made."""

    def __post_init__(self):
        check_block(self)
