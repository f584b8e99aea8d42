"""Solutions of lesson 08, written blind: from the notebook's text alone. Second part."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.special import kl_div


@wrong("feature_audit.3", "The delay is forgotten: the snapshot is read at the moment of the job.")
def snapshot_no_delay(time, every_s, delay_s):
    return np.floor(time / every_s) * every_s


@wrong("feature_audit.3", "The delay is taken off the snapshot's own moment, not off the request's.")
def snapshot_minus_delay(time, every_s, delay_s):
    return np.floor(time / every_s) * every_s - delay_s


@wrong("feature_audit.3", "No job at all: what is read is always exactly `delay_s` old.")
def snapshot_stream(time, every_s, delay_s):
    return np.asarray(time, float) - delay_s


@wrong("feature_audit.3", "In the very second of its arrival a result is not read yet: ceil - 1 in place of floor.")
def snapshot_after(time, every_s, delay_s):
    return (np.ceil((time - delay_s) / every_s) - 1) * every_s


@wrong("feature_audit.3", "Rounds to the nearest multiple, which may lie in the future.")
def snapshot_round(time, every_s, delay_s):
    return np.round((time - delay_s) / every_s) * every_s


@wrong("feature_audit.3", "int() cuts towards 0, so before the first multiple the snapshot is too late.")
def snapshot_int(time, every_s, delay_s):
    return np.array([int((t - delay_s) / every_s) * every_s for t in time], dtype=float)


@wrong("feature_audit.3", "Snapshots before 0 are set to 0, though the job has always run.")
def snapshot_from_zero(time, every_s, delay_s):
    return np.maximum(0.0, np.floor((time - delay_s) / every_s) * every_s)


@wrong("feature_audit.3", "Gives the moment from which the feature is read: the delay is added on again.")
def snapshot_arrival(time, every_s, delay_s):
    return (time - delay_s) // every_s * every_s + delay_s


@wrong("feature_audit.3", "Goes back one period where the newest is late; a delay above the period needs more.")
def snapshot_one_back(time, every_s, delay_s):
    newest = np.floor(time / every_s) * every_s
    return np.where(newest + delay_s <= time, newest, newest - every_s)


@wrong("feature_audit.3", "Rounds the delay up to whole periods, so a result that is there is read a period late.")
def snapshot_whole_periods(time, every_s, delay_s):
    return (np.floor(time / every_s) - math.ceil(delay_s / every_s)) * every_s


@wrong("feature_audit.3", "Works on whole seconds: a request half a second before an arrival may already read it.")
def snapshot_whole_seconds(time, every_s, delay_s):
    seconds = np.ceil(np.asarray(time) - delay_s).astype(int)
    return (seconds // every_s * every_s).astype(float)


@right("feature_audit.3", "What is left over in a period is taken off: t - d - (t - d) mod e.")
def snapshot_mod(time, every_s, delay_s):
    ready = np.asarray(time, dtype=float) - delay_s
    return ready - ready % every_s


@right("feature_audit.3", "Exact fractions, a list of floats.")
def snapshot_fraction(time, every_s, delay_s):
    step, late = Fraction(float(every_s)), Fraction(float(delay_s))
    return [float((Fraction(float(t)) - late) // step * step) for t in time]


@right("feature_audit.3", "A sorted list of all arrivals around the requests, searched from the right.")
def snapshot_search(time, every_s, delay_s):
    time = np.asarray(time, dtype=float)
    first = math.floor((time.min() - delay_s) / every_s) - 2
    last = math.ceil((time.max() - delay_s) / every_s) + 2
    jobs = np.arange(first, last + 1) * float(every_s)
    return jobs[np.searchsorted(jobs + delay_s, time, side="right") - 1]


@right("feature_audit.3", "torch.floor in double precision on a pandas Series of times.")
def snapshot_torch(time, every_s, delay_s):
    ready = torch.tensor(np.asarray(time, dtype=float) - delay_s, dtype=torch.float64)
    return (torch.floor(ready / every_s) * every_s).numpy()


@wrong("feature_audit.4", "The half is added to shares, not to counts.")
def psi_half_on_shares(reference, actual):
    r, a = reference / reference.sum() + 0.5, actual / actual.sum() + 0.5
    r, a = r / r.sum(), a / a.sum()
    return float(((a - r) * np.log(a / r)).sum())


@wrong("feature_audit.4", "Nothing is added: an empty bin gives infinity or NaN.")
def psi_raw(reference, actual):
    r, a = reference / reference.sum(), actual / actual.sum()
    with np.errstate(all="ignore"):
        return np.sum((a - r) * np.log(a / r))


@wrong("feature_audit.4", "Only the empty bins get their half event; the text adds it to every bin.")
def psi_only_empty(reference, actual):
    r, a = (np.where(np.asarray(c) == 0, 0.5, c) for c in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return ((a - r) * np.log(a / r)).sum()


@wrong("feature_audit.4", "The total is that before the halves were added: the shares sum to more than 1.")
def psi_not_one(reference, actual):
    r, a = (reference + 0.5) / reference.sum(), (actual + 0.5) / actual.sum()
    return ((a - r) * np.log(a / r)).sum()


@wrong("feature_audit.4", "The logarithm is to base 2: bits in place of nats.")
def psi_bits(reference, actual):
    r, a = ((np.asarray(c) + 0.5) / (np.sum(c) + 0.5 * len(c)) for c in (reference, actual))
    return float(np.dot(a - r, np.log2(a / r)))


@wrong("feature_audit.4", "Only one half of it: the divergence of actual from reference.")
def psi_kl(reference, actual):
    r, a = reference + 0.5, actual + 0.5
    return float(kl_div(a / a.sum(), r / r.sum()).sum())


@wrong("feature_audit.4", "The mean over the bins in place of the sum.")
def psi_mean(reference, actual):
    table = pd.DataFrame({"r": reference, "a": actual}) + 0.5
    table /= table.sum()
    return ((table["a"] - table["r"]) * np.log(table["a"] / table["r"])).mean()


@wrong("feature_audit.4", "A whole event is added to every bin, not half of one.")
def psi_laplace(reference, actual):
    n = len(reference)
    r, a = (reference + 1) / (reference.sum() + n), (actual + 1) / (actual.sum() + n)
    return ((a - r) * np.log(a / r)).sum()


@wrong("feature_audit.4", "Both histograms are divided by the reference's total.")
def psi_one_total(reference, actual):
    r, a = reference + 0.5, actual + 0.5
    total = r.sum()
    return sum((y - x) / total * math.log(y / x) for x, y in zip(r, a))


@wrong("feature_audit.4", "The half event is shared among all bins: each gets 0.5 / bins.")
def psi_half_in_all(reference, actual):
    r, a = (c + 0.5 / len(c) for c in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return ((a - r) * np.log(a / r)).sum()


@wrong("feature_audit.4", "Bins that are empty in one of the two are left out of the sum.")
def psi_skips_empty(reference, actual):
    r, a = (reference + 0.5), (actual + 0.5)
    r, a = r / r.sum(), a / a.sum()
    held = (reference > 0) & (actual > 0)
    return ((a - r) * np.log(a / r))[held].sum()


@wrong("feature_audit.4", "A chi-square distance, (a - r)² / r, in place of (a - r)·ln(a / r).")
def psi_chi(reference, actual):
    r, a = (np.asarray(c, float) + 0.5 for c in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return float(((a - r) ** 2 / r).sum())


@right("feature_audit.4", "The two divergences one way and the other, added up.")
def psi_both_ways(reference, actual):
    r, a = (np.asarray(c, dtype=float) + 0.5 for c in (reference, actual))
    r, a = r / r.sum(), a / a.sum()
    return kl_div(a, r).sum() + kl_div(r, a).sum()


@right("feature_audit.4", "Pure Python, the roles of the two exchanged: the sum is the same.")
def psi_python(reference, actual):
    n = len(reference)
    a = [(int(c) * 2 + 1) / (2 * int(sum(reference)) + n) for c in reference]
    r = [(int(c) * 2 + 1) / (2 * int(sum(actual)) + n) for c in actual]
    return math.fsum((x - y) * (math.log(x) - math.log(y)) for x, y in zip(a, r))


@right("feature_audit.4", "torch log_softmax of log counts; a numpy scalar comes back.")
def psi_softmax(reference, actual):
    logs = (torch.log(torch.tensor(np.asarray(c, dtype=float)) + 0.5) for c in (reference, actual))
    r, a = (torch.log_softmax(log, 0) for log in logs)
    return ((a.exp() - r.exp()) * (a - r)).sum().numpy()[()]


@right("feature_audit.4", "A pandas frame of two columns and a dot product.")
def psi_frame(reference, actual):
    share = pd.DataFrame({"r": np.asarray(reference), "a": np.asarray(actual)}).add(0.5)
    share = share / share.sum()
    return share["a"].sub(share["r"]).dot(np.log(share["a"]) - np.log(share["r"]))
