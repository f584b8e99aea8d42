"""Does a sentence assert what it says? A question, hearsay, an announcement, what one could do and a reason that
repeats its point do not. The phrases stand in patterns/stance.toml."""

from __future__ import annotations

import re
from functools import cache

from course_lib.teach.interviewer.phrases import as_regex, load

QUESTION = "a question that is left open"
REPORTED = "what others say"
ANNOUNCED = "announced, and not said"
COULD = "what one could do, and not what is done"
CIRCULAR = "a reason that says its point again"
NOT_ASSERTED = frozenset((QUESTION, REPORTED, ANNOUNCED, COULD, CIRCULAR))
HEDGES_ALLOWED = 1          # "it may have been missed" is a fact; with two such words nothing is decided
SAME_WORDS = 0.66           # share of a reason's words that stand in its point already
_REASON = re.compile(r"[,:]?\s+(?:because|since|so that|so|for the reason that)\s+|,\s+as\s+")
# "I check it like this: how many of …?" sets a test, and asks nobody.
_SETS_A_TEST = re.compile(r"^(?:to judge|i (?:check|look|ask|measure|count|want to know))\b|:\s|"
                          r"^of .*\bhow (?:many|much)\b")
_SMALL = frozenset("the a an of to in on at by for from with and or but is are was were be been it its they them that "
                   "this those these what which one has have had do does not no our we i let lets let's".split())


@cache
def _pattern(name: str) -> re.Pattern:
    return re.compile("|".join(as_regex(phrase) for phrase in load("stance")[name]))


def not_asserted(said: str, text: str, before: str = "") -> str:
    """Why a sentence asserts nothing, "" where it does. said: as typed. text: as `talk_text.plain` makes it. before:
    the same of the sentence before it."""
    if said.rstrip(" \"”')").endswith("?") and not _SETS_A_TEST.search(text):
        return QUESTION
    if _pattern("reported").search(text):
        return REPORTED
    if before == REPORTED and _pattern("goes_on").match(text):
        return REPORTED
    if _pattern("announced").search(text):
        return ANNOUNCED
    hedges = len(_pattern("hedge").findall(text))
    own = re.search(r"\b(?:i|we) (?:would|will|am|are|do|have)\b", text)
    if _pattern("could").search(text) or hedges > HEDGES_ALLOWED and not own:
        return COULD
    return CIRCULAR if is_circular(text) else ""


def waved_off(text: str) -> bool:
    """Does a sentence say that nothing has to be done, measured or decided?"""
    return bool(_pattern("waves_off").search(text))


def is_circular(text: str) -> bool:
    """Does the reason hold nothing but the words of what it is the reason for?"""
    for joint in _REASON.finditer(text):
        point, reason = _stems(text[:joint.start()]), _stems(text[joint.end():])
        if len(reason) >= 2 and len(reason & point) >= SAME_WORDS * len(reason):
            return True
    return False


def _stems(text: str) -> set[str]:
    return {word[:4] for word in re.findall(r"[a-z]+|\d+(?:\.\d+)?", text) if word not in _SMALL}
