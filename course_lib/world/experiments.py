"""What a change truly does: twin worlds, one policy each, and what their logs add up to.

`world.run(Assignment)` puts several policies into one world, where they share friends, stock and counters. Twins are
the other thing: the same people and dice in separate worlds, so that their difference is the global effect.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from multiprocessing import get_context

import numpy as np

from ..contracts import ArgumentError, DayLog
from .blocks import check_whole

METRICS = ("requests", "people", "impressions", "clicks", "dwell_s", "long_clicks", "shares", "reports", "purchases",
           "returns", "revenue")


def summary(day_log: DayLog, long_s: float = 30.0) -> dict:
    """One day in numbers: METRICS, all seen in the log; a long click has a dwell of at least `long_s` seconds."""
    shown, kinds = day_log.impressions, day_log.outcomes["kind"]
    click, dwell = shown["click"].to_numpy(), shown["dwell_s"].to_numpy(np.float64)
    counts = {name + "s": int((kinds == name).sum()) for name in ("share", "report", "purchase", "return")}
    return {"day": day_log.day, "requests": len(day_log.requests), "people": day_log.requests["user"].nunique(),
            "impressions": len(shown), "clicks": int(click.sum()), "dwell_s": float(dwell.sum()),
            "long_clicks": int((dwell >= long_s).sum()), **counts,
            "revenue": float(day_log.outcomes["value"].to_numpy(np.float64).sum())}


class _Summaries:
    """A sink that keeps numbers, not days."""

    def __init__(self, last_day):
        self.last_day, self.rows = last_day, []

    def append(self, day_log):
        self.rows.append(summary(day_log))
        self.last_day = day_log.day


def _alone(world, policy, days):
    sink = _Summaries(world.day - 1)
    world.run(policy, days, sink)
    return sink.rows


def twins(world, policies: dict, days: int, processes: int = 1):
    """Run each policy in a twin of `world`, which itself stays where it is.

    policies: name → policy or Assignment; copies run, so that they stay as they are. processes: how many to
    use; the result does not depend on it. Returns a table, one row a policy and day, with METRICS.
    """
    import pandas as pd

    check_whole("processes", processes, 1)
    if not isinstance(policies, dict) or not policies:
        raise ArgumentError(f"policies is {policies!r}; expected a dict, name → policy, of at least one.")
    jobs = [(world.fork(), deepcopy(policy), days) for policy in policies.values()]
    if processes == 1:
        rows = [_alone(*job) for job in jobs]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            rows = list(pool.map(_alone, *zip(*jobs, strict=True)))
    columns = ["day", *METRICS]
    tables = [pd.DataFrame(part, columns=columns).assign(twin=name) for name, part in zip(policies, rows, strict=True)]
    return pd.concat(tables, ignore_index=True)[["twin", *columns]]


def true_effect(world, control, treatment, days: int, metric: str = "clicks", processes: int = 1) -> float:
    """Total of a metric under `treatment` for everyone, minus that under `control` for everyone, over the days.

    Raises ArgumentError for an unknown metric.
    """
    if metric not in METRICS:
        raise ArgumentError(f"metric is {metric!r}; expected one of {', '.join(METRICS)}.")
    table = twins(world, {"control": control, "treatment": treatment}, days, processes)
    total = table.groupby("twin")[metric].sum().reindex(["control", "treatment"], fill_value=0)
    return float(total["treatment"] - total["control"])
