"""The numbers of a log, where they can be worked out by hand."""

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from course_lib.contracts import DataError
from course_lib.evidence.rival_numbers import agreement, factor_off, ndcg_in_request


def test_ndcg_is_that_of_a_library_and_requests_without_a_click_do_not_count():
    rng = np.random.default_rng(0)
    score, click = rng.normal(size=(30, 8)), (rng.random((30, 8)) < 0.2).astype(int)
    request = np.repeat(np.arange(30) * 7, 8)
    some = click.sum(axis=1) > 0
    assert 0 < some.sum() < 30
    shuffled = rng.permutation(240)
    got = ndcg_in_request(score.ravel()[shuffled], click.ravel()[shuffled], request[shuffled])
    assert got == pytest.approx(ndcg_score(click[some], score[some]), abs=1e-9)


def test_without_any_click_there_is_no_ndcg():
    with pytest.raises(DataError):
        ndcg_in_request(np.ones(3), np.zeros(3), np.arange(3))


def test_pairs_by_hand_ties_count_half_and_pairs_of_one_worth_not_at_all():
    assert agreement(np.array([[1.0, 0.1], [2.0, 0.2], [3.0, 0.3]])) == 1
    assert agreement(np.array([[1.0, 0.1], [1.0, 0.2]])) == 0.5
    assert agreement(np.array([[1.0, 0.1], [2.0, 0.1], [3.0, 0.2]])) == 1
    assert agreement(np.array([[3.0, 0.1], [2.0, 0.2], [1.0, 0.3]])) == 0


def test_a_factor_is_the_same_whichever_way_the_mean_is_off():
    assert factor_off(np.array([[0.2, 0.1], [0.2, 0.1]])) == factor_off(np.array([[0.1, 0.2], [0.1, 0.2]])) == 2
