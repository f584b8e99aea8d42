"""Alarms: quiet where nothing happens, found where something does, and a trade between the two."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.launch import alarms

FALL = np.clip(0.02 * (np.arange(28) - 13), 0, 0.1)


@pytest.fixture(scope="module")
def scores():
    per_day = np.random.default_rng(0).gamma(2.0, 3.0, (400, 7))
    calm = alarms.daily_scores(per_day, 3000, 0.1, 28, services=60, seed=1)
    return calm, alarms.daily_scores(per_day, 3000, 0.1, 28, FALL, services=60, seed=2)


def test_where_nothing_happens_a_score_is_about_a_standard_error(scores):
    assert abs(scores[0].mean()) < 0.1 and 0.85 < scores[0].std() < 1.25


def test_a_fault_lowers_scores_from_its_day_on(scores):
    assert abs(scores[1][:, :14].mean()) < 0.15 and scores[1][:, 20:].mean() < -1


def test_adding_up_is_the_sum_by_hand_and_starts_anew_at_zero():
    level = alarms.adding_up(np.array([[-1.0, -2.0, 9.0, -1.0]]))
    assert level.tolist() == [[0.5, 2.0, 0.0, 0.5]]
    assert alarms.today_alone(np.array([[-1.0, 2.0]])).tolist() == [[1.0, -2.0]]


def test_an_alarm_that_goes_on_is_one_and_days_count_from_the_fault():
    level = np.array([[0.0, 2, 2, 0, 2, 0], [0.0, 0, 0, 0, 0, 0]])
    assert alarms.rings_a_month(level, 1).value == pytest.approx(5.0)           # two of one service in six days
    assert alarms.days_to_find(level, 1, 3).tolist() == [2.0, np.inf]


def test_a_higher_threshold_rings_less_and_finds_less(scores):
    for alarm, thresholds in ((alarms.today_alone, [1, 2, 3]), (alarms.adding_up, [1, 3, 6])):
        curve = alarms.operating_curve(*scores, 14, thresholds, alarm)
        rings = [estimate.value for estimate in curve["false alarms a month"]]
        found = [estimate.value for estimate in curve["found in a week"]]
        assert rings == sorted(rings, reverse=True) and found == sorted(found, reverse=True)
        assert (np.diff(curve["median days"]) >= 0).all()


def test_what_cannot_be_is_refused():
    with pytest.raises(ShapeError, match="people, days"):
        alarms.daily_scores(np.ones(5), 100, 0.1, 7)
    with pytest.raises(ArgumentError, match="held"):
        alarms.daily_scores(np.ones((5, 2)), 100, 0.0, 7)
