"""Percentiles are latencies that were measured; their intervals cover as often as they say, in queues too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError
from course_lib.serving.load import open_loop_latency, poisson_arrivals
from course_lib.serving.loadgen.percentiles import (
    halving_ladder,
    mean_interval_of_blocks,
    percentile,
    percentile_interval,
)
from course_lib.serving.loadgen.queueing import mm1_latency_percentile, mm1_wait

LATENCIES = st.lists(st.floats(0, 1e4), min_size=1, max_size=60)


@given(LATENCIES, st.floats(0, 100))
@settings(max_examples=100, deadline=None)
def test_a_percentile_is_numpy_s_own_without_interpolation(values, percent):
    assert percentile(values, percent) == np.quantile(values, percent / 100, method="inverted_cdf")


@given(LATENCIES, st.sampled_from([50, 90, 99, 99.9]))
@settings(max_examples=50, deadline=None)
def test_an_interval_holds_its_percentile_and_is_wider_at_a_higher_level(values, percent):
    low, high = percentile_interval(values, percent, level=0.9)
    wide_low, wide_high = percentile_interval(values, percent, level=0.99)
    assert wide_low <= low <= percentile(values, percent) <= high <= wide_high


def mm1_latencies(seed, load, n=20_000, settle=2000):
    rng = np.random.default_rng(seed)
    service = rng.exponential(10, n + settle)
    return open_loop_latency(poisson_arrivals(rng, n + settle, 100 * load), service)[settle:]


def covered(truth, intervals):
    return np.mean([low <= truth <= high for low, high in intervals])


@pytest.mark.parametrize("percent", [50, 99])
def test_intervals_cover_a_queue_s_true_percentile_where_order_statistics_alone_do_not(percent):
    runs = [mm1_latencies(seed, 0.7) for seed in range(150)]
    truth = mm1_latency_percentile(0.7, 10, percent)
    assert covered(truth, [percentile_interval(run, percent) for run in runs]) >= 0.9
    mixed = [np.random.default_rng(0).permutation(run) for run in runs]      # neighbours no longer next to each other
    assert covered(truth, [percentile_interval(run, percent) for run in mixed]) < 0.8


def test_intervals_of_means_cover_a_queue_s_true_mean():
    found = [mean_interval_of_blocks(mm1_latencies(seed, 0.7))[1:] for seed in range(150)]
    assert covered(10 + mm1_wait(0.7, 10), found) >= 0.9


def test_intervals_of_independent_latencies_cover_and_are_about_as_narrow_as_they_can_be():
    from scipy.stats import binom

    runs = np.random.default_rng(1).exponential(10, (300, 2000))
    found = np.array([percentile_interval(run, 90) for run in runs])
    assert covered(10 * np.log(10), found) >= 0.92
    ranks = binom.ppf([0.025, 0.975], 2000, 0.9).astype(int)
    narrowest = np.mean([np.diff(np.sort(run)[ranks])[0] for run in runs])
    assert np.mean(found[:, 1] - found[:, 0]) < 1.5 * narrowest


def test_too_few_requests_do_not_know_the_upper_end():
    few, many = np.arange(100.0), np.random.default_rng(0).exponential(1, 10_000)
    assert percentile_interval(few, 99.9)[1] == np.inf
    assert percentile_interval(many, 99.9)[1] < np.inf


def test_a_request_without_an_answer_is_infinitely_late():
    assert percentile([1, 2, np.inf, 3], 75) == 3
    assert percentile([1, 2, np.inf, 3], 76) == np.inf


def test_the_ladder_halves_what_is_left():
    ladder = halving_ladder(np.arange(1, 9))
    assert ladder == [(0.0, 1.0), (50.0, 4.0), (75.0, 6.0), (87.5, 7.0), (100.0, 8.0)]


def test_bad_input_is_named():
    for values in ([], [[1.0]], [-1.0], [np.nan], ["1"]):
        with pytest.raises(ArgumentError):
            percentile(values, 50)
    with pytest.raises(ArgumentError, match="level"):
        percentile_interval([1, 2], 50, level=95)
    with pytest.raises(ArgumentError, match="percent"):
        percentile([1], 101)
    with pytest.raises(ArgumentError, match="at least 20"):
        mean_interval_of_blocks([1.0, 2.0])
