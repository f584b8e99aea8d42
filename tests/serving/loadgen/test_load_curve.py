"""The curve and its knee, on queues that are computed: where theory says that it is, and never beyond."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.serving.load import open_loop_latency
from course_lib.serving.loadgen.arrivals import poisson_due
from course_lib.serving.loadgen.load_command import report
from course_lib.serving.loadgen.load_curve import knee, load_curve
from course_lib.serving.loadgen.load_result import LoadResult
from course_lib.serving.loadgen.queueing import mm1_latency_percentile

OK = np.array([b'{"rung": "full"}'], dtype=object)


def exponential_server(rate, seconds=300.0, service_ms=2.0, seed=0):
    """The result of loading a server of that mean time, computed."""
    rng = np.random.default_rng([seed, int(rate)])
    due = poisson_due(rng, rate, seconds)
    latency = open_loop_latency(1000 * due, rng.exponential(service_ms, len(due)))
    return LoadResult(due, due, due + latency / 1000, np.full(len(due), 200), OK.repeat(len(due)), 5.0)


@pytest.fixture(scope="module")
def curve():
    return load_curve(exponential_server, [100, 200, 350, 450, 600, 650], warm_s=5)


def test_the_percentiles_follow_theory_up_to_the_knee(curve):
    for row in curve[curve.rate <= 450].itertuples():
        for name, percent in (("p50", 50), ("p99", 99)):
            low, high = getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
            truth = mm1_latency_percentile(row.rate / 500, 2, percent)
            assert low * 0.9 <= truth <= high * 1.1


def test_the_knee_is_the_last_rate_that_theory_allows(curve):
    allowed = [rate for rate in curve.rate if rate < 500 and mm1_latency_percentile(rate / 500, 2, 99) <= 50]
    assert knee(curve) == max(allowed) == 350
    assert knee(curve, budget_ms=1) == 0
    assert knee(curve, percentile="p50", budget_ms=1e9) == curve.rate.max()


def test_throughput_stops_at_what_the_server_can_do_and_the_curve_soon_after(curve):
    assert curve.slates_per_s.max() < 520
    assert curve.rate.max() == 600                                     # no more is told by 650
    np.testing.assert_allclose(curve.slates_per_s[:3], curve.rate[:3], rtol=0.05)


def test_a_rate_after_one_that_failed_does_not_count_though_it_passed(curve):
    lucky = curve.copy()
    lucky.loc[1, "p99_high"] = 1e4
    assert knee(lucky) == 100


def test_an_open_interval_is_no_proof():
    short = load_curve(lambda rate: exponential_server(rate, 1.0), [50])
    assert short.p99[0] < 50 and knee(short) == 0 and knee(short, sure=False) == 50


def test_a_service_that_sheds_half_ends_the_curve():
    def sheds(rate):
        got = exponential_server(rate, 5.0)
        got.status[::2] = 503
        got.status[-1] = 503
        return got

    table = load_curve(sheds, [100, 200])
    assert len(table) == 1 and table.shed[0] > 0.5


def test_who_refuses_half_at_once_is_not_fast_for_it():
    """Every request is answered within 20 ms, half of them by a refusal: no percentile may call that a p99."""
    def sheds(rate):
        got = exponential_server(rate, 60.0)
        refused = np.arange(len(got)) % 2 == 1
        got.status[refused], got.body[refused] = np.where(np.arange(refused.sum()) % 2, 503, 429), b"{}"
        got.done_s[refused] = got.due_s[refused] + 0.001
        return got

    got = sheds(100)
    numbers, table = got.summary(50), got.percentiles().set_index("percent")
    assert (got.latency_ms <= 50).all() and numbers["within_budget"] == got.within(50) == pytest.approx(0.5, abs=0.001)
    assert numbers["shed"] + numbers["over_rate"] == pytest.approx(0.5, abs=0.001)
    assert np.isinf(numbers["p99_ms"]) and np.isinf(table.ms[[99, 99.9]]).all() and np.isinf(table.high[99])
    assert got.percentiles((99,), of="latency_ms").ms[0] <= 50 and got.percentiles((99,), slates_only=True).ms[0] <= 50
    assert knee(load_curve(sheds, [50, 100])) == knee(load_curve(sheds, [50, 100]), sure=False) == 0
    assert "50.0% of all requests got no slate" in report(got, 50) and "inf ms" in report(got, 50)


def test_one_refusal_in_five_hundred_is_within_the_p99_and_beyond_the_p99_9():
    def sheds(rate):
        got = exponential_server(rate, 60.0)
        got.status[::500] = 503
        return got

    curve = load_curve(sheds, [100])
    assert knee(curve) == 100 and knee(curve, percentile="p99.9", sure=False) == 0


def test_bad_input_is_named(curve):
    with pytest.raises(ArgumentError, match="ascending"):
        load_curve(exponential_server, [200, 100])
    with pytest.raises(ArgumentError, match="p75"):
        knee(curve, percentile="p75")
