"""What an answer is of the right one as a whole: another order, divided by its own sum, another selection.

Each rule must hold on every case, and must change the right answer on at least two: a rule that changes nothing proves
nothing.
"""

from __future__ import annotations

import numpy as np

from course_lib.teach.checking.equality import kind, numeric, plain, same
from course_lib.teach.checking.near_misses import TOLERANCE, Slip


def _first(values, axis=None, **_):
    return values.ravel()[0] if axis is None else np.take(values, [0], axis)


OWN = {"first value": _first, "sum": np.sum, "mean": np.mean, "largest value": np.max, "smallest value": np.min,
       "Euclidean norm": lambda values, **how: np.sqrt(np.sum(values * values, **how)), "standard deviation": np.std}
AXES = {None: "over all of it", -1: "along the last axis", 0: "along the first axis"}


def resembles(pairs: list[tuple]) -> Slip | None:
    """The relation that holds between answer and right answer on all pairs (got, want), or None."""
    arrays = [(numeric(got), numeric(want)) for got, want in pairs]
    if all(g is not None and w is not None and g.shape == w.shape for g, w in arrays):
        for rule in (_inverse_order, _own_measure, _running, _constant_gap, _other_order):
            slip = rule(arrays)
            if slip:
                return slip
        return None
    return _selection(pairs)


def _holds(arrays, rule) -> bool:
    """Is rule(want) the answer on every case, and on two at least something other than the right one?"""
    moved = 0
    for got, want in arrays:
        with np.errstate(all="ignore"):
            changed = rule(want)
        if changed is None or not same(got.astype(float), np.asarray(changed, float), **TOLERANCE):
            return False
        moved += not same(want.astype(float), np.asarray(changed, float), **TOLERANCE)
    return moved >= 2


def negated(pairs: list[tuple]) -> Slip | None:
    """The right truth values turned over."""
    arrays = [(numeric(got), numeric(want)) for got, want in pairs]
    if any(g is None or w is None or g.shape != w.shape for g, w in arrays):
        return None
    if all(w.dtype.kind == "b" for _, w in arrays) and _holds(arrays, lambda w: ~w):
        return Slip("negated", "True and False have changed places: your result is the opposite of the right one.")
    return None


def _inverse_order(arrays):
    """Ranks for places, or places for ranks: a permutation and its inverse."""
    def inverse(want):
        if want.ndim != 1 or want.dtype.kind not in "iu" or not np.array_equal(np.sort(want), np.arange(want.size)):
            return None
        return np.argsort(want)
    if _holds(arrays, inverse):
        return Slip("inverse order", "Your result is the inverse order: ranks where places belong, or places where "
                                     "ranks belong. `argsort` of yours is the right one.")
    return None


def _own_measure(arrays):
    if any(w.dtype.kind != "f" or w.ndim == 0 for _, w in arrays) or not any(w.size > 2 for _, w in arrays):
        return None
    for name, measure in OWN.items():
        for axis, place in AXES.items():
            if _holds(arrays, lambda w, m=measure, a=axis: _over(w, m, a)):
                return Slip("divided by its own", f"Your result is the right one divided by its own {name} {place}.")
            turned = [(w, g.astype(float)) for g, w in arrays]
            if _holds(turned, lambda g, m=measure, a=axis: _over(g, m, a)):
                return Slip("not divided", f"Divide your result by its own {name} {place} and it is the right one.")
    if _holds(arrays, lambda w: w - w.mean()):
        return Slip("centred", "Your result is the right one less its own mean.")
    if _holds([(w, g.astype(float)) for g, w in arrays], lambda g: g - g.mean()):
        return Slip("not centred", "Subtract its own mean from your result and it is the right one.")
    return None


def _over(values, measure, axis):
    if not values.size or (axis is not None and values.ndim < 2):
        return values if not values.size else None
    return values / (measure(values) if axis is None else measure(values, axis=axis, keepdims=True))


def _running(arrays):
    if any(w.ndim == 0 for _, w in arrays) or not any(w.shape[-1] > 2 for _, w in arrays):
        return None
    if _holds(arrays, lambda w: np.cumsum(w, axis=-1)):
        return Slip("summed up", "Your result is the running sum of the right one: `np.diff` takes it back.")
    if _holds([(w, g) for g, w in arrays], lambda g: np.cumsum(g, axis=-1)):
        return Slip("not summed up", "The running sum of your result (`np.cumsum`) is the right one.")
    return None


def _constant_gap(arrays):
    gaps = [np.ravel(g.astype(float) - w) for g, w in arrays]
    gap, right = np.concatenate(gaps), np.concatenate([np.ravel(w) for _, w in arrays])
    if len(gap) < 4 or len(np.unique(right)) < 4 or not np.isfinite(gap).all() or abs(gap[0]) < 1e-6:
        return None
    if any(w.dtype.kind == "b" for _, w in arrays) or not np.allclose(gap, gap[0], rtol=1e-5, atol=1e-9):
        return None
    return Slip("constant gap", f"Every value is {abs(gap[0]):.6g} too {'large' if gap[0] > 0 else 'small'}.")


def _other_order(arrays):
    """Enough different values have moved: three in one case at least, and two cases in all."""
    varied = [(g, w) for g, w in arrays if w.ndim and len(np.unique(w)) > 2]
    if len([1 for g, w in varied if not same(g, w, **TOLERANCE)]) < 2 or any(w.ndim == 0 for _, w in arrays):
        return None
    if all(w.ndim == 2 for _, w in arrays) and _sorted_alike(arrays, lambda a: np.sort(a, axis=1)):
        return Slip("other order", "Within each row your values are the right ones, in another order.")
    if all(w.ndim == 2 for _, w in arrays) and _sorted_alike(arrays, _rows_sorted):
        return Slip("other order", "Your rows are the right ones, in another order.")
    if _sorted_alike(arrays, lambda a: np.sort(a, axis=None)):
        return Slip("other order", "Your values are the right ones, in another order.")
    return None


def _rows_sorted(array):
    return array[np.lexsort(array.T[::-1])] if array.size else array


def _sorted_alike(arrays, order) -> bool:
    return all(same(order(g), order(w), **TOLERANCE) for g, w in arrays)


def _selection(pairs):
    """Answers of another length or sets: too many values, too few, or the right ones more than once."""
    held = [(_items(got), _items(want)) for got, want in pairs]
    if any(g is None or w is None for g, w in held):
        return None
    failing = [(g, w) for g, w in held if sorted(g, key=str) != sorted(w, key=str)]
    if len(failing) < 2:
        return None
    lacks = [set(w) - set(g) for g, w in failing]
    extra = [set(g) - set(w) for g, w in failing]
    if all(lacks) and not any(extra):
        return Slip("too few", f"On all {len(failing)} failing cases your answer lacks values that belong (first: "
                               f"{sorted(lacks[0], key=str)[0]!r}) and holds none that does not.")
    if all(extra) and not any(lacks):
        return Slip("too many", f"On all {len(failing)} failing cases your answer holds values that do not belong "
                                f"(first: {sorted(extra[0], key=str)[0]!r}) and lacks none.")
    if not any(extra) and not any(lacks) and all(len(g) > len(w) for g, w in failing):
        return Slip("repeated", "Your answer holds the right values, some of them more than once.")
    return None


def _items(value):
    """The members of a flat list, array or set of whole numbers or texts; None for anything else."""
    if kind(value) not in ("list", "tuple", "set", "array", "tensor", "series"):
        return None
    array = plain(value)
    if isinstance(array, np.ndarray) and array.ndim != 1:
        return None
    members = array.tolist() if isinstance(array, np.ndarray) else [getattr(one, "item", lambda o=one: o)()
                                                                    if np.ndim(one) == 0 else one for one in array]
    return members if all(isinstance(one, (str, int)) for one in members) else None
