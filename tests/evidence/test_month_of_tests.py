"""A month of evidence and the number that chooses: limits that can be reckoned, and what makes them turn."""

import numpy as np
import pytest

from course_lib.evidence import month_of_tests, number_that_chooses
from course_lib.evidence.month_of_tests import month


def test_without_traffic_for_tests_nothing_ships_and_with_one_test_only_good_ones_mostly():
    assert (month(30, 1.0, 3, seed=0) == 0).all()
    shipped = month(10, 0.2, 1, seed=0)
    assert shipped[shipped != 0].mean() > 0.8 and (shipped == 0).mean() > 0.1


def test_better_offline_metrics_and_larger_traffic_ship_more(monkeypatch):
    before = month(3, 0.0, 1, seed=1).mean()
    monkeypatch.setattr(month_of_tests, "OFFLINE", 0.95)
    better = month(3, 0.0, 1, seed=1).mean()
    monkeypatch.setattr(month_of_tests, "TEST_ERROR", 0.1)
    assert before < better < month(3, 0.0, 1, seed=1).mean()


def test_more_tests_than_candidates_are_as_many_as_there_are():
    assert np.array_equal(month(2, 0.1, 30, seed=0), month(2, 0.1, 2, seed=0))


@pytest.mark.parametrize("maker", [number_that_chooses.feed_kept, number_that_chooses.shop_kept])
def test_a_log_is_what_it_says(maker):
    kept = maker(0)
    assert (kept.came <= kept.shown).all() and kept.score.shape == (number_that_chooses.RIVALS, len(kept.worth))
    for number in number_that_chooses.NUMBERS:
        assert 0 < number_that_chooses.share_of_best(kept, number) <= 1


def test_a_number_that_is_the_worth_loses_nothing():
    kept = number_that_chooses.feed_kept(1)
    told = number_that_chooses.Kept(kept.worth, kept.shown, kept.came, 1e6 * kept.worth, kept.score)
    assert number_that_chooses.share_of_best(told, "random slots") == 1
