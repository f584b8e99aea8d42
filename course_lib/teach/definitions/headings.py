"""What the kinds of exercise have in common: the line below a title, and what a lesson has to hand in."""

from __future__ import annotations

import inspect
from collections.abc import Callable


def about_line(held) -> str:
    """Minutes and difficulty, as dots out of five, of a card, a decision or a referee."""
    dots = "●" * held.difficulty + "○" * (5 - held.difficulty)
    return f"*{held.minutes} minutes · difficulty {dots}*"


def handed_in(function: Callable, own: int) -> tuple[str, ...]:
    """The names of what a lesson hands in to a function: parameters without a default, but the first `own`."""
    taken = list(inspect.signature(function).parameters.values())[own:]
    return tuple(held.name for held in taken if held.default is inspect.Parameter.empty
                 and held.kind is not inspect.Parameter.VAR_KEYWORD)
