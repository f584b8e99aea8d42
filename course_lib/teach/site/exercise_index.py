"""The exercises of all lessons, with what somebody who goes wrong is told, for the page that lists them."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.teach import cards, lessons
from course_lib.teach.definitions.card import OFTEN, Card
from course_lib.teach.definitions.decision import Decision
from course_lib.teach.show.notices import code_marks
from course_lib.teach.site.prose_html import anchor_of


@dataclass
class ExerciseItem:
    """One exercise. kind: "exercise", "decide" or "referee". folded: what the fold is called. told: (name, sentence as
    HTML) of each known mistake, rival choice or wrong explanation; the first `often` are the ones often made. link:
    where the lesson asks it."""

    id: str
    lesson: str
    title: str
    kind: str
    minutes: int
    difficulty: int
    used_in: str
    folded: str
    told: list[tuple[str, str]]
    often: int
    link: str


def exercises() -> list[ExerciseItem]:
    """Every exercise that a lesson asks today, in order."""
    return [_item(lesson, held) for lesson in cards.lessons() for held in cards.exercises_of(lesson)]


def _item(lesson: str, held) -> ExerciseItem:
    kind, folded, told = _told(held)
    stem = f"{lesson}_{lessons.name(lesson)}"
    return ExerciseItem(held.id, lesson, held.title, kind, held.minutes, held.difficulty, ", ".join(held.used_in),
                        f"{len(told)} {folded}", [(name, code_marks(says)) for name, says in told],
                        OFTEN, f"{stem}.html#{anchor_of(held.id)}")


def _told(held) -> tuple[str, str, list[tuple[str, str]]]:
    if isinstance(held, Card):
        return "exercise", "known mistakes", [(mistake.name, mistake.says) for mistake in held.mistakes]
    if isinstance(held, Decision):
        spoken = [(name, held.spoke_against(choice)) for name, choice in held.policies.items()]
        return "decide", "rival choices, and what speaks against them", [(name, says) for name, says in spoken if says]
    wrong = [(text, says) for text, says in held.explanations.items() if text != held.right]
    mends = [(mistake.name, mistake.says) for mistake in held.wrong_mends]
    return "referee", "wrong explanations and mends", wrong + mends
