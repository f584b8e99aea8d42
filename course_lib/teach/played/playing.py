"""Plays a choice and its named rivals under the same seeds, and says how much it loses against the best of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError
from course_lib.evidence.estimate import Estimate, mean_of_runs
from course_lib.teach.definitions.decision import Decision

_worths: dict[tuple, float] = {}        # of this session: a choice is played once a seed


@dataclass(frozen=True)
class Played:
    """How a choice came out. best: the named policy worth most on average, the first of several.

    worth: {name: mean worth with its interval over seeds}, "" for the choice. regret: {name: worth of the best less
    this one's, on the same seeds}; below 0 where a choice is worth more than every named policy.
    """

    choice: object
    best: str
    worth: dict[str, Estimate]
    regret: dict[str, Estimate]

    @property
    def own(self) -> Estimate:
        """The regret of the choice."""
        return self.regret[""]

    @property
    def tied(self) -> bool:
        """Whether the choice cannot be told apart from the best named policy."""
        return not self.own.excludes(0.0)


def play_out(decision: Decision, choice, given: dict) -> Played:
    """Play `choice` (as read) and all named policies. given: what the lesson hands in, by name.

    Raises ArgumentError for something that has to be handed in and was not, or that `play` does not take; whatever
    `play` raises goes through.
    """
    missing = [name for name in decision.needs if name not in given]
    if missing:
        call = ", ".join(f"{name}={name}" for name in decision.needs)
        raise ArgumentError(f"decide(\"{decision.id}\", …) is not given {', '.join(missing)}; write "
                            f"decide(\"{decision.id}\", your choice, {call}).")
    worths = {"": _over_seeds(decision, choice, given)}
    worths |= {name: _over_seeds(decision, held, given) for name, held in decision.policies.items()}
    best = max(decision.policies, key=lambda name: worths[name].mean())
    return Played(choice, best, {name: mean_of_runs(held) for name, held in worths.items()},
                  {name: mean_of_runs(worths[best] - held) for name, held in worths.items()})


def _over_seeds(decision, choice, given) -> np.ndarray:
    return np.array([worth_of(decision, choice, seed, given) for seed in decision.seeds])


def worth_of(decision: Decision, choice, seed: int, given: dict) -> float:
    """What a choice (as read) is worth in one play.

    Kept for this session where what was handed in can be told apart from anything else.
    """
    held = tuple(sorted(choice.items())) if isinstance(choice, dict) else choice
    try:
        key = (decision.id, decision.play, held, seed, tuple(sorted(given.items())))
        if key in _worths:
            return _worths[key]
    except TypeError:                                    # a table or an array was handed in
        key = None
    worth = float(decision.play(choice, seed, **given))
    if not math.isfinite(worth):
        raise ArgumentError(f"decision {decision.id}: {choice!r} is worth {worth} under seed {seed}; expected a "
                            "number.")
    if key is not None:
        _worths[key] = worth
    return worth
