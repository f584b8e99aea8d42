"""Numbers that are spoken ("ten thousand", "half a percent", "10.4k") written as digits, for one pattern to read."""

from __future__ import annotations

import re

ONES = dict(zip("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
                "seventeen eighteen nineteen".split(), range(20), strict=True))
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
SHORT = {"k": 1e3, "m": 1e6, "mio": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}
PARTS = {"half": 0.5, "quarter": 0.25, "third": 1 / 3, "tenth": 0.1, "fifth": 0.2, "hundredth": 0.01}
NUMBER = r"\d+(?:\.\d+)?"
_SPOKEN = "|".join([*ONES, *TENS, *SCALES])
_RUN = re.compile(rf"\b(?:(?:an?|{NUMBER}) (?=(?:{'|'.join(SCALES)})\b))?(?:{_SPOKEN})"
                  rf"(?:(?: and)? (?:{_SPOKEN})\b)*\b")
_AND_A_HALF = re.compile(rf"\b({_SPOKEN}|{NUMBER}) and a half\b( (?:{'|'.join(SCALES)}))?")


def digits(text: str) -> str:
    """The text with spoken numbers as digits: "fifty milliseconds" becomes "50 milliseconds", "2k" "2000".

    text: lower case, hyphens between words already spaces, no commas inside numbers.
    """
    text = re.sub(rf"\b({NUMBER}) ?(k|m|mio|mn|bn)\b(?! ?(?:s\b|sec))", _shortened, text)
    text = re.sub(rf"\b({NUMBER}) (?:and a half )?({'|'.join(SCALES)})s?\b", _scaled, text)
    text = _AND_A_HALF.sub(_and_a_half, text)
    text = re.sub(r"\b(?:a )?half a (?=percent|point|second|million|milli|gig)", "0.5 ", text)
    text = re.sub(r"\b(?:one|an?) (half|quarter|third|tenth|fifth|hundredth) of (?=a (?:percent|point|second)|one)",
                  lambda m: f"{PARTS[m[1]]:g} ", text)
    text = re.sub(r"\ba couple of\b", "2", text)
    text = re.sub(r"\ba dozen\b", "12", text)
    text = re.sub(r"\b(?:an?|one) (gigabyte|gig|megabyte|terabyte)\b", r"1 \1", text)
    text = _RUN.sub(_spoken, text)
    return re.sub(r"\b(0\.5) (million)\b", _scaled, text)


def _plain(value: float) -> str:
    return f"{value:.10g}" if value < 1e10 else f"{value:.0f}"


def _shortened(found: re.Match) -> str:
    return _plain(float(found[1]) * SHORT[found[2]])


def _scaled(found: re.Match) -> str:
    half = 0.5 if "and a half" in found[0] else 0
    return _plain((float(found[1]) + half) * SCALES[found[2]])


def _and_a_half(found: re.Match) -> str:
    said = found[1]
    value = float(said) if said[0].isdigit() else ONES.get(said, TENS.get(said, SCALES.get(said, 0)))
    value += 0.5
    return _plain(value * SCALES[found[2].strip()]) if found[2] else _plain(value)


def _spoken(found: re.Match) -> str:
    """One run of number words; a lone "one" stays a word, since it is mostly no number."""
    if found[0] == "one":
        return "one"
    total = group = 0.0
    for word in found[0].split():
        if word in ONES:
            group += ONES[word]
        elif word in TENS:
            group += TENS[word]
        elif word == "hundred":
            group = max(group, 1) * 100
        elif word in SCALES:
            total += max(group, 1) * SCALES[word]
            group = 0
        elif word[0].isdigit():
            group += float(word)
    return _plain(total + group)
