"""Gains as shares, and the share of a gap that is closed."""

import numpy as np
import pytest

from course_lib.contracts import DataError
from course_lib.evidence.paired_gain import gap_closed, relative_gain


def test_a_gain_is_a_share_of_the_rivals_mean_over_those_who_have_both():
    b = np.array([1.0, 3.0, np.nan, 2.0])
    gain = relative_gain(1.1 * b + np.array([0, 0, 0, np.nan]), b)
    assert gain.value == pytest.approx(0.1) and gain.n == 2
    assert relative_gain(b, b).value == 0
    with pytest.raises(DataError, match="mean of b"):
        relative_gain([1.0, 2.0], [0.0, 0.0])


def test_the_best_closes_the_gap_and_the_same_closes_nothing():
    without = np.random.default_rng(5).uniform(0.4, 0.6, 20)
    assert gap_closed(without, np.ones(20)).low > 0.99
    assert gap_closed(without, without).value == 0
