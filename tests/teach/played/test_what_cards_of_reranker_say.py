"""The decisions and the refereed experiment of the re-ranker say in words what playing and measuring them says."""

from itertools import product

import numpy as np
import pytest

from course_lib.evidence.slate_fronts import NDCG, means
from course_lib.stages.reranking.suspects import MOST, SHORT, shop_requests
from course_lib.teach.cards.reranker.looked_at import PAUSE
from course_lib.teach.cards.reranker.suspects_hidden import HIDDEN
from course_lib.teach.cards.reranker.unequal_price import MMR_WEIGHTS, PUBLISHED, UNEQUAL, fronts

THRESHOLDS = [{"feed_hide": feed, "shop_hide": shop, "short": short}
              for feed, shop, short in product((0.001, 0.008, 0.05, 0.5), (0.01, 0.15, 0.6), SHORT)]
DAYS = [{"feed_days": feed, "shop_days": shop} for feed, shop in product((0, 3, 6, 12, 40), (0, 3, 30))]


def worth(decision, choice):
    return np.mean([decision.play(choice, seed) for seed in decision.seeds[:4]])


@pytest.mark.parametrize(("decision", "choices", "best", "clearly"), [
    (HIDDEN, THRESHOLDS, "by what takes the slot", 0.02), (PAUSE, DAYS, "by what a second look is worth", 0.02)])
def test_what_costs_clearly_is_told_what_spoke_against_it_and_the_best_is_not(decision, choices, best, clearly):
    most = worth(decision, decision.policies[best])
    for choice in choices:
        lost = most - worth(decision, decision.choice.read(choice))
        assert lost > -clearly, choice
        if lost > clearly:
            assert len(decision.spoke_against(choice)) > 20, choice
    assert decision.spoke_against(decision.policies[best]) == ""


def test_three_sellers_fill_six_slots_of_the_shop():
    assert MOST * len(np.unique(shop_requests(101).maker)) == 6


def test_one_method_had_lost_a_thousandth_and_the_other_more_than_a_third():
    held = means(fronts())[:, NDCG]
    mmr, own = held[:len(MMR_WEIGHTS)], held[len(MMR_WEIGHTS):]
    assert 1 - mmr[PUBLISHED[0]] / mmr[0] < 0.0015 and 1 - own[PUBLISHED[1]] / own[0] > 1 / 3
    assert UNEQUAL.measure(UNEQUAL.reference).value.value == pytest.approx(1, abs=0.2)
