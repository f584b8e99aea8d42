"""Solutions of exercises 14.3 (the rest) to 14.5, written blind."""

import functools
import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("interview.3", "Ignores q: the 99th percentile is written into it.")
def request_quantile(ms, plan, q=0.99):
    return np.percentile(sum(np.max([ms[p] for p in step], axis=0) for step in plan), 99)


@wrong("interview.3", "np.percentile with a share: the 0.99th percentile.")
def request_quantile(ms, plan, q=0.99):
    return np.percentile(sum(np.max([ms[p] for p in step], axis=0) for step in plan), q)


@wrong("interview.3", "Each step ends with the first of its parts, not with the last.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(sum(np.min([ms[p] for p in step], axis=0) for step in plan), q)


@wrong("interview.3", "Takes \"the last of them\" for the part that is listed last.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(sum(ms[step[-1]] for step in plan), q)


@wrong("interview.3", "Of each step, the part that is slowest on average, not the slowest of each request.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(sum(ms[max(step, key=lambda p: ms[p].mean())] for step in plan), q)


@wrong("interview.3", "Adds every part that was measured, whether or not it is in the plan.")
def request_quantile(ms, plan, q=0.99):
    parallel = {p for step in plan if len(step) > 1 for p in step}
    total = sum(np.max([ms[p] for p in step], axis=0) for step in plan if len(step) > 1)
    return np.quantile(total + sum(times for p, times in ms.items() if p not in parallel), q)


@wrong("interview.3", "Sorts each part first, so that slow meets slow: the parts of one request are torn apart.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(sum(np.max([np.sort(ms[p]) for p in step], axis=0) for step in plan), q)


@wrong("interview.3", "The mean of the parts inside a step.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile(sum(np.mean([ms[p] for p in step], axis=0) for step in plan), q)


@wrong("interview.3", "Takes the maximum over the requests of each part, then over parts: one number a step.")
def request_quantile(ms, plan, q=0.99):
    return np.quantile([sum(np.max([ms[p] for p in step]) for step in plan)], q)


@right("interview.3", "pandas: a column a step; numpy float.")
def request_quantile(ms, plan, q=0.99):
    steps = pd.DataFrame({k: pd.DataFrame({p: ms[p] for p in step}).max(axis=1) for k, step in enumerate(plan)})
    return steps.sum(axis=1).quantile(q)


@right("interview.3", "Request by request in loops, quantile by hand between neighbours; a Python float.")
def request_quantile(ms, plan, q=0.99):
    n = len(next(iter(ms.values())))
    took = sorted(sum(max(float(ms[p][r]) for p in step) for step in plan) for r in range(n))
    at = q * (n - 1)
    low = math.floor(at)
    high = min(low + 1, n - 1)
    return took[low] + (at - low) * (took[high] - took[low])


@right("interview.3", "functools.reduce with np.maximum; torch's quantile in double precision.")
def request_quantile(ms, plan, q=0.99):
    steps = [functools.reduce(np.maximum, [np.asarray(ms[p], float) for p in step]) for step in plan]
    return torch.quantile(torch.from_numpy(np.sum(steps, axis=0)), q).item()


@right("interview.3", "np.percentile of 100 q, the total filled in place.")
def request_quantile(ms, plan, q=0.99):
    total = np.zeros(len(next(iter(ms.values()))))
    for step in plan:
        total += np.stack([ms[p] for p in step], axis=1).max(axis=1)
    return np.percentile(total, 100 * q)


@wrong("interview.4", "Shares by the factors' relative changes, not by their logarithms.")
def contributions(before, after):
    change = np.prod(list(after.values())) - np.prod(list(before.values()))
    own = {k: after[k] / before[k] - 1 for k in before}
    total = sum(own.values())
    return {k: change * v / total if total else 0.0 for k, v in own.items()}


@wrong("interview.4", "Each factor alone, the others as before: the parts do not add up.")
def contributions(before, after):
    metric = math.prod(before.values())
    return {k: metric * (after[k] / before[k] - 1) for k in before}


@wrong("interview.4", "One factor after another, so the parts depend on the order.")
def contributions(before, after):
    now, out = dict(before), {}
    for k in before:
        was = math.prod(now.values())
        now[k] = after[k]
        out[k] = math.prod(now.values()) - was
    return out


@wrong("interview.4", "Log ratios alone: not in the metric's unit.")
def contributions(before, after):
    return {k: math.log(after[k] / before[k]) for k in before}


@wrong("interview.4", "Shares of the change that add up to 1, not to the change.")
def contributions(before, after):
    logs = {k: math.log(after[k] / before[k]) for k in before}
    total = sum(logs.values())
    if abs(total) < 1e-12:
        return {k: math.prod(before.values()) * v for k, v in logs.items()}
    return {k: v / total for k, v in logs.items()}


@wrong("interview.4", "Where the metric did not change all parts are 0, though factors moved against each other.")
def contributions(before, after):
    logs = {k: math.log(after[k] / before[k]) for k in before}
    total, change = sum(logs.values()), math.prod(after.values()) - math.prod(before.values())
    if abs(total) < 1e-12:
        return dict.fromkeys(before, 0.0)
    return {k: change * v / total for k, v in logs.items()}


@wrong("interview.4", "Where the metric did not change: the log ratio times the factor itself, not times the metric.")
def contributions(before, after):
    logs = {k: math.log(after[k] / before[k]) for k in before}
    total, change = sum(logs.values()), math.prod(after.values()) - math.prod(before.values())
    if abs(total) < 1e-12:
        return {k: before[k] * v for k, v in logs.items()}
    return {k: change * v / total for k, v in logs.items()}


@wrong("interview.4", "Logarithms to the base 10: wrong where the metric did not change, as nothing divides them out.")
def contributions(before, after):
    logs = {k: math.log10(after[k] / before[k]) for k in before}
    total, change = sum(logs.values()), math.prod(after.values()) - math.prod(before.values())
    scale = math.prod(before.values()) if abs(total) < 1e-12 else change / total
    return {k: scale * v for k, v in logs.items()}


@wrong("interview.4", "The metric before times each log ratio, always: adds up only to first order.")
def contributions(before, after):
    metric = math.prod(before.values())
    return {k: metric * math.log(after[k] / before[k]) for k in before}


@wrong("interview.4", "The mean of the metric before and after times each log ratio: adds up only nearly.")
def contributions(before, after):
    metric = (math.prod(before.values()) + math.prod(after.values())) / 2
    return {k: metric * math.log(after[k] / before[k]) for k in before}


@wrong("interview.4", "Before less after: every sign is turned.")
def contributions(before, after):
    logs = {k: math.log(before[k] / after[k]) for k in before}
    total, change = sum(logs.values()), math.prod(before.values()) - math.prod(after.values())
    scale = math.prod(before.values()) if abs(total) < 1e-12 else change / total
    return {k: scale * v for k, v in logs.items()}


@wrong("interview.4", "Pairs the factors by their place in the dictionaries, not by their names.")
def contributions(before, after):
    names, b, a = list(before), np.array(list(before.values()), float), np.array(list(after.values()), float)
    logs, change = np.log(a / b), a.prod() - b.prod()
    scale = b.prod() if abs(logs.sum()) < 1e-12 else change / logs.sum()
    return dict(zip(names, scale * logs, strict=True))


@wrong("interview.4", "Parts of the relative change, not in the metric's own unit.")
def contributions(before, after):
    logs = {k: math.log(after[k] / before[k]) for k in before}
    total = sum(logs.values())
    scale = 1.0 if abs(total) < 1e-12 else math.expm1(total) / total
    return {k: scale * v for k, v in logs.items()}


@wrong("interview.4", "The metric is taken for the sum of its factors.")
def contributions(before, after):
    logs = {k: math.log(after[k] / before[k]) for k in before}
    total, change = sum(logs.values()), sum(after.values()) - sum(before.values())
    scale = sum(before.values()) if abs(total) < 1e-12 else change / total
    return {k: scale * v for k, v in logs.items()}


@right("interview.4", "The logarithmic mean by expm1, good near no change; numpy floats.")
def contributions(before, after):
    logs = {k: np.log(after[k]) - np.log(before[k]) for k in before}
    total = np.sum(list(logs.values()))
    scale = np.prod([float(v) for v in before.values()]) * (np.expm1(total) / total if total else 1.0)
    return {k: scale * v for k, v in logs.items()}


@right("interview.4", "Two cases told apart by math.isclose; Python floats.")
def contributions(before, after):
    old, new = math.prod(before.values()), math.prod(after[k] for k in before)
    if math.isclose(old, new, rel_tol=1e-12):
        scale = old
    else:
        scale = (new - old) / math.log(new / old)
    out = {}
    for name in after:
        out[name] = float(scale * math.log(after[name] / before[name]))
    return out


@right("interview.4", "pandas aligned by name; a Series.")
def contributions(before, after):
    b, a = pd.Series(before, dtype=float), pd.Series(after, dtype=float)
    logs = np.log(a / b)[b.index]
    total = logs.sum()
    return logs * b.prod() * (np.expm1(total) / total if abs(total) > 1e-14 else 1.0)
