"""Checking a learner's function against its card: shape, by hand, invariants, reference; then the diagnosis.

All cases are put to the function first, then the stages are judged in order; what fails is held against the card's
known mistakes, then against the near misses that any exercise can suffer.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from course_lib.teach.checking.case_runs import (
    Failure,
    agrees,
    cases_of,
    collect,
    copied,
    dressed,
    invariants,
    package_of,
    raises,
    reference_mutates,
    same_error,
)
from course_lib.teach.checking.diagnose import diagnose
from course_lib.teach.checking.equality import first_difference, same, short
from course_lib.teach.checking.guard import attempt
from course_lib.teach.checking.shape_problems import shape_problem
from course_lib.teach.checking.surroundings import names_noted, ours_put_back, same_random_numbers
from course_lib.teach.checking.taking import Sealed
from course_lib.teach.checking.texts import is_stub, source
from course_lib.teach.definitions.card import Card

STAGES = ("runs", "shape", "by hand", "invariant", "reference")


@dataclass
class Result:
    """The outcome of a check. status: "todo", "wrong" or "right". mistake: name of the known mistake or near miss.

    says: the diagnosis. shows: pairs (label, text) of the case that shows it. ratio: time against the reference's.
    fn: the right function as later cells may call it, its answers in the reference's container; else None.
    """

    card_id: str
    status: str
    stage: str = ""
    mistake: str = ""
    known: bool = False
    says: str = ""
    shows: list[tuple[str, str]] = field(default_factory=list)
    printed: str = ""
    line: int | None = None
    code: str = ""
    seconds: float = 0.0
    ratio: float | None = None
    passed: tuple[int, int] = (0, 0)
    fn = None                       # no field: a row of the class page holds no function


_one_at_a_time = threading.RLock()            # the guards put back what is the whole process's: output, input, seeds


def check(card: Card, fn, text: str | None = None) -> Result:
    """Hold fn against its card. text: fn's source where it is known. Returns a Result; raises nothing of fn's."""
    with _one_at_a_time, same_random_numbers(), names_noted(package_of(card)):
        try:
            return _check(card, fn, text)
        except Exception as error:  # noqa: BLE001 - nothing that an answer does may stop the notebook
            return Result(card.id, "wrong", "runs", "cannot be compared",
                          says=f"Your answer cannot be compared with the right one: {type(error).__name__} came of it. "
                               "Return plain arrays, numbers or text.")


def is_right(card: Card, fn, seconds: float | None = None) -> bool:
    """Would `check` call fn right? Without the diagnosis of what is wrong. seconds: for all cases, else the card's."""
    with _one_at_a_time, same_random_numbers(), names_noted(package_of(card)):
        try:
            runs = collect(card, fn, seconds or card.seconds, all_of_them=False)
            return agrees(card, runs[-1]) and _first_failure(card, fn, runs) is None
        except Exception:  # noqa: BLE001 - what cannot be compared is not right
            return False
        finally:
            ours_put_back()                     # what an invariant found replaced; the next answer is not charged


def _check(card, fn, text):
    started, began = time.perf_counter(), time.process_time()
    text = source(fn) if text is None else text
    if text and is_stub(text):
        return Result(card.id, "todo")
    runs = collect(card, fn, card.seconds)
    if runs[0].got.unwritten:
        return Result(card.id, "todo", printed=runs[0].got.printed)
    failure = _first_failure(card, fn, runs)
    right = sum(agrees(card, run) for run in runs)
    printed = next((run.got.printed for run in runs if run.got.printed.strip()), "")
    result = Result(card.id, "right", printed=printed, seconds=time.perf_counter() - started, passed=(right, len(runs)))
    if failure is None:
        result.fn = dressed(fn, runs)
        result.ratio = speed_ratio(card, fn)
        return result
    result.status, result.stage = "wrong", failure.stage
    sealed = failure.run.got.value if failure.run is not None else None
    if isinstance(sealed, Sealed) and (sealed.says or sealed.count is not None):
        result.says, result.mistake = failure.says, "cannot be walked through" if sealed.says else "too many values"
        result.shows = [("yours", repr(sealed)), ("right", short(failure.run.want))]
        return result
    diagnose(card, fn, runs, failure, result, text, began)
    return result


def _first_failure(card, fn, runs) -> Failure | None:
    for stage in (_runs, _shape, _by_hand):
        failure = stage(card, runs)
        if failure:
            return failure
    if not all(agrees(card, run) for run in runs if run.by_hand):
        return _reference_stage(card, [run for run in runs if run.by_hand])
    fn = dressed(fn, runs)
    broken = next((index for index, holds in enumerate(invariants(card, fn)) if not holds), None)
    if broken is not None:
        return Failure("invariant", f"On small cases your function is right, but this does not hold: "
                                    f"{card.invariants[broken].says}")
    return _reference_stage(card, runs) or _changes_arguments(card, runs) or _spoils(runs)


def _runs(card, runs):
    for run in runs:
        error = run.got.error
        if run.got.timed_out:
            return Failure("runs", f"No answer after {card.seconds:g} s on “{run.case.name}”, so it was stopped: is "
                                   "there a loop that never ends, or a table as large as the largest id?", run)
        if error is not None and not (raises(run.want) and same_error(error, run.want)):
            return Failure("runs", _error_sentence(run), run)
        if error is None and raises(run.want):
            name = (run.want if isinstance(run.want, type) else type(run.want)).__name__
            return Failure("runs", f"“{run.case.name}” should raise {name}; your function answers "
                                   f"{short(run.got.value, 80)}.", run)
    return None


def _error_sentence(run):
    error, got = run.got.error, run.got
    where = f"line {got.line} of your cell, `{got.code}`," if got.line else "the call"
    if got.unwritten:
        return f"On “{run.case.name}” your function reaches {where} which is not written yet."
    return f"On “{run.case.name}” {where} raises {type(error).__name__}: {got.message or '(no message)'}"


def _shape(card, runs):
    for run in runs:
        if run.got.error is None and not raises(run.want):
            problem = shape_problem(run.got.value, run.want)
            if problem:
                return Failure("shape", f"On “{run.case.name}” {problem}", run)
    return None


def _by_hand(card, runs):
    for run in runs:
        expected = run.case.expected
        if run.by_hand and run.got.error is None and not raises(expected) and not same(
                run.got.value, expected, card.rtol, card.atol):
            where = first_difference(run.got.value, expected, card.rtol, card.atol)
            return Failure("by hand", f"On “{run.case.name}”, a case small enough to do by hand, the answer is not "
                                      f"right. {where}".strip(), run)
    return None


def _reference_stage(card, runs):
    for run in runs:
        if not agrees(card, run):
            return Failure("reference", f"Right by hand, but not on “{run.case.name}”. "
                           f"{first_difference(run.got.value, run.want, card.rtol, card.atol)}".strip(), run)
    return None


def _changes_arguments(card, runs):
    for run in runs:
        names = [name for name in run.mutated if name not in reference_mutates(card, run.case)]
        if names:
            return Failure("invariant", f"The answers are right, but your function changes its argument `{names[0]}` "
                                        "in place, so the caller's data is spoilt. Work on a copy.", run)
    return None


def _spoils(runs):
    for run in runs:
        if run.got.spoils:
            return Failure("invariant", f"The answers are right, but your function {run.got.spoils}. It was put back.",
                           run)
    return None


def speed_ratio(card: Card, fn, seconds: float = 0.15) -> float:
    """Time of fn over time of the reference on the check's cases, the least of a few rounds."""
    cases, best = [case for case, _ in cases_of(card)], {"theirs": np.inf, "ours": np.inf}
    end = time.perf_counter() + seconds
    while True:
        for name, function in (("theirs", fn), ("ours", card.reference)):
            took = 0.0
            for case in map(copied, cases):
                took += attempt(lambda case=case, function=function: card.run(function, case), fn, card.seconds).seconds
            best[name] = min(best[name], took)
        if time.perf_counter() > end:
            return best["theirs"] / max(best["ours"], 1e-9)
