"""The verdict "right": an answer's process sends what its function returned, and the judge compares that itself.

recorded runs in the answer's process; agrees_with and replayed in the judge's, which calls nothing that an answer has
written.
"""

from __future__ import annotations

import builtins
import contextlib
import warnings

import numpy as np

from course_lib import contracts
from course_lib.teach.checking.case_runs import Run, agrees, cases_of, one_run, unguarded
from course_lib.teach.checking.guard import attempt, time_limit
from course_lib.teach.checking.surroundings import same_random_numbers
from course_lib.teach.classroom.messages import BadMessageError, decode, encode

MOST_CALLS = 5000
DECODING_S = 10.0                      # for making values of a message, and for comparing them


def recorded(card, fn, seconds: float) -> list:
    """What fn returned or raised at each call of the card's cases, in order, as a message may hold it.

    seconds: for all together; [] where they do not suffice.
    """
    calls: list = []

    def spy(*args, **kwargs):
        try:
            value = fn(*args, **kwargs)
        except Exception as error:
            calls.append(["raised", [kind.__name__ for kind in type(error).__mro__ if kind is not object][:10]])
            raise
        calls.append(["returned", encode(value)])
        return value

    def all_cases():
        for case, _ in cases_of(card):
            with contextlib.suppress(Exception):
                card.run(spy, case)
    with same_random_numbers():
        timed_out = attempt(all_cases, fn, seconds).timed_out
    return [] if timed_out else calls


def agrees_with(card, values) -> bool:
    """Are these values, as they came from an answer's process, right on every case of the card?

    Raises BadMessageError where they break the format, ExerciseTimeout where they were made to take long.
    """
    runs, whole = replayed(card, values, max(card.seconds, 30.0))
    with time_limit(DECODING_S):
        return whole and all(agrees(card, run) for run in runs)


def replayed(card, values, seconds: float) -> tuple[list[Run], bool]:
    """(the card's cases with these values for answers, whether there were just as many values as calls).

    Raises BadMessageError where they break the format.
    """
    if not isinstance(values, list) or not 0 < len(values) <= MOST_CALLS:
        raise BadMessageError("no list of values")
    with time_limit(DECODING_S):
        told = iter([_one(part) for part in values])

    def replay(*args, **kwargs):
        value, error = next(told, (None, BadMessageError("too few values")))
        if error is not None:
            raise error
        return value
    runs = _without_guards(card, replay, seconds)
    enough = not any(isinstance(run.got.error, BadMessageError) for run in runs)
    return runs, enough and len(runs) == len(cases_of(card)) and next(told, None) is None


def _without_guards(card, replay, seconds: float) -> list[Run]:
    """The card's cases put to a function of the course's own, which leaves nothing behind: one limit is enough."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), same_random_numbers(), time_limit(seconds):
        warnings.simplefilter("ignore")
        return [one_run(card, replay, case, by_hand, seconds, index, unguarded)
                for index, (case, by_hand) in enumerate(cases_of(card))]


def _one(part) -> tuple:
    """(value, None) or (None, error) of one call."""
    if not (isinstance(part, list) and len(part) == 2 and part[0] in ("returned", "raised")):
        raise BadMessageError("no call")
    return (decode(part[1]), None) if part[0] == "returned" else (None, _error(part[1]))


def _error(names) -> Exception:
    """An error of the nearest class that Python or the course knows."""
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise BadMessageError("no error")
    for name in names:
        kind = getattr(contracts, name, None) or getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__.split(".")[0] in (
                "builtins", "course_lib"):
            try:
                return kind("raised by the answer")
            except TypeError:
                continue
    return Exception("raised by the answer")
