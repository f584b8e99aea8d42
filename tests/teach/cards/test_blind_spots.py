"""For every live exercise: the reference with corrupted arguments is refused, unless a list says why it is right.

A corruption is what engineers do without being asked: zeros dropped, values rounded, ids coded with a fixed factor,
only the first hundred looked at. Where it passes, the cases are blind to it: add a case that tells, or (where the task
rules such inputs out, or the answer stays the same for all that it allows) an entry in blind_spots/<lesson>.toml.
"""

import corruptions
import numpy as np
import pytest
import spots_listed
from toys import SUMS, TOP_K, card_of

from course_lib.teach import cards, lessons
from course_lib.teach.checking import mutants
from course_lib.teach.checking.case_runs import collect
from course_lib.teach.definitions.card import Card

RANGES = mutants.ranges()
LIVE = [card for number in cards.lessons() for card in cards.exercises_of(number)
        if isinstance(card, Card) and card.cases(np.random.default_rng(0))]


def found(card: Card, told: dict, compared=()) -> list[str]:
    """The card's blind spots, by name."""
    return corruptions.blind_spots(card, collect(card, card.reference, 10 * card.seconds), told, compared)


@pytest.mark.parametrize("card", [pytest.param(card, id=card.id) for card in LIVE])
def test_no_corruption_passes_unless_the_list_says_why(card):
    exercise = lessons.kept(card.id)
    spots = found(card, RANGES.get(exercise, {}), spots_listed.compared_in(exercise))
    listed = [(of, how) for entry in spots_listed.harmless_in(exercise) for of in entry["of"] for how in entry["how"]]
    blind = [name for name in spots if not any(spots_listed.covers(of, how, name) for of, how in listed)]
    assert not blind, "these wrong answers pass; add a case that tells, or list them with a reason"
    stale = [pair for pair in listed if not any(spots_listed.covers(*pair, name) for name in spots)]
    assert not stale, "these are refused by now; take them from the list"


def test_a_blind_spot_is_found_and_a_case_mends_it():
    def count_below(values, limit):
        return int((values < limit).sum())

    near = [(np.arange(4.0), 2.0), (np.arange(1.0, 6.0), 3.0)]
    spots = found(card_of(count_below, near), {})
    assert {"values: rounded to 6 decimals", "values: float32", "values: first 10 only"} <= set(spots)
    assert "values: zeros become missing" not in spots
    apart = [*near, (np.array([1 - 1e-9, 1.0]), 1.0), (np.arange(300.0), 200.0)]
    mended = found(card_of(count_below, apart), {})
    assert not {"values: rounded to 6 decimals", "values: first 10 only", "values: float32"} & set(mended)


def test_what_the_range_of_an_argument_rules_out_is_no_blind_spot():
    assert "x: at most 1" not in found(SUMS, {"x": {"high": 1}})
    assert "k: nothing becomes 1" not in found(TOP_K, {"k": {"low": 1}})


def test_pairs_coded_with_a_fixed_factor_are_told_apart():
    def pairs(user, item):
        return len(set(zip(user.tolist(), item.tolist(), strict=True)))

    near = [(np.array([1, 2, 2]), np.array([3, 4, 4])), (np.array([0, 5]), np.array([9, 9]))]
    name = "user item: coded with a factor of 1000"
    assert name in found(card_of(pairs, near), {})
    assert name not in found(card_of(pairs, [*near, (np.array([1, 2]), np.array([1003, 3]))]), {})
