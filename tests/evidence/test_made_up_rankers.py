"""The made-up services hold what is said of them."""

import numpy as np
import pytest

from course_lib.evidence import made_up_rankers
from course_lib.evidence.auc import grouped_auc
from course_lib.evidence.made_up_rankers import RANDOM_SHARE, SERVICES, population, worth_of_choosing
from course_lib.evidence.rival_numbers import agreement, ndcg_in_request

RANDOM, REQUEST, MONEY = "AUC in a request, random slots", "AUC in a request", "money on top, random slots"


def in_order(service, number, seeds=(11, 12, 13)):
    tables = [population(service, seed) for seed in seeds]
    return np.mean([agreement(np.column_stack([table[number], table["worth"]])) for table in tables])


def test_its_own_numbers_are_those_of_the_library():
    rng = np.random.default_rng(0)
    score, click = rng.normal(size=(50, 10)), (rng.random((50, 10)) < 0.15).astype(int)
    request = np.repeat(np.arange(50), 10)
    assert made_up_rankers._auc_in(score, click) == pytest.approx(grouped_auc(score.ravel(), click.ravel(), request))
    assert made_up_rankers._ndcg(score, click) == pytest.approx(ndcg_in_request(score.ravel(), click.ravel(), request))


def test_newton_finds_what_the_library_finds():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(800), rng.normal(size=(800, 3))])
    click = (rng.random(800) < 1 / (1 + np.exp(1 - x @ [0, 1, -0.5, 0]))).astype(int)
    weight = np.where(click == 1, 2.0, 1.0)
    twin = LogisticRegression(C=1 / 5, fit_intercept=False, tol=1e-8).fit(x, click, weight).coef_[0]
    assert made_up_rankers._fit(x, click, weight) == pytest.approx(twin, abs=1e-3)


def test_random_slots_tell_where_the_old_order_was_foreign_and_held_out_rows_where_it_was_taste():
    assert in_order("feed by length", RANDOM) > 0.8 > 0.7 > in_order("feed by length", REQUEST)
    assert in_order("feed by taste", REQUEST) > 0.75
    assert in_order("shop", MONEY) > 0.75 > in_order("shop", RANDOM)


def test_worth_is_a_share_of_the_best_and_random_slots_are_paid_for():
    for service in SERVICES:
        table = population(service, 11)
        assert (table["worth"] < 1).all() and (table["worth"] > 0).all() and len(table["worth"]) == 24
        free = table["worth"][table[RANDOM].argmax()]
        paid = (1 - RANDOM_SHARE) * free + RANDOM_SHARE * table["at random"]
        assert worth_of_choosing(service, 11, RANDOM) == pytest.approx(paid)
        assert worth_of_choosing(service, 11, REQUEST) == table["worth"][table[REQUEST].argmax()]
