"""The axes of a case's arguments: which belong together, what may be cut from them, and what must then still hold.

Two axes belong together where they have the same length in every case of a card: `user` [n] and `item` [n] lose the
same rows. What all cases have in common (rows that sum to 1, ids below a length, k at most a length) is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.teach.checking.equality import kind, plain
from course_lib.teach.definitions.card import Case

ARRAYS = ("array", "tensor", "series")
SMALL = 3


@dataclass(frozen=True)
class Group:
    """Axes of one length. members: pairs (slot, axis); axis is None where the slot is the length itself."""

    members: tuple[tuple, ...]
    least: int
    fixed: bool


def slots(case: Case) -> dict:
    """The arguments of a case: by position, then by name."""
    return dict(enumerate(case.args)) | case.kwargs


def with_slots(case: Case, changed: dict) -> Case:
    """The case with other values in some slots."""
    held = slots(case) | changed
    args = tuple(held[index] for index in range(len(case.args)))
    return Case(case.name, args, {name: held[name] for name in case.kwargs})


def lengths_of(value) -> tuple[int, ...]:
    """The lengths of the axes along which something can be cut from value."""
    name = kind(value)
    if name in ARRAYS:
        return tuple(int(size) for size in value.shape)
    return (len(value),) if name in ("list", "tuple", "table") else ()


def whole(value) -> bool:
    """Is it a whole number (and no truth value)?"""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def groups_of(cases: list[Case], case: Case) -> list[Group]:
    """The groups of axes in `case`, the longest first; what belongs together is seen from all `cases`."""
    held = [slots(one) for one in cases]
    by_lengths = {}
    for slot, value in slots(case).items():
        for axis in range(len(lengths_of(value))):
            by_lengths.setdefault(_over_cases(held, slot, axis), []).append((slot, axis))
    found = []
    for key, members in by_lengths.items():
        sizes = {size for size in key if size >= 0}
        if len(sizes) > 1:
            members = members + [(slot, None) for slot in slots(case) if _numbers(held, slot) == key]
        fixed = any(_closed(held, slot, axis) for slot, axis in members if axis is not None)
        found.append(Group(tuple(members), min([*sizes, SMALL]), fixed))
    return sorted(found, key=lambda group: -length(case, group))


def _over_cases(held, slot, axis) -> tuple[int, ...]:
    found = [lengths_of(one[slot]) if slot in one else () for one in held]
    return tuple(sizes[axis] if len(sizes) > axis else -1 for sizes in found)


def _numbers(held, slot) -> tuple:
    return tuple(int(one[slot]) if slot in one and whole(one[slot]) else None for one in held)


def length(case: Case, group: Group) -> int:
    """How long the axes of a group are in this case."""
    slot, axis = next(member for member in group.members if member[1] is not None)
    return lengths_of(slots(case)[slot])[axis]


def _closed(held, slot, axis) -> bool:
    """Does the slot lose its meaning when something is cut along this axis: shares of 1, unit vectors, permutations?"""
    arrays = [numbers(one[slot]) for one in held if slot in one]
    arrays = [array for array in arrays if array is not None and array.size and array.ndim > axis]
    if not arrays:
        return False
    if all(array.dtype.kind == "f" for array in arrays):
        sums = all(np.allclose(array.sum(axis), 1, atol=1e-3) for array in arrays)
        norms = all(np.allclose((array * array).sum(axis), 1, atol=1e-3) for array in arrays)
        return (sums or norms) and any(array.shape[axis] > 1 for array in arrays)
    ranked = [np.sort(array, axis) - np.arange(array.shape[axis]).reshape([-1] + [1] * (array.ndim - 1 - axis))
              for array in arrays]
    return all(not array.any() for array in ranked) and any(array.shape[axis] > 1 for array in arrays)


def numbers(value) -> np.ndarray | None:
    """value as an array of fractions or whole numbers, or None."""
    if kind(value) not in ARRAYS:
        return None
    array = np.asarray(plain(value))
    return array if array.dtype.kind in "fiu" else None


def take(case: Case, group: Group, keep: list[int]) -> Case:
    """The case with only the places `keep` along a group's axes."""
    held, changed = slots(case), {}
    for slot, axis in group.members:
        value = changed.get(slot, held[slot])
        changed[slot] = len(keep) if axis is None else _taken(value, axis, keep)
    return with_slots(case, changed)


def _taken(value, axis, keep):
    name = kind(value)
    if name in ("table", "series"):
        part = value.iloc[keep]
        return part.reset_index(drop=True) if list(value.index) == list(range(len(value))) else part
    if name in ("list", "tuple"):
        return type(value)(value[index] for index in keep)
    return value[(slice(None),) * axis + (np.asarray(keep, int) if name == "array" else keep,)]


def bounds_of(cases: list[Case], groups: list[Group]) -> list[tuple]:
    """Pairs (slot, group) where in every case the slot's whole numbers are ids below the group's length, or at most it.

    Given as (slot, group, strict): strict for ids in arrays, which must lie below the length.
    """
    found = []
    for group in groups:
        for slot in {slot for one in cases for slot in slots(one)}:
            for strict in (True, False):
                if all(_bounded(one, slot, group, strict) for one in cases):
                    found.append((slot, group, strict))
                    break
    return found


def _bounded(case, slot, group, strict) -> bool:
    held = slots(case)
    if slot not in held or any(member not in held for member, _ in group.members):
        return True
    value = held[slot]
    array = np.asarray(value) if whole(value) else numbers(value)
    if array is None or array.dtype.kind not in "iu" or (slot, None) in group.members:
        return False
    try:
        top = length(case, group) - strict
    except IndexError:
        return False
    return not array.size or int(array.max()) <= top


def kept(case: Case, bounds: list[tuple]) -> bool:
    """Does a cut case still keep all bounds?"""
    return all(_bounded(case, slot, group, strict) for slot, group, strict in bounds)
