"""Solutions of lesson 12, written blind: from the notebook's text alone."""

import math
from functools import reduce
from heapq import heappop, heappush
from itertools import accumulate
from statistics import NormalDist

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.stats import norm


@wrong("launch.1", "Only the time of being served: nobody waits.")
def latency_service(arrival_ms, service_ms):
    return np.array(service_ms, dtype=float)


@wrong("launch.1", "Only the waiting, without being served.")
def latency_waiting(arrival_ms, service_ms):
    free, out = 0.0, []
    for a, s in zip(arrival_ms, service_ms):
        begin = max(a, free)
        out.append(begin - a)
        free = begin + s
    return np.array(out)


@wrong("launch.1", "The moment of the answer, not the time since the arrival.")
def latency_moment(arrival_ms, service_ms):
    done = list(accumulate(zip(arrival_ms, service_ms), lambda free, r: max(free, r[0]) + r[1], initial=0.0))
    return np.array(done[1:])


@wrong("launch.1", "The worker is never idle: served times are added up from 0, whenever requests come.")
def latency_never_idle(arrival_ms, service_ms):
    return np.maximum(np.cumsum(service_ms) - arrival_ms, service_ms)


@wrong("launch.1", "Waits for the request just before only as if that one had begun at its arrival.")
def latency_one_back(arrival_ms, service_ms):
    out = np.array(service_ms, dtype=float)
    for n in range(1, len(out)):
        out[n] += max(0.0, arrival_ms[n - 1] + service_ms[n - 1] - arrival_ms[n])
    return out


@wrong("launch.1", "Lindley's recursion with the own time of service in place of the one before.")
def latency_own_service(arrival_ms, service_ms):
    wait, out = 0.0, []
    for n in range(len(arrival_ms)):
        if n:
            wait = max(0.0, wait + service_ms[n] - (arrival_ms[n] - arrival_ms[n - 1]))
        out.append(wait + service_ms[n])
    return np.array(out)


@wrong("launch.1", "The first request's arrival is taken as time that it waited.")
def latency_from_zero(arrival_ms, service_ms):
    out, free = [], 0.0
    for n, (a, s) in enumerate(zip(arrival_ms, service_ms)):
        free = max(a, free) + s
        out.append(free - a if n else free)
    return np.array(out)


@wrong("launch.1", "Two workers take turns: whoever is free first.")
def latency_two_workers(arrival_ms, service_ms):
    free, out = [0.0, 0.0], []
    for a, s in zip(arrival_ms, service_ms):
        done = max(a, heappop(free)) + s
        heappush(free, done)
        out.append(done - a)
    return np.array(out)


@wrong("launch.1", "The shortest of those that wait goes first, not the one that came first.")
def latency_shortest(arrival_ms, service_ms):
    left, free, out = set(range(len(arrival_ms))), 0.0, np.zeros(len(arrival_ms))
    while left:
        free = max(free, min(arrival_ms[n] for n in left))
        n = min((m for m in left if arrival_ms[m] <= free), key=lambda m: service_ms[m])
        free += service_ms[n]
        out[n] = free - arrival_ms[n]
        left.remove(n)
    return out


@wrong("launch.1", "The mean over all requests in place of each request's own time.")
def latency_mean(arrival_ms, service_ms):
    work = np.cumsum(service_ms)
    return float((work + np.maximum.accumulate(arrival_ms - work + service_ms) - arrival_ms).mean())


@wrong("launch.1", "The longest lateness so far is kept: after a queue the worker never gets free of it.")
def latency_keeps_late(arrival_ms, service_ms):
    free, late, out = 0.0, 0.0, []
    for a, s in zip(arrival_ms, service_ms):
        late = max(late, free - a)
        out.append(late + s)
        free = max(free, a) + s
    return np.array(out)


@wrong("launch.1", "A request that must wait is dropped at once and comes back as 0.")
def latency_dropped(arrival_ms, service_ms):
    free, out = -1.0, np.zeros(len(arrival_ms))
    for n, (a, s) in enumerate(zip(arrival_ms, service_ms)):
        if a >= free:
            free = a + s
            out[n] = s
    return out


@right("launch.1", "Without a loop: work so far plus the largest idle moment so far.")
def latency_cumulative(arrival_ms, service_ms):
    work = np.cumsum(service_ms, dtype=float)
    return work + np.maximum.accumulate(np.asarray(arrival_ms) - np.concatenate([[0.0], work[:-1]])) - arrival_ms


@right("launch.1", "Lindley's recursion in pure Python; a list.")
def latency_lindley(arrival_ms, service_ms):
    wait, out, before = 0.0, [], None
    for a, s in zip(map(float, arrival_ms), map(float, service_ms)):
        if before is not None:
            wait = max(0.0, wait + before[1] - (a - before[0]))
        out.append(wait + s)
        before = a, s
    return out


@right("launch.1", "A fold with reduce, a pandas Series.")
def latency_reduce(arrival_ms, service_ms):
    def serve(done, request):
        return [*done, max([*done[-1:], request[0]]) + request[1]]
    done = reduce(serve, zip(map(float, arrival_ms), map(float, service_ms)), [])
    return pd.Series(done) - np.asarray(arrival_ms)


@right("launch.1", "torch cummax in double precision.")
def latency_torch(arrival_ms, service_ms):
    a, s = (torch.tensor(np.asarray(x, dtype=float)) for x in (arrival_ms, service_ms))
    work = s.cumsum(0)
    return (work + torch.cummax(a - work + s, 0).values - a).numpy()


@wrong("launch.2", "One-sided: z(1 - alpha).")
def prove_one_sided(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha) + norm.ppf(power)
    return math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "The variance of one mean: the 2 is left out.")
def prove_one_mean(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return math.ceil((z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "The margin is taken as it is, not as a share of the mean.")
def prove_absolute(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf
    return math.ceil(2 * ((z(1 - alpha / 2) + z(power)) * standard_deviation / margin) ** 2)


@wrong("launch.2", "Rounded to the nearest number, which may be one user too few.")
def prove_rounded(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return round(float(2 * (z * standard_deviation / (margin * mean)) ** 2))


@wrong("launch.2", "int() cuts the rest off.")
def prove_cut(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return int(2 * standard_deviation**2 * z**2 / (margin * mean) ** 2)


@wrong("launch.2", "No power: half of the harmless changes would not pass.")
def prove_no_power(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    return math.ceil(2 * (norm.ppf(1 - alpha / 2) * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "The standard deviation is not squared.")
def prove_not_squared(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return math.ceil(2 * standard_deviation * z**2 / (margin * mean) ** 2)


@wrong("launch.2", "The users of both arms together.")
def prove_both_arms(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return 2 * math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "The squares of the two quantiles are added, where their sum is to be squared.")
def prove_sum_of_squares(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z2 = norm.ppf(1 - alpha / 2) ** 2 + norm.ppf(power) ** 2
    return int(np.ceil(2 * z2 * (standard_deviation / (margin * mean)) ** 2))


@wrong("launch.2", "z(1 - power) is negative: more power needs fewer users.")
def prove_power_sign(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(1 - power)
    return math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Sixteen for the quantiles, whatever alpha and the power are.")
def prove_sixteen(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    return math.ceil(16 * (standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Both ends of the interval have to be inside the margin, as in a test of equivalence.")
def prove_equivalence(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf((1 + power) / 2)
    return math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@right("launch.2", "statistics.NormalDist and whole-number division upwards.")
def prove_stdlib(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf
    errors = (z(1 - alpha / 2) - z(1 - power)) * standard_deviation / (margin * mean)
    return -int(-2 * errors * errors // 1)


@right("launch.2", "By trying: the smallest n by halving whose chance to pass is large enough.")
def prove_search(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    def passes(n):
        return norm.cdf(margin * mean / (standard_deviation * math.sqrt(2 / n)) - norm.isf(alpha / 2)) >= power
    high = 1
    while not passes(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(middle) else (middle, high)
    return high


@right("launch.2", "numpy's ceil; a float that is a whole number.")
def prove_numpy(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    spread = standard_deviation / mean
    return np.ceil(2 * (spread / margin * norm.ppf([1 - alpha / 2, power]).sum()) ** 2)
