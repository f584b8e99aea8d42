import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence.noninferiority import non_inferiority


def test_a_harmful_change_passes_no_more_often_than_the_interval_errs():
    """At a true loss equal to the margin, a 95% two-sided interval passes about 2.5% of the time."""
    effects = np.random.default_rng(0).normal(-1.0, 1.0, 20_000)
    passed = np.mean([non_inferiority(e - 1.96, e + 1.96, 1.0) == "pass" for e in effects])
    assert passed == pytest.approx(0.025, abs=0.005)


def test_little_data_decides_nothing():
    assert non_inferiority(-50, 50, 1.0) == "undecided"


@pytest.mark.parametrize("bad", [(1, 0, 1), (0, 1, 0), (float("nan"), 1, 1)])
def test_a_reversed_interval_or_a_margin_of_nothing_is_refused(bad):
    with pytest.raises(ArgumentError, match="low <= high"):
        non_inferiority(*bad)
