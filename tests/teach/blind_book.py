"""Collects solutions that were written blind: from a learner's notebook alone, without sight of a card or a reference.

No card is ever written or changed because of one of them; they measure the checks, as an examiner's own papers would.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """One solution. exercise: "negatives.1". about: what is wrong with it, or how a right one is written."""

    exercise: str
    right: bool
    about: str
    solve: Callable
    place: str


BOOK: list[Written] = []


def _keep(exercise: str, is_right: bool, about: str):
    def keep(function):
        number = 1 + sum(held.exercise == exercise for held in BOOK)
        kind = "right" if is_right else "wrong"
        BOOK.append(Written(exercise, is_right, about, function, f"{exercise}, {number}, {kind}"))
        return function
    return keep


def wrong(exercise: str, cause: str):
    """A wrong solution of an exercise. cause: one sentence, what is wrong with it, in the writer's words."""
    return _keep(exercise, False, cause)


def right(exercise: str, how: str):
    """A right solution of an exercise. how: how it is written, or in what form its answer comes."""
    return _keep(exercise, True, how)
