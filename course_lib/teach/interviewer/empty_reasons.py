"""A reason that would fit any point is none: "we compute the power beforehand, since planning pays off"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from course_lib.teach.interviewer.belonging_reasons import OWN, judged, lower, may_belong
from course_lib.teach.interviewer.given_reasons import Given, given
from course_lib.teach.interviewer.phrases import as_regex, load
from course_lib.teach.interviewer.strange_words import words_of
from course_lib.teach.interviewer.talk_text import Sentence

FEWEST = 16                 # reasons below which nothing is concluded
FEWEST_WORDS = 2            # words that carry something; "so I do that" is no reason at all


@cache
def _fits_anything() -> re.Pattern:
    return re.compile("|".join(as_regex(word) for words in load("empty").values() for word in words))


def is_empty(reason: Given) -> bool:
    """Does a reason hold only words that fit any point, with none that is known of its own?"""
    if len(words_of(reason.reason)) < FEWEST_WORDS or words_of(_fits_anything().sub(" ", reason.reason)):
        return False
    return judged(reason) != OWN and not may_belong(reason)


def empty_reasons(sentences: Iterable[Sentence]) -> float:
    """Share of the reasons of an answer that would fit any point: the lower end of what it may be."""
    held = given(sentences)
    return lower(sum(map(is_empty, held)), len(held)) if len(held) >= FEWEST else 0.0
