"""Concepts as phrases that an instructor can read, found in sentences with their place, and whether they are denied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from course_lib.contracts import ArgumentError
from course_lib.teach.interviewer.denial import is_denied
from course_lib.teach.interviewer.phrases import as_regex, load
from course_lib.teach.interviewer.talk_text import FRAGMENT, Sentence


@dataclass(frozen=True)
class Found:
    """One phrase in one sentence. start, end: word numbers. words: as read. denied: is it said not to be so?"""

    start: int
    end: int
    words: str
    denied: bool


class Words:
    """Concepts by name. concepts: name -> phrases. Raises ArgumentError for a phrase that is no pattern."""

    def __init__(self, concepts: Mapping[str, Iterable[str]]):
        self._patterns = {}
        for name, phrases in concepts.items():
            try:
                self._patterns[name] = re.compile("|".join(as_regex(phrase) for phrase in phrases))
            except re.error as error:
                raise ArgumentError(f"concept {name!r}: {error}; see the notes at the top of words.toml.") from error

    def __contains__(self, name: str) -> bool:
        return name in self._patterns

    def find(self, name: str, text: str) -> tuple[Found, ...]:
        """Where a concept stands in a text that `talk_text.plain` made."""
        out = []
        for match in self._patterns[name].finditer(text):
            start = len(text[:match.start()].split())
            denied = is_denied(text, match.start(), match.end())
            out.append(Found(start, start + len(match[0].split()) - 1, match[0], denied))
        return tuple(out)


@cache
def standard() -> Words:
    """The concepts of words.toml."""
    return Words(load("words"))


class Way:
    """One way of saying something: concepts that must stand near each other.

    "a + b" both within 30 words in any order, "a +9 b" within 9, "a >9 b" b after a within 9, "a - c" and no c.
    Raises ArgumentError for a concept that there is not.
    """

    def __init__(self, written: str, words: Words):
        self.written, self._words = written, words
        tokens = re.findall(r"[+>-]\d*|[\w]+", written)
        self.first, self.steps, self.without = tokens[0], [], []
        for sign, name in zip(tokens[1::2], tokens[2::2], strict=True):
            if sign[0] == "-":
                self.without.append(name)
            else:
                self.steps.append((sign[0], int(sign[1:] or 30), name))
        strange = [name for name in (self.first, *self.without, *(s[2] for s in self.steps)) if name not in words]
        if strange:
            raise ArgumentError(f"way {written!r} names {strange[0]!r}, which words.toml does not hold.")

    def match(self, text: str, look=None) -> tuple[Found, ...]:
        """The phrases that it rests on, () where it is not said. look: finds a concept in the text, remembered."""
        return self._find(text, look, lambda found: not found.denied)

    def denied(self, text: str, look=None) -> tuple[Found, ...]:
        """The phrases of what is said not to be so, or not to be needed; () where nothing is."""
        chain = self._find(text, look, lambda found: True)
        return chain if any(found.denied for found in chain) else ()

    def _find(self, text, look, counts):
        look = look or (lambda name: self._words.find(name, text))
        if any(not found.denied for name in self.without for found in look(name)):
            return ()
        for first in look(self.first):
            if counts(first) and (chain := self._chain((first,), look, 0, counts)):
                return chain
        return ()

    def _chain(self, so_far, look, at, counts):
        if at == len(self.steps):
            return so_far
        sign, distance, name = self.steps[at]
        for found in look(name):
            if not counts(found) or any(found.start <= old.end and old.start <= found.end and found.words == old.words
                                   for old in so_far):
                continue
            near = (0 <= found.start - so_far[-1].end <= distance if sign == ">" else
                    any(min(abs(found.start - old.end), abs(old.start - found.end)) <= distance for old in so_far))
            if near and (chain := self._chain((*so_far, found), look, at + 1, counts)):
                return chain
        return ()


def windows(sentences: Iterable[Sentence], span: int = 2) -> list[tuple[tuple[Sentence, ...], str]]:
    """Each sentence that says something, then each with the next one, as texts. span: sentences at most.

    A fragment ("Cold listings.") says nothing alone, and counts beside a sentence that does.
    """
    kept = [sentence for sentence in sentences if sentence.idle in ("", FRAGMENT)]
    out = [((sentence,), sentence.text) for sentence in kept if not sentence.idle]
    for length in range(2, span + 1):
        runs = [tuple(kept[k:k + length]) for k in range(len(kept) - length + 1)]
        out += [(run, " ".join(s.text for s in run)) for run in runs if any(not s.idle for s in run)]
    return out
