"""Right solutions of lesson 14, written blind."""

import math
from collections import deque
from fractions import Fraction

import numpy as np
import pandas as pd
import torch
from blind_book import right


# ---------------------------------------------------------------- 14.1
@right("interview.1", "The two formulas, math.ceil.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, math.ceil(rate * ms / 1000 / busy)


@right("interview.1", "Numpy, with a tolerance where the number of workers is whole but for rounding.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    seconds_a_day = 24 * 60 * 60
    rate = np.float64(users_a_day) * requests_a_user / seconds_a_day * peak
    at_work = rate * (ms / 1e3)
    workers = at_work / busy
    nearest = np.round(workers)
    if np.isclose(workers, nearest, rtol=1e-12, atol=1e-12):
        return rate, int(nearest)
    return rate, int(np.ceil(workers))


@right("interview.1", "Exact fractions of the numbers as they are written.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    users, each, top, work, load = (Fraction(str(v)) for v in (users_a_day, requests_a_user, peak, ms, busy))
    rate = users * each * top / 86_400
    return float(rate), math.ceil(rate * work / 1000 / load)


@right("interview.1", "What one worker serves a second; a floor division turned upside down.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    assert 0 < busy <= 1 and ms > 0
    mean_rate = users_a_day * requests_a_user / (24 * 3600)
    peak_rate = mean_rate * peak
    one_serves = 1000.0 * busy / ms
    needed = round(peak_rate / one_serves, 9)
    return peak_rate, int(-(-needed // 1))


# ---------------------------------------------------------------- 14.2
@right("interview.2", "Twice the bytes over what a machine gives; math.ceil.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


@right("interview.2", "Whole vectors a machine, then whole machines; a tolerance before the floor.")
def machines(items, bytes_each, machine_gb, usable, copies):
    room = machine_gb * 1e9 * usable
    vectors = math.floor(room / (2 * bytes_each) * (1 + 1e-12))    # old and new at the same time
    assert vectors >= 1, "not even one vector fits"
    shards = -(-int(items) // vectors)
    return shards, shards * copies


@right("interview.2", "Exact fractions of the numbers as they are written.")
def machines(items, bytes_each, machine_gb, usable, copies):
    need = 2 * Fraction(str(items)) * Fraction(str(bytes_each))
    room = Fraction(str(machine_gb)) * 10**9 * Fraction(str(usable))
    shards = math.ceil(need / room)
    return shards, shards * int(copies)


@right("interview.2", "Numpy in gigabytes, half of the room for each of the two indexes, a small tolerance.")
def machines(items, bytes_each, machine_gb, usable, copies):
    index_gb = np.float64(items) * bytes_each / 1e9
    room_gb = machine_gb * usable / 2
    shards = np.ceil(index_gb / room_gb - 1e-9).astype(int)
    return shards, shards * copies


# ---------------------------------------------------------------- 14.3
@right("interview.3", "Numpy: the maximum within a step, the sum over steps, np.quantile.")
def request_quantile(ms, plan, q=0.99):
    total = 0
    for step in plan:
        if len(step):
            total = total + np.max([ms[part] for part in step], axis=0)
    return np.quantile(total, q)


@right("interview.3", "Plain Python: request by request, sorted, interpolated by hand.")
def request_quantile(ms, plan, q=0.99):
    n = len(next(iter(ms.values())))
    took = sorted(sum(max((float(ms[part][r]) for part in step), default=0.0) for step in plan) for r in range(n))
    place = q * (n - 1)
    low = min(int(math.floor(place)), n - 1)
    high = min(low + 1, n - 1)
    return took[low] + (place - low) * (took[high] - took[low])


@right("interview.3", "Pandas: a frame of parts, max over the step's columns, Series.quantile.")
def request_quantile(ms, plan, q=0.99):
    parts = pd.DataFrame({part: np.asarray(times, float) for part, times in ms.items()})
    total = pd.Series(0.0, index=parts.index)
    for step in plan:
        if not step:
            continue
        total = total + parts[list(step)].max(axis=1)
    return total.quantile(q, interpolation="linear")


@right("interview.3", "Torch: stack, amax, a sum of steps and torch.quantile in double precision.")
def request_quantile(ms, plan, q=0.99):
    times = {part: torch.tensor(np.asarray(v), dtype=torch.float64) for part, v in ms.items()}
    steps = [torch.stack([times[part] for part in step]).amax(dim=0) for step in plan if step]
    total = sum(steps, torch.zeros_like(next(iter(times.values()))))
    return torch.quantile(total, float(q)).item()


# ---------------------------------------------------------------- 14.4
@right("interview.4", "The logarithmic mean by expm1, which needs no threshold but 0 itself.")
def contributions(before, after):
    logs = {name: math.log(after[name] / before[name]) for name in before}
    metric, total = math.prod(before.values()), math.fsum(logs.values())
    scale = metric * math.expm1(total) / total if total != 0 else metric
    return {name: scale * log for name, log in logs.items()}


@right("interview.4", "Numpy: metric before and after; np.isclose for a change of no more than rounding.")
def contributions(before, after):
    names = list(before)
    if not names:
        return {}
    b = np.array([before[name] for name in names], dtype=float)
    a = np.array([after[name] for name in names], dtype=float)
    ratio = np.log(a) - np.log(b)
    was, now = b.prod(), a.prod()
    if np.isclose(was, now, rtol=1e-12, atol=0):
        parts = was * ratio
    else:
        parts = (now - was) * ratio / ratio.sum()
    return dict(zip(names, parts, strict=True))


@right("interview.4", "Pandas: Series aligned by factor; a Series is returned.")
def contributions(before, after):
    before = pd.Series(before, dtype=float)
    after = pd.Series(after, dtype=float).reindex(before.index)
    logs = np.log(after / before)
    change = after.prod() - before.prod()
    if abs(change) <= 1e-12 * before.prod():
        return logs * before.prod()
    return logs / logs.sum() * change


@right("interview.4", "Plain loops, math.isclose, shares of the log ratio; plain floats.")
def contributions(before, after):
    assert set(before) == set(after)
    metric_before = metric_after = 1.0
    for name in before:
        metric_before *= before[name]
        metric_after *= after[name]
    unchanged = math.isclose(metric_before, metric_after, rel_tol=1e-11)
    whole = None if unchanged else math.log(metric_after / metric_before)
    parts = {}
    for name in before:
        log_ratio = math.log(after[name]) - math.log(before[name])
        if unchanged:
            parts[name] = float(metric_before * log_ratio)
        else:
            parts[name] = float((metric_after - metric_before) * log_ratio / whole)
    return parts


# ---------------------------------------------------------------- 14.5
@right("interview.5", "Numpy: cumulated sums and a window's start.")
def should_page(bad, total, promise, long, short, burn):
    failed = np.concatenate([[0], np.cumsum(bad)])
    asked = np.concatenate([[0], np.cumsum(total)])
    end = np.arange(1, len(bad) + 1)

    def share(window):
        start = np.maximum(0, end - window)
        return (failed[end] - failed[start]) / np.maximum(asked[end] - asked[start], 1)

    limit = burn * (1 - promise)
    return (share(long) > limit) & (share(short) > limit)


@right("interview.5", "Pandas: rolling sums with min_periods=1; a Series is returned.")
def should_page(bad, total, promise, long, short, burn):
    table = pd.DataFrame({"bad": np.asarray(bad), "total": np.asarray(total)})
    rings = pd.Series(True, index=table.index)
    for window in (long, short):
        sums = table.rolling(int(window), min_periods=1).sum()
        share = (sums["bad"] / sums["total"]).where(sums["total"] > 0, 0.0)
        rings &= share / (1 - promise) > burn
    return rings


class _Window:
    def __init__(self, minutes):
        self.minutes, self.rows, self.bad, self.total = minutes, deque(), 0, 0

    def add(self, bad, total):
        self.rows.append((bad, total))
        self.bad += bad
        self.total += total
        if len(self.rows) > self.minutes:
            old_bad, old_total = self.rows.popleft()
            self.bad -= old_bad
            self.total -= old_total
        return self.bad / self.total if self.total else 0.0


@right("interview.5", "Two running windows on deques; a list of bools.")
def should_page(bad, total, promise, long, short, burn):
    windows = [_Window(long), _Window(short)]
    limit = burn * (1 - promise)
    rings = []
    for b, t in zip(bad, total, strict=True):
        shares = [window.add(int(b), int(t)) for window in windows]
        rings.append(all(share > limit for share in shares))
    return rings


@right("interview.5", "np.convolve with ones; failures against the budget, without a division.")
def should_page(bad, total, promise, long, short, burn):
    bad, total = np.asarray(bad, dtype=float), np.asarray(total, dtype=float)
    minutes = len(bad)
    if minutes == 0:
        return np.zeros(0, dtype=bool)

    def last(values, window):
        return np.convolve(values, np.ones(int(window)))[:minutes]

    def too_fast(window):
        allowed = burn * (1.0 - promise) * last(total, window)
        return last(bad, window) > allowed

    return np.logical_and(too_fast(long), too_fast(short))
