"""An effect tells a right function from a wrong one, by intervals that lie apart, and gives the same answer twice."""

import numpy as np
import pytest

from course_lib.data import datasets
from course_lib.teach import cards
from course_lib.teach.cards import card, effects

WITH_EFFECT = [held for held in cards.all_cards() if held.effect]


def test_exact_neighbours_are_all_found_and_strangers_are_not():
    vectors, queries = effects.clustered()
    exact = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    assert effects.recall_of_neighbours(exact, vectors, queries).value == 1
    assert effects.recall_of_neighbours(exact[::-1], vectors, queries).high < 0.2


def test_reranking_badly_costs_recall():
    held = card("5.5")
    right, wrong = held.effect(held.reference), held.effect(held.mistakes[-1].wrong)
    assert right.low > wrong.high


@pytest.mark.skipif(not datasets.available("ml100k"), reason="ML-100K is not here: course data ml100k")
def test_adding_log_q_instead_of_subtracting_it_costs_recall():
    held = card("4.1")
    added = next(mistake.wrong for mistake in held.mistakes if "added" in mistake.says)
    right, wrong = held.effect(held.reference), held.effect(added)
    assert right.low > wrong.high
    again = held.effect(held.alternative)
    assert again.low < right.value < again.high


def test_there_are_effects_to_see():
    assert len(WITH_EFFECT) >= 5
