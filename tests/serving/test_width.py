"""The model of a funnel's width: what more candidates bring and what they cost, and its limiting cases."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.serving.width import SERVICE, day_with

SMALL = replace(SERVICE, films=300, requests=120, loved=30)


def test_the_same_choice_and_seed_give_the_same_day_and_another_seed_another():
    assert day_with(40, 3, SMALL) == day_with(40, 3, SMALL) != day_with(40, 4, SMALL)


def test_more_candidates_leave_out_less_and_make_more_requests_late():
    days = [day_with(n, 1) for n in (20, 100, 300, 760, 4_000)]
    left_out, late = ([getattr(day, name) for day in days] for name in ("left_out", "late"))
    assert left_out == sorted(left_out, reverse=True) and left_out[-1] == 0
    assert late == sorted(late) and late[0] < 0.01 and late[-1] > 0.99


def test_with_every_film_and_a_perfect_ranker_all_that_is_shown_is_loved():
    assert day_with(300, 0, replace(SMALL, close=1.0, each_ms=0.0)).worth == SMALL.slots


def test_where_every_request_is_late_the_popular_list_is_all_there_is():
    assert day_with(50, 0, replace(SMALL, budget_ms=0.1)).worth == SMALL.popular
    assert day_with(50, 0, replace(SMALL, budget_ms=0.1)).late == 1


def test_a_first_stage_that_knows_nothing_hands_on_its_share():
    left_out = [day_with(75, seed, replace(SMALL, cheap=0.0)).left_out for seed in range(5)]
    assert np.mean(left_out) == pytest.approx(0.75, abs=0.02)


def test_without_limits_of_time_a_choice_is_worth_what_it_shows():
    day = day_with(100, 0, replace(SMALL, busy=0.0))
    assert day.late == 0 and day.worth == day.in_time


@pytest.mark.parametrize("n", [9, 301, 20.5, np.nan, "20"])
def test_a_number_that_cannot_be_handed_on_is_refused(n):
    with pytest.raises(ArgumentError, match="n is"):
        day_with(n, 0, SMALL)


def test_one_request_in_twenty_and_one_in_a_hundred_are_as_slow_as_the_task_says():
    slow = np.exp(SERVICE.busy * np.array([1.645, 2.326]))
    np.testing.assert_allclose(slow, [1.8, 2.3], atol=0.05)
