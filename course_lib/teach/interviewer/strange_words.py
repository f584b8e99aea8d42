"""Words that belong to no part of the subject: sentences that hold the right phrases and mean nothing are full of them.

The vocabulary is that of the course's own cards, briefs, questions and patterns, by the first letters of each word, so
that it grows with them. Among the patterns stand the words of everyday talk (everyday.toml); each form of a known word
is known, too. Everyday speech has a strange word here and there, nonsense has sentence after sentence of them, so
sentences are counted. What an answer may hold of them was set on all honest transcripts of the tests.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from course_lib.teach.interviewer.phrases import load
from course_lib.teach.interviewer.talk_text import FUNCTION, Sentence

ROOM = Path(__file__).parents[1]
# Patterns of what cannot or need not be said, and forms of words: no words of the subject.
OF_NOTHING = {"belongs", "absent", "empty", "irregular"}
SOURCES = ("interviewer/bank/*.toml", "interviewer/patterns/*.toml", "interview/*.py", "cards/**/*.py")
STEM = 5                    # letters by which a word is known
FULL = 0.15                 # share of other words from which on a sentence is full of them
MOST = 0.08                 # share of such sentences that all honest transcripts stay well below (the highest has .05)
SPARED = 2                  # such sentences that every answer may hold: a name, a slip
_WORD = re.compile(r"[a-z]+")
_ENDING = re.compile(r"(?:ings?|ed|ers?|est|e?s|ly|y)$")


@cache
def _times() -> Counter[str]:
    texts = (path.read_text(encoding="utf-8") for source in SOURCES for path in sorted(ROOM.glob(source))
             if path.stem not in OF_NOTHING)
    return Counter(word for text in texts for word in _WORD.findall(text.lower()))


@cache
def vocabulary() -> frozenset[str]:
    """The words of the course, in lower case."""
    return frozenset(_times())


@cache
def _times_by_base() -> Counter[str]:
    counted: Counter[str] = Counter()
    for word, times in _times().items():
        counted[base_of(word)] += times
    return counted


def times_said(word: str) -> int:
    """How often the course says a word (lower case), whatever its ending."""
    return _times_by_base()[base_of(word)]


def words_of(text: str) -> list[str]:
    """The words of a text (as `talk_text.plain` makes it) that carry something."""
    return [word for word in _WORD.findall(text) if len(word) > 2 and word not in FUNCTION]


@cache
def _stems() -> frozenset[str]:
    return frozenset(word[:STEM] for word in vocabulary())


def base_of(word: str) -> str:
    """A word without its ending: "tapped" and "taps" are "tap", "gaming" and "games" are "gam"."""
    base = _ENDING.sub("", word)
    base = base[:-1] if len(base) > 3 and base[-1] == base[-2] else base
    return base.removesuffix("e") if len(base) >= 3 else word


@cache
def _bases() -> frozenset[str]:
    return frozenset(map(base_of, vocabulary()))


@cache
def _irregular() -> dict[str, frozenset[str]]:
    """Form -> all forms of its word (irregular.toml)."""
    lines = [frozenset(line.split()) for line in load("irregular")["forms"]]
    return {form: frozenset().union(*(line for line in lines if form in line)) for line in lines for form in line}


def _is_known(word: str) -> bool:
    return word[:STEM] in _stems() or base_of(word) in _bases()


@cache
def is_strange(word: str) -> bool:
    """Does a word (lower case) stand nowhere in the course? A slip of the pen in a long word is no other word."""
    if len(word) < 3 or word in FUNCTION or any(map(_is_known, _irregular().get(word, {word}))):
        return False
    if len(word) < 6:
        return True
    alike = [known for known in vocabulary() if known[0] == word[0] and abs(len(known) - len(word)) <= 2]
    return not difflib.get_close_matches(word, alike, 1, 0.85)


def strange(text: str) -> list[str]:
    """The words of a text (as `talk_text.plain` makes it) that stand nowhere in the course, in their order."""
    return [word for word in _WORD.findall(text) if is_strange(word)]


def strange_in(words: Iterable[str]) -> list[str]:
    """Those of some words that stand nowhere in the course."""
    return [word for word in words if is_strange(word)]


def is_full(words: list[str]) -> bool:
    """Are the words of a sentence (as `words_of` gives them) full of strange ones?"""
    odd = len(strange_in(words))
    return odd > 0 and odd >= FULL * len(words)


def strange_share(sentences: Iterable[Sentence], spared: float = SPARED) -> float:
    """Share of sentences that are full of such words, 0 to 1. spared: how many of them are not counted."""
    held = [words_of(s.text) for s in sentences]
    return max(sum(map(is_full, held)) - spared, 0) / len(held) if held else 0.0


def connected(share: float) -> float:
    """What an answer with such a share is worth of what it ticks: 1 up to MOST, 0 from twice as much on."""
    return min(max((2 * MOST - share) / MOST, 0.0), 1.0)
