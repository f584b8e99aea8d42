"""From a failed check to a sentence: a known mistake of the card, else a near miss, else what the stage says."""

from __future__ import annotations

from course_lib.teach.checking.case_runs import Failure, Run, collect, invariants, raises, reference_mutates
from course_lib.teach.checking.equality import same, short
from course_lib.teach.checking.near_misses import Slip, from_outputs
from course_lib.teach.checking.probing import from_questions, lengths, named, two_answers
from course_lib.teach.checking.shape_problems import shape_problem
from course_lib.teach.definitions.card import Card


def diagnose(card, fn, runs, failure, result):
    """Fill in the sentence: a known mistake, else a near miss, else what the failed stage says."""
    result.says, run = failure.says, failure.run
    if run is not None:
        result.line, result.code = run.got.line, run.got.code
        result.shows = [(name, short(value)) for name, value in named(card, run.case).items()]
        if run.got.error is None:
            expected = run.case.expected if run.by_hand and failure.stage == "by hand" else run.want
            result.shows += [("yours", short(run.got.value)), ("right", short(expected))]
    if run is not None and run.got.timed_out:
        result.mistake = "no answer in time"
        return
    known = known_mistake(card, fn, runs)
    if known:
        result.mistake, result.known, result.says = known.name, True, known.says
        return
    slip = near_miss(card, fn, runs, failure)
    if slip:
        result.mistake, result.says = slip.name, slip.says
    elif run is not None and run.got.error is not None:
        result.mistake = getattr(run.got.error, "short", type(run.got.error).__name__)
    elif failure.stage == "shape":
        result.mistake = "wrong shape or dtype"


def known_mistake(card: Card, fn, runs: list[Run]):
    """The first of the card's known mistakes that answers as fn does, case by case, or None."""
    held = None
    for mistake in card.mistakes:
        theirs = collect(card, mistake.wrong, card.seconds)
        if len(theirs) != len(runs) or not all(alike(card, a, b) for a, b in zip(runs, theirs, strict=True)):
            continue
        held = invariants(card, fn, stop_at_first=False) if held is None else held
        if held == invariants(card, mistake.wrong, stop_at_first=False):
            return mistake
    return None


def alike(card, run, other) -> bool:
    a, b = run.got, other.got
    if a.error is not None or b.error is not None:
        return type(a.error) is type(b.error)
    if run.mutated != other.mutated or not same(a.value, b.value, card.rtol, card.atol):
        return False
    return bool(shape_problem(a.value, run.want)) == bool(shape_problem(b.value, run.want))


def near_miss(card: Card, fn, runs: list[Run], failure: Failure) -> Slip | None:
    """A slip that any exercise can suffer, or None."""
    if all(run.got.error is None and run.got.value is None for run in runs):
        shown = " You print the answer; return it." if any(run.got.printed for run in runs) else ""
        return Slip("returns None", f"Your function returns nothing.{shown or ' Is a `return` missing?'}")
    if failure.stage == "invariant" and "in place" in failure.says:
        return Slip("mutated input", failure.says)
    fine = [run for run in runs if run.got.error is None and not raises(run.want)]
    if len(fine) == len([run for run in runs if not raises(run.want)]) and fine:
        slip = from_outputs([(run.got.value, run.want) for run in fine], [lengths(card, run.case) for run in fine])
        if slip:
            return slip
    changed = next((name for run in runs for name in run.mutated), None)
    if changed and not reference_mutates(card, runs[0].case):
        return Slip("mutated input", f"{failure.says} Your function also changes its argument `{changed}` in place: "
                                     "work on a copy.")
    told = [run for run in runs if not raises(run.want)]
    slip = from_questions(card, fn, [run.case for run in told], [run.want for run in told])
    if slip is None and two_answers(card, fn, runs[0].case):
        slip = Slip("not repeatable", "Asked twice with the same arguments, your function gives two answers: it keeps "
                                      "something between calls, or draws random numbers of its own.")
    return slip
