"""What a decision is: a choice that is played out under several seeds, beside named rival choices, in a stated unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.contracts import ArgumentError
from course_lib.teach import lessons
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.headings import about_line, handed_in

FEWEST_SEEDS = 5


@dataclass(frozen=True, kw_only=True)
class Decision:
    """All that belongs to one exercise of the kind "decide".

    id: written "objective.8", read "1.8". minutes, difficulty (1 to 5), used_in, task, why: as on a Card.
    choice: what may be chosen (Options, Number or Fields). policies: {name: choice}, at least two that differ.
    play(choice, seed, **given) -> float: what the choice is worth under one seed, higher is better, in `unit`; the
    same call gives the same worth. All plays of a decision together take at most 15 s. A parameter of play without a
    default is something that the lesson hands in, such as a world: decide("objective.8", "clicks", feed=feed).
    against: which observation spoke against a choice: {option: sentence}, or a function of the choice; "" for none.
    until_chosen: name of the policy that the notebook goes on with until something is chosen.
    spec: how a worth is written, such as ".3f". seeds: at least five.
    """

    id: str
    title: str
    task: str
    minutes: int
    difficulty: int
    choice: Options | Number | Fields
    policies: dict[str, Any]
    play: Callable
    unit: str
    against: dict[str, str] | Callable[[Any], str]
    why: str
    until_chosen: str
    seeds: tuple[int, ...] = (101, 102, 103, 104, 105)
    spec: str = ".3f"
    used_in: tuple[str, ...] = ()

    def __post_init__(self):
        lessons.fill(self, "decision")
        if not 1 <= self.difficulty <= 5 or self.minutes <= 0:
            raise ArgumentError(f"decision {self.id}: difficulty {self.difficulty}, minutes {self.minutes}; expected "
                                "difficulty 1 to 5, minutes above 0.")
        for name in ("title", "task", "why", "unit"):
            if not getattr(self, name).strip():
                raise ArgumentError(f"decision {self.id}: {name} is empty.")
        if len(set(self.seeds)) < FEWEST_SEEDS or len(set(self.seeds)) < len(self.seeds):
            raise ArgumentError(f"decision {self.id}: seeds are {self.seeds}; expected at least {FEWEST_SEEDS}, all "
                                "different, since an interval comes from them.")
        self._check_policies()

    def _check_policies(self):
        read = {name: self.choice.read(held) for name, held in self.policies.items()}
        held = list(read.values())
        if len(held) < 2 or any(one == other for i, one in enumerate(held) for other in held[:i]):
            raise ArgumentError(f"decision {self.id}: policies are {self.policies}; expected at least 2, each another "
                                "choice.")
        if self.until_chosen not in read:
            raise ArgumentError(f"decision {self.id}: until_chosen is {self.until_chosen!r}; expected one of the "
                                f"policies {list(read)}.")
        if isinstance(self.against, Mapping) and isinstance(self.choice, Options):
            silent = [option for option in self.choice.means if option not in self.against]
            if silent:
                raise ArgumentError(f"decision {self.id}: against says nothing of {silent}; expected a sentence for "
                                    "each option, \"\" where nothing spoke against it.")
        object.__setattr__(self, "policies", read)

    @property
    def lesson(self) -> str:
        return lessons.number(self.id.split(".")[0])

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what the lesson has to hand in: parameters of `play` without a default, but the first two."""
        return handed_in(self.play, 2)

    def spoke_against(self, choice) -> str:
        """The observation that speaks against this choice, "" where there is none."""
        return self.against(choice) if callable(self.against) else self.against.get(choice, "")

    def markdown(self) -> str:
        """The decision as it stands above its cell in the notebook."""
        handed = "".join(f", {name}={name}" for name in self.needs)
        lines = [f"### Decide {self.id}: {self.title}", about_line(self), "",
                 self.task.strip(), "", _ask(self.choice), "",
                 *self.choice.lines(), "",
                 f"`decide(\"{self.id}\", your choice{handed})` plays your choice and {len(self.policies)} named "
                 f"policies under {len(self.seeds)} seeds (worth: {self.unit}). **Regret** is how far yours is below "
                 "the best of them."]
        return "\n".join(lines)


def _ask(choice) -> str:
    """The line above what may be chosen."""
    return "Choose:" if isinstance(choice, Options) else "Give:" if isinstance(choice, Number) else "Give a dictionary:"
