"""A page's worth is a share of the best page's."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence.page_worth import page_worth

LOOK = np.array([1.0, 0.5])


def test_the_true_order_is_worth_one_and_another_one_its_share():
    value = np.array([3.0, 1.0, 2.0])
    assert page_worth(value**3, value, LOOK) == 1.0
    assert page_worth(-value, value, LOOK) == pytest.approx((1 + 0.5 * 2) / (3 + 0.5 * 2))


def test_equal_scores_go_by_the_lower_item_and_a_worthless_page_is_refused():
    assert page_worth(np.zeros(3), np.array([1.0, 2.0, 3.0]), LOOK) == pytest.approx(2 / 4)
    with pytest.raises(ArgumentError, match="worth 0"):
        page_worth(np.ones(3), np.zeros(3), LOOK)
