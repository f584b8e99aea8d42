"""The time of one request by a clock that is told the time, and how many items a stage can afford."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_stages import Clock

from course_lib.contracts import ArgumentError, BudgetError
from course_lib.serving.deadline import Deadline, affordable_items


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 1000))
def test_one_more_item_would_break_the_budget_and_this_many_keep_it(budget_ms, fixed_ms, per_item_us):
    n = affordable_items(budget_ms, fixed_ms, per_item_us)
    assert n == 0 or fixed_ms + n * per_item_us / 1000 <= budget_ms + 1e-6
    assert fixed_ms + (n + 1) * per_item_us / 1000 > budget_ms - 1e-6


def test_a_free_item_is_refused():
    with pytest.raises(ArgumentError, match="positive"):
        affordable_items(20, 2, 0)


def test_a_deadline_is_over_when_the_budget_is_used_up_and_not_before():
    clock = Clock()
    clock.now = 7.0
    deadline = Deadline(50, clock)
    clock.now += 0.049
    deadline.check("rank")
    assert deadline.spent_ms() == pytest.approx(49)
    clock.now = 7.0 + 0.0625
    with pytest.raises(BudgetError, match="62.5 of 50 ms were gone before rank"):
        deadline.check("rank")


def test_without_a_budget_there_is_all_the_time_there_is():
    clock = Clock()
    deadline = Deadline(clock=clock)
    clock.now += 1e9
    deadline.check("rank")
