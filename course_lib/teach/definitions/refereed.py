"""What a refereed experiment is: a rigged measurement, what is wrong with it, and the part that mends it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError
from course_lib.evidence.estimate import Estimate
from course_lib.teach import lessons
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.choice import shortly
from course_lib.teach.definitions.headings import about_line, handed_in
from course_lib.teach.definitions.quiz import LETTERS


@dataclass(frozen=True)
class Reading:
    """What a measurement says. says: the verdict in words. value: its figure, with an interval where there is one."""

    says: str
    value: Estimate | float

    def __str__(self) -> str:
        return f"{self.says} ({self.value if isinstance(self.value, Estimate) else format(self.value, '.3g')})"

    @property
    def numbers(self) -> np.ndarray:
        """float (3,): the value and the ends of its interval; three times the value where it has none."""
        if isinstance(self.value, Estimate):
            return np.array([self.value.value, self.value.low, self.value.high], float)
        return np.full(3, float(self.value))


@dataclass(frozen=True, kw_only=True)
class Refereed:
    """All that belongs to one exercise of the kind "referee".

    id, title, task, minutes, difficulty, why, used_in: as on a Card. The task shows the experiment as it was published.
    signature: the part to be mended as one reads it: its arguments with shapes and units, and what comes back.
    measure(part, **given) -> Reading: the whole measurement with this part in its place; deterministic, 2 s or less. A
    parameter without a default is handed in by the lesson, as with a Decision.
    rigged, reference: the part as published, and mended. explanations: {what is wrong: what a learner who picks it is
    told}; right: the one that holds. wrong_mends: parts that learners write, with the sentence that explains each.
    also_right: (part, sentence) of mends that are sound and bring another reading than the reference's.
    close: a mended part is right where the verdict is the reference's and each number differs from its by at most this
    share of the interval's width (of the value, where there is no interval). seconds: limit for one measurement.
    """

    id: str
    title: str
    task: str
    minutes: int
    difficulty: int
    signature: str
    measure: Callable
    rigged: Callable
    reference: Callable
    explanations: dict[str, str]
    right: str
    why: str
    wrong_mends: tuple[Mistake, ...] = ()
    also_right: tuple[tuple[Callable, str], ...] = ()
    close: float = 0.1
    seconds: float = 10.0
    used_in: tuple[str, ...] = ()

    def __post_init__(self):
        lessons.fill(self, "refereed experiment")
        if self.right not in self.explanations or not 3 <= len(self.explanations) <= len(LETTERS):
            raise ArgumentError(f"refereed {self.id}: right is {self.right!r}; expected one of 3 to {len(LETTERS)} "
                                f"explanations; got {list(self.explanations)}.")
        says = list(self.explanations.values())
        if len(set(says)) < len(says) or any(len(text.strip()) < 15 for text in says):
            raise ArgumentError(f"refereed {self.id}: each explanation needs a sentence of its own; got {says}.")
        if not isinstance(self.wrong_mends, tuple):
            raise ArgumentError(f"refereed {self.id}: wrong_mends is a {type(self.wrong_mends).__name__}; expected a "
                                "tuple.")
        if not 1 <= self.difficulty <= 5 or self.minutes <= 0 or self.seconds <= 0 or self.close <= 0:
            raise ArgumentError(f"refereed {self.id}: difficulty {self.difficulty}, minutes {self.minutes}, seconds "
                                f"{self.seconds}, close {self.close}; expected 1 to 5, the others above 0.")

    @property
    def lesson(self) -> str:
        return lessons.number(self.id.split(".")[0])

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what the lesson has to hand in: parameters of `measure` without a default, but the first."""
        return handed_in(self.measure, 1)

    @property
    def lettered(self) -> dict[str, str]:
        """{letter: explanation}, in an order that depends on nothing but their texts."""
        shuffled = sorted(self.explanations, key=lambda text: hashlib.sha256(text.encode()).hexdigest())
        return dict(zip(LETTERS, shuffled, strict=False))

    def read(self, because) -> str:
        """The explanation that a letter or a text names. Raises ArgumentError naming the letters."""
        wanted = because.strip().rstrip(".)").lower() if isinstance(because, str) else because
        for letter, text in self.lettered.items():
            if wanted in (letter, text.lower().rstrip(".)")):
                return text
        raise ArgumentError(f"because is {shortly(because)}; expected one of the letters "
                            f"{', '.join(self.lettered)}.")

    def agrees(self, got: Reading, want: Reading) -> bool:
        """Whether two readings are the same verdict and the same numbers within `close`."""
        if got.says != want.says or np.isnan(got.numbers).any():
            return False
        middle, low, high = want.numbers
        scale = max(high - low, 0.0) or abs(middle)
        return bool(np.all(np.abs(got.numbers - want.numbers) <= self.close * scale + 1e-9))

    def markdown(self) -> str:
        """The experiment as it stands above its cell in the notebook."""
        handed = "".join(f", {name}={name}" for name in self.needs)
        call = f"`referee(\"{self.id}\", because=\"…\", mended=…{handed})`"
        lines = [f"### Referee {self.id}: {self.title}", about_line(self), "",
                 self.task.strip(), "", f"**The part to mend.** {self.signature.strip()}", "",
                 "**What is wrong?**", "", *(f"- **{letter})** {text}" for letter, text in self.lettered.items()), "",
                 f"Give the letter and your mended function; {call} computes the verdict anew."]
        return "\n".join(lines)
