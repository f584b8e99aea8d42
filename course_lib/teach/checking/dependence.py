"""Which arguments an answer depends on, found by changing one at a time and asking again."""

from __future__ import annotations

import inspect
import time

import numpy as np

from course_lib.teach.checking.axes import slots, whole, with_slots
from course_lib.teach.checking.equality import clone, kind, numeric, plain, same
from course_lib.teach.checking.guard import QUESTION_ROOM, attempt
from course_lib.teach.definitions.card import Card, Case

SECONDS = 0.3
CASES = 6


def ignored(card: Card, fn, cases: list[Case]) -> list[str]:
    """Names of the arguments on which the right answer depends and fn's does not, whatever they are changed to."""
    end = time.process_time() + SECONDS
    if _constant(card, fn, cases):
        return []
    names = parameters(card)
    found = []
    for slot in slots(cases[0]) if cases else ():
        if time.process_time() > end:
            break
        name = slot if isinstance(slot, str) else names[slot] if slot < len(names) else ""
        if name and not _redundant(cases, slot) and _ignores(card, fn, cases[:CASES], slot):
            found.append(name)
    return found


def _constant(card, fn, cases) -> bool:
    """Does fn answer all cases alike? Then it may read its arguments well enough, and say no to all of them."""
    answers = [_answer(card, fn, case).value for case in cases]
    flat = {str(part) for answer in answers for part in np.ravel(np.asarray(plain(answer), object)).tolist()}
    return len(flat) <= 1


def _redundant(cases, slot) -> bool:
    """A number that other arguments hold already (their length, one more than their largest) need not be read."""
    told = [slots(case) for case in cases if slot in slots(case)]
    if not all(whole(held[slot]) for held in told):
        return False
    for other in told[0]:
        for measure in (np.size, len, lambda value: np.shape(value)[1], lambda value: np.max(value) + 1):
            try:
                if other != slot and all(measure(held[other]) == held[slot] for held in told):
                    return True
            except (TypeError, IndexError, ValueError, KeyError, RuntimeError):
                continue
    return False


def parameters(card: Card) -> list[str]:
    """The names of the arguments in the order of the cases; [] where a case is put to the function in another form."""
    function = card.reference if card.call is None or _passes_on(card.call) else None
    return list(inspect.signature(function).parameters) if function is not None else []


def _passes_on(call) -> bool:
    kinds = [parameter.kind for parameter in inspect.signature(call).parameters.values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds


def _ignores(card, fn, cases, slot) -> bool:
    """Does fn never answer otherwise, while the reference often does, and not only because the order has changed?"""
    told, moved, coarse = set(), {True: 0, False: 0}, False
    for index, case in enumerate(cases):
        if slot not in slots(case):
            continue
        before = _answer(card, card.reference, case), _answer(card, fn, case)
        if before[0].error is not None or before[1].error is not None:
            continue
        array = numeric(before[0].value)
        coarse = coarse or array is None or array.dtype.kind != "f"
        for reordered, value in _changes(slots(case)[slot]):
            other = with_slots(case, {slot: value})
            mine = _answer(card, fn, other)
            if mine.error is not None or not same(mine.value, before[1].value, 1e-9, 0):
                return False
            right = _answer(card, card.reference, other)
            if right.error is None and not same(right.value, before[0].value, 1e-4, 1e-9):
                told.add(index)
                moved[reordered] += 1
    return len(told) >= 2 and moved[False] >= (5 if coarse else 2)


def _changes(value):
    """Other values for an argument, as pairs (is it only the order that changes?, value)."""
    if whole(value):
        changed = [value + 1, value + 2, max(value - 1, 1), value * 2, value * 10, value // 2]
        return [(False, one) for one in changed]
    if kind(value) == "number" and not isinstance(value, (bool, np.bool_)):
        return [(False, value * factor) for factor in (0.01, 0.4, 0.8, 1.1, 3, 30)]
    if kind(value) not in ("array", "tensor") or not np.size(value):
        return []
    first = _first_changed(value, lambda one: one + 1)
    if kind(value) == "array" and value.dtype.kind == "b":
        return [(False, ~value), (True, value[::-1]), (False, value | True), (False, value & False)]
    if kind(value) == "array" and value.dtype.kind not in "iuf":
        return [(True, value[::-1])]
    turned = value.flip(0) if kind(value) == "tensor" and value.ndim else value[::-1] if np.ndim(value) else value
    held = [value * 2, value + 1, first, value * 0, value * 0 + 1, value * 10]
    if kind(value) == "tensor" or value.dtype.kind == "f":
        held += [value * 0.3, value * 0.3 + 0.1]
    return [(True, turned), *((False, one) for one in held)]


def _first_changed(value, rule):
    changed = clone(value)
    if kind(value) == "tensor":
        changed = changed.detach()
    place = (0,) * len(value.shape)
    changed[place] = rule(changed[place])
    return changed


def _answer(card, function, case):
    given = Case(case.name, clone(case.args), clone(case.kwargs))
    return attempt(lambda: card.run(function, given), function, 0.2, QUESTION_ROOM)
