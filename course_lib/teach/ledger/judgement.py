"""What each kind of statement gets: a claim its verdict over replicates, a dial its curve, an identity nothing.

The rules are those of `teach.definitions.claim.KINDS`, and the only place that knows them.
"""

from __future__ import annotations

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
    if claim.deterministic or not replicates:
        return verdict_of(claim, rows)
    places = {row.on: [] for row in rows} | by_place(replicates)    # a place that no replicate reached still counts
    return _over_replicates(claim, rows, places)


def _over_replicates(claim, alone_rows, places) -> Verdict:
    short = {on: len(rows) for on, rows in places.items() if 0 < len(rows) < runs_needed(on)}
    if short:
        alone = verdict_of(claim, alone_rows)
        fewest = min(short, key=short.get)
        return Verdict(alone.word, alone.reason, runs=short[fewest], needed=runs_needed(fewest))
    judged = {on: judge(claim, on, rows) for on, rows in places.items()}
    word, reason = joined({on: said for on, (said, _) in judged.items()})
    if word == DEPENDS:
        word = f"{DEPENDS} on {claim.varies}"
    notes = [f"{on}: {why}" for on, (_, why) in judged.items() if why]
    sets = {real_set(on) for on in places}
    if word in (HOLDS, FAILS) and len(sets) == 1 and "" not in sets:
        word = f"{word} {ON_THAT_SET}"                              # what one real set shows is said of that set
    runs = min(map(len, places.values()))
    return Verdict(word, "; ".join([reason, *notes]), earned=True, runs=runs)
