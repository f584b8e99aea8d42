"""Solutions of lesson 07, written blind: from the notebook's text alone. Second part."""

import math

import numpy as np
import pandas as pd
import torch
from blind_book import right, wrong
from scipy.special import rel_entr


def slate_by(relevance, k, score_of):
    """Greedy: score_of(chosen, candidate) → number; the first of the largest."""
    out = []
    while len(out) < min(k, len(relevance)):
        left = [c for c in range(len(relevance)) if c not in out]
        out.append(max(left, key=lambda c: score_of(out, c)))
    return np.array(out, dtype=int)


@wrong("reranker.2", "The smoothing is the wrong way round: alpha weighs the slate and 1 - alpha the person.")
def calibrated_alpha(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    def score(out, c):
        q = alpha * genre[[*out, c]].mean(axis=0) + (1 - alpha) * target
        return (1 - trade_off) * relevance[c] - trade_off * rel_entr(target, q).sum()
    return slate_by(relevance, k, score)


@wrong("reranker.2", "The smoothing is written as 0.01, whatever alpha was asked for.")
def calibrated_fixed(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    def score(out, c):
        q = 0.99 * genre[[*out, c]].mean(axis=0) + 0.01 * target
        return (1 - trade_off) * relevance[c] - trade_off * rel_entr(target, q).sum()
    return slate_by(relevance, k, score)


@wrong("reranker.2", "The logarithm is to base 2, which makes the gap 1.44 times as heavy.")
def calibrated_bits(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    def score(out, c):
        q = (1 - alpha) * genre[[*out, c]].mean(axis=0) + alpha * target
        return (1 - trade_off) * relevance[c] - trade_off * sum(
            p * math.log2(p / x) for p, x in zip(target, q) if p > 0)
    return slate_by(relevance, k, score)


@wrong("reranker.2", "Genre mixes are weighted by relevance, as in the paper; the text takes the plain mean.")
def calibrated_weighted(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    def score(out, c):
        both = [*out, c]
        weight = np.maximum(relevance[both], 1e-9)
        q = (1 - alpha) * np.average(genre[both], axis=0, weights=weight) + alpha * target
        return (1 - trade_off) * relevance[c] - trade_off * rel_entr(target, q).sum()
    return slate_by(relevance, k, score)


@wrong("reranker.2", "The relevance of the whole slate is averaged in, so a candidate's own weighs only 1/size.")
def calibrated_slate_mean(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    def score(out, c):
        both = [*out, c]
        q = (1 - alpha) * genre[both].mean(axis=0) + alpha * target
        return (1 - trade_off) * relevance[both].mean() - trade_off * rel_entr(target, q).sum()
    return slate_by(relevance, k, score)


@wrong("reranker.2", "Chooses the right places and returns them by relevance instead of in the order of choice.")
def calibrated_sorted(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    out = calibrated_entr(relevance, genre, target, k, trade_off, alpha)
    return out[np.argsort(-np.asarray(relevance)[out], kind="stable")]


@right("reranker.2", "scipy's rel_entr, one candidate after another, max() for the first of equals.")
def calibrated_entr(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    def score(out, c):
        q = (1 - alpha) * np.mean(genre[[*out, c]], axis=0) + alpha * target
        return (1 - trade_off) * relevance[c] - trade_off * rel_entr(target, q).sum()
    return slate_by(relevance, k, score)


@right("reranker.2", "Pure Python with lists and math.log; a list of ints comes back.")
def calibrated_python(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    rows, p, out = [list(map(float, row)) for row in genre], list(map(float, target)), []
    total = [0.0] * len(p)
    for size in range(1, min(k, len(rows)) + 1):
        best, best_score = -1, -math.inf
        for c, row in enumerate(rows):
            if c in out:
                continue
            gap = 0.0
            for g, share in enumerate(p):
                if share > 0:
                    gap += share * math.log(share / ((1 - alpha) * (total[g] + row[g]) / size + alpha * share))
            score = (1 - trade_off) * float(relevance[c]) - trade_off * gap
            if score > best_score:
                best, best_score = c, score
        out.append(best)
        total = [t + x for t, x in zip(total, rows[best])]
    return out


@right("reranker.2", "torch in double precision; only genres of the person are looked at.")
def calibrated_torch(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
    held = np.flatnonzero(np.asarray(target) > 0)
    rows = torch.tensor(np.asarray(genre)[:, held], dtype=torch.float64)
    p = torch.tensor(np.asarray(target)[held], dtype=torch.float64)
    rel, total, out = torch.tensor(np.asarray(relevance), dtype=torch.float64), torch.zeros(len(held)).double(), []
    for size in range(1, min(k, len(rel)) + 1):
        q = (1 - alpha) * (total + rows) / size + alpha * p
        score = (1 - trade_off) * rel - trade_off * (p * torch.log(p / q)).sum(dim=1)
        score[out] = -torch.inf
        out.append(int(np.argmax(score.numpy())))
        total = total + rows[out[-1]]
    return np.array(out, dtype=int)


def volume_factors(relevance, similarity, chosen, weight):
    """What each candidate multiplies det(L) by: q² (1 − s' S⁻¹ s)."""
    q2 = np.exp(weight * (relevance - np.max(relevance))) ** 2
    if not chosen:
        return q2.copy()
    near = similarity[np.ix_(chosen, range(len(relevance)))]
    inside = similarity[np.ix_(chosen, chosen)]
    factor = q2 * (1 - (near * np.linalg.solve(inside, near)).sum(axis=0))
    factor[chosen] = -np.inf
    return factor


@wrong("reranker.3", "Lengths are exp(weight · relevance), the largest not taken off, so it stops elsewhere.")
def dpp_unscaled(relevance, similarity, k, weight=1.0):
    q, out = np.exp(weight * relevance), []
    while len(out) < min(k, len(relevance)):
        factor = volume_factors(relevance, similarity, out, weight) * q.max() ** 2
        if factor.max() < 1e-9:
            break
        out.append(int(factor.argmax()))
    return np.array(out, dtype=int)


@wrong("reranker.3", "The length is exp(weight · r / 2): the quality counts half in the kernel.")
def dpp_half(relevance, similarity, k, weight=1.0):
    out = []
    while len(out) < min(k, len(relevance)):
        factor = volume_factors(relevance, similarity, out, weight / 2)
        if factor.max() < 1e-9:
            break
        out.append(int(factor.argmax()))
    return np.array(out, dtype=int)


@wrong("reranker.3", "Never stops early: items that add no volume fill the rest of the slots.")
def dpp_no_stop(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel, out = q[:, None] * similarity * q[None, :], []
    for _ in range(min(k, len(relevance))):
        dets = [np.linalg.det(kernel[np.ix_([*out, c], [*out, c])]) if c not in out else -np.inf
                for c in range(len(relevance))]
        out.append(int(np.argmax(dets)))
    return np.array(out, dtype=int)


@wrong("reranker.3", "Stops when det(L) itself is below 1e-9, not the factor by which the best item multiplies it.")
def dpp_stop_on_det(relevance, similarity, k, weight=1.0):
    det, out = 1.0, []
    while len(out) < min(k, len(relevance)):
        factor = volume_factors(relevance, similarity, out, weight)
        det *= factor.max()
        if det < 1e-9:
            break
        out.append(int(factor.argmax()))
    return np.array(out, dtype=int)


@wrong("reranker.3", "The kernel holds q on one side only, L = q_i S_ij, so relevance counts half.")
def dpp_one_side(relevance, similarity, k, weight=1.0):
    kernel = np.exp(weight * (relevance - relevance.max()))[:, None] * similarity
    out, old = [], 1.0
    for _ in range(min(k, len(relevance))):
        dets = np.array([np.linalg.det(kernel[np.ix_([*out, c], [*out, c])]) if c not in out else -1.0
                         for c in range(len(relevance))])
        if dets.max() / old < 1e-9:
            break
        out.append(int(dets.argmax()))
        old = dets.max()
    return np.array(out, dtype=int)


@wrong("reranker.3", "The first slot goes to the most relevant item, which is wrong when weight is 0 or negative.")
def dpp_first(relevance, similarity, k, weight=1.0):
    out = [int(np.argmax(relevance))][:k]
    while len(out) < min(k, len(relevance)):
        factor = volume_factors(relevance, similarity, out, weight)
        if factor.max() < 1e-9:
            break
        out.append(int(factor.argmax()))
    return np.array(out, dtype=int)


@wrong("reranker.3", "The factor is 1 minus the largest squared likeness to one chosen item, not to all of them.")
def dpp_pairwise(relevance, similarity, k, weight=1.0):
    q2, out = np.exp(2 * weight * (relevance - relevance.max())), []
    near = np.zeros(len(relevance))
    while len(out) < min(k, len(relevance)):
        factor = q2 * (1 - near**2)
        factor[out] = -1
        if factor.max() < 1e-9:
            break
        out.append(int(factor.argmax()))
        near = np.maximum(near, np.abs(similarity[out[-1]]))
    return np.array(out, dtype=int)


@wrong("reranker.3", "Pads the slate to k with -1 where it stopped early.")
def dpp_padded(relevance, similarity, k, weight=1.0):
    out, n = np.full(k, -1), 0
    while n < min(k, len(relevance)):
        factor = volume_factors(relevance, similarity, list(out[:n]), weight)
        if factor.max() < 1e-9:
            break
        out[n] = factor.argmax()
        n += 1
    return out


@wrong("reranker.3", "Stops at a factor below 0.001, which poor but unlike items fall under.")
def dpp_coarse_stop(relevance, similarity, k, weight=1.0):
    out = []
    while len(out) < min(k, len(relevance)):
        factor = volume_factors(relevance, similarity, out, weight)
        if np.round(factor.max(), 3) <= 0:
            break
        out.append(int(factor.argmax()))
    return np.array(out, dtype=int)


@wrong("reranker.3", "Keeps the arrows' rest by Cholesky and forgets to divide the new column by the pivot's root.")
def dpp_cholesky_slip(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (relevance - relevance.max()))
    kernel = q[:, None] * similarity * q
    rest, rows, out = np.diag(kernel).copy(), np.zeros((0, len(q))), []
    while len(out) < min(k, len(q)) and rest.max() >= 1e-9:
        j = int(rest.argmax())
        row = kernel[j] - rows[:, j] @ rows
        rows, rest = np.vstack([rows, row]), rest - row**2
        rest[[*out, j]] = -np.inf
        out.append(j)
    return np.array(out, dtype=int)


@right("reranker.3", "By the Schur complement of the similarities, q² (1 − s' S⁻¹ s), as a pandas Series.")
def dpp_schur(relevance, similarity, k, weight=1.0):
    out = []
    while len(out) < min(k, len(relevance)):
        factor = volume_factors(np.asarray(relevance), np.asarray(similarity), out, weight)
        if factor.max() < 1e-9:
            break
        out.append(int(factor.argmax()))
    return pd.Series(out, dtype=int)


@right("reranker.3", "Recursion with Gauss elimination: take the largest pivot, eliminate it, go on.")
def dpp_pivot(relevance, similarity, k, weight=1.0):
    q = np.exp(weight * (np.asarray(relevance) - np.max(relevance)))

    def go(kernel, left, slots):
        if not left or slots == 0:
            return []
        best = max(left, key=lambda c: kernel[c, c])
        if kernel[best, best] < 1e-9:
            return []
        rest = kernel - np.outer(kernel[:, best], kernel[best]) / kernel[best, best]
        return [best, *go(rest, [c for c in left if c != best], slots - 1)]
    return np.array(go(np.outer(q, q) * similarity, list(range(len(q))), k), dtype=int)
