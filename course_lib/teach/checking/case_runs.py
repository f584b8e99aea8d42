"""Putting a card's cases to a function: what came out, what is right, which arguments were changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.teach.checking.equality import clone, kind, same
from course_lib.teach.checking.guard import Attempt, attempt
from course_lib.teach.checking.probing import named
from course_lib.teach.checking.shape_problems import shape_problem
from course_lib.teach.definitions.card import Card, Case

SEED = 20_240_501


@dataclass
class Run:
    """One case put to one function: what it gave, what is right, which arguments it changed."""

    case: Case
    got: Attempt
    want: object
    mutated: tuple[str, ...] = ()
    by_hand: bool = False


@dataclass
class Failure:
    """The first stage that failed, as a sentence, with the case that shows it."""

    stage: str
    says: str
    run: Run | None = None


def cases_of(card: Card) -> list[tuple[Case, bool]]:
    """The cases of a check, always the same: those by hand first, then the card's from a fixed seed."""
    made = card.cases(np.random.default_rng(SEED))
    return [(case, True) for case in card.by_hand] + [(case, False) for case in made]


def collect(card: Card, fn, seconds: float) -> list[Run]:
    """Put every case to fn, within `seconds` in all; ends early at a timeout or at an unwritten body."""
    runs, left = [], seconds
    for case, by_hand in cases_of(card):
        want = _reference(card, case)
        given = Case(case.name, clone(case.args), clone(case.kwargs))
        got = attempt(lambda given=given: card.run(fn, given), fn, max(left, 0.05))
        left -= got.seconds
        runs.append(Run(case, got, want, _mutated(card, case, given), by_hand))
        if got.timed_out or runs[0].got.unwritten:
            break
    return runs


def _reference(card, case):
    try:
        return card.run(card.reference, Case(case.name, clone(case.args), clone(case.kwargs)))
    except Exception as error:  # noqa: BLE001 - what the reference raises is its answer
        return error


def _mutated(card, case, given) -> tuple[str, ...]:
    before, after = named(card, case), named(card, given)
    watched = ("array", "tensor", "table", "series", "list", "dict", "set")
    return tuple(name for name in before if kind(before[name]) in watched and not same(after[name], before[name], 0, 0))


def reference_mutates(card, case) -> tuple[str, ...]:
    given = Case(case.name, clone(case.args), clone(case.kwargs))
    try:
        card.run(card.reference, given)
    except Exception:  # noqa: BLE001
        return ()
    return _mutated(card, case, given)


def raises(want) -> bool:
    return isinstance(want, BaseException) or (isinstance(want, type) and issubclass(want, BaseException))


def same_error(got, want) -> bool:
    want = want if isinstance(want, type) else type(want)
    return got is not None and (isinstance(got, want) or (want is not type(got) and issubclass(want, type(got))
                                                           and type(got) is not Exception))


def agrees(card, run) -> bool:
    if run.got.error is not None or raises(run.want):
        return raises(run.want) and same_error(run.got.error, run.want)
    fits = same(run.got.value, run.want, card.rtol, card.atol) and not shape_problem(run.got.value, run.want)
    if fits and run.by_hand and not raises(run.case.expected):
        fits = same(run.got.value, run.case.expected, card.rtol, card.atol)
    return fits


def invariants(card: Card, fn, stop_at_first: bool = True) -> list[bool]:
    """Which of the card's invariants hold for fn, in their order; an exception counts as no."""
    held, left = [], card.seconds
    for index, invariant in enumerate(card.invariants):
        got = attempt(lambda i=invariant, n=index: i.holds(fn, np.random.default_rng(SEED + n)), fn, max(left, 0.05))
        left -= got.seconds
        held.append(got.error is None and bool(got.value))
        if stop_at_first and not held[-1]:
            break
    return held
