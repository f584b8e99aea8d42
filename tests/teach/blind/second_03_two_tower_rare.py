"""Solutions of lesson 03, written blind: from the notebook's text alone."""

import numpy as np
import torch
import torch.nn.functional as F
from blind_book import wrong


@wrong("two_tower.1", "The gap is cut to 30, so worse errors cost no more and give no gradient.")
def bpr(positive, negative):
    return F.softplus((negative - positive).clamp(-30, 30)).mean()


@wrong("two_tower.2", "Scores are cut at 20, which bends those of long vectors.")
def in_batch_softmax(query, item):
    return F.cross_entropy((query @ item.T).clamp(-20, 20), torch.arange(len(query)))


@wrong("two_tower.3", "A temperature below 0.05 is lifted to 0.05.")
def info_nce(query, item, temperature):
    cosine = F.normalize(query, dim=1) @ F.normalize(item, dim=1).T
    return F.cross_entropy(cosine / max(temperature, 0.05), torch.arange(len(query)))


@wrong("two_tower.4", "The held-out items are cut to those that any list names, so what nobody is shown is not missed.")
def recall_at_k(top, relevant, k):
    named = np.unique(top[top >= 0])
    out = np.full(len(relevant), np.nan)
    for user, wanted in enumerate(relevant):
        if len(wanted):
            wanted = wanted[np.isin(wanted, named)]
            out[user] = np.isin(top[user, :k], wanted).sum() / max(min(k, len(wanted)), 1)
    return out


@wrong("two_tower.5", "Times are cut to whole numbers, so moments that differ by a fraction fall together.")
def cut_by_time(time, fractions):
    whole = np.asarray(time).astype(int)
    ordered, n = np.sort(whole), len(whole)
    first, second = (ordered[int(round(share * n, 6))] for share in np.cumsum(fractions)[:2])
    return (whole >= first).astype(int) + (whole >= second)


@wrong("two_tower.6", "Item 0 is added but not counted under the root.")
def user_vectors(table, constant, history):
    real = (history >= 0).unsqueeze(-1)
    n = (history > 0).sum(1, keepdim=True).clamp(min=1)
    return (table[history.clamp(min=0)] * real).sum(1) / n.sqrt() + constant


@wrong("two_tower.7", "argpartition picks among ties at the edge of the k best as it likes, not the lower ids.")
def nearest_unseen(query, items, seen, k):
    score = items @ query
    score[seen] = -np.inf
    best = np.sort(np.argpartition(score, len(score) - k)[len(score) - k:])
    return best[np.argsort(-score[best], kind="stable")]


@wrong("two_tower.7", "Scores are rounded to one digit, so near ones are ordered by id.")
def nearest_unseen(query, items, seen, k):
    score = np.round(items @ query, 1)
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[:k]
