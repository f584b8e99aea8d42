"""Solutions of exercise 10.6, written blind."""

import math
from collections import defaultdict

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("experiments.6", "Mean of the clusters' means: small clusters count as much as large ones.")
def cluster_difference(y, cluster, arm):
    means, errors = [], []
    for a in (0, 1):
        m = pd.Series(y[arm == a]).groupby(cluster[arm == a]).mean()
        means.append(m.mean())
        errors.append(m.std() / np.sqrt(len(m)))
    return means[1] - means[0], np.hypot(*errors)


@wrong("experiments.6", "People as the independent units.")
def cluster_difference(y, cluster, arm):
    t, c = y[arm == 1], y[arm == 0]
    return t.mean() - c.mean(), np.sqrt(t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c))


@wrong("experiments.6", "Control less treatment.")
def cluster_difference(y, cluster, arm):
    def ratio(a):
        g = pd.Series(y[arm == a]).groupby(cluster[arm == a]).agg(["sum", "size"])
        r = g["sum"].sum() / g["size"].sum()
        return r, (g["sum"] - r * g["size"]).std() / np.sqrt(len(g)) / g["size"].mean()
    (c, error_c), (t, error_t) = ratio(0), ratio(1)
    return c - t, np.hypot(error_c, error_t)


@wrong("experiments.6", "Adds the errors of the arms, not their squares.")
def cluster_difference(y, cluster, arm):
    def ratio(a):
        g = pd.Series(y[arm == a]).groupby(cluster[arm == a]).agg(["sum", "size"])
        r = g["sum"].sum() / g["size"].sum()
        return r, (g["sum"] - r * g["size"]).std() / np.sqrt(len(g)) / g["size"].mean()
    (c, error_c), (t, error_t) = ratio(0), ratio(1)
    return t - c, error_c + error_t


@wrong("experiments.6", "Subtracts control's variance: the error of a difference as a difference.")
def cluster_difference(y, cluster, arm):
    def ratio(a):
        g = pd.Series(y[arm == a]).groupby(cluster[arm == a]).agg(["sum", "size"])
        r = g["sum"].sum() / g["size"].sum()
        return r, (g["sum"] - r * g["size"]).std() / np.sqrt(len(g)) / g["size"].mean()
    (c, error_c), (t, error_t) = ratio(0), ratio(1)
    return t - c, np.sqrt(abs(error_t**2 - error_c**2))


@wrong("experiments.6", "Divides by the root of the clusters of both arms together.")
def cluster_difference(y, cluster, arm):
    everyone, parts = len(np.unique(cluster)), []
    for a in (0, 1):
        g = pd.Series(y[arm == a]).groupby(cluster[arm == a]).agg(["sum", "size"])
        r = g["sum"].sum() / g["size"].sum()
        parts.append((r, (g["sum"] - r * g["size"]).std() / np.sqrt(everyone) / g["size"].mean()))
    return parts[1][0] - parts[0][0], np.hypot(parts[0][1], parts[1][1])


@wrong("experiments.6", "Difference in the sums a cluster, not in means a person.")
def cluster_difference(y, cluster, arm):
    sums = [pd.Series(y[arm == a]).groupby(cluster[arm == a]).sum() for a in (0, 1)]
    return sums[1].mean() - sums[0].mean(), np.hypot(sums[0].sem(), sums[1].sem())


@wrong("experiments.6", "Right difference, but the error is that of the unweighted clusters' means.")
def cluster_difference(y, cluster, arm):
    means = [pd.Series(y[arm == a]).groupby(cluster[arm == a]).mean() for a in (0, 1)]
    return y[arm == 1].mean() - y[arm == 0].mean(), np.hypot(means[0].sem(), means[1].sem())


@wrong("experiments.6", "ddof=0 over the clusters.")
def cluster_difference(y, cluster, arm):
    out = []
    for a in (0, 1):
        _, place = np.unique(cluster[arm == a], return_inverse=True)
        total, size = np.bincount(place, y[arm == a]), np.bincount(place)
        r = total.sum() / size.sum()
        out.append((r, np.std(total - r * size) / np.sqrt(len(size)) / size.mean()))
    return out[1][0] - out[0][0], np.hypot(out[0][1], out[1][1])


@wrong("experiments.6", "Counts the other arm's clusters, and labels that nobody has, as empty clusters of this arm.")
def cluster_difference(y, cluster, arm):
    out, most = [], cluster.max() + 1
    for a in (0, 1):
        total = np.bincount(cluster[arm == a], y[arm == a], minlength=most)
        size = np.bincount(cluster[arm == a], minlength=most)
        r = total.sum() / size.sum()
        out.append((r, np.std(total - r * size, ddof=1) / np.sqrt(most) / size.mean()))
    return out[1][0] - out[0][0], np.hypot(out[0][1], out[1][1])


@wrong("experiments.6", "Begins a new cluster wherever the label changes, though rows need not be sorted.")
def cluster_difference(y, cluster, arm):
    out = []
    for a in (0, 1):
        mine, label = y[arm == a], cluster[arm == a]
        starts = np.flatnonzero(np.r_[True, label[1:] != label[:-1]])
        total, size = np.add.reduceat(mine, starts), np.diff(np.r_[starts, len(mine)])
        r = total.sum() / size.sum()
        out.append((r, np.std(total - r * size, ddof=1) / np.sqrt(len(size)) / size.mean()))
    return out[1][0] - out[0][0], np.hypot(out[0][1], out[1][1])


@wrong("experiments.6", "Returns the variance of the difference: the squares are added, the root is left out.")
def cluster_difference(y, cluster, arm):
    out = []
    for a in (0, 1):
        g = pd.Series(y[arm == a]).groupby(cluster[arm == a]).agg(["sum", "size"])
        r = g["sum"].sum() / g["size"].sum()
        out.append((r, (g["sum"] - r * g["size"]).std() / np.sqrt(len(g)) / g["size"].mean()))
    return out[1][0] - out[0][0], out[0][1] ** 2 + out[1][1] ** 2


@wrong("experiments.6", "One ratio for both arms in the residuals: each arm's are held against the mean of all.")
def cluster_difference(y, cluster, arm):
    rows = pd.DataFrame({"y": y, "cluster": cluster, "arm": arm})
    g = rows.groupby(["arm", "cluster"])["y"].agg(["sum", "size"]).reset_index()
    g["beyond"] = g["sum"] - y.mean() * g["size"]
    error = [(p["beyond"] ** 2).sum() / (len(p) - 1) / len(p) / p["size"].mean() ** 2 for _, p in g.groupby("arm")]
    return y[arm == 1].mean() - y[arm == 0].mean(), np.sqrt(sum(error))


@right("experiments.6", "In loops over a dictionary; Python floats.")
def cluster_difference(y, cluster, arm):
    sums, sizes = defaultdict(float), defaultdict(int)
    for value, c, a in zip(y, cluster, arm, strict=True):
        sums[int(a), int(c)] += float(value)
        sizes[int(a), int(c)] += 1
    mean, variance = {}, {}
    for a in (0, 1):
        mine = [key for key in sums if key[0] == a]
        n = sum(sizes[key] for key in mine)
        mean[a] = sum(sums[key] for key in mine) / n
        squares = sum((sums[key] - mean[a] * sizes[key]) ** 2 for key in mine)
        variance[a] = squares / (len(mine) - 1) / len(mine) / (n / len(mine)) ** 2
    return mean[1] - mean[0], math.sqrt(variance[0] + variance[1])


@right("experiments.6", "One groupby of arm and cluster, residuals by transform; a list.")
def cluster_difference(y, cluster, arm):
    rows = pd.DataFrame({"y": np.array(y, float), "cluster": np.array(cluster), "arm": np.array(arm).astype(int)})
    mean = rows.groupby("arm")["y"].mean()
    rows["beyond"] = rows["y"] - rows["arm"].map(mean)
    beyond = rows.groupby(["arm", "cluster"])["beyond"].sum().groupby("arm")
    people = rows.groupby("arm").size()
    variance = beyond.var() * beyond.size() / people**2
    return [mean[1] - mean[0], float(np.sqrt(variance.sum()))]


@right("experiments.6", "np.unique's places and bincount; by the covariance of sums and sizes; an array of two.")
def cluster_difference(y, cluster, arm):
    def side(a):
        mine = np.asarray(arm) == a
        _, place = np.unique(np.asarray(cluster)[mine], return_inverse=True)
        table = np.stack([np.bincount(place, np.asarray(y)[mine]), np.bincount(place).astype(float)])
        r = table[0].sum() / table[1].sum()
        weights = np.array([1, -r])
        return r, weights @ np.cov(table) @ weights / table.shape[1] / table[1].mean() ** 2
    (c, var_c), (t, var_t) = side(0), side(1)
    return np.array([t - c, (var_c + var_t) ** 0.5])
