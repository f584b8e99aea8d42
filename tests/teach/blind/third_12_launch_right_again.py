"""Right solutions of lesson 12, written blind."""

import math
from collections import Counter
from itertools import accumulate
from statistics import NormalDist

import numpy as np
import pandas as pd
import torch
from blind_book import right
from scipy import sparse
from scipy.special import ndtri
from scipy.stats import norm


# ---------------------------------------------------------------- 12.1
@right("launch.1", "A loop that remembers when the worker is free.")
def open_loop_latency(arrival_ms, service_ms):
    out, free = np.empty(len(arrival_ms)), 0.0
    for i in range(len(arrival_ms)):
        free = max(free, arrival_ms[i]) + service_ms[i]
        out[i] = free - arrival_ms[i]
    return out


@right("launch.1", "Vectorised: cumulated work and a running maximum.")
def open_loop_latency(arrival_ms, service_ms):
    arrival, service = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
    done = np.cumsum(service)
    return done + np.maximum.accumulate(arrival - (done - service)) - arrival


@right("launch.1", "Lindley's recursion of the waits with itertools.accumulate; a list is returned.")
def open_loop_latency(arrival_ms, service_ms):
    arrival = [float(a) for a in arrival_ms]
    service = [float(s) for s in service_ms]
    gaps = [b - a for a, b in zip(arrival, arrival[1:])]
    steps = [s - gap for s, gap in zip(service, gaps)]
    waits = accumulate(steps, lambda wait, step: max(0.0, wait + step), initial=0.0)
    return [wait + s for wait, s in zip(waits, service, strict=True)]


@right("launch.1", "Torch: cumsum and cummax in double precision, a tensor is returned.")
def open_loop_latency(arrival_ms, service_ms):
    arrival = torch.tensor(np.asarray(arrival_ms), dtype=torch.float64)
    service = torch.tensor(np.asarray(service_ms), dtype=torch.float64)
    work = torch.cumsum(service, dim=0)
    begun = torch.cummax(arrival - work + service, dim=0).values
    return work + begun - arrival


# ---------------------------------------------------------------- 12.2
@right("launch.2", "The formula with scipy's norm.ppf and math.ceil.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    return math.ceil(2 * (z * standard_deviation / (margin * mean)) ** 2)


@right("launch.2", "The standard library's NormalDist, a named step at a time, one user at the least.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    assert 0 < alpha < 1 and 0 < power < 1
    normal = NormalDist()
    errors_away = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
    if errors_away <= 0:
        return 1
    loss = margin * mean
    allowed_error = loss / errors_away
    n = 2 * standard_deviation**2 / allowed_error**2
    return max(1, math.ceil(n))


@right("launch.2", "Search: double n until the guardrail passes often enough, then bisect.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    needed = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)

    def enough(n):
        error = standard_deviation * math.sqrt(2 / n)
        return margin * mean / error >= needed

    high = 1
    while not enough(high):
        high *= 2
    low = high // 2                 # not enough, or 0
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high


@right("launch.2", "scipy.special.ndtri and np.ceil: a numpy float.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    relative = standard_deviation / mean
    return np.ceil(2 * relative**2 * (ndtri(power) - ndtri(alpha / 2)) ** 2 / margin**2)


# ---------------------------------------------------------------- 12.3
@right("launch.3", "A chain of ifs in the order of the text.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if primary == "fail" or "fail" in guardrails.values():
        return "roll back"
    if share < decide_at:
        return "ramp"
    if primary == "pass" and all(state == "pass" for state in guardrails.values()):
        return "ramp"
    return "hold"


@right("launch.3", "The set of states, compared with {pass}.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {primary, *guardrails.values()}
    if srm_p < 5e-4:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or states == {"pass"} else "hold"


@right("launch.3", "A table of rules, the first that holds; states counted.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    counts = Counter([*guardrails.values(), primary])
    assert set(counts) <= {"pass", "fail", "undecided"}
    rules = (
        (srm_p < 0.0005, "hold"),
        (counts["fail"] > 0, "roll back"),
        (share < decide_at, "ramp"),
        (counts["pass"] == counts.total(), "ramp"),
        (True, "hold"),
    )
    return next(action for holds, action in rules if holds)


@right("launch.3", "The worst state by rank, then match.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    rank = {"pass": 0, "undecided": 1, "fail": 2}
    worst = max([primary] + list(guardrails.values()), key=rank.__getitem__)
    match (bool(srm_p < 0.0005), worst, bool(share < decide_at)):
        case (True, _, _):
            return "hold"
        case (_, "fail", _):
            return "roll back"
        case (_, _, True) | (_, "pass", _):
            return "ramp"
        case _:
            return "hold"


# ---------------------------------------------------------------- 12.4
@right("launch.4", "Numpy: sums over people, growth over growth.")
def net_change(treated, control):
    t_before, t_now = treated.sum(axis=0)
    c_before, c_now = control.sum(axis=0)
    return (t_now / t_before) / (c_now / c_before) - 1


@right("launch.4", "Plain loops and fsum, one cross product.")
def net_change(treated, control):
    def totals(rows):
        rows = [(float(before), float(now)) for before, now in rows]
        return math.fsum(b for b, _ in rows), math.fsum(n for _, n in rows)

    before, now = totals(treated)
    base_before, base_now = totals(control)
    return (now * base_before) / (before * base_now) - 1


@right("launch.4", "Pandas: tables with named columns, growth in a helper.")
def net_change(treated, control):
    def growth(rows):
        total = pd.DataFrame(np.asarray(rows, float), columns=["before", "now"]).sum()
        return total["now"] / total["before"]

    return growth(treated) / growth(control) - 1.0


@right("launch.4", "Torch: the treated's now less what control's growth promised them, over that.")
def net_change(treated, control):
    treated = torch.tensor(np.asarray(treated), dtype=torch.float64).sum(dim=0)
    control = torch.tensor(np.asarray(control), dtype=torch.float64).sum(dim=0)
    expected = treated[0] * control[1] / control[0]
    return ((treated[1] - expected) / expected).item()


# ---------------------------------------------------------------- 12.5
@right("launch.5", "np.unique of the pairs with counts, bincount over the owners.")
def effective_clickers(user, owner, n_owners):
    user, owner = np.asarray(user, dtype=np.int64), np.asarray(owner, dtype=np.int64)
    if len(user) == 0:
        return np.zeros(n_owners)
    pairs, c = np.unique(np.stack([owner, user], axis=1), axis=0, return_counts=True)
    total = np.bincount(pairs[:, 0], weights=c, minlength=n_owners)
    squares = np.bincount(pairs[:, 0], weights=c.astype(float) ** 2, minlength=n_owners)
    return np.divide(total**2, squares, out=np.zeros(n_owners), where=squares > 0)


@right("launch.5", "A Counter of pairs and two lists; a list is returned.")
def effective_clickers(user, owner, n_owners):
    counts = Counter((int(o), int(u)) for u, o in zip(user, owner, strict=True))
    total, squares = [0] * n_owners, [0] * n_owners
    for (o, _), c in counts.items():
        total[o] += c
        squares[o] += c * c
    return [t * t / s if s else 0.0 for t, s in zip(total, squares)]


@right("launch.5", "Pandas: groupby size, then the two sums an owner; reindexed to all owners.")
def effective_clickers(user, owner, n_owners):
    clicks = pd.DataFrame({"owner": np.asarray(owner), "user": np.asarray(user)})
    if clicks.empty:
        return np.zeros(n_owners)
    c = clicks.groupby(["owner", "user"]).size()
    by_owner = c.groupby(level="owner").sum() ** 2 / (c**2).groupby(level="owner").sum()
    return by_owner.reindex(range(n_owners), fill_value=0.0).to_numpy(float)


@right("launch.5", "A sparse matrix of owners by people, duplicates summed.")
def effective_clickers(user, owner, n_owners):
    people, column = np.unique(np.asarray(user), return_inverse=True)
    shape = (n_owners, max(1, len(people)))
    counts = sparse.coo_matrix((np.ones(len(column)), (np.asarray(owner, dtype=np.int64), column.ravel())), shape=shape).tocsr()
    total = np.asarray(counts.sum(axis=1)).ravel()
    squares = np.asarray(counts.multiply(counts).sum(axis=1)).ravel()
    return np.where(squares > 0, total**2 / np.maximum(squares, 1), 0.0)
