"""Where the knee of a running service lies on this machine, today: what other loads of the same run are shares of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, DataError, as_count, as_numbers
from course_lib.serving.loadgen.arrivals import poisson_due
from course_lib.serving.loadgen.load_client import closed_loop, open_loop
from course_lib.serving.loadgen.load_curve import knee, load_curve
from course_lib.serving.loadgen.load_result import LoadResult
from course_lib.serving.loadgen.percentiles import percentile

SHARES = (0.7, 0.5, 0.35, 0.25, 0.15)       # of what a closed loop is served: the rates that are tried, in this order
SPARE_MS = 10.0                 # over the service's budget, for the way of request and answer


@dataclass(frozen=True)
class Knee:
    """per_second: the rate. share: of its slates the full chain gave so much in time; where that is less than what was
    asked, the machine held no rate that was tried, and this is the lowest. budget_ms: of the service meanwhile."""

    per_second: float
    share: float
    budget_ms: float

    def __str__(self) -> str:
        return (f"{self.per_second:.0f} requests a second, of which the full chain answers {self.share:.0%} in time, "
                f"with a budget of {self.budget_ms:.0f} ms")

    @property
    def in_time_ms(self) -> float:
        """What counts as in time: the budget and the way there and back."""
        return self.budget_ms + SPARE_MS


def good(result: LoadResult, within_ms: float) -> float:
    """The share of all requests that the full chain answered within `within_ms` of when they were due."""
    return float(((result.to_slate_ms <= within_ms) & (result.rung == "full")).mean())


def full_knee(service, bodies: Sequence[dict], *, least: float = 0.95, budget_ms: float = 50.0, times=(1, 2, 4, 8),
              seconds: float = 0.5, requests: int = 30, clients: int = 8, seed: int = 0) -> Knee:
    """The rate that the full chain of a service holds on this machine, found from above, in some seconds.

    One client alone tells how long a slate takes: the budget is the first of `times` budget_ms in which nine slates of
    ten fit twice and in which `clients` get some, so that what follows is the same experiment on a slow machine, by a
    slower clock. `clients` that wait for their answers tell how much the full chain does; of that SHARES are sent in
    open loop, until `least` of all slates are the full chain's and in time.

    service: a ServiceProcess; it starts afresh before each load and at the end, with no slates kept.
    seconds: of each load, longer where `requests` take longer, three times as long at most. seed: of the arrivals.
    Raises DataError where the full chain answers nothing at all.
    """
    least, seconds = float(as_numbers("least", least, 0, 1)), float(as_numbers("seconds", seconds, 1e-3))
    requests, bodies = as_count("requests", requests, 1), list(bodies)
    first = _fitting_budget(service, bodies, budget_ms, times, seconds)
    for budget in [one * budget_ms for one in sorted(times) if one * budget_ms >= first]:
        settings = {"budget_ms": budget, "warm": 0}
        service.start_afresh(**settings)
        top = closed_loop(service.url, bodies, seconds=seconds, clients=clients)
        most = top.summary()["slates_per_s"] * float((top.rung == "full").mean())
        if most > 0:
            break
    else:
        raise DataError(f"the full chain answers nothing in {budget:g} ms on this machine. Something else takes its "
                        f"processors: end that, and run this again.")
    for rate in most * np.array(SHARES):
        service.start_afresh(**settings)                    # what was too much leaves late work and an open breaker
        length = min(3 * seconds, max(seconds, requests / rate))
        due = poisson_due(np.random.default_rng(seed), rate, length)
        due = due if len(due) else np.zeros(1)
        held = Knee(float(rate), good(open_loop(service.url, due, bodies), budget + SPARE_MS), budget)
        if held.share >= least:
            break
    service.start_afresh(warm=0)
    return held


def _fitting_budget(service, bodies: list[dict], budget_ms: float, times: Sequence[float], seconds: float) -> float:
    """The first of `times` budget_ms in which nine slates of ten, asked for one after the other, fit twice."""
    service.start_afresh(budget_ms=max(times) * budget_ms, warm=0)
    alone = closed_loop(service.url, bodies, seconds=seconds, clients=1)
    takes_ms = percentile(np.where(alone.rung == "full", np.maximum(alone.to_slate_ms, 0), np.inf), 90)
    return budget_ms * next((one for one in sorted(times) if 2 * takes_ms <= one * budget_ms), max(times))


def tails(service, bodies: Sequence[dict], ways: dict[str, dict], *, shares=(0.25, 0.5, 0.8), seconds: float = 60.0,
          budget_ms: float = 50.0, times=(1, 2, 4, 8), curve_s: float = 6.0, clients: int = 32, seed: int = 0):
    """p50, p99 and p99.9 at shares of the knee, of one service in several ways, as a table with a row a way and share.

    Knee: the greatest rate up to which the p99 stays within the budget, among shares of what `clients` in closed loop
    are served; the budget is the first of `times` budget_ms that fits one slate at a time, as in `full_knee`, and in
    which every way has a knee. ways: {name: settings of ServiceSettings}; each should leave the chain its time (a long
    budget), or the ladder cuts the tail. The ways take turns within each share, so that a neighbour weighs on all.

    seconds: of each load; the p99.9 needs thousands of requests. Columns: way, share, budget_ms, per_second, requests,
    and for each percentile p50, p50_low, p50_high …, ms. Raises DataError where a way has no knee in any budget.
    """
    import pandas as pd

    if not ways or not len(shares):
        raise ArgumentError(f"there are {len(ways)} ways and {len(shares)} shares; expected at least one of each.")
    curves, bodies = {}, list(bodies)
    first = _fitting_budget(service, bodies, budget_ms, times, curve_s / 3)
    for name, settings in ways.items():
        service.start_afresh(**settings)
        top = closed_loop(service.url, bodies, seconds=curve_s, clients=clients).summary()["slates_per_s"]
        curves[name] = load_curve(
            lambda rate: open_loop(service.url, poisson_due(np.random.default_rng(seed), rate, curve_s), bodies),
            np.arange(0.2, 1.01, 0.1) * top, budget_ms=first, warm_s=curve_s / 6)
    for budget in [one * budget_ms for one in sorted(times) if one * budget_ms >= first]:
        knees = {name: knee(curve, budget_ms=budget, sure=False) for name, curve in curves.items()}
        if all(knees.values()):
            break
    else:
        without = [f"{name} at {curves[name]['rate'].iloc[0]:.0f}" for name, found in knees.items() if not found]
        raise DataError(f"{', '.join(without)} requests a second: the p99 is above {budget:g} ms even there, at a "
                        f"fifth of what is served in closed loop. Run this where less else runs.")
    rows = []
    for share in shares:
        for name, settings in ways.items():
            service.start_afresh(**settings)
            rate = share * knees[name]
            result = open_loop(service.url, poisson_due(np.random.default_rng([seed, 1]), rate, seconds), bodies)
            row = {"way": name, "share": share, "budget_ms": budget, "per_second": rate, "requests": len(result)}
            for found in result.percentiles((50, 99, 99.9)).itertuples():
                key = f"p{found.percent:g}"
                row |= {key: found.ms, f"{key}_low": found.low, f"{key}_high": found.high}
            rows.append(row)
    return pd.DataFrame(rows)
