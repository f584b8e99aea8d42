"""What each kind of statement gets: a claim its verdict over replicates, a dial its curve, an identity nothing.

The rules are those of `teach.definitions.claim.KINDS`, and the only place that knows them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from course_lib.teach.definitions.claim import DIAL, IDENTITY, Claim
from course_lib.teach.ledger.spread import REAL, judge, runs_needed, spread
from course_lib.teach.ledger.verdict import DEPENDS, Row, Verdict, joined, number, verdict_of

BY_CONSTRUCTION, OF_ONE_MACHINE = "true by construction", "one machine's figure"
NO_CURVE = "a dial without its curve"
STRENGTHS = 4           # that a dial's curve needs at least, zero among them


def verdict(claim: Claim, rows: list[Row], replicates: list[list[Row]] | None = None) -> Verdict:
    """What is said of a statement.

    rows: what one run measured. replicates: what each further run measured, a list of rows each; empty where there is
    none. A claim without replicates has no verdict that is earned; see Verdict.text.
    """
    if claim.kind == IDENTITY:
        return Verdict(BY_CONSTRUCTION, "a unit test holds it", earned=True)
    if claim.kind == DIAL:
        return _dial_verdict(claim, [row for run in replicates or [rows] for row in run], bool(replicates))
    if not claim.judged:
        beside = "; ".join(sorted({row.beside for row in rows if row.beside}))
        return Verdict(OF_ONE_MACHINE, beside or "the machine was not noted", earned=True)
    if claim.deterministic or not replicates:
        return verdict_of(claim, rows)
    places = {row.on: [] for row in rows} | by_place(replicates)    # a place that no replicate reached still counts
    return _over_replicates(claim, rows, places)


def by_place(replicates: list[list[Row]]) -> dict[str, list[Row]]:
    """{place: [row of each replicate]}, in the order in which places first come."""
    places: dict[str, list[Row]] = {}
    for run in replicates:
        for row in run:
            places.setdefault(row.on, []).append(row)
    return places


def _over_replicates(claim, alone_rows, places) -> Verdict:
    short = {on: len(rows) for on, rows in places.items() if len(rows) < runs_needed(on)}
    if len(short) == len(places):
        alone = verdict_of(claim, alone_rows)
        fewest = min(short, key=short.get)
        return Verdict(alone.word, alone.reason, runs=short[fewest], needed=runs_needed(fewest))
    judged = {on: judge(claim, on, rows) for on, rows in places.items()}
    word, reason = joined({on: said for on, (said, _) in judged.items()})
    if word == DEPENDS:
        word = f"{DEPENDS} on {claim.varies}"
    notes = [f"{on}: {why}" for on, (_, why) in judged.items() if why]
    real = [on for on in places if on.startswith(REAL)]
    if len(real) == 1 and len(places) == 1:
        notes.append("on that set alone")
    runs = min(map(len, places.values()))
    return Verdict(word, "; ".join([reason, *notes]), earned=True, runs=runs)


# --- dials ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CurvePoint:
    """One strength of a dial's input: the mean there, with its interval (NaN for one run without one)."""

    at: float
    mean: float
    low: float
    high: float


def curve(rows: list[Row]) -> list[CurvePoint]:
    """The points of a dial in order of strength; replicates at one strength make one point."""
    found: dict[float, list[Row]] = {}
    for row in rows:
        if not math.isnan(row.at) and math.isfinite(row.value):
            found.setdefault(row.at, []).append(row)
    points = []
    for at, held in sorted(found.items()):
        if len(held) > 1:
            made = spread(held)
            points.append(CurvePoint(at, made.mean, made.low, made.high))
        else:
            points.append(CurvePoint(at, held[0].value, held[0].low, held[0].high))
    return points


def flips(claim: Claim, points: list[CurvePoint]) -> list[float]:
    """The strengths at which the mean enters or leaves the band, between points on a straight line."""
    found = []
    for left, right in zip(points, points[1:], strict=False):
        for edge in claim.expected:
            if math.isfinite(edge) and (left.mean - edge) * (right.mean - edge) < 0:
                share = (edge - left.mean) / (right.mean - left.mean)
                found.append(left.at + share * (right.at - left.at))
    return sorted(found)


def _dial_verdict(claim, rows, replicated) -> Verdict:
    points = curve(rows)
    strengths = [point.at for point in points]
    if len(points) < STRENGTHS or 0.0 not in strengths:
        return Verdict(NO_CURVE, f"{len(points)} of {STRENGTHS} strengths of {claim.dial}, zero among them",
                       earned=True)
    turns = flips(claim, points)
    public = "; ".join(f"{name} lies at {number(at)}" for name, at in claim.public)
    where = "; ".join([f"{claim.dial} from {number(strengths[0])} to {number(strengths[-1])}", *filter(None, [public])])
    if not turns:
        low, high = claim.expected
        inside = low <= points[0].mean <= high
        return Verdict(f"never {'leaves' if inside else 'enters'} the band", where, earned=replicated)
    return Verdict(f"turns at {' and '.join(map(number, turns))}", where, earned=replicated)
