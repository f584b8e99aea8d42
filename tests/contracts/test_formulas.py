"""The formulas that floors share, against their definitions."""

import numpy as np
import pytest

from course_lib.contracts import ndcg_of_hits, unit_rows


def test_rows_have_length_1_and_zeros_stay():
    rows = np.array([[3.0, 4.0], [0.0, 0.0], [-1.0, 0.0]])
    assert unit_rows(rows) == pytest.approx(np.array([[0.6, 0.8], [0.0, 0.0], [-1.0, 0.0]]))
    cube = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert np.linalg.norm(unit_rows(cube), axis=-1) == pytest.approx(np.ones((2, 3)))
    assert unit_rows(rows.astype(np.float32)).dtype == np.float32


def test_the_gain_of_a_list_is_that_of_the_definition():
    hit = np.array([[True, False, True], [False, False, False], [True, True, True], [False, True, False]])
    n_relevant = np.array([2, 1, 7, 1])
    by_hand = [(1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3)), 0.0, 1.0, 1 / np.log2(3)]
    assert ndcg_of_hits(hit, n_relevant) == pytest.approx(by_hand)
    assert np.isnan(ndcg_of_hits(hit[:2], np.array([0, np.nan]))).all()
