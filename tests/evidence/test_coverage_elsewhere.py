"""How often intervals from outside of evidence/ hold the truth: of latencies, of looks, of bins, and of further runs.

A row of COVERS is one promise, as in test_coverage; a row of FALLS_SHORT is what a docstring warns of.
"""

import numpy as np
import pandas as pd
import pytest
from coverage_trials import P99, check_held, check_short, rows_of

from course_lib.data import labels, readings
from course_lib.launch.alarms import rings_a_month
from course_lib.serving.load import open_loop_latency, poisson_arrivals
from course_lib.serving.loadgen.live_faults import share_of
from course_lib.serving.loadgen.percentiles import mean_interval_of_blocks, percentile_interval
from course_lib.serving.loadgen.queueing import mm1_latency_percentile, mm1_wait
from course_lib.stages.ranking.calibrate import reliability
from course_lib.teach.ledger.spread import spread
from course_lib.teach.ledger.verdict import Row


# --- (estimate, truth) from n units ----------------------------------------------------------------------------------
def ends(low, high):
    """As `cover` takes what a function told: the value is not looked at."""
    return None, float(low), float(high)


def apart(percent):
    """Latencies that do not wait for each other, with a long tail."""
    truth = float(np.exp(0.8 * {50: 0.0, 99: P99}[percent]))

    def made(rng, n):
        return ends(*percentile_interval(rng.lognormal(0, 0.8, n), percent)), truth
    return made


def queue(rng, n, load):
    """Latencies of n requests at one worker, once it is as busy as it will be."""
    service = rng.exponential(10, n + 1000)
    return open_loop_latency(poisson_arrivals(rng, n + 1000, 100 * load), service)[1000:]


def waiting(percent, load):
    def made(rng, n):
        return ends(*percentile_interval(queue(rng, n, load), percent)), mm1_latency_percentile(load, 10, percent)
    return made


def mean_wait(load):
    def made(rng, n):
        return ends(*mean_interval_of_blocks(queue(rng, n, load))[1:]), 10 + mm1_wait(load, 10)
    return made


def kept_of_worth(rng, n):
    """What slates are still worth while a part is down: of most nothing is lost, of some all."""
    whole = rng.gamma(0.7, 1, n)
    return ends(*share_of(whole * (rng.random(n) < 0.8), whole)[1:]), 0.8


RINGS = 0.02                     # the chance of a false alarm on a day, on average


def rings(rng, n):
    """Alarms of n services over sixty days, some of which ring by themselves far more often than others."""
    often = np.minimum(rng.gamma(1, RINGS, n), 0.5)[:, None]
    rung = (rng.random((n, 60)) < often).astype(float)
    rung[:, 1::2] = 0                                           # no alarm goes on ringing, so that each one is new
    return rings_a_month(rung, 0.5), 15 * RINGS


def slots(rng, n, eta=0.7, liked=0.1):
    """n requests of ten random slots: (impressions, the chance of a look at each)."""
    looks = np.arange(1, 11.0) ** -eta
    clicks = rng.random((n, 10)) < looks * liked
    table = pd.DataFrame({"request_id": np.repeat(np.arange(n), 10), "position": np.tile(np.arange(1, 11), n),
                          "click": clicks.ravel().astype(int)})
    return table, looks


def curve_at(position):
    def made(rng, n):
        table, looks = slots(rng, n)
        if not table.loc[table["position"] == 1, "click"].any():
            return made(rng, n)
        row = labels.examination_curve(table, n_boot=200, seed=int(rng.integers(1e9))).loc[position]
        return ends(row["low"], row["high"]), looks[position - 1]
    return made


def never_looked_at(rng, n):
    table, looks = slots(rng, n)
    told = readings.unseen_share(table, seed=int(rng.integers(1e9)))
    return ends(*told[1:]), float((1 - looks).sum() / (1 - looks * 0.1).sum())


def one_bin(rng, n):
    """The rarest of ten bins of a model that is right; rows are independent."""
    chance = rng.beta(1, 30, n)
    row = reliability(chance, rng.random(n) < chance, bins=10, by="count").iloc[0]
    edges = np.quantile(chance, [0, 0.1])
    inside = (chance >= edges[0]) & (chance < edges[1])
    return ends(row["observed_low"], row["observed_high"]), chance[inside].mean()


def further(draw):
    """Where one more run falls, from n: the truth is that run."""
    def made(rng, n):
        values = draw(rng, n + 1)
        told = spread([Row("5.gain", "world", float(value)) for value in values[:n]])
        return ends(told.next_low, told.next_high), values[n]
    return made


COVERS = {
    "percentile, p50": (apart(50), (30, 300, 3000)), "percentile, p99": (apart(99), (30, 300, 3000)),
    "percentile, p50 of a queue": (waiting(50, 0.5), (3000,)),
    "percentile, p99 of a queue": (waiting(99, 0.5), (3000,)),
    "mean of a queue": (mean_wait(0.5), (3000,)), "share of a total": (kept_of_worth, (300, 3000)),
    "rings a month": (rings, (100, 300)), "curve of looks, second": (curve_at(2), (300,)),
    "curve of looks, tenth": (curve_at(10), (500, 1000)), "unseen share": (never_looked_at, (300,)),
    "share clicked in a bin": (one_bin, (300, 3000)),
    "further run, normal": (further(lambda rng, n: rng.normal(size=n)), (5, 10)),
    "further run, factors": (further(lambda rng, n: rng.lognormal(0, 0.3, n)), (5, 10)),
}
FALLS_SHORT = {"share of a total": (kept_of_worth, 30)}
SLOW = {"curve of looks, second", "curve of looks, tenth", "unseen share", "rings a month"}


def trials_of(name, n):
    return 600 if n <= 300 and name not in SLOW else 300


@pytest.mark.parametrize(("name", "n"), rows_of(COVERS))
def test_a_95_percent_interval_holds_the_truth(name, n):
    check_held(COVERS[name][0], n, trials_of(name, n))


@pytest.mark.parametrize("name", FALLS_SHORT)
def test_where_a_docstring_warns_the_interval_does_fall_short(name):
    made, n = FALLS_SHORT[name]
    check_short(made, n, trials_of(name, n))
