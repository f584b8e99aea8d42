"""What the lesson claims about hedging, retries and refusals, held against theory and over seeds."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.serving.loadgen.queueing import md1_wait_within, mm1_latency_percentile, mm1k_refused
from course_lib.serving.loadgen.virtual_experiments import batching, hedging, outage, over_seeds, overload


def table(run, seeds=4):
    return over_seeds(run, range(seeds)).set_index("name")


def test_without_a_hedge_and_without_slow_reads_it_is_an_exponential_queue():
    """Each of the two replicas gets every second request, so that gaps are less uneven and waits a little shorter."""
    got = table(lambda seed: hedging(seed, slow=0.0, load=0.3, n=6_000))
    assert got.loc["load", "low"] <= 0.3 <= got.loc["load", "high"] and got.loc["asked", "mean"] == 1
    poisson = mm1_latency_percentile(0.3, 5, 99)
    assert mm1_latency_percentile(0.1, 5, 99) < got.loc["p99_ms", "mean"] < poisson


def test_at_a_low_load_the_share_that_asks_twice_is_that_of_two_exponentials():
    got = table(lambda seed: hedging(seed, after_ms=10.0, load=0.001, n=10_000))
    ordinary = 5 / 1.19
    share = 0.99 * np.exp(-10 / ordinary) + 0.01 * np.exp(-10 / (20 * ordinary))
    assert got.loc["asked", "mean"] == pytest.approx(1 + share, abs=0.005)


def test_hedging_shortens_the_tail_where_there_is_room_and_brings_down_a_busy_service():
    quiet = {after: table(lambda seed, after=after: hedging(seed, after_ms=after, load=0.2, n=6_000))
             for after in (np.inf, 30.0)}
    assert quiet[30.0].loc["p99_ms", "high"] < quiet[np.inf].loc["p99_ms", "low"]
    assert quiet[30.0].loc["asked", "mean"] < 1.1
    busy = {after: table(lambda seed, after=after: hedging(seed, after_ms=after, load=0.7, n=4_000))
            for after in (np.inf, 5.0)}
    assert busy[5.0].loc["p50_ms", "low"] > 10 * busy[np.inf].loc["p50_ms", "high"]
    assert busy[5.0].loc["load", "low"] > 0.9


def test_retries_keep_an_outage_alive_and_a_budget_or_refusals_end_it():
    none = table(lambda seed: outage(seed))
    retries = table(lambda seed: outage(seed, retries=3))
    budget = table(lambda seed: outage(seed, retries=3, budget=0.1))
    refusals = table(lambda seed: outage(seed, retries=3, places=8))
    assert none.loc["after", "mean"] > 0.95 and retries.loc["after", "mean"] < 0.5
    assert retries.loc["bad_s", "low"] > 2 * none.loc["bad_s", "high"]
    assert budget.loc["after", "mean"] > 0.95 and refusals.loc["after", "mean"] > 0.95
    assert budget.loc["asked", "mean"] <= 1.1 < 2 < retries.loc["asked", "mean"]


def test_refusing_agrees_with_theory_and_serves_more_in_time_than_queueing():
    queue, refuse = (table(lambda seed, places=places: overload(seed, places=places, n=10_000))
                     for places in (np.inf, 8))
    assert refuse.loc["refused", "low"] <= mm1k_refused(1.2, 8) <= refuse.loc["refused", "high"]
    assert refuse.loc["in_time", "low"] > queue.loc["in_time", "high"] + 0.5
    assert queue.loc["refused", "mean"] == 0 and queue.loc["wasted", "mean"] > 0.9


def test_one_at_a_time_is_the_queue_with_constant_service():
    got = table(lambda seed: batching(seed, rate=200, fixed_ms=2.0, each_ms=1.0, n=10_000))
    waits = np.arange(0, 30, 0.01)
    p99 = 3 + waits[np.argmax([md1_wait_within(0.6, 3, wait) >= 0.99 for wait in waits])]
    assert got.loc["p99_ms", "low"] <= p99 <= got.loc["p99_ms", "high"]
    assert got.loc["size", "mean"] == 1 and got.loc["load", "mean"] == pytest.approx(0.6, abs=0.02)


def test_batches_hold_a_rate_that_one_at_a_time_does_not_and_lingering_costs_the_few():
    alone, together = (table(lambda seed, batch=batch: batching(seed, rate=600, batch=batch, n=6_000))
                       for batch in (1, 32))
    assert alone.loc["p50_ms", "low"] > 500 > 50 > together.loc["p99_ms", "high"]
    assert together.loc["size", "mean"] > 2
    quiet, lingers = (table(lambda seed, ms=ms: batching(seed, rate=5, batch=32, linger_ms=ms, n=500))
                      for ms in (0.0, 4.0))
    assert lingers.loc["p50_ms", "mean"] == pytest.approx(quiet.loc["p50_ms", "mean"] + 4, abs=0.1)


def test_whole_seconds_on_which_all_runs_agree_are_not_certain():
    """A count of whole units is known to within half of one; a share that is the same in all runs is left alone."""
    got = over_seeds(lambda seed: {"whole": 21, "share": 1.0, "apart": 20 + seed}, range(3)).set_index("name")
    assert got.loc["whole", ["low", "mean", "high"]].tolist() == pytest.approx([20.283, 21, 21.717], abs=1e-3)
    assert got.loc["share", "low"] == got.loc["share", "high"] == 1
    assert got.loc["apart", "high"] - 21 == pytest.approx(4.3027 / np.sqrt(3), abs=1e-4), "these vary by themselves"
    bad = [outage(seed, load=0.1)["bad_s"] for seed in range(2)]
    assert all(isinstance(seconds, int) for seconds in bad)


def test_an_interval_over_seeds_is_student_s():
    from scipy.stats import t

    values = {0: 1.0, 1: 2.0, 2: 4.0}
    got = over_seeds(lambda seed: {"x": values[seed]}, range(3), 0.9)
    low, high = t.interval(0.9, 2, loc=7 / 3, scale=np.std([1, 2, 4], ddof=1) / np.sqrt(3))
    np.testing.assert_allclose(got[["mean", "low", "high"]].to_numpy()[0], [7 / 3, low, high])
    with pytest.raises(ArgumentError, match="seeds"):
        over_seeds(lambda seed: {"x": 1.0}, [1])
    with pytest.raises(ArgumentError, match="infinite"):
        over_seeds(lambda seed: {"x": np.inf}, [1, 2])


def test_a_run_is_its_seed():
    assert outage(3, retries=1) == outage(3, retries=1) != outage(4, retries=1)
