"""Where an answer is wrong: a property that every wrong value has and no right one.

A property may be of the argument that belongs to the value ("where `value` is negative"), of its place ("the last of
each row"), of the right answer ("where the right answer is 0") or of the case ("where `k` is 1"). It is said only where
it holds on all wrong values of all cases and on none of the right ones, and where there are enough of both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.teach.checking.case_runs import Run, raises
from course_lib.teach.checking.equality import kind, numeric, plain
from course_lib.teach.checking.probing import named
from course_lib.teach.definitions.card import Card

ENOUGH_WRONG, ENOUGH_RIGHT = 2, 3
ENDS = ("largest", "smallest")


@dataclass
class Judged:
    """One case's values: which are wrong, the answer and the right one, and the arguments by name."""

    bad: np.ndarray
    got: np.ndarray
    want: np.ndarray
    given: dict


def judged(card: Card, runs: list[Run]) -> list[Judged]:
    """Every answered case whose answer has the shape of the right one; [] where one has not."""
    found = []
    for run in runs:
        if raises(run.want):
            continue
        if run.got.error is not None:
            return []
        pair = _pair(run.got.value, run.want)
        if pair is None:
            return []
        found.append(Judged(_differs(*pair, card.rtol, card.atol), *pair, named(card, run.case)))
    return found


def _pair(got, want):
    if isinstance(want, tuple):                       # parts of different meaning are judged one by one
        return None
    a, b = numeric(got), numeric(want)
    if a is None or b is None:
        a, b = _labels(got), _labels(want)
    return (a, b) if a is not None and b is not None and a.shape == b.shape else None


def _labels(value):
    """Text, truth values and the like as an array of objects; None for what is not a flat list of them."""
    if kind(value) in ("text", "number"):
        return np.array(value, object)
    if kind(value) in ("list", "tuple", "array") and all(isinstance(part, str) for part in np.ravel(value).tolist()):
        return np.array(value, object)
    return None


def _differs(a, b, rtol, atol):
    if a.dtype == object or b.dtype == object:
        return np.asarray(a != b, bool).reshape(np.shape(b))
    with np.errstate(all="ignore"):
        return ~np.isclose(a, b, rtol, atol, equal_nan=True)


def where(card: Card, runs: list[Run]) -> str:
    """A sentence that says where the wrong values are, or "" where nothing holds of all of them and of them alone."""
    cases = judged(card, runs)
    wrong, right = (sum(int(np.sum(case.bad == truth)) for case in cases) for truth in (True, False))
    if wrong < ENOUGH_WRONG or right < ENOUGH_RIGHT or sum(bool(case.bad.any()) for case in cases) < 2:
        return ""
    tables = [_properties(case) for case in cases]
    for name in tables[0]:
        if all(name in table and np.array_equal(table[name], case.bad)
               for table, case in zip(tables, cases, strict=True)):
            what = "answers" if all(case.want.ndim == 0 for case in cases) else "values"
            return f"{_all(wrong)} wrong {what} are {name}, and none of the {right} right ones."
    return ""


def _all(count: int) -> str:
    return "Both" if count == 2 else f"All {count}"


def _properties(case: Judged) -> dict[str, np.ndarray]:
    """Masks of the answer's shape by what they say, the plainest first."""
    shape, found = case.want.shape, {}
    for name, value in case.given.items():
        found |= _spread(_of_argument(name, value), shape)
    found |= _comparisons(case)
    found |= {name: mask for name, mask in _of_values("the right answer", case.want).items()
              if "occur" not in name and not name.endswith(ENDS)}
    found |= _places(shape)
    return {name: np.asarray(mask, bool) for name, mask in found.items() if np.shape(mask) == shape}


def _of_argument(name, value) -> dict:
    held = plain(value)
    if kind(value) not in ("array", "tensor", "series", "number", "text"):
        return {}
    held = np.asarray(held)
    return _of_values(f"`{name}`", held) if held.dtype.kind in "biuf" else {
        f"where `{name}` is {label!r}": held == label for label in sorted(set(held.ravel().tolist()), key=str)[:8]
    } if held.dtype.kind in "UO" else {}


def _of_values(name, held) -> dict:
    """Properties of single values, and of values among those of their array."""
    if held.dtype.kind not in "biuf":
        labels = sorted({str(one) for one in held.ravel().tolist()})[:8]
        return {f"where {name} is {label!r}": held == label for label in labels}
    if held.dtype.kind == "b":
        return {f"where {name} is True": held, f"where {name} is False": ~held}
    number = held.astype(float)
    with np.errstate(all="ignore"):
        found = {f"where {name} is NaN": np.isnan(number), f"where {name} is negative": number < 0,
                 f"where {name} is 0": number == 0, f"where {name} is positive": number > 0,
                 f"where {name} is not 0": number != 0, f"where {name} is above 1": number > 1,
                 f"where {name} is 1": number == 1}
    if held.ndim == 1 and held.size > 1:
        found |= _among(name, number)
    return found


def _among(name, number) -> dict:
    first = np.zeros(number.size, bool)
    first[np.unique(number, return_index=True)[1]] = True
    known = ~np.isnan(number)
    top, low = (number[known].max(), number[known].min()) if known.any() else (np.nan, np.nan)
    with np.errstate(all="ignore"):
        _, inverse, counts = np.unique(number, return_inverse=True, return_counts=True)
        tied = counts[inverse] > 1
        return {f"where {name} occurs more than once": tied, f"where {name} occurs only once": ~tied,
                f"where {name} has occurred before": ~first, f"where {name} occurs for the first time": first,
                f"where {name} is largest": number == top,
                f"where {name} is smallest": number == low}


def _spread(masks: dict, shape) -> dict:
    """Masks of an argument, made as large as the answer: elementwise, a row, a column, or the whole case."""
    found = {}
    for name, mask in masks.items():
        mask = np.asarray(mask)
        if mask.shape == shape:
            found[name] = mask
        elif mask.ndim == 0:
            found[name] = np.broadcast_to(mask, shape)
        elif mask.ndim == 1 and len(shape) == 2 and shape[0] == mask.size:
            found[f"in rows {name}"] = np.broadcast_to(mask[:, None], shape)
        elif len(shape) == 0 and not name.endswith(("not 0", "positive", "only once", "first time", *ENDS)):
            found[f"where some of {name.removeprefix('where ')}"] = np.array(bool(mask.any()))
    return found


def _comparisons(case: Judged) -> dict:
    """Two arguments held against each other: values of one shape, or values and a number."""
    arrays = {name: np.asarray(plain(value)) for name, value in case.given.items()
              if kind(value) in ("array", "tensor", "series", "number")}
    arrays = {name: array for name, array in arrays.items() if array.dtype.kind in "iuf"}
    found, names = {}, list(arrays)
    for i, one in enumerate(names):
        for other in names[i + 1:]:
            a, b = arrays[one], arrays[other]
            if a.shape != b.shape and a.ndim and b.ndim:
                continue
            masks = {f"where `{one}` equals `{other}`": a == b, f"where `{one}` is above `{other}`": a > b,
                     f"where `{one}` is below `{other}`": a < b}
            found |= _spread(masks, case.want.shape)
    return found


def _places(shape) -> dict:
    """Places in the answer."""
    if len(shape) == 1 and shape[0]:
        index = np.arange(shape[0])
        return {"at the first place": index == 0, "at the last place": index == shape[0] - 1,
                "after the first place": index > 0, "before the last place": index < shape[0] - 1}
    if len(shape) != 2 or not min(shape):
        return {}
    row, column = np.indices(shape)
    found = {"in the first column": column == 0, "in the last column": column == shape[1] - 1,
             "in the first row": row == 0, "in the last row": row == shape[0] - 1,
             "after the first column": column > 0, "after the first row": row > 0}
    if shape[0] == shape[1]:
        found |= {"on the diagonal": row == column, "off the diagonal": row != column,
                  "above the diagonal": row < column, "below the diagonal": row > column}
    return found


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def tendency(card: Card, runs: list[Run]) -> str:
    """What all wrong answers have in common beside their place: too large, too small, always the same; or ""."""
    cases = judged(card, runs)
    wrong = sum(int(case.bad.sum()) for case in cases)
    if wrong < ENOUGH_WRONG:
        return ""
    got = [case.got[case.bad] for case in cases]
    want = [case.want[case.bad] for case in cases]
    given, belong = np.concatenate(got).tolist(), np.concatenate(want).tolist()
    if len(set(map(str, given))) == 1 and len(set(map(str, belong))) == 1:
        return f"{_all(wrong)} wrong values are {_cut(repr(given[0]))} where {_cut(repr(belong[0]))} belongs."
    every = {str(one) for case in cases for one in case.got.ravel().tolist()}
    if len(every) == 1 and len({str(one) for case in cases for one in case.want.ravel().tolist()}) > 1:
        return f"Your function answers {_cut(repr(given[0]))} on every case of the check."
    if any(isinstance(one, str) for one in belong):
        lost = sorted({one for one in belong if one not in every})
        return f"On no case does your function answer {_cut(repr(lost[0]))}." if len(lost) == 1 else ""
    with np.errstate(all="ignore"):
        gap = np.array(given, float) - np.array(belong, float)
    if (gap > 0).all() or (gap < 0).all():
        return f"{_all(wrong)} wrong values are too {'large' if gap[0] > 0 else 'small'}."
    return ""
