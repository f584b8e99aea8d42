"""Solutions of lesson 06, exercises 1 to 3, written from the notebook alone."""

from itertools import groupby

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@right("ranker.1", "A comprehension; a list of floats.")
def position_weights(position, click, examination, clip=20.0):
    def one(p, c):
        if not c:
            return 1.0
        seen = float(examination[int(p) - 1])
        return min(1 / seen, clip) if seen > 0 else clip
    return [one(p, c) for p, c in zip(position, click)]


@right("ranker.1", "In place on an array of ones, clicked rows only.")
def position_weights(position, click, examination, clip=20.0):
    weight = np.ones(len(position), dtype=float)
    clicked = np.asarray(click) == 1
    with np.errstate(divide="ignore"):
        weight[clicked] = 1 / np.asarray(examination, float)[np.asarray(position)[clicked] - 1]
    weight[clicked] = np.minimum(weight[clicked], clip)
    return weight


@right("ranker.1", "A pandas Series looked up by position, then where().")
def position_weights(position, click, examination, clip=20.0):
    table = pd.Series(1 / np.asarray(examination, float), index=range(1, len(examination) + 1)).clip(upper=clip)
    return pd.Series(np.asarray(position)).map(table).where(np.asarray(click).astype(bool), 1.0)


@wrong("ranker.1", "Off by one: counts positions from 0, so each click gets the weight of the next position.")
def position_weights(position, click, examination, clip=20.0):
    seen = examination[np.minimum(position, len(examination) - 1)]
    return np.where(click == 1, np.minimum(1 / seen, clip), 1.0)


@wrong("ranker.1", "Weights the rows without a click as well.")
def position_weights(position, click, examination, clip=20.0):
    return np.minimum(1 / examination[position - 1], clip)


@wrong("ranker.1", "Gives rows without a click the weight 0, not 1.")
def position_weights(position, click, examination, clip=20.0):
    return np.minimum(1 / examination[position - 1], clip) * click


@wrong("ranker.1", "Ignores clip.")
def position_weights(position, click, examination, clip=20.0):
    return np.where(click == 1, 1 / examination[position - 1], 1.0)


@wrong("ranker.1", "Clips at 20 whatever clip says.")
def position_weights(position, click, examination, clip=20.0):
    return np.where(click == 1, np.clip(1 / examination[position - 1], 1.0, 20.0), 1.0)


@wrong("ranker.1", "Multiplies by P(looked at) where it should divide by it.")
def position_weights(position, click, examination, clip=20.0):
    return np.where(click == 1, np.minimum(examination[position - 1], clip), 1.0)


@wrong("ranker.1", "Relative to the top position, which is not looked at with certainty.")
def position_weights(position, click, examination, clip=20.0):
    ratio = examination[0] / examination[position - 1]
    return np.where(click == 1, np.minimum(ratio, clip), 1.0)


@wrong("ranker.1", "Writes the weights into an array of the clicks' integer type, which cuts them to whole numbers.")
def position_weights(position, click, examination, clip=20.0):
    weight = np.ones_like(position)
    weight[click == 1] = np.minimum(1 / examination[position[click == 1] - 1], clip)
    return weight.astype(float)


@wrong("ranker.1", "A weight above clip is thrown back to 1 in place of being held at clip.")
def position_weights(position, click, examination, clip=20.0):
    weight = 1 / examination[position - 1]
    return np.where((click == 1) & (weight <= clip), weight, 1.0)


@right("ranker.2", "Loops over all pairs of each request; a Python float.")
def grouped_auc(score, label, group):
    rows = {}
    for s, y, g in zip(score, label, group):
        rows.setdefault(int(g), ([], []))[int(y)].append(float(s))
    values = []
    for lost, won in rows.values():
        if lost and won:
            points = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in won for b in lost)
            values.append(points / (len(won) * len(lost)))
    return sum(values) / len(values) if values else float("nan")


@right("ranker.2", "Average ranks of pandas, group by group; a numpy float.")
def grouped_auc(score, label, group):
    d = pd.DataFrame({"s": np.asarray(score, float), "y": np.asarray(label, int), "g": np.asarray(group)})
    d["rank"] = d.groupby("g")["s"].rank(method="average")
    d["rank_of_ones"] = d["rank"] * d["y"]
    t = d.groupby("g").agg(n=("y", "size"), ones=("y", "sum"), ranks=("rank_of_ones", "sum"))
    t = t[(t["ones"] > 0) & (t["ones"] < t["n"])]
    return ((t["ranks"] - t["ones"] * (t["ones"] + 1) / 2) / (t["ones"] * (t["n"] - t["ones"]))).mean()


@right("ranker.2", "torch signs of differences; a tensor without dimensions.")
def grouped_auc(score, label, group):
    s, y, g = (torch.as_tensor(np.array(x, dtype=np.float64)) for x in (score, label, group))
    each = []
    for one in g.unique():
        won, lost = s[(g == one) & (y > 0.5)], s[(g == one) & (y < 0.5)]
        if len(won) and len(lost):
            each.append(((torch.sign(won[:, None] - lost) + 1) / 2).mean())
    return torch.stack(each).mean() if each else torch.tensor(float("nan"))


def _pairs(score, label, rows):
    """All differences of a clicked and another row within these rows."""
    return np.subtract.outer(score[rows & (label == 1)], score[rows & (label == 0)])


@wrong("ranker.2", "Ties count nothing, not half.")
def grouped_auc(score, label, group):
    each = [_pairs(score, label, group == g) for g in np.unique(group)]
    return float(np.mean([(d > 0).mean() for d in each if d.size]))


@wrong("ranker.2", "Ties count in full, not half.")
def grouped_auc(score, label, group):
    each = [_pairs(score, label, group == g) for g in np.unique(group)]
    return float(np.mean([(d >= 0).mean() for d in each if d.size]))


@wrong("ranker.2", "Weights each request by its rows, where the plain mean is asked for.")
def grouped_auc(score, label, group):
    values, sizes = [], []
    for g in np.unique(group):
        d = _pairs(score, label, group == g)
        if d.size:
            values.append((np.sign(d) / 2 + 0.5).mean())
            sizes.append((group == g).sum())
    return float(np.average(values, weights=sizes))


@wrong("ranker.2", "Throws the pairs of all requests together and divides once, so long requests count more.")
def grouped_auc(score, label, group):
    each = [_pairs(score, label, group == g).ravel() for g in np.unique(group)]
    return float((np.sign(np.concatenate(each)) / 2 + 0.5).mean())


@wrong("ranker.2", "Pools all rows and ignores the requests.")
def grouped_auc(score, label, group):
    return float((np.sign(_pairs(score, label, np.ones(len(score), bool))) / 2 + 0.5).mean())


@wrong("ranker.2", "Counts a request with one label as one half, where it has to be left out.")
def grouped_auc(score, label, group):
    each = [_pairs(score, label, group == g) for g in np.unique(group)]
    return float(np.mean([(np.sign(d) / 2 + 0.5).mean() if d.size else 0.5 for d in each]))


@wrong("ranker.2", "Takes only rows that stand together for one request, so a request whose rows are apart is split.")
def grouped_auc(score, label, group):
    values = []
    for _, rows in groupby(range(len(group)), key=lambda i: group[i]):
        d = _pairs(score, label, np.isin(np.arange(len(group)), list(rows)))
        if d.size:
            values.append((np.sign(d) / 2 + 0.5).mean())
    return float(np.mean(values)) if values else float("nan")


@wrong("ranker.2", "Ranks by a plain sort, so ties are broken by the order of the rows.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        s, y = score[group == g], label[group == g]
        ones, zeros = (y == 1).sum(), (y == 0).sum()
        if ones and zeros:
            rank = np.argsort(np.argsort(s, kind="stable"), kind="stable") + 1
            values.append((rank[y == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros))
    return float(np.mean(values))


@wrong("ranker.2", "Averages over all requests, so those with one label count as zero in the mean.")
def grouped_auc(score, label, group):
    requests, total = np.unique(group), 0.0
    for g in requests:
        d = _pairs(score, label, group == g)
        total += (np.sign(d) / 2 + 0.5).mean() if d.size else 0.0
    return float(total / len(requests))


@wrong("ranker.2", "Compares a request's clicked rows with the rows without a click of all requests.")
def grouped_auc(score, label, group):
    values, others = [], score[label == 0]
    for g in np.unique(group):
        won, lost = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(won) and len(lost):
            values.append((np.sign(won[:, None] - others) / 2 + 0.5).mean())
    return float(np.mean(values))


@right("ranker.3", "Bin by bin in a loop; a Python float.")
def ece(p, y, bins=10):
    p, y, total = np.asarray(p, float), np.asarray(y, float), 0.0
    which = np.minimum(np.floor(p * bins), bins - 1)
    for b in range(bins):
        inside = which == b
        if inside.any():
            total += inside.mean() * abs(p[inside].mean() - y[inside].mean())
    return float(total)


@right("ranker.3", "Sums by np.bincount: the counts cancel.")
def ece(p, y, bins=10):
    p, y = np.asarray(p, dtype=float), np.asarray(y, dtype=float)
    at = (p * bins).astype(int).clip(0, bins - 1)
    return np.abs(np.bincount(at, weights=p - y)).sum() / len(p)


@right("ranker.3", "pandas groupby and a weighted average.")
def ece(p, y, bins=10):
    d = pd.DataFrame({"p": np.asarray(p, float), "y": np.asarray(y, float)})
    at = (d["p"] * bins).astype(int).clip(upper=bins - 1)
    t = d.groupby(at).agg(p=("p", "mean"), y=("y", "mean"), n=("p", "size"))
    return np.average((t["p"] - t["y"]).abs(), weights=t["n"])


@wrong("ranker.3", "The plain mean over bins, not weighted by how many predictions a bin holds.")
def ece(p, y, bins=10):
    at = (p * bins).astype(int)
    return float(np.mean([abs(p[at == b].mean() - y[at == b].mean()) for b in np.unique(at)]))


@wrong("ranker.3", "Uses the middle of the bin in place of the mean prediction in it.")
def ece(p, y, bins=10):
    at = (p * bins).astype(int)
    return float(sum((at == b).mean() * abs((b + 0.5) / bins - y[at == b].mean()) for b in np.unique(at)))


@wrong("ranker.3", "Cuts into bins of equal count, not of equal width.")
def ece(p, y, bins=10):
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    return float(sum(len(i) / len(p) * abs(p[i].mean() - y[i].mean()) for i in parts if len(i)))


@wrong("ranker.3", "Keeps the sign, so bins that are too high and bins that are too low cancel.")
def ece(p, y, bins=10):
    at = (p * bins).astype(int)
    return float(abs(sum((at == b).mean() * (p[at == b].mean() - y[at == b].mean()) for b in np.unique(at))))


@wrong("ranker.3", "The distance of every single prediction from its own outcome, without any bins' means.")
def ece(p, y, bins=10):
    at = (p * bins).astype(int)
    return float(sum((at == b).mean() * np.abs(p[at == b] - y[at == b]).mean() for b in np.unique(at)))


@wrong("ranker.3", "One bin too few: linspace is given the number of bins as its number of edges.")
def ece(p, y, bins=10):
    at = np.digitize(p, np.linspace(0, 1, bins))
    return float(sum((at == b).mean() * abs(p[at == b].mean() - y[at == b].mean()) for b in np.unique(at)))


@wrong("ranker.3", "Cuts from the least to the largest prediction, not from 0 to 1.")
def ece(p, y, bins=10):
    at = np.digitize(p, np.linspace(p.min(), p.max(), bins + 1)[1:-1])
    return float(sum((at == b).mean() * abs(p[at == b].mean() - y[at == b].mean()) for b in np.unique(at)))
