"""A card is refused where a learner would be let down; a claim without a sensible band too."""

import math
from dataclasses import replace

import numpy as np
import pytest
from toys import SUMS, TOP_K

from course_lib.contracts import ArgumentError, UnknownIdError
from course_lib.teach import cards
from course_lib.teach.definitions.card import Case, Mistake, card_markdown
from course_lib.teach.definitions.claim import Claim


@pytest.mark.parametrize(("change", "named"), [
    ({"mistakes": ()}, "mistake"), ({"hints": ()}, "hint"), ({"by_hand": ()}, "by hand"), ({"task": " "}, "task"),
    ({"by_hand": (Case("no answer", (np.ones((2, 2)),)),)}, "expected"), ({"difficulty": 6}, "difficulty"),
    ({"mistakes": (Mistake("a", len, "Same sentence here."), Mistake("b", len, "Same sentence here."))}, "sentence"),
    ({"mistakes": (Mistake("a", len, "Short"),)}, "sentence"), ({"hints": "one hint as text"}, "tuple"),
    ({"id": "three"}, "two_tower.1"), ({"minutes": 0}, "minutes"), ({"why": ""}, "why")])
def test_a_card_that_lets_a_learner_down_is_refused(change, named):
    with pytest.raises(ArgumentError, match=named):
        replace(SUMS, **change)


def test_arguments_of_a_case_are_a_tuple():
    with pytest.raises(ArgumentError, match=r"args=\(x,\)"):
        Case("forgot the comma", np.ones(3))


@pytest.mark.parametrize("band", [(2, 1), (math.nan, 1)])
def test_a_claim_needs_a_band(band):
    with pytest.raises(ArgumentError, match="low, high"):
        Claim("5.x", "says", "who", band)


def test_a_claim_knows_its_lesson():
    assert Claim("5.x", "says", "who", (1, 2)).lesson == "05"
    assert Claim("11.x", "says", "who", (1, 2)).lesson == "11"


def test_the_card_shows_what_a_learner_needs_before_starting():
    text = card_markdown(TOP_K)
    for part in ("Exercise 99.1", "The best k", "10 minutes", "●●○○○", "Return the best k.", 'hint("99.1")'):
        assert part in text
    assert TOP_K.why not in text and TOP_K.mistakes[0].says not in text


@pytest.mark.parametrize("wanted", ["98.1", "x", "", "1"])
def test_an_unknown_exercise_is_said_to_be_unknown(wanted):
    with pytest.raises(UnknownIdError, match="no exercise"):
        cards.card(wanted)


def test_an_unknown_claim_names_those_there_are():
    lesson = cards.lessons()[0]
    with pytest.raises(UnknownIdError, match="has "):
        cards.claim(f"{int(lesson)}.no_such_claim")


def test_every_card_and_claim_is_found_by_its_id():
    for held in cards.all_cards():
        assert cards.card(held.id) is held and held in cards.cards_of(held.lesson)
    for claim in cards.claims():
        assert cards.claim(claim.id) is claim and claim.lesson in cards.lessons()
