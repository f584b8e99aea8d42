"""One row of the ledger, and the verdict that is computed from rows: never typed.

A verdict is earned over replicates (teach.ledger.spread). What a single run says is kept apart from it and is always
shown as "one run, not yet replicated".
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass

from course_lib.contracts import DataError, UnknownIdError
from course_lib.teach import lessons
from course_lib.teach.definitions.claim import IDENTITY, Claim

MIME = "application/vnd.recsys-course.claim+json"
HOLDS, DEPENDS, FAILS, UNSAID = "holds", "depends", "does not hold", "cannot be said"
VERDICTS = (HOLDS, DEPENDS, FAILS, UNSAID)
NOT_YET = "not yet replicated"
ON_THAT_SET = "on that set"      # stands behind a verdict that one real data set gave


@dataclass(frozen=True)
class Row:
    """One measurement: the claim's id, on what, the value and its interval (NaN where none is known).

    at: the strength of a dial's input, NaN for other kinds. beside: of a machine figure, what the machine did (threads,
    batch, recall). Raises DataError for an interval that has one end, or does not hold its value.
    """

    claim: str
    on: str
    value: float
    low: float = math.nan
    high: float = math.nan
    at: float = math.nan
    beside: str = ""

    def __post_init__(self):
        if math.isnan(self.low) and math.isnan(self.high):
            return
        if not self.low <= self.value <= self.high:
            raise DataError(f"claim {self.claim} on {self.on}: value {self.value}, interval [{self.low}, {self.high}]; "
                            f"expected low <= value <= high, or no interval at all. Look at how it was estimated.")

    @property
    def has_interval(self) -> bool:
        return not math.isnan(self.low)

    def as_dict(self) -> dict:
        """For JSON: NaN and infinity as text; the claim by its lesson's name, since the number may change."""
        kept = asdict(self) | {"claim": lessons.kept(self.claim)}
        if math.isnan(self.at):
            del kept["at"]
        if not self.beside:
            del kept["beside"]
        return {k: v if not isinstance(v, float) or math.isfinite(v) else str(v) for k, v in kept.items()}

    @classmethod
    def of(cls, held: dict) -> Row:
        """The inverse of as_dict. Raises DataError for anything else."""
        try:
            numbers = (float(held[k]) for k in ("value", "low", "high"))
            return cls(lessons.shown(str(held["claim"])), str(held["on"]), *numbers, float(held.get("at", math.nan)),
                       str(held.get("beside", "")))
        except (KeyError, TypeError, ValueError, AttributeError, UnknownIdError) as error:
            raise DataError(f"a claim's row is {str(held)[:120]}; expected claim, on, value, low, high.") from error


@dataclass(frozen=True)
class Verdict:
    """What is said of a statement. word: one of VERDICTS, or what another kind has in its place. reason: where it
    holds, where not, where it cannot be said. earned: whether it is a verdict, and not only what the notebook's one run
    says. runs: replicates so far, the fewest of all places; needed: how many a verdict there needs."""

    word: str
    reason: str
    earned: bool = False
    runs: int = 0
    needed: int = 0

    @property
    def text(self) -> str:
        """The verdict for showing. What one run says is never shown as a verdict: "one run, not yet replicated"."""
        if self.earned:
            return self.word
        return f"{self.runs} of {self.needed} runs, {NOT_YET}" if self.runs else f"one run, {NOT_YET}"


def without_numbers(word: str) -> str:
    """A verdict's word without strengths and places: "turns …" for "turns between 0.2 and 0.4"."""
    return re.sub(r"^(turns|depends on|(?:does not hold|holds)(?= from| up to)) .*", r"\1 …", word)


def decide(claim: Claim, row: Row) -> str:
    """HOLDS, FAILS or UNSAID: where one measurement lies.

    With an interval: inside the band, HOLDS; apart from it, FAILS, and so does `nothing`; across its edge, UNSAID.
    An interval ends where the quantity does (`cut`). Without one, the value alone decides; what is no finite number is
    UNSAID.
    """
    low, high = claim.expected
    if not math.isfinite(row.value):
        return UNSAID
    bottom, top = cut(row, claim.bounds) if row.has_interval else (row.value, row.value)
    if nothing(claim, bottom, top):
        return FAILS
    if low <= bottom and top <= high:
        return HOLDS
    return FAILS if top < low or bottom > high else UNSAID


def cut(row: Row, bounds: tuple[float, float]) -> tuple[float, float]:
    """The ends of a row's interval, cut where the quantity ends: a share of 0.99 is at most 1. Never inside of the
    value itself. NaN where there is no interval."""
    if not row.has_interval:
        return math.nan, math.nan
    return max(row.low, min(bounds[0], row.value)), min(row.high, max(bounds[1], row.value))


def nothing(claim: Claim, low: float, high: float) -> bool:
    """Whether an interval is 0 with no width and a one-sided band ends at 0: none is neither more nor fewer."""
    return low == high == 0 and claim.one_sided and 0 in claim.expected


def joined(words: dict[str, str]) -> tuple[str, str]:
    """One word over all places, and the reason. words: {place: HOLDS, FAILS or UNSAID}.

    Symmetric: all hold, "holds"; none holds, "does not hold"; some do and some do not, "depends", whatever the others
    say; all else, "cannot be said". Swapping HOLDS and FAILS in what goes in swaps them in what comes out.
    """
    places = {word: [on for on, said in words.items() if said == word] for word in (HOLDS, FAILS, UNSAID)}
    starts = {HOLDS: "on", FAILS: "not on", UNSAID: "cannot be said on"}
    told = [f"{starts[word]} {', '.join(held)}" for word, held in places.items() if held]
    reason = "; ".join(told) or "not measured yet"
    if places[HOLDS] and places[FAILS]:
        return DEPENDS, reason
    if places[UNSAID] or not words:
        return UNSAID, reason
    return (HOLDS if places[HOLDS] else FAILS), reason


def verdict_of(claim: Claim, rows: list[Row]) -> Verdict:
    """What single runs say, over all places; a verdict only where the claim is deterministic."""
    word, reason = joined({row.on: decide(claim, row) for row in rows})
    return Verdict(word, reason, earned=claim.deterministic and bool(rows))


def number(value: float) -> str:
    """Three significant digits, thousands apart: "0.385", "19.3", "1,240"."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "−∞"
    digits = 3 if value == 0 else max(2 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:,.{min(digits, 6)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def band_text(claim: Claim) -> str:
    """The band in words: "16 to 24×", "at least 0.33", "at most 0"."""
    return ends_text(*claim.expected, claim)


def ends_text(low: float, high: float, claim: Claim) -> str:
    """Two ends in words, with the claim's unit."""
    unit = _unit(claim)
    if math.isinf(low) and math.isinf(high):
        return "anything"
    if math.isinf(high):
        return f"at least {number(low)}{unit}"
    return f"at most {number(high)}{unit}" if math.isinf(low) else f"{number(low)} to {number(high)}{unit}"


def _unit(claim: Claim) -> str:
    return claim.unit if claim.unit in ("×", "%", "") else f" {claim.unit}"


def value_text(claim: Claim, row: Row) -> str:
    """The value with its interval: "0.385 [0.369, 0.401]"."""
    low, high = cut(row, claim.bounds)
    interval = f" [{number(low)}, {number(high)}]" if row.has_interval else ""
    return f"{number(row.value)}{_unit(claim)}{interval}"


def row_text(claim: Claim, row: Row) -> str:
    """One measurement as a sentence; of a dial, with its strength; of an identity, without a band."""
    beside = f" ({row.beside})" if row.beside else ""
    where = row.on if math.isnan(row.at) else f"{row.on} at {number(row.at)} ({claim.dial})"
    told = value_text(claim, row) if math.isfinite(row.value) else "no value"
    begins = "" if claim.kind == IDENTITY else f"Expected beforehand: {band_text(claim)}. "
    return f"{begins}Measured on {where}: {told}{beside}."
