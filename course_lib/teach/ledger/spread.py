"""What came out over replicates: the mean, its interval, where another run would fall, and what that decides."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError
from course_lib.evidence.estimate import t_estimate
from course_lib.teach.definitions.claim import ANY, Claim
from course_lib.teach.ledger.verdict import FAILS, HOLDS, UNSAID, Row, decide, nothing

WORLD_RUNS, REAL_RUNS = 10, 5       # replicates that a verdict needs: worlds and synthetic data; splits of real data
AGREE = 0.8                         # of the replicates must lie where the mean does
REAL = ("ml100k", "movietweetings", "online_retail", "open_bandit", "upworthy")     # an `on` that begins so is real


@dataclass(frozen=True)
class Spread:
    """values: float (n,), one a replicate. mean, with its interval (low, high); (next_low, next_high): where the value
    of one more replicate falls in 95 of 100 cases."""

    values: tuple[float, ...]
    mean: float
    low: float
    high: float
    next_low: float
    next_high: float

    @property
    def varies(self) -> bool:
        """Whether two replicates differ at all."""
        return len(set(self.values)) > 1


def spread(rows: list[Row], bounds: tuple[float, float] = ANY, level: float = 0.95) -> Spread:
    """The spread of replicates, one Row each, of finite values.

    Both intervals are Student's with n − 1 degrees of freedom: mean ± t s/√n, and mean ± t s √(1 + 1/n). Where all
    values are equal (a share that is 0 or 1 in every run) they are as wide as the runs' own intervals on average, for
    equal values are no proof of certainty. bounds: what the quantity can be at least and at most (a share: 0 and 1);
    the ends of both intervals are cut there, before anything is judged. Raises ArgumentError for fewer than two rows,
    or a value that is not finite.

    Source: Higgins, Thompson and Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x, for the difference between
    the two. Departs: predicts the value that another run would *show*, with its own noise, not the one behind it.
    """
    values = np.array([row.value for row in rows], float)
    n = len(values)
    if n < 2 or not np.isfinite(values).all():
        raise ArgumentError(f"replicates are {values.tolist()}; expected at least two finite values.")
    mean, deviation = float(values.mean()), float(values.std(ddof=1))
    bounds = min(bounds[0], values.min()), max(bounds[1], values.max())         # never inside of what was seen
    if len(set(values.tolist())) == 1:
        own = [(row.low, row.high) for row in rows if row.has_interval] or [(values[0], values[0])]
        low, high = (float(end) for end in np.clip(np.mean(own, axis=0), *bounds))
        return Spread(tuple(values.tolist()), float(values[0]), low, high, low, high)
    around = t_estimate(mean, deviation / math.sqrt(n), n, n - 1, level)
    further = t_estimate(mean, deviation * math.sqrt(1 + 1 / n), n, n - 1, level)
    ends = np.clip([around.low, around.high, further.low, further.high], *bounds)
    return Spread(tuple(values.tolist()), mean, *ends.tolist())


def by_place(replicates: list[list[Row]]) -> dict[str, list[Row]]:
    """{place: [row of each replicate]}, in the order in which places first come."""
    places: dict[str, list[Row]] = {}
    for run in replicates:
        for row in run:
            places.setdefault(row.on, []).append(row)
    return places


def runs_needed(on: str) -> int:
    """How many replicates a verdict needs on this place."""
    return REAL_RUNS if real_set(on) else WORLD_RUNS


def real_set(on: str) -> str:
    """The real data set on which a place lies: "ml100k" of "ml100k, 2 bytes a code"; "" for all that was made."""
    return next((name for name in REAL if on.startswith(name)), "")


def judge(claim: Claim, on: str, rows: list[Row]) -> tuple[str, str]:
    """HOLDS, FAILS or UNSAID for one place, and why it cannot be said.

    HOLDS: the mean's interval lies in the band, and so do at least 8 of 10 replicates. FAILS: the same outside. UNSAID:
    all else; too few replicates; values that are no number; values that never differ and have no interval of their own,
    for then the seeds did not reach what is measured, but at a dial's strength that is declared exact; there, values
    that do differ, for then it is not.
    """
    if len(rows) < runs_needed(on):
        return UNSAID, f"{len(rows)} of {runs_needed(on)} replicates"
    if not all(math.isfinite(row.value) for row in rows):
        return UNSAID, "a replicate has no value"
    held = spread(rows, claim.bounds)
    if nothing(claim, min(held.values), max(held.values)):
        return FAILS, ""
    exact = rows[0].at in claim.exact_at
    if exact and held.varies:
        return UNSAID, "the replicates differ where nothing should be left to chance"
    if not (exact or held.varies or any(row.has_interval for row in rows)):
        return UNSAID, "no replicate differs from another, so the seeds do not reach it"
    word = decide(claim, Row(claim.id, on, held.mean, held.low, held.high))
    inside = sum(decide(claim, Row(claim.id, on, value)) == HOLDS for value in held.values)
    agree = {HOLDS: inside, FAILS: len(rows) - inside, UNSAID: 0}[word]
    if word == UNSAID:
        return UNSAID, "the mean's interval reaches across the band's edge"
    if agree < AGREE * len(rows):
        return UNSAID, f"only {agree} of {len(rows)} replicates lie where their mean does"
    return word, ""
