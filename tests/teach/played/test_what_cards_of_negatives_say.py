"""The decisions and the refereed experiment of lesson 04 say in words what playing and measuring them says."""

from itertools import product

import numpy as np
import pytest

from course_lib.stages.retrieval import hard_table
from course_lib.stages.retrieval.drift import error_of_memory, feed_stream, shop_stream
from course_lib.stages.retrieval.hard_table import made_up_log, train
from course_lib.teach.cards.negatives.divided_out import DIVIDED, WAYS
from course_lib.teach.cards.negatives.memory_of_q import MEMORY
from course_lib.teach.cards.negatives.positives_inside import BELOW, INSIDE, TOP, own_alone

BOTH = [{"feed": one, "shop": other} for one, other in product(WAYS, WAYS)]
DAYS = [{"feed_days": one, "shop_days": other}
        for one, other in product((0.04, 0.15, 0.3, 1, 30), (1, 14, 50, 120, 365))]


@pytest.mark.parametrize(("decision", "choices", "clearly"), [(DIVIDED, BOTH, 0.02), (MEMORY, DAYS, 0.03)])
def test_what_costs_clearly_is_told_what_spoke_against_it_and_the_best_is_not(decision, choices, clearly):
    best = np.mean([decision.play(decision.policies[decision_best(decision)], seed) for seed in decision.seeds])
    for choice in choices:
        lost = best - np.mean([decision.play(choice, seed) for seed in decision.seeds])
        assert lost > -clearly, choice
        if lost > clearly:
            assert len(decision.spoke_against(choice)) > 20, choice
    assert decision.spoke_against(decision.policies[decision_best(decision)]) == ""


def decision_best(decision):
    return {"4.8": "by what made each log", "4.9": "by what drifts"}[decision.id]


def test_a_year_is_no_worse_than_half_of_one_in_the_shop_and_the_feed_gets_about_a_click_an_item():
    year, half = (np.mean([error_of_memory(shop_stream(seed), days, seed) for seed in range(4)]) for days in (365, 180))
    assert year < half
    assert feed_stream(0).rows * 0.15 * 24 / feed_stream(0).chance.shape[1] == pytest.approx(1.2)
    chance = feed_stream(0).chance[:201]
    alive = (chance > 1.5 * chance.min(axis=1, keepdims=True)).sum(axis=1)
    assert (alive[-1] - alive[0]) / 200 == pytest.approx(2, abs=0.5)          # “about two of them new each hour”
    assert shop_stream(0).rows * 60 / shop_stream(0).chance.shape[1] == pytest.approx(25)


def test_a_model_ranks_high_what_was_taken_and_leaving_out_what_is_held_out_turns_the_verdict():
    taken, later = made_up_log(seed=0)
    scores = train(taken, later, lambda own, known, ahead: own, 1, 5)
    ranked = np.argsort(-scores, axis=1)[:, :6]
    assert np.take_along_axis(taken, ranked, axis=1).mean() > 3 * taken.mean()
    assert INSIDE.measure(INSIDE.wrong_mends[0].wrong).says == "the top ranks are better"


def test_over_the_training_as_published_half_of_the_top_ranks_were_positives_and_twice_as_many_as_below(monkeypatch):
    taken, later = made_up_log(seed=0)
    rows_of, against, shares = hard_table._excluded, hard_table._against_hard, {}

    def whose(excluded, own, user, *parts):
        shares["user"] = user.numpy()
        return rows_of(excluded, own, user, *parts)

    def counted(scores, own, out, low, high):
        picked = scores.detach().masked_fill(out, -np.inf).topk(high, dim=1).indices[:, low - 1:].numpy()
        shares.setdefault((low, high), []).append(taken[shares["user"][:, None], picked].mean())
        return against(scores, own, out, low, high)

    monkeypatch.setattr(hard_table, "_excluded", whose)
    monkeypatch.setattr(hard_table, "_against_hard", counted)
    for ranks in (TOP, BELOW):
        train(taken, later, own_alone, *ranks)
    top, below = (np.mean(shares[ranks]) for ranks in (TOP, BELOW))
    assert top == pytest.approx(0.5, abs=0.05)                         # “one in two of ranks 1–5, over the training”
    assert 1.8 < top / below < 2.7                                     # “the top one twice as often”
