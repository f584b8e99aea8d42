"""Solutions of lesson 10, written blind: from the notebook's text alone. Third part."""

import math
from itertools import accumulate

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.stats import norm


@wrong("experiments.5", "The standard error stands where its square is meant.")
def always_error(value, standard_error, scale):
    v, t2 = np.asarray(standard_error), scale**2
    ratio = np.sqrt(v / (v + t2)) * np.exp(value**2 * t2 / (2 * v * (v + t2)))
    return np.minimum.accumulate(np.minimum(1, 1 / ratio))


@wrong("experiments.5", "Each look for itself: the p-value may rise again.")
def always_single(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    return np.minimum(1, np.sqrt((v + t2) / v) * np.exp(-(value**2) * t2 / (2 * v * (v + t2))))


@wrong("experiments.5", "Not kept at 1.")
def always_above_one(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    inverse = np.sqrt((v + t2) / v) * np.exp(-(value**2) * t2 / (2 * v * (v + t2)))
    return np.minimum.accumulate(inverse)


@wrong("experiments.5", "The root of V / (V + τ²) is not drawn.")
def always_no_root(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    ratio = v / (v + t2) * np.exp(value**2 * t2 / (2 * v * (v + t2)))
    return np.minimum.accumulate(np.minimum(1, 1 / np.maximum(ratio, 1e-300)))


@wrong("experiments.5", "The factor 2 below the exponent is left out.")
def always_no_two(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    return np.minimum.accumulate(np.minimum(1, np.sqrt((v + t2) / v) * np.exp(-(value**2) * t2 / (v * (v + t2)))))


@wrong("experiments.5", "The least is over all looks, also those still to come.")
def always_future(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    inverse = np.sqrt((v + t2) / v) * np.exp(-(value**2) * t2 / (2 * v * (v + t2)))
    return np.full(len(value), min(1.0, inverse.min()))


@wrong("experiments.5", "Only the p-value after the last look.")
def always_last(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    return float(min(1, (np.sqrt((v + t2) / v) * np.exp(-(value**2) * t2 / (2 * v * (v + t2)))).min()))


@wrong("experiments.5", "The usual two-sided p-value, its least so far: not valid at every look.")
def always_usual(value, standard_error, scale):
    return np.minimum.accumulate(2 * norm.sf(np.abs(value / standard_error)))


@wrong("experiments.5", "τ is not squared.")
def always_tau(value, standard_error, scale):
    out, least = [], 1.0
    for d, s in zip(value, standard_error):
        v = s * s
        least = min(least, math.sqrt((v + scale) / v) * math.exp(-d * d * scale / (2 * v * (v + scale))))
        out.append(least)
    return np.array(out)


@wrong("experiments.5", "Likelihood ratios of the looks are multiplied, as if each look had new users only.")
def always_product(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    log = 0.5 * np.log(v / (v + t2)) + value**2 * t2 / (2 * v * (v + t2))
    return np.minimum.accumulate(np.minimum(1, np.exp(-np.cumsum(log))))


@wrong("experiments.5", "math.exp of a large exponent is an OverflowError: a clear effect crashes it.")
def always_overflow(value, standard_error, scale):
    least, out = 1.0, []
    for d, s in zip(value, standard_error):
        v, t2 = float(s) ** 2, scale**2
        least = min(least, 1 / (math.sqrt(v / (v + t2)) * math.exp(float(d) ** 2 * t2 / (2 * v * (v + t2)))))
        out.append(least)
    return np.array(out)


@wrong("experiments.5", "The least ratio so far is kept, where the largest one gives the least p-value.")
def always_least_ratio(value, standard_error, scale):
    v, t2 = standard_error**2, scale**2
    ratio = np.sqrt(v / (v + t2)) * np.exp(value**2 * t2 / (2 * v * (v + t2)))
    return np.minimum(1, 1 / np.minimum.accumulate(ratio))


@wrong("experiments.5", "Negative differences count as none: only effects upwards are looked for.")
def always_upwards(value, standard_error, scale):
    v, t2, up = standard_error**2, scale**2, np.maximum(value, 0)
    return np.minimum.accumulate(np.minimum(1, np.sqrt((v + t2) / v) * np.exp(-(up**2) * t2 / (2 * v * (v + t2)))))


@right("experiments.5", "In logarithms: the ratio of two normal densities, N(0, V) over N(0, V + τ²).")
def always_densities(value, standard_error, scale):
    wide = norm.logpdf(value, scale=np.hypot(standard_error, scale))
    log = norm.logpdf(value, scale=standard_error) - wide
    return np.exp(np.minimum.accumulate(np.minimum(log, 0)))


@right("experiments.5", "Pure Python with itertools.accumulate, 1 being there from the beginning; a list.")
def always_python(value, standard_error, scale):
    def inverse(d, s):
        v, t2 = float(s) ** 2, float(scale) ** 2
        return math.sqrt(1 + t2 / v) * math.exp(-(float(d) ** 2) * t2 / (2 * v * (v + t2)))
    return list(accumulate(map(inverse, value, standard_error), min, initial=1.0))[1:]


@right("experiments.5", "torch: the largest log ratio so far by cummax.")
def always_torch(value, standard_error, scale):
    d, s = (torch.tensor(np.asarray(x, dtype=float)) for x in (value, standard_error))
    v, t2 = s**2, float(scale) ** 2
    log = 0.5 * torch.log(v / (v + t2)) + d**2 * t2 / (2 * v * (v + t2))
    return torch.exp(-torch.cummax(log, dim=0).values.clamp(min=0)).numpy()


@right("experiments.5", "pandas: cummin and clip of a Series.")
def always_pandas(value, standard_error, scale):
    table = pd.DataFrame({"d": np.asarray(value), "v": np.asarray(standard_error) ** 2})
    share = scale**2 / (table["v"] + scale**2)
    return (np.exp(-table["d"] ** 2 / table["v"] * share / 2) / np.sqrt(1 - share)).cummin().clip(upper=1)


def delta(sums, sizes):
    """Ratio of the sums and its error over rows."""
    r = sums.sum() / sizes.sum()
    return r, np.std(sums - r * sizes, ddof=1) / np.sqrt(len(sums)) / np.mean(sizes)


def clusters_of(y, cluster):
    """Outcomes and people of each cluster that is there."""
    _, number = np.unique(cluster, return_inverse=True)
    return np.bincount(number, weights=y), np.bincount(number).astype(float)


@wrong("experiments.6", "The error is over people, as if each had been put into an arm for themselves.")
def cluster_people(y, cluster, arm):
    one, zero = y[arm == 1], y[arm == 0]
    return one.mean() - zero.mean(), np.sqrt(one.var(ddof=1) / len(one) + zero.var(ddof=1) / len(zero))


@wrong("experiments.6", "The mean of cluster means: a small cluster weighs as much as a large one.")
def cluster_means(y, cluster, arm):
    means = pd.DataFrame({"y": y, "c": cluster, "a": arm}).groupby(["a", "c"])["y"].mean()
    one, zero = means.loc[1], means.loc[0]
    return one.mean() - zero.mean(), math.sqrt(one.var() / len(one) + zero.var() / len(zero))


@wrong("experiments.6", "Control less treatment.")
def cluster_sign(y, cluster, arm):
    (t, error_t), (c, error_c) = (delta(*clusters_of(y[arm == a], cluster[arm == a])) for a in (1, 0))
    return c - t, math.hypot(error_t, error_c)


@wrong("experiments.6", "The two errors are added as they are, not as squares.")
def cluster_added(y, cluster, arm):
    (t, error_t), (c, error_c) = (delta(*clusters_of(y[arm == a], cluster[arm == a])) for a in (1, 0))
    return t - c, error_t + error_c


@wrong("experiments.6", "bincount over all numbers: clusters of the other arm stand there as empty ones.")
def cluster_empty_ones(y, cluster, arm):
    size, out = cluster.max() + 1, []
    for a in (0, 1):
        held = arm == a
        out.append(delta(np.bincount(cluster[held], y[held], size), np.bincount(cluster[held], minlength=size)))
    return out[1][0] - out[0][0], np.hypot(out[0][1], out[1][1])
