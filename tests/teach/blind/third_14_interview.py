"""Solutions of lesson 14, written blind."""

import itertools
import math
from collections import deque
from fractions import Fraction

import numpy as np
import pandas as pd
from blind_book import right, wrong


# ---------------------------------------------------------------- 14.1

@wrong("interview.1", "Milliseconds taken for seconds.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, math.ceil(rate * ms / busy)


@wrong("interview.1", "Multiplies by the share busy: fewer workers the more idle time they are to have.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, math.ceil(rate * ms / 1000 * busy)


@wrong("interview.1", "Workers rounded down.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, int(rate * ms / 1000 / busy)


@wrong("interview.1", "Returns the day's mean rate; only the workers know of the peak.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400
    return rate, math.ceil(peak * rate * ms / 1000 / busy)


@wrong("interview.1", "A day of 1440: requests a minute, called requests a second.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / (24 * 60)
    return rate, math.ceil(rate * ms / 1000 / busy)


@wrong("interview.1", "Rounds twice: up to whole busy workers, and then up again after dividing by the share.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, math.ceil(math.ceil(rate * ms / 1000) / busy)


@wrong("interview.1", "The rate is rounded up to whole requests, which the task rules out.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = math.ceil(users_a_day * requests_a_user * peak / 86_400)
    return rate, math.ceil(rate * ms / 1000 / busy)


@wrong("interview.1", "A worker is said to serve a whole number of requests a second, rounded down.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    each = max(int(1000 * busy / ms), 1)
    return rate, math.ceil(rate / each)


@right("interview.1", "By what one worker can do a second.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = peak * (users_a_day * requests_a_user / 24 / 3600)
    one_serves = busy * 1000 / ms
    return np.float64(rate), int(np.ceil(rate / one_serves))


@right("interview.1", "Exact fractions; answers (float, int).")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    users, requests, times, each, share = (Fraction(str(v)) for v in (users_a_day, requests_a_user, peak, ms, busy))
    rate = users * requests * times / 86_400
    return float(rate), math.ceil(rate * each / 1000 / share)


@right("interview.1", "Seconds of work of the busiest hour over the seconds an hour's worker may work; ceiling by floor division.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    in_the_hour = users_a_day * requests_a_user / 24 * peak
    work_s = in_the_hour * ms / 1e3
    return [in_the_hour / 3600, -int(-work_s // (3600 * busy))]


# ---------------------------------------------------------------- 14.2

@wrong("interview.2", "Forgets the swap: only one index is in memory.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


@wrong("interview.2", "A gigabyte of 2**30 bytes.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 2**30 * usable))
    return shards, shards * copies


@wrong("interview.2", "Rounds up for one index and doubles the shards afterwards.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = 2 * math.ceil(items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


@wrong("interview.2", "The new index is built on machines of its own: the machines are doubled, not the memory.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, 2 * shards * copies


@wrong("interview.2", "Fills machines with all copies' bytes before rounding, as if two copies of different shards could share one.")
def machines(items, bytes_each, machine_gb, usable, copies):
    held = 2 * items * bytes_each / (machine_gb * 1e9 * usable)
    return math.ceil(held), math.ceil(held * copies)


@wrong("interview.2", "Copies come on top of the first one: copies + 1 of each shard.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * (copies + 1)


@wrong("interview.2", "Takes the usable share for the share that must stay free.")
def machines(items, bytes_each, machine_gb, usable, copies):
    free = max(1 - usable, 1e-9)
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * free))
    return shards, shards * copies


@wrong("interview.2", "Rounds to the nearest number of shards, at least one.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = max(1, round(2 * items * bytes_each / (machine_gb * 1e9 * usable)))
    return shards, shards * copies


@right("interview.2", "Exact fractions.")
def machines(items, bytes_each, machine_gb, usable, copies):
    room = Fraction(str(machine_gb)) * 10**9 * Fraction(str(usable))
    shards = math.ceil(2 * Fraction(str(items)) * Fraction(str(bytes_each)) / room)
    return shards, shards * int(copies)


@right("interview.2", "Gigabytes throughout and numpy's ceiling; answers an array.")
def machines(items, bytes_each, machine_gb, usable, copies):
    index_gb = items * bytes_each / 1e9
    shards = np.ceil(index_gb / (machine_gb * usable / 2))
    return np.array([shards, shards * copies]).astype(np.int64)


@right("interview.2", "Adds shards until both versions fit.")
def machines(items, bytes_each, machine_gb, usable, copies):
    both, room = 2.0 * items * bytes_each, machine_gb * 1e9 * usable
    shards = max(1, int(both / room) - 1)
    while both / shards > room:
        shards += 1
    return shards, shards * copies


# ---------------------------------------------------------------- 14.3

@wrong("interview.3", "Adds up the steps' quantiles; percentiles do not add.")
def request_quantile(ms, plan, q=0.99):
    return sum(np.quantile(np.max([ms[part] for part in step], axis=0), q) for step in plan)


@wrong("interview.3", "Parts inside a step are asked one after the other: everything is summed.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(sum(np.asarray(ms[part], float) for step in plan for part in step), q)


@wrong("interview.3", "The step's time is that of its slowest part on average, not of the slowest in this request.")
def request_quantile(ms, plan, q=0.99):
    total = 0.0
    for step in plan:
        slowest = max(step, key=lambda part: np.mean(ms[part]))
        total = total + np.asarray(ms[slowest], float)
    return np.quantile(total, q)


@wrong("interview.3", "Every part that was measured counts: those which no step names are added as steps of their own.")
def request_quantile(ms, plan, q=0.99):
    named = {part for step in plan for part in step}
    steps = [*plan, *([part] for part in ms if part not in named)]
    return np.quantile(sum(np.max([ms[part] for part in step], axis=0) for step in steps), q)


@wrong("interview.3", "A part that two steps name is counted in the first of them alone.")
def request_quantile(ms, plan, q=0.99):
    done, total = set(), 0.0
    for step in plan:
        new = [part for part in step if part not in done]
        done.update(step)
        if new:
            total = total + np.max([ms[part] for part in new], axis=0)
    return np.quantile(total, q)


@wrong("interview.3", "np.percentile with q as a share: the 0.99th percentile, near the fastest request.")
def request_quantile(ms, plan, q=0.99):
    return np.percentile(sum(np.max([ms[part] for part in step], axis=0) for step in plan), q)


@wrong("interview.3", "Nearest rank, without interpolation between two requests.")
def request_quantile(ms, plan, q=0.99):
    total = np.sort(sum(np.max([ms[part] for part in step], axis=0) for step in plan))
    return total[min(int(math.ceil(q * len(total))), len(total)) - 1 if q > 0 else 0]


@wrong("interview.3", "The mean of the parts asked together: the step does not end with the last of them.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(sum(np.mean([ms[part] for part in step], axis=0) for step in plan), q)


@right("interview.3", "numpy: a row a step, maxima inside, sum over steps.")
def request_quantile(ms, plan, q=0.99):
    n = len(next(iter(ms.values())))
    total = np.zeros(n)
    for step in plan:
        if len(step):
            total += np.vstack([np.asarray(ms[part], float) for part in step]).max(axis=0)
    return np.quantile(total, q)


@right("interview.3", "Plain Python by request, with the interpolation written out.")
def request_quantile(ms, plan, q=0.99):
    n = len(next(iter(ms.values())))
    took = sorted(math.fsum(max(float(ms[part][r]) for part in step) for step in plan if len(step)) for r in range(n))
    place = q * (n - 1)
    low = min(int(math.floor(place)), n - 1)
    high = min(low + 1, n - 1)
    return took[low] + (place - low) * (took[high] - took[low])


@right("interview.3", "pandas: one column a step, sum over columns, Series.quantile.")
def request_quantile(ms, plan, q=0.99):
    table = pd.DataFrame({part: np.asarray(times, float) for part, times in ms.items()})
    total = pd.Series(0.0, index=table.index)
    for step in plan:
        if len(step):
            total = total + table[list(step)].max(axis=1)
    return total.quantile(q)


# ---------------------------------------------------------------- 14.4

@wrong("interview.4", "One factor at a time with the others as before: the parts do not add up to the change.")
def contributions(before, after):
    metric = math.prod(before.values())
    return {name: metric * (after[name] / before[name] - 1) for name in before}


@wrong("interview.4", "Replaces the factors one after the other: adds up, but depends on their order.")
def contributions(before, after):
    held, out = dict(before), {}
    for name in before:
        was = math.prod(held.values())
        held[name] = after[name]
        out[name] = math.prod(held.values()) - was
    return out


@wrong("interview.4", "Averages over all orders (Shapley): adds up and knows no order, but it is not the log share that is asked.")
def contributions(before, after):
    orders = list(itertools.permutations(before))
    out = dict.fromkeys(before, 0.0)
    for order in orders:
        held = dict(before)
        for name in order:
            was = math.prod(held.values())
            held[name] = after[name]
            out[name] += (math.prod(held.values()) - was) / len(orders)
    return out


@wrong("interview.4", "Where the metric did not change, every part is 0, though factors moved against each other.")
def contributions(before, after):
    change = math.prod(after.values()) - math.prod(before.values())
    logs = {name: math.log(after[name] / before[name]) for name in before}
    total = sum(logs.values())
    if abs(total) < 1e-9:
        return dict.fromkeys(before, 0.0)
    return {name: change * part / total for name, part in logs.items()}


@wrong("interview.4", "Always the metric before times the log ratio: near the truth for small changes, but it does not add up.")
def contributions(before, after):
    metric = math.prod(before.values())
    return {name: metric * math.log(after[name] / before[name]) for name in before}


@wrong("interview.4", "Shares of the absolute log ratios: a factor that went the other way gets the sign of the whole.")
def contributions(before, after):
    m0, m1 = math.prod(before.values()), math.prod(after.values())
    logs = {name: math.log(after[name] / before[name]) for name in before}
    total = sum(abs(part) for part in logs.values())
    if abs(sum(logs.values())) < 1e-9:
        return {name: m0 * part for name, part in logs.items()}
    return {name: (m1 - m0) * abs(part) / total for name, part in logs.items()}


@wrong("interview.4", "Tests for 'no change' by equality: a change of rounding only is divided by another rounding.")
def contributions(before, after):
    m0, m1 = math.prod(before.values()), math.prod(after.values())
    logs = {name: math.log(after[name] / before[name]) for name in before}
    if m0 == m1:
        return {name: m0 * part for name, part in logs.items()}
    total = math.log(m1 / m0) or 1.0
    return {name: (m1 - m0) * part / total for name, part in logs.items()}


@wrong("interview.4", "Pairs factors by their place, not by their name: `after` may list them in another order.")
def contributions(before, after):
    m0, m1 = math.prod(before.values()), math.prod(after.values())
    logs = [math.log(a / b) for b, a in zip(before.values(), after.values())]
    total = sum(logs)
    mean = m0 if abs(total) < 1e-9 else (m1 - m0) / total
    return {name: mean * part for name, part in zip(before, logs)}


@right("interview.4", "The logarithmic mean of the metric by expm1, which is stable near no change.")
def contributions(before, after):
    logs = {name: math.log(after[name]) - math.log(before[name]) for name in before}
    total, metric = math.fsum(logs.values()), math.prod(before.values())
    mean = metric if abs(total) < 1e-12 else metric * math.expm1(total) / total
    return {name: mean * part for name, part in logs.items()}


@right("interview.4", "pandas Series throughout; answers a Series.")
def contributions(before, after):
    b = pd.Series({k: float(v) for k, v in before.items()})
    a = pd.Series({k: float(v) for k, v in after.items()}).reindex(b.index)
    logs = np.log(a / b)
    m0, m1 = b.prod(), a.prod()
    if np.isclose(m0, m1, rtol=1e-8, atol=0):
        return m0 * logs
    return (m1 - m0) * logs / logs.sum()


@right("interview.4", "numpy arrays aligned by name; the integral of the metric along the straight path in logs, which is the log mean.")
def contributions(before, after):
    names = list(before)
    low = np.log(np.array([before[name] for name in names], float))
    logs = np.log(np.array([after[name] for name in names], float)) - low
    total = logs.sum()
    # of x: the mean of exp(total * t) for t from 0 to 1
    mean = 1 + total / 2 + total**2 / 6 if abs(total) < 1e-6 else np.expm1(total) / total
    parts = np.exp(low.sum()) * mean * logs
    return dict(zip(names, parts))


# ---------------------------------------------------------------- 14.5

def _both(bad, total, long, short, share):
    """A helper of the wrong ones below: share(bad, total, minute, window) for both windows, (M, 2)."""
    bad, total = np.asarray(bad, float), np.asarray(total, float)
    return np.array([[share(bad, total, m, w) for w in (long, short)] for m in range(len(bad))]).reshape(-1, 2)


@wrong("interview.5", "The mean of the minutes' shares, not all failures over all requests.")
def should_page(bad, total, promise, long, short, burn):
    def share(b, t, m, w):
        window = slice(max(m - w + 1, 0), m + 1)
        return np.mean(b[window] / np.maximum(t[window], 1))

    return (_both(bad, total, long, short, share) > burn * (1 - promise)).all(axis=1)


@wrong("interview.5", "Either window is enough to ring.")
def should_page(bad, total, promise, long, short, burn):
    def share(b, t, m, w):
        window = slice(max(m - w + 1, 0), m + 1)
        return b[window].sum() / max(t[window].sum(), 1)

    return (_both(bad, total, long, short, share) > burn * (1 - promise)).any(axis=1)


@wrong("interview.5", "One minute too many in each window.")
def should_page(bad, total, promise, long, short, burn):
    def share(b, t, m, w):
        window = slice(max(m - w, 0), m + 1)
        return b[window].sum() / max(t[window].sum(), 1)

    return (_both(bad, total, long, short, share) > burn * (1 - promise)).all(axis=1)


@wrong("interview.5", "The windows end before the minute itself.")
def should_page(bad, total, promise, long, short, burn):
    def share(b, t, m, w):
        window = slice(max(m - w, 0), m)
        return b[window].sum() / max(t[window].sum(), 1)

    return (_both(bad, total, long, short, share) > burn * (1 - promise)).all(axis=1)


@wrong("interview.5", "Is silent until the long window is full.")
def should_page(bad, total, promise, long, short, burn):
    b, t = pd.Series(np.asarray(bad, float)), pd.Series(np.asarray(total, float))
    limit = burn * (1 - promise)
    return np.logical_and(*[(b.rolling(w).sum() / t.rolling(w).sum() > limit).to_numpy() for w in (long, short)])


@wrong("interview.5", "Windows centred on the minute (convolve 'same'): it looks into the future.")
def should_page(bad, total, promise, long, short, burn):
    def share(b, t, m, w):
        window = slice(max(m - w // 2, 0), m + (w - 1) // 2 + 1)
        return b[window].sum() / max(t[window].sum(), 1)

    return (_both(bad, total, long, short, share) > burn * (1 - promise)).all(axis=1)


@wrong("interview.5", "Blocks of the clock instead of the last minutes: each window starts anew at a multiple of its length.")
def should_page(bad, total, promise, long, short, burn):
    def share(b, t, m, w):
        window = slice(m // w * w, m + 1)
        return b[window].sum() / max(t[window].sum(), 1)

    return (_both(bad, total, long, short, share) > burn * (1 - promise)).all(axis=1)


@wrong("interview.5", "A window in which nobody asked counts as an outage, a share of 1.")
def should_page(bad, total, promise, long, short, burn):
    def share(b, t, m, w):
        window = slice(max(m - w + 1, 0), m + 1)
        return b[window].sum() / t[window].sum() if t[window].sum() else 1.0

    return (_both(bad, total, long, short, share) > burn * (1 - promise)).all(axis=1)


@right("interview.5", "Differences of cumulative sums.")
def should_page(bad, total, promise, long, short, burn):
    failed = np.concatenate([[0], np.cumsum(np.asarray(bad, np.int64))])
    asked = np.concatenate([[0], np.cumsum(np.asarray(total, np.int64))])
    end = np.arange(1, len(failed))
    rings = np.ones(len(end), bool)
    for minutes in (long, short):
        begin = np.maximum(end - int(minutes), 0)
        share = (failed[end] - failed[begin]) / np.maximum(asked[end] - asked[begin], 1)
        rings &= share > burn * (1 - promise)
    return rings


@right("interview.5", "pandas rolling sums from the first minute on; answers a Series.")
def should_page(bad, total, promise, long, short, burn):
    table = pd.DataFrame({"bad": np.asarray(bad, float), "total": np.asarray(total, float)})
    answer = pd.Series(True, index=table.index)
    for minutes in (long, short):
        sums = table.rolling(int(minutes), min_periods=1).sum()
        share = (sums["bad"] / sums["total"].where(sums["total"] > 0.5)).fillna(0.0)
        answer &= share / (1 - promise) > burn if promise < 1 else share > 0
    return answer


@right("interview.5", "A loop with two deques and running sums, no division; answers a list.")
def should_page(bad, total, promise, long, short, burn):
    windows = [(deque(), int(minutes), [0, 0]) for minutes in (long, short)]
    allowed, out = burn * (1 - promise), []
    for failed, asked in zip(bad, total):
        rings = True
        for held, minutes, sums in windows:
            held.append((int(failed), int(asked)))
            sums[0] += int(failed)
            sums[1] += int(asked)
            if len(held) > minutes:
                f, a = held.popleft()
                sums[0] -= f
                sums[1] -= a
            rings = rings and sums[0] > allowed * sums[1]
        out.append(rings)
    return out
