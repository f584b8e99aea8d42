"""Near misses seen by asking the learner's function again: arguments swapped or transposed, one more or one fewer."""

from __future__ import annotations

import functools
import inspect

import numpy as np

from course_lib.teach.checking.equality import clone, kind, plain, same
from course_lib.teach.checking.guard import QUESTION_ROOM, attempt
from course_lib.teach.checking.near_misses import Slip
from course_lib.teach.definitions.card import Card, Case


def named(card: Card, case: Case) -> dict:
    """The arguments of a case by the reference's names for them."""
    try:
        return dict(_signature(card.reference).bind(*case.args, **case.kwargs).arguments)
    except (TypeError, ValueError):
        return {f"argument {i + 1}": arg for i, arg in enumerate(case.args)} | dict(case.kwargs)


@functools.lru_cache(maxsize=500)
def _signature(reference):
    return inspect.signature(reference)


def lengths(card: Card, case: Case) -> dict[str, int]:
    """What a factor may come from: {"the length of axis 0 of `scores`": 4, "the number `k`": 3}."""
    found = {}
    for name, value in named(card, case).items():
        if kind(value) in ("array", "tensor", "series"):
            found |= {f"the length of axis {axis} of `{name}`": int(size) for axis, size in enumerate(value.shape)}
        elif kind(value) in ("list", "tuple", "table"):
            found[f"the length of `{name}`"] = len(value)
        elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            found[f"the number `{name}`"] = int(value)
    return found


def _turned(value):
    return kind(value) in ("array", "tensor") and len(value.shape) == 2 and min(value.shape) > 0


def _turned_back(answer):
    """A table with its axes exchanged; any other answer as it is, since torch warns of `.T` on it."""
    return answer.T if _turned(answer) else answer


def _both_signs(value) -> bool:
    """Does an array hold values below and above 0?"""
    held = plain(value)
    return bool((held < 0).any()) and bool((held > 0).any())


def _changes(card: Card, case: Case):
    """Pairs (slip, changed arguments, change of the answer)."""
    args = list(case.args)
    names = (list(named(card, case)) + [f"argument {i + 1}" for i in range(len(args))])[:len(args)]
    for i, value in enumerate(args):
        if _turned(value):
            changed = [*args[:i], value.T, *args[i + 1:]]
            yield Slip("wrong axis", f"Your function is right for `{names[i]}` transposed: it works along the wrong "
                                     f"axis of `{names[i]}`."), changed, None
    if any(_turned(value) for value in args):
        turned = [value.T if _turned(value) else value for value in args]
        yield Slip("wrong axis", "Turn the axes around and your function is right: it works along the wrong axis "
                                 "(`axis=0` where `axis=1` belongs, or the reverse)."), turned, _turned_back
    for i in range(len(args)):
        for j in range(i + 1, len(args)):
            if kind(args[i]) == kind(args[j]) and kind(args[i]) in ("array", "tensor", "number"):
                changed = list(args)
                changed[i], changed[j] = args[j], args[i]
                yield Slip("swapped", f"Exchange `{names[i]}` and `{names[j]}` and your function is right: they are "
                                      f"swapped."), changed, None
        if kind(args[i]) in ("array", "tensor") and plain(args[i]).dtype.kind == "f":
            yield Slip("wrong direction", f"Your function is right for −`{names[i]}`: it takes the smallest where the "
                                          f"largest belongs, or a sign is missing."), \
                [*args[:i], -args[i], *args[i + 1:]], None
    yield from _one_more(args, names)


def _one_more(args, names):
    for i, value in enumerate(args):
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and abs(value) <= 1000:
            for step, word in ((1, "larger"), (-1, "smaller")):
                yield Slip("off by one", f"Your function is right where `{names[i]}` is one {word}: an end is off by "
                                         "one."), [*args[:i], value + step, *args[i + 1:]], None


def _answer(card, fn, case, args, after):
    changed = Case(case.name, tuple(clone(arg) for arg in args), clone(case.kwargs))
    got = attempt(lambda: card.run(fn, changed), fn, 0.3,
                             QUESTION_ROOM)
    if got.error is not None:
        return got.error
    try:
        return after(got.value) if after else got.value
    except (AttributeError, TypeError):
        return got.value


def from_questions(card: Card, fn, cases: list[Case], wants: list) -> Slip | None:
    """Ask fn again with changed arguments; the slip whose change makes all answers right, or None.

    cases, wants: cases on which fn answered, and the right answers; some that it got wrong and some that it got right.
    """
    if not cases:
        return None
    tables = [list(_changes(card, case)) for case in cases]
    for index, (slip, _, _) in enumerate(tables[0]):
        if any(len(table) <= index or table[index][0] != slip for table in tables):
            continue
        if slip.name == "swapped" and not _matters(card, cases, tables, wants, index):
            continue
        if slip.name == "wrong direction" and not _turns(card, fn, cases, tables, index):
            continue
        if all(same(_answer(card, fn, case, *table[index][1:]), want, 1e-4, card.atol)
               for case, table, want in zip(cases, tables, wants, strict=True)):
            return slip
    return None


def _matters(card, cases, tables, wants, index) -> bool:
    """Does the reference itself answer otherwise to the changed arguments? A product that commutes does not."""
    return any(not same(_answer(card, card.reference, case, *table[index][1:]), want, 1e-4, card.atol)
               for case, table, want in zip(cases, tables, wants, strict=True))


def _turns(card, fn, cases, tables, index) -> bool:
    """Is "right for −x" more than chance? Where x has one sign only, the reference must answer −x as fn answers x."""
    for case, table in zip(cases, tables, strict=True):
        if any(a is not b and _both_signs(a) for a, b in zip(case.args, table[index][1], strict=True)):
            return True
    return all(same(_answer(card, card.reference, case, *table[index][1:]), _answer(card, fn, case, case.args, None),
                    1e-4, card.atol) for case, table in zip(cases, tables, strict=True))


def two_answers(card: Card, fn, case: Case) -> bool:
    """Does fn answer the same case differently when asked twice?"""
    first, second = (attempt(lambda: card.run(fn, Case(case.name, clone(case.args), clone(case.kwargs))), fn, 0.3,
                             QUESTION_ROOM)
                     for _ in range(2))
    return first.error is None and second.error is None and not same(first.value, second.value)
