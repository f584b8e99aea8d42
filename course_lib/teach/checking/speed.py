"""How long a right function takes beside the reference, on arguments of the size that the stage meets.

The cases of a check are small, where the cost of a call hides how a function grows. A card's own `realistic` arguments
are used and not its cases made larger, since no general way of enlarging keeps what the arguments say to each other
(ids below the number of items, times in order, chances that add up to one).
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import numpy as np

from course_lib.teach.checking.equality import clone
from course_lib.teach.checking.guard import attempt
from course_lib.teach.checking.probing import named
from course_lib.teach.definitions.card import Card, Case

SECONDS = 0.4        # for all that is measured at a pass
SEED = 20_240_502


@dataclass(frozen=True)
class Speed:
    """ratio: time of the learner's function over the reference's; the least that it can be where `stopped`.

    size: the arguments' sizes in words. problem: why it could not be timed, "" if it was.
    """

    size: str
    ratio: float = np.nan
    stopped: bool = False
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"At a realistic size ({self.size}) your function could not be timed: {self.problem}."
        if self.stopped:
            return (f"At a realistic size ({self.size}) your function was stopped at over {self.ratio:.0f}× the "
                    "reference's time.")
        return f"At a realistic size ({self.size}) your function took {self.ratio:.1f}× the reference's time."


def realistic_speed(card: Card, fn, seconds: float = SECONDS) -> Speed | None:
    """Time fn and the reference on the card's realistic arguments, turn by turn, for about `seconds` in all.

    None where the card has no realistic size, and in a notebook that is built, which shows no times.
    """
    if card.realistic is None or os.environ.get("COURSE_STABLE_OUTPUT"):
        return None
    case = Case("a realistic size", card.realistic(np.random.default_rng(SEED)))
    size, end = size_of(card, case), time.perf_counter() + seconds
    ours, theirs = np.inf, np.inf
    while True:
        ours = min(ours, _once(card, card.reference, case, seconds).seconds)
        got = _once(card, fn, case, max(end - time.perf_counter(), 0.05))
        if got.timed_out:
            times = min(got.seconds, theirs) / max(ours, 1e-9)
            return Speed(size, times, stopped=not np.isfinite(theirs))
        if got.error is not None:
            return Speed(size, problem=f"it raises {type(got.error).__name__}")
        theirs = min(theirs, got.seconds)
        if time.perf_counter() + ours + theirs > end:
            return Speed(size, theirs / max(ours, 1e-9))


def _once(card, fn, case, seconds):
    given = Case(case.name, clone(case.args), clone(case.kwargs))
    return attempt(lambda: card.run(fn, given), fn, seconds)


def size_of(card: Card, case: Case) -> str:
    """ "`top` 2,000 × 20, `k` 20": the shapes of a case's arguments, and its whole numbers."""
    told = []
    for name, value in named(card, case).items():
        if hasattr(value, "shape") and len(value.shape):
            told.append(f"`{name}` {' × '.join(f'{int(side):,}' for side in value.shape)}")
        elif isinstance(value, (list, tuple, dict, set)):
            told.append(f"`{name}` {len(value):,}")
        elif isinstance(value, int) and not isinstance(value, bool):
            told.append(f"`{name}` {value:,}")
    return ", ".join(told)
