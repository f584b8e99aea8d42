"""What a learner sees below a measurement: this run among the replicates, a dial's curve, the verdict and its word."""

from __future__ import annotations

import math

from course_lib.teach.definitions.claim import DIAL, Claim
from course_lib.teach.ledger.dials import STRENGTHS, by_strength, curve, in_this_run
from course_lib.teach.ledger.judgement import verdict
from course_lib.teach.ledger.spread import by_place, spread
from course_lib.teach.ledger.strip import strip
from course_lib.teach.ledger.verdict import Row, decide, number

ALONE = ("This is one run. The course has no others of it to compare with: with another seed it may come out "
         "differently.")

STORED = ("This was played once and stored. Whoever runs the lesson reads the same figures, so they are no further "
          "runs; the interval is over {} seeds or worlds of that one play.")


def word(claim: Claim, mine: list[Row], runs: list[list[Row]]) -> str:
    """The verdict over replicates where there is one; else what this run says, named as one run.

    mine: what this run has measured so far, the newest row last. runs: the replicates, a list of rows each.
    """
    said = verdict(claim, mine[-1:], runs)
    if claim.kind == DIAL:
        return said.text if runs and said.earned else in_this_run(claim, [row for row in mine if row.on == mine[-1].on])
    return said.text if said.earned else f"{decide(claim, mine[-1])} in this run"


def sentences(claim: Claim, mine: list[Row], runs: list[list[Row]]) -> list[str]:
    """Where this run lies among the replicates at its place (and strength); of several places, and of a dial's whole
    curve, what they say together. mine: as of `word`."""
    if not (claim.judged or claim.kind == DIAL) or claim.deterministic:
        return []
    if claim.stored:
        return [STORED.format(claim.stored)] if len(mine) == 1 else []
    row, said = mine[-1], verdict(claim, mine[-1:], runs)
    told = [_lies(claim, row, comparable(row, runs), len(runs))]
    together = _whole(mine, runs) if claim.kind == DIAL else len(by_place(runs)) > 1
    if runs and said.earned and together:
        told.append(f"All runs together: {said.reason}.")
    return told


def _whole(mine, runs) -> bool:
    """Whether this run has measured as many strengths at its place as the replicates did, and enough for a curve."""
    own = by_strength([held for held in mine if held.on == mine[-1].on])
    others = by_strength(by_place(runs).get(mine[-1].on, []))
    return len(own) >= max(STRENGTHS, len(others))


def comparable(row: Row, runs: list[list[Row]]) -> list[Row]:
    """The replicates' rows of the same place and, of a dial, the same strength, that have a value."""
    held = by_place(runs).get(row.on, [])
    if not math.isnan(row.at):
        held = by_strength(held).get(row.at, [])
    return [other for other in held if math.isfinite(other.value)]


def _lies(claim: Claim, row: Row, rows: list[Row], runs: int) -> str:
    if len(rows) < 2:
        tried = runs and not math.isnan(row.at)
        return f"{len(rows)} of {runs} runs with other seeds found a value here." if tried else ALONE
    made = spread(rows, claim.bounds)
    where = "" if math.isnan(row.at) else f" at {number(row.at)}"
    if not made.varies:
        return f"All {len(rows)} runs with other seeds found {number(made.mean)}{where}: chance has no part in it."
    told = (f"Over {len(rows)} runs with other seeds the mean{where} is {number(made.mean)} [{number(made.low)}, "
            f"{number(made.high)}], and a further run falls between {number(made.next_low)} and "
            f"{number(made.next_high)}")
    if not math.isfinite(row.value):
        return f"{told}. Yours has no value."
    return f"{told}: yours lies {'inside' if made.next_low <= row.value <= made.next_high else 'outside'}."


def blocks(claim: Claim, mine: list[Row], runs: list[list[Row]]) -> list[tuple[str, str]]:
    """What is drawn as text: the strip of the replicates with this run in it; a dial's curve, once it is whole.

    mine: as of `word`.
    """
    row, drawn = mine[-1], []
    strip_of_all = strip(claim, comparable(row, runs), row.value) if claim.judged or claim.kind == DIAL else ""
    if strip_of_all:
        drawn.append(("runs", strip_of_all))
    if claim.kind == DIAL and _whole(mine, runs):
        own = [held for held in mine if held.on == row.on]
        drawn.append(("curve", curve_text(claim, own, by_place(runs).get(row.on, []))))
    return drawn


def curve_text(claim: Claim, mine: list[Row], replicates: list[Row]) -> str:
    """A dial's curve in lines narrow enough for a phone: strength, the mean of the replicates, this run's value; this
    run with its interval where there are fewer than two replicates. ░ marks a strength whose mean lies in the band."""
    others = {point.at: point for point in curve(replicates, claim.bounds) if point.valued > 1}
    own = {point.at: point for point in curve(mine, claim.bounds)}
    lines = [f"  {'at':>6}  {'mean':<8}  yours" if others else f"  {'at':>6}  yours"]
    low, high = claim.expected
    for at in sorted({*others, *own}):
        point = (others or own).get(at)
        sign = "░" if point is not None and low <= point.mean <= high else " "
        told = f"{_mean(point):<8}  {_mean(own.get(at))}" if others else f"{_mean(point)}{_ends(point)}"
        lines.append(f"{sign} {number(at):>6}  {told}".rstrip())
    return "\n".join(lines)


def _mean(point) -> str:
    return "–" if point is None else number(point.mean)


def _ends(point) -> str:
    return "" if point is None or math.isnan(point.low) else f" [{number(point.low)}, {number(point.high)}]"
