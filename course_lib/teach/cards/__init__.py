"""Finds what each lesson holds: the module named after it has CARDS and CLAIMS, perhaps QUIZZES, DECISIONS, REFEREED.

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
from course_lib.teach.definitions.decision import Decision
from course_lib.teach.definitions.refereed import Refereed

__all__ = ["all_cards", "card", "card_markdown", "cards_of", "claim", "claims", "decision", "exercises_of", "lessons",
           "markdown_of", "quizzes_of", "refereed"]

CARDS, CLAIMS, QUIZZES, DECISIONS, REFEREED, RETIRED = range(6)          # places in what _load gives


def lessons() -> list[str]:
    """The two-digit numbers of the lessons that have cards, e.g. ["03", "05"]."""
    held = {module.name for module in pkgutil.iter_modules(__path__)}
    return [number for name, number in order.numbers().items() if name in held]


@cache
def _load(lesson: str) -> tuple[tuple, ...]:
    """What a lesson holds: its cards, claims, questions, decisions, refereed experiments, ids of retired cards."""
    name = order.name(lesson)
    module = importlib.import_module(f"{__name__}.{name}")
    names = ("CARDS", "CLAIMS", "QUIZZES", "DECISIONS", "REFEREED", "RETIRED")
    held = tuple(tuple(getattr(module, kind, ())) for kind in names)
    for kind, things in (("exercise", held[CARDS] + held[DECISIONS] + held[REFEREED]), ("claim", held[CLAIMS])):
        ids = [thing.id for thing in things]
        strange = [i for i in ids if order.number(i.split(".")[0]) != lesson]
        double = sorted({i for i in ids if ids.count(i) > 1})
        if strange or double:
            raise ArgumentError(f"cards/{name}: {kind} ids {strange + double} belong to another lesson or stand twice.")
    return held


def _find(kind: str, wanted: str, *places: int):
    head = str(wanted).partition(".")[0]
    try:
        lesson = order.number(head)
    except UnknownIdError:
        lesson = ""
    if lesson not in lessons():
        raise UnknownIdError(f"no {kind} {wanted!r}: lesson {head!r} has no cards. Lessons with cards: "
                             f"{', '.join(lessons()) or 'none'}. In the first edition 11 was the launch and 12 the "
                             f"interview; today they are {order.number('launch')} and {order.number('interview')}.")
    held = {thing.id: thing for place in places for thing in _load(lesson)[place]}
    if order.shown(str(wanted)) not in held:
        _of_another_kind(kind, wanted, lesson)
        raise UnknownIdError(f"no {kind} {wanted!r}; lesson {lesson} has {', '.join(held) or 'none'}.")
    return held[order.shown(str(wanted))]


def _of_another_kind(kind: str, wanted: str, lesson: str) -> None:
    """Raise where a decision or a refereed experiment has the id that an exercise was asked for."""
    for place, named, call in ((DECISIONS, "decision", "decide"), (REFEREED, "refereed experiment", "referee")):
        if kind == "exercise" and order.shown(str(wanted)) in {thing.id for thing in _load(lesson)[place]}:
            raise UnknownIdError(f"{wanted} is a {named}: it has no hints and no code to compare. `{call}(\"{wanted}\", "
                                 f"…)` says what speaks against your answer.")


def card(card_id: str) -> Card:
    """The card with this id, e.g. card("two_tower.1"). Raises UnknownIdError naming the ids there are."""
    return _find("exercise", card_id, CARDS)


def claim(claim_id: str) -> Claim:
    """The claim with this id, e.g. claim("ann.nprobe"). Raises UnknownIdError naming the ids there are."""
    return _find("claim", claim_id, CLAIMS)


def decision(decision_id: str) -> Decision:
    """The decision with this id, e.g. decision("objective.8"). Raises UnknownIdError naming the ids there are."""
    return _find("decision", decision_id, DECISIONS)


def refereed(refereed_id: str) -> Refereed:
    """The refereed experiment with this id. Raises UnknownIdError naming the ids there are."""
    return _find("refereed experiment", refereed_id, REFEREED)


def markdown_of(exercise_id: str) -> str:
    """A card, decision or refereed experiment as it stands above its cell. Raises UnknownIdError for another id."""
    held = _find("exercise", exercise_id, CARDS, DECISIONS, REFEREED)
    return card_markdown(held) if isinstance(held, Card) else held.markdown()


def _of(place: int, lesson) -> tuple:
    number = order.number(lesson)
    return _load(number)[place] if number in lessons() else ()


def cards_of(lesson) -> tuple[Card, ...]:
    """The cards of one lesson ("two_tower", "03" or 3), in the order of the lesson; empty where it has none."""
    return _of(CARDS, lesson)


def exercises_of(lesson) -> tuple[Card | Decision | Refereed, ...]:
    """The exercises of all kinds that one lesson asks today, in the order of their numbers.

    Cards in RETIRED are no longer asked. They stay in `cards_of`, for learners' records and for the tests.
    """
    retired = {order.shown(ref) for ref in _of(RETIRED, lesson)}
    held = [thing for place in (CARDS, DECISIONS, REFEREED) for thing in _of(place, lesson) if thing.id not in retired]
    return tuple(sorted(held, key=_number))


def _number(thing) -> tuple:
    last = thing.id.partition(".")[2]
    return (0, int(last), "") if last.isdigit() else (1, 0, last)


def quizzes_of(lesson) -> tuple:
    """The questions (Quiz) in one lesson's file; empty where it has none."""
    return _of(QUIZZES, lesson)


def claims(lesson=None) -> tuple[Claim, ...]:
    """All claims, or those of one lesson."""
    numbers = lessons() if lesson is None else [lesson]
    return tuple(thing for number in numbers for thing in _of(CLAIMS, number))


def all_cards() -> tuple[Card, ...]:
    """The cards of all lessons, in order. Imports every lesson's stage."""
    return tuple(thing for number in lessons() for thing in _of(CARDS, number))
