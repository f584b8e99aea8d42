"""What the decisions and the refereed comparison of lesson 03 say in words is what playing them says."""

from itertools import product

import numpy as np
import pytest

from course_lib.teach.cards.two_tower import conditions, memories, widths
from course_lib.teach.played.referee import judge_part


@pytest.mark.parametrize(("decision", "options"), [(widths.WIDTH, widths.WIDTHS), (memories.MEMORY, memories.RULES)],
                         ids=["width", "memory"])
def test_what_costs_is_told_for_every_choice(decision, options):
    def worth(choice):
        return np.mean([decision.play(choice, seed) for seed in decision.seeds])

    best, silent = max(decision.policies.values(), key=worth), []
    for feed, shop in product(options, options):
        choice = {"feed": feed, "shop": shop}
        lost = np.array([decision.play(best, seed) - decision.play(choice, seed) for seed in decision.seeds])
        clearly = lost.mean() > 2 * lost.std(ddof=1) / np.sqrt(len(lost)) and lost.mean() > 1
        if clearly and len(decision.spoke_against(choice)) < 20:
            silent.append(choice)
    assert silent == []


def test_a_feed_and_a_shop_take_other_widths_and_other_memories():
    for decision in (widths.WIDTH, memories.MEMORY):
        worth = {tuple(choice.values()): np.mean([decision.play(choice, seed) for seed in decision.seeds])
                 for choice in decision.policies.values()}
        feed, shop = max(worth, key=worth.get)
        assert feed != shop


def test_the_memory_in_the_texts_is_that_of_the_sums():
    assert widths.memory_gb("shop", "pairs") == pytest.approx(0.064)            # 64 MB
    assert widths.memory_gb("feed", "pairs") == pytest.approx(160e6)            # 160 PB
    assert widths.memory_gb("feed", "128") == pytest.approx(102.4)


def test_the_published_verdict_falls_once_the_conditions_are_equal():
    published, mended = conditions.measure(conditions.published), conditions.measure(conditions.equal)
    assert published.says == "the dot product finds more" and mended.says == "no difference that can be seen"
    assert published.value.value > 0.4 * conditions._recall("dot product", True, 4).mean()   # “almost twice as much”


def test_the_correction_decides_most_of_the_gap_and_no_half_mend_closes_it():
    wrong = {mend.name: mend.wrong for mend in conditions.CONDITIONS.wrong_mends}
    gap = {name: conditions.measure(part).value.value for name, part in wrong.items()}
    published = conditions.measure(conditions.published).value.value
    assert gap["equal correction alone"] < published / 2 < gap["equal epochs alone"]
    assert conditions.measure(wrong["equal correction alone"]).says == "the dot product finds more"


def test_equal_conditions_that_are_not_the_products_are_told_from_the_half_mends():
    def judged(log_q, epochs):
        return judge_part(conditions.CONDITIONS, lambda version: {"log_q": log_q, "epochs": epochs}, {}).mistake

    assert judged(False, 2) == "neither corrected, two epochs"
    assert judged(False, 4) == "neither corrected"
    assert judged(True, 8) == "more epochs than the product has room for"
    assert judged(True, 4) == ""
