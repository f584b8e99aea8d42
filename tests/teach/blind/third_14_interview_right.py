"""Right solutions of lesson 14, written blind."""

import math
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from functools import reduce

import numpy as np
import pandas as pd
import torch
from blind_book import right

DAY_S = 24 * 60 * 60


# ---------------------------------------------------------------- 14.1


@right("interview.1", "Little's law, straight.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400 * peak
    return rate, math.ceil(rate * ms / 1000 / busy)


@right("interview.1", "What one worker serves in a second; a rounding error buys no machine.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = peak * users_a_day * requests_a_user / DAY_S
    each = 1000 * busy / ms
    return rate, math.ceil(round(rate / each, 9))


@right("interview.1", "Decimals of what was typed.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    users, requests, times, took, share = (Decimal(str(v)) for v in (users_a_day, requests_a_user, peak, ms, busy))
    rate = users * requests * times / DAY_S
    work = users * requests * times * took / (DAY_S * 1000 * share)
    return float(rate), int(work.to_integral_value(rounding=ROUND_CEILING))


@right("interview.1", "numpy, an array of two numbers.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = np.float64(users_a_day) * requests_a_user * peak / (24 * 3600)
    busy_workers = rate * (ms / 1e3)
    return np.array([rate, np.ceil(busy_workers / busy)])


# ---------------------------------------------------------------- 14.2


@right("interview.2", "Bytes twice over bytes usable.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


@right("interview.2", "Whole vectors that a machine can hold twice.")
def machines(items, bytes_each, machine_gb, usable, copies):
    holds = math.floor(round(machine_gb * 1e9 * usable / (2 * bytes_each), 6))
    assert holds > 0, "not even one vector fits"
    shards = max(1, -(-int(items) // holds))
    return shards, shards * int(copies)


@right("interview.2", "Exact fractions of what was typed.")
def machines(items, bytes_each, machine_gb, usable, copies):
    need = 2 * Fraction(str(items)) * Fraction(str(bytes_each))
    room = Fraction(str(machine_gb)) * 10**9 * Fraction(str(usable))
    shards = math.ceil(need / room)
    return shards, shards * copies


@right("interview.2", "numpy: the ceiling, forgiving a rounding error.")
def machines(items, bytes_each, machine_gb, usable, copies):
    old_and_new = 2 * np.float64(items) * bytes_each / 1e9
    shards = np.maximum(1, np.ceil(old_and_new / (machine_gb * usable) - 1e-9)).astype(int)
    return shards, shards * copies


# ---------------------------------------------------------------- 14.3


@right("interview.3", "numpy: the slowest of each step, summed.")
def request_quantile(ms, plan, q=0.99):
    total = sum(np.max([np.asarray(ms[part], dtype=float) for part in step], axis=0) for step in plan if len(step))
    return np.quantile(total, q)


@right("interview.3", "Request by request, the quantile by hand.")
def request_quantile(ms, plan, q=0.99):
    n = len(next(iter(ms.values())))
    took = sorted(sum(max((float(ms[part][r]) for part in step), default=0.0) for step in plan) for r in range(n))
    place = q * (n - 1)
    low = math.floor(place)
    high = min(low + 1, n - 1)
    return took[low] + (place - low) * (took[high] - took[low])


@right("interview.3", "pandas: a column a step.")
def request_quantile(ms, plan, q=0.99):
    table = pd.DataFrame({part: np.asarray(times, dtype=float) for part, times in ms.items()})
    total = pd.Series(0.0, index=table.index)
    for step in filter(len, plan):
        total = total + table[list(step)].max(axis=1)
    return total.quantile(q)


@right("interview.3", "torch: maxima folded by reduce.")
def request_quantile(ms, plan, q=0.99):
    times = {part: torch.tensor(np.array(t, dtype=np.float64)) for part, t in ms.items()}
    total = torch.zeros_like(next(iter(times.values())))
    for step in plan:
        if step:
            total = total + reduce(torch.maximum, [times[part] for part in step])
    return torch.quantile(total, float(q))


# ---------------------------------------------------------------- 14.4


@right("interview.4", "Shares of the log ratio, with a case for no change.")
def contributions(before, after):
    logs = {name: math.log(after[name] / before[name]) for name in before}
    old, new = math.prod(before.values()), math.prod(after[name] for name in before)
    if math.isclose(old, new, rel_tol=1e-9):
        return {name: old * ratio for name, ratio in logs.items()}
    total = math.log(new / old)
    return {name: (new - old) * ratio / total for name, ratio in logs.items()}


@right("interview.4", "The logarithmic mean of the metric times each log ratio.")
def contributions(before, after):
    ratio = {name: math.log(after[name]) - math.log(before[name]) for name in before}
    whole = math.fsum(ratio.values())
    metric = math.prod(before.values())
    mean = metric if abs(whole) < 1e-12 else metric * math.expm1(whole) / whole
    return {name: mean * part for name, part in ratio.items()}


@right("interview.4", "pandas, aligned by the names; a Series comes back.")
def contributions(before, after):
    b = pd.Series(before, dtype=float)
    a = pd.Series(after, dtype=float).reindex(b.index)
    logs = np.log(a / b)
    change = a.prod() - b.prod()
    if np.isclose(a.prod(), b.prod(), rtol=1e-10, atol=0):
        return logs * b.prod()
    return logs / logs.sum() * change


@right("interview.4", "numpy over a list of names.")
def contributions(before, after):
    names = list(before)
    b = np.array([before[name] for name in names], dtype=float)
    a = np.array([after[name] for name in names], dtype=float)
    logs = np.log(a) - np.log(b)
    first, last = b.prod(), a.prod()
    unchanged = abs(last - first) <= 1e-11 * max(first, last)
    factor = first if unchanged else (last - first) / np.log(last / first)
    return dict(zip(names, factor * logs, strict=True))


# ---------------------------------------------------------------- 14.5


@right("interview.5", "Slices of the two windows, minute by minute.")
def should_page(bad, total, promise, long, short, burn):
    def share(minute, width):
        first = max(0, minute - width + 1)
        asked = sum(int(t) for t in total[first : minute + 1])
        failed = sum(int(x) for x in bad[first : minute + 1])
        return failed / asked if asked else 0.0

    limit = burn * (1 - promise)
    return [share(m, long) > limit and share(m, short) > limit for m in range(len(total))]


@right("interview.5", "Running sums.")
def should_page(bad, total, promise, long, short, burn):
    failed = np.concatenate([[0], np.cumsum(np.asarray(bad, dtype=np.int64))])
    asked = np.concatenate([[0], np.cumsum(np.asarray(total, dtype=np.int64))])
    end = np.arange(1, len(failed))
    ring = np.ones(len(end), dtype=bool)
    for width in (long, short):
        start = np.maximum(end - width, 0)
        ring &= (failed[end] - failed[start]) > burn * (1 - promise) * (asked[end] - asked[start])
    return ring


@right("interview.5", "pandas: rolling sums.")
def should_page(bad, total, promise, long, short, burn):
    minutes = pd.DataFrame({"bad": np.asarray(bad, float), "total": np.asarray(total, float)})

    def burning(width):
        sums = minutes.rolling(int(width), min_periods=1).sum()
        share = (sums["bad"] / sums["total"].replace(0, np.nan)).fillna(0.0)
        return share / (1 - promise) > burn

    return burning(long) & burning(short)


@right("interview.5", "torch: a convolution with ones over what was padded in front.")
def should_page(bad, total, promise, long, short, burn):
    rows = torch.tensor(np.array([bad, total], dtype=np.float64))[:, None, :]

    def share(width):
        padded = torch.nn.functional.pad(rows, (int(width) - 1, 0))
        failed, asked = torch.nn.functional.conv1d(padded, torch.ones(1, 1, int(width), dtype=torch.float64))[:, 0].round()
        return torch.where(asked > 0, failed / asked.clamp(min=1), torch.zeros_like(asked))

    limit = burn * (1.0 - promise)
    return (share(long) > limit) & (share(short) > limit)
