"""Does the ledger survive seeds that nobody has seen? Fresh replicates against the table that is published."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from course_lib.teach.definitions.claim import DIAL
from course_lib.teach.ledger.judgement import verdict
from course_lib.teach.ledger.replicates import Replicates
from course_lib.teach.ledger.spread import by_place, spread

CHANGED_AT_MOST, INSIDE_AT_LEAST = 0.05, 0.93
DRAWS = 40                                              # pairs of tens that `changed_by_luck` draws


@dataclass(frozen=True)
class Survival:
    """changed: (claim, verdict as published, verdict from the fresh runs alone) where these differ. together: (claim,
    verdict of all runs known before, verdict with the fresh ones added) where these differ. verdicts: how many were
    compared. outside: (claim, place, value) that missed the interval in which a further run was to fall. values: how
    many there were."""

    changed: list[tuple[str, str, str]]
    together: list[tuple[str, str, str]]
    verdicts: int
    outside: list[tuple[str, str, float]]
    values: int

    @property
    def held(self) -> bool:
        """Whether at most 1 verdict in 20 is another from the fresh runs alone, and at least 93% of the values fell
        inside. False for none."""
        if not self.verdicts or not self.values:
            return False
        few = len(self.changed) <= CHANGED_AT_MOST * self.verdicts
        return few and self.values - len(self.outside) >= INSIDE_AT_LEAST * self.values

    def __str__(self) -> str:
        lines = [f"{len(self.changed)} of {self.verdicts} verdicts changed; {self.values - len(self.outside)} of "
                 f"{self.values} values fell where a further run was to fall."]
        lines += [f"  {claim}: {was} → {now}" for claim, was, now in self.changed]
        lines += [f"From both together, {len(self.together)} of {self.verdicts} verdicts would be another."]
        lines += [f"  {claim}: {was} → {now}" for claim, was, now in self.together]
        lines += [f"  {claim} on {on}: {value:g} is outside" for claim, on, value in self.outside]
        return "\n".join(lines)


def survival(entries, fresh: Replicates, before: Replicates | None = None) -> Survival:
    """Compare each judged entry's replicates with fresh ones of other numbers.

    These come from `course replicate --first 11 --out FILE`. before: further runs that were known already; what is
    added to all that is known counts them. Only verdicts that both have earned are compared, from no fewer fresh runs
    than published ones, since fewer say less; and only places (of dials: strengths) that both measured. A dial has no
    verdict; where its mean turns moves a little with every run, its values alone are counted.
    """
    before = before or Replicates()
    changed, together, verdicts, outside, values = [], [], 0, [], 0
    for entry in entries:
        claim, others = entry.claim, fresh.of(entry.claim.id)
        if not (claim.judged or claim.kind == DIAL) or claim.deterministic or claim.stored or not others:
            continue
        was, now = verdict(claim, [], entry.replicates), verdict(claim, [], others)
        if _comparable(claim, entry.replicates, others):
            verdicts += 1
            known = [*entry.replicates, *before.of(claim.id)]
            had, has = verdict(claim, [], known), verdict(claim, [], [*known, *others])
            changed += [(claim.id, was.text, now.text)] if was.text != now.text else []
            together += [(claim.id, had.text, has.text)] if had.text != has.text else []
        published = _by_where(entry.replicates)
        for where, rows in _by_where(others).items():
            known = [row for row in published.get(where, []) if math.isfinite(row.value)]
            if len(known) < 2:
                continue
            made = spread(known, claim.bounds)
            values += len(rows)
            outside += [(claim.id, where, row.value) for row in rows
                        if not made.next_low <= row.value <= made.next_high]
    return Survival(changed, together, verdicts, outside, values)


def _comparable(claim, published, fresh) -> bool:
    """Whether both sets of runs have earned a verdict, and the fresh ones are no fewer."""
    earned = verdict(claim, [], published).earned and verdict(claim, [], fresh).earned
    return claim.judged and earned and len(fresh) >= len(published)


def changed_by_luck(entries, further: Replicates, seed: int = 0) -> float:
    """How many verdicts of two sets of runs differ on average where nothing but luck sets them apart: both sets, as
    large as the published one, are drawn with replacement from all runs that a statement has (DRAWS pairs)."""
    rng = np.random.default_rng(seed)
    differ = 0
    for entry in entries:
        claim, others = entry.claim, further.of(entry.claim.id)
        if claim.deterministic or claim.stored or not others or not _comparable(claim, entry.replicates, others):
            continue
        runs, size = [*entry.replicates, *others], len(entry.replicates)
        for _ in range(DRAWS):
            one, other = ([runs[at] for at in rng.integers(0, len(runs), size)] for _ in range(2))
            differ += verdict(claim, [], one).text != verdict(claim, [], other).text
    return differ / DRAWS


def _by_where(replicates) -> dict[str, list]:
    """{place, of a dial with its strength: rows}."""
    found: dict[str, list] = {}
    for on, rows in by_place(replicates).items():
        for row in rows:
            where = on if math.isnan(row.at) else f"{on} at {row.at:g}"
            found.setdefault(where, []).append(row)
    return found
