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


def check_whole(name: str, value, least: int, most: int | None = None) -> None:
    """Raise ArgumentError, naming the argument, unless value is a whole number from `least` to `most`."""
    if not _fits(value, "int") or value < least or (most is not None and value > most):
        upto = "or more" if most is None else f"to {most}"
        raise ArgumentError(f"{name} is {value!r}; expected a whole number, {least} {upto}.")


def check_number(name: str, value, low: float, high: float) -> None:
    """Raise ArgumentError, naming the argument, unless value is a number from `low` to `high`."""
    if not _fits(value, "float") or not low <= value <= high:
        raise ArgumentError(f"{name} is {value!r}; expected a finite number, {low:g} to {high:g}.")


class Block:
    """What all blocks share: their values are held against their kinds when they are made."""

    def __post_init__(self):
        check_block(self)
