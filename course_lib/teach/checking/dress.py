"""An answer in another dress: the right values in a list, a tensor, a numpy scalar where an array or number is meant.

The rule. An answer is right if its values, its shape and its dtype are; the container is the learner's choice, as long
as it can be turned into the reference's: array, list, tuple, series, range and tensor into one another, a series
with the keys as labels into a dict, one number in an array without axes into a number. Two things are not turned. A
tensor is asked for as a tensor, since gradients flow through nothing else. And a dtype that the task states (ids are
whole numbers, a mask is bool) is part of the task.
Later cells call what the learner wrote, and take the reference's container; so `in_the_references_dress` wraps a
function whose answers come in another one, and turns each of them.
"""

from __future__ import annotations

import functools

import numpy as np

from course_lib.teach.checking.equality import kind, plain
from course_lib.teach.checking.taking import taken

LISTS = ("list", "tuple")
SETTLED = ("array", "number", "text", "list", "tuple", "dict")
PLAIN = (bool, int, float, complex, str, list, tuple, dict, set, type(None), np.ndarray)


def to_dress(value, like):
    """value in the container of `like`; value itself where it cannot be turned."""
    have, wanted = kind(value), kind(like)
    if wanted == "array" and have in ("list", "tuple", "tensor", "series", "number"):
        return _array(value, like)
    if wanted in ("number", "text") and have in ("array", "tensor") and np.ndim(plain(value)) == 0:
        return to_dress(plain(value).item(), like)
    if _whole(like) and isinstance(value, (float, np.floating)) and float(value).is_integer():
        return int(value)                                     # a later cell may count with it
    if wanted in LISTS and have in ("array", "tensor", "series"):
        value = plain(value)
        value, have = (list(value) if value.ndim else value), "list" if value.ndim else have
    if wanted in LISTS and have in LISTS:
        return _sequence(value, like)
    if wanted == "dict" and have == "series":                 # its labels are the keys
        return to_dress(value.to_dict(), like)
    if wanted == "dict" and have == "dict":
        return {key: to_dress(part, like[key]) if key in like else part for key, part in value.items()}
    return value


def _whole(value) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _array(value, like):
    """An array; one without values has no dtype and no columns of its own, and gets those of `like`."""
    try:
        held = np.asarray([plain(part) for part in value]) if kind(value) in LISTS else np.asarray(plain(value))
    except (ValueError, TypeError):                   # ragged
        return value
    if held.size or not like.ndim:
        return held
    held = held.astype(like.dtype)
    return held if held.ndim == like.ndim else held.reshape(0, *like.shape[1:])


def _sequence(value, like):
    parts = list(value)
    if len(parts) == len(like):
        parts = [to_dress(part, other) for part, other in zip(parts, like, strict=True)]
    return tuple(parts) if kind(like) == "tuple" else parts


def settled(raw, like):
    """raw of plain parts, in the container of `like`; a series keeps its labels where `like` has keys."""
    labelled = kind(like) == "dict" and kind(raw) == "series"
    return to_dress(raw if labelled else taken(raw), like)


def other_dress(value, like) -> bool:
    """Does value come in another container than `like`, two levels deep, or as a float where `like` is whole?"""
    pairs = [(value, like)]
    if kind(value) == kind(like) and kind(like) in ("tuple", "dict"):
        held, wanted = ((list(one.values()) if kind(one) == "dict" else list(one)) for one in (value, like))
        pairs += zip(held, wanted, strict=False)
    return any(kind(mine) != kind(theirs) or (_whole(theirs) and not _whole(mine) and kind(mine) == "number")
               for mine, theirs in pairs)


def rebuilt(raw) -> bool:
    """Is an answer, or a part of it, of a class that a later cell would not expect: a series, a deque, a Decimal?"""
    parts = [raw, *(raw if type(raw) is tuple else raw.values() if type(raw) is dict else ())]
    return any(not (type(part) in PLAIN or issubclass(type(part), np.generic)
                    or type(part).__module__.partition(".")[0] == "torch") for part in parts)


def in_the_references_dress(fn, pairs):
    """fn itself where its answers come in the reference's container on all cases, else fn wrapped to turn them.

    pairs: (answer of fn, answer of the reference), one a case. An answer of fn is a pair itself: as it was taken in,
    and whether a class had to be rebuilt for that (see `rebuilt`).
    """
    pairs = [(got, want) for got, want in pairs if kind(want) in SETTLED and got is not None]
    other = [want for (got, other_class), want in pairs if other_class or other_dress(got, want)]
    if not other:
        return fn
    like = other[0]

    @functools.wraps(fn)
    def turned(*args, **kwargs):
        return settled(fn(*args, **kwargs), like)
    return turned
