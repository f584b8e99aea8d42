"""Open-loop latency against a queue run by hand, its limits, and the formula of queueing theory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.serving.load import open_loop_latency, poisson_arrivals


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_equals_a_queue_run_by_hand(seed):
    rng = np.random.default_rng(seed)
    arrival, service = np.sort(rng.random(30) * 100), rng.exponential(4, 30)
    free, latency = 0.0, []
    for a, s in zip(arrival, service, strict=True):
        free = max(free, a) + s
        latency.append(free - a)
    np.testing.assert_allclose(open_loop_latency(arrival, service), latency)


def test_nobody_waits_when_requests_are_far_apart_and_everybody_when_they_come_at_once():
    assert open_loop_latency([0, 100, 200], [10, 20, 30]).tolist() == [10, 20, 30]
    assert open_loop_latency([0, 0, 0], [10, 10, 10]).tolist() == [10, 20, 30]
    assert open_loop_latency([], []).tolist() == []


def test_the_mean_is_that_of_pollaczek_and_khinchine():
    rng = np.random.default_rng(0)
    service = np.full(200_000, 10.0)  # M/D/1 at load .8: wait = load / (2 (1 − load)) services
    latency = open_loop_latency(poisson_arrivals(rng, len(service), 80), service)
    assert latency.mean() == pytest.approx(10 * (1 + 0.8 / (2 * 0.2)), rel=0.03)


def test_bad_input_is_named():
    with pytest.raises(ArgumentError, match="ascend"):
        open_loop_latency([2, 1], [1, 1])
    with pytest.raises(ShapeError):
        open_loop_latency([1, 2], [1])
    with pytest.raises(ArgumentError, match="rate"):
        poisson_arrivals(np.random.default_rng(0), 3, 0)
