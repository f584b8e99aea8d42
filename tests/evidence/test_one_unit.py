"""What cannot be known has a wide interval or none: one unit, no event in either arm, draws without a value."""

import numpy as np

from course_lib.evidence import differences
from course_lib.evidence.intervals import newcombe_interval


def test_no_event_in_either_arm_bounds_the_difference():
    none = differences.difference(np.zeros(3000), np.zeros(3000))
    assert (none.low, none.high) == newcombe_interval((0, 3000), (0, 3000))
    assert -0.002 < none.low < 0 == none.value < none.high < 0.002
    one = differences.difference(np.zeros(3000), np.arange(3000) == 7)
    assert none.high < one.high < 0.003


def test_other_values_that_do_not_vary_still_say_nothing():
    flat = differences.difference(np.full(30, 0.4), np.full(30, 0.4))
    assert (flat.low, flat.high) == (-np.inf, np.inf)
