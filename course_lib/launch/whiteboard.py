"""What an interviewer asks for at a whiteboard, as functions: capacity, machines, a budget, a metric tree, a page.

All of it is arithmetic on plain numbers; the point of each is the factor that is left out under pressure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

SECONDS_A_DAY = 86_400


def capacity(users_a_day: float, requests_a_user: float, peak: float, ms: float, busy: float) -> tuple[float, int]:
    """Requests a second at the peak, and the workers that serve them.

    users_a_day: people. requests_a_user: per day. peak: how many times the day's mean the busiest hour has.
    ms: what a request keeps one worker busy. busy: the share of time a worker may be busy, 0 to 1.
    Returns (requests a second, whole workers): (300.0, 10) for 864,000 people with 10 requests
    each, a peak of 3, 20 ms and 0.6.

    Source: Little 1961: requests in service = requests a second × seconds each.
    """
    per_second = users_a_day * requests_a_user * peak / SECONDS_A_DAY
    return per_second, math.ceil(per_second * ms / 1000 / busy)


def machines(items: float, bytes_each: float, machine_gb: float, usable: float, copies: int) -> tuple[int, int]:
    """Shards of an index that is swapped while it serves, and the machines that hold every copy of them.

    items: vectors. bytes_each: of one vector in the index. machine_gb: memory of a machine, 10⁹ bytes. usable: the
    share of it that an index may take. copies: of every shard. While a new index replaces the old one, both are in
    memory. Returns (shards, machines): (1, 2) for a million vectors of 100 bytes in two copies, on machines of 1 GB.
    """
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


def request_quantile(ms: Mapping[str, np.ndarray], plan: Sequence[Sequence[str]], q: float = 0.99) -> float:
    """The quantile of a request's time, from what each part of it took, request by request.

    ms: part -> float (R,), milliseconds of the same R requests. plan: steps one after the other; the parts of a step
    run at the same time, so a step takes as long as its slowest. q: 0 to 1.
    Returns ms; with one part, that part's own quantile.
    """
    return float(np.quantile(sum(np.max([ms[part] for part in step], axis=0) for step in plan), q))


def contributions(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What each factor of a product contributes to the product's change, in the product's own unit.

    before, after: factor -> positive number, the same factors; the metric is their product.
    Returns factor -> contribution; they add up to product(after) − product(before), whatever the order of factors.

    Source: Ang 2005, the logarithmic mean Divisia index, doi:10.1016/j.enpol.2003.10.010.
    """
    start, end = (math.prod(side.values()) for side in (before, after))
    scale = start if math.isclose(start, end) else (end - start) / math.log(end / start)
    return {name: scale * math.log(after[name] / before[name]) for name in before}


def should_page(bad, total, promise: float, long: int, short: int, burn: float) -> np.ndarray:
    """Minute by minute: is the error budget burning so fast that somebody has to be woken?

    bad, total: int (M,), failed and all requests of each minute. promise: share that must not fail, such as 0.999.
    long, short: minutes of two windows that end with this minute (at the start: the minutes there are). burn: how many
    times the allowed share of failures is too many.
    Returns bool (M,): the share of failures lies above burn × (1 − promise) in *both* windows.

    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    def share(window):
        failed, asked = (_last(counts, window) for counts in (bad, total))
        return failed / np.maximum(asked, 1)
    limit = burn * (1 - promise)
    return (share(long) > limit) & (share(short) > limit)


def _last(counts, window: int) -> np.ndarray:
    """Sums over the last `window` minutes, this one included."""
    total = np.concatenate([[0], np.cumsum(counts)])
    end = np.arange(1, len(total))
    return total[end] - total[np.maximum(end - window, 0)]
