"""Were the reasons of an answer handed out? Whoever learned right choices by heart puts reasons to them, and reasons in
the phrases of patterns/reasons.toml can be learned by heart as well. So those count for nothing here. What is weighed
is the reasons in a speaker's own words: does each fit what it is given for, or another point of the speaker's better?

One such reason shows little, since people have words that no table holds. So all of them are weighed together, by how
often each kind comes in the honest transcripts of the tests, and how often in the same transcripts once each reason is
handed to the next point of its phase, or to any other point (a test counts these shares again).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from course_lib.teach.interviewer.belonging_reasons import (
    FOREIGN,
    HINTS,
    OWN,
    hinted,
    judged,
    may_belong,
    named,
    reasons_for,
    related,
)
from course_lib.teach.interviewer.given_reasons import Given, given
from course_lib.teach.interviewer.talk_text import Sentence

LEARNED = "learned"         # in a phrase that the table holds for its point
HINTS_OWN, NEAR, FAR, NOTHING, OTHER = "hints at its point", "near", "far", "nothing", "other"
# Shares of each kind, LEARNED left out: honest; handed to the next point of the phase; handed to any other point.
SHARES = {
    HINTS_OWN: (0.24, 0.12, 0.08),
    NEAR: (0.06, 0.23, 0.07),       # fits another point of the phase better than its own
    FAR: (0.24, 0.13, 0.36),        # hints at a point of another phase, and not at its own
    NOTHING: (0.39, 0.30, 0.20),
    OTHER: (0.08, 0.22, 0.29),      # the table knows it as a reason for something else
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


def odds(counted: Counter[str]) -> float:
    """Logarithm of the odds that reasons of such kinds were handed out, before which both were as likely."""
    ways = [sum(counted[kind] * math.log(shares[way] / shares[0]) for kind, shares in SHARES.items()) for way in (1, 2)]
    most = max(ways)
    return most + math.log(sum(math.exp(way - most) for way in ways) / len(ways))


def handed_out(sentences: Iterable[Sentence]) -> float:
    """How sure it is that the reasons of an answer were handed out, 0 to 1."""
    counted = Counter(kind for _, kind in kinds(sentences))
    return min(max((odds(counted) - DOUBT) / (SURE - DOUBT), 0.0), 1.0)


def elsewhere(sentences: Iterable[Sentence], most: int = 2) -> list[str]:
    """The first reasons of an answer that fit another point better, in words, each with what it was given for."""
    held = [reason for reason, kind in kinds(sentences) if kind in (NEAR, OTHER)]
    return [f"“{reason.reason}” as the reason for “{reason.before if reason.back else reason.point}”"
            for reason in held[:most]]


def _point(reason: Given) -> frozenset[str]:
    return named(reason.point) or named(f"{reason.before} {reason.point}")


def _kind(reason: Given, at: frozenset[str], near: Sequence[frozenset[str]], far: Sequence[frozenset[str]]) -> str:
    verdict = judged(reason)
    if verdict == OWN:
        return LEARNED
    if verdict == FOREIGN:
        return OTHER
    own = _worth(reason.reason, at)
    if _best(reason.reason, at, near) > max(own, HINTS - 0.01):
        return NEAR
    if may_belong(reason):
        return HINTS_OWN
    return FAR if _best(reason.reason, at, far) > max(own, HINTS - 0.01) else NOTHING


def _best(text: str, at: frozenset[str], others: Iterable[frozenset[str]]) -> float:
    """How much the words of a reason hint at the best of other points that speak of other things."""
    return max((_worth(text, other) for other in others if not other & at), default=0.0)


def _worth(text: str, at: frozenset[str]) -> float:
    """How much the words of a reason hint at things, with 1 for a phrase that the table holds for them."""
    worth = hinted(text)
    return max((worth.get(thing, 0.0) for thing in related(at)), default=0.0) + bool(reasons_for(text) & at)
