"""AUC over people: the value of the plain function, weights for differences, an interval that covers, odd input."""

import numpy as np
import pytest
from scipy.stats import t as student

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


def test_who_is_left_out_takes_their_pairs_along(rows):
    """The jackknife by hand: the plain AUC of all others' rows, ties and all."""
    label, good, tied, people = rows
    for score in (good, tied):
        without = np.array([auc(score[people != one], label[people != one]) for one in np.unique(people)])
        n = len(without)
        error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
        told = auc_by_people(label, score, people)
        both = [len(np.unique(people[label == kind])) for kind in (0, 1)]
        assert told.width / 2 == pytest.approx(student.ppf(0.975, min(both) - 1) * error)


def test_few_people_are_few_degrees_of_freedom_and_one_who_has_all_clicks_says_nothing():
    """Four of forty people clicked: what is known of clickers is known of four."""
    rng = np.random.default_rng(3)
    people = np.repeat(np.arange(40), 5)
    label = ((people < 4) & (rng.random(200) < 0.5)).astype(float)
    score = label + rng.normal(size=200)
    few = auc_by_people(label, score, people)
    many = auc_by_people((rng.random(200) < 0.5).astype(float), score, people)
    assert few.width > 1.3 * many.width
    one = auc_by_people(label * (people == 0), score, people)
    assert (one.low, one.high) == (0, 1)
    gap = auc_by_people(label * (people == 0), [score, -score], people, (1, -1))
    assert (gap.low, gap.high) == (-1, 1)


def test_all_pairs_in_order_is_not_certain_and_more_people_make_it_surer():
    reach = []
    for n in (2, 10, 100):
        people, label = np.repeat(np.arange(n), 2), np.tile([0.0, 1.0], n)
        told, worst = (auc_by_people(label, score, people) for score in (label, -label))
        assert told.high == told.value == 1 and worst.low == worst.value == 0
        assert worst.high == pytest.approx(1 - told.low)
        reach.append(1 - told.low)
    assert reach[0] > 0.5 > reach[1] > 0.1 > 0.05 > reach[2]
    both = auc_by_people(label, [label, label + people], people, (1, -1))
    assert both.low < both.value < both.high


TRUE = 0.669                    # what two million such people, with a row each, give


def test_the_interval_over_people_covers_and_is_wider_than_over_rows_where_people_differ():
    held, width = 0, []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        people = np.repeat(np.arange(50), 12)
        taste = rng.normal(size=50)[people]
        label = (rng.random(600) < 1 / (1 + np.exp(1 - taste))).astype(float)
        score = taste + rng.normal(size=600)
        by_people = auc_by_people(label, score, people)
        held += by_people.low <= TRUE <= by_people.high
        width.append(by_people.width / auc_by_people(label, score, np.arange(600)).width)
    assert held >= 54 and np.median(width) > 1.1


def test_odd_input_is_told(rows):
    label, good, _, people = rows
    with pytest.raises(DataError):
        auc_by_people(np.zeros(600), good, people)
    with pytest.raises(ShapeError):
        auc_by_people(label, good[:-1], people)
    with pytest.raises(ArgumentError):
        auc_by_people(label, np.where(label > 0, np.nan, good), people)
