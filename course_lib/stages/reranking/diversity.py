"""Lists that are good as a whole: MMR, a greedy determinant (DPP), and lists calibrated to a person's mix.

Each function takes one request and is short enough to read beside its paper; `reranker` serves batches. Letters: C
candidates, K slots.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, check_finite, check_shape


def _checked(relevance, similarity, k: int) -> tuple[np.ndarray, np.ndarray, int]:
    relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
    check_shape(relevance=(relevance, "C"), similarity=(similarity, "CC"))
    check_finite(relevance=relevance, similarity=similarity)
    if k < 0:
        raise ArgumentError(f"k is {k}; expected at least 0 slots.")
    return relevance, similarity, min(k, len(relevance))


def weight_in_range(trade_off: float) -> float:
    """trade_off as a float, if it lies in [0, 1]; else ArgumentError."""
    if not 0 <= trade_off <= 1:
        raise ArgumentError(f"trade_off is {trade_off}; expected a weight in [0, 1].")
    return float(trade_off)


def mmr(relevance, similarity, k: int, trade_off: float = 0.7) -> np.ndarray:
    """Maximal marginal relevance: each slot takes the item best in λ·relevance − (1−λ)·likeness to the slots above.

    relevance: float (C,), on the scale of similarity (normalise it: a raw logit drowns a cosine). similarity: float
    (C, C). trade_off: λ in [0, 1]; 1 sorts by relevance. Returns int (min(k, C),), places in relevance, ties to the
    first. Raises ShapeError, ArgumentError.

    Source: Carbonell & Goldstein 1998, doi:10.1145/290941.291025.
    """
    relevance, similarity, k = _checked(relevance, similarity, k)
    weight, open_, nearest = weight_in_range(trade_off), np.ones(len(relevance), bool), np.zeros(len(relevance))
    chosen = np.empty(k, np.int64)
    for slot in range(k):
        gain = weight * relevance - (1 - weight) * nearest
        best = int(np.argmax(np.where(open_, gain, -np.inf)))
        chosen[slot], open_[best] = best, False
        nearest = similarity[best] if slot == 0 else np.maximum(nearest, similarity[best])
    return chosen


def greedy_dpp(relevance, similarity, k: int, *, weight: float = 1.0) -> np.ndarray:
    """Greedy search for the most probable slate of a determinantal point process.

    Its kernel is q_i S_ij q_j with q = exp(weight·relevance): the volume spanned by the chosen items, longer when
    relevant, wider when unlike. relevance: float (C,). similarity: float (C, C), positive semi-definite, 1 on the
    diagonal. Returns int (≤ k,), fewer than k where every item left lies in the span of those chosen.

    Source: Chen, Zhang, Zhou 2018, arXiv:1709.05135, algorithm 1: O(C·k²) instead of a determinant a step.
    """
    relevance, similarity, k = _checked(relevance, similarity, k)
    quality = np.exp(weight * (relevance - relevance.max(initial=-np.inf)))
    kernel = quality[:, None] * similarity * quality
    volume, rows, chosen = np.diag(kernel).copy(), np.zeros((k, len(relevance))), []
    floor = 1e-10 * max(volume.max(initial=0), 1e-300)
    open_ = np.ones(len(relevance), bool)
    for slot in range(k):
        best = int(np.argmax(np.where(open_, volume, -np.inf)))
        if volume[best] <= floor:
            break
        rows[slot] = (kernel[best] - rows[:slot, best] @ rows[:slot]) / np.sqrt(volume[best])
        volume = volume - rows[slot] ** 2
        open_[best] = False
        chosen.append(best)
    return np.array(chosen, np.int64)


def calibrated(relevance, genre, target, k: int, trade_off: float = 0.5, alpha: float = 0.01) -> np.ndarray:
    """A slate whose genres are in the proportions of the person's history, as far as relevance allows.

    Greedily maximises (1−λ)·Σ relevance − λ·KL(target ‖ q̃), q̃ = (1−α)·q + α·target, q the mean genre of the slate.
    relevance: float (C,). genre: float (C, G), rows sum to 1. target: float (G,), sums to 1. trade_off: λ; 0 sorts by
    relevance. Returns int (min(k, C),).

    Source: Steck 2018, doi:10.1145/3240323.3240372.
    """
    relevance, genre, target = (np.asarray(a, float) for a in (relevance, genre, target))
    check_shape(relevance=(relevance, "C"), genre=(genre, "CG"), target=(target, "G"))
    check_finite(relevance=relevance, genre=genre, target=target)
    weight, has = weight_in_range(trade_off), target > 0
    total, chosen, open_ = np.zeros(len(target)), [], np.ones(len(relevance), bool)
    for slot in range(min(k, len(relevance))):
        mix = (1 - alpha) * (total + genre) / (slot + 1) + alpha * target             # (C, G), had each been taken
        gap = (target[has] * np.log(target[has] / mix[:, has])).sum(axis=1)           # KL, nats
        gain = (1 - weight) * relevance - weight * gap
        best = int(np.argmax(np.where(open_, gain, -np.inf)))
        chosen.append(best)
        open_[best] = False
        total = total + genre[best]
    return np.array(chosen, np.int64)


def normalised(score: np.ndarray) -> np.ndarray:
    """score, float (B, C), stretched to [0, 1] in each row over its finite values; -inf stays; constant rows are 1."""
    real = np.isfinite(score)
    low = np.where(real, score, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    span = np.where(real, score, -np.inf).max(axis=1, keepdims=True, initial=-np.inf) - low
    flat = ~(span > 0)
    return np.where(real, np.where(flat, 1.0, (np.where(real, score, 0) - np.where(flat, 0, low))
                                   / np.where(flat, 1, span)), -np.inf)
