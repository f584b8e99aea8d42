"""Numbers with their units, one unit a kind: requests a second, milliseconds, bytes, people a day, days."""

from __future__ import annotations

import re
from dataclasses import dataclass

from course_lib.teach.interviewer.number_words import NUMBER
from course_lib.teach.interviewer.talk_text import Sentence

BYTES = {"byte": 1, "bytes": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kilobyte": 1e3, "megabyte": 1e6,
         "gigabyte": 1e9, "terabyte": 1e12, "gig": 1e9, "giga": 1e9, "kib": 1024, "mib": 1024**2, "gib": 1024**3}
PER = {"second": 1, "sec": 1, "s": 1, "minute": 1 / 60, "min": 1 / 60, "hour": 1 / 3600, "h": 1 / 3600,
       "day": 1 / 86_400}
DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}
_ASKED = r"(?:requests?|queries|calls|page loads|page views|openings|pages|looks|visits|hits|loads|opens)"
_EACH = r"(?:\s*(?:a|per|/|by|each|every|in one|in a|an)\s*)"
_KINDS = (
    ("bytes_rate", re.compile(rf"({NUMBER}) (k|m|g|t)(?:b|ilobytes?|egabytes?|igabytes?|erabytes?){_EACH}(second|"
                              rf"sec|s)\b")),
    ("bytes_each", re.compile(rf"({NUMBER}) (bytes?|kb){_EACH}(?:\w+ )?(?:item|vector|story|stories|listing|thing|code|"
                              rf"embedding|video|article|offer|piece|one)s?\b")),
    ("bytes", re.compile(rf"({NUMBER}) ({'|'.join(sorted(BYTES, key=len, reverse=True))})s?\b")),
    ("rate", re.compile(rf"({NUMBER}) (?:{_ASKED} )?(?:(?!bytes|ms|per|a |each|every)[a-z]+ "
                        rf"){{0,2}}?(?:{_EACH}(second|sec|s|minute|min|hour|h"
                        rf")\b)")),
    ("rate", re.compile(rf"\b(?:in|per|each|every) (?:one |a )?second,?(?: it is| about| are)? ({NUMBER})\b")),
    ("rate", re.compile(rf"({NUMBER}) (?:peak )?(rps|qps)\b")),
    ("rate", re.compile(rf"{_ASKED}{_EACH}(?:second|sec|s)\b(?: at (?:the )?peak)?(?: ?[:=]| is| are| makes?| come to| "
                        rf"comes to|, so| of)? ?(?:about |roughly |around |some |near |only |then "
                        rf")?({NUMBER})\b(?! ?ms| perc)"
                        )),
    ("rate", re.compile(rf"(?:rps|qps) ?(?:[:=]|is|of|about|peak)? ?({NUMBER})\b")),
    ("rate", re.compile(rf"\bpeak (?:is|comes to|makes) (?:about |roughly |around )?({NUMBER})(?=[,.;]*$|[,;] )")),
    ("requests_day", re.compile(rf"({NUMBER}) (?:front )?(?:{_ASKED} (?:[a-z]+ ){{0,3}}?)?{_EACH}?(?:day|daily)\b")),
    ("people_day", re.compile(rf"({NUMBER}) (?:daily |different |active )*(?:people|users|visitors|buyers|readers|dau|"
                              rf"customers|shoppers)\b(?! each)")),
    ("ms", re.compile(rf"({NUMBER}) (ms|seconds?)\b")),
    ("bare_ms", re.compile(rf"({NUMBER}) (?:of (?:it|them) )?(?:go(?:es)? |are |is )?(?:to |for |in |on |goes to "
                           rf")?(?:the )?"
                           r"(?=re ?rank|rank|retriev|search|fetch|feature|filter|network|overhead|slack|assembl|spare|"
                           r"find|sort|order|scor|lookup)")),
    ("bare_ms", re.compile(rf"\b(?:ann|hnsw|search|retriev\w*|fetch\w*|features?|rank\w*|re ?rank\w*|gbdt|model|slate|"
                           rf"page|slack|spare|network|overhead|rest) ({NUMBER})(?=[,.;]|$)")),
    ("items", re.compile(rf"({NUMBER}) (?:live |active |different )*(?:items|stories|listings|things|videos|vectors|"
                         rf"products|articles|offers|pieces|candidates to search)\b")),
    ("days", re.compile(rf"({NUMBER}) (?:full |whole |more )?(day|week|month)s?\b")),
    ("share", re.compile(rf"({NUMBER}) (?:percent|percentage points?)\b")),
)


@dataclass(frozen=True)
class Quantity:
    """One number. kind: rate (a second), requests_day, bytes, bytes_each, bytes_rate (a second), people_day, ms, items,
    days, share. value: in that unit. sentence: where it was said. at: character in its text."""

    kind: str
    value: float
    sentence: Sentence
    at: int
    end: int

    @property
    def near(self) -> str:
        """The clause it stands in, to tell what is counted."""
        text = self.sentence.text
        start = max(text.rfind(mark, 0, self.at) for mark in (", ", ": ", "; ", ") "))
        stops = [place for mark in (", ", "; ", ": ", " (") if (place := text.find(mark, self.end)) >= 0]
        return text[max(start, 0):min(stops, default=len(text))]


def quantities(sentence: Sentence) -> list[Quantity]:
    """The numbers with a unit in a sentence, in their order. Each number counts once, by the first kind it fits."""
    found, taken = [], set()
    for kind, pattern in _KINDS:
        for match in pattern.finditer(sentence.text):
            at = match.start(1)
            if at in taken or kind == "bare_ms" and (" ms" not in sentence.text or float(match[1]) > 1000):
                continue
            taken.add(at)
            if kind == "bare_ms":               # "50 ms: 30 to retrieve, 20 to rank"
                found.append(Quantity("ms", float(match[1]), sentence, at, match.end()))
                continue
            found.append(Quantity(kind, _value(kind, match), sentence, at, match.end()))
    return sorted(found, key=lambda q: q.at)


def _value(kind: str, match: re.Match) -> float:
    value, unit = float(match[1]), (match[2] or "") if match.re.groups > 1 else ""
    if kind == "rate":
        return value * PER.get(unit, 1)
    if kind == "bytes_rate":
        return value * BYTES[unit + "b"]
    if kind in ("bytes", "bytes_each"):
        return value * BYTES.get(unit, BYTES.get(unit.rstrip("s"), 1))
    if kind == "ms":
        return value * (1000 if unit.startswith("second") else 1)
    return value * DAYS[unit] if kind == "days" else value
