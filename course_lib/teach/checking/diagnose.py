"""From a failed check to a sentence: a known mistake of the card, else a near miss, else where the answer is wrong.

Nothing is said but what holds on every case; where nothing is sure, the smallest failing input speaks for itself.
"""

from __future__ import annotations

import time

from course_lib.teach.checking.answer_text import Observation, observations
from course_lib.teach.checking.case_runs import (
    Failure,
    Run,
    agrees,
    invariants,
    raises,
    reference_mutates,
)
from course_lib.teach.checking.dependence import ignored
from course_lib.teach.checking.equality import numeric, same, short
from course_lib.teach.checking.families import family
from course_lib.teach.checking.invariant_calls import wrong_call
from course_lib.teach.checking.localise import tendency, where
from course_lib.teach.checking.mistake_runs import runs_of_mistake
from course_lib.teach.checking.near_misses import Slip, from_outputs
from course_lib.teach.checking.parts import judge
from course_lib.teach.checking.probing import from_questions, lengths, named, two_answers
from course_lib.teach.checking.repair import repair
from course_lib.teach.checking.resemblance import negated, resembles
from course_lib.teach.checking.rows_alone import rows_alone
from course_lib.teach.checking.shape_problems import shape_problem
from course_lib.teach.checking.shrink import fits, sentence, smallest
from course_lib.teach.checking.taking import count_of
from course_lib.teach.checking.texts import source
from course_lib.teach.definitions.card import Card

LONGEST_CHECK, LONGEST_SEARCH = 1.2, 0.6        # seconds of the processor: of a check, of the search for a repair
FAR_TOO_MANY = 1_000    # values of an answer beyond twenty times those of the right one
# Seen in the text, each of these is a fault whatever else is wrong.
FAULTS = ("shadowed builtin", "return in the loop", "result not kept", "mutable default")


def diagnose(card, fn, runs, failure, result, text="", began=None):
    """Fill in the sentence. text: the source of fn where it is known. See the module for what comes first.

    began: the processor's time at which the check began; a repair is looked for with what is left of its time.
    """
    began = time.process_time() if began is None else began
    result.says, run = failure.says, failure.run
    if run is not None:
        result.line, result.code = run.got.line, run.got.code
        result.shows = [(name, short(value)) for name, value in named(card, run.case).items()]
        if run.got.error is None:
            expected = run.case.expected if run.by_hand and failure.stage == "by hand" else run.want
            result.shows += _both(run.got.value, expected)
    if run is not None and run.got.timed_out:
        result.mistake = "no answer in time"
        return
    known = known_mistake(card, fn, runs)
    if known:
        result.mistake, result.known, result.says = known.name, True, known.says
        return
    seen = observations(text or source(fn))
    slip = _sure(card, fn, runs, failure, seen, result)
    if slip:
        result.mistake, result.says = slip.name, slip.says
        return
    if run is not None and run.got.error is not None:
        result.mistake = getattr(run.got.error, "short", type(run.got.error).__name__)
    elif failure.stage == "shape":
        result.mistake = "wrong shape or dtype"
    result.says = _difference(card, fn, runs, failure, seen, result)
    left = min(LONGEST_CHECK - (time.process_time() - began), LONGEST_SEARCH)
    mended = repair(card, fn, text or source(fn), runs, left)
    if mended:
        result.mistake, result.says = result.mistake or mended.name, f"{mended.says} {result.says}"


def _sure(card, fn, runs, failure, seen: list[Observation], result) -> Slip | None:
    """The first thing that is sure: a slip, a known mistake in another dress, a part, a fault in the text."""
    if any(one.name == "async def" for one in seen):
        return Slip("async def", next(one.says for one in seen if one.name == "async def"))
    if any(count_of(run.got.value) > FAR_TOO_MANY + 20 * count_of(run.want) for run in runs):
        return None                                   # its shape says enough, and every question would take long
    told = [run for run in runs if not raises(run.want)]
    answered = bool(told) and all(run.got.error is None for run in told)
    pairs = [(run.got.value, run.want) for run in told] if answered else []
    nothing = answered and all(got is None for got, _ in pairs)
    if pairs and not nothing:
        slip = family(card, fn, runs) or negated(pairs)
        if slip:
            return slip
    slip = near_miss(card, fn, runs, failure)
    close = slip if slip is not None and slip.name == "imprecise" else None     # true, and the least that can be said
    if (slip and not close) or not pairs or all(same(got, want, card.rtol, card.atol) for got, want in pairs):
        return slip
    slip = resembles(pairs) or _by_key(card, told) or _part(card, runs)
    if close and slip is not None and slip.name != "constant gap":      # what is almost right is almost anything
        slip = close
    slip = slip or rows_alone(card, fn, runs) or _ignored(card, fn, told, seen) or close
    small = smallest(card, fn, runs) if slip else None
    if small is None:
        return slip
    _show(card, small, result)
    return Slip(slip.name, f"{slip.says} {sentence(card, small)}")


def _show(card, small, result):
    """A smaller case that does not fit into the sentence is shown in place of the one that failed first."""
    if small.smaller and not fits(card, small):
        result.shows = [(name, short(value)) for name, value in named(card, small.case).items()]
        result.shows += [("right", short(small.want))] if small.raised else _both(small.got, small.want)


def _both(got, want) -> list[tuple[str, str]]:
    """Both answers in as few digits as tell them apart."""
    texts = {digits: (short(got, digits=digits), short(want, digits=digits)) for digits in (4, 8, 17)}
    digits = next((digits for digits, (mine, right) in texts.items() if mine != right), 4)
    return list(zip(("yours", "right"), texts[digits], strict=True))


def _by_key(card, told) -> Slip | None:
    """Dicts of numbers, read as arrays of their values."""
    if not all(isinstance(part, dict) for run in told for part in (run.got.value, run.want)):
        return None
    if any(run.got.value.keys() != run.want.keys() or not run.want for run in told):
        return None
    pairs = [tuple(numeric([answer[key] for key in run.want]) for answer in (run.got.value, run.want)) for run in told]
    if any(part is None for pair in pairs for part in pair):
        return None
    return from_outputs(pairs, [lengths(card, run.case) for run in told]) or resembles(pairs)


def _part(card, runs) -> Slip | None:
    """Some parts of the answer are right: which are not, and what is wrong with the one that is not."""
    verdict = judge(card, runs)
    if verdict is None:
        return None
    says, held = verdict.says, list(verdict.runs)
    if held:
        pairs = [(run.got.value, run.want) for run in held]
        slip = negated(pairs) or from_outputs(pairs, [lengths(card, run.case) for run in held]) or resembles(pairs)
        more = slip.says if slip else where(card, held) or tendency(card, held)
        says += f" Of that part alone: {more}" if more else ""
    return Slip("a part is wrong", says)


def _ignored(card, fn, told, seen) -> Slip | None:
    """An argument on which the right answer depends, and theirs does not: a cause, whatever else there is."""
    names = ignored(card, fn, [run.case for run in told])
    if not names:
        return None
    unread = [one.about for one in seen if one.name == "argument never read"]
    if len(names) > 1:
        listed = ", ".join(f"`{name}`" for name in names)
        return Slip("arguments ignored", f"Your answer does not change with any of {listed}; the right one does.")
    if names[0] in unread:
        return Slip("argument ignored", f"`{names[0]}` is never read in your function, and the right answer depends "
                                        f"on it.")
    return Slip("argument ignored", f"Your answer does not change when `{names[0]}` does, and the right one does.")


def _difference(card, fn, runs, failure, seen, result) -> str:
    """What is sure where nothing is recognised: the place, the smallest failing input, and what the text shows."""
    says = [failure.says.strip()]
    if not says[0].endswith((".", "?", "!", ":", "”")):
        says[0] += "."
    found = where(card, runs)
    if found:
        result.mistake = result.mistake or "wrong in one place"
    says.append(found or tendency(card, runs))
    small = smallest(card, fn, runs)
    if small is None and failure.stage == "invariant":
        small = wrong_call(card, fn)
    if small is not None:
        _show(card, small, result)
        says.append(sentence(card, small, failure.run.case.name if failure.run is not None else ""))
    says += _seen(seen, failure)
    return " ".join(part for part in says if part)


def _seen(seen, failure) -> list[str]:
    """Two observations at most; as the cause only where the error itself names what was seen."""
    error = failure.run.got.error if failure.run is not None else None
    for one in seen:
        if one.name == "shadowed builtin" and isinstance(error, (TypeError, UnboundLocalError)):
            callable_ = "not callable" in str(error)
            if callable_ or f"'{one.about}'" in str(error):
                return [one.says]
    ordered = sorted(seen, key=lambda one: one.name not in FAULTS)[:2]
    told = " ".join(one.says for one in ordered)
    return [f"Seen in the text, whether or not it is the cause: {told}"] if told else []


def known_mistake(card: Card, fn, runs: list[Run]):
    """The first of the card's known mistakes that answers as fn does, case by case, or None."""
    held = None
    telling = sorted(range(len(runs)), key=lambda index: agrees(card, runs[index]))         # what is wrong comes first
    for mistake in card.mistakes:
        theirs = runs_of_mistake(card, mistake)
        if len(theirs) != len(runs) or not all(alike(card, runs[index], theirs[index]) for index in telling):
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
    if told and all(run.got.error is None and same(run.got.value, run.want, card.rtol, card.atol) for run in told):
        return None
    good = [agrees(card, run) for run in told]
    asked = [run for run, right in zip(told, good, strict=True) if not right][:6]     # both kinds have to come right
    asked += [run for run, right in zip(told, good, strict=True) if right][:6]
    slip = from_questions(card, fn, [run.case for run in asked], [run.want for run in asked])
    if slip is None and two_answers(card, fn, runs[0].case):
        slip = Slip("not repeatable", "Asked twice with the same arguments, your function gives two answers: it keeps "
                                      "something between calls, or draws random numbers of its own.")
    return slip
