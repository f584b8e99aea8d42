"""Is a reason made of the words of what it is a reason for? Phrases learned by heart and then ended anyhow have two
languages: the point is said in the words of the subject, and what follows "because" or "so that" in other ones.

Who speaks in pictures does so throughout, so a speaker's reasons are held against the same speaker's points, never
against a fixed number. A reason may have a rare word; only where reasons hold so many more of them than points do that
chance does not explain it, something is lost.

The other way round, a reason brings something new. Where reasons are made of their points' own words, put in another
order ("the objective is return next month, since next month is returned to the objective"), they give none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from course_lib.teach.interviewer.given_reasons import given
from course_lib.teach.interviewer.strange_words import base_of, times_said, words_of
from course_lib.teach.interviewer.talk_text import Sentence

SELDOM = 10                 # a word that the course says less often than this belongs to other talk
FEWEST_WORDS = 40           # words in reasons below which nothing is concluded
SURE = 1.64                 # standard errors that are taken off the difference: 95 percent, to one side
_REASON = re.compile(r",?\s+(?:because|since|so that|so|as|which|until|when)\s+")


def foreign_reasons(sentences: Iterable[Sentence]) -> float:
    """How many more of a speaker's words are foreign in reasons than in what they are given for, as a share, 0 to 1:
    the lower end of what the difference may be."""
    points, reasons = [], []
    for sentence in sentences:
        point, *rest = _REASON.split(sentence.text)
        points += words_of(point)
        reasons += [word for reason in rest for word in words_of(reason)]
    if len(reasons) < FEWEST_WORDS:
        return 0.0
    (p, p_error), (r, r_error) = _foreign(points), _foreign(reasons)
    return max(r - p - SURE * math.hypot(p_error, r_error), 0.0)


def echoing_reasons(sentences: Iterable[Sentence]) -> float:
    """How many of the words in a speaker's reasons stand in what they are given for, as a share, 0 to 1: the lower end
    of what it may be."""
    echoed = n = 0
    for each in given(sentences):
        reason = set(map(base_of, words_of(each.reason)))
        n, echoed = n + len(reason), echoed + len(reason & set(map(base_of, words_of(each.point))))
    if n < FEWEST_WORDS:
        return 0.0
    return max(echoed / n - SURE * math.sqrt(echoed / n * (1 - echoed / n) / n), 0.0)


def _foreign(words: list[str]) -> tuple[float, float]:
    """(share of foreign words, its standard error), with one word of each kind added so that neither is nought."""
    n = len(words) + 2
    share = (sum(times_said(word) < SELDOM for word in words) + 1) / n
    return share, math.sqrt(share * (1 - share) / n)
