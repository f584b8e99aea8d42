"""What an exercise is: one object with its task, reference, cases, known mistakes and hints.

A card is refused at construction where a learner would be let down: no known mistake, no hint, no case to do by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from course_lib.contracts import ArgumentError
from course_lib.teach import lessons
from course_lib.teach.definitions.headings import about_line
from course_lib.teach.definitions.mistake_kinds import KINDS

OFTEN = 6               # mistakes of a card that are shown where all would be too many


@dataclass(frozen=True)
class Case:
    """One call: a name in the learner's words, the arguments, and (for a case by hand) the answer."""

    name: str
    args: tuple = ()
    kwargs: dict = field(default_factory=dict)
    expected: Any = None

    def __post_init__(self):
        if not isinstance(self.args, tuple):
            raise ArgumentError(f"case {self.name!r}: args is a {type(self.args).__name__}; expected a tuple, "
                                f"e.g. args=(x,) for one argument.")


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation that learners really write, and the sentence that explains it.

    kind: one of mistake_kinds.KINDS, "" where cards/kinds.py states it.
    """

    name: str
    wrong: Callable
    says: str
    kind: str = ""

    def __post_init__(self):
        if self.kind and self.kind not in KINDS:
            raise ArgumentError(f"mistake {self.name!r}: kind is {self.kind!r}; expected one of {', '.join(KINDS)}.")


@dataclass(frozen=True)
class Invariant:
    """A property every right solution has. holds(fn, rng) -> bool; fn is the learner's function."""

    says: str
    holds: Callable[[Callable, Any], bool]


@dataclass(frozen=True, kw_only=True)
class Card:
    """All that belongs to one exercise.

    id: written "two_tower.1", read "3.1" (see teach.lessons); texts may hold {{two_tower}} and {{two_tower.1}}.
    minutes: what to set aside. difficulty: 1 to 5. used_in: where the result is used later.
    task, why: markdown; what to write, and why the reference is as it is (shown with the solution).
    reference: the function of course_lib that later lessons call. alternative: a right solution written differently.
    cases(rng) -> list[Case]: random but small inputs, from the generator alone. by_hand: cases with `expected`.
    mistakes, hints (from concept to interface), invariants: see their classes. shapes: human text.
    seconds: limit for the whole check. effect(fn) -> Estimate of the stage's own metric.
    realistic(rng) -> tuple of arguments as large as the stage meets, on which a right function is timed (0.1 s or less
    for the reference).
    call(fn, *args, **kwargs): how a case is put to fn; by default fn(*args, **kwargs). For a class or a generator,
    make something comparable of it here (arrays, numbers, tables, text, dicts, tuples).
    """

    id: str
    title: str
    minutes: int
    difficulty: int
    used_in: tuple[str, ...]
    task: str
    why: str
    reference: Callable
    cases: Callable[[Any], list[Case]]
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    by_hand: tuple[Case, ...]
    alternative: Callable
    invariants: tuple[Invariant, ...] = ()
    rtol: float = 1e-5
    atol: float = 1e-7
    seconds: float = 2.0
    effect: Callable | None = None
    realistic: Callable[[Any], tuple] | None = None
    shapes: str = ""
    call: Callable | None = None

    def __post_init__(self):
        lessons.fill(self, "card")
        for name in ("used_in", "mistakes", "hints", "by_hand", "invariants"):
            if not isinstance(getattr(self, name), tuple):
                raise ArgumentError(f"card {self.id}: {name} is a {type(getattr(self, name)).__name__}; "
                                    f"expected a tuple, e.g. {name}=(one,).")
        for name, why in (("mistakes", "a known mistake with the sentence that explains it"),
                          ("hints", "a hint, the first about the concept"),
                          ("by_hand", "a case small enough to do by hand")):
            if not getattr(self, name):
                raise ArgumentError(f"card {self.id}: {name} is empty; expected at least {why}.")
        self._check_parts()

    def _check_parts(self):
        if not 1 <= self.difficulty <= 5 or self.minutes <= 0 or self.seconds <= 0:
            raise ArgumentError(f"card {self.id}: difficulty {self.difficulty}, minutes {self.minutes}, seconds "
                                f"{self.seconds}; expected difficulty 1 to 5, the others above 0.")
        for case in self.by_hand:
            if case.expected is None:
                raise ArgumentError(f"card {self.id}: by-hand case {case.name!r} has no `expected`. Work it out by "
                                    "hand and write it down; do not call the reference.")
        for text, what in ((self.title, "title"), (self.task, "task"), (self.why, "why")):
            if not text.strip():
                raise ArgumentError(f"card {self.id}: {what} is empty.")
        says = [mistake.says for mistake in self.mistakes]
        if len(set(says)) < len(says) or any(len(text.strip()) < 15 for text in says):
            raise ArgumentError(f"card {self.id}: each mistake needs a sentence of its own; got {says}.")

    @property
    def often(self) -> tuple[Mistake, ...]:
        """The mistakes to show where all would be too many: the first OFTEN, which a card's author puts in front."""
        return self.mistakes[:OFTEN]

    @property
    def lesson(self) -> str:
        """"03" for card "3.1"."""
        return lessons.number(self.id.split(".")[0])

    def run(self, fn, case: Case):
        """What `fn` answers to `case`."""
        return (self.call or _plain_call)(fn, *case.args, **case.kwargs)


def _plain_call(fn, *args, **kwargs):
    return fn(*args, **kwargs)


def card_markdown(card: Card) -> str:
    """The card as it stands above the exercise in the notebook."""
    lines = [f"### Exercise {card.id}: {card.title}", about_line(card), "", card.task.strip()]
    if card.shapes:
        lines += ["", f"**Shapes.** {card.shapes.strip()}"]
    lines += ["", f"Stuck? `hint(\"{card.id}\")`, then `solution(\"{card.id}\")`. Done? `compare(\"{card.id}\")`."]
    return "\n".join(lines)
