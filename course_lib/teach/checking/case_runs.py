"""Putting a card's cases to a function: what came out, what is right, which arguments were changed.

No attempt touches the next: arguments, expected answers and what the card itself passes on (in `call`, in an
invariant) are copies, the answer is copied before the next call, and the reference never sees what a learner saw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.teach.checking.dress import SETTLED, in_the_references_dress, rebuilt, to_dress
from course_lib.teach.checking.equality import clone, kind, same
from course_lib.teach.checking.guard import Attempt, attempt
from course_lib.teach.checking.probing import named
from course_lib.teach.checking.shape_problems import shape_problem
from course_lib.teach.checking.surroundings import CARDS, names_noted, ours_put_back
from course_lib.teach.checking.taking import Sealed, count_of, taken
from course_lib.teach.definitions.card import Card, Case

SEED = 20_240_501
ROOM = 100_000                       # values that an answer may have beyond a hundred times those of the right one


@dataclass
class Run:
    """One case put to one function: what it gave, what is right, which arguments it changed.

    returned: what the function and the reference returned themselves, before the card made it comparable.
    """

    case: Case
    got: Attempt
    want: object
    mutated: tuple[str, ...] = ()
    by_hand: bool = False
    returned: tuple = (None, None)


@dataclass
class Failure:
    """The first stage that failed, as a sentence, with the case that shows it."""

    stage: str
    says: str
    run: Run | None = None


def cases_of(card: Card) -> list[tuple[Case, bool]]:
    """The cases of a check, always the same and always new: those by hand first, then the card's from a fixed seed."""
    made = card.cases(np.random.default_rng(SEED))
    return [(copied(case), by_hand) for cases, by_hand in ((card.by_hand, True), (made, False)) for case in cases]


def copied(case: Case) -> Case:
    """The case with arguments and expected answer of its own."""
    return Case(case.name, clone(case.args), clone(case.kwargs), clone(case.expected))


def isolated(fn, given: Case | None = None, returned: list | None = None, turn=None):
    """fn, given copies of all arguments but those of the case `given`, whose change is to be seen.

    returned: what fn returns is appended here. turn(answer, number of the call) is what the caller gets in its place.
    """
    kept = {id(part) for part in (*given.args, *given.kwargs.values())} if given else set()

    def on_copies(*args, **kwargs):
        args = tuple(arg if id(arg) in kept else _handed(arg) for arg in args)
        out = fn(*args, **{name: arg if id(arg) in kept else _handed(arg) for name, arg in kwargs.items()})
        if returned is not None:
            returned.append(out)
        return turn(out, len(returned) - 1) if turn else out
    on_copies.__wrapped__ = fn
    return on_copies


def _handed(value):
    """A copy through which gradients still flow back to a tensor of the card's own."""
    return value.clone() if kind(value) == "tensor" else clone(value)


def collect(card: Card, fn, seconds: float, all_of_them: bool = True) -> list[Run]:
    """Put every case to fn, within `seconds` in all; ends early at a timeout or at an unwritten body.

    all_of_them: False ends at the first wrong answer as well, for those who ask no more than whether fn is right.
    """
    with names_noted(package_of(card)):
        return _collected(card, fn, seconds, all_of_them)


def _collected(card, fn, seconds, all_of_them):
    runs, left = [], seconds
    cases = cases_of(card)
    for index, (case, _) in enumerate(cases):
        _right_answer(card, case, index)            # before fn has touched anything that the reference needs
    for index, (case, by_hand) in enumerate(cases):
        run = one_run(card, fn, case, by_hand, max(left, 0.05), index)
        left -= run.got.spent
        runs.append(run)
        if run.got.timed_out or runs[0].got.unwritten or not (all_of_them or agrees(card, run)):
            break
    runs[-1].got.spoils = ours_put_back() or runs[-1].got.spoils
    return runs


def package_of(card: Card) -> str:
    """The package of its lesson's cards, or "" for a card that stands elsewhere."""
    module = getattr(card.reference, "__module__", None) or ""
    return ".".join(module.split(".")[:4]) if module.startswith(CARDS) else ""


CHANGEABLE = ("array", "tensor", "table", "series", "list", "dict", "set")

def unguarded(call, fn, seconds, room=None, after=None) -> Attempt:
    """What `attempt` gives, for code of the course's own, which needs no guard."""
    try:
        value = call()
        return Attempt(value if room is None else taken(value, room), after=after() if after else None)
    except Exception as error:  # noqa: BLE001 - a mistake may raise
        return Attempt(error=error)


_right: dict[tuple, tuple] = {}


def _right_answer(card, case, index) -> tuple:
    """(the right answer, what the reference returned for it): worked out once, for cases do not change."""
    held = _right.get((id(card), index))
    if held is None or held[0] is not card:
        ours = []
        held = _right[id(card), index] = (card, _reference(card, case, ours), ours)
    return held[1:]


def one_run(card, fn, case, by_hand, seconds, index, guard=attempt) -> Run:
    """Put one case to fn. index: the case's place in `cases_of`. guard: calls fn, as `attempt` or `unguarded` do."""
    theirs = []
    want, ours = _right_answer(card, case, index)
    room = ROOM + 100 * count_of(want)
    given = copied(case)

    def turn(answer, number):
        """A card that makes something of the answer gets it in the reference's container."""
        like = ours[number] if number < len(ours) else None
        return to_dress(taken(answer, room), like) if kind(like) in SETTLED else answer
    shielded = isolated(fn, given, theirs, turn if card.call else None)
    got = guard(lambda: _answer(card, shielded, given, theirs, room, want), fn, seconds, room,
                lambda: _now(card, case, given, room))
    told = theirs[-1] if theirs else None
    now = got.after if got.error is None else guard(lambda: _now(card, case, given, room), None, 1.0).value
    return Run(case, got, want, _mutated(card, case, now), by_hand, (told, ours[-1] if ours else None))


def _answer(card, fn, given, theirs, room, want):
    """What the card makes of the answer; the answer itself is taken in at once, before anybody looks at it."""
    out = card.run(fn, given)
    if theirs:
        kept = taken(theirs[-1], room)
        theirs[-1] = kept, not isinstance(kept, Sealed) and rebuilt(theirs[-1])
    return to_dress(out, want) if kind(want) == "dict" and kind(out) == "series" else out


def _reference(card, case, returned=None):
    given = copied(case)
    try:
        return taken(card.run(isolated(card.reference, given, returned), given))
    except Exception as error:  # noqa: BLE001 - what the reference raises is its answer
        return error


def _now(card, case, given, room=None) -> dict:
    """The arguments that an answer could have changed, by name, as they are after it."""
    before, after = named(card, case), named(card, given)
    return {name: taken(after[name], room) for name in before if kind(before[name]) in CHANGEABLE}


def _mutated(card, case, now: dict | None) -> tuple[str, ...]:
    """The names of the arguments that were changed; all of them where they cannot even be looked at."""
    before, now = named(card, case), now or {}
    mine = [name for name in before if kind(before[name]) in CHANGEABLE]
    return tuple(name for name in mine if name not in now or not same(now[name], taken(before[name]), 0, 0))


def reference_mutates(card, case) -> tuple[str, ...]:
    given = copied(case)
    try:
        card.run(card.reference, given)
    except Exception:  # noqa: BLE001
        return ()
    return _mutated(card, case, _now(card, case, given))


def dressed(fn, runs: list[Run]):
    """fn as later cells may call it: its answers in the reference's container (see `dress`)."""
    return in_the_references_dress(fn, [run.returned for run in runs if run.got.error is None])


def raises(want) -> bool:
    return isinstance(want, BaseException) or (isinstance(want, type) and issubclass(want, BaseException))


def same_error(got, want) -> bool:
    want = want if isinstance(want, type) else type(want)
    return got is not None and (issubclass(type(got), want) or (want is not type(got) and issubclass(want, type(got))
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
        got = attempt(lambda i=invariant, n=index: bool(i.holds(isolated(fn), np.random.default_rng(SEED + n))), fn,
                      max(left, 0.05))
        left -= got.spent
        held.append(got.error is None and bool(got.value))
        if stop_at_first and not held[-1]:
            break
    return held
