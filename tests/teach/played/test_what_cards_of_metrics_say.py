"""The decisions and the refereed experiment of lesson 09 say in words what playing and measuring them says."""

from itertools import product

import numpy as np
import pytest

from course_lib.evidence.estimate import mean_of_runs
from course_lib.teach.cards.metric_stack.asked_of_metrics import QUIZZES
from course_lib.teach.cards.metric_stack.chosen_by import CHOSEN, NUMBERS
from course_lib.teach.cards.metric_stack.slates_from_the_top import SLATES, _log
from course_lib.teach.cards.metric_stack.spent_on_evidence import SPENT

BOTH = [{"feed": one, "shop": other} for one, other in product(NUMBERS, NUMBERS)]
PLANS = [{"keep": keep, "share": share, "tests": tests}
         for keep, share, tests in product((1, 3, 8, 14, 20, 30), (0, 0.04, 0.25, 0.5, 0.9), (1, 2, 3, 8, 30))]
BEST = {CHOSEN.id: "by who chose", SPENT.id: "each layer halves or more"}


@pytest.mark.parametrize(("decision", "choices", "clearly"),
                         [(CHOSEN, BOTH, 0.02), (SPENT, PLANS, 0.08)], ids=["5", "6"])
def test_what_costs_clearly_is_told_what_spoke_against_it_and_the_best_is_not(decision, choices, clearly):
    choices = [decision.choice.read(choice) for choice in choices]
    best = np.array([decision.play(decision.policies[BEST[decision.id]], seed) for seed in decision.seeds])
    for choice in choices:
        lost = mean_of_runs(best - [decision.play(choice, seed) for seed in decision.seeds])
        assert lost.value > -clearly, choice
        if lost.value > clearly and lost.low > 0:
            assert len(decision.spoke_against(choice)) > 20, (choice, lost)
    assert decision.spoke_against(decision.policies[BEST[decision.id]]) == ""


def test_weights_do_nearly_as_well_as_random_slots_in_the_feed_and_come_far_behind_in_the_shop():
    def lead(feed, shop):
        return np.mean([CHOSEN.play({"feed": "random slots", "shop": "what came"}, seed) -
                        CHOSEN.play({"feed": feed, "shop": shop}, seed) for seed in CHOSEN.seeds])
    assert abs(lead("weighted", "what came")) < 0.02 < lead("random slots", "weighted")


def test_the_report_says_thirteen_percent_and_the_truth_is_a_loss_and_no_weight_is_above_ten():
    published, mended = SLATES.measure(SLATES.rigged), SLATES.measure(SLATES.reference)
    assert f"{published.value.value:.0%}" == "13%" and published.value.low > 0
    assert mended.says == "the new policy is worse"
    log = _log()
    assert (log.target / log.logged).max() < 10 and len(log.click) == 20_000


def test_the_sums_in_the_questions_on_pages_are_right():
    text = " ".join(says for quiz in QUIZZES for says in quiz.choices.values())
    assert "1.5¹⁰ ≈ 58" in text and round(1.5**10) == 58
    assert "1 + 10 · 0.5 = 6" in text


def page_weights(p, q):
    """(chance under the log, under the target, product of ratios, sum of ratios) of each page of independent slots."""
    pages = list(product(*(range(len(slot)) for slot in p)))
    logged, target = (np.array([[slot[item] for slot, item in zip(chances, page, strict=True)] for page in pages])
                      for chances in (p, q))
    ratio = target / logged
    return pages, logged.prod(axis=1), target.prod(axis=1), ratio.prod(axis=1), 1 + (ratio - 1).sum(axis=1)


def test_the_pseudo_inverse_weight_is_right_where_a_page_earns_a_sum_of_parts_and_smaller_than_the_product():
    rng = np.random.default_rng(0)
    p, q, parts = rng.dirichlet(np.ones(4), 3), rng.dirichlet(np.ones(4), 3), rng.normal(size=(3, 4))
    pages, logged, target, product_of, sum_of = page_weights(p, q)
    earned = np.array([sum(parts[slot, item] for slot, item in enumerate(page)) for page in pages])
    copies = np.array([float(len(set(page)) < 3) for page in pages])
    for weight in (product_of, sum_of):
        assert logged @ (weight * earned) == pytest.approx(target @ earned)
    assert logged @ (product_of * copies) == pytest.approx(target @ copies)
    assert abs(logged @ (sum_of * copies) - target @ copies) > 0.01             # “items that affect each other bias it”
    assert logged @ sum_of**2 < logged @ product_of**2


def test_a_share_in_proportion_to_one_over_the_chance_makes_a_log_uniform():
    p = np.random.default_rng(0).dirichlet(np.ones(6))
    assert np.ptp(p * (p.min() / p)) == pytest.approx(0)
