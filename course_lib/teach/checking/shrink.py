"""The smallest failing input that a fraction of a second finds, so that a difference can be seen with the eye.

Rows and elements are dropped and numbers rounded as long as the function still fails in the same way. What an input
may look like is not known, so two right solutions are asked: where the reference and the card's alternative part,
or one of them raises, the input is none that the task speaks of.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from course_lib.teach.checking.axes import Group, bounds_of, groups_of, kept, length, numbers, slots, take, with_slots
from course_lib.teach.checking.case_runs import Run, agrees, cases_of, raises
from course_lib.teach.checking.equality import clone, kind, numeric, plain, same, short
from course_lib.teach.checking.guard import QUESTION_ROOM, attempt
from course_lib.teach.checking.probing import named
from course_lib.teach.checking.shape_problems import shape_problem
from course_lib.teach.definitions.card import Card, Case

SECONDS = 0.3
ONE_CALL = 0.2
WIDTH = 90


@dataclass(frozen=True)
class Small:
    """A failing case: what came out (or was raised), and what is right."""

    case: Case
    got: object
    want: object
    raised: bool
    smaller: bool


class _Search:
    """Asks whether a changed case still fails as the first did. Ends when its time (of the processor) is over."""

    def __init__(self, card: Card, fn, run: Run, seconds: float):
        self.card, self.fn, self.error = card, fn, type(run.got.error) if run.got.error is not None else None
        self.end = time.process_time() + seconds
        cases = [case for case, _ in cases_of(card)]
        self.groups = groups_of(cases, run.case)
        self.bounds = bounds_of(cases, self.groups)
        self.holes = _holes(run.want)
        self.best = Small(run.case, run.got.value if self.error is None else run.got.error, run.want,
                          self.error is not None, False)

    def over(self) -> bool:
        return time.process_time() > self.end

    def accept(self, case: Case) -> bool:
        """Put a candidate to the right solutions, then to fn; keep it where they agree and fn fails as before."""
        if self.over() or not kept(case, self.bounds):
            return False
        want, other = self._answer(self.card.reference, case), self._answer(self.card.alternative, case)
        if want.error is not None or other.error is not None or _holes(want.value) > self.holes:
            return False
        if not same(other.value, want.value, self.card.rtol, self.card.atol):
            return False
        got = self._answer(self.fn, case)
        if got.timed_out or (type(got.error) if got.error is not None else None) is not self.error:
            return False
        if got.error is None and not self._differs(got.value, want.value):
            return False
        shown = got.value if got.error is None else got.error
        self.best = Small(case, shown, want.value, got.error is not None, True)
        return True

    def _differs(self, got, want) -> bool:
        return not same(got, want, self.card.rtol, self.card.atol) or bool(shape_problem(got, want))

    def _answer(self, function, case):
        given = Case(case.name, clone(case.args), clone(case.kwargs))
        return attempt(lambda: self.card.run(function, given), function, ONE_CALL, QUESTION_ROOM)


def _holes(value) -> int:
    array = numeric(value)
    return 0 if array is None or array.dtype.kind not in "fc" else int((~np.isfinite(array)).sum())


def smallest(card: Card, fn, runs: list[Run], seconds: float = SECONDS) -> Small | None:
    """The smallest case found on which fn fails and the reference answers; None where no run is such a failure."""
    failing = [run for run in runs if not run.got.timed_out and not raises(run.want) and not agrees(card, run)]
    if not failing:
        return None
    values = [run for run in failing if run.got.error is None] if failing[0].got.error is None else failing
    search = _Search(card, fn, min(values, key=lambda run: _size(run.case)), seconds)
    changed = True
    while changed and not search.over():
        changed = any([_drop(search, group) for group in search.groups if not group.fixed])
    _round(search)
    return search.best


def _size(case: Case) -> int:
    return sum(int(np.size(plain(value))) if kind(value) in ("array", "tensor", "series") else len(repr(value))
               for value in slots(case).values())


def _drop(search: _Search, group: Group) -> bool:
    """Drop halves, then quarters, … then single places along one group's axes; was anything dropped?"""
    dropped, size = False, length(search.best.case, group)
    chunk = max(size // 2, 1)
    while chunk and not search.over():
        start = 0
        while start < length(search.best.case, group):
            now = length(search.best.case, group)
            keep = [place for place in range(now) if not start <= place < start + chunk]
            if len(keep) >= group.least and search.accept(take(search.best.case, group, keep)):
                dropped = True
            else:
                start += chunk
            if search.over():
                break
        chunk //= 2
    return dropped


def _round(search: _Search) -> None:
    """Simpler numbers: as few decimals as leave signs, zeros, ones, ties and sums as they are."""
    for slot, value in slots(search.best.case).items():
        array = np.asarray(value) if isinstance(value, (float, np.floating)) else numbers(value)
        if array is None or array.dtype.kind != "f" or kind(value) not in ("array", "number"):
            continue
        for places in (0, 1, 2):
            rounded = np.round(array, places)
            if not _alike(array, rounded):
                continue
            simple = rounded if kind(value) == "array" else float(rounded)
            if search.accept(with_slots(search.best.case, {slot: simple})):
                break


def _alike(array, rounded) -> bool:
    if not np.array_equal(np.sign(array), np.sign(rounded)) or np.array_equal(array, rounded):
        return False
    ordered = all(np.array_equal(np.sign(array.ravel() - one), np.sign(rounded.ravel() - other))
                  for one, other in zip(array.ravel()[:20], rounded.ravel()[:20], strict=True))
    inside = not (np.abs(array) < 1).all() or (np.abs(rounded) < 1).all()
    sums = any(np.allclose(array.sum(axis), 1, atol=1e-3) for axis in range(array.ndim))
    norms = any(np.allclose((array * array).sum(axis), 1, atol=1e-3) for axis in range(array.ndim))
    return ordered and inside and not sums and not norms


def brief(value, width: int = WIDTH, digits: int = 4) -> str:
    """value on one line: numbers to six digits, arrays with commas, tables by column."""
    name = kind(value)
    if name == "table":
        columns = {column: value[column].to_numpy() for column in value.columns}
        return _cut("table " + brief(columns, width, digits), width)
    if name == "number" and not isinstance(value, (bool, np.bool_)):
        return f"{value:.{digits + 2}g}" if isinstance(value, (float, np.floating)) else str(value)
    if name in ("array", "tensor", "series") and np.size(plain(value)) <= 24:
        with np.printoptions(precision=digits, suppress=digits < 8):
            return _cut(np.array2string(plain(value), separator=", ", max_line_width=1000), width)
    if type(value) in (tuple, list) and len(value) <= 12:
        inner = ", ".join(brief(part, width, digits) for part in value)
        return _cut(f"({inner}{',' * (len(value) == 1)})" if name == "tuple" else f"[{inner}]", width)
    if type(value) is dict and len(value) <= 12:
        inner = ", ".join(f"{key!r}: {brief(part, width, digits)}" for key, part in value.items())
        return _cut("{" + inner + "}", width)
    return _cut(short(value, width), width)


def _cut(text, width) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def sentence(card: Card, small: Small, told: str = "") -> str:
    """The case in words: its arguments where they fit, what fn gave and what is right. told: the case named before."""
    given = _given(card, small)
    got, want = brief(small.got), brief(small.want)
    for digits in (8, 17):
        if got == want:                                # they part in a later digit
            got, want = brief(small.got, 2 * WIDTH, digits), brief(small.want, 2 * WIDTH, digits)
    gave = f"your function raises {type(small.got).__name__}" if small.raised else f"yours is {got}"
    if not fits(card, small):
        place = f"On the part of “{small.case.name}” that is shown" if small.smaller else f"On “{small.case.name}”"
        place = "There" if small.case.name == told and not small.smaller else place
        return f"{place} {gave}; right is {want}."
    found = f"“{small.case.name}”"
    if small.smaller:
        found = "The smallest failing input found"
    elif small.case.name == told:
        found = "Its arguments"
    return f"{found}: {given}. There {gave}; right is {want}."


def _given(card, small) -> str:
    held = named(card, small.case)
    digits = _telling(held.values())
    return ", ".join(f"`{name}` = {brief(value, WIDTH if digits == 4 else 2 * WIDTH, digits)}"
                     for name, value in held.items())


def _telling(values) -> int:
    """So many digits that numbers that differ are not printed alike: a hair may be what matters."""
    parts = [_numbers(value) for value in values]
    every = np.concatenate([part for part in parts if part is not None] or [np.empty(0)])
    every = every[np.isfinite(every)]
    return next((digits for digits in (4, 8) if np.unique(every.round(digits)).size == np.unique(every).size), 17)


def _numbers(value) -> np.ndarray | None:
    """The numbers in an argument, float [n]; None where there are none or far too many to print."""
    if kind(value) == "table":
        columns = [value[name].to_numpy() for name in value.columns if value[name].dtype.kind in "fi"]
        return np.concatenate([column.astype(float) for column in columns]) if columns else None
    if kind(value) not in ("array", "tensor", "series", "number"):
        return None
    held = np.asarray(plain(value))
    return held.astype(float).ravel() if held.dtype.kind in "fi" and held.size <= 24 else None


def fits(card: Card, small: Small) -> bool:
    """Do the arguments of a case stand in its sentence? Where they do not, they have to be shown beside it."""
    given = _given(card, small)
    return bool(given) and "…" not in given and len(given) <= 3 * WIDTH
