"""Solutions of lesson 14, written blind: from the notebook's text alone. Second part."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


def took(ms, plan):
    """What each request took, float [R]."""
    return sum(np.max([ms[part] for part in step], axis=0) for step in plan)


@wrong("interview.3", "No interpolation: the next request above.")
def quantile_higher(ms, plan, q=0.99):
    return float(np.quantile(took(ms, plan), q, method="higher"))


@wrong("interview.3", "The request in place int(q · R) of the sorted ones: no interpolation.")
def quantile_index(ms, plan, q=0.99):
    held = np.sort(took(ms, plan))
    return float(held[min(int(q * len(held)), len(held) - 1)])


@wrong("interview.3", "A part that two steps name takes its time once only.")
def quantile_once(ms, plan, q=0.99):
    seen, total = set(), 0.0
    for step in plan:
        fresh = [part for part in step if part not in seen]
        seen.update(step)
        if fresh:
            total = total + np.max([ms[part] for part in fresh], axis=0)
    return float(np.quantile(total, q))


@wrong("interview.3", "Parts that no step names are added as steps of their own.")
def quantile_unnamed(ms, plan, q=0.99):
    named = {part for step in plan for part in step}
    return float(np.quantile(took(ms, plan + [[part] for part in ms if part not in named]), q))


@wrong("interview.3", "A step ends with the fastest of its parts.")
def quantile_first(ms, plan, q=0.99):
    return float(pd.DataFrame({n: pd.DataFrame({p: ms[p] for p in step}).min(axis=1)
                               for n, step in enumerate(plan)}).sum(axis=1).quantile(q))


@wrong("interview.3", "q is handed to np.percentile, which counts from 0 to 100.")
def quantile_percent(ms, plan, q=0.99):
    return float(np.percentile(took(ms, plan), q))


@wrong("interview.3", "The 99th percentile whatever q is.")
def quantile_fixed(ms, plan, q=0.99):
    return float(np.quantile(took(ms, plan), 0.99))


@wrong("interview.3", "The slowest part of a step is chosen by its mean, once for all requests.")
def quantile_slowest_on_average(ms, plan, q=0.99):
    slowest = [max(step, key=lambda part: np.mean(ms[part])) for step in plan]
    return float(np.quantile(np.sum([ms[part] for part in slowest], axis=0), q))


@wrong("interview.3", "Adds up in the array of the first part itself, so the caller's measurements change.")
def quantile_in_place(ms, plan, q=0.99):
    total = ms[plan[0][0]]
    for part in plan[0][1:]:
        np.maximum(total, ms[part], out=total)
    for step in plan[1:]:
        total += np.max([ms[part] for part in step], axis=0)
    return float(np.quantile(total, q))


@wrong("interview.3", "The mean time of a request in place of a quantile.")
def quantile_mean(ms, plan, q=0.99):
    return float(np.mean(took(ms, plan)))


@right("interview.3", "Pure Python, the interpolation by hand.")
def quantile_python(ms, plan, q=0.99):
    n = len(next(iter(ms.values())))
    held = sorted(sum(max(float(ms[part][r]) for part in step) for step in plan) for r in range(n))
    place = q * (n - 1)
    low = min(math.floor(place), n - 1)
    return held[low] + (place - low) * (held[min(low + 1, n - 1)] - held[low])


@right("interview.3", "pandas: a column a step, summed along the row, Series.quantile.")
def quantile_pandas(ms, plan, q=0.99):
    table = pd.DataFrame(ms)
    steps = pd.concat([table[list(dict.fromkeys(step))].max(axis=1) for step in plan], axis=1)
    return steps.sum(axis=1).quantile(q)


@right("interview.3", "torch.quantile in double precision.")
def quantile_torch(ms, plan, q=0.99):
    steps = [torch.stack([torch.tensor(np.asarray(ms[part], dtype=float)) for part in step]).amax(0) for step in plan]
    return torch.stack(steps).sum(0).quantile(q).item()


@wrong("interview.4", "The differences of the factors, which do not add up and have units of their own.")
def parts_difference(before, after):
    return {name: after[name] - before[name] for name in before}


@wrong("interview.4", "Factors are exchanged one after the other: the parts depend on their order.")
def parts_in_order(before, after):
    now, out = dict(before), {}
    for name in before:
        old = math.prod(now.values())
        now[name] = after[name]
        out[name] = math.prod(now.values()) - old
    return out


@wrong("interview.4", "Each factor alone moves, the others as before: the parts do not add up.")
def parts_alone(before, after):
    metric = math.prod(before.values())
    return {name: metric * (after[name] / before[name] - 1) for name in before}


@wrong("interview.4", "No change of the metric is 0 / 0: NaN or an error.")
def parts_no_branch(before, after):
    log = pd.Series({name: np.log(after[name] / before[name]) for name in before})
    change = np.prod(list(after.values())) - np.prod(list(before.values()))
    with np.errstate(all="ignore"):
        return (log / np.float64(log.sum()) * change).to_dict()


@wrong("interview.4", "Where the metric did not change it says 0 for every factor, though they cancelled each other.")
def parts_zero(before, after):
    change = math.prod(after.values()) - math.prod(before.values())
    log = {name: math.log(after[name] / before[name]) for name in before}
    total = sum(log.values())
    if abs(total) < 1e-9:
        return dict.fromkeys(before, 0.0)
    return {name: change * part / total for name, part in log.items()}


@wrong("interview.4", "Always metric · log ratio: right where nothing changed, and it does not add up elsewhere.")
def parts_metric_log(before, after):
    metric = math.prod(before.values())
    return {name: metric * math.log(after[name] / before[name]) for name in before}


@wrong("interview.4", "Only an exact 0 is taken for no change; rounding leaves 1e-17, and the parts are nonsense.")
def parts_exact_zero(before, after):
    old, new = np.prod(list(before.values())), np.prod(list(after.values()))
    log = {name: np.log(after[name] / before[name]) for name in before}
    total = sum(log.values())
    scale = old if total == 0 else (new - old) / total
    return {name: float(scale * part) for name, part in log.items()}


@wrong("interview.4", "Logarithms to base 10: it cancels in the shares, but not where the metric did not change.")
def parts_log10(before, after):
    old, new = math.prod(before.values()), math.prod(after.values())
    log = {name: math.log10(after[name] / before[name]) for name in before}
    total = sum(log.values())
    scale = old if abs(total) < 1e-12 else (new - old) / total
    return {name: scale * part for name, part in log.items()}


@wrong("interview.4", "The two tables are zipped by position, and their factors may stand in another order.")
def parts_zipped(before, after):
    log = np.log(np.array(list(after.values())) / np.array(list(before.values())))
    old, new = np.prod(list(before.values())), np.prod(list(after.values()))
    scale = old if abs(log.sum()) < 1e-12 else (new - old) / log.sum()
    return dict(zip(before, (scale * log).tolist()))


@wrong("interview.4", "A change below 1e-6 counts as none, whatever the unit: a small metric's parts do not add up.")
def parts_absolute_limit(before, after):
    old, new = math.prod(before.values()), math.prod(after.values())
    log = {name: math.log(after[name] / before[name]) for name in before}
    scale = old if abs(new - old) < 1e-6 else (new - old) / sum(log.values())
    return {name: scale * part for name, part in log.items()}


@wrong("interview.4", "Shares of the change in percent, not in the metric's unit.")
def parts_shares(before, after):
    log = {name: math.log(after[name] / before[name]) for name in before}
    total = sum(log.values())
    old = math.prod(before.values())
    return {name: part / total if abs(total) > 1e-12 else old * part for name, part in log.items()}


@wrong("interview.4", "The change has the wrong sign: before less after.")
def parts_sign(before, after):
    log = {name: math.log(before[name] / after[name]) for name in before}
    old, new = math.prod(before.values()), math.prod(after.values())
    scale = old if abs(sum(log.values())) < 1e-12 else (new - old) / sum(math.log(after[n] / before[n]) for n in before)
    return {name: scale * part for name, part in log.items()}


@wrong("interview.4", "Shares by the size of the log ratio, without its sign: factors that went up are blamed too.")
def parts_absolute_shares(before, after):
    old, new = math.prod(before.values()), math.prod(after.values())
    log = {name: math.log(after[name] / before[name]) for name in before}
    if abs(sum(log.values())) < 1e-12:
        return {name: old * part for name, part in log.items()}
    size = sum(abs(part) for part in log.values())
    return {name: (new - old) * abs(part) / size for name, part in log.items()}


@right("interview.4", "The logarithmic mean by expm1, which needs no branch but for exactly 0.")
def parts_expm1(before, after):
    log = {name: math.log(after[name]) - math.log(before[name]) for name in before}
    total = math.fsum(log.values())
    mean = math.prod(before.values()) * (math.expm1(total) / total if abs(total) > 1e-12 else 1.0)
    return {name: mean * part for name, part in log.items()}


@right("interview.4", "pandas Series, joined by the factors' names.")
def parts_pandas(before, after):
    old, new = pd.Series(before, dtype=float), pd.Series(after, dtype=float).reindex(list(before))
    log = np.log(new / old)
    change = new.prod() - old.prod()
    return (log * (old.prod() if abs(change) <= 1e-12 * old.prod() else change / log.sum())).to_dict()


@right("interview.4", "As an integral: the factors move together on the log scale, by Gauss-Legendre in 40 points.")
def parts_integral(before, after):
    log = {name: math.log(after[name] / before[name]) for name in before}
    at, weight = np.polynomial.legendre.leggauss(40)
    path = np.exp((at + 1) / 2 * sum(log.values()))
    mean = math.prod(before.values()) * float(weight @ path) / 2
    return {name: mean * part for name, part in log.items()}
