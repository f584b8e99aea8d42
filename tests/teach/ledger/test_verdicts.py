"""The verdicts of the executed solutions are held: one that changes must be looked at, then written down again."""

import json
from pathlib import Path

from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger import claims

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


def test_who_has_no_place_in_the_real_ledger_is_who_has_none_in_the_cards():
    """That none is left is held by test_holders, lesson by lesson."""
    entries = claims.gather(ROOT / "solutions")
    assert set(claims.unplaced(entries)) == {entry.claim.id for entry in entries if "no place" in entry.claim.holder}
