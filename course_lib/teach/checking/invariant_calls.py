"""A broken invariant is a sentence without numbers: of the calls that it makes, the smallest wrong one is shown."""

from __future__ import annotations

import numpy as np

from course_lib.teach.checking.axes import slots
from course_lib.teach.checking.case_runs import SEED, invariants
from course_lib.teach.checking.equality import clone, same
from course_lib.teach.checking.guard import QUESTION_ROOM, attempt
from course_lib.teach.checking.shrink import Small
from course_lib.teach.definitions.card import Card, Case

CALLS = 40


def wrong_call(card: Card, fn) -> Small | None:
    """The smallest call of the first broken invariant to which fn answers otherwise than two right solutions."""
    held = invariants(card, fn)
    if card.call is not None or not held or held[-1]:
        return None
    made = []

    def recorded(*args, **kwargs):
        if len(made) < CALLS:
            made.append(Case(card.invariants[len(held) - 1].says, clone(args), clone(kwargs)))
        return fn(*args, **kwargs)

    rule = card.invariants[len(held) - 1]
    attempt(lambda: rule.holds(recorded, np.random.default_rng(SEED + len(held) - 1)), fn, 1.0)
    wrong = [small for small in (_judged(card, fn, case) for case in made) if small is not None]
    return min(wrong, key=lambda small: sum(int(np.size(value)) for value in slots(small.case).values()), default=None)


def _judged(card, fn, case) -> Small | None:
    answers = [_answer(card, function, case) for function in (fn, card.reference, card.alternative)]
    if any(answer.error is not None for answer in answers):
        return None
    got, want, other = (answer.value for answer in answers)
    if not same(want, other, card.rtol, card.atol) or same(got, want, card.rtol, card.atol):
        return None
    return Small(case, got, want, False, False)


def _answer(card, function, case):
    given = Case(case.name, clone(case.args), clone(case.kwargs))
    return attempt(lambda: card.run(function, given), function, 0.2, QUESTION_ROOM)
