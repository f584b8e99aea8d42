"""The margin that a sentence names: a share, a number in another unit, or none."""

from __future__ import annotations

import re
from collections.abc import Mapping

from course_lib.evidence.framing_words import (
    COUNTS,
    ONE_OF_MANY,
    OTHER_MARGIN,
    PERCENT,
    SHARE,
    WHOLES,
    WORD_NUMBERS,
)


def margin_in(text: str) -> float | None:
    """The margin named in a sentence: a share (0.01 for "one point" or "1%"), NaN in another unit, None for none.

    "must not fall by more than half a percent" is 0.005; "reports stay below 2 per thousand" is NaN. 0 is no margin:
    nothing can be shown not to have moved at all.
    """
    return _number_in(text) or None


def _number_in(text: str) -> float | None:
    low = text.lower()
    for words in sorted(WORD_NUMBERS, key=len, reverse=True):
        if re.search(rf"\b{words}\b", low):
            return WORD_NUMBERS[words]
    if found := PERCENT.search(text):
        return float(found[1].replace(",", ".")) / 100
    if found := ONE_OF_MANY.search(low):                              # "two in a hundred", "one order in fifty"
        return _counted(found[1], COUNTS) / _counted(found[2], WHOLES)
    if OTHER_MARGIN.search(text):
        return float("nan")
    if found := SHARE.search(text):
        return float(found[1].replace(",", "."))
    return None


def _counted(word: str, numbers: Mapping) -> float:
    return float(numbers.get(word, 0) or word)
