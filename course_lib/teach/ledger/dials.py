"""A dial: its curve over replicates, where it enters or leaves its band, and what is said of it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from course_lib.teach.definitions.claim import ANY, Claim
from course_lib.teach.ledger.spread import by_place, judge, runs_needed, spread
from course_lib.teach.ledger.verdict import FAILS, HOLDS, UNSAID, Row, Verdict, cut, decide, number

NO_CURVE = "a dial without its curve"
UNSURE = "cannot be said whether it turns"
STRENGTHS = 4           # that a dial's curve needs at least, zero among them


@dataclass(frozen=True)
class CurvePoint:
    """One strength of a dial's input.

    mean with its interval (low, high); (next_low, next_high): where one more run falls, NaN for a single run. All are
    NaN where no run found a value. runs: how many measured here; valued: in how many of them it had a value.
    """

    at: float
    mean: float
    low: float
    high: float
    next_low: float
    next_high: float
    runs: int
    valued: int


def by_strength(rows: list[Row]) -> dict[float, list[Row]]:
    """{strength: the rows measured there}, in order of strength; rows without a strength are left out."""
    found: dict[float, list[Row]] = {}
    for row in rows:
        if not math.isnan(row.at):
            found.setdefault(row.at, []).append(row)
    return dict(sorted(found.items()))


def curve(rows: list[Row], bounds: tuple[float, float] = ANY) -> list[CurvePoint]:
    """The points of a dial in order of strength; replicates at one strength make one point. bounds: as of `spread`."""
    return [_point(at, held, bounds) for at, held in by_strength(rows).items()]


def _point(at: float, held: list[Row], bounds: tuple[float, float]) -> CurvePoint:
    finite = [row for row in held if math.isfinite(row.value)]
    counts = len(held), len(finite)
    if not finite:
        return CurvePoint(at, *[math.nan] * 5, *counts)
    if len(finite) == 1:
        return CurvePoint(at, finite[0].value, *cut(finite[0], bounds), math.nan, math.nan, *counts)
    made = spread(finite, bounds)
    return CurvePoint(at, made.mean, made.low, made.high, made.next_low, made.next_high, *counts)


def flips(claim: Claim, points: list[CurvePoint]) -> list[tuple[float, float]]:
    """Between which neighbouring strengths the mean enters or leaves the band: (left, right) each, a pair twice where
    it passes through the whole band. Where between the two is not known, for nothing was measured there; strengths
    without a mean are passed over."""
    found = []
    for left, right in pairwise(point for point in points if math.isfinite(point.mean)):
        crossed = [edge for edge in claim.expected
                   if math.isfinite(edge) and (left.mean - edge) * (right.mean - edge) < 0]
        if not crossed and _inside(claim, left) != _inside(claim, right):
            crossed = [left.mean if left.mean in claim.expected else right.mean]   # it lies on the edge itself
        found += [(left.at, right.at) for _ in crossed]
    return found


def _inside(claim: Claim, point: CurvePoint) -> bool:
    return decide(claim, Row(claim.id, "", point.mean)) == HOLDS


def words(claim: Claim, rows: list[Row], replicated: bool) -> dict[float, str]:
    """{strength: HOLDS, FAILS or UNSAID}: over replicates as a claim is judged, of one run by its own interval."""
    if not replicated:
        return {at: decide(claim, held[-1]) for at, held in by_strength(rows).items()}
    return {at: judge(claim, held[0].on, held)[0] for at, held in by_strength(rows).items()}


def turns(claim: Claim, points: list[CurvePoint], said: dict[float, str]) -> list[tuple[float, float]]:
    """Where the mean's curve turns: the strength at which the statement holds and the next one at which it does not,
    or the other way round. Where between the two it does, another ten runs would say otherwise."""
    sure = [at for at, word in said.items() if word != UNSAID]
    flipped = flips(claim, points)
    return [(left, right) for left, right in pairwise(sure)
            if said[left] != said[right] and any(left <= first and last <= right for first, last in flipped)]


def turns_of_runs(claim: Claim, replicates: list[list[Row]]) -> list[list[tuple[float, float]]]:
    """For each replicate that measured anything, between which strengths its own curve turns."""
    return [flips(claim, curve(run)) for run in replicates if run]


def turns_text(claim: Claim, replicates: list[list[Row]]) -> str:
    """"9 of 10 runs turn, first between 0.4 and 0.6 (7), 0.6 and 0.8 (2)": how far the turn differs from run to run,
    as closely as the strengths that were measured allow."""
    each = turns_of_runs(claim, replicates)
    first = Counter(found[0] for found in each if found)
    if not first:
        return f"none of {len(each)} runs turns"
    again = sum(len(found) > 1 for found in each)
    more = f"; {again} of them turn again" if again else ""
    pairs = ", ".join(_between(*pair) + (f" ({n})" if len(first) > 1 else "") for pair, n in sorted(first.items()))
    return f"{sum(first.values())} of {len(each)} runs turn, first between {pairs}{more}"


def _between(left: float, right: float) -> str:
    return f"{number(left)} and {number(right)}"


def dial_verdict(claim: Claim, rows: list[Row], replicates: list[list[Row]]) -> Verdict:
    """What is said of a dial: where it turns, that it never does, or that this cannot be said; each place by itself.

    It turns where the statement holds at one strength and does not at the next that can be judged. It never leaves
    (enters) its band where it holds (does not hold) at every strength. Earned from as many runs as a claim needs.
    """
    places = by_place(replicates or [rows])
    told = {on: _of_place(claim, on, held, replicates) for on, held in places.items()}
    if len(told) == 1:
        return next(iter(told.values()))
    if not told:
        return Verdict(NO_CURVE, "not measured yet", earned=True)
    fewest = min(told.values(), key=lambda held: held.runs)
    return Verdict("; ".join(f"on {on} {said.word}" for on, said in told.items()),
                   "; ".join(f"on {on}: {said.reason}" for on, said in told.items()),
                   all(said.earned for said in told.values()), fewest.runs, fewest.needed)


def _of_place(claim, on, rows, replicates) -> Verdict:
    points = curve(rows, claim.bounds)
    strengths = [point.at for point in points]
    if len(points) < STRENGTHS or 0.0 not in strengths and not claim.no_zero:
        return Verdict(NO_CURVE, f"{len(points)} of {STRENGTHS} strengths of {claim.dial}, zero among them",
                       earned=True)
    said = words(claim, rows, bool(replicates))
    where = [f"{claim.dial} from {number(strengths[0])} to {number(strengths[-1])}", *_where(said)]
    if replicates:
        where.append(turns_text(claim, [[row for row in run if row.on == on] for run in replicates]))
    if claim.no_zero:
        where.append(f"not from 0, for {claim.no_zero}")
    where += [f"{name} lies at {number(at)}" for name, at in claim.public]
    runs = min(point.runs for point in points) if replicates else 0
    needed = runs_needed(on)
    return Verdict(_word(claim, points, said), "; ".join(where), bool(replicates) and runs >= needed, runs, needed)


def _word(claim, points, said) -> str:
    found = turns(claim, points, said)
    if found:
        return "turns " + " and ".join(f"between {_between(*pair)}" for pair in found)
    told = set(said.values())
    if told == {HOLDS}:
        return "never leaves the band"
    return "never enters the band" if told == {FAILS} else _one_sided(said) or UNSURE


def _one_sided(said: dict[float, str]) -> str:
    """"holds from 0.35 on" where that is known and below it cannot be said, as where 0 is the band's edge; "" else."""
    words, strengths = list(said.values()), list(said)
    sure = [place for place, word in enumerate(words) if word != UNSAID]
    whole = sure and sure == list(range(sure[0], sure[-1] + 1)) and len({words[place] for place in sure}) == 1
    if whole and sure[-1] == len(words) - 1 and len(sure) > 1:
        return f"{words[-1]} from {number(strengths[sure[0]])} on"
    return f"{words[0]} up to {number(strengths[sure[-1]])}" if whole and sure[0] == 0 and len(sure) > 1 else ""


def _where(said: dict[float, str]) -> list[str]:
    """At which strengths it holds, does not, and cannot be said."""
    starts = {HOLDS: "holds at", FAILS: "does not hold at", UNSAID: "cannot be said at"}
    found = []
    for word, start in starts.items():
        at = [number(strength) for strength, held in said.items() if held == word]
        if at:
            found.append(f"{start} {', '.join(at)}")
    return found


def in_this_run(claim: Claim, rows: list[Row]) -> str:
    """What one run's strengths so far show: "turns between 0.4 and 0.6 in this run"; no verdict."""
    points = [point for point in curve(rows, claim.bounds) if math.isfinite(point.mean)]
    if not points:
        return "no value in this run"
    found = flips(claim, points)
    if found:
        pairs = " and ".join(f"between {_between(*pair)}" for pair in dict.fromkeys(found))
        return f"turns {pairs} in this run"
    side = "in" if _inside(claim, points[0]) else "outside"
    many = f"all {len(points)} strengths so far" if len(points) > 1 else number(points[0].at)
    return f"{side} the band at {many}, in this run"
