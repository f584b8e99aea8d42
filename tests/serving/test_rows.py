"""Operations on slates as arrays, each against the same by hand."""

import numpy as np

from course_lib.contracts import Slates
from course_lib.serving.rows import compact, empty, filled, joined, put


def test_a_part_is_written_into_its_rows_and_no_other():
    out = empty(3, 3)
    put(out, np.array([0, 1, 2]), Slates.certain([[9, 9, 9]] * 3))
    put(out, np.array([2, 0]), Slates(np.array([[1, 2], [3, -1]], np.int32), np.array([[0.5, 0.25], [1, 1]])))
    assert out.item.tolist() == [[3, -1, -1], [9, 9, 9], [1, 2, -1]]
    assert out.propensity.tolist() == [[1, 1, 1], [1, 1, 1], [0.5, 0.25, 1]]


def test_padding_moves_behind_and_the_order_stays():
    assert compact(np.array([[-1, 4, -1, 2], [1, 2, 3, -1]])).tolist() == [[4, 2, -1, -1], [1, 2, 3, -1]]


def test_filled_rows_hold_something():
    assert filled(np.array([[-1, -1], [-1, 0]])).tolist() == [False, True]
    assert filled(np.empty((2, 0))).tolist() == [False, False]


def test_parts_stand_below_each_other():
    whole = joined([Slates.certain([[1, 2]]), Slates.certain([[3, -1], [4, 5]])])
    assert whole.item.tolist() == [[1, 2], [3, -1], [4, 5]] and whole.propensity.shape == (3, 2)
