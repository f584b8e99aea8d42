"""Solutions of lesson 07, exercises 1 to 3, written from the notebook alone."""

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong


@wrong("reranker.1", "Likeness is the mean similarity to what is chosen, not the largest.")
def mmr(relevance, similarity, k, trade_off=0.7):
    chosen = []
    while len(chosen) < min(k, len(relevance)):
        like = similarity[:, chosen].mean(axis=1) if chosen else np.zeros(len(relevance))
        gain = trade_off * relevance - (1 - trade_off) * like
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
    return np.array(chosen, int)


@wrong("reranker.1", "The two weights are exchanged: trade_off stands before the likeness.")
def mmr(relevance, similarity, k, trade_off=0.7):
    chosen = []
    while len(chosen) < min(k, len(relevance)):
        like = similarity[:, chosen].max(axis=1) if chosen else np.zeros(len(relevance))
        gain = (1 - trade_off) * relevance - trade_off * like
        gain[chosen] = -np.inf
        chosen.append(int(np.argmax(gain)))
    return np.array(chosen, int)


@wrong("reranker.1", "The running maximum starts at zero and is kept, so negative similarities count as zero.")
def mmr(relevance, similarity, k, trade_off=0.7):
    like, free, out = np.zeros(len(relevance)), np.ones(len(relevance), bool), []
    for _ in range(min(k, len(relevance))):
        best = np.argmax(np.where(free, trade_off * relevance - (1 - trade_off) * like, -np.inf))
        out.append(best)
        free[best] = False
        like = np.maximum(like, similarity[:, best])
    return np.array(out, int)


@wrong("reranker.1", "Compares with the item chosen last only, not with all that are chosen.")
def mmr(relevance, similarity, k, trade_off=0.7):
    out = []
    for _ in range(min(k, len(relevance))):
        like = similarity[:, out[-1]] if out else np.zeros(len(relevance))
        gain = trade_off * np.asarray(relevance) - (1 - trade_off) * like
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
    return np.array(out, int)


@wrong("reranker.1", "Ties go to the last candidate, because of >= in the search.")
def mmr(relevance, similarity, k, trade_off=0.7):
    out = []
    for _ in range(min(k, len(relevance))):
        best, best_gain = -1, -np.inf
        for i in range(len(relevance)):
            if i in out:
                continue
            like = max((similarity[i, j] for j in out), default=0.0)
            gain = trade_off * relevance[i] - (1 - trade_off) * like
            if gain >= best_gain:
                best, best_gain = i, gain
        out.append(best)
    return np.array(out, int)


@wrong("reranker.1", "Always fills k slots: with k above the number of candidates place 0 is repeated.")
def mmr(relevance, similarity, k, trade_off=0.7):
    out = []
    for _ in range(k):
        like = similarity[:, out].max(axis=1) if out else np.zeros(len(relevance))
        gain = trade_off * relevance - (1 - trade_off) * like
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
    return np.array(out, int)


@wrong("reranker.1", "The first slot always goes to the largest relevance, also where trade_off is 0 and all tie.")
def mmr(relevance, similarity, k, trade_off=0.7):
    out = [int(np.argmax(relevance))]
    while len(out) < min(k, len(relevance)):
        gain = trade_off * relevance - (1 - trade_off) * similarity[:, out].max(axis=1)
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
    return np.array(out[:k], int)


@wrong("reranker.1", "Chosen ones are hidden by a gain of 0, which beats candidates of negative gain.")
def mmr(relevance, similarity, k, trade_off=0.7):
    out, mask = [], np.ones(len(relevance))
    for _ in range(min(k, len(relevance))):
        like = similarity[:, out].max(axis=1) if out else np.zeros(len(relevance))
        pick = int(((trade_off * relevance - (1 - trade_off) * like) * mask).argmax())
        mask[pick] = 0
        out.append(pick)
    return np.array(out, int)


@right("reranker.1", "Plain loops over a list of the places that are left; returns a list.")
def mmr(relevance, similarity, k, trade_off=0.7):
    left, out = list(range(len(relevance))), []
    while left and len(out) < k:
        def gain(i):
            nearest = max(similarity[i][j] for j in out) if out else 0
            return trade_off * relevance[i] - (1 - trade_off) * nearest
        best = max(left, key=gain)  # the first of the largest
        left.remove(best)
        out.append(best)
    return out


@right("reranker.1", "In torch with a running maximum that starts at minus infinity; int32 array.")
def mmr(relevance, similarity, k, trade_off=0.7):
    rel, sim = torch.tensor(np.array(relevance, float)), torch.tensor(np.array(similarity, float))
    near, gone, out = torch.full_like(rel, -torch.inf), torch.zeros(len(rel), dtype=torch.bool), []
    for _ in range(min(k, len(rel))):
        score = trade_off * rel - (1 - trade_off) * (near if out else torch.zeros_like(rel))
        best = int(np.argmax(score.masked_fill(gone, -torch.inf).numpy()))
        out.append(best)
        gone[best] = True
        near = torch.maximum(near, sim[:, best])
    return np.array(out, np.int32)


@right("reranker.1", "With a Series from which places are dropped; returns a tuple of ints.")
def mmr(relevance, similarity, k, trade_off=0.7):
    rel, sim, out = pd.Series(np.asarray(relevance, float)), pd.DataFrame(np.asarray(similarity, float)), []
    for _ in range(min(k, len(rel))):
        left = rel.index.difference(out)
        near = sim.loc[left, out].max(axis=1) if out else pd.Series(0.0, left)
        out.append(int((trade_off * rel[left] - (1 - trade_off) * near).idxmax()))
    return tuple(out)


@wrong("reranker.2", "The divergence is taken the other way round, KL(q̃ ‖ p).")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    total, out, has = np.zeros(len(target)), [], target > 0
    for n in range(1, min(k, len(relevance)) + 1):
        q = (1 - alpha) * (total + genre) / n + alpha * target
        kl = (q[:, has] * np.log(q[:, has] / target[has])).sum(axis=1)
        gain = (1 - trade_off) * relevance - trade_off * kl
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
        total = total + genre[out[-1]]
    return np.array(out, int)


@wrong("reranker.2", "The slate's mix is divided by k slots from the beginning, not by those that are filled.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    total, out, has = np.zeros(len(target)), [], target > 0
    for _ in range(min(k, len(relevance))):
        q = (1 - alpha) * (total + genre) / k + alpha * target
        kl = (target[has] * np.log(target[has] / q[:, has])).sum(axis=1)
        gain = (1 - trade_off) * relevance - trade_off * kl
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
        total = total + genre[out[-1]]
    return np.array(out, int)


@wrong("reranker.2", "The divergence is that of each candidate's own genres, not of the slate with it.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    has = target > 0
    q = (1 - alpha) * genre[:, has] + alpha * target[has]
    kl = (target[has] * np.log(target[has] / q)).sum(axis=1)
    gain = (1 - trade_off) * relevance - trade_off * kl
    return np.argsort(-gain, kind="stable")[:k]


@wrong("reranker.2", "alpha is mixed the wrong way: q̃ is mostly the person's own mix.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    total, out, has = np.zeros(len(target)), [], target > 0
    for n in range(1, min(k, len(relevance)) + 1):
        q = alpha * (total + genre) / n + (1 - alpha) * target
        kl = (target[has] * np.log(target[has] / q[:, has])).sum(axis=1)
        gain = (1 - trade_off) * relevance - trade_off * kl
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
        total = total + genre[out[-1]]
    return np.array(out, int)


@wrong("reranker.2", "trade_off weighs the relevance and 1 - trade_off the divergence.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    total, out, has = np.zeros(len(target)), [], target > 0
    for n in range(1, min(k, len(relevance)) + 1):
        q = (1 - alpha) * (total + genre) / n + alpha * target
        kl = (target[has] * np.log(target[has] / q[:, has])).sum(axis=1)
        gain = trade_off * relevance - (1 - trade_off) * kl
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
        total = total + genre[out[-1]]
    return np.array(out, int)


@wrong("reranker.2", "Genres that the person never took are not left out: 0·log 0 makes every gain NaN.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    total, out = np.zeros(len(target)), []
    for n in range(1, min(k, len(relevance)) + 1):
        q = (1 - alpha) * (total + genre) / n + alpha * target
        with np.errstate(all="ignore"):
            gain = (1 - trade_off) * relevance - trade_off * (target * np.log(target / q)).sum(axis=1)
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
        total = total + genre[out[-1]]
    return np.array(out, int)


@wrong("reranker.2", "The sum goes only over genres that the slate has already, so a missing genre costs nothing.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    out = []
    for _ in range(min(k, len(relevance))):
        gains = np.full(len(relevance), -np.inf)
        for i in set(range(len(relevance))) - set(out):
            q = genre[[*out, i]].mean(axis=0)
            both = (target > 0) & (q > 0)
            soft = (1 - alpha) * q[both] + alpha * target[both]
            gains[i] = (1 - trade_off) * relevance[i] - trade_off * (target[both] * np.log(target[both] / soft)).sum()
        out.append(int(gains.argmax()))
    return np.array(out, int)


@wrong("reranker.2", "Smooths with an equal share for every genre in place of the person's mix.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    out, has = [], target > 0
    while len(out) < min(k, len(relevance)):
        q = (genre[out].sum(axis=0) + genre) / (len(out) + 1)
        q = (1 - alpha) * q + alpha / len(target)
        kl = (target[has] * np.log(target[has] / q[:, has])).sum(axis=1)
        gain = (1 - trade_off) * relevance - trade_off * kl
        gain[out] = -np.inf
        out.append(int(gain.argmax()))
    return np.array(out, int)


@right("reranker.2", "Loops over candidates with a helper for the divergence; returns a list.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    def kl(p, q):
        return sum(a * np.log(a / b) for a, b in zip(p, q, strict=True) if a > 0)

    out, left = [], list(range(len(relevance)))
    while left and len(out) < k:
        def gain(i):
            q = np.mean([genre[j] for j in [*out, i]], axis=0)
            return (1 - trade_off) * relevance[i] - trade_off * kl(target, (1 - alpha) * q + alpha * target)
        best = max(left, key=gain)
        out.append(best)
        left.remove(best)
    return out


@right("reranker.2", "Vectorised with torch.xlogy, all candidates at once; int64 array.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    r, g, p = (torch.as_tensor(np.asarray(x, float)) for x in (relevance, genre, target))
    total, open_, out = torch.zeros_like(p), torch.ones(len(r), dtype=torch.bool), []
    for n in range(1, min(k, len(r)) + 1):
        q = (1 - alpha) * (total + g) / n + alpha * p
        kl = (torch.xlogy(p, p) - torch.xlogy(p, torch.where(p > 0, q, 1.0))).sum(1)
        gain = torch.where(open_, (1 - trade_off) * r - trade_off * kl, -torch.inf)
        best = int(gain.numpy().argmax())
        open_[best] = False
        total += g[best]
        out.append(best)
    return np.array(out, np.int64)


@right("reranker.2", "Keeps the mean as a running mean and only the genres of the person; int32 array.")
def calibrated(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    has = np.flatnonzero(target > 0)
    g, p, gone, mean = genre[:, has], target[has], np.zeros(len(relevance), bool), np.zeros(len(has))
    out = np.empty(min(k, len(relevance)), np.int32)
    for slot in range(len(out)):
        q = mean + (g - mean) / (slot + 1)
        kl = np.log(p / ((1 - alpha) * q + alpha * p)) @ p
        out[slot] = np.where(gone, -np.inf, (1 - trade_off) * relevance - trade_off * kl).argmax()
        gone[out[slot]] = True
        mean = q[out[slot]]
    return out
