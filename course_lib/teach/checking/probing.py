"""Near misses seen by asking the learner's function again: arguments swapped or transposed, one more or one fewer."""

from __future__ import annotations

import inspect

import numpy as np

from course_lib.teach.checking.equality import clone, kind, same
from course_lib.teach.checking.guard import attempt
from course_lib.teach.checking.near_misses import Slip
from course_lib.teach.definitions.card import Card, Case

ROOM = 1_000_000                     # values that an answer to such a question may have


def named(card: Card, case: Case) -> dict:
    """The arguments of a case by the reference's names for them."""
    try:
        return dict(inspect.signature(card.reference).bind(*case.args, **case.kwargs).arguments)
    except (TypeError, ValueError):
        return {f"argument {i + 1}": arg for i, arg in enumerate(case.args)} | dict(case.kwargs)


def lengths(card: Card, case: Case) -> dict[str, int]:
    """What a factor between two answers may come from: {"axis 0 of `scores`": 4, "`k`": 3}."""
    found = {}
    for name, value in named(card, case).items():
        if kind(value) in ("array", "tensor", "series"):
            found |= {f"axis {axis} of `{name}`": int(size) for axis, size in enumerate(value.shape)}
        elif kind(value) in ("list", "tuple", "table"):
            found[f"`{name}`"] = len(value)
        elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            found[f"`{name}`"] = int(value)
    return found


def _turned(value):
    return kind(value) in ("array", "tensor") and len(value.shape) == 2


def _changes(card: Card, case: Case):
    """Pairs (slip, changed arguments, change of the answer)."""
    args = list(case.args)
    names = list(named(card, case)) if not case.kwargs else [f"argument {i + 1}" for i in range(len(args))]
    names = (names + [f"argument {i + 1}" for i in range(len(args))])[: max(len(args), len(names))]
    for i, value in enumerate(args):
        if _turned(value):
            changed = [*args[:i], value.T, *args[i + 1:]]
            yield Slip("wrong axis", f"Your function is right for `{names[i]}` transposed: it works along the wrong "
                                     f"axis of `{names[i]}`."), changed, None
    if any(_turned(value) for value in args):
        turned = [value.T if _turned(value) else value for value in args]
        yield Slip("wrong axis", "Turn the axes around and your function is right: it works along the wrong axis "
                                 "(`axis=0` where `axis=1` belongs, or the reverse)."), turned, lambda out: out.T
    for i in range(len(args)):
        for j in range(i + 1, len(args)):
            if kind(args[i]) == kind(args[j]) and kind(args[i]) in ("array", "tensor", "number"):
                changed = list(args)
                changed[i], changed[j] = args[j], args[i]
                yield Slip("swapped", f"Exchange `{names[i]}` and `{names[j]}` and your function is right: they are "
                                      f"swapped."), changed, None
        if kind(args[i]) in ("array", "tensor") and getattr(args[i].dtype, "kind", "f") == "f":
            yield Slip("wrong direction", f"Your function is right for −`{names[i]}`: it takes the smallest where the "
                                          f"largest belongs, or a sign is missing."), \
                [*args[:i], -args[i], *args[i + 1:]], None
    yield from _one_more(args, names)


def _one_more(args, names):
    for i, value in enumerate(args):
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            for step, word in ((1, "few"), (-1, "many")):
                yield Slip("off by one", f"Your function is right when `{names[i]}` is given {step:+d}: it takes one "
                                         f"too {word}."), [*args[:i], value + step, *args[i + 1:]], None


def _answer(card, fn, case, args, after):
    changed = Case(case.name, tuple(clone(arg) for arg in args), clone(case.kwargs))
    got = attempt(lambda: card.run(fn, changed), fn, 0.3, ROOM)
    if got.error is not None:
        return got.error
    try:
        return after(got.value) if after else got.value
    except (AttributeError, TypeError):
        return got.value


def from_questions(card: Card, fn, cases: list[Case], wants: list) -> Slip | None:
    """Ask fn again with changed arguments; the slip whose change makes all answers right, or None.

    cases, wants: cases on which fn answered, and the right answers. At most eight cases are asked.
    """
    cases, wants = cases[:8], wants[:8]
    if not cases:
        return None
    tables = [list(_changes(card, case)) for case in cases]
    for index, (slip, _, _) in enumerate(tables[0]):
        if any(len(table) <= index or table[index][0] != slip for table in tables):
            continue
        if all(same(_answer(card, fn, case, *table[index][1:]), want, 1e-4, card.atol)
               for case, table, want in zip(cases, tables, wants, strict=True)):
            return slip
    return None


def two_answers(card: Card, fn, case: Case) -> bool:
    """Does fn answer the same case differently when asked twice?"""
    first, second = (attempt(lambda: card.run(fn, Case(case.name, clone(case.args), clone(case.kwargs))), fn, 0.3, ROOM)
                     for _ in range(2))
    return first.error is None and second.error is None and not same(first.value, second.value)
