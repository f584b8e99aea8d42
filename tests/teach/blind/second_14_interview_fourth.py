"""Solutions of lesson 14, written blind: from the notebook's text alone. Fourth part."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd
from blind_book import right, wrong


@right("interview.1", "Decimals of what was written down.")
def capacity_decimal(users_a_day, requests_a_user, peak, ms, busy):
    users, requests, times, wait, share = (Decimal(str(x)) for x in (users_a_day, requests_a_user, peak, ms, busy))
    busy_seconds = users * requests * times * wait / 1000
    return float(users * requests * times / 86_400), math.ceil(round(busy_seconds / share / 86_400, 12))


@wrong("interview.2", "A shard holds whole gigabytes: the room is cut to a whole number first.")
def machines_whole_gb(items, bytes_each, machine_gb, usable, copies):
    room = max(int(machine_gb * usable), 1) * 10**9
    shards = math.ceil(2 * items * bytes_each / room)
    return shards, shards * copies


@wrong("interview.2", "Two shards at the least, so that one may be swapped.")
def machines_two_at_least(items, bytes_each, machine_gb, usable, copies):
    shards = max(2, math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable)))
    return shards, shards * copies


@right("interview.2", "Upwards by minus // minus, rounding taken care of.")
def machines_minus(items, bytes_each, machine_gb, usable, copies):
    room = round(machine_gb * usable * 10**9, 3)
    shards = int(-(-2 * items * bytes_each // room))
    return shards, copies * shards


@right("interview.3", "np.maximum.reduce and a sum by a fold; the list of lists as numpy slices.")
def quantile_reduce(ms, plan, q=0.99):
    steps = [np.maximum.reduce([np.asarray(ms[part], dtype=float) for part in step]) for step in plan]
    held = np.sort(np.add.reduce(steps))
    return np.interp(q * (len(held) - 1), np.arange(len(held)), held)


@right("interview.4", "Numpy, the limit relative to the metric; a dict of numpy scalars in the order of `after`.")
def parts_numpy(before, after):
    names = list(after)
    old, new = (np.array([side[name] for name in names], dtype=float) for side in (before, after))
    log = np.log(new) - np.log(old)
    metric, change = old.prod(), new.prod() - old.prod()
    scale = metric if np.abs(change) <= 1e-13 * metric else change / log.sum()
    return dict(zip(names, scale * log))


@wrong("interview.4", "The arithmetic mean of the two metrics times the log ratio: it does not quite add up.")
def parts_mean_metric(before, after):
    middle = (math.prod(before.values()) + math.prod(after.values())) / 2
    return {name: middle * math.log(after[name] / before[name]) for name in before}


@wrong("interview.4", "Always the metric after, times the log ratio: the parts do not add up.")
def parts_after_log(before, after):
    metric = math.prod(after.values())
    return {name: metric * math.log(after[name] / before[name]) for name in before}


@wrong("interview.4", "Every factor gets an equal part of the change, also one that did not move.")
def parts_equal(before, after):
    change = math.prod(after.values()) - math.prod(before.values())
    return dict.fromkeys(before, change / len(before))


@wrong("interview.5", "A page rings once, in the first minute; it should be true in every minute that burns.")
def page_edge(bad, total, promise, long, short, burn):
    rows = pd.DataFrame({"bad": bad, "total": total}).astype(float)
    rings = np.ones(len(rows), dtype=bool)
    for minutes in (long, short):
        held = rows.rolling(minutes, min_periods=1).sum()
        rings &= (held["bad"] > burn * (1 - promise) * held["total"]).to_numpy()
    return rings & ~np.concatenate([[False], rings[:-1]])
