"""What was played once and is read again by every run is no replicate, and is told so."""

import dataclasses
import json
from collections import defaultdict

import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach import cards
from course_lib.teach.definitions.claim import DIAL, OWN, Claim
from course_lib.teach.ledger import among, replicates
from course_lib.teach.ledger.judgement import verdict
from course_lib.teach.ledger.predictions import notice_of
from course_lib.teach.ledger.verdict import Row

FILMS = Claim("sequences.made_up", "More is more.", OWN, (0.0, float("inf")), stored=5, varies="log")


def row(value, low, high, on="ml100k, by time"):
    return Row("sequences.made_up", on, value, low, high)


def test_one_stored_run_decides_by_its_own_interval_whatever_reads_it_again():
    holds, fails, open_ = row(0.2, 0.1, 0.3), row(-0.2, -0.3, -0.1, "online_retail"), row(0.1, -0.1, 0.3)
    again = [[holds]] * 10
    assert verdict(FILMS, [holds], again).text == verdict(FILMS, [holds]).text == "holds on that set"
    assert verdict(FILMS, [open_], [[open_]] * 10).text == "cannot be said"
    assert verdict(FILMS, [holds, fails]).text == "depends on log"
    assert verdict(FILMS, [holds]).runs == 5


def test_four_worlds_are_too_few_for_a_verdict():
    world = row(0.2, 0.1, 0.3, "world")
    said = verdict(dataclasses.replace(FILMS, stored=4), [world], [[world]] * 10)
    assert not said.earned and said.text.startswith("4 of 10 runs")


def test_the_learner_is_told_that_reading_again_is_no_further_run():
    told = among.sentences(FILMS, [row(0.2, 0.1, 0.3)], [[row(0.2, 0.1, 0.3)]] * 10)
    assert told == [among.STORED.format(5)]
    held = next(claim for claim in cards.claims() if claim.stored)
    mine = Row(held.id, "world", 0.2, 0.1, 0.3)
    notice = notice_of(mine, [mine], [[mine]] * 10)
    assert not notice.blocks and "no further runs" in " ".join(notice.says)


@pytest.mark.parametrize("wrong", [{"stored": 1}, {"stored": 5, "deterministic": True},
                                   {"stored": 5, "kind": DIAL, "dial": "x"}])
def test_what_cannot_be_stored_is_refused(wrong):
    with pytest.raises(ArgumentError, match="stored is"):
        dataclasses.replace(FILMS, **wrong)


def test_values_with_an_interval_that_no_run_changes_are_declared_as_stored():
    """The kind of fault: ten readings of one file that passed as ten replicates. Equal values with equal intervals that
    have a width are either stored, or true by construction, or a share that is 0 or 1 in every run."""
    table, seen = replicates.read(), defaultdict(list)
    for claim in cards.claims():
        for run in table.of(claim.id):
            for one in run:
                seen[claim.id, one.on, one.at if one.at == one.at else None].append(one)
    same = {key[0] for key, rows in seen.items()
            if len(rows) > 1 and rows[0].has_interval and rows[0].low < rows[0].high and rows[0].value not in (0, 1)
            and len({(one.value, one.low, one.high) for one in rows}) == 1}
    assert same <= {claim.id for claim in cards.claims() if claim.stored}, json.dumps(sorted(same))
