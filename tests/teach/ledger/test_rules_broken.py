"""The ledger's rules, each broken by one row or one band: it is refused, or the verdict is not earned."""

import dataclasses
import math

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.teach import cards, lessons
from course_lib.teach.definitions.claim import CORRELATION, DIAL, OWN, SHARE, Claim
from course_lib.teach.ledger import claims, replicates
from course_lib.teach.ledger.claims import Entry
from course_lib.teach.ledger.judgement import verdict
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.spread import judge
from course_lib.teach.ledger.verdict import DEPENDS, FAILS, HOLDS, UNSAID, Row, decide, joined

CLAIM = Claim("ann.made_up", "More is more.", OWN, (0.0, math.inf))
TURNED = {HOLDS: FAILS, FAILS: HOLDS, UNSAID: UNSAID, DEPENDS: DEPENDS}
RNG = np.random.default_rng(0)


def rows_of(values, claim=CLAIM, **more):
    return [Row(claim.id, "world", float(value), **more) for value in values]


# --- rows ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_finite_number_is_no_finding(value):
    assert decide(CLAIM, Row(CLAIM.id, "world", value)) == UNSAID
    assert verdict(CLAIM, [], [[row] for row in rows_of([1.0] * 9 + [value])]).word == UNSAID


def test_one_run_that_stands_twice_is_not_two(tmp_path):
    table = Replicates()
    for number in range(1, 6):
        table.add(Run("ann", number, "c", "l", 1.0, rows=tuple(rows_of([number, number + 0.5]))))
    file = replicates.write(table, tmp_path / "table.csv")
    with pytest.raises(DataError, match="stands twice in one run"):
        replicates.read(file)


@pytest.mark.parametrize(("kind", "at"), [({"kind": DIAL, "dial": "x"}, math.nan), ({}, 0.5)])
def test_a_strength_belongs_to_a_dial_and_to_nothing_else(monkeypatch, kind, at):
    """Four strengths of ten runs, read as a claim's, would be forty replicates."""
    held = dataclasses.replace(CLAIM, **kind)
    monkeypatch.setattr(cards, "claims", lambda lesson=None: (held,))
    table = Replicates()
    table.add(Run("ann", 1, "c", "l", 1.0, rows=(Row(held.id, "world", 1.0, at=at),)))
    with pytest.raises(DataError, match="expected a strength of a dial"):
        claims.entries_of(table)


def test_a_dials_strength_without_an_interval_is_listed_until_two_runs_give_it_one():
    dial = dataclasses.replace(CLAIM, kind=DIAL, dial="x")
    bare, kept = Row(dial.id, "world", 1.0, at=0.5), Row(dial.id, "world", 1.0, 0.5, 2.0, at=1.0)
    assert claims.without_interval([Entry(dial, [bare, kept])]) == [(dial.id, "world")]
    assert claims.without_interval([Entry(dial, [bare, kept], [[bare], [bare]])]) == []
    assert claims.without_interval([Entry(dial, [bare], [[kept], [kept]])]) == [(dial.id, "world")]


def test_an_interval_without_width_is_listed_where_nothing_declares_it():
    dial = dataclasses.replace(CLAIM, kind=DIAL, dial="x")
    rows = [Row(dial.id, "world", 1.0, 1.0, 1.0, at=at) for at in (0.0, 0.5)]
    assert [at for _, _, at in claims.without_width([Entry(dial, rows)])] == [0.0, 0.5]
    exact = dataclasses.replace(dial, exact_at=(0,))
    assert [at for _, _, at in claims.without_width([Entry(exact, [], [rows])])] == [0.5]
    assert claims.without_interval([Entry(exact, [Row(dial.id, "world", 1.0, at=0.0)])]) == []
    assert claims.without_width([Entry(dataclasses.replace(CLAIM, deterministic=True), rows)]) == []


# --- bands -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("band", "bounds", "fault"), [
    ((-math.inf, math.inf), (-math.inf, math.inf), "cannot be missed"), ((0, 1), SHARE, "cannot be missed"),
    ((-1, 2), SHARE, "cannot be missed"), ((1.5, 2), CORRELATION, "can lie in"), ((-2, -0.5), SHARE, "can lie in"),
    ((3, 3), (-math.inf, math.inf), "can lie in"), ((math.nan, 1), SHARE, "low <= high"),
    ((2, 1), SHARE, "low <= high")])
def test_a_band_that_cannot_fail_or_cannot_pass_is_refused(band, bounds, fault):
    with pytest.raises(ArgumentError, match=fault):
        dataclasses.replace(CLAIM, expected=band, bounds=bounds)


def test_a_point_is_a_band_where_chance_has_no_part_and_an_identity_needs_none():
    dataclasses.replace(CLAIM, expected=(1, 1), deterministic=True)
    dataclasses.replace(CLAIM, expected=(0, 1), bounds=SHARE, kind="identity")


# --- symmetry --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(30))
def test_a_statement_and_its_opposite_get_opposite_verdicts(seed):
    """Whatever the replicates, at least c and at most c are judged by one rule, turned over."""
    rng, edge = np.random.default_rng(seed), 0.3
    values = rng.normal(rng.choice([0.0, 0.3, 1.0]), rng.choice([0.05, 0.5]), rng.choice([5, 10, 12]))
    more, less = (dataclasses.replace(CLAIM, expected=band) for band in ((edge, math.inf), (-math.inf, edge)))
    assert judge(less, "world", rows_of(values))[0] == TURNED[judge(more, "world", rows_of(values))[0]]
    for value in values:
        row = Row(CLAIM.id, "world", float(value), value - 0.2, value + 0.2)
        assert decide(less, row) == TURNED[decide(more, row)]


def test_places_are_joined_alike_whichever_way_round():
    for words in np.array(np.meshgrid(*[[HOLDS, FAILS, UNSAID]] * 3)).reshape(3, -1).T:
        places = dict(zip("abc", map(str, words), strict=True))
        turned = {on: TURNED[word] for on, word in places.items()}
        assert joined(turned)[0] == TURNED[joined(places)[0]]


@pytest.mark.parametrize(("outside", "word"), [(0, HOLDS), (2, HOLDS), (3, UNSAID)])
def test_eight_of_ten_must_agree_whether_it_holds_or_not(outside, word):
    values = np.r_[np.full(outside, -0.01), np.full(10 - outside, 5.0)] + RNG.uniform(0, 0.005, 10)
    assert judge(CLAIM, "world", rows_of(values))[0] == word
    assert judge(dataclasses.replace(CLAIM, expected=(-math.inf, 0.0)), "world", rows_of(values))[0] == TURNED[word]


# --- the real ledger -------------------------------------------------------------------------------------------------
TABLE, TODAY = replicates.read(), {claim.id: claim for claim in cards.claims()}


def test_no_row_of_the_real_table_belongs_to_no_statement():
    strange = {row.claim for run in TABLE.runs.values() for row in run.rows} - set(TODAY)
    assert {lessons.kept(name) for name in strange} == set()


def test_what_is_declared_without_chance_has_none():
    """The same value on the same place in every replicate; a thing that varies needs replicates and an interval."""
    for name, claim in TODAY.items():
        if claim.deterministic:
            found: dict[str, set[float]] = {}
            for row in (row for run in TABLE.of(name) for row in run):
                found.setdefault(row.on, set()).add(row.value)
            assert all(len(values) == 1 for values in found.values()), (lessons.kept(name), found)
