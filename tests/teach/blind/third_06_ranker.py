"""Solutions of lesson 06, written blind."""

from collections import defaultdict

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


# ---------------------------------------------------------------- 6.1 position_weights


@wrong("ranker.1", "Weighs relative to the first place, as if everybody looked at that one.")
def position_weights(position, click, examination, clip=20.0):
    e = np.asarray(examination)[np.asarray(position) - 1]
    return np.where(np.asarray(click) == 1, np.minimum(examination[0] / e, clip), 1.0)


@wrong("ranker.1", "Rows without a click are weighed, too.")
def position_weights(position, click, examination, clip=20.0):
    return np.minimum(1 / np.asarray(examination)[np.asarray(position) - 1], clip)


@wrong("ranker.1", "Rows without a click get the weight 0 and are lost to training.")
def position_weights(position, click, examination, clip=20.0):
    e = np.asarray(examination)[np.asarray(position) - 1]
    return np.asarray(click) * np.minimum(1 / e, clip)


@wrong("ranker.1", "Always clips at 20, whatever `clip` says.")
def position_weights(position, click, examination, clip=20.0):
    e = np.asarray(examination)[np.asarray(position) - 1]
    return np.where(np.asarray(click) == 1, np.clip(1 / e, 1.0, 20.0), 1.0)


@wrong("ranker.1", "Counts the caller's positions down in place, so that a second call reads other places.")
def position_weights(position, click, examination, clip=20.0):
    position -= 1
    weight = np.minimum(1 / np.asarray(examination)[position], clip)
    return np.where(np.asarray(click) == 1, weight, 1.0)


@wrong("ranker.1", "A click from too far down is dropped (weight 0) instead of held at `clip`.")
def position_weights(position, click, examination, clip=20.0):
    weight = 1 / np.asarray(examination)[np.asarray(position) - 1]
    weight = np.where(weight > clip, 0.0, weight)
    return np.where(np.asarray(click) == 1, weight, 1.0)


@wrong("ranker.1", "The weights take the type of the clicks, and whole numbers cut their fractions off.")
def position_weights(position, click, examination, clip=20.0):
    weight = np.ones_like(click)
    clicked = np.asarray(click) == 1
    weight[clicked] = np.minimum(1 / np.asarray(examination)[np.asarray(position)[clicked] - 1], clip)
    return weight.astype(float)


@wrong("ranker.1", "Off by one: position 1 reads the chance of the second place.")
def position_weights(position, click, examination, clip=20.0):
    e = np.take(np.asarray(examination), np.asarray(position), mode="clip")
    return np.where(np.asarray(click) == 1, np.minimum(1 / e, clip), 1.0)


@right("ranker.1", "Bounds the chances from below by 1 / clip before dividing.")
def position_weights(position, click, examination, clip=20.0):
    e = np.maximum(np.asarray(examination, dtype=float), 1.0 / clip)
    clicked = np.asarray(click).astype(bool)
    return 1.0 + clicked * (1.0 / e[np.asarray(position, dtype=int) - 1] - 1.0)


@right("ranker.1", "A plain loop; a list of floats.")
def position_weights(position, click, examination, clip=20.0):
    chances = [float(e) for e in examination]
    weights = []
    for place, clicked in zip(position, click):
        weights.append(min(1.0 / chances[int(place) - 1], float(clip)) if clicked else 1.0)
    return weights


@right("ranker.1", "pandas: a table of weights by place, mapped onto rows; a Series.")
def position_weights(position, click, examination, clip=20.0):
    chances = np.asarray(examination, dtype=float)
    by_place = pd.Series(1.0 / chances, index=np.arange(1, len(chances) + 1)).clip(upper=clip)
    weight = pd.Series(np.asarray(position)).map(by_place)
    return weight.where(pd.Series(np.asarray(click)).astype(int) == 1, 1.0)


# ---------------------------------------------------------------- 6.2 grouped_auc


@wrong("ranker.2", "AUC over all rows at once.")
def grouped_auc(score, label, group):
    score, label = np.asarray(score), np.asarray(label)
    yes, no = score[label == 1], score[label == 0]
    return float(((yes[:, None] > no).sum() + 0.5 * (yes[:, None] == no).sum()) / (len(yes) * len(no)))


@wrong("ranker.2", "Pools the pairs of all requests, so a request with many pairs says more.")
def grouped_auc(score, label, group):
    score, label, group = map(np.asarray, (score, label, group))
    won = pairs = 0.0
    for g in np.unique(group):
        yes, no = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        won += (yes[:, None] > no).sum() + 0.5 * (yes[:, None] == no).sum()
        pairs += len(yes) * len(no)
    return float(won / pairs)


@wrong("ranker.2", "The published GAUC: requests are weighed by their number of rows.")
def grouped_auc(score, label, group):
    score, label, group = map(np.asarray, (score, label, group))
    each, rows = [], []
    for g in np.unique(group):
        yes, no = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(yes) and len(no):
            each.append(((yes[:, None] > no) + 0.5 * (yes[:, None] == no)).mean())
            rows.append(len(yes) + len(no))
    return float(np.average(each, weights=rows))


@wrong("ranker.2", "A request that can say nothing counts as one half.")
def grouped_auc(score, label, group):
    score, label, group = map(np.asarray, (score, label, group))
    each = []
    for g in np.unique(group):
        yes, no = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(yes) and len(no):
            each.append(((yes[:, None] > no) + 0.5 * (yes[:, None] == no)).mean())
        else:
            each.append(0.5)
    return float(np.mean(each))


@wrong("ranker.2", "Cuts where the request changes, so rows that stand apart make a request of their own.")
def grouped_auc(score, label, group):
    score, label, group = map(np.asarray, (score, label, group))
    cuts = np.flatnonzero(np.diff(group)) + 1
    each = []
    for s, y in zip(np.split(score, cuts), np.split(label, cuts)):
        yes, no = s[y == 1], s[y == 0]
        if len(yes) and len(no):
            each.append(((yes[:, None] > no) + 0.5 * (yes[:, None] == no)).mean())
    return float(np.mean(each))


@wrong("ranker.2", "Ranks by argsort: ties are broken by the order of the rows, not counted half.")
def grouped_auc(score, label, group):
    score, label, group = map(np.asarray, (score, label, group))
    each = []
    for g in np.unique(group):
        s, y = score[group == g], label[group == g]
        n_yes = int(y.sum())
        n_no = len(y) - n_yes
        if n_yes and n_no:
            rank = np.empty(len(s))
            rank[np.argsort(s, kind="stable")] = np.arange(1, len(s) + 1)
            each.append((rank[y == 1].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))
    return float(np.mean(each))


@wrong("ranker.2", "Looks at one click of each request only, the first.")
def grouped_auc(score, label, group):
    score, label, group = map(np.asarray, (score, label, group))
    each = []
    for g in np.unique(group):
        s, y = score[group == g], label[group == g]
        if y.any() and not y.all():
            clicked, no = s[np.argmax(y)], s[y == 0]
            each.append(((clicked > no) + 0.5 * (clicked == no)).mean())
    return float(np.mean(each))


@wrong("ranker.2", "Takes each request's mean score off and then compares rows of all requests.")
def grouped_auc(score, label, group):
    frame = pd.DataFrame({"s": np.asarray(score, float), "y": np.asarray(label), "g": np.asarray(group)})
    frame["s"] -= frame.groupby("g")["s"].transform("mean")
    rank = frame["s"].rank()
    n_yes = int((frame["y"] == 1).sum())
    n_no = len(frame) - n_yes
    return float((rank[frame["y"] == 1].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))


@right("ranker.2", "pandas: mean ranks inside each request, and the formula of Mann and Whitney.")
def grouped_auc(score, label, group):
    frame = pd.DataFrame({"s": np.asarray(score, dtype=float), "y": np.asarray(label).astype(int),
                          "g": np.asarray(group)})
    frame["r"] = frame.groupby("g")["s"].rank(method="average") * frame["y"]
    by = frame.groupby("g").agg(r=("r", "sum"), yes=("y", "sum"), n=("y", "size"))
    by = by[(by["yes"] > 0) & (by["yes"] < by["n"])]
    auc = (by["r"] - by["yes"] * (by["yes"] + 1) / 2) / (by["yes"] * (by["n"] - by["yes"]))
    return auc.mean()


@right("ranker.2", "Plain Python: two lists for each request, and all their pairs.")
def grouped_auc(score, label, group):
    clicked, others = defaultdict(list), defaultdict(list)
    for s, y, g in zip(score, label, group):
        (clicked if y else others)[int(g)].append(float(s))
    each = []
    for g in clicked:
        if g in others:
            points = sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in clicked[g] for b in others[g])
            each.append(points / (len(clicked[g]) * len(others[g])))
    return sum(each) / len(each)


@right("ranker.2", "Sorts once by request, and counts by binary search from both sides of a tie.")
def grouped_auc(score, label, group):
    score, label, group = np.asarray(score), np.asarray(label).astype(bool), np.asarray(group)
    order = np.argsort(group, kind="stable")
    score, label, group = score[order], label[order], group[order]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    total, number = np.float64(0), 0
    for begin, end in zip(starts, np.r_[starts[1:], len(group)]):
        s, y = score[begin:end], label[begin:end]
        low, high = np.sort(s[~y]), s[y]
        if len(low) and len(high):
            below = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
            total += below.mean() / (2 * len(low))
            number += 1
    return total / number


# ---------------------------------------------------------------- 6.4 undo_negative_sampling


@wrong("ranker.4", "Multiplies probabilities by the rate; it is the odds that scale.")
def undo_negative_sampling(p, keep_rate):
    return np.asarray(p, dtype=float) * keep_rate


@wrong("ranker.4", "The wrong way round: makes what is too high still higher.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=float)
    return p / (p + (1 - p) * keep_rate)


@wrong("ranker.4", "Clips p to 0.001…0.999 for the sake of the logit, so a certain click is certain no more.")
def undo_negative_sampling(p, keep_rate):
    p = np.clip(np.asarray(p, dtype=float), 1e-3, 1 - 1e-3)
    logit = np.log(p / (1 - p)) + np.log(keep_rate)
    return 1 / (1 + np.exp(-logit))


@wrong("ranker.4", "The denominator forgets that only the share 1 − p are negatives.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=float)
    return p / (p + 1 / keep_rate)


@wrong("ranker.4", "Goes by the odds, which are infinite at p = 1: NaN there.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = p / (1 - p) * keep_rate
        return odds / (1 + odds)


@wrong("ranker.4", "Returns a flat array, whatever the shape was.")
def undo_negative_sampling(p, keep_rate):
    p = np.ravel(np.asarray(p, dtype=float))
    return p / (p + (1 - p) / keep_rate)


@wrong("ranker.4", "Reads `keep_rate` as the share that was dropped.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=float)
    kept = 1 - keep_rate
    return p * kept / np.maximum(p * kept + 1 - p, 1e-12)


@wrong("ranker.4", "Works in the caller's array: a second call corrects what is corrected already.")
def undo_negative_sampling(p, keep_rate):
    p /= p + (1 - p) / keep_rate
    return p


@right("ranker.4", "The chances of the kept rows, both put back into their numbers.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=np.float64)
    return keep_rate * p / (keep_rate * p + (1.0 - p))


@right("ranker.4", "One number at a time, in an array of the same shape.")
def undo_negative_sampling(p, keep_rate):
    p = np.asarray(p, dtype=float)
    out = [one / (one + (1.0 - one) / keep_rate) if one > 0 else 0.0 for one in p.ravel().tolist()]
    return np.array(out, dtype=float).reshape(p.shape)


@right("ranker.4", "torch: the log odds are moved by the log of the rate; infinite ones stay where they are.")
def undo_negative_sampling(p, keep_rate):
    p = torch.as_tensor(np.array(p, dtype=np.float64))
    shift = float(np.log(keep_rate))
    return torch.sigmoid(torch.logit(p) + shift).numpy()
