"""Single choice with feedback for every choice."""

from __future__ import annotations


def quiz(quiz_id: str, question: str, choices: dict, answer: str) -> None:
    """Ask. choices: text -> feedback; answer: the right text."""
    print(question, *choices, sep="\n- ")
