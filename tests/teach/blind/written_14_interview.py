"""Solutions of exercises 14.1 to 14.3, written blind."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("interview.1", "Workers for the day's mean rate, not for the peak.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    mean = users_a_day * requests_a_user / 86_400
    return mean * peak, math.ceil(mean * ms / 1000 / busy)


@wrong("interview.1", "Rounds the workers down.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400 * peak
    return rate, int(rate * ms / 1000 / busy)


@wrong("interview.1", "Rounds the workers to the nearest whole number, up or down.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400 * peak
    return rate, round(rate * ms / 1000 / busy)


@wrong("interview.1", "Multiplies by the share that a worker may be busy: fewer workers, not more.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400 * peak
    return rate, math.ceil(rate * ms / 1000 * busy)


@wrong("interview.1", "Takes ms for seconds.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / (24 * 3600)
    return rate, math.ceil(rate * ms / busy)


@wrong("interview.1", "Divides by the idle share, 1 − busy.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user * peak / (24 * 3600)
    return rate, math.ceil(rate * ms / 1000 / (1 - busy))


@wrong("interview.1", "Requests an hour, not a second.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 24 * peak
    return rate, math.ceil(rate / 3600 * ms / 1000 / busy)


@wrong("interview.1", "The busiest hour has the mean and `peak` times the mean on top.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400 * (1 + peak)
    return rate, math.ceil(rate * ms / 1000 / busy)


@wrong("interview.1", "A worker's requests a second are rounded down to whole ones before the division.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400 * peak
    each = max(1, int(1000 * busy // ms))
    return rate, math.ceil(rate / each)


@wrong("interview.1", "Forgets that a worker may not be busy all the time.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user / 86_400 * peak
    return rate, math.ceil(rate * ms / 1000)


@wrong("interview.1", "One request a person: requests_a_user is left out.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day / 86_400 * peak
    return rate, math.ceil(rate * ms / 1000 / busy)


@wrong("interview.1", "Cuts the rate to a whole number of requests a second, so a small service has none.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = users_a_day * requests_a_user // 86_400 * peak
    return rate, math.ceil(rate * ms / 1000 / busy)


@right("interview.1", "In exact fractions of the numbers as they are written; a list.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    people, each, times, took, share = (Fraction(str(v)) for v in (users_a_day, requests_a_user, peak, ms, busy))
    rate = people * each * times / 86_400
    return [float(rate), math.ceil(rate * took / 1000 / share)]


@right("interview.1", "numpy scalars; one worker's rate first.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    rate = np.float64(users_a_day) * requests_a_user * peak / (24 * 60 * 60)
    a_worker = busy * 1000 / ms
    return rate, np.ceil(rate / a_worker).astype(int)


@right("interview.1", "A guard against the last bit before rounding up.")
def capacity(users_a_day, requests_a_user, peak, ms, busy):
    seconds = pd.Timedelta(days=1).total_seconds()
    rate = peak * (users_a_day * requests_a_user / seconds)
    return rate, math.ceil(rate * (ms / 1000) / busy - 1e-9)


@wrong("interview.2", "Forgets the swap: room for one index, not for the old and the new.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


@wrong("interview.2", "Takes a GB for 2³⁰ bytes.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 2**30 * usable))
    return shards, shards * copies


@wrong("interview.2", "Rounds down.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = max(1, int(2 * items * bytes_each / (machine_gb * 1e9 * usable)))
    return shards, shards * copies


@wrong("interview.2", "Machines by memory alone: the copies of different shards share machines.")
def machines(items, bytes_each, machine_gb, usable, copies):
    need, room = 2 * items * bytes_each, machine_gb * 1e9 * usable
    return math.ceil(need / room), math.ceil(need * copies / room)


@wrong("interview.2", "Ignores `usable`: the index may have the whole machine.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9))
    return shards, shards * copies


@wrong("interview.2", "Takes `usable` for the share that is reserved for others.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * (1 - usable)))
    return shards, shards * copies


@wrong("interview.2", "Adds the copies to the shards in place of multiplying.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards + copies


@wrong("interview.2", "Cuts the copies into shards as well: the number of shards grows with copies.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each * copies / (machine_gb * 1e9 * usable))
    return shards, shards


@wrong("interview.2", "Rounds up one index and doubles the shards, though two small ones fit side by side.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = 2 * math.ceil(items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * copies


@wrong("interview.2", "One shard more than needed where the index fits exactly.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = int(2 * items * bytes_each // (machine_gb * 1e9 * usable)) + 1
    return shards, shards * copies


@wrong("interview.2", "Takes `copies` for those beside the shard itself.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, shards * (copies + 1)


@wrong("interview.2", "Doubles the machines for the swap as well as the memory.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards, 2 * shards * copies


@wrong("interview.2", "Machines first, shards second.")
def machines(items, bytes_each, machine_gb, usable, copies):
    shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))
    return shards * copies, shards


@right("interview.2", "Exact fractions of the numbers as they are written; a list.")
def machines(items, bytes_each, machine_gb, usable, copies):
    room = Fraction(str(machine_gb)) * 10**9 * Fraction(str(usable)) / 2
    shards = math.ceil(Fraction(str(items)) * Fraction(str(bytes_each)) / room)
    return [shards, shards * copies]


@right("interview.2", "In gigabytes, rounded up by numpy; whole numpy floats.")
def machines(items, bytes_each, machine_gb, usable, copies):
    both_gb = 2 * items * bytes_each / 1e9
    shards = np.ceil(both_gb / (usable * machine_gb))
    return shards, copies * shards


@right("interview.2", "Adds shards until both indexes fit.")
def machines(items, bytes_each, machine_gb, usable, copies):
    need, room, shards = 2 * items * bytes_each, machine_gb * 1e9 * usable, 1
    while need > shards * room:
        shards += 1
    return shards, sum(copies for _ in range(shards))


@wrong("interview.3", "Adds up the steps' quantiles.")
def request_quantile(ms, plan, q=0.99):
    return sum(np.quantile(np.max([ms[p] for p in step], axis=0), q) for step in plan)


@wrong("interview.3", "Adds up the parts inside a step too, as if they were asked one after the other.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(sum(ms[p] for step in plan for p in step), q)


@wrong("interview.3", "The slowest step in place of the sum of the steps.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(np.max([np.max([ms[p] for p in step], axis=0) for step in plan], axis=0), q)


@wrong("interview.3", "Sums inside a step, maximum over the steps: the wrong way round.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(np.max([np.sum([ms[p] for p in step], axis=0) for step in plan], axis=0), q)
