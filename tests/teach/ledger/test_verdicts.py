"""The verdicts of the executed solutions are held: one that changes must be looked at, then written down again."""

import json
import math
from pathlib import Path

from course_lib.teach import lessons
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger import claims, replicates

ROOT = Path(__file__).resolve().parents[3]
HELD = Path(__file__).with_name("verdicts.json")
REMEDY = ("look at the lesson, then: python -m course_lib.teach.ledger.claims solutions "
          "--verdicts tests/teach/ledger/verdicts.json")


def test_the_verdicts_of_the_executed_solutions_are_those_held():
    held, now = json.loads(HELD.read_text(encoding="utf-8")), claims.verdicts(claims.gather(ROOT / "solutions"))
    changed = {name: f"{held.get(name)} → {now.get(name)}" for name in held | now if held.get(name) != now.get(name)}
    assert not changed, REMEDY


def test_every_verdict_that_depends_names_its_condition():
    """What Claim.varies is where nobody wrote one is no condition."""
    bare = f"depends on {Claim.varies}"
    held = json.loads(HELD.read_text(encoding="utf-8"))
    assert [name for name, word in held.items() if word == "depends" or word.startswith(bare)] == []


def test_every_measurement_in_the_solutions_belongs_to_a_claim():
    assert all(row.claim == entry.claim.id for entry in claims.gather(ROOT / "solutions") for row in entry.rows)


def test_no_row_of_the_real_ledger_stands_without_an_interval_but_what_has_no_chance_in_it():
    bare = claims.without_interval(claims.gather(ROOT / "solutions"))
    assert bare == []


# Measured before their intervals were given a width: a row that is measured anew has one.
BEFORE = {"serving.retries", "feedback.naive", "feedback.silence", "reranker.coverage"}


def test_no_interval_of_the_real_ledger_is_without_width_but_where_that_is_declared():
    """A mechanism that is off, or what is deterministic; anywhere else equal values are no proof of certainty."""
    published = claims.gather(ROOT / "solutions")
    further = claims.entries_of(replicates.read(replicates.FURTHER))
    assert {lessons.kept(name) for name, _, _ in claims.without_width([*published, *further])} <= BEFORE


def test_what_is_declared_exact_at_a_strength_has_one_value_there_in_every_run():
    held = [*claims.gather(ROOT / "solutions"), *claims.entries_of(replicates.read(replicates.FURTHER))]
    for entry in (entry for entry in held if entry.claim.exact_at):
        found = {(row.on, row.at, row.value) for run in [entry.rows, *entry.replicates] for row in run
                 if row.at in entry.claim.exact_at and math.isfinite(row.value)}
        assert len(found) <= len({(on, at) for on, at, _ in found}), (entry.claim.id, found)


def test_who_has_no_place_in_the_real_ledger_is_who_has_none_in_the_cards():
    """That none is left is held by test_holders, lesson by lesson."""
    entries = claims.gather(ROOT / "solutions")
    assert set(claims.unplaced(entries)) == {entry.claim.id for entry in entries if "no place" in entry.claim.holder}
