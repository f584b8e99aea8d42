"""Does an answer hold together? Phrases strung together bring words where they do not belong, or tie them to what they
cannot belong with; a crib has no sentences, and points without a reason, a number, an owner or a failure were learned
by heart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from course_lib.teach.interviewer.belonging_reasons import misplaced_reasons, own_words, unplaced_reasons
from course_lib.teach.interviewer.crossed import crossed
from course_lib.teach.interviewer.empty_reasons import empty_reasons
from course_lib.teach.interviewer.foreign_reasons import echoing_reasons, foreign_reasons
from course_lib.teach.interviewer.number_words import NUMBER
from course_lib.teach.interviewer.phrases import as_regex, load
from course_lib.teach.interviewer.talk_text import REASON, Sentence

MISPLACED = "words brought where they do not belong"
CRIB = "lines of a list with a small verb between"
CROSSED = "right terms tied to what they cannot belong with"
FOREIGN = "reasons in other words than what they are reasons for"
ELSEWHERE = "reasons that belong to something else than what they are given for"
UNPLACED = "reasons that I could not connect with what they are given for"
ECHO = "reasons made of the words of what they are reasons for"
EMPTY = "reasons that would fit any point"
NOT_THERE = "speaks of what this brief does not have"
UNDECIDED = "alternatives, and no choice between them"
# Shares: no cost up to the first, nothing is left from the second on. Strong transcripts stay below .16, .20, .08
# and .03; .02 for reasons in other words, .10 for those of something else, .10 for those of their points' words. Of
# their reasons .55 at most may be unplaced, .02 are empty, and .07 of their sentences speak of what the brief lacks.
LIMITS = {MISPLACED: (0.22, 0.40), CRIB: (0.35, 0.60), UNDECIDED: (0.35, 0.60),
          CROSSED: (0.06, 0.25), FOREIGN: (0.03, 0.12),
          ELSEWHERE: (0.25, 0.50), ECHO: (0.12, 0.20), UNPLACED: (0.62, 0.75),
          EMPTY: (0.06, 0.20), NOT_THERE: (0.12, 0.40)}
OWN_WORDS = (0.10, 0.20)    # share of the unknown reasons that hint at their points: none, and all, of the relief below
RELIEF = 0.6                # part of the cost of reasons in other words that a speaker is spared whose reasons so hint
FEWEST = 12                 # places or sentences below which nothing is concluded
TIED = 0.6                  # share of points with a reason, a number, an owner or a failure that the upper half takes
UPPER = 50.0
_CRIB = re.compile(r"^\S+(?: \S+){0,2}? (?:is|are) \S+(?: \S+){0,6}$")
_CHOICE = re.compile(r",? or (?!less|more|so\b|else|otherwise|fewer|no\b)")
_TIES = re.compile(rf"{REASON.pattern}|{NUMBER}|\b(?:owns?|on call|lead|team|head|fails?|lost|loses?|breaks?|else|or|"
                   r"otherwise|never|wrong|hurts?|too \w+)\b")


@cache
def places() -> tuple[tuple[frozenset[str], re.Pattern], ...]:
    """(phases, pattern) of the words that belong to a part of the subject."""
    return tuple((frozenset(place["phases"]), re.compile("|".join(map(as_regex, place["says"]))))
                 for place in load("places")["place"])


def misplaced_share(sentences: Iterable[Sentence]) -> float:
    """Share of such words that stand in a phase where they do not belong, 0 where there are too few to tell."""
    here = away = 0
    for sentence in sentences:
        if sentence.phase in ("close", "") or sentence.idle:
            continue
        for phases, pattern in places():
            n = len(pattern.findall(sentence.text))
            here, away = here + n, away + n * (sentence.phase not in phases)
    return away / here if here >= FEWEST else 0.0


@cache
def _not_in(brief: str) -> re.Pattern:
    return re.compile("|".join(map(as_regex, load("absent")[brief])))


def share(found: Callable[[str], object], sentences: Iterable[Sentence]) -> float:
    """Share of sentences in which something is found, 0 where there are too few to tell."""
    texts = [s.text.rstrip(".") for s in sentences]
    return sum(bool(found(text)) for text in texts) / len(texts) if len(texts) >= FEWEST else 0.0


def incoherent(sentences: list[Sentence], brief: str) -> dict[str, float]:
    """Why an answer does not hold together -> share of its worth that this takes, 0 to 1; only what takes some."""
    shares = {MISPLACED: misplaced_share(sentences), CRIB: share(_CRIB.search, sentences),
              UNDECIDED: share(_CHOICE.search, sentences),
              CROSSED: share(lambda text: crossed(text)[0], sentences), FOREIGN: foreign_reasons(sentences),
              ELSEWHERE: misplaced_reasons(sentences), ECHO: echoing_reasons(sentences),
              UNPLACED: unplaced_reasons(sentences), EMPTY: empty_reasons(sentences),
              NOT_THERE: share(_not_in(brief).search, sentences)}
    lost = {why: min(max((shares[why] - low) / (high - low), 0.0), 1.0) for why, (low, high) in LIMITS.items()}
    return {why: part for why, part in lost.items() if part > 0}


def relief(sentences: list[Sentence]) -> float:
    """Part of what words of other talk cost that a speaker is spared, 0 to RELIEF: who speaks in pictures throughout,
    and whose pictures fit what they are about, is hard to follow, and no fraud."""
    low, high = OWN_WORDS
    return RELIEF * min(max((own_words(sentences) - low) / (high - low), 0.0), 1.0)


def is_tied(text: str) -> bool:
    """Does a sentence (as typed) give a reason, a number, an owner or a failure?"""
    return bool(_TIES.search(text.lower()))


def tied_share(ticked: Iterable[str]) -> float:
    """Share of the sentences behind ticks that give a reason, a number, an owner or a failure. ticked: as typed."""
    ticked = list(ticked)
    return sum(map(is_tied, ticked)) / len(ticked) if ticked else 0.0


def highest(tied: float) -> float:
    """The highest score that answers with such a share can reach: the upper half takes points that are tied."""
    return UPPER + (100 - UPPER) * min(tied / TIED, 1.0)
