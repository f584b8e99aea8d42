"""Were the reasons of an answer handed out? Whoever learned right choices by heart puts reasons to them, and reasons in
the phrases of patterns/reasons.toml can be learned by heart as well. So those count for nothing here. What is weighed
is the reasons in a speaker's own words: does each fit what it is given for, or another point of the speaker's better?

A word of the right reason can be put into any other ("since the million shoppers come together after work" for why not
all are scored). So the one word that hints most at a reason's own point is left out before it is weighed, and a reason
that still hints at its point, or that has nothing but this word, counts for nothing, like one in a known phrase.

One such reason shows little, since people have words that no table holds. So all of them are weighed together, by how
often each kind comes in the honest transcripts of the tests, and how often in the same transcripts once each reason is
handed to the next point of its phase, or to any other point (a test counts these shares again).

What is not told: a game with few reasons in other words than the table's; one whose reasons hold several words of their
points and none of any other's; one whose other points' reasons stand in words that neither table has.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from course_lib.teach.interviewer.belonging_reasons import (
    AGAINST,
    FOREIGN,
    HINTS,
    OWN,
    hinted,
    judged,
    named,
    reasons_for,
    related,
)
from course_lib.teach.interviewer.given_reasons import Given, given
from course_lib.teach.interviewer.talk_text import Sentence

LEARNED = "learned"                     # in a phrase that the table holds for its point
HINTS_OWN = "hints at its point"        # with one word left out; or has nothing but this word
NEAR, FAR, NOTHING = "near", "far", "nothing"
OTHER, OTHER_NEAR, OTHER_FAR = "other", "other, near", "other, far"
# Shares of each kind, the first two left out: honest; handed to the next point of the phase; handed to any other point.
# Each was counted once more than it came, since what honest people seldom did is not what they never do.
SHARES = {
    NEAR: (0.086, 0.270, 0.073),        # fits another point of the phase better than its own
    FAR: (0.376, 0.172, 0.421),         # fits a point of another phase, and not its own
    NOTHING: (0.430, 0.301, 0.202),
    OTHER: (0.065, 0.092, 0.051),       # the table knows it as a reason for something that the speaker has not
    OTHER_NEAR: (0.016, 0.147, 0.020),  # ... for another point of the phase
    OTHER_FAR: (0.027, 0.018, 0.234),   # ... for a point of another phase
}
DOUBT, SURE = math.log(20), math.log(400)       # odds to one: no cost up to the first, all of it from the second on


def kinds(sentences: Iterable[Sentence]) -> list[tuple[Given, str]]:
    """The reasons of an answer whose points the table names, each with its kind."""
    by_phase: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        by_phase.setdefault(sentence.phase, []).append(sentence)
    held = [(phase, reason, at) for phase, said in by_phase.items() for reason in given(said)
            if (at := _point(reason))]
    return [(reason, _kind(reason, at, [at2 for phase2, _, at2 in held if phase2 == phase],
                           [at2 for phase2, _, at2 in held if phase2 != phase])) for phase, reason, at in held]


def odds(counted: Counter[str], shares: Mapping[str, Sequence[float]] = SHARES) -> float:
    """Logarithm of the odds that reasons of such kinds were handed out, before which both were as likely."""
    ways = [sum(counted[kind] * math.log(share[way] / share[0]) for kind, share in shares.items()) for way in (1, 2)]
    most = max(ways)
    return most + math.log(sum(math.exp(way - most) for way in ways) / len(ways))


def handed_out(sentences: Iterable[Sentence]) -> float:
    """How sure it is that the reasons of an answer were handed out, 0 to 1."""
    counted = Counter(kind for _, kind in kinds(sentences))
    return min(max((odds(counted) - DOUBT) / (SURE - DOUBT), 0.0), 1.0)


def elsewhere(sentences: Iterable[Sentence], most: int = 2) -> list[str]:
    """The first reasons of an answer that fit another point better, in words, each with what it was given for."""
    held = [reason for reason, kind in kinds(sentences) if kind in (NEAR, OTHER, OTHER_NEAR, OTHER_FAR)]
    return [f"“{reason.reason}” as the reason for “{reason.before if reason.back else reason.point}”"
            for reason in held[:most]]


def _point(reason: Given) -> frozenset[str]:
    return named(reason.point) or named(f"{reason.before} {reason.point}")


def _kind(reason: Given, at: frozenset[str], near: Sequence[frozenset[str]], far: Sequence[frozenset[str]]) -> str:
    verdict, known = judged(reason), reasons_for(reason.reason)
    if verdict == OWN:
        return LEARNED
    if verdict == FOREIGN:
        return OTHER_NEAR if _theirs(known, at, near) else OTHER_FAR if _theirs(known, at, far) else OTHER
    own = related(at)
    left, all_of_it = hinted(reason.reason, own), hinted(reason.reason)
    mine = max(HINTS - 0.01, *(left.get(thing, 0.0) for thing in own))
    if _best(left, known, at, near) > mine:
        return NEAR
    if mine >= max(HINTS, AGAINST * max(left.values(), default=0.0)):
        return HINTS_OWN
    if _best(left, known, at, far) > mine:
        return FAR
    return HINTS_OWN if own & all_of_it.keys() else NOTHING


def _theirs(known: frozenset[str], at: frozenset[str], others: Iterable[frozenset[str]]) -> bool:
    """Is a reason known for one of other points that speak of other things?"""
    return any(known & other for other in others if not other & at)


def _best(worth: Mapping[str, float], known: frozenset[str], at: frozenset[str], others: Iterable[frozenset[str]]
          ) -> float:
    """How much words hint at the best of other points that speak of other things, with 1 for a known reason."""
    return max((max(worth.get(thing, 0.0) for thing in related(other)) + bool(known & other)
                for other in others if not other & at), default=0.0)
