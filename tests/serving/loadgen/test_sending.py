"""Open and closed loop in virtual time: what the generator measures is what the queue did, to the last digit."""

import asyncio
import json

import numpy as np
import pytest

from course_lib.contracts import CourseError
from course_lib.serving.load import open_loop_latency
from course_lib.serving.loadgen.arrivals import poisson_due, steady_due
from course_lib.serving.loadgen.load_result import LoadResult
from course_lib.serving.loadgen.percentiles import mean_interval_of_blocks, percentile, percentile_interval
from course_lib.serving.loadgen.queueing import md1_wait, mm1_latency_percentile, mm1_wait
from course_lib.serving.loadgen.sending import NOT_SENT, closed_loop_sends, open_loop_sends
from course_lib.serving.loadgen.toy_server import OneServer
from course_lib.serving.loadgen.virtual_clock import run_virtually


def run(make_log, service_ms=20.0, kind="constant", **server):
    """A result in virtual time of sending to one server."""
    async def work():
        station = OneServer(service_ms, kind, **server)

        async def send(number):
            status, answer = await station.serve()
            return status, json.dumps(answer).encode()

        return await make_log(send)

    return LoadResult.from_log(run_virtually(work()), 5.0)


def open_loop(due, **server):
    return run(lambda send: open_loop_sends(due, send, 10**6), **server)


def test_open_loop_measures_the_queue_of_its_schedule_exactly():
    due = poisson_due(np.random.default_rng(1), 45, 60)
    got = open_loop(due)
    np.testing.assert_allclose(got.latency_ms, open_loop_latency(1000 * due, np.full(len(due), 20.0)), atol=1e-6)
    np.testing.assert_allclose(got.lateness_ms, 0, atol=1e-6)


@pytest.mark.parametrize(("kind", "wait", "seed"), [("constant", md1_wait, 3), ("exponential", mm1_wait, 4)])
def test_the_mean_agrees_with_theory_within_its_interval_and_the_other_theory_does_not(kind, wait, seed):
    due = poisson_due(np.random.default_rng(seed), 30, 500)                      # load .6 of 20 ms
    got = open_loop(due, kind=kind, seed=seed)
    _, low, high = mean_interval_of_blocks(got.latency_ms, level=0.999)
    assert low <= wait(0.6, 20) + 20 <= high
    other = mm1_wait if wait is md1_wait else md1_wait
    assert not low <= other(0.6, 20) + 20 <= high


def test_the_99th_percentile_of_an_exponential_queue_agrees_with_theory():
    got = open_loop(poisson_due(np.random.default_rng(5), 30, 500), kind="exponential", seed=5)
    low, high = percentile_interval(got.latency_ms, 99, level=0.99)
    assert low <= mm1_latency_percentile(0.6, 20, 99) <= high < 2 * low


def test_open_loop_goes_on_while_nothing_is_answered_and_closed_loop_stops_asking():
    stall = {"stall": (1.0, 3.0), "service_ms": 5.0}
    opened = open_loop(steady_due(50, 4), **stall)
    closed = run(lambda send: closed_loop_sends(4, 10**5, send, 1, 0.02), **stall)
    assert len(opened) == len(closed) == 200
    assert (opened.latency_ms > 500).sum() >= 75                 # 100 people came meanwhile, three quarters waited long
    assert (closed.from_sent_ms > 500).sum() == 1                # one request waited; the others were not sent
    assert percentile(closed.from_sent_ms, 99) < 10 < 1000 < percentile(closed.latency_ms, 99)


def test_counted_from_when_it_was_meant_a_loop_that_waits_sees_what_an_open_one_sees():
    """With one client, one server and nothing but the stall the two queues are the same."""
    stall = {"stall": (1.0, 3.0), "service_ms": 5.0}
    opened = open_loop(steady_due(50, 4), **stall)
    closed = run(lambda send: closed_loop_sends(4, 10**5, send, 1, 0.02), **stall)
    np.testing.assert_allclose(closed.latency_ms, opened.latency_ms, atol=1e-6)


@pytest.mark.parametrize("clients", [1, 2, 5])
def test_clients_that_wait_get_no_more_than_the_server_gives(clients):
    """Little's law in a closed loop without pauses: latency = clients × service."""
    got = run(lambda send: closed_loop_sends(2, 10**5, send, clients))
    settled = got.after(0.5)
    np.testing.assert_allclose(settled.latency_ms, 20.0 * clients, atol=1e-6)
    assert got.summary()["slates_per_s"] == pytest.approx(50, rel=0.02)


def test_a_generator_that_was_held_up_counts_from_when_it_should_have_sent():
    """The first request keeps this process busy for 30 ms; the second was due after 10, and goes out 20 late."""
    async def work():
        clock = asyncio.get_running_loop()

        async def send(number):
            clock._jump.now += 0.03 if number == 0 else 0.0
            await asyncio.sleep(0.005)
            return 200, b"{}"

        return await open_loop_sends(np.array([0.0, 0.01]), send)

    got = LoadResult.from_log(run_virtually(work()), 5.0)
    np.testing.assert_allclose(got.lateness_ms, [0, 20], atol=1e-6)
    np.testing.assert_allclose(got.latency_ms, [35, 25], atol=1e-6)
    np.testing.assert_allclose(got.from_sent_ms, [35, 5], atol=1e-6)


def test_too_many_open_requests_are_not_sent_and_count_as_unanswered():
    got = run(lambda send: open_loop_sends(steady_due(100, 1), send, 3), service_ms=200.0)
    assert (got.status == NOT_SENT).sum() > 50
    assert np.isinf(got.latency_ms[got.status == NOT_SENT]).all()
    assert got.summary()["unanswered"] == (got.status == NOT_SENT).mean()


def test_a_client_that_is_far_behind_gives_up_and_says_so():
    got = run(lambda send: closed_loop_sends(1, 10**5, send, 1, 0.01), service_ms=100.0)
    assert len(got) == 100 and got.due_s.max() < 1
    assert (got.status == NOT_SENT).sum() == 70 and got.sent_s.max() <= 3 + 1e-9


def test_closed_loop_stops_at_its_most():
    assert len(run(lambda send: closed_loop_sends(60, 7, send, 3))) == 7


def test_a_full_system_refuses():
    got = run(lambda send: open_loop_sends(np.zeros(10), send), places=4)
    assert (got.status == 503).sum() == 6 and got.summary()["shed"] == 0.6
    assert got.by_rung().set_index("rung").loc["no slate", "requests"] == 6


def test_virtual_time_says_where_nothing_can_happen_any_more():
    async def waits():
        await asyncio.get_running_loop().create_future()

    with pytest.raises(CourseError, match="nothing is left"):
        run_virtually(waits())
