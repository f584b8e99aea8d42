"""Finds the cards and claims of each lesson: `lesson_NN.py` holds CARDS, CLAIMS and perhaps QUIZZES.

A lesson's file is imported only when one of its cards is asked for, so that lesson 03 does not load lesson 06's
libraries.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

from course_lib.contracts import ArgumentError, UnknownIdError
from course_lib.teach.card import Card, Claim, card_markdown

__all__ = ["all_cards", "card", "card_markdown", "cards_of", "claim", "claims", "lessons", "quizzes_of"]


def lessons() -> list[str]:
    """Two-digit lessons that have a card file, e.g. ["03", "05"]."""
    found = (re.fullmatch(r"lesson_(\d\d)", module.name) for module in pkgutil.iter_modules(__path__))
    return sorted(match.group(1) for match in found if match)


@cache
def _load(lesson: str):
    module = importlib.import_module(f"{__name__}.lesson_{lesson}")
    cards, held = tuple(module.CARDS), tuple(getattr(module, "CLAIMS", ()))
    for kind, things in (("card", cards), ("claim", held)):
        ids = [thing.id for thing in things]
        strange = [i for i in ids if f"{int(i.split('.')[0]):02d}" != lesson]
        double = sorted({i for i in ids if ids.count(i) > 1})
        if strange or double:
            raise ArgumentError(f"lesson_{lesson}.py: {kind} ids {strange + double} belong to another lesson or stand "
                                f"twice.")
    return cards, held, tuple(getattr(module, "QUIZZES", ()))


def _find(which: int, kind: str, wanted: str):
    head = str(wanted).split(".")[0]
    lesson = f"{int(head):02d}" if head.isdigit() else ""
    if lesson not in lessons():
        raise UnknownIdError(f"no {kind} {wanted!r}: lesson {head!r} has no cards. Lessons with cards: "
                             f"{', '.join(lessons()) or 'none'}.")
    held = {thing.id: thing for thing in _load(lesson)[which]}
    if wanted not in held:
        raise UnknownIdError(f"no {kind} {wanted!r}; lesson {lesson} has {', '.join(held) or 'none'}.")
    return held[wanted]


def card(card_id: str) -> Card:
    """The card with this id, e.g. card("3.1"). Raises UnknownIdError naming the ids there are."""
    return _find(0, "exercise", card_id)


def claim(claim_id: str) -> Claim:
    """The claim with this id, e.g. claim("5.compression"). Raises UnknownIdError naming the ids there are."""
    return _find(1, "claim", claim_id)


def _of(which: int, lesson) -> tuple:
    name = f"{int(lesson):02d}"
    return _load(name)[which] if name in lessons() else ()


def cards_of(lesson) -> tuple[Card, ...]:
    """The cards of one lesson ("03" or 3), in the order of the lesson; empty where it has none."""
    return _of(0, lesson)


def quizzes_of(lesson) -> tuple:
    """The questions (Quiz) in one lesson's file; empty where it has none."""
    return _of(2, lesson)


def claims(lesson=None) -> tuple[Claim, ...]:
    """All claims, or those of one lesson."""
    names = lessons() if lesson is None else [lesson]
    return tuple(thing for name in names for thing in _of(1, name))


def all_cards() -> tuple[Card, ...]:
    """The cards of all lessons, in order. Imports every lesson's stage."""
    return tuple(thing for name in lessons() for thing in _of(0, name))
