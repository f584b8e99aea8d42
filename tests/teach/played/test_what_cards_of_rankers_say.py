"""The decisions and the refereed experiment of lesson 06 say in words what playing and measuring them says."""

from itertools import product

import numpy as np
import pytest

from course_lib.teach import referee
from course_lib.teach.cards.ranker.listwise_lost import LISTWISE
from course_lib.teach.cards.ranker.twenty_ms import SPEND
from course_lib.teach.cards.ranker.which_number import HELD_OUT, NUMBER, NUMBERS, PLACES

BEST = NUMBER.policies["by who sorted the log and what is earned"]


def mean(decision, choice):
    return np.mean([decision.play(choice, seed) for seed in decision.seeds])


def test_each_service_has_its_own_best_number_and_what_costs_there_is_told():
    for place, number in product(PLACES, NUMBERS):
        choice = {**BEST, place: number}
        lost = mean(NUMBER, BEST) - mean(NUMBER, choice)
        assert lost > -0.003, choice
        if lost > 0.003:
            assert len(NUMBER.spoke_against(choice)) > 20, choice
    assert NUMBER.spoke_against(BEST) == ""


def test_with_the_title_length_random_slots_pay_with_taste_they_cost_and_the_shop_counts_money():
    for number in HELD_OUT:
        assert mean(NUMBER, BEST) > mean(NUMBER, {**BEST, "length_feed": number}) + 0.02
        assert mean(NUMBER, BEST) > mean(NUMBER, {**BEST, "shop": number}) + 0.02
    paid = [(NUMBER.play(BEST, seed), NUMBER.play({**BEST, "taste_feed": "random"}, seed)) for seed in NUMBER.seeds]
    assert all(free > lost for free, lost in paid)
    assert mean(NUMBER, BEST) > mean(NUMBER, {**BEST, "shop": "random"}) + 0.05


def test_what_costs_in_twenty_milliseconds_is_told():
    best = mean(SPEND, SPEND.policies["one more feature"])
    for name, choice in SPEND.policies.items():
        lost = best - mean(SPEND, choice)
        assert (lost > 0.03) == (len(SPEND.spoke_against(choice)) > 20), name
    small = {"candidates": 590, "trees": 13, "session": "yes"}
    assert abs(best - mean(SPEND, small)) < 0.03 and SPEND.spoke_against(small) == ""


def test_the_task_of_the_referee_says_what_was_measured():
    published = LISTWISE.measure(LISTWISE.rigged)
    assert published.value.high < -0.1                               # “more than a tenth of what the best order earns”
    assert LISTWISE.measure(LISTWISE.reference).value.low < 0 < LISTWISE.measure(LISTWISE.reference).value.high


@pytest.mark.parametrize("part", [
    lambda features, position: np.column_stack([features, np.ones(len(position))]),
    lambda features, position: np.column_stack([np.zeros(len(position)), features]),
    lambda features, position: features[:, :],
    lambda features, position: features.tolist(),
])
def test_the_same_thought_in_another_dress_is_right(part, capsys):
    referee("ranker.8", because=LISTWISE.right, mended=part)
    assert "· right" in capsys.readouterr().out
