"""Does a reason belong to what it is given for? "We log the propensity, because the evening is the peak" holds a point
and a reason, each right, of different things. patterns/reasons.toml holds the reasons known of each thing.

A reason that the table does not know says nothing by itself: people have reasons in words of their own. What counts is
how many of the reasons that it knows belong to something else than what they are given for.

Of many reasons some have to be recognised, though, or they were handed to points at random. For that the words of
patterns/reason_words.toml are enough: they hint that a reason may belong, and never that it belongs elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from course_lib.teach.interviewer.given_reasons import Given, given
from course_lib.teach.interviewer.phrases import as_regex, load
from course_lib.teach.interviewer.talk_text import Sentence

FEWEST = 6                  # reasons that the table knows below which nothing is concluded
SURE = 1.64                 # standard errors that are taken off the share: 95 percent, to one side
OWN, FOREIGN, UNKNOWN = "own", "foreign", "unknown"
HINTS = 0.25                # worth of the words that lets a reason pass for one of its point's own
AGAINST = 0.5               # ... and share of what they are worth for the best of all other things
FEWEST_NAMED = 16           # reasons of points that the table names below which nothing is concluded from hints


@cache
def _things() -> tuple[tuple[str, re.Pattern, re.Pattern, frozenset[str]], ...]:
    """(id, how it is named, its reasons, things whose reasons are its own)."""
    return tuple((t["id"], _any(t["says"]), _any(t["because"]), frozenset(t.get("also", ())) | {t["id"]})
                 for t in load("reasons")["thing"])


def _any(phrases: Iterable[str]) -> re.Pattern:
    return re.compile("|".join(map(as_regex, phrases)))


@cache
def named(text: str) -> frozenset[str]:
    """The things that a part of a sentence speaks of."""
    return frozenset(thing for thing, says, _, _ in _things() if says.search(text))


@cache
def reasons_for(text: str) -> frozenset[str]:
    """The things that a part of a sentence is a known reason for."""
    direct = {thing for thing, _, because, _ in _things() if because.search(text)}
    return frozenset(thing for thing, _, _, also in _things() if also & direct)


def judged(reason: Given) -> str:
    """OWN where the reason is known to belong to its point, FOREIGN where it belongs to something else that the point
    does not speak of, UNKNOWN where the table does not tell. Which of the two comes first makes no difference."""
    point = reason.point if named(reason.point) else f"{reason.before} {reason.point}"
    of_point, of_reason = named(point), named(reason.reason)
    if of_point & reasons_for(reason.reason) or of_reason & reasons_for(point):
        return OWN
    elsewhere = of_point and not of_point & of_reason and (reason.back or point == reason.point)
    return FOREIGN if elsewhere and reasons_for(reason.reason) else UNKNOWN


@cache
def _words() -> tuple[tuple[re.Pattern, float, frozenset[str]], ...]:
    """(a word that hints, what it is worth, the things under which it stands)."""
    under: dict[str, set[str]] = {}
    for thing, words in load("reason_words").items():
        for word in words:
            under.setdefault(word, set()).add(thing)
    return tuple((re.compile(as_regex(word)), 1 / len(things), frozenset(things)) for word, things in under.items())


@cache
def _words_in(text: str) -> tuple[tuple[float, frozenset[str]], ...]:
    """(worth, things) of each word that hints in a part of a sentence."""
    return tuple((worth, things) for pattern, worth, things in _words() if pattern.search(text))


@cache
def hinted(text: str, less: frozenset[str] = frozenset()) -> dict[str, float]:
    """Thing -> how much the words of a part of a sentence hint at it: each word's worth is shared among its things.
    less: things; the one word that hints at them most is left out."""
    words = list(_words_in(text))
    bait = max((word for word in words if word[1] & less), default=None, key=lambda word: word[0])
    if bait is not None:
        words.remove(bait)
    found: dict[str, float] = {}
    for worth, things in words:
        for thing in things:
            found[thing] = found.get(thing, 0.0) + worth
    return found


def may_belong(reason: Given) -> bool:
    """Do the words of a reason hint at what it is given for, no less than AGAINST as much as at anything else? Which of
    the two comes first makes no difference."""
    point = reason.point if named(reason.point) else f"{reason.before} {reason.point}"
    return _hints(reason.reason, named(point)) or _hints(point, named(reason.reason))


@cache
def related(at: frozenset[str]) -> frozenset[str]:
    """Things, and those whose reasons are theirs, too."""
    return frozenset(other for thing, _, _, also in _things() if thing in at for other in also)


def _hints(text: str, at: frozenset[str]) -> bool:
    worth = hinted(text)
    best = max((worth.get(thing, 0.0) for thing in related(at)), default=0.0)
    return best >= max(HINTS, AGAINST * max(worth.values(), default=0.0))


class Placed(NamedTuple):
    """Reasons of points that the table names. known: that it knows to belong. hinted: of the others, that may belong.
    foreign: that belong elsewhere. n: all of them."""

    known: int
    hinted: int
    foreign: int
    n: int


def placed(sentences: Iterable[Sentence]) -> Placed:
    """How many of the reasons of an answer belong, or may belong, to what they are given for."""
    here = [reason for reason in given(sentences) if named(reason.point) or named(reason.before)]
    told = [judged(reason) for reason in here]
    may = sum(verdict == UNKNOWN and may_belong(reason) for verdict, reason in zip(told, here, strict=True))
    return Placed(told.count(OWN), may, told.count(FOREIGN), len(here))


def unplaced_reasons(sentences: Iterable[Sentence]) -> float:
    """Share of the reasons of an answer that do not even hint at what they are given for: the lower end of what it may
    be, 0 where there are too few to tell."""
    held = placed(sentences)
    return lower(held.n - held.known - held.hinted, held.n) if held.n >= FEWEST_NAMED else 0.0


def own_words(sentences: Iterable[Sentence]) -> float:
    """Of the reasons that the table does not know, the share that hint at what they are given for: the lower end of
    what it may be, 0 where there are too few to tell."""
    held = placed(sentences)
    unknown = held.n - held.known - held.foreign
    return lower(held.hinted, unknown) if unknown >= FEWEST_NAMED else 0.0


def lower(count: int, n: int) -> float:
    """The lower end of what the share may be of which count of n were seen, at least 0."""
    share = (count + 1) / (n + 2)
    return max(share - SURE * math.sqrt(share * (1 - share) / (n + 2)), 0.0)


def misplaced_reasons(sentences: Iterable[Sentence]) -> float:
    """Share of the reasons that the table knows which belong to something else: the lower end of what it may be."""
    told = [judged(reason) for reason in given(sentences)]
    foreign, own = told.count(FOREIGN), told.count(OWN)
    return lower(foreign, foreign + own) if foreign + own >= FEWEST else 0.0
