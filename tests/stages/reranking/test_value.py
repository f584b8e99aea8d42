"""What a slot is worth: by simulation, in its limits, and in the order of its reasons."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.stages.reranking.value import slot_worth


def test_it_is_the_mean_of_what_many_showings_keep():
    rng, n = np.random.default_rng(0), 400_000
    bought = rng.random(n) < 0.3
    back = rng.random(n) < 0.25
    served = rng.random(n) < 4 / 6                     # four pieces for six buyers who come in random order
    money = bought * served * np.where(back, -2.0, 10.0)
    assert slot_worth(0.3, 10.0, 0.25, 2.0, 4, 6) == pytest.approx(money.mean(), abs=4 * money.std() / np.sqrt(n))


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 50), st.floats(0, 1), st.floats(0, 9), st.integers(0, 20), st.floats(0, 30))
def test_more_pieces_never_lower_the_size_of_a_worth_and_enough_is_enough(p, margin, back, cost, stock, demand):
    now, more = (slot_worth(p, margin, back, cost, pieces, demand) for pieces in (stock, stock + 1))
    assert abs(more) >= abs(now) - 1e-12
    assert slot_worth(p, margin, back, cost, 1e6, demand) == pytest.approx(p * ((1 - back) * margin - back * cost))


def test_nothing_left_is_worth_nothing_and_returns_can_eat_the_margin():
    assert slot_worth([0.5, 0.5], [8.0, 8.0], [0.0, 0.9], 3.0, [0, 9], [0.0, 0.0])[0] == 0
    assert slot_worth(0.5, 8.0, 0.9, 3.0, 9, 0.0) < 0


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ArgumentError, match="p_return holds 1.2"):
        slot_worth([0.1], [1.0], [1.2], 0.0, [1], [1.0])
    with pytest.raises(ArgumentError, match="stock or demand"):
        slot_worth([0.1], [1.0], [0.2], 0.0, [-1], [1.0])
    with pytest.raises(ArgumentError, match="margin holds"):
        slot_worth([0.1], [np.nan], [0.2], 0.0, [1], [1.0])


def test_a_batch_of_requests_is_a_row_each():
    p_sale = np.array([[0.1, 0.2], [0.3, 0.0]])
    rows = slot_worth(p_sale, [4.0, 10.0], [0.1, 0.0], 2.0, [3, 1], [1.0, 2.0])
    assert rows.shape == (2, 2)
    for one, row in zip(p_sale, rows, strict=True):
        assert row == pytest.approx(slot_worth(one, [4.0, 10.0], [0.1, 0.0], 2.0, [3, 1], [1.0, 2.0]))
    with pytest.raises(ShapeError, match="a batch of requests"):
        slot_worth(p_sale, [4.0, 10.0, 1.0], 0.1, 2.0, 3, 1.0)
