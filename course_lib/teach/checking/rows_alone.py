"""Is every row alone right, and only several together not? Then something is shared between rows that must not be."""

from __future__ import annotations

from course_lib.teach.checking.axes import groups_of, length, take
from course_lib.teach.checking.case_runs import Run, agrees, cases_of, raises
from course_lib.teach.checking.equality import clone, plain, same, shape_of
from course_lib.teach.checking.guard import QUESTION_ROOM, attempt
from course_lib.teach.checking.near_misses import Slip
from course_lib.teach.definitions.card import Card, Case

CASES, ROWS = 3, 12


def rows_alone(card: Card, fn, runs: list[Run]) -> Slip | None:
    """Holds where the rows of the right answer do not depend on each other and fn is right on each row by itself."""
    failing = [run for run in runs if not raises(run.want) and not agrees(card, run)]
    told = [run for run in failing if run.got.error is None and 2 <= _rows(run.want) <= ROWS][:CASES]
    if len(told) < 2 or len([run for run in failing if _rows(run.want) < 2]) > 0:
        return None
    cases = [case for case, _ in cases_of(card)]
    if not all(_each_alone(card, fn, run, cases) for run in told):
        return None
    given, asked = _rows(told[0].got.value), _rows(told[0].want)
    if given != asked and given > 0:
        return Slip("rows together", f"Each row alone is right, several together are not: your answer has {given} rows "
                                     f"where {asked} belong, so rows are dropped, merged or repeated.")
    return Slip("rows together", "Each row alone is right, several together are not: something is shared between "
                                 "rows (a total, a maximum, a list that is kept) that has to be each row's own.")


def _rows(value) -> int:
    held = plain(value)
    return len(held) if "shape" in shape_of(value) and getattr(held, "ndim", 0) else 0


def _each_alone(card, fn, run, cases) -> bool:
    for group in groups_of(cases, run.case):
        if group.fixed or length(run.case, group) != _rows(run.want):
            continue
        kept = [take(run.case, group, [row]) for row in range(_rows(run.want))]
        if all(_fits(card, fn, case, plain(run.want)[row:row + 1]) for row, case in enumerate(kept)):
            return True
    return False


def _fits(card, fn, case, want) -> bool:
    """Does the reference give the row's own answer when it stands alone, and fn too?"""
    for function in (card.reference, fn):
        given = Case(case.name, clone(case.args), clone(case.kwargs))
        got = attempt(lambda function=function, given=given: card.run(function, given), function, 0.2, QUESTION_ROOM)
        if got.error is not None or not same(plain(got.value), want, card.rtol, card.atol):
            return False
    return True
