"""A breaker before a part that dies for a while."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.serving.loadgen.guarded_calls import dead_part, let_through, no_breaker


def test_it_opens_and_a_good_trial_closes_it():
    passed = let_through([0.0, 0.1, 0.2, 0.6, 1.1, 1.2], [0, 0, 1, 1, 1, 0], window=4, least=2)
    assert passed.tolist() == [True, True, False, False, True, True]


def test_odd_times_are_told():
    for at in ([1.0, 0.0], [0.0, np.nan], [[0.0, 1.0]]):
        with pytest.raises(ArgumentError):
            let_through(at, [True, True])


def test_with_a_breaker_hardly_anybody_waits_for_what_is_dead():
    alone, guarded = dead_part(0, no_breaker), dead_part(0, let_through)
    assert alone["waited_ms"] == 40 and alone["refused_well"] == 0
    assert guarded["waited_ms"] < 4 and guarded["refused_well"] < 0.05


def test_control_where_nothing_dies_nothing_is_refused():
    at = np.arange(2_000) / 100
    assert let_through(at, np.ones(len(at), bool)).all()
