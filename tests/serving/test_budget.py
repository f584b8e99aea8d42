import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError
from course_lib.serving.budget import affordable_items


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.1, 1000))
def test_one_more_item_would_break_the_budget_and_this_many_keep_it(budget_ms, fixed_ms, per_item_us):
    n = affordable_items(budget_ms, fixed_ms, per_item_us)
    assert n == 0 or fixed_ms + n * per_item_us / 1000 <= budget_ms + 1e-6
    assert fixed_ms + (n + 1) * per_item_us / 1000 > budget_ms - 1e-6


def test_a_free_item_is_refused():
    with pytest.raises(ArgumentError, match="positive"):
        affordable_items(20, 2, 0)
