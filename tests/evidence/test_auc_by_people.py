"""AUC over people: the value of the plain function, weights for differences, an interval that covers, odd input."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, DataError, ShapeError
from course_lib.evidence.auc import auc
from course_lib.evidence.auc_by_people import auc_by_people


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    label = (rng.random(600) < 0.3).astype(float)
    return label, label + rng.normal(size=600), rng.normal(size=600).round(1), rng.integers(0, 40, 600)


def test_the_value_is_the_plain_auc_with_ties_and_a_sum_is_the_sum(rows):
    label, good, tied, people = rows
    assert auc_by_people(label, good, people).value == pytest.approx(auc(good, label))
    assert auc_by_people(label, tied, people).value == pytest.approx(auc(tied, label))
    both = auc_by_people(label, [good, tied], people, (1, -1))
    assert both.value == pytest.approx(auc(good, label) - auc(tied, label))
    assert both.low < both.value < both.high and both.n == 40


def test_scores_against_themselves_differ_by_nothing_and_a_constant_is_a_half(rows):
    label, good, _, people = rows
    same = auc_by_people(label, [good, good], people, (1, -1))
    assert (same.value, same.low, same.high) == (0, 0, 0)
    flat = auc_by_people(label, np.zeros(600), people)
    assert (flat.value, flat.low, flat.high) == (0.5, 0.5, 0.5)


def test_a_weighted_draw_is_the_auc_of_the_rows_repeated(rows):
    from course_lib.evidence.auc_by_people import _Sorted

    label, _, tied, _ = rows
    times = np.random.default_rng(1).integers(0, 4, 600)
    repeated = auc(np.repeat(tied, times), np.repeat(label, times))
    assert _Sorted(label, tied).auc(times.astype(float)) == pytest.approx(repeated)


TRUE = 0.669                    # what two million such people, with a row each, give


def test_the_interval_over_people_covers_and_is_wider_than_over_rows_where_people_differ():
    held, width = 0, []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        people = np.repeat(np.arange(50), 12)
        taste = rng.normal(size=50)[people]
        label = (rng.random(600) < 1 / (1 + np.exp(1 - taste))).astype(float)
        score = taste + rng.normal(size=600)
        by_people = auc_by_people(label, score, people, n_boot=60)
        held += by_people.low <= TRUE <= by_people.high
        width.append(by_people.width / auc_by_people(label, score, np.arange(600), n_boot=60).width)
    assert held >= 54 and np.median(width) > 1.1


def test_odd_input_is_told(rows):
    label, good, _, people = rows
    with pytest.raises(DataError):
        auc_by_people(np.zeros(600), good, people)
    with pytest.raises(ShapeError):
        auc_by_people(label, good[:-1], people)
    with pytest.raises(ArgumentError):
        auc_by_people(label, np.where(label > 0, np.nan, good), people)
