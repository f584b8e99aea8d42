"""Each reason of an answer beside what it is given for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from course_lib.teach.interviewer.talk_text import Sentence

_JOINS = re.compile(
    r"[,:]?\s+(?:because|since|so that|so|otherwise|or else|else|therefore|hence|(?:and )?that is why|which is why|"
    r"(?:and )?(?:in )?that way|the reason is(?: that)?),?\s+|[,:]\s+(?:as|for|and so)\s+(?!(?:of|example|instance)\b)")
_FIRST = re.compile(r"^(?:because|since|as|given that|if)\s+(.+?),\s+(.+)$")
_BACK = re.compile(r"^(?:otherwise|or else|else|therefore|hence|the reason is(?: that)?|(?:that|this|it) is because|"
                   r"that is why|that way),?\s+(.+)$")
_POINTS_BACK = re.compile(r"^(?:(?:and )?(?:that|this|it|these|they|both)|we do (?:this|that|it|so))\b")

# "because, with the odds in mind, the evening is the peak": the reason is what follows, and not what leads up to it.
_LEADS_UP = re.compile(r"^(?:with|without|for|given|where|when|as|in|at|so that|to|considering)\b[^,]*,\s+"
                       r"(?=\S+ \S+ \S+)")


class Given(NamedTuple):
    """point: what is said, as a text. reason: why. before: what the sentence before said. back: does the point stand in
    that sentence ("The reason is ...", "We do this because ...")?"""

    point: str
    reason: str
    before: str
    back: bool


def given(sentences: Iterable[Sentence]) -> list[Given]:
    """The reasons of an answer in their order, one that comes first ("Since ..., ...") like one that follows."""
    found, before = [], ""
    for sentence in sentences:
        text = sentence.text.rstrip(".!?")
        if alone := _BACK.match(text):
            if before:
                found.append(Given(before, alone[1], "", True))
            before = alone[1]
            continue
        if first := _FIRST.match(text):
            text = f"{first[2]} because {first[1]}"
        said = _JOINS.split(text)
        found += [Given(point, _LEADS_UP.sub("", reason), before, bool(_POINTS_BACK.match(point)))
                  for point, reason in zip(said, said[1:], strict=False)]
        before = said[0]
    return found
