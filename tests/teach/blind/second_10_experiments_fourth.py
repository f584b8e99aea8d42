"""Solutions of lesson 10, written blind: from the notebook's text alone. Fourth part."""

import math
from itertools import groupby

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


def summed(y, cluster):
    table = pd.DataFrame({"y": np.asarray(y, dtype=float), "c": np.asarray(cluster)})
    return table.groupby("c")["y"].agg(["sum", "size"]).to_numpy(dtype=float).T


def error_of(sums, sizes, ddof=1):
    rest = sums - sums.sum() / sizes.sum() * sizes
    return np.std(rest, ddof=ddof) / np.sqrt(len(rest)) / sizes.mean()


@wrong("experiments.6", "Rows next to each other are taken for a cluster; the people may be in any order.")
def cluster_runs(y, cluster, arm):
    value, variance = 0.0, 0.0
    for a, sign in ((1, 1), (0, -1)):
        rows = [(c, v) for c, v, which in zip(cluster, y, arm) if which == a]
        runs = [[v for _, v in run] for _, run in groupby(rows, key=lambda row: row[0])]
        sums, sizes = np.array([sum(run) for run in runs]), np.array([float(len(run)) for run in runs])
        value += sign * sums.sum() / sizes.sum()
        variance += error_of(sums, sizes) ** 2 if len(runs) > 1 else 0.0
    return value, math.sqrt(variance)


@wrong("experiments.6", "Standard deviations over clusters have ddof 0.")
def cluster_ddof(y, cluster, arm):
    parts = [summed(y[arm == a], cluster[arm == a]) for a in (0, 1)]
    means = [s.sum() / n.sum() for s, n in parts]
    return means[1] - means[0], np.hypot(*(error_of(*part, ddof=0) for part in parts))


@wrong("experiments.6", "What a cluster has beyond r is measured from the ratio of both arms together.")
def cluster_pooled_r(y, cluster, arm):
    r, means, squares = y.mean(), {}, 0.0
    for a in (0, 1):
        sums, sizes = summed(y[arm == a], cluster[arm == a])
        means[a] = sums.sum() / sizes.sum()
        squares += np.sum((sums - r * sizes) ** 2) / (len(sums) - 1) / len(sums) / sizes.mean() ** 2
    return means[1] - means[0], math.sqrt(squares)


@wrong("experiments.6", "Clusters are the units, but the difference is in totals a cluster, not a person.")
def cluster_totals(y, cluster, arm):
    totals = pd.DataFrame({"y": y, "c": cluster, "a": arm}).groupby("c").agg(y=("y", "sum"), a=("a", "first"))
    one, zero = totals.loc[totals["a"] == 1, "y"], totals.loc[totals["a"] == 0, "y"]
    return one.mean() - zero.mean(), math.hypot(one.sem(), zero.sem())


@wrong("experiments.6", "Divided by the root of the number of people, not of clusters.")
def cluster_root_people(y, cluster, arm):
    means, squares = [], 0.0
    for a in (0, 1):
        sums, sizes = summed(y[arm == a], cluster[arm == a])
        means.append(sums.sum() / sizes.sum())
        squares += np.var(sums - means[-1] * sizes, ddof=1) / sizes.sum() / sizes.mean() ** 2
    return means[1] - means[0], math.sqrt(squares)


@wrong("experiments.6", "The treatment's error alone is returned.")
def cluster_one_error(y, cluster, arm):
    parts = [summed(y[arm == a], cluster[arm == a]) for a in (0, 1)]
    return parts[1][0].sum() / parts[1][1].sum() - parts[0][0].sum() / parts[0][1].sum(), error_of(*parts[1])


@wrong("experiments.6", "The outcomes' spread over clusters only; that clusters differ in size is left out.")
def cluster_sizes_fixed(y, cluster, arm):
    means, squares = [], 0.0
    for a in (0, 1):
        sums, sizes = summed(y[arm == a], cluster[arm == a])
        means.append(sums.sum() / sizes.sum())
        squares += np.var(sums, ddof=1) / len(sums) / sizes.mean() ** 2
    return means[1] - means[0], math.sqrt(squares)


@right("experiments.6", "Pure Python: sums and sizes in a dict; a cluster is known by its number.")
def cluster_python(y, cluster, arm):
    held = {0: {}, 1: {}}
    for value, c, a in zip(y, cluster, arm):
        total, size = held[int(a)].get(int(c), (0.0, 0))
        held[int(a)][int(c)] = total + float(value), size + 1
    mean, variance = {}, {}
    for a, rows in held.items():
        totals, people, m = sum(t for t, _ in rows.values()), sum(n for _, n in rows.values()), len(rows)
        mean[a] = totals / people
        squares = sum((t - mean[a] * n) ** 2 for t, n in rows.values())
        variance[a] = squares / (m - 1) / m / (people / m) ** 2
    return mean[1] - mean[0], math.sqrt(variance[0] + variance[1])


@right("experiments.6", "A matrix of membership, clusters by people, in torch.")
def cluster_torch(y, cluster, arm):
    y, cluster, arm = (torch.tensor(np.asarray(x)) for x in (y, cluster, arm))
    out = []
    for a in (1, 0):
        names = cluster[arm == a].unique()
        member = (names[:, None] == cluster[None, :]).double()
        sums, sizes = member @ y.double(), member.sum(1)
        r = sums.sum() / sizes.sum()
        out.append((r, (sums - r * sizes).var() / len(names) / sizes.mean() ** 2))
    return (out[0][0] - out[1][0]).item(), (out[0][1] + out[1][1]).sqrt().item()


@right("experiments.6", "What each person has beyond the arm's mean, summed by cluster: no sizes are needed.")
def cluster_rests(y, cluster, arm):
    table = pd.DataFrame({"y": np.asarray(y, dtype=float), "c": np.asarray(cluster), "a": np.asarray(arm)})
    mean = table.groupby("a")["y"].mean()
    table["rest"] = table["y"] - table["a"].map(mean)
    rests = table.groupby(["a", "c"])["rest"].sum().groupby("a").agg(["var", "size"])
    people = table.groupby("a").size()
    return mean[1] - mean[0], np.sqrt((rests["var"] * rests["size"] / people**2).sum())


@right("experiments.6", "Recoded clusters by np.unique and np.add.at.")
def cluster_add_at(y, cluster, arm):
    names, number = np.unique(cluster, return_inverse=True)
    sums, sizes, side = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names), dtype=int)
    np.add.at(sums, number, y)
    np.add.at(sizes, number, 1)
    side[number] = arm
    mean = [np.mean(np.asarray(y)[np.asarray(arm) == a]) for a in (0, 1)]
    return mean[1] - mean[0], np.sqrt(sum(error_of(sums[side == a], sizes[side == a]) ** 2 for a in (0, 1)))
