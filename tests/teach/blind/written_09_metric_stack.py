"""Solutions of lesson 09, exercises 1 and 2, written from the notebook alone."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("metric_stack.1", "The best list possible holds all relevant items, though only k slots allow.")
def ndcg_at_k(top, relevant, k):
    out = []
    for row, want in zip(top, relevant, strict=True):
        gain = (np.isin(row[:k], want) / np.log2(np.arange(2, k + 2))).sum()
        ideal = (1 / np.log2(np.arange(2, len(want) + 2))).sum()
        out.append(gain / ideal if len(want) else np.nan)
    return np.array(out)


@wrong("metric_stack.1", "The best list possible always has k hits, even if fewer items are relevant.")
def ndcg_at_k(top, relevant, k):
    discount, out = 1 / np.log2(np.arange(2, k + 2)), []
    for row, want in zip(top, relevant, strict=True):
        out.append(np.isin(row[:k], want) @ discount / discount.sum() if len(want) else np.nan)
    return np.array(out)


@wrong("metric_stack.1", "The best list possible holds only the hits that were found, so what was missed is free.")
def ndcg_at_k(top, relevant, k):
    discount, out = 1 / np.log2(np.arange(2, k + 2)), []
    for row, want in zip(top, relevant, strict=True):
        hit = np.isin(row[:k], want)
        out.append(np.nan if len(want) == 0 else hit @ discount / discount[:hit.sum()].sum() if hit.any() else 0.0)
    return np.array(out)


@wrong("metric_stack.1", "A user with nothing relevant gets 0 and not NaN.")
def ndcg_at_k(top, relevant, k):
    discount, out = 1 / np.log2(np.arange(2, k + 2)), []
    for row, want in zip(top, relevant, strict=True):
        ideal = discount[:min(k, len(want))].sum()
        out.append(np.isin(row[:k], want) @ discount / max(ideal, 1e-12))
    return np.array(out)


@wrong("metric_stack.1", "All K places of the list count, not the first k.")
def ndcg_at_k(top, relevant, k):
    discount, out = 1 / np.log2(np.arange(2, top.shape[1] + 2)), []
    for row, want in zip(top, relevant, strict=True):
        ideal = discount[:min(k, len(want))].sum()
        out.append(np.isin(row, want) @ discount / ideal if len(want) else np.nan)
    return np.array(out)


@wrong("metric_stack.1", "Positions are counted one too far: the first gains 1/log2(3).")
def ndcg_at_k(top, relevant, k):
    discount, out = 1 / np.log2(np.arange(1, k + 1) + 2), []
    for row, want in zip(top, relevant, strict=True):
        ideal = discount[:min(k, len(want))].sum()
        out.append(np.isin(row[:k], want) @ discount / ideal if len(want) else np.nan)
    return np.array(out)


@wrong("metric_stack.1", "The gain is 1/p, without the logarithm.")
def ndcg_at_k(top, relevant, k):
    discount, out = 1 / np.arange(1, k + 1), []
    for row, want in zip(top, relevant, strict=True):
        ideal = discount[:min(k, len(want))].sum()
        out.append(np.isin(row[:k], want) @ discount / ideal if len(want) else np.nan)
    return np.array(out)


@wrong("metric_stack.1", "Users with nothing relevant are left out, so the rows no longer fit the users.")
def ndcg_at_k(top, relevant, k):
    discount, out = 1 / np.log2(np.arange(2, k + 2)), []
    for row, want in zip(top, relevant, strict=True):
        if len(want):
            out.append(np.isin(row[:k], want) @ discount / discount[:len(want)].sum())
    return np.array(out)


@wrong("metric_stack.1", "Divides by the number of relevant items that k slots allow, not by what they would gain.")
def ndcg_at_k(top, relevant, k):
    discount = 1 / np.log2(np.arange(2, k + 2))
    return np.array([np.isin(row[:k], want) @ discount / min(k, len(want)) if len(want) else np.nan
                     for row, want in zip(top, relevant, strict=True)])


@right("metric_stack.1", "Sets and plain loops; natural logarithms, whose base cancels; returns a list.")
def ndcg_at_k(top, relevant, k):
    values = []
    for row, want in zip(top, relevant, strict=True):
        want = {int(item) for item in want}
        if not want:
            values.append(float("nan"))
            continue
        gain = sum(1 / math.log(p + 1) for p, item in enumerate(row[:k], start=1) if int(item) in want)
        values.append(gain / sum(1 / math.log(p + 1) for p in range(1, min(k, len(want)) + 1)))
    return values


@right("metric_stack.1", "A matrix of hits at once, the ideal from a running sum; float array.")
def ndcg_at_k(top, relevant, k):
    hit = np.array([np.isin(row, want) for row, want in zip(np.asarray(top)[:, :k], relevant, strict=True)], float)
    discount = 1 / np.log2(np.arange(k) + 2)
    ideal = np.r_[np.nan, discount.cumsum()]
    return hit.reshape(len(relevant), k) @ discount / ideal[[min(k, len(want)) for want in relevant]]


@right("metric_stack.1", "With pandas: the hits of a long table, summed by user; returns a Series.")
def ndcg_at_k(top, relevant, k):
    shown = pd.DataFrame(np.asarray(top)[:, :k]).stack().rename("item").rename_axis(["user", "place"]).reset_index()
    pairs = [(u, int(i)) for u, items in enumerate(relevant) for i in items]
    want = pd.DataFrame(pairs, columns=["user", "item"]).astype({"user": int, "item": int}).drop_duplicates()
    hits = shown.astype({"user": int, "item": int}).merge(want, on=["user", "item"])
    gain = (1 / np.log2(hits["place"].astype(float) + 2)).groupby(hits["user"]).sum()
    size = pd.Series([min(k, len(items)) for items in relevant])
    ideal = size.map(lambda n: (1 / np.log2(np.arange(2, n + 2))).sum() if n else np.nan)
    return gain.reindex(range(len(relevant)), fill_value=0.0) / ideal


@wrong("metric_stack.2", "Divides by the number of decisions: plain IPS.")
def snips(reward, logged, target):
    return float(np.mean(target / logged * reward))


@wrong("metric_stack.2", "The weights are upside down: logger over target.")
def snips(reward, logged, target):
    weight = np.divide(logged, target, out=np.zeros(len(target)), where=target > 0)
    return float((weight * reward).sum() / weight.sum())


@wrong("metric_stack.2", "Weighs by the target's chance alone, the logger's is not divided out.")
def snips(reward, logged, target):
    return float((target * reward).sum() / target.sum())


@wrong("metric_stack.2", "Weighs by one over the logger's chance: that is the uniform policy, not the target.")
def snips(reward, logged, target):
    weight = 1 / logged
    return float(np.sum(weight * reward) / np.sum(weight))


@wrong("metric_stack.2", "The sum of weights goes over rewarded decisions only.")
def snips(reward, logged, target):
    weight, paid = target / logged, reward != 0
    return float((weight * reward)[paid].sum() / weight[paid].sum()) if paid.any() else 0.0


@wrong("metric_stack.2", "Weights are clipped at 10, which nobody asked for and which biases the answer.")
def snips(reward, logged, target):
    weight = np.minimum(target / logged, 10)
    return float((weight * reward).sum() / weight.sum())


@wrong("metric_stack.2", "A ratio of sums in place of a sum of ratios: target·reward over logged.")
def snips(reward, logged, target):
    return float((target * reward).sum() / logged.sum())


@wrong("metric_stack.2", "Decisions the target would take less often than the logger are dropped from both sums.")
def snips(reward, logged, target):
    weight = target / logged
    weight = np.where(weight >= 1, weight, 0)
    return float((weight * reward).sum() / max(weight.sum(), 1e-12))


@right("metric_stack.2", "np.average with weights; returns a numpy scalar.")
def snips(reward, logged, target):
    return np.average(np.asarray(reward, float), weights=np.asarray(target, float) / np.asarray(logged, float))


@right("metric_stack.2", "A loop with two sums; returns a Python float.")
def snips(reward, logged, target):
    earned = total = 0.0
    for r, p, q in zip(reward, logged, target, strict=True):
        earned += r * q / p
        total += q / p
    return float(earned / total)


@right("metric_stack.2", "In torch, with weights made to sum to 1 first; returns a float.")
def snips(reward, logged, target):
    r, p, q = (torch.as_tensor(np.asarray(x, float)) for x in (reward, logged, target))
    share = q / p
    share = share / share.sum()
    return (share @ r).item()
