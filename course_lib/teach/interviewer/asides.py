"""Strange words in short sentences. A sentence of four words is full of them with one: "it had peeked at the tally".
Whoever talks in short sentences has many such by chance, and has not spoken of something else.

So an aside is forgiven: a short sentence with one strange word, which holds no recognised point. It has to be earned,
by one point each that is tied to a reason, a number, an owner or a failure; and no more are forgiven than the short
sentences of an honest speaker hold by chance. A strange word beside a right phrase, or two of them in a short sentence,
or aside after aside, are what nonsense has, and count as ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from course_lib.teach.interviewer.coherence import is_tied
from course_lib.teach.interviewer.strange_words import (
    FULL,
    SPARED,
    base_of,
    is_full,
    strange_in,
    strange_share,
    words_of,
)
from course_lib.teach.interviewer.talk_text import Sentence

BY_CHANCE = 0.04            # share of strange words that honest transcripts stay below (.031), and nonsense does not


def is_short(words: list[str]) -> bool:
    """Would one strange word among these make a sentence full of them?"""
    return 0 < len(words) * FULL < 1


def is_aside(words: list[str]) -> bool:
    """Is one word strange, and that enough for the sentence to be full of them?"""
    return is_short(words) and is_full(words) and len(set(map(base_of, strange_in(words)))) == 1


def forgiven(sentences: Iterable[Sentence], ticked: Iterable[str]) -> float:
    """How many sentences may be full of strange words, at least SPARED. ticked: sentences behind points, as typed."""
    ticked = list(ticked)
    beside = [words_of(s.text) for s in sentences if not any(s.said in text for text in ticked)]
    by_chance = sum(1 - (1 - BY_CHANCE) ** len(words) for words in beside if is_short(words))
    earned = sum(map(is_tied, ticked))
    return max(float(SPARED), min(sum(map(is_aside, beside)), earned, by_chance))


def off_subject(sentences: Iterable[Sentence], ticked: Iterable[str]) -> float:
    """Share of sentences that are full of strange words, 0 to 1, less those that are forgiven."""
    sentences = list(sentences)
    return strange_share(sentences, forgiven(sentences, ticked))
