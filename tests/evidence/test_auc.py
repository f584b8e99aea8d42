"""AUC: against scikit-learn, by hand, and blind to what is constant inside a group."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from course_lib.contracts import DataError, ShapeError
from course_lib.evidence.auc import auc, grouped_auc


def draw(seed, n=300):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 8, n) / 8, rng.integers(0, 2, n), rng.integers(0, 30, n)


@pytest.mark.parametrize("seed", range(3))
def test_auc_agrees_with_scikit_learn_ties_included(seed):
    score, label, _ = draw(seed)
    assert auc(score, label) == pytest.approx(roc_auc_score(label, score), abs=1e-9)


def test_grouped_auc_is_the_mean_of_the_groups_that_have_both_labels():
    score, label, group = draw(4)
    each = [roc_auc_score(label[group == g], score[group == g]) for g in range(30) if 0 < label[group == g].mean() < 1]
    assert grouped_auc(score, label, group) == pytest.approx(np.mean(each), abs=1e-9)


def test_what_is_constant_in_a_group_earns_nothing():
    score, label, group = draw(5)
    shift = np.random.default_rng(6).normal(size=30)[group] * 100
    assert grouped_auc(score + shift, label, group) == pytest.approx(grouped_auc(score, label, group))
    assert grouped_auc(shift, label, group) == 0.5
    assert auc(score + shift, label) != pytest.approx(auc(score, label), abs=1e-3)


def test_one_label_or_wrong_lengths_are_refused():
    with pytest.raises(DataError, match="no group"):
        grouped_auc([1.0, 2.0], [0, 1], [0, 1])
    with pytest.raises(DataError, match="only"):
        auc([1.0, 2.0], [1, 1])
    with pytest.raises(ShapeError):
        grouped_auc([1.0, 2.0], [1, 0, 1], [0, 0, 0])
