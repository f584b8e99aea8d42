"""Percentiles with intervals that hold though requests wait for each other.

A percentile here is a latency that was measured: the smallest that at least that share of requests stayed within, as
HdrHistogram has it. No latency is drawn between two others, and one that never came counts as infinite.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_numbers

SHOWN = (50.0, 90.0, 99.0, 99.9)


def percentile(latency_ms, percent: float) -> float:
    """The smallest latency that at least `percent` % of requests stayed within: percentile([1, 2, 3, 4], 50) is 2.

    latency_ms: float (n,); infinity for a request that got no answer. Raises ArgumentError where there is none.
    """
    return float(_at_share(np.sort(_row(latency_ms)), _share(percent)))


def percentile_interval(latency_ms, percent: float, *, blocks: int = 20, level: float = 0.95) -> tuple[float, float]:
    """Where the service's own percentile lies: (low, high), ms, with `level` confidence.

    latency_ms: float (n,), in the order in which the requests came. A service that gets slow stays slow for a while,
    so that neighbours tell the same thing twice. How much the share of slow requests differs between `blocks`
    stretches says how many independent requests these are worth, and order statistics of that many give the interval.
    The upper end is infinite where too few requests were sent to know it: 99.9% needs thousands.
    Raises ArgumentError where there are no latencies, or blocks are below 2.

    Source: order statistics: David & Nagaraja 2003, Order Statistics, 7.1; blocks: batch means, Law 2015, Simulation
    Modeling and Analysis, 9.5.  Departs: batch means of the share above the percentile, not of the percentile itself,
    which is biased in small blocks.
    """
    from scipy.stats import binom

    blocks = as_count("blocks", blocks, 2)
    if not 0 < level < 1:
        raise ArgumentError(f"level is {level}; expected between 0 and 1, such as 0.95.")
    latency, share, tail = _row(latency_ms), _share(percent), (1 - level) / 2
    ordered = np.sort(latency)
    slow = latency > _at_share(ordered, share)
    worth = max(1, int(len(slow) / _repeats(slow, blocks, tail)))              # independent requests
    low, high = binom.ppf(tail, worth, share) / worth, (binom.ppf(1 - tail, worth, share) + 1) / worth
    return float(_at_share(ordered, low)), float(np.inf if high > 1 else _at_share(ordered, high))


def _repeats(slow: np.ndarray, blocks: int, tail: float) -> float:
    """How many times over neighbours tell the same: 1 where requests are independent. slow: bool (n,), in order."""
    from scipy.stats import norm, t

    size, share = len(slow) // blocks, slow.mean()
    if size < 2 or not 0 < share < 1:
        return 1.0
    spread = np.var([part.mean() for part in np.array_split(slow, blocks)], ddof=1)
    unsure = (t.ppf(1 - tail, blocks - 1) / norm.ppf(1 - tail)) ** 2           # of a spread from so few blocks
    return max(1.0, unsure * spread * size / (share * (1 - share)))


def mean_interval(values, level: float = 0.95, *, step: float = 0.0) -> tuple[float, float, float]:
    """The mean of independent runs with its t interval: (mean, low, high); all the same where all values are.

    values: float (n,), n at least 2. step: how finely they were counted, 1 for whole seconds. The runs then have at
    least the variance of rounding, step² / 12, so that three that agree on 21 s give 21 [20.3, 21.7].
    Raises ArgumentError on fewer values, and on a level outside 0 to 1.
    """
    from scipy.stats import t

    values = as_numbers("values", values)
    if values.ndim != 1 or len(values) < 2 or not 0 < level < 1:
        raise ArgumentError(f"values has shape {values.shape}, level is {level}; expected a row of at least 2 numbers "
                            f"and a level between 0 and 1.")
    mean, spread = values.mean(), max(values.std(ddof=1), step / np.sqrt(12))
    reach = t.ppf(0.5 + level / 2, len(values) - 1) * spread / np.sqrt(len(values))
    return float(mean), float(mean - reach), float(mean + reach)


def mean_interval_of_blocks(values, *, blocks: int = 20, level: float = 0.95) -> tuple[float, float, float]:
    """The mean with its interval, (mean, low, high), from the means of `blocks` stretches of what came in order.

    values: float (n,), n at least `blocks`. Stretches must be long beside the time that the service remembers a rush;
    in a queue at load .9 that is hundreds of services. Raises ArgumentError on fewer values than blocks.

    Source: batch means: Law 2015, Simulation Modeling and Analysis, 9.5.
    """
    values, blocks = as_numbers("values", values), as_count("blocks", blocks, 2)
    if values.ndim != 1 or len(values) < blocks or not 0 < level < 1:
        raise ArgumentError(f"values has shape {values.shape}, level is {level}; expected a row of at least {blocks} "
                            f"numbers and a level between 0 and 1.")
    means = [part.mean() for part in np.array_split(values, blocks)]
    middle, low, high = mean_interval(means, level)
    moved = float(values.mean()) - middle                   # blocks differ by one value where n is no multiple
    return middle + moved, low + moved, high + moved


def halving_ladder(latency_ms) -> list[tuple[float, float]]:
    """(percent, ms) at 0, 50, 75, 87.5 … %, each halving what is left to 100, as far as the requests reach.

    latency_ms: float (n,). These are the points of HdrHistogram's plots: the far end gets as much room as the middle.
    """
    ordered, out, left = np.sort(_row(latency_ms)), [], 1.0
    while left * len(ordered) >= 1:
        out.append((100 * (1 - left), float(_at_share(ordered, 1 - left))))
        left /= 2
    return [*out, (100.0, float(ordered[-1]))]


def _row(latency_ms) -> np.ndarray:
    latency = as_numbers("latency_ms", latency_ms, 0, infinite=True)
    if latency.ndim != 1 or not len(latency):
        raise ArgumentError(f"latency_ms has shape {latency.shape}; expected one row with a latency a request.")
    return latency


def _share(percent: float) -> float:
    return float(as_numbers("percent", percent, 0, 100)) / 100


def _at_share(ordered: np.ndarray, share: float) -> float:
    place = int(np.ceil(share * len(ordered) - 1e-9)) - 1
    return ordered[min(max(place, 0), len(ordered) - 1)]
