"""Solutions of lesson 14, written blind: from the notebook's text alone."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("interview.1", "The workers are rounded down: one too few at the peak.")
def capacity_floor(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, int(rate * ms / 1000 / busy)


@wrong("interview.1", "A day has 24 · 60 seconds.")
def capacity_minutes(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / (24 * 60)
    return rate, math.ceil(rate * ms / 1000 / busy)


@wrong("interview.1", "Milliseconds are not turned into seconds.")
def capacity_ms(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, math.ceil(rate * ms / busy)


@wrong("interview.1", "Multiplied by the share that a worker may be busy: the busier the more workers.")
def capacity_times_busy(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, math.ceil(rate * ms / 1000 * busy)


@wrong("interview.1", "The rate is rounded up, and the workers follow from that.")
def capacity_whole_rate(users_a_day, requests_a_user, peak, ms, busy):
    rate = math.ceil(users_a_day * requests_a_user * peak / 86_400)
    return rate, math.ceil(rate * ms / 1000 / busy)


@wrong("interview.1", "The mean rate of the day: the peak is left out.")
def capacity_mean(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400
    return rate, math.ceil(rate * ms / 1000 / busy)


@wrong("interview.1", "The rate is that of the peak, but the workers are those of the mean rate.")
def capacity_mean_workers(users_a_day, requests_a_user, peak, ms, busy):
    mean = users_a_day * requests_a_user / 86_400
    return mean * peak, math.ceil(mean * ms / 1000 / busy)


@wrong("interview.1", "The share that may be idle stands below, 1 - busy.")
def capacity_idle(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, math.ceil(rate * ms / 1000 / max(1 - busy, 1e-9))


@wrong("interview.1", "Workers are rounded to the nearest.")
def capacity_nearest(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, round(rate * ms / 1000 / busy)


@wrong("interview.1", "The requests of the busiest hour, not of one second of it.")
def capacity_hour(users_a_day, requests_a_user, peak, ms, busy):
    hour = users_a_day * requests_a_user * peak / 24
    return hour, math.ceil(hour / 3600 * ms / 1000 / busy)


@wrong("interview.1", "Whole-number division for the rate.")
def capacity_whole(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user // 86_400 * peak
    return rate, math.ceil(rate * ms / 1000 / busy)


@wrong("interview.1", "Workers are not a whole number.")
def capacity_parts(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, rate * ms / 1000 / busy


@wrong("interview.1", "A worker serves a whole number of requests a second, so slow requests cost too much.")
def capacity_whole_requests(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / 86_400
    return rate, math.ceil(rate / max(math.floor(1000 * busy / ms), 1))


@right("interview.1", "Fractions of what was written down; exact until the end.")
def capacity_fraction(users_a_day, requests_a_user, peak, ms, busy):
    users, requests, times, wait, share = (Fraction(str(x)) for x in (users_a_day, requests_a_user, peak, ms, busy))
    rate = users * requests * times / 86_400
    return float(rate), math.ceil(rate * wait / 1000 / share)


@right("interview.1", "numpy scalars, minus floor of minus.")
def capacity_numpy(users_a_day, requests_a_user, peak, ms, busy):
    seconds = pd.Timedelta(days=1).total_seconds()
    rate = np.prod([users_a_day, requests_a_user, peak], dtype=float) / seconds
    return rate, -np.floor(-(rate * (ms / 1000) / busy) + 1e-9).astype(int)


@right("interview.1", "By the hour: requests of the mean hour, times the peak, over 3600 seconds.")
def capacity_by_hour(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 24 * peak / 3600
    whole, rest = divmod(rate * ms / 1000 / busy, 1)
    return rate, int(whole) + (rest > 1e-9)


@wrong("interview.2", "The index is counted once; at the swap two of them are in memory.")
def machines_once(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


@wrong("interview.2", "A GB is taken as 2^30 bytes.")
def machines_gib(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 2**30 * usable))
    return shards, shards * copies


@wrong("interview.2", "Shards are rounded down, and the last part does not fit.")
def machines_floor(items, bytes_each, machine_gb, usable, copies):
    shards = max(1, int(2 * items * bytes_each // (machine_gb * 1e9 * usable)))
    return shards, shards * copies


@wrong("interview.2", "The doubling comes after rounding: 2 · ceil.")
def machines_double_late(items, bytes_each, machine_gb, usable, copies):
    shards = 2 * math.ceil(items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


@wrong("interview.2", "All of a machine's memory is used.")
def machines_all_memory(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9))
    return shards, shards * copies


@wrong("interview.2", "The copies are packed together: the machines that hold all bytes, not shards times copies.")
def machines_packed(items, bytes_each, machine_gb, usable, copies):
    room = machine_gb * 1e9 * usable
    return math.ceil(2 * items * bytes_each / room), math.ceil(2 * items * bytes_each * copies / room)


@wrong("interview.2", "The copies are counted beside an original: copies + 1.")
def machines_original(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * (copies + 1)


@wrong("interview.2", "The old and the new one on different machines: twice the machines as well.")
def machines_twice(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(items * bytes_each * 2 / (machine_gb * 1e9 * usable))
    return shards, 2 * shards * copies


@wrong("interview.2", "The share that may not be used, 1 - usable, is taken as the room.")
def machines_rest(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / max(machine_gb * 1e9 * (1 - usable), 1))
    return shards, shards * copies


@wrong("interview.2", "The copies are among the shards.")
def machines_shards_of_copies(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable)) * copies
    return shards, shards


@wrong("interview.2", "Always one shard more than the whole part, also where it fits exactly.")
def machines_plus_one(items, bytes_each, machine_gb, usable, copies):
    shards = int(2 * items * bytes_each / (machine_gb * 1e9 * usable)) + 1
    return shards, shards * copies


@wrong("interview.2", "Machines come first and shards second.")
def machines_swapped(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards * copies, shards


@wrong("interview.2", "A megabyte in place of a gigabyte.")
def machines_mb(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e6 * usable))
    return shards, shards * copies


@right("interview.2", "Exact fractions of what was written down.")
def machines_fraction(items, bytes_each, machine_gb, usable, copies):
    need = 2 * Fraction(str(items)) * Fraction(str(bytes_each))
    shards = math.ceil(need / (10**9 * Fraction(str(machine_gb)) * Fraction(str(usable))))
    return shards, shards * copies


@right("interview.2", "Half of the room is for one index; numpy integers.")
def machines_half(items, bytes_each, machine_gb, usable, copies):
    room_of_one = machine_gb * 1e9 * usable / 2
    shards = np.int64(np.ceil(items * bytes_each / room_of_one - 1e-9))
    return shards, np.multiply(shards, copies)


@right("interview.2", "One shard more until it fits, machines by a sum.")
def machines_until(items, bytes_each, machine_gb, usable, copies):
    left, shards, room = 2.0 * items * bytes_each, 0, machine_gb * 1e9 * usable
    whole = int(left // room)
    shards = whole + (left - whole * room > 1e-6 * room)
    return shards, int(torch.full((int(copies),), shards).sum())


@wrong("interview.3", "Quantiles of the steps are added up; the slow ones are not the same requests.")
def quantile_of_steps(ms, plan, q=0.99):
    return sum(np.quantile(np.max([ms[part] for part in step], axis=0), q) for step in plan)


@wrong("interview.3", "Parts inside a step are added, as if one were asked after the other.")
def quantile_all_in_row(ms, plan, q=0.99):
    return float(np.quantile(sum(np.asarray(ms[part]) for step in plan for part in step), q))


@wrong("interview.3", "A step ends with the mean of its parts.")
def quantile_mean_of_parts(ms, plan, q=0.99):
    return float(np.quantile(np.sum([np.mean([ms[part] for part in step], axis=0) for step in plan], axis=0), q))


@wrong("interview.3", "Everything at the same time: the slowest part of all.")
def quantile_parallel(ms, plan, q=0.99):
    return float(np.quantile(np.max([ms[part] for step in plan for part in step], axis=0), q))
