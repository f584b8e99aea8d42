"""The formulas against each other, against a queue that is computed, and at their limits."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.serving.load import open_loop_latency, poisson_arrivals
from course_lib.serving.loadgen import queueing as q


def test_known_values():
    assert q.mm1_wait(0.5, 10) == 10 and q.mm1_wait(0.9, 10) == pytest.approx(90)
    assert q.md1_wait(0.5, 10) == 5
    assert q.mm1_latency_percentile(0.5, 10, 99) == pytest.approx(92.1, abs=0.01)
    assert q.erlang_c(0.5, 2) == pytest.approx(1 / 3)
    assert q.mm1k_refused(1, 4) == 0.2


def test_limits_agree():
    assert q.mmc_wait(0.7, 10, 1) == pytest.approx(q.mm1_wait(0.7, 10))
    assert q.mmc_wait(0.7, 10, 50) < 0.1
    assert q.mm1k_refused(0.5, 200) < 1e-50 and q.mm1k_refused(2, 500) == pytest.approx(0.5)
    assert q.mm1k_refused(1 + 1e-9, 7) == pytest.approx(1 / 8) == pytest.approx(q.mm1k_refused(1 - 1e-9, 7))
    assert q.mm1k_refused(1e300, 300) == pytest.approx(1)
    assert q.md1_wait_within(0.6, 10, 0) == pytest.approx(0.4)


def test_the_share_that_waits_integrates_to_the_mean_wait():
    grid = np.linspace(0, 200, 4001)
    above = [1 - q.md1_wait_within(0.5, 10, wait) for wait in grid]
    assert np.trapezoid(above, grid) == pytest.approx(q.md1_wait(0.5, 10), rel=1e-3)


def test_a_queue_with_constant_service_waits_as_erlang_says():
    rng = np.random.default_rng(0)
    wait = open_loop_latency(poisson_arrivals(rng, 200_000, 60), np.full(200_000, 10.0)) - 10
    for at in (0.0, 5.0, 20.0, 50.0):
        assert (wait <= at + 1e-9).mean() == pytest.approx(q.md1_wait_within(0.6, 10, at), abs=0.01)


@pytest.mark.parametrize("call", [
    lambda: q.mm1_wait(1, 10), lambda: q.md1_wait(-0.1, 10), lambda: q.mg1_wait(0.5, 10, -1),
    lambda: q.mm1_latency_percentile(0.5, 10, 100), lambda: q.mmc_wait(0.5, 10, 0), lambda: q.mm1k_refused(0.5, 0),
    lambda: q.md1_wait_within(0.5, 10, 201), lambda: q.mm1_wait(0.5, 0), lambda: q.mm1k_refused(float("nan"), 3)])
def test_what_has_no_answer_is_refused(call):
    with pytest.raises(ArgumentError):
        call()
