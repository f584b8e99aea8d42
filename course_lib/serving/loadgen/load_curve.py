"""Throughput against latency: one run at each rate, up to where the service saturates, and where its knee is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from course_lib.contracts import ArgumentError, as_numbers
from course_lib.serving.loadgen.load_result import LoadResult
from course_lib.serving.loadgen.percentiles import SHOWN


def load_curve(run: Callable[[float], LoadResult], rates: Sequence[float], *, budget_ms: float = 50.0,
               warm_s: float = 0.0, percents=SHOWN):
    """A table with a row a rate, as far as it was run.

    run: rate a second → result, such as lambda rate: open_loop(url, poisson_due(rng, rate, 10), bodies).
    rates: ascending, a second. warm_s: seconds at the start of each run that do not count. It ends early, after the
    first rate at which half of all requests got no slate or the median is above ten budgets: more load tells nothing.
    Columns: rate, offered_per_s, slates_per_s, slates, shed, unanswered, within_budget, sent_late_p99_ms, and for each
    percentile p50, p50_low, p50_high … in ms from when requests were due to their slate, infinite for a request that
    was refused. Beyond saturation a latency grows for as
    long as the run lasts: there its interval tells nothing but that. Raises ArgumentError on rates out of order.
    """
    import pandas as pd

    rates = as_numbers("rates", rates, 1e-9)
    if rates.ndim != 1 or not len(rates) or (np.diff(rates) <= 0).any():
        raise ArgumentError(f"rates are {rates.tolist()}; expected at least one, ascending.")
    out = []
    for rate in rates.tolist():
        result = run(rate).after(warm_s)
        row = {"rate": rate} | result.summary(budget_ms)
        for found in result.percentiles(percents).itertuples():
            name = f"p{found.percent:g}"
            row |= {name: found.ms, f"{name}_low": found.low, f"{name}_high": found.high}
        out.append(row)
        if row["slates"] < 0.5 or row["p50_ms"] > 10 * budget_ms:
            break
    return pd.DataFrame(out).drop(columns=["p50_ms", "p99_ms", "p99.9_ms"])


def knee(curve, *, percentile: str = "p99", budget_ms: float = 50.0, sure: bool = True) -> float:
    """The greatest rate of a curve up to which the percentile stays within the budget at this and all lower rates.

    A refused request is infinitely late in a curve: a rate at which a service sheds more than the percentile leaves
    over, such as one in a hundred by the p99, is beyond its knee, however fast the others are answered.
    curve: from `load_curve`. sure: the upper end of the interval must be within it, too; where an interval is open
    because too few requests were sent, the rate does not count. Returns requests a second, 0 where none will do.
    Raises ArgumentError on a percentile that the curve does not have.
    """
    column = f"{percentile}_high" if sure else percentile
    if column not in curve:
        raise ArgumentError(f"the curve has no column {column}; expected one of its percentiles, such as 'p99'.")
    fits = curve[column].to_numpy() <= budget_ms
    held = int(np.argmin(fits)) if not fits.all() else len(fits)
    return float(curve["rate"].iloc[held - 1]) if held else 0.0
