"""Finds the cards and claims of each lesson: the module named after it holds CARDS, CLAIMS and perhaps QUIZZES.

A lesson's module is imported only when one of its cards is asked for, so that one lesson does not load another's
libraries. Ids are written with the lesson's name ("negatives.1") and read with its number ("negatives.1"): see teach.lessons.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from course_lib.contracts import ArgumentError, UnknownIdError
from course_lib.teach import lessons as order
from course_lib.teach.definitions.card import Card, card_markdown
from course_lib.teach.definitions.claim import Claim

__all__ = ["all_cards", "card", "card_markdown", "cards_of", "claim", "claims", "lessons", "quizzes_of"]


def lessons() -> list[str]:
    """The two-digit numbers of the lessons that have cards, e.g. ["03", "05"]."""
    held = {module.name for module in pkgutil.iter_modules(__path__)}
    return [number for name, number in order.numbers().items() if name in held]


@cache
def _load(lesson: str):
    name = order.name(lesson)
    module = importlib.import_module(f"{__name__}.{name}")
    cards, held = tuple(module.CARDS), tuple(getattr(module, "CLAIMS", ()))
    for kind, things in (("card", cards), ("claim", held)):
        ids = [thing.id for thing in things]
        strange = [i for i in ids if order.number(i.split(".")[0]) != lesson]
        double = sorted({i for i in ids if ids.count(i) > 1})
        if strange or double:
            raise ArgumentError(f"cards/{name}: {kind} ids {strange + double} belong to another lesson or stand twice.")
    return cards, held, tuple(getattr(module, "QUIZZES", ()))


def _find(which: int, kind: str, wanted: str):
    head = str(wanted).partition(".")[0]
    try:
        lesson = order.number(head)
    except UnknownIdError:
        lesson = ""
    if lesson not in lessons():
        raise UnknownIdError(f"no {kind} {wanted!r}: lesson {head!r} has no cards. Lessons with cards: "
                             f"{', '.join(lessons()) or 'none'}. In the first edition 11 was the launch and 12 the "
                             f"interview; today they are {order.number('launch')} and {order.number('interview')}.")
    held = {thing.id: thing for thing in _load(lesson)[which]}
    if order.shown(str(wanted)) not in held:
        raise UnknownIdError(f"no {kind} {wanted!r}; lesson {lesson} has {', '.join(held) or 'none'}.")
    return held[order.shown(str(wanted))]


def card(card_id: str) -> Card:
    """The card with this id, e.g. card("two_tower.1"). Raises UnknownIdError naming the ids there are."""
    return _find(0, "exercise", card_id)


def claim(claim_id: str) -> Claim:
    """The claim with this id, e.g. claim("ann.nprobe"). Raises UnknownIdError naming the ids there are."""
    return _find(1, "claim", claim_id)


def _of(which: int, lesson) -> tuple:
    number = order.number(lesson)
    return _load(number)[which] if number in lessons() else ()


def cards_of(lesson) -> tuple[Card, ...]:
    """The cards of one lesson ("two_tower", "03" or 3), in the order of the lesson; empty where it has none."""
    return _of(0, lesson)


def quizzes_of(lesson) -> tuple:
    """The questions (Quiz) in one lesson's file; empty where it has none."""
    return _of(2, lesson)


def claims(lesson=None) -> tuple[Claim, ...]:
    """All claims, or those of one lesson."""
    numbers = lessons() if lesson is None else [lesson]
    return tuple(thing for number in numbers for thing in _of(1, number))


def all_cards() -> tuple[Card, ...]:
    """The cards of all lessons, in order. Imports every lesson's stage."""
    return tuple(thing for number in lessons() for thing in _of(0, number))
