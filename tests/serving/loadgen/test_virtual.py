"""Queues in virtual time against queues run by hand, against theory, and at their limits."""

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError
from course_lib.serving.load import open_loop_latency, poisson_arrivals
from course_lib.serving.loadgen.percentiles import mean_interval_of_blocks
from course_lib.serving.loadgen.queueing import mm1_wait, mm1k_refused, mmc_wait
from course_lib.serving.loadgen.virtual import Clock, Job, Servers
from course_lib.serving.loadgen.virtual_clients import live
from course_lib.serving.service.second_tries import RetryBudget


def exponential(seed, mean=10.0):
    rng = np.random.default_rng(seed)
    return lambda jobs, now: rng.exponential(mean)


def constant(ms):
    return lambda jobs, now: ms


def lived(arrival, service=None, *, replicas=1, client=None, **servers):
    clock = Clock()
    stations = [Servers(clock, service or constant(10.0), **servers) for _ in range(replicas)]
    return live(clock, arrival, stations, **(client or {})), stations


def arrivals(seed, n, per_second):
    return poisson_arrivals(np.random.default_rng(seed), n, per_second)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_one_server_is_the_queue_that_can_be_computed(seed):
    rng = np.random.default_rng(seed)
    arrival, takes = np.sort(rng.random(30) * 200), rng.exponential(6, 30)
    drawn = iter(takes)
    got, (servers,) = lived(arrival, lambda jobs, now: next(drawn))
    np.testing.assert_allclose(got.latency_ms, open_loop_latency(arrival, takes))
    assert servers.busy_ms == pytest.approx(takes.sum())


@pytest.mark.parametrize("servers", [1, 2, 5])
def test_several_servers_wait_as_erlang_says(servers):
    n = 40_000
    got, _ = lived(arrivals(servers, n, 70 * servers), exponential(servers + 10), servers=servers)
    _, low, high = mean_interval_of_blocks(got.latency_ms, level=0.999)
    assert low <= 10 + mmc_wait(0.7, 10, servers) <= high
    if servers > 1:
        assert not low <= 10 + mm1_wait(0.7, 10) <= high                 # an interval that would hold anything


@pytest.mark.parametrize(("load", "places"), [(0.8, 3), (1.5, 2)])
def test_refusals_are_those_of_theory(load, places):
    got, _ = lived(arrivals(1, 40_000, 100 * load), exponential(2), places=places)
    refused = np.isinf(got.latency_ms)
    _, low, high = mean_interval_of_blocks(refused, level=0.999)
    assert low <= mm1k_refused(load, places) <= high
    assert not low <= mm1k_refused(load, places + 1) <= high


def test_batches_take_what_has_come_together():
    sizes = []

    def takes(jobs, now):
        sizes.append(jobs)
        return 10.0 + jobs

    got, _ = lived(np.array([0.0, 1, 2, 3, 4, 5]), takes, batch=4)
    assert sizes == [1, 4, 1]
    np.testing.assert_allclose(got.latency_ms + got.arrival_ms, [11, 25, 25, 25, 25, 36])


def test_a_server_that_lingers_fills_its_batch_or_goes_when_the_time_is_over():
    sizes = []
    service = lambda jobs, now: sizes.append(jobs) or 1.0  # noqa: E731
    got, _ = lived(np.array([0.0, 1, 2, 50]), service, batch=3, linger_ms=4.0)
    assert sizes == [3, 1]
    np.testing.assert_allclose(got.latency_ms, [3, 2, 1, 5])


def test_work_is_not_begun_after_its_deadline():
    got, (servers,) = lived(np.zeros(5), deadline_ms=25.0)
    assert got.latency_ms.tolist() == [10, 20, 30, np.inf, np.inf] and servers.busy_ms == 30


def test_a_hedge_is_the_smaller_of_two_independent_times():
    """Without queues: above t only where the first is, and the second above t − its start."""
    n, after = 40_000, 20.0
    service = exponential(5)
    got, _ = lived(np.arange(n) * 1.0, service, replicas=2, servers=10**6, client={"hedge_after_ms": after})
    share = np.exp(-after / 10)
    assert (got.attempts == 2).mean() == pytest.approx(share, abs=4 * np.sqrt(share / n))
    for t in (10.0, 30.0, 40.0):
        above = np.exp(-t / 10) * (np.exp(-(t - after) / 10) if t > after else 1)
        assert (got.latency_ms > t).mean() == pytest.approx(above, abs=4 * np.sqrt(above / n) + 1e-4)


def test_a_hedge_that_is_cancelled_costs_nothing_while_it_waits_in_line():
    """Replicas begin with 100 and 150 ms. At 5 ms each person asks the other one, too; the one at the slower replica
    gains by it. Copies that wait in line when their answer has come are work for nothing, unless they are dropped."""
    arrival, work = np.array([0.0, 0.0, 1.0]), {}
    for cancel in (False, True):
        takes = iter([100.0, 150.0, 10.0, 10.0, 10.0, 10.0])
        got, stations = lived(arrival, lambda jobs, now, takes=takes: next(takes), replicas=2,
                              client={"hedge_after_ms": 5.0, "cancel": cancel})
        assert got.latency_ms.tolist() == [100, 120, 109] and got.attempts.tolist() == [2, 2, 2]
        work[cancel] = sum(station.busy_ms for station in stations)
    assert work == {False: 290.0, True: 270.0}
    takes = iter([100.0, 150.0, 10.0])
    got, _ = lived(arrival, lambda jobs, now: next(takes), replicas=2, client={"hedge_after_ms": 200.0})
    assert got.latency_ms.tolist() == [100, 150, 109] and got.attempts.tolist() == [1, 1, 1]


def test_a_copy_that_is_refused_does_not_end_the_wait_for_the_first():
    got, _ = lived(np.zeros(2), constant(100.0), replicas=2, places=1, client={"hedge_after_ms": 5.0, "retries": 3})
    assert got.attempts.tolist() == [2, 2] and got.latency_ms.tolist() == [100, 100]


def test_attempts_of_those_who_try_again_are_a_geometric_series():
    n, slow = 40_000, np.exp(-1.5)
    got, _ = lived(np.arange(n) * 1.0, exponential(6), servers=10**6, client={"timeout_ms": 15.0, "retries": 2})
    assert got.attempts.mean() == pytest.approx(1 + slow + slow**2, abs=0.01)
    assert np.isinf(got.latency_ms).mean() == pytest.approx(slow**3, abs=0.005)
    assert np.max(got.latency_ms, where=np.isfinite(got.latency_ms), initial=0) <= 45 + 1e-6


def test_who_is_refused_tries_again_after_the_pause_and_a_budget_ends_it():
    client = {"retries": 5, "backoff_ms": 2.0}
    got, _ = lived(np.zeros(2), places=1, client=client)
    assert got.attempts.tolist() == [1, 6] and got.latency_ms.tolist() == [10, 20]
    got, _ = lived(np.zeros(2), places=1, client=client | {"budget": RetryBudget(0.5, held=0)})
    assert got.attempts.tolist() == [1, 2]                               # two first attempts earned one retry


def test_a_server_works_for_those_who_have_gone_unless_it_is_told():
    busy = {}
    for cancel in (False, True):
        _, (servers,) = lived(np.zeros(4), client={"timeout_ms": 15.0, "cancel": cancel})
        busy[cancel] = servers.busy_ms
    assert busy == {False: 40, True: 20}


def test_a_run_looks_for_no_garbage_and_leaves_none():
    """In a notebook, whose libraries hold many objects, that took as long as the run."""
    looked = []

    def service(jobs, now):
        looked.append(gc.isenabled())
        return 1.0

    gc.collect()
    got, _ = lived(np.arange(200.0), service, replicas=2, client={"hedge_after_ms": 0.5})
    assert got.attempts.sum() > 200 and not any(looked) and gc.isenabled() and gc.collect() < 100

    def broken(jobs, now):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lived([0.0], broken)
    assert gc.isenabled()


def test_shares_are_of_those_who_came_in_a_time():
    got, _ = lived(np.array([0.0, 0.0, 100.0]))
    assert got.within(10) == pytest.approx(2 / 3) and got.within(10, 50) == 1 and got.within(10, 0, 50) == 0.5
    with pytest.raises(ArgumentError, match="nobody"):
        got.within(10, 500)


def test_a_simulation_that_feeds_itself_ends_with_a_word():
    clock = Clock()

    def again():
        clock.after(1, again)

    again()
    with pytest.raises(ArgumentError, match="not over"):
        clock.run(1000)


@pytest.mark.parametrize("call", [
    lambda: lived([2.0, 1.0]), lambda: lived([0.0], client={"hedge_after_ms": 1.0}), lambda: lived([0.0], servers=0),
    lambda: lived([0.0], places=0), lambda: lived([0.0], batch=0), lambda: lived([0.0], client={"timeout_ms": 0}),
    lambda: lived([0.0], client={"retries": -1}), lambda: RetryBudget(2), lambda: lived([np.nan]),
    lambda: lived([0.0], linger_ms=-1.0)])
def test_bad_input_is_refused(call):
    with pytest.raises(ArgumentError):
        call()


def test_a_job_that_is_given_up_is_not_answered():
    clock, heard = Clock(), []
    servers = Servers(clock, constant(5.0))
    job = Job(0, 0.0, lambda job, outcome: heard.append(outcome))
    servers.ask(job)
    job.abandoned = True
    clock.run()
    assert heard == [] and job.replied
