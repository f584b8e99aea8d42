"""The last hint: are the learner's answers those of a right solution with one change? Then it says which."""

from __future__ import annotations

import re
import signal
import threading
import time
import warnings
from collections.abc import Iterable

import numpy as np

from course_lib.teach.checking.case_runs import Run, agrees, invariants, raises
from course_lib.teach.checking.equality import numeric, same
from course_lib.teach.checking.mutations import Mutant, mutants_of
from course_lib.teach.checking.right_answers import Text, answer, build, texts_of
from course_lib.teach.checking.shape_problems import shape_problem
from course_lib.teach.definitions.card import Card

ORDER = ("reference", "solution", "alternative")
CALLED = {"reference": "the reference", "solution": "the course's solution", "alternative": "another right solution"}
PER_CASE = 0.1
TOKEN = re.compile(r"\d[\d.]*(?:e-?\d+)?|\w+|\s+|[<>=!+*/-]=|\*\*|//|[^\w\s]")
FEWEST = 6                      # zeros and ones in all wrong answers together, below which two agree by chance


def one_change(card: Card, fn, runs: list[Run], seconds: float = 1.0) -> str | None:
    """A sentence that names the change of a right solution which gives all of fn's answers, or None.

    runs: the card's cases put to fn. Said only if fn's wrong answers are values, if the changed solution gives all of
    fn's answers and holds the same invariants as fn, and if all changes that do stand on one line of that solution.
    seconds: of the processor, for the whole search.
    """
    wrong = [run for run in runs if not agrees(card, run)]
    if not wrong or any(run.got.error is not None or raises(run.want) for run in wrong) or not _tells(wrong):
        return None
    ordered = wrong + [run for run in runs if agrees(card, run)]
    end = time.process_time() + seconds
    held = None
    for right in sorted(texts_of(card), key=lambda text: ORDER.index(text.of)):
        equal = _equal_mutants(card, right, ordered, end)
        if not equal or len({mutant.line for mutant, _ in equal}) > 1:
            continue
        held = invariants(card, fn, stop_at_first=False) if held is None else held
        equal = [mutant for mutant, theirs in equal if invariants(card, theirs, stop_at_first=False) == held]
        if equal:
            return _sentence(right, min(equal, key=lambda mutant: len(mutant.was) + len(mutant.now)))
    return None


def _tells(wrong: list[Run]) -> bool:
    """Are there enough answers, and not all the same, for two functions not to agree on them by chance?"""
    values = [numeric(run.got.value) for run in wrong]
    if any(value is None for value in values):
        return len({repr(run.got.value) for run in wrong}) > 1
    every = np.concatenate([np.ravel(value) for value in values]).astype(complex)
    different = len(set(every.tolist()))
    return different > 2 or (different == 2 and len(every) >= FEWEST)


def _equal_mutants(card: Card, right: Text, runs: list[Run], end: float) -> list[tuple[Mutant, object]]:
    """The mutants of one text, with their functions, that answer as `runs` did; as far as the time goes."""
    return fitting(right, mutants_of(right.text), end, lambda fn: all(
        _alike(card, run, answer(card, fn, run.case, PER_CASE)) for run in runs))


def fitting(held: Text, variants: Iterable[Mutant], end: float, fits) -> list[tuple[Mutant, object]]:
    """The variants of a text whose function `fits` holds for, with the function.

    end: processor time at which it gives up with []: what was not tried might stand on another line.
    """
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for variant in variants:
            if "while " in variant.text and not _can_stop():
                continue
            if time.process_time() > end:
                return []
            try:
                fn = build(held, variant.text)
            except Exception:  # noqa: BLE001 - a text that cannot be run gives no answers
                continue
            if fits(fn):
                found.append((variant, fn))
    return found


def _can_stop() -> bool:
    """Can a function that loops without end be stopped here? See guard.time_limit."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _alike(card: Card, run: Run, other) -> bool:
    if run.got.error is not None or other.error is not None:
        return type(run.got.error) is type(other.error)
    return same(other.value, run.got.value, card.rtol, card.atol) and (
        bool(shape_problem(other.value, run.want)) == bool(shape_problem(run.got.value, run.want)))


def _sentence(right: Text, mutant: Mutant) -> str:
    start = f"Your answers are those of {CALLED[right.of]}"
    if mutant.kind == "removed statement":
        block = "the block that begins with" if mutant.at.endswith(":") else "its line"
        return f"{start} without {block} `{mutant.at}`."
    if mutant.kind == "early return":
        return f"{start} with its `return` moved into the loop `{mutant.at}`."
    return f"{start} {_difference(mutant.was, mutant.now)} in its line `{mutant.at}`."


def _difference(was: str, now: str) -> str:
    """What two texts differ in: "with `all` in place of `any`", "without `axis=1`"."""
    old, new = TOKEN.findall(was), TOKEN.findall(now)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    gone = "".join(old[start:len(old) - end]).strip(" ,")
    come = "".join(new[start:len(new) - end]).strip(" ,")
    if not gone or not _balanced(gone) or not _balanced(come):
        gone, come = was, now
    return f"with `{come}` in place of `{gone}`" if come else f"without `{gone}`"


def _balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}")) and text.count("'") % 2 == 0
