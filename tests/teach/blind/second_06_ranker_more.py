"""Solutions of lesson 06, written blind: from the notebook's text alone."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("ranker.3", "Bins are averaged alike, however few predictions they hold.")
def ece(p, y, bins=10):
    frame = pd.DataFrame({"p": p, "y": y, "bin": (p * bins).astype(int)})
    by = frame.groupby("bin")[["p", "y"]].mean()
    return float((by["p"] - by["y"]).abs().mean())


@wrong("ranker.3", "A bin holds its upper end, not its lower one.")
def ece(p, y, bins=10):
    which = np.maximum(np.ceil(p * bins) - 1, 0).astype(int)
    total = 0.0
    for b in range(bins):
        rows = which == b
        if rows.any():
            total += rows.mean() * abs(p[rows].mean() - y[rows].mean())
    return float(total)


@wrong("ranker.3", "The middle of a bin stands in for the mean prediction in it.")
def ece(p, y, bins=10):
    which = (p * bins).astype(int)
    total = 0.0
    for b in range(bins):
        rows = which == b
        if rows.any():
            total += rows.mean() * abs((b + 0.5) / bins - y[rows].mean())
    return total


@wrong("ranker.3", "Bins of equal counts instead of equal widths.")
def ece(p, y, bins=10):
    order = np.argsort(p, kind="stable")
    return float(sum(len(rows) / len(p) * abs(p[rows].mean() - y[rows].mean())
                     for rows in np.array_split(order, bins) if len(rows)))


@wrong("ranker.3", "Signed distances, so errors of different bins cancel.")
def ece(p, y, bins=10):
    which = (p * bins).astype(int)
    return float(abs(sum((which == b).mean() * (p[which == b].mean() - y[which == b].mean()) for b in set(which))))


@wrong("ranker.3", "The distance of each single prediction from its own outcome.")
def ece(p, y, bins=10):
    return float(np.abs(p - y).mean())


@wrong("ranker.3", "Ten bins, whatever is asked.")
def ece(p, y, bins=10):
    which = (p * 10).astype(int)
    return float(sum((which == b).mean() * abs(p[which == b].mean() - y[which == b].mean()) for b in np.unique(which)))


@wrong("ranker.3", "An empty bin makes 0 / 0 and the whole sum NaN.")
def ece(p, y, bins=10):
    which = (p * bins).astype(int)
    n = np.bincount(which, minlength=bins)
    with np.errstate(invalid="ignore"):
        gap = np.abs(np.bincount(which, p, bins) / n - np.bincount(which, y, bins) / n)
    return float((n / len(p) * gap).sum())


@wrong("ranker.3", "pd.cut keeps the upper end and drops a prediction of exactly 0.")
def ece(p, y, bins=10):
    frame = pd.DataFrame({"p": p, "y": y, "bin": pd.cut(p, np.linspace(0, 1, bins + 1))}).dropna()
    by = frame.groupby("bin", observed=True).agg(p=("p", "mean"), y=("y", "mean"), n=("p", "size"))
    return float(((by["p"] - by["y"]).abs() * by["n"]).sum() / max(len(p), 1))


@wrong("ranker.3", "The largest distance of any bin, not the weighted average.")
def ece(p, y, bins=10):
    which = (p * bins).astype(int)
    return float(max(abs(p[which == b].mean() - y[which == b].mean()) for b in np.unique(which)))


@wrong("ranker.3", "Squared distances, root of their weighted mean.")
def ece(p, y, bins=10):
    which = (p * bins).astype(int)
    return math.sqrt(sum((which == b).mean() * (p[which == b].mean() - y[which == b].mean())**2
                         for b in np.unique(which)))


@wrong("ranker.3", "The range of the predictions is cut into bins, not [0, 1].")
def ece(p, y, bins=10):
    low, high = p.min(), p.max()
    which = np.minimum(((p - low) / max(high - low, 1e-12) * bins).astype(int), bins - 1)
    return float(sum((which == b).mean() * abs(p[which == b].mean() - y[which == b].mean()) for b in np.unique(which)))


@right("ranker.3", "The distance of sums over n: the weights cancel the means' denominators.")
def ece(p, y, bins=10):
    which = np.floor(np.asarray(p) * bins).astype(int)
    return np.abs(np.bincount(which, np.asarray(p, float)) - np.bincount(which, y)).sum() / len(p)


@right("ranker.3", "Pure Python, a dictionary of bins.")
def ece(p, y, bins=10):
    held = {}
    for chance, came in zip(p, y, strict=True):
        held.setdefault(int(chance * bins), []).append((float(chance), int(came)))
    n = len(p)
    return sum(len(rows) / n * abs(math.fsum(a for a, _ in rows) / len(rows) - sum(b for _, b in rows) / len(rows))
               for rows in held.values())


@right("ranker.3", "pandas groupby.")
def ece(p, y, bins=10):
    frame = pd.DataFrame({"gap": np.asarray(p, float) - np.asarray(y), "bin": (np.asarray(p) * bins) // 1})
    return frame.groupby("bin")["gap"].sum().abs().sum() / len(frame)


@right("ranker.3", "torch: index_add into bins.")
def ece(p, y, bins=10):
    chance, came = (torch.as_tensor(np.array(x, dtype=float)) for x in (p, y))
    gap = torch.zeros(bins, dtype=torch.float64).index_add(0, (chance * bins).long(), chance - came)
    return (gap.abs().sum() / len(chance)).item()
