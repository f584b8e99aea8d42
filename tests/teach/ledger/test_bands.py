"""No band moves silently: what was expected once stays in the ledger, with its date and why it was given up."""

import json
import math
from pathlib import Path

import pytest

from course_lib.teach import cards, lessons

# Claim → [low, high, date]: the bands as they stand, and when each was written. After a band was changed, and the old
# one put into the claim's history: bring its line up to date.
HELD = json.loads(Path(__file__).with_name("bands.json").read_text(encoding="utf-8"))
# Claim → [[low, high, date], …]: the bands that were given up. A line more where a band was changed, never one less.
GIVEN_UP = json.loads(Path(__file__).with_name("bands_given_up.json").read_text(encoding="utf-8"))
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
