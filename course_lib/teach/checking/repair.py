"""Is a wrong answer one change away from a right one? Then the place of that change in the learner's text is the cause.

Each one-change variant of the learner's own text is put to the cases; what makes all of them come right, and fresh ones
too, is a repair. The place is told, and what is wrong there; what to write only where something is too much.
"""

from __future__ import annotations

import ast
import copy
import inspect
import time
from collections.abc import Iterator

import numpy as np

from course_lib.teach.checking.case_runs import SEED, Run, agrees, invariants, raises
from course_lib.teach.checking.equality import same
from course_lib.teach.checking.mutations import Mutant, function_of, mutants_of, places
from course_lib.teach.checking.near_misses import Slip
from course_lib.teach.checking.one_change import PER_CASE, fitting
from course_lib.teach.checking.right_answers import Text, answer
from course_lib.teach.definitions.card import Card

LARGE = 17                      # more than one off
LONGEST = 60                    # characters of a piece of text that is quoted
NEEDLESS = ("dropped call", "dropped term", "dropped condition", "dropped selection", "dropped argument",
            "dropped keyword", "dropped axis", "dropped sign or not", "removed statement")
# A change of these kinds makes almost any answer into another one, so it says nothing about what was meant.
TOO_MUCH = ("early return", "one branch")


def repair(card: Card, fn, text: str, runs: list[Run], seconds: float = 0.6) -> Slip | None:
    """The one place of the learner's text at which one change makes everything right, as a sentence; None without.

    runs: the card's cases put to fn. Said only if all changes that repair it stand at one line, and if the repaired
    function is right on fresh cases too and holds the card's invariants. seconds: of the processor, for the search.
    """
    held = _own_text(fn, text)
    wrong = [run for run in runs if not agrees(card, run)]
    if held is None or not wrong:
        return None
    ordered = wrong + [run for run in runs if agrees(card, run)]
    end = time.process_time() + seconds

    def all_right(other) -> bool:
        return all(_right(card, other, run) for run in ordered)
    found = fitting(held, _variants(held.text, any(raises(run.want) for run in runs)), end, all_right)
    if not found or len({mutant.line for mutant, _ in found}) > 1:
        return None
    if {mutant.kind for mutant, _ in found} == {"constant"}:
        larger = fitting(held, _larger(text, found[0][0].line), end, all_right)
        if larger or time.process_time() > end:
            return None             # any number would do, or might: room is made for what is wrong elsewhere
    found = [mutant for mutant, theirs in found if _holds(card, theirs)]
    return Slip("one change away", _sentence(found)) if found else None


def _own_text(fn, text: str) -> Text | None:
    """The learner's text with the names it may use; None for what does not stand alone."""
    try:
        fn = inspect.unwrap(fn)
    except ValueError:
        return None
    if not inspect.isfunction(fn) or fn.__closure__ or not text.lstrip().startswith(("def ", "@")):
        return None
    return Text("yours", fn.__name__, text, dict(fn.__globals__))


def _variants(text: str, doors: bool) -> list[Mutant]:
    """The one-change variants of a learner's text; none of a text that cannot be read."""
    try:
        every = [*mutants_of(text, doors), *_other_names(text)]
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [variant for variant in every if variant.kind not in TOO_MUCH]


def _larger(text: str, line: int) -> Iterator[Mutant]:
    """Variants in which a number of one line is much larger."""
    for node, name, changed in _replaced(text, ast.Constant, lambda node: (node.value + LARGE,) if type(
            node.value) in (int, float) and node.lineno == line else ()):
        yield Mutant("larger number", str(node.value), str(name), line, "", changed)


def _right(card: Card, fn, run: Run) -> bool:
    return agrees(card, Run(run.case, answer(card, fn, run.case, PER_CASE), run.want, (), run.by_hand))


def _other_names(text: str) -> Iterator[Mutant]:
    """Variants in which one argument stands where another stood."""
    head = next((node for node in function_of(text).body if isinstance(node, ast.FunctionDef)), None)
    names = [arg.arg for arg in (*head.args.args, *head.args.kwonlyargs)] if head else []
    lines = text.splitlines()
    for node, name, changed in _replaced(text, ast.Name, lambda node: [name for name in names if name != node.id]
                                         if node.id in names and isinstance(node.ctx, ast.Load) else ()):
        yield Mutant("another argument", node.id, name, node.lineno, lines[node.lineno - 1].strip(), changed)


def _replaced(text: str, kind, others) -> Iterator[tuple[ast.AST, object, str]]:
    """(node, what takes its place, the changed text) for each node of a kind and each of others(node)."""
    tree = function_of(text)
    for node, put in list(places(tree, False)):
        for other in others(node) if isinstance(node, kind) else ():
            new = ast.Name(other, ast.Load()) if kind is ast.Name else ast.Constant(other)
            put(ast.copy_location(new, node))
            changed = ast.unparse(ast.fix_missing_locations(tree))
            put(node)
            yield node, other, changed


def _holds(card: Card, fn) -> bool:
    """Is the repaired function right on fresh cases, where both right solutions agree, and on the invariants?"""
    if not all(invariants(card, fn, stop_at_first=True)):
        return False
    for case in card.cases(np.random.default_rng(SEED + 1)):
        right = answer(card, card.reference, copy.deepcopy(case), card.seconds)
        other = answer(card, card.alternative, copy.deepcopy(case), card.seconds)
        if right.error is not None or other.error is not None or not same(right.value, other.value, card.rtol,
                                                                          card.atol):
            continue
        got = answer(card, fn, case, PER_CASE)
        if got.error is not None or not same(got.value, right.value, card.rtol, card.atol):
            return False
    return True


def _sentence(found: list[Mutant]) -> str:
    """Where it is, and what is wrong there: a boundary, something that is too much, or a piece of the line."""
    least = min(found, key=lambda mutant: (mutant.kind not in NEEDLESS, len(mutant.was) + len(mutant.now)))
    start = f"Every case comes right with one change in your line `{_cut(least.at)}`:"
    kinds = {mutant.kind for mutant in found}
    if kinds == {"boundary"} or least.kind == "boundary":
        inside = "=" in least.now
        told = "left out there and belongs in" if inside else "counted there and does not belong in"
        return f"{start} what is exactly equal in `{_cut(least.was)}` is {told}."
    if least.kind == "removed statement":
        return f"{start} without it all is right."
    if least.kind in NEEDLESS:
        return f"{start} there is something too much in `{_cut(least.was)}`; `{_cut(least.now)}` would do."
    return f"{start} it is `{_cut(least.was)}` that is not right."


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"
