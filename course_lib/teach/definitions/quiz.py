"""What a question is: choices, each with its own feedback, one of them right."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.contracts import ArgumentError
from course_lib.teach import lessons

LETTERS = "abcdefghij"


@dataclass(frozen=True)
class Quiz:
    """One question. choices: text -> feedback, in the order shown. answer: the text of the right choice."""

    id: str
    question: str
    choices: dict[str, str]
    answer: str

    def __post_init__(self):
        lessons.fill(self, "quiz")
        if self.answer not in self.choices or not 2 <= len(self.choices) <= len(LETTERS):
            raise ArgumentError(f"quiz {self.id}: answer {self.answer!r} must be one of 2 to {len(LETTERS)} choices; "
                                f"got {list(self.choices)}.")
        mute = [text for text, feedback in self.choices.items() if not feedback.strip()]
        if mute:
            raise ArgumentError(f"quiz {self.id}: the choices {mute} have no feedback.")

    @property
    def lesson(self) -> str:
        return lessons.number(self.id.split(".")[0])

    def feedback(self, choice: str) -> tuple[bool, str]:
        """(right?, feedback) of a choice by its text or letter. Raises ArgumentError for another."""
        texts = list(self.choices)
        letter = str(choice).strip().lower()
        if choice not in self.choices and letter in LETTERS[:len(texts)] and letter:
            choice = texts[LETTERS.index(letter)]
        if choice not in self.choices:
            raise ArgumentError(f"quiz {self.id} has no choice {choice!r}; expected one of "
                                f"{', '.join(LETTERS[:len(texts)])}.")
        return choice == self.answer, self.choices[choice]
