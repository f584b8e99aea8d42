"""Does a reason belong to what it is given for? "We log the propensity, because the evening is the peak" holds a point
and a reason, each right, of different things. patterns/reasons.toml holds the reasons known of each thing.

A reason that the table does not know says nothing: people have reasons in words of their own. What counts is how many
of the reasons that it knows belong to something else than what they are given for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache

from course_lib.teach.interviewer.given_reasons import Given, given
from course_lib.teach.interviewer.phrases import as_regex, load
from course_lib.teach.interviewer.talk_text import Sentence

FEWEST = 6                  # reasons that the table knows below which nothing is concluded
SURE = 1.64                 # standard errors that are taken off the share: 95 percent, to one side
OWN, FOREIGN, UNKNOWN = "own", "foreign", "unknown"


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


def misplaced_reasons(sentences: Iterable[Sentence]) -> float:
    """Share of the reasons that the table knows which belong to something else: the lower end of what it may be."""
    told = [judged(reason) for reason in given(sentences)]
    foreign, own = told.count(FOREIGN), told.count(OWN)
    n = foreign + own
    if n < FEWEST:
        return 0.0
    share = (foreign + 1) / (n + 2)
    return max(share - SURE * math.sqrt(share * (1 - share) / (n + 2)), 0.0)
