"""Right solutions of lesson 06, written blind."""

from collections import defaultdict
from itertools import product

import numpy as np
import pandas as pd
import torch
from blind_book import right
from scipy.special import expit, logit
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score


# ---------------------------------------------------------------- 6.1


@right("ranker.1", "A plain loop over rows, a list comes back.")
def position_weights(position, click, examination, clip=20.0):
    weights = []
    for place, clicked in zip(position, click, strict=True):
        if clicked:
            weights.append(min(1.0 / float(examination[int(place) - 1]), float(clip)))
        else:
            weights.append(1.0)
    return weights


@right("ranker.1", "Vectorised, by a table of weights a position.")
def position_weights(position, click, examination, clip=20.0):
    table = np.minimum(1 / np.asarray(examination, dtype=float), clip)
    return np.where(np.asarray(click) == 1, table[np.asarray(position, dtype=int) - 1], 1.0)


@right("ranker.1", "pandas: map the position to its chance, mask the rows without a click.")
def position_weights(position, click, examination, clip=20.0):
    chances = pd.Series(np.asarray(examination, dtype=float), index=np.arange(1, len(examination) + 1))
    rows = pd.DataFrame({"position": np.asarray(position), "click": np.asarray(click)})
    weight = (1 / rows["position"].map(chances)).clip(upper=clip)
    return weight.where(rows["click"] == 1, 1.0).astype(float)


@right("ranker.1", "torch: floor the chance at 1/clip instead of capping the weight.")
def position_weights(position, click, examination, clip=20.0):
    place = torch.tensor(np.array(position, dtype=np.int64))
    clicked = torch.tensor(np.array(click, dtype=np.float64))
    chance = torch.tensor(np.array(examination, dtype=np.float64))
    inverse = 1.0 / torch.clamp(chance[place - 1], min=1.0 / clip)
    inverse = torch.clamp(inverse, max=float(clip))
    return clicked * inverse + (1 - clicked)


# ---------------------------------------------------------------- 6.2


@right("ranker.2", "Loops over requests and over all pairs.")
def grouped_auc(score, label, group):
    yes, no = defaultdict(list), defaultdict(list)
    for s, y, g in zip(np.asarray(score).tolist(), np.asarray(label).tolist(), np.asarray(group).tolist(), strict=True):
        (yes if y else no)[g].append(s)
    values = []
    for g in yes:
        if g not in no:
            continue
        won = 0.0
        for a, b in product(yes[g], no[g]):
            won += 1.0 if a > b else 0.5 if a == b else 0.0
        values.append(won / (len(yes[g]) * len(no[g])))
    return sum(values) / len(values)


@right("ranker.2", "sklearn's AUC for each request of both kinds, then the plain mean.")
def grouped_auc(score, label, group):
    score, label, group = np.asarray(score, float), np.asarray(label).astype(int), np.asarray(group)
    each = []
    for request in np.unique(group):
        mine = group == request
        if 0 < label[mine].sum() < mine.sum():
            each.append(roc_auc_score(label[mine], score[mine]))
    return np.mean(each)


@right("ranker.2", "pandas: ranks inside the request, the Mann-Whitney formula.")
def grouped_auc(score, label, group):
    rows = pd.DataFrame({"s": np.asarray(score), "y": np.asarray(label).astype(int), "g": np.asarray(group)})
    rows["rank"] = rows.groupby("g")["s"].rank(method="average")
    rows["yes_rank"] = rows["rank"] * rows["y"]
    by = rows.groupby("g").agg(ranks=("yes_rank", "sum"), pos=("y", "sum"), n=("y", "size"))
    by["neg"] = by["n"] - by["pos"]
    by = by[(by["pos"] > 0) & (by["neg"] > 0)]
    return float(((by["ranks"] - by["pos"] * (by["pos"] + 1) / 2) / (by["pos"] * by["neg"])).mean())


@right("ranker.2", "Sort once by request, split, and rank each piece with scipy.")
def grouped_auc(score, label, group):
    score, label, group = (np.asarray(a) for a in (score, label, group))
    order = np.argsort(group, kind="stable")
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    total, count = 0.0, 0
    for rows in np.split(order, cuts):
        yes = label[rows] > 0
        pos, neg = int(yes.sum()), int((~yes).sum())
        if pos == 0 or neg == 0:
            continue
        u = rankdata(score[rows])[yes].sum() - pos * (pos + 1) / 2
        total += u / (pos * neg)
        count += 1
    assert count > 0, "no request with both kinds"
    return total / count


# ---------------------------------------------------------------- 6.4


@right("ranker.4", "In closed form.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=float)
    return keep_rate * p / (keep_rate * p + 1 - p)


@right("ranker.4", "Add the log of the rate to the log odds; scipy knows the ends 0 and 1.")
def undo_negative_sampling(p, keep_rate):
    return expit(logit(np.asarray(p, dtype=np.float64)) + np.log(keep_rate))


@right("ranker.4", "Odds, with the certain rows put in by hand.")
def undo_negative_sampling(p, keep_rate):
    p = np.array(p, dtype=float)
    odds = np.divide(p, 1 - p, out=np.zeros_like(p), where=p < 1) * keep_rate
    return np.where(p < 1, odds / (1 + odds), 1.0)


@right("ranker.4", "torch: a kept negative stands for 1 / keep_rate of them.")
def undo_negative_sampling(p, keep_rate):
    p = torch.tensor(np.array(p, dtype=np.float64))
    negatives = (1 - p) / keep_rate
    return p / (p + negatives)
