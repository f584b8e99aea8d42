"""Words that belong to no part of the subject: sentences that hold the right phrases and mean nothing are full of them.

The vocabulary is that of the course's own cards, briefs, questions and patterns, by the first letters of each word, so
that it grows with them. What an answer may hold of other words was set on the strong transcripts of the tests.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from course_lib.teach.interviewer.talk_text import FUNCTION, Sentence

ROOM = Path(__file__).parents[1]
SOURCES = ("interviewer/bank/*.toml", "interviewer/patterns/*.toml", "interview/*.py", "cards/**/*.py")
STEM = 5                    # letters by which a word is known
MOST = 0.05                 # share of other words that strong answers stay well below
SPARED = 2                  # other words that every answer may hold: a name, a slip
_WORD = re.compile(r"[a-z]+")


@cache
def vocabulary() -> frozenset[str]:
    """The words of the course, in lower case."""
    texts = (path.read_text(encoding="utf-8") for source in SOURCES for path in sorted(ROOM.glob(source)))
    return frozenset(word for text in texts for word in _WORD.findall(text.lower()))


@cache
def _stems() -> frozenset[str]:
    return frozenset(word[:STEM] for word in vocabulary())


@cache
def is_strange(word: str) -> bool:
    """Does a word (lower case) stand nowhere in the course? A slip of the pen in a long word is no other word."""
    if len(word) < 3 or word in FUNCTION or word[:STEM] in _stems():
        return False
    if len(word) < 6:
        return True
    alike = [known for known in vocabulary() if known[0] == word[0] and abs(len(known) - len(word)) <= 2]
    return not difflib.get_close_matches(word, alike, 1, 0.85)


def strange(text: str) -> list[str]:
    """The words of a text (as `talk_text.plain` makes it) that stand nowhere in the course, in their order."""
    return [word for word in _WORD.findall(text) if is_strange(word)]


def strange_share(sentences: Iterable[Sentence]) -> float:
    """Share of such words among the words that carry something, 0 to 1; SPARED of them are not counted."""
    words = [word for s in sentences for word in _WORD.findall(s.text) if len(word) > 2 and word not in FUNCTION]
    odd = sum(map(is_strange, words))
    return max(odd - SPARED, 0) / len(words) if words else 0.0


def connected(share: float) -> float:
    """What an answer with such a share is worth of what it ticks: 1 up to MOST, 0 from half as much again on."""
    return min(max((1.5 * MOST - share) / (0.5 * MOST), 0.0), 1.0)
