"""No band moves silently: what was expected once stays in the ledger, with its date and why it was given up."""

import json
import math
from pathlib import Path

import pytest

from course_lib.teach import cards, lessons
from course_lib.teach.definitions.claim import ANY
from course_lib.teach.ledger import claims

# Claim → [low, high, date]: the bands as they stand, and when each was written. After a band was changed, and the old
# one put into the claim's history: bring its line up to date.
HELD = json.loads(Path(__file__).with_name("bands.json").read_text(encoding="utf-8"))
# Claim → [[low, high, date], …]: the bands that were given up. A line more where a band was changed, never one less.
GIVEN_UP = json.loads(Path(__file__).with_name("bands_given_up.json").read_text(encoding="utf-8"))
# Claim of the first edition → [low, high]: the bands of a referee who had seen no result.
REFEREE = json.loads(Path(__file__).with_name("bands_of_referee.json").read_text(encoding="utf-8"))
ROOT = Path(__file__).resolve().parents[3]
# What has no end on either side: exponents; quotients whose parts can be negative; differences of differences.
ENDLESS = {
    "ann.hnsw_growth", "ann.relevance", "day15.test", "experiments.clusters", "experiments.exploration",
    "experiments.interference", "experiments.interference_stock", "experiments.novelty", "feature_audit.stale_vs_leak",
    "launch.calendar", "launch.newcomers", "metric_stack.uniform_log", "objective.rank_everything", "ranker.session",
    "reranker.gap", "reranker.goals", "reranker.net", "reranker.real_net", "reranker.stock"}
CLAIMS = {lessons.kept(claim.id): claim for claim in cards.claims()}


def ends(held):
    low, high, _ = held
    return (-math.inf if low is None else low), (math.inf if high is None else high)


@pytest.mark.parametrize("name", sorted(set(HELD) & set(CLAIMS)))
def test_a_band_that_was_changed_stands_in_the_history(name):
    claim, was = CLAIMS[name], ends(HELD[name])
    kept = [(band.low, band.high) for band in claim.history]
    assert tuple(claim.expected) == was or was in kept, f"put {was} into the history of {name}, with the reason"
    assert claim.written in ("", HELD[name][2]) or was in kept, f"{name} was written on {HELD[name][2]}"


@pytest.mark.parametrize("name", sorted(set(GIVEN_UP) & set(CLAIMS)))
def test_what_was_given_up_once_stays_in_the_history(name):
    kept = [(band.low, band.high, band.written) for band in CLAIMS[name].history]
    assert [held for held in GIVEN_UP[name] if (*ends(held), held[2]) not in kept] == []


def test_every_band_stands_here_so_that_none_can_be_moved_unseen():
    assert sorted(set(CLAIMS) - set(HELD)) == [], "add [low, high, date] to bands.json"
    unlisted = [name for name, claim in CLAIMS.items() if len(claim.history) > len(GIVEN_UP.get(name, []))]
    assert unlisted == [], "add what was given up to bands_given_up.json"


def test_a_new_statement_says_when_its_band_was_written():
    undated = [name for name, claim in CLAIMS.items() if name not in HELD and not claim.written]
    assert undated == [], "each needs written='YYYY-MM-DD'"


@pytest.mark.parametrize("name", sorted(set(REFEREE) & set(CLAIMS)))
def test_a_band_is_the_referees_or_says_why_not(name):
    """Both are cut where the quantity ends. The reason stands with a band that was given up, or among the limits."""
    claim, (least, most) = CLAIMS[name], CLAIMS[name].bounds
    low, high = ends((*REFEREE[name], ""))
    same = tuple(claim.expected) == (max(low, least), min(high, most)) or tuple(claim.expected) == (low, high)
    told = claim.history or "referee who had seen no result" in claim.limits
    assert same or told, f"{claim.expected} where the referee has {low, high}"


def test_the_referee_read_112_statements():
    assert len(REFEREE) == 112


def test_every_quantity_that_ends_says_where():
    """An interval that reaches beyond the end of a share would be judged there."""
    assert {name for name, claim in CLAIMS.items() if claim.bounds == ANY} == ENDLESS


def test_nothing_was_measured_beyond_the_ends_of_its_quantity():
    beyond = [(row.claim, row.value) for entry in claims.gather(ROOT / "solutions")
              for row in [*entry.rows, *(row for run in entry.replicates for row in run)]
              if math.isfinite(row.value) and not entry.claim.bounds[0] <= row.value <= entry.claim.bounds[1]]
    assert beyond == []
