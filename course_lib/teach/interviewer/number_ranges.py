"""Numbers that no design has, whatever the brief: a guardrail of 60 percent, a holdback of 95, a p-value of 0.5."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from course_lib.teach.interviewer.phrases import as_regex, load


@dataclass(frozen=True)
class Range:
    """One kind of number; a line of ranges.toml. low, high: what is possible, in the unit that the phrases name."""

    what: str
    phase: str
    low: float
    high: float
    cancels: tuple[str, ...]
    says: tuple[re.Pattern, ...]

    @property
    def id(self) -> str:
        """The name under which it is flagged."""
        return f"range_{self.what}"

    def outside(self, text: str) -> str:
        """The words of a number outside the range, "" where there is none. text: as `talk_text.plain` makes it."""
        found = (match for pattern in self.says for match in pattern.finditer(text))
        return next((m[0] for m in found if not self.low <= float(m["number"]) <= self.high), "")


@cache
def ranges() -> tuple[Range, ...]:
    """The kinds of ranges.toml; the same kind in two units stands there twice."""
    held: dict[str, Range] = {}
    for r in load("ranges")["range"]:
        name = r["what"] if r["what"] not in held else f"{r['what']}, in another unit"
        held[name] = Range(name, r["phase"], r.get("low", 0.0), r["high"], tuple(r["cancels"]),
                           tuple(re.compile(as_regex(phrase)) for phrase in r["says"]))
    return tuple(held.values())
