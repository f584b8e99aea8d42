"""Solutions of lesson 06, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy import stats
from sklearn.metrics import roc_auc_score


@wrong("ranker.1", "Positions are used as places counted from 0, so each click gets the weight of the next position.")
def position_weights(position, click, examination, clip=20.0):
    chance = np.append(examination, examination[-1])[position]
    return np.where(click == 1, np.minimum(1 / chance, clip), 1.0)


@wrong("ranker.1", "Rows without a click are weighted too.")
def position_weights(position, click, examination, clip=20.0):
    return np.minimum(1 / examination[position - 1], clip)


@wrong("ranker.1", "Rows without a click get the weight 0.")
def position_weights(position, click, examination, clip=20.0):
    return click * np.minimum(1 / examination[position - 1], clip)


@wrong("ranker.1", "The weights are not clipped.")
def position_weights(position, click, examination, clip=20.0):
    return np.where(click == 1, 1 / examination[position - 1], 1.0)


@wrong("ranker.1", "Clipped at 20 whatever clip says.")
def position_weights(position, click, examination, clip=20.0):
    return np.where(click == 1, np.minimum(1 / examination[position - 1], 20.0), 1.0)


@wrong("ranker.1", "Weighted by the chance of a look, not by one over it.")
def position_weights(position, click, examination, clip=20.0):
    return np.where(click == 1, np.minimum(examination[position - 1], clip), 1.0)


@wrong("ranker.1", "The chance is taken relative to position 1, so a first position that not all look at is lost.")
def position_weights(position, click, examination, clip=20.0):
    relative = examination / examination[0]
    return np.where(click == 1, np.minimum(1 / relative[position - 1], clip), 1.0)


@wrong("ranker.1", "A click whose weight would exceed clip is reset to 1 instead of to clip.")
def position_weights(position, click, examination, clip=20.0):
    weight = 1 / examination[position - 1]
    weight[weight > clip] = 1
    return np.where(click == 1, weight, 1.0)


@wrong("ranker.1", "The weights are brought to a mean of 1.")
def position_weights(position, click, examination, clip=20.0):
    weight = np.where(click == 1, np.minimum(1 / examination[position - 1], clip), 1.0)
    return weight / weight.mean()


@wrong("ranker.1", "The position itself stands in for one over the chance.")
def position_weights(position, click, examination, clip=20.0):
    return np.where(click == 1, np.minimum(position, clip), 1.0)


@wrong("ranker.1", "Rows without a click get the chance of a look that 02 gives them; here nobody knows, so it is 1.")
def position_weights(position, click, examination, clip=20.0):
    chance = examination[position - 1]
    return [min(1 / e, clip) if c else e for e, c in zip(chance, click, strict=True)]


@wrong("ranker.1", "Clip is a least weight instead of a most.")
def position_weights(position, click, examination, clip=20.0):
    return np.where(click == 1, np.maximum(1 / examination[position - 1], clip), 1.0)


@right("ranker.1", "A loop, a list.")
def position_weights(position, click, examination, clip=20.0):
    return [min(1.0 / float(examination[int(k) - 1]), float(clip)) if c == 1 else 1.0
            for k, c in zip(position, click, strict=True)]


@right("ranker.1", "A pandas map from position to weight.")
def position_weights(position, click, examination, clip=20.0):
    weight_of = pd.Series(1 / np.asarray(examination, float), index=np.arange(1, len(examination) + 1)).clip(upper=clip)
    return pd.Series(np.asarray(position)).map(weight_of).where(np.asarray(click) == 1, 1.0)


@right("ranker.1", "As a power: the weight to the click, which is 1 where that is 0; torch.")
def position_weights(position, click, examination, clip=20.0):
    chance = torch.as_tensor(np.array(examination, dtype=float))[torch.as_tensor(np.array(position)).long() - 1]
    return chance.reciprocal().clamp(max=clip).pow(torch.as_tensor(np.array(click))).numpy()


@right("ranker.1", "1 plus the click times what the weight has beyond 1.")
def position_weights(position, click, examination, clip=20.0):
    floor = np.maximum(np.take(examination, np.subtract(position, 1)), 1 / clip)
    return 1 + np.multiply(click, 1 / floor - 1)


@wrong("ranker.2", "One AUC over all rows, so different requests are compared.")
def grouped_auc(score, label, group):
    return float(roc_auc_score(label, score))


@wrong("ranker.2", "The mean is weighted by the rows of each request.")
def grouped_auc(score, label, group):
    values, sizes = [], []
    for g in np.unique(group):
        rows = group == g
        if 0 < label[rows].sum() < rows.sum():
            values.append(roc_auc_score(label[rows], score[rows]))
            sizes.append(rows.sum())
    return float(np.average(values, weights=sizes))


@wrong("ranker.2", "Ties count as lost.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(up) and len(down):
            values.append((up[:, None] > down[None]).mean())
    return float(np.mean(values))


@wrong("ranker.2", "Ties count in full.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(up) and len(down):
            values.append((up[:, None] >= down[None]).mean())
    return float(np.mean(values))


@wrong("ranker.2", "A request with one label only counts as one half instead of being left out.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        rows = group == g
        both = 0 < label[rows].sum() < rows.sum()
        values.append(roc_auc_score(label[rows], score[rows]) if both else 0.5)
    return float(np.mean(values))


@wrong("ranker.2", "Requests are cut where the number changes, so rows that stand apart become requests of their own.")
def grouped_auc(score, label, group):
    cuts = np.flatnonzero(np.diff(group)) + 1
    values = []
    for s, y in zip(np.split(score, cuts), np.split(label, cuts), strict=True):
        if 0 < y.sum() < len(y):
            values.append(roc_auc_score(y, s))
    return float(np.mean(values)) if values else float("nan")


@wrong("ranker.2", "All pairs of all requests are pooled, so a request counts by its number of pairs.")
def grouped_auc(score, label, group):
    won = pairs = 0.0
    for g in np.unique(group):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        won += (up[:, None] > down).sum() + (up[:, None] == down).sum() / 2
        pairs += len(up) * len(down)
    return won / pairs


@wrong("ranker.2", "Ranks by argsort: ties are broken by the order of the rows.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        s, y = score[group == g], label[group == g]
        n_up, n_down = y.sum(), (1 - y).sum()
        if n_up and n_down:
            rank = np.argsort(np.argsort(s, kind="stable")) + 1
            values.append((rank[y == 1].sum() - n_up * (n_up + 1) / 2) / (n_up * n_down))
    return float(np.mean(values))


@wrong("ranker.2", "The chance that a clicked row scores below one that was not.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(up) and len(down):
            values.append(((up[:, None] < down).mean() + (up[:, None] == down).mean() / 2))
    return float(np.mean(values))


@wrong("ranker.2", "A request without a click counts as 0 in the mean.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        pairs = max(len(up) * len(down), 1)
        values.append(((up[:, None] > down).sum() + (up[:, None] == down).sum() / 2) / pairs)
    return float(np.mean(values))


@wrong("ranker.2", "The median of the requests, not the mean.")
def grouped_auc(score, label, group):
    values = []
    for _, part in pd.DataFrame({"s": score, "y": label, "g": group}).groupby("g"):
        if part["y"].nunique() == 2:
            values.append(roc_auc_score(part["y"], part["s"]))
    return float(np.median(values))


@wrong("ranker.2", "Only the best clicked row of a request is compared.")
def grouped_auc(score, label, group):
    values = []
    for g in np.unique(group):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(up) and len(down):
            values.append((up.max() > down).mean() + (up.max() == down).mean() / 2)
    return float(np.mean(values))


@right("ranker.2", "pandas apply with scikit-learn's AUC; NaN for one label, which mean leaves out.")
def grouped_auc(score, label, group):
    frame = pd.DataFrame({"s": np.asarray(score), "y": np.asarray(label), "g": np.asarray(group)})
    return float(pd.Series([roc_auc_score(part.y, part.s) if part.y.nunique() == 2 else np.nan
                            for _, part in frame.groupby("g")]).mean())


@right("ranker.2", "Dictionaries of lists and pairs in pure Python.")
def grouped_auc(score, label, group):
    up, down = {}, {}
    for s, y, g in zip(score, label, group, strict=True):
        (up if y == 1 else down).setdefault(int(g), []).append(float(s))
    values = [sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in up[g] for b in down[g]) / len(up[g]) / len(down[g])
              for g in up if g in down]
    return sum(values) / len(values)


@right("ranker.2", "Average ranks inside each request by pandas, then the rank-sum formula for all at once.")
def grouped_auc(score, label, group):
    frame = pd.DataFrame({"s": np.asarray(score), "y": np.asarray(label, float), "g": np.asarray(group)})
    frame["won"] = frame.groupby("g")["s"].rank() * frame["y"]
    by = frame.groupby("g").agg(n=("y", "size"), up=("y", "sum"), won=("won", "sum"))
    by = by[(by["up"] > 0) & (by["up"] < by["n"])]
    return ((by["won"] - by["up"] * (by["up"] + 1) / 2) / (by["up"] * (by["n"] - by["up"]))).mean()


@right("ranker.2", "scipy's Mann-Whitney U of each request.")
def grouped_auc(score, label, group):
    values = []
    for g in set(np.asarray(group).tolist()):
        up, down = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if up.size and down.size:
            values.append(stats.mannwhitneyu(up, down, method="asymptotic").statistic / (up.size * down.size))
    return np.mean(values)
