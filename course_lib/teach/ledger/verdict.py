"""One row of the claims ledger, and the verdict that is computed from rows: never typed."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from course_lib.contracts import DataError, UnknownIdError
from course_lib.teach import lessons
from course_lib.teach.definitions.claim import Claim

MIME = "application/vnd.recsys-course.claim+json"
HOLDS, HOLDS_IF, FAILS, UNSAID = "holds", "holds if…", "does not hold", "cannot be said"
VERDICTS = (HOLDS, HOLDS_IF, FAILS, UNSAID)


@dataclass(frozen=True)
class Row:
    """One measurement: the claim's id, on what, the value and its interval (NaN where none is known)."""

    claim: str
    on: str
    value: float
    low: float = math.nan
    high: float = math.nan

    def as_dict(self) -> dict:
        """For JSON: NaN and infinity as text; the claim by its lesson's name, since the number may change."""
        kept = asdict(self) | {"claim": lessons.kept(self.claim)}
        return {k: v if not isinstance(v, float) or math.isfinite(v) else str(v) for k, v in kept.items()}

    @classmethod
    def of(cls, held: dict) -> Row:
        """The inverse of as_dict. Raises DataError for anything else."""
        try:
            numbers = (float(held[k]) for k in ("value", "low", "high"))
            return cls(lessons.shown(str(held["claim"])), str(held["on"]), *numbers)
        except (KeyError, TypeError, ValueError, UnknownIdError) as error:
            raise DataError(f"a claim's row is {str(held)[:120]}; expected claim, on, value, low, high.") from error


@dataclass(frozen=True)
class Verdict:
    """word: one of VERDICTS. reason: where it holds, where not, where it cannot be said."""

    word: str
    reason: str


def decide(claim: Claim, row: Row) -> str:
    """HOLDS, FAILS or UNSAID for one measurement.

    With an interval: inside the band, HOLDS; apart from it, FAILS; across its edge, UNSAID. Without one, the value
    alone decides; NaN is UNSAID.
    """
    low, high = claim.expected
    if math.isnan(row.value):
        return UNSAID
    bottom = row.value if math.isnan(row.low) else row.low
    top = row.value if math.isnan(row.high) else row.high
    if low <= bottom and top <= high:
        return HOLDS
    return FAILS if top < low or bottom > high else UNSAID


def verdict_of(claim: Claim, rows: list[Row]) -> Verdict:
    """The verdict over all places where the claim was measured.

    All hold: "holds". None of those that decide hold: "does not hold". Some do and others do not, or cannot say:
    "holds if…". Nothing decides: "cannot be said".
    """
    places = {word: [row.on for row in rows if decide(claim, row) == word] for word in (HOLDS, FAILS, UNSAID)}
    told = [f"{start} {', '.join(places[word])}" for word, start in ((HOLDS, "on"), (FAILS, "not on"), (
        UNSAID, "cannot be said on")) if places[word]]
    reason = "; ".join(told) or "not measured yet"
    if places[HOLDS]:
        return Verdict(HOLDS if not places[FAILS] + places[UNSAID] else HOLDS_IF, reason)
    return Verdict(FAILS if places[FAILS] else UNSAID, reason)


def number(value: float) -> str:
    """Three significant digits, thousands apart: "0.385", "19.3", "1,240"."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else "∞" if value > 0 else "−∞"
    digits = 3 if value == 0 else max(2 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:,.{min(digits, 6)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def band_text(claim: Claim) -> str:
    """The band in words: "16 to 24×", "above 0.33", "below 0"."""
    low, high = claim.expected
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
    interval = "" if math.isnan(row.low) or math.isnan(row.high) else f" [{number(row.low)}, {number(row.high)}]"
    return f"{number(row.value)}{_unit(claim)}{interval}"


def row_text(claim: Claim, row: Row) -> str:
    """One measurement as a sentence."""
    return f"Expected beforehand: {band_text(claim)}. Measured on {row.on}: {value_text(claim, row)}."
