"""Solutions of exercises 12.1 to 12.3, written blind."""

import itertools
import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.stats import norm


@wrong("launch.1", "The wait alone, without being served.")
def open_loop_latency(arrival_ms, service_ms):
    free, out = -np.inf, []
    for a, s in zip(arrival_ms, service_ms, strict=True):
        begin = max(a, free)
        free = begin + s
        out.append(begin - a)
    return np.array(out)


@wrong("launch.1", "The time of day of the answer, not the time since arrival.")
def open_loop_latency(arrival_ms, service_ms):
    free, out = -np.inf, []
    for a, s in zip(arrival_ms, service_ms, strict=True):
        free = max(a, free) + s
        out.append(free)
    return np.array(out)


@wrong("launch.1", "Never lets the worker be idle: each begins when the last ended, even before it has arrived.")
def open_loop_latency(arrival_ms, service_ms):
    return arrival_ms[0] + np.cumsum(service_ms) - arrival_ms


@wrong("launch.1", "Waits only for what the request before needs from its own arrival; its wait is not handed on.")
def open_loop_latency(arrival_ms, service_ms):
    wait = np.maximum(0, arrival_ms[:-1] + service_ms[:-1] - arrival_ms[1:])
    return np.r_[0, wait] + service_ms


@wrong("launch.1", "Lindley's recursion without its floor at 0: idle time is credited to later requests.")
def open_loop_latency(arrival_ms, service_ms):
    wait = np.zeros(len(arrival_ms))
    for i in range(1, len(wait)):
        wait[i] = wait[i - 1] + service_ms[i - 1] - (arrival_ms[i] - arrival_ms[i - 1])
    return np.maximum(wait, 0) + service_ms


@wrong("launch.1", "Waits for its own service time, not for that of the request before.")
def open_loop_latency(arrival_ms, service_ms):
    wait = np.zeros(len(arrival_ms))
    for i in range(1, len(wait)):
        wait[i] = max(0, wait[i - 1] + service_ms[i] - (arrival_ms[i] - arrival_ms[i - 1]))
    return wait + service_ms


@wrong("launch.1", "The closed loop: nobody ever waits.")
def open_loop_latency(arrival_ms, service_ms):
    return np.array(service_ms, dtype=float)


@wrong("launch.1", "The latest end of those before, each served at its arrival: as many workers, answers in order.")
def open_loop_latency(arrival_ms, service_ms):
    return np.maximum.accumulate(arrival_ms + service_ms) - arrival_ms


@wrong("launch.1", "Begins when the last one ended or at arrival, whichever is earlier.")
def open_loop_latency(arrival_ms, service_ms):
    free, out = arrival_ms[0], []
    for a, s in zip(arrival_ms, service_ms, strict=True):
        free = min(a, free) + s
        out.append(free - a)
    return np.array(out)


@wrong("launch.1", "In whole milliseconds: rounds what people wait.")
def open_loop_latency(arrival_ms, service_ms):
    done = np.cumsum(service_ms)
    return np.round(done + np.maximum.accumulate(arrival_ms - done + service_ms) - arrival_ms)


@wrong("launch.1", "Keeps when the last one began in place of when it ended.")
def open_loop_latency(arrival_ms, service_ms):
    begun, out = -np.inf, []
    for a, s in zip(arrival_ms, service_ms, strict=True):
        begun = max(a, begun)
        out.append(begun + s - a)
    return np.array(out)


@right("launch.1", "In one line of cumulated sums: when the worker would be done, and the latest start of a busy time.")
def open_loop_latency(arrival_ms, service_ms):
    a, s = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
    done = s.cumsum()
    return done + np.maximum.accumulate(a - (done - s)) - a


@right("launch.1", "Lindley's recursion on waits; a list.")
def open_loop_latency(arrival_ms, service_ms):
    wait, seen = 0.0, []
    for i, s in enumerate(service_ms):
        if i:
            wait = max(0.0, wait + service_ms[i - 1] - (arrival_ms[i] - arrival_ms[i - 1]))
        seen.append(float(wait + s))
    return seen


@right("launch.1", "itertools.accumulate over pairs; a Series.")
def open_loop_latency(arrival_ms, service_ms):
    pairs = list(zip(map(float, arrival_ms), map(float, service_ms), strict=True))
    ends = itertools.accumulate(pairs, lambda free, pair: max(free, pair[0]) + pair[1], initial=-math.inf)
    return pd.Series(list(ends)[1:], dtype=float) - pd.Series([a for a, _ in pairs], dtype=float)


@right("launch.1", "torch.cummax in double precision, back to numpy.")
def open_loop_latency(arrival_ms, service_ms):
    a, s = (torch.tensor(np.array(v, dtype=float)) for v in (arrival_ms, service_ms))
    before = torch.cumsum(s, 0) - s
    return (before + s + torch.cummax(a - before, 0).values - a).numpy()


@wrong("launch.2", "Rounds down.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return int(2 * (z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Takes the margin in the metric's unit, not as a share of the mean.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return math.ceil(2 * (z * standard_deviation / margin) ** 2)


@wrong("launch.2", "The variance of one mean, not that of a difference of two: no 2.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return math.ceil((z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Users of both arms, where an arm's are asked for.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return 2 * math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Leaves the power out: in half of the tests the interval reaches further down.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    return math.ceil(2 * (norm.ppf(1 - alpha / 2) * standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "z(1 − power): subtracts what the power costs.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(1 - power)
    return int(np.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2))


@wrong("launch.2", "The loss to exclude is not squared.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return math.ceil(2 * standard_deviation**2 * z**2 / (margin * mean))


@wrong("launch.2", "Adds the squares of the quantiles in place of squaring their sum.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z2 = norm.ppf(1 - alpha / 2) ** 2 + norm.ppf(power) ** 2
    return math.ceil(2 * z2 * (standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "The rule of thumb, 16 σ² / δ², whatever alpha and power are.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    return math.ceil(16 * (standard_deviation / (margin * mean)) ** 2)


@wrong("launch.2", "Not a whole number: it is not rounded up.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return 2 * standard_deviation**2 * z**2 / (margin * mean) ** 2


@wrong("launch.2", "Takes the margin for percent.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return math.ceil(2 * (z * standard_deviation / (margin / 100 * mean)) ** 2)


@wrong("launch.2", "Rounds to the nearest whole number.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return round(2 * standard_deviation**2 * z**2 / (margin * mean) ** 2)


@right("launch.2", "With the standard library; rounds up by negated floor division.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    return int(-(-2 * (z * standard_deviation / (margin * mean)) ** 2 // 1))


@right("launch.2", "np.ceil; a numpy float that is whole.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    variation = np.float64(standard_deviation) / mean
    return np.ceil(2 * variation**2 * (norm.isf(alpha / 2) - norm.isf(power)) ** 2 / margin**2)


@right("launch.2", "Searches for the least n with enough power: doubles, then halves the bracket.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    def enough(n):
        return norm.cdf(margin * mean / math.sqrt(2 * standard_deviation**2 / n) - norm.isf(alpha / 2)) >= power

    high = 1
    while not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@wrong("launch.3", "Holds at a p of exactly 0.0005, which is not below it.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = [*guardrails.values(), primary]
    if srm_p <= 0.0005:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or set(states) == {"pass"} else "hold"


@wrong("launch.3", "At exactly `decide_at` it does not yet ask for proof.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = [*guardrails.values(), primary]
    if srm_p < 0.0005:
        return "hold"
    if "fail" in states:
        return "roll back"
    if share > decide_at:
        return "ramp" if all(s == "pass" for s in states) else "hold"
    return "ramp"


@wrong("launch.3", "Looks at failures before the split: rolls back on numbers that do not count.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = [*guardrails.values(), primary]
    if "fail" in states:
        return "roll back"
    if srm_p < 0.0005:
        return "hold"
    return "ramp" if share < decide_at or all(s == "pass" for s in states) else "hold"


@wrong("launch.3", "A primary metric that fails is no reason to roll back.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if any(state == "fail" for state in guardrails.values()):
        return "roll back"
    if share < decide_at:
        return "ramp"
    return "ramp" if primary == "pass" and all(s == "pass" for s in guardrails.values()) else "hold"


@wrong("launch.3", "From `decide_at` on only the guardrails have to pass, not the primary.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if primary == "fail" or "fail" in guardrails.values():
        return "roll back"
    return "ramp" if share < decide_at or all(s == "pass" for s in guardrails.values()) else "hold"


@wrong("launch.3", "Rolls back only from `decide_at` on: early failures are ramped over.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = [*guardrails.values(), primary]
    if srm_p < 0.0005:
        return "hold"
    if share < decide_at:
        return "ramp"
    if "fail" in states:
        return "roll back"
    return "ramp" if all(s == "pass" for s in states) else "hold"


@wrong("launch.3", "One guardrail that passed is enough, beside the primary.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if primary == "fail" or "fail" in guardrails.values():
        return "roll back"
    if share < decide_at:
        return "ramp"
    return "ramp" if primary == "pass" and "pass" in guardrails.values() else "hold"
