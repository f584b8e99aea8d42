"""Right solutions of lesson 06, written blind."""

from bisect import bisect_left, bisect_right
from collections import defaultdict

import numpy as np
import pandas as pd
import torch
from blind_book import right
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

# ---------------------------------------------------------------- 6.1


@right("ranker.1", "Plain loop over the rows, a list as answer.")
def position_weights(position, click, examination, clip=20.0):
    out = []
    for place, clicked in zip(position, click):
        if clicked:
            out.append(min(1.0 / float(examination[int(place) - 1]), float(clip)))
        else:
            out.append(1.0)
    return out


@right("ranker.1", "Vectorised: a table of capped weights by position, then np.where.")
def position_weights(position, click, examination, clip=20.0):
    position = np.asarray(position, dtype=int)
    clicked = np.asarray(click) == 1
    assert position.size == 0 or position.min() >= 1, "positions are counted from 1"
    by_place = np.minimum(1.0 / np.asarray(examination, dtype=float), clip)
    return np.where(clicked, by_place[position - 1], 1.0)


@right("ranker.1", "pandas: look the chance up by an index from 1 to K, a Series as answer.")
def position_weights(position, click, examination, clip=20.0):
    chance = pd.Series(np.asarray(examination, dtype=float),
                       index=np.arange(1, len(examination) + 1))
    inverse = pd.Series(np.asarray(position, dtype=int)).map(1.0 / chance).clip(upper=clip)
    return inverse.where(np.asarray(click).astype(bool), 1.0).astype(float)


@right("ranker.1", "torch: raise the chance to 1 / clip first, power of the click.")
def position_weights(position, click, examination, clip=20.0):
    place = torch.as_tensor(np.array(position, dtype=np.int64))
    clicked = torch.as_tensor(np.array(click, dtype=np.float64))
    seen = torch.as_tensor(np.array(examination, dtype=np.float64))
    weight = torch.clamp(1.0 / seen[place - 1], max=float(clip))
    return clicked * weight + (1.0 - clicked)


# ---------------------------------------------------------------- 6.2


@right("ranker.2", "All pairs of a request by two loops, requests gathered in a dict.")
def grouped_auc(score, label, group):
    requests = defaultdict(lambda: ([], []))
    for s, y, g in zip(score, label, group):
        requests[int(g)][1 if y else 0].append(float(s))
    each = []
    for without, clicked in requests.values():
        if not without or not clicked:
            continue
        won = 0.0
        for high in clicked:
            for low in without:
                if high > low:
                    won += 1.0
                elif high == low:
                    won += 0.5
        each.append(won / (len(clicked) * len(without)))
    return sum(each) / len(each)


@right("ranker.2", "pandas: average ranks inside the request, Mann and Whitney's formula.")
def grouped_auc(score, label, group):
    table = pd.DataFrame({"score": np.asarray(score, dtype=float),
                          "label": np.asarray(label, dtype=float),
                          "group": np.asarray(group)})
    table["rank"] = table.groupby("group")["score"].rank(method="average")
    table["of_clicked"] = table["rank"] * table["label"]
    sums = table.groupby("group").agg(rows=("label", "size"), clicked=("label", "sum"),
                                      ranks=("of_clicked", "sum"))
    sums["ignored"] = sums["rows"] - sums["clicked"]
    sums = sums[(sums["clicked"] > 0) & (sums["ignored"] > 0)]
    won = sums["ranks"] - sums["clicked"] * (sums["clicked"] + 1) / 2
    return (won / (sums["clicked"] * sums["ignored"])).mean()


@right("ranker.2", "sklearn's AUC of each request that holds both labels.")
def grouped_auc(score, label, group):
    score, label, group = np.asarray(score), np.asarray(label).astype(int), np.asarray(group)
    each = []
    for one in np.unique(group):
        rows = group == one
        if label[rows].min() == label[rows].max():
            continue
        each.append(roc_auc_score(label[rows], score[rows]))
    return float(np.mean(each))


def _auc_by_bisect(clicked, ignored):
    ignored = sorted(ignored)
    below = sum(bisect_left(ignored, s) + bisect_right(ignored, s) for s in clicked)
    return below / (2 * len(clicked) * len(ignored))


@right("ranker.2", "Sorted once by request, cut, and bisect in the rows without a click.")
def grouped_auc(score, label, group):
    score = np.array(score, dtype=float)
    label = np.array(label).astype(bool)
    group = np.array(group)
    order = np.argsort(group, kind="stable")
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    total, number = 0.0, 0
    for rows in np.split(order, cuts):
        clicked, ignored = score[rows][label[rows]], score[rows][~label[rows]]
        if len(clicked) and len(ignored):
            total += _auc_by_bisect(clicked.tolist(), ignored.tolist())
            number += 1
    if number == 0:
        return float("nan")
    return total / number


# ---------------------------------------------------------------- 6.4


@right("ranker.4", "The rows that were dropped come back: negatives over the rate.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=float)
    negatives = (1.0 - p) / keep_rate
    return p / (p + negatives)


@right("ranker.4", "scipy: a shift of the log odds.")
def undo_negative_sampling(p, keep_rate):
    return expit(logit(np.asarray(p, dtype=float)) + np.log(keep_rate))


def _one(p, keep_rate):
    if p <= 0.0:
        return 0.0
    if p >= 1.0:
        return 1.0
    odds = p / (1.0 - p) * keep_rate
    return odds / (1.0 + odds)


@right("ranker.4", "One number at a time, by odds, with the ends treated apart.")
def undo_negative_sampling(p, keep_rate):
    assert 0 < keep_rate <= 1
    values = np.asarray(p, dtype=float)
    out = np.empty(values.shape)
    for place in np.ndindex(values.shape):
        out[place] = _one(float(values[place]), float(keep_rate))
    return out


@right("ranker.4", "torch in double precision, a tensor as answer.")
def undo_negative_sampling(p, keep_rate):
    p = torch.as_tensor(np.array(p, dtype=np.float64))
    if keep_rate == 1:
        return p.clone()
    return keep_rate * p / (keep_rate * p + (1 - p))
