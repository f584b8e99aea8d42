"""Right solutions of lesson 12, written blind."""

import math
from collections import Counter
from statistics import NormalDist

import numpy as np
import pandas as pd
import torch
from blind_book import right
from scipy import optimize, sparse
from scipy.stats import norm


# ---------------------------------------------------------------- 12.1


@right("launch.1", "A loop: when is the worker free?")
def open_loop_latency(arrival_ms, service_ms):
    free, latency = 0.0, []
    for came, takes in zip(arrival_ms, service_ms, strict=True):
        free = max(free, float(came)) + float(takes)
        latency.append(free - float(came))
    return latency


@right("launch.1", "Vectorised: a running sum and a running maximum.")
def open_loop_latency(arrival_ms, service_ms):
    arrival, service = np.asarray(arrival_ms, dtype=float), np.asarray(service_ms, dtype=float)
    done = np.cumsum(service)
    start = np.maximum.accumulate(arrival - (done - service))
    return start + done - arrival


@right("launch.1", "Lindley's recursion for the wait.")
def open_loop_latency(arrival_ms, service_ms):
    gaps = np.diff(np.asarray(arrival_ms, dtype=float))
    service = np.array(service_ms, dtype=float)
    wait = np.zeros(len(service))
    for i, gap in enumerate(gaps):
        wait[i + 1] = max(0.0, wait[i] + service[i] - gap)
    return wait + service


@right("launch.1", "torch with cummax.")
def open_loop_latency(arrival_ms, service_ms):
    a = torch.tensor(np.array(arrival_ms, dtype=np.float64))
    s = torch.tensor(np.array(service_ms, dtype=np.float64))
    total = torch.cumsum(s, dim=0)
    begun = torch.cat([torch.zeros(1, dtype=torch.float64), total[:-1]])
    return total + torch.cummax(a - begun, dim=0).values - a


# ---------------------------------------------------------------- 12.2


@right("launch.2", "In closed form, scipy's quantiles.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    z = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    n = 2 * (max(z, 0.0) * standard_deviation / (margin * mean)) ** 2
    return max(1, math.ceil(n))


@right("launch.2", "The standard library, numpy's ceiling.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    normal = NormalDist()
    loss = margin * mean
    z_sum = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
    if z_sum <= 0:
        return 1
    return np.ceil(2 * standard_deviation**2 * z_sum**2 / loss**2)


def _chance_to_pass(n, loss, sd, alpha):
    return norm.cdf(loss / (sd * math.sqrt(2 / n)) - norm.isf(alpha / 2))


@right("launch.2", "Doubling and halving over whole numbers until the power is there.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    loss, high = margin * mean, 1
    while _chance_to_pass(high, loss, standard_deviation, alpha) < power:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if _chance_to_pass(middle, loss, standard_deviation, alpha) < power:
            low = middle
        else:
            high = middle
    return high


@right("launch.2", "A root of the power in the standard error.")
def users_to_prove(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    edge = norm.ppf(1 - alpha / 2)
    if power <= alpha / 2:
        return 1
    # loss = (edge + z) standard errors; find by how many the loss has to lie off
    off = optimize.brentq(lambda steps: norm.cdf(steps - edge) - power, 0.0, 60.0, xtol=1e-14, rtol=1e-14)
    error = mean * margin / off
    return int(np.ceil(2 * (standard_deviation / error) ** 2))


# ---------------------------------------------------------------- 12.3


@right("launch.3", "Early returns in the order of the text.")
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


@right("launch.3", "A set of the states.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {primary, *guardrails.values()}
    assert states <= {"pass", "fail", "undecided"}, states
    if srm_p < 5e-4:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or states == {"pass"} else "hold"


@right("launch.3", "match with guards.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    all_states = [*guardrails.values(), primary]
    match (srm_p < 0.0005, any(s == "fail" for s in all_states), share < decide_at):
        case (True, _, _):
            return "hold"
        case (_, True, _):
            return "roll back"
        case (_, _, True):
            return "ramp"
        case _:
            return "ramp" if all_states.count("pass") == len(all_states) else "hold"


@right("launch.3", "A table of rules, the first that applies.")
def decide(share, srm_p, guardrails, primary, *, decide_at=0.5):
    grade = {"fail": 0, "undecided": 1, "pass": 2}
    worst = min([grade[primary], *(grade[state] for state in guardrails.values())])
    rules = [(srm_p < 0.0005, "hold"), (worst == 0, "roll back"), (share < decide_at, "ramp"), (worst == 2, "ramp"),
             (True, "hold")]
    return next(action for applies, action in rules if applies)


# ---------------------------------------------------------------- 12.4


@right("launch.4", "Sums over people, growth over growth.")
def net_change(treated, control):
    before, now = np.asarray(treated, dtype=float).sum(axis=0)
    control_before, control_now = np.asarray(control, dtype=float).sum(axis=0)
    return (now / before) / (control_now / control_before) - 1


@right("launch.4", "Plain sums of rows.")
def net_change(treated, control):
    def grown(rows):
        before = now = 0.0
        for first, second in rows:
            before += float(first)
            now += float(second)
        return now / before

    return grown(treated) / grown(control) - 1.0


@right("launch.4", "pandas: the counterfactual of the treated, and how far they are off it.")
def net_change(treated, control):
    t = pd.DataFrame(np.asarray(treated, float), columns=["before", "now"]).sum()
    c = pd.DataFrame(np.asarray(control, float), columns=["before", "now"]).sum()
    expected = t["before"] * c["now"] / c["before"]
    return (t["now"] - expected) / expected


@right("launch.4", "On the log scale, nothing left at all being a case of its own.")
def net_change(treated, control):
    t = np.sum(np.array(treated, dtype=float), axis=0)
    c = np.sum(np.array(control, dtype=float), axis=0)
    if t[1] == 0:
        return -1.0
    if t[1] < 0:
        return (t[1] * c[0]) / (t[0] * c[1]) - 1
    return math.expm1(math.log(t[1]) - math.log(t[0]) - math.log(c[1]) + math.log(c[0]))


# ---------------------------------------------------------------- 12.5


@right("launch.5", "Counters.")
def effective_clickers(user, owner, n_owners):
    total, squares = [0] * n_owners, [0] * n_owners
    pairs = Counter(zip(np.asarray(owner).tolist(), np.asarray(user).tolist(), strict=True))
    for (o, _), c in pairs.items():
        total[o] += c
        squares[o] += c * c
    return [t * t / s if s else 0.0 for t, s in zip(total, squares, strict=True)]


@right("launch.5", "np.unique of pairs, then two bincounts.")
def effective_clickers(user, owner, n_owners):
    pairs = np.column_stack([np.asarray(owner, dtype=np.int64), np.asarray(user, dtype=np.int64)])
    if len(pairs) == 0:
        return np.zeros(n_owners)
    unique, c = np.unique(pairs, axis=0, return_counts=True)
    total = np.bincount(unique[:, 0], c, n_owners)
    squares = np.bincount(unique[:, 0], c.astype(float) ** 2, n_owners)
    return np.divide(total**2, squares, out=np.zeros(n_owners), where=squares > 0)


@right("launch.5", "pandas: group by both, then by owner.")
def effective_clickers(user, owner, n_owners):
    clicks = pd.DataFrame({"owner": np.asarray(owner, dtype=int), "user": np.asarray(user, dtype=int)})
    c = clicks.groupby(["owner", "user"]).size().astype(float)
    result = c.groupby(level="owner").sum() ** 2 / (c**2).groupby(level="owner").sum()
    return result.reindex(range(n_owners), fill_value=0.0).astype(float)


@right("launch.5", "A sparse matrix of counts.")
def effective_clickers(user, owner, n_owners):
    people, who = np.unique(np.asarray(user), return_inverse=True)
    entries = (np.ones(len(who)), (np.asarray(owner, dtype=np.int64), who.ravel()))
    counts = sparse.coo_matrix(entries, shape=(n_owners, max(len(people), 1))).tocsr()
    total = np.asarray(counts.sum(axis=1)).ravel()
    squares = np.asarray(counts.multiply(counts).sum(axis=1)).ravel()
    return total**2 / np.where(squares > 0, squares, 1.0)
