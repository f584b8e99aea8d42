"""What each kind of statement gets: a claim its verdict over replicates, a dial its curve, an identity nothing.

The rules are those of `teach.definitions.claim.KINDS`, and the only place that knows them.
"""

from __future__ import annotations

from dataclasses import replace

from course_lib.teach.definitions.claim import DIAL, IDENTITY, Claim
from course_lib.teach.ledger.dials import dial_verdict
from course_lib.teach.ledger.spread import by_place, judge, real_set, runs_needed
from course_lib.teach.ledger.verdict import DEPENDS, FAILS, HOLDS, ON_THAT_SET, Row, Verdict, joined, verdict_of

BY_CONSTRUCTION, OF_ONE_MACHINE = "true by construction", "one machine's figure"


def verdict(claim: Claim, rows: list[Row], replicates: list[list[Row]] | None = None) -> Verdict:
    """What is said of a statement.

    rows: what one run measured. replicates: what each further run measured, a list of rows each; empty where there is
    none. A claim without replicates has no verdict that is earned; see Verdict.text.
    """
    if claim.kind == IDENTITY:
        return Verdict(BY_CONSTRUCTION, "a unit test holds it", earned=True)
    if claim.kind == DIAL:
        return dial_verdict(claim, rows, replicates or [])
    if not claim.judged:
        beside = "; ".join(sorted({row.beside for row in rows if row.beside}))
        return Verdict(OF_ONE_MACHINE, beside or "the machine was not noted", earned=True)
    if claim.stored:
        return _of_a_stored_run(claim, rows or (replicates or [[]])[0])
    if claim.deterministic or not replicates:
        alone = verdict_of(claim, rows)
        return replace(alone, word=_named(claim, alone.word, ())) if alone.earned else alone
    places = {row.on: [] for row in rows} | by_place(replicates)    # a place that no replicate reached still counts
    return _over_replicates(claim, rows, places)


def _of_a_stored_run(claim, rows) -> Verdict:
    """What the intervals of one stored run say, each over claim.stored seeds or worlds; further runs read the same."""
    alone = verdict_of(claim, rows)
    needed = max((runs_needed(row.on) for row in rows), default=0)
    if not rows or claim.stored < needed:
        return Verdict(alone.word, alone.reason, runs=claim.stored, needed=needed)
    return Verdict(_named(claim, alone.word, {row.on for row in rows}), alone.reason, earned=True, runs=claim.stored)


def _named(claim, word: str, places) -> str:
    """The word with its condition, or with the one real set that it is said of."""
    if word == DEPENDS:
        return f"{DEPENDS} on {claim.varies}"
    sets = {real_set(on) for on in places}
    return f"{word} {ON_THAT_SET}" if word in (HOLDS, FAILS) and len(sets) == 1 and "" not in sets else word


def _over_replicates(claim, alone_rows, places) -> Verdict:
    short = {on: len(rows) for on, rows in places.items() if 0 < len(rows) < runs_needed(on)}
    if short:
        alone = verdict_of(claim, alone_rows)
        fewest = min(short, key=short.get)
        return Verdict(alone.word, alone.reason, runs=short[fewest], needed=runs_needed(fewest))
    judged = {on: judge(claim, on, rows) for on, rows in places.items()}
    word, reason = joined({on: said for on, (said, _) in judged.items()})
    notes = [f"{on}: {why}" for on, (_, why) in judged.items() if why]
    runs = min(map(len, places.values()))
    return Verdict(_named(claim, word, places), "; ".join([reason, *notes]), earned=True, runs=runs)
