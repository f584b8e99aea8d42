"""What hedging costs, how retries make an outage worse, what refusing and batches are worth, in virtual time.

Each experiment is one run under one seed and answers a few named numbers; `over_seeds` repeats it under others and
gives the mean of each with its interval. Arrivals are independent; service times are exponential with mean
`service_ms`, but for batches, whose time is set by their size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from course_lib.contracts import ArgumentError, check_finite
from course_lib.serving.load import poisson_arrivals
from course_lib.serving.loadgen.percentiles import mean_interval, percentile
from course_lib.serving.loadgen.virtual import Clock, Servers
from course_lib.serving.loadgen.virtual_clients import live
from course_lib.serving.service.second_tries import RetryBudget


def over_seeds(run: Callable[[int], dict[str, float]], seeds: Sequence[int] = range(10), level: float = 0.95):
    """A table with a row a number: name, mean, low, high (t interval over runs).

    run: seed → {name: number}, all finite. seeds: at least 2; each run is independent of the others. What every run
    answers as an int was counted in whole units (seconds, requests): runs that agree on one may still lie up to half a
    unit from it, so that such a number is never taken for certain.
    Raises ArgumentError on fewer seeds, and on a number that is not finite.
    """
    import pandas as pd

    if len(seeds) < 2 or not 0 < level < 1:
        raise ArgumentError(f"there are {len(seeds)} seeds, level is {level}; expected at least 2 and a level between "
                            f"0 and 1.")
    runs = pd.DataFrame([run(seed) for seed in seeds])
    check_finite(**runs)
    rows = [(name, *mean_interval(runs[name], level, step=float(runs[name].dtype.kind == "i"))) for name in runs]
    return pd.DataFrame(rows, columns=["name", "mean", "low", "high"])


def hedging(seed: int, *, after_ms: float = np.inf, load: float = 0.3, service_ms: float = 5.0, slow: float = 0.01,
            slow_times: float = 20.0, n: int = 20_000, cancel: bool = False) -> dict[str, float]:
    """Two replicas, of which each read is slow now and then; after `after_ms` the other one is asked, too.

    load: of each replica without hedging. slow: the share of reads that take slow_times as long (a pause, a cold page).
    Returns p50_ms, p99_ms, p99.9_ms, asked (attempts a request), load (as it was).
    """
    rng, clock = np.random.default_rng(seed), Clock()
    ordinary_ms = service_ms / (1 + slow * (slow_times - 1))

    def service(jobs: int, now: float) -> float:
        return rng.exponential(ordinary_ms) * (slow_times if rng.random() < slow else 1.0)

    replicas = [Servers(clock, service), Servers(clock, service)]
    arrival = poisson_arrivals(rng, n, 2000 * load / service_ms)
    got = live(clock, arrival, replicas, hedge_after_ms=after_ms, cancel=cancel)
    work = sum(servers.busy_ms for servers in replicas)
    return {"p50_ms": percentile(got.latency_ms, 50), "p99_ms": percentile(got.latency_ms, 99),
            "p99.9_ms": percentile(got.latency_ms, 99.9), "asked": got.attempts.mean(),
            "load": work / (2 * clock.now)}


def outage(seed: int, *, retries: int = 0, budget: float | None = None, cancel: bool = False, load: float = 0.5,
           service_ms: float = 5.0, timeout_ms: float = 50.0, start_s: float = 10.0, end_s: float = 15.0,
           until_s: float = 40.0, times: float = 5.0, places: float = np.inf) -> dict[str, float]:
    """A server that is `times` as slow from start_s to end_s, and people who try again when it takes too long.

    retries: per person, at once. budget: share of first attempts that may be retried, for all together; None: no
    bound. cancel: the server skips those who have gone. places: it refuses beyond that many. Returns the shares
    answered before people gave up: before, during, after (the last third of what follows), asked (attempts a request),
    and bad_s: of the seconds after the outage, those in which fewer than nine in ten were answered.
    """
    rng, clock = np.random.default_rng(seed), Clock()

    def service(jobs: int, now: float) -> float:
        slowed = times if 1000 * start_s <= now < 1000 * end_s else 1.0
        return rng.exponential(service_ms) * slowed

    rate = 1000 * load / service_ms
    arrival = poisson_arrivals(rng, int(rate * until_s), rate)
    server = Servers(clock, service, places=places)
    got = live(clock, arrival, [server], timeout_ms=timeout_ms, retries=retries, cancel=cancel,
               budget=None if budget is None else RetryBudget(budget, held=0))
    limit, end = timeout_ms * (1 + retries), 1000 * min(until_s, arrival[-1] / 1000)
    late = 1000 * (end_s + (until_s - end_s) * 2 / 3)
    seconds = np.arange(1000 * end_s, end - 1000, 1000)
    bad = [second for second in seconds if got.within(limit, second, second + 1000) < 0.9]
    return {"before": got.within(limit, 0, 1000 * start_s), "during": got.within(limit, 1000 * start_s, 1000 * end_s),
            "after": got.within(limit, late), "asked": got.attempts.mean(), "bad_s": len(bad)}


def overload(seed: int, *, load: float = 1.2, service_ms: float = 5.0, budget_ms: float = 50.0,
             places: float = np.inf, deadline_ms: float = np.inf, n: int = 20_000) -> dict[str, float]:
    """More people than a server can serve: they queue, or are refused, or are dropped when their time is over.

    places: as many may be in the system. deadline_ms: whoever waited longer is not served. Returns in_time (share of
    all that was answered within budget_ms), refused (share that got no slate), p99_ms of those who got one, and
    wasted: the share of its answers that came too late.
    """
    rng, clock = np.random.default_rng(seed), Clock()
    server = Servers(clock, lambda jobs, now: rng.exponential(service_ms), places=places, deadline_ms=deadline_ms)
    got = live(clock, poisson_arrivals(rng, n, 1000 * load / service_ms), [server])
    answered = np.isfinite(got.latency_ms)
    return {"in_time": got.within(budget_ms), "refused": 1 - answered.mean(),
            "p99_ms": percentile(got.latency_ms[answered], 99),
            "wasted": (got.latency_ms[answered] > budget_ms).mean()}


def batching(seed: int, *, rate: float, batch: int = 1, linger_ms: float = 0.0, fixed_ms: float = 2.0,
             each_ms: float = 0.75, n: int = 20_000) -> dict[str, float]:
    """One server that takes up to `batch` requests at a time; a pass of b requests takes fixed_ms + b · each_ms.

    rate: requests a second. linger_ms: how long an idle server waits for others to come. fixed_ms and each_ms: fitted
    to measured passes, of 1 and of 32 say. Where the rate is above batch / (fixed_ms + batch · each_ms) the queue
    grows without end. Returns p50_ms, p99_ms, size (mean requests a pass) and load (share of time that it works).
    """
    rng, clock, sizes = np.random.default_rng(seed), Clock(), []

    def service(jobs: int, now: float) -> float:
        sizes.append(jobs)
        return fixed_ms + jobs * each_ms

    server = Servers(clock, service, batch=batch, linger_ms=linger_ms)
    got = live(clock, poisson_arrivals(rng, n, rate), [server])
    return {"p50_ms": percentile(got.latency_ms, 50), "p99_ms": percentile(got.latency_ms, 99),
            "size": float(np.mean(sizes)), "load": server.busy_ms / clock.now}
