"""Solutions of lesson 12, written blind: from the notebook's text alone. Fourth part."""

import math

import numpy as np
import pandas as pd
from blind_book import right, wrong
from scipy.special import ndtri


@wrong("launch.1", "Time runs in whole milliseconds: fractions of arrivals and services are cut off.")
def latency_whole_ms(arrival_ms, service_ms):
    out, free = np.zeros(len(arrival_ms)), 0
    for n, (a, s) in enumerate(zip(np.asarray(arrival_ms).astype(int), np.asarray(service_ms).astype(int))):
        free = max(free, a) + s
        out[n] = free - a
    return out


@wrong("launch.1", "A request that finds the worker busy restarts it: it waits for a whole service of the one before.")
def latency_full_wait(arrival_ms, service_ms):
    out, free = [], 0.0
    for n, (a, s) in enumerate(zip(arrival_ms, service_ms)):
        waits = service_ms[n - 1] if n and a < free else 0.0
        out.append(waits + s)
        free = a + waits + s
    return np.array(out)


@right("launch.2", "Both arms' variances added one by one; numpy's ndtri, int(ceil).")
def prove_ndtri(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    variance = sum(standard_deviation**2 for _ in ("treatment", "control"))
    error = margin * mean / np.subtract(*ndtri([power, alpha / 2]))
    return int(np.ceil(variance / error**2))


@wrong("launch.2", "Rounded up to a full hundred.")
def prove_hundred(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    n = 2 * (ndtri([1 - alpha / 2, power]).sum() * standard_deviation / (margin * mean)) ** 2
    return math.ceil(n / 100) * 100


@right("launch.3", "Recursion over the rules: each is a question and what follows.")
def decide_rules(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = (*guardrails.values(), primary)
    rules = [(lambda: srm_p < 0.0005, "hold"), (lambda: states.count("fail") > 0, "roll back"),
             (lambda: share < decide_at, "ramp"), (lambda: states.count("pass") == len(states), "ramp"),
             (lambda: True, "hold")]

    def first(n):
        asks, then = rules[n]
        return then if asks() else first(n + 1)
    return first(0)


@wrong("launch.3", "Two failing guardrails are needed; one may be chance.")
def decide_two_fail(share, srm_p, guardrails, primary, *, decide_at=0.5):
    fails = sum(s == "fail" for s in guardrails.values())
    if srm_p < 0.0005:
        return "hold"
    if primary == "fail" or fails > 1 or (fails and len(guardrails) == 1):
        return "roll back"
    if share < decide_at:
        return "ramp"
    return "ramp" if primary == "pass" and all(s == "pass" for s in guardrails.values()) else "hold"


@right("launch.4", "Products of all four sums by a quotient of np.einsum; float32.")
def net_einsum(treated, control):
    (t0, t1), (c0, c1) = (np.einsum("uk->k", np.asarray(rows, dtype=np.float64)) for rows in (treated, control))
    return np.float32((t1 * c0 - t0 * c1) / (t0 * c1))


@wrong("launch.4", "Growth of everybody, treated and control together, stands below in place of control's.")
def net_of_everybody(treated, control):
    t, both = treated.sum(axis=0), np.concatenate([treated, control]).sum(axis=0)
    return float(t[1] / t[0] / (both[1] / both[0]) - 1)


@wrong("launch.4", "People of both tables are paired row by row, cut to the shorter one.")
def net_paired(treated, control):
    n = min(len(treated), len(control))
    t, c = treated[:n].sum(axis=0), control[:n].sum(axis=0)
    with np.errstate(all="ignore"):
        return float(t[1] / t[0] / (c[1] / c[0]) - 1)


@wrong("launch.5", "A click on the next creator ends the count: only runs of one person's clicks are added up.")
def clickers_runs(user, owner, n_owners):
    rows = pd.DataFrame({"u": np.asarray(user, dtype=int), "o": np.asarray(owner, dtype=int)})
    run = (rows != rows.shift()).any(axis=1).cumsum()
    c = rows.groupby(run.rename("run"))["o"].agg(["first", "size"])
    total = c.groupby("first")["size"].sum().reindex(range(n_owners), fill_value=0)
    square = (c["size"] ** 2).groupby(c["first"]).sum().reindex(range(n_owners), fill_value=0)
    return (total**2 / square.clip(lower=1)).to_numpy(float)
