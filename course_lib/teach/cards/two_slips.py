"""Mistakes as families: each slip of each step of a solution, and two slips of different steps at once.

Two slips at once give values that neither gives alone, so each pair is a known mistake of its own. What a step is, a
card says by a function `build(**steps)` that makes a solution of its steps, each right unless another is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from course_lib.teach.definitions.card import Mistake


@dataclass(frozen=True)
class Slip:
    """What one step becomes by a slip, and the sentence on it.

    alone: False where the card has that mistake already. paired: False for a rare slip, which stands in no pair.
    """

    name: str
    does: Any
    says: str
    kind: str
    alone: bool = True
    paired: bool = True


def mistakes_of(build: Callable, steps: dict[str, tuple[Slip, ...]], without: str = "") -> Iterator[Mistake]:
    """The slips that stand alone, then every pair of slips of different steps, named "first + second".

    without: names of pairs to leave out, parted by " | ": those that come to the same as another mistake.
    """
    left_out = set(without.split(" | "))
    for step, slips in steps.items():
        for slip in slips:
            if slip.alone:
                yield Mistake(slip.name, build(**{step: slip.does}), slip.says, slip.kind)
    for (one, first), (two, second) in combinations(steps.items(), 2):
        for a, b in ((a, b) for a in first for b in second if a.paired and b.paired):
            name = f"{a.name} + {b.name}"
            if name not in left_out:
                yield Mistake(name, build(**{one: a.does, two: b.does}), f"Two things at once. {a.says} {b.says}",
                              a.kind)
