"""What a statement is: something the field says, its kind, who holds it, and the band fixed before it was measured."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from course_lib.contracts import ArgumentError
from course_lib.teach import lessons

CLAIM, DIAL, IDENTITY, MACHINE = "claim", "dial", "identity", "machine figure"
KINDS = {
    CLAIM: "a sensible measurement could contradict it; it gets a verdict over replicates",
    DIAL: "its outcome follows one of the simulator's inputs; it gets a curve over that input",
    IDENTITY: "true by arithmetic or by construction; it gets a unit test and no verdict",
    MACHINE: "a time, a size or a count on one machine; it gets that machine beside it",
}
OWN, FOLKLORE = "own conjecture", "folklore, no source found"
UNPLACED = "no place in a source given"
ANY, SHARE, CORRELATION = (-math.inf, math.inf), (0.0, 1.0), (-1.0, 1.0)
DIFFERENCE, AMOUNT = (-1.0, 1.0), (0.0, math.inf)       # of two shares; an amount, a count, or a ratio of two of them
CHANGE, LOSS = (-1.0, math.inf), (-math.inf, 1.0)       # of an amount, in parts of what it was; what is gone of it


@dataclass(frozen=True)
class Band:
    """A band that was given up. low, high: its ends. written: the date it was fixed, "" where that was not kept.
    why: why another took its place; never empty."""

    low: float
    high: float
    written: str
    why: str


@dataclass(frozen=True)
class Claim:
    """A statement and the band in which a measurement must fall for it to hold, fixed beforehand.

    id: written "ann.compression", read "5.compression"; texts may hold {{ann}} (see teach.lessons). says: a sentence
    that its holder would sign. who: the source, OWN or FOLKLORE. expected: (low, high); an infinite end makes the band
    one-sided. unit stands behind the number. lesson defaults to the id's.

    kind: one of KINDS. place: where in the source it stands ("section 4, table 2"). written: the date of the band, as
    2026-11-28. history: bands given up, oldest first. deterministic: has no chance in it, so that one value is all.
    ratio: of a machine figure, whether it is a ratio measured in one run, which alone may have a verdict.
    varies: what differs between the places where it is measured, for "depends on …". dial: the input that is turned.
    public: where public data lie on that input, ("MovieLens 100K", 0.4) each. no_zero: why nothing can be measured with
    that input at 0; a curve begins there otherwise. bounds: what the quantity can be at least and at most: SHARE,
    CORRELATION, DIFFERENCE, AMOUNT, CHANGE, LOSS, or ANY where it has no end; every interval is cut there. stored: of
    what was played once and is read again, how many seeds or worlds its interval is over; another run of the lesson
    reads the same file and is no replicate. exact_at: strengths of a dial at which nothing is left to chance, such as
    a mechanism that is off; one value is all there, and no other row may have an interval without width. limits: under
    what it was measured and what it does not say, in full sentences, for the ledger.
    Raises ArgumentError for what contradicts itself.
    """

    id: str
    says: str
    who: str
    expected: tuple[float, float]
    unit: str = ""
    lesson: str = ""
    kind: str = CLAIM
    place: str = ""
    written: str = ""
    history: tuple[Band, ...] = ()
    deterministic: bool = False
    ratio: bool = False
    varies: str = "where it is measured"
    dial: str = ""
    public: tuple[tuple[str, float], ...] = ()
    no_zero: str = ""
    bounds: tuple[float, float] = ANY
    stored: int = 0
    exact_at: tuple[float, ...] = ()
    limits: str = ""

    def __post_init__(self):
        lessons.fill(self, "claim")
        low, high = self.expected
        if math.isnan(low) or math.isnan(high) or low > high:
            raise ArgumentError(f"claim {self.id}: expected is ({low}, {high}); expected (low, high) with low <= high.")
        object.__setattr__(self, "lesson", self.lesson or lessons.number(self.id.split(".")[0]))
        for fault in _faults(self):
            raise ArgumentError(f"claim {self.id}: {fault}")

    @property
    def holder(self) -> str:
        """Who says it and where: "Yi et al. 2019, section 4"; what has no place says so."""
        if self.who.startswith((OWN, FOLKLORE)):
            return self.who
        return f"{self.who}, {self.place}" if self.place else f"{self.who} ({UNPLACED})"

    @property
    def placed(self) -> bool:
        """Whether the holder can be looked up, or is said to be nobody: a source with its place, OWN or FOLKLORE."""
        return bool(self.place) or self.who.startswith((OWN, FOLKLORE))

    @property
    def one_sided(self) -> bool:
        """Whether the band has one end."""
        return math.isinf(self.expected[0]) != math.isinf(self.expected[1])

    @property
    def judged(self) -> bool:
        """Whether it gets a verdict over replicates: claims do, and ratios that a machine shows in one run."""
        return self.kind == CLAIM or self.kind == MACHINE and self.ratio


def _faults(claim: Claim):
    """What contradicts itself, a sentence each."""
    if claim.kind not in KINDS:
        yield f"kind is {claim.kind!r}; expected one of {', '.join(KINDS)}."
    if claim.ratio and claim.kind != MACHINE:
        yield f"ratio is for a {MACHINE} alone; this is a {claim.kind}."
    if (claim.dial or claim.public or claim.no_zero or claim.exact_at) and claim.kind != DIAL:
        yield f"dial, public, no_zero and exact_at are for a {DIAL} alone; this is a {claim.kind}."
    if claim.stored and (claim.stored < 2 or claim.deterministic or claim.kind == DIAL):
        yield f"stored is {claim.stored}; expected two seeds or more, of what has chance in it and is no {DIAL}."
    if claim.kind == DIAL and (claim.deterministic or not claim.dial):
        yield f"a {DIAL} names the input that is turned (dial=…) and is not deterministic."
    dates = [band.written for band in claim.history] + [claim.written]
    for date in filter(None, dates):
        if not _is_date(date):
            yield f"a band was written on {date!r}; expected a date such as '2026-11-28'."
    known = [date for date in dates if date]
    if known != sorted(known):
        yield f"the bands of its history are dated {', '.join(known)}; expected the oldest first, today's last."
    if not claim.bounds[0] <= claim.bounds[1]:
        yield f"bounds are {claim.bounds}; expected (least, most)."
    if claim.judged or claim.kind == DIAL:
        yield from _unreachable(claim)
    for band in claim.history:
        if not band.low <= band.high or not band.why.strip():
            yield f"a band of its history is {band}; expected low <= high and the reason why it was given up."


def _unreachable(claim: Claim):
    """A band that no measurement can miss, or none can meet."""
    (low, high), (least, most) = claim.expected, claim.bounds
    if low <= least and most <= high:
        yield f"its band is {claim.expected}, and all that it can be lies in {claim.bounds}; it cannot be missed."
    if high < least or most < low or low == high and not claim.deterministic:
        yield f"its band is {claim.expected} of {claim.bounds}; expected one that an interval can lie in."


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
