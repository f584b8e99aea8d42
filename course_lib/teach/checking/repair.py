"""Is a wrong answer one change away from a right one? Then the place of that change in the learner's text is the cause.

Each one-change variant of the learner's own text is put to the cases; what makes all of them come right, and fresh ones
too, is a repair. Only the place is told and what is wrong there, never what to write.
"""

from __future__ import annotations

import ast
import copy
import inspect
import time
import warnings
from collections.abc import Iterator

import numpy as np

from course_lib.teach.checking.case_runs import SEED, Run, agrees, invariants, raises
from course_lib.teach.checking.equality import same
from course_lib.teach.checking.mutations import Mutant, function_of, mutants_of, places
from course_lib.teach.checking.near_misses import Slip
from course_lib.teach.checking.one_change import can_stop
from course_lib.teach.checking.right_answers import Text, answer, build
from course_lib.teach.definitions.card import Card

PER_CASE = 0.1
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
    found = _repairs(card, held, ordered, time.process_time() + seconds)
    if not found or len({mutant.line for mutant, _ in found}) > 1:
        return None
    if {mutant.kind for mutant, _ in found} == {"constant"} and _any_number_would_do(card, held, ordered, found):
        return None                     # room is made for what is wrong elsewhere
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


def _repairs(card: Card, held: Text, runs: list[Run], end: float) -> list[tuple[Mutant, object]]:
    """The variants of one text, with their functions, that are right on all cases; [] where the time is too short."""
    found = []
    try:
        variants = [*mutants_of(held.text, doors=any(raises(run.want) for run in runs)), *_other_names(held.text)]
    except (SyntaxError, ValueError, RecursionError):
        return []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for variant in variants:
            if variant.kind in TOO_MUCH or ("while " in variant.text and not can_stop()):
                continue
            if time.process_time() > end:
                return []               # what was not tried might stand at another line
            try:
                fn = build(held, variant.text)
            except Exception:  # noqa: BLE001 - a text that cannot be run is no answer
                continue
            if all(_right(card, fn, run) for run in runs):
                found.append((variant, fn))
    return found


def _any_number_would_do(card: Card, held: Text, runs: list[Run], found: list[tuple[Mutant, object]]) -> bool:
    """Does a much larger number at the same place make everything right as well?"""
    line = found[0][0].line
    tree = function_of(held.text)
    for node, put in list(places(tree, False)):
        if not isinstance(node, ast.Constant) or type(node.value) not in (int, float) or node.lineno != line:
            continue
        put(ast.copy_location(ast.Constant(node.value + LARGE), node))
        changed = ast.unparse(ast.fix_missing_locations(tree))
        put(node)
        if all(_right(card, build(held, changed), run) for run in runs):
            return True
    return False


def _right(card: Card, fn, run: Run) -> bool:
    return agrees(card, Run(run.case, answer(card, fn, run.case, PER_CASE), run.want, (), run.by_hand))


def _other_names(text: str) -> Iterator[Mutant]:
    """Variants in which one argument stands where another stood."""
    tree = function_of(text)
    lines = text.splitlines()
    head = next((node for node in tree.body if isinstance(node, ast.FunctionDef)), None)
    if head is None:
        return
    names = [arg.arg for arg in (*head.args.args, *head.args.kwonlyargs)]
    for node, put in list(places(tree, False)):
        if not isinstance(node, ast.Name) or node.id not in names or not isinstance(node.ctx, ast.Load):
            continue
        for name in names:
            if name != node.id:
                put(ast.copy_location(ast.Name(name, ast.Load()), node))
                changed = ast.unparse(ast.fix_missing_locations(tree))
                put(node)
                yield Mutant("another argument", node.id, name, node.lineno, lines[node.lineno - 1].strip(), changed)


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
    if least.kind == "another argument":
        return f"{start} `{least.was}` stands where another argument belongs."
    if least.kind == "removed statement":
        return f"{start} without it all is right."
    if least.kind in NEEDLESS:
        return f"{start} there is something too much in `{_cut(least.was)}`; `{_cut(least.now)}` would do."
    return f"{start} it is `{_cut(least.was)}` that is not right."


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"
