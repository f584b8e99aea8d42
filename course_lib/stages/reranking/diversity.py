"""Lists that are good as a whole: MMR, a greedy determinant (DPP), and lists calibrated to a person's mix.

Each function takes one request and is short enough to read beside its paper; `reranker` serves batches. Letters: C
candidates, K slots.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_numbers, check_finite, check_shape


def _checked(relevance, similarity, k: int) -> tuple[np.ndarray, np.ndarray, int]:
    relevance, similarity = as_numbers("relevance", relevance), as_numbers("similarity", similarity)
    check_shape(relevance=(relevance, "C"), similarity=(similarity, "CC"))
    return relevance, similarity, min(as_count("k", k), len(relevance))


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
    diagonal. weight: finite, of any size. Returns int (≤ k,), fewer than k where every item left lies in the span of
    those chosen; ties go to the first. Raises ShapeError, ArgumentError for NaN or a similarity that is not symmetric.

    Source: Chen, Zhang, Zhou 2018, arXiv:1709.05135, algorithm 1: O(C·k²) instead of a determinant a step.
    Departs: q is a factor of every volume, so that logs are compared and S alone is decomposed: a product of
    exponentials would leave the range of a float, and items far below the best would look as if they lay in the span.
    """
    relevance, similarity, k = _checked(relevance, similarity, k)
    if not np.isfinite(weight) or not np.allclose(similarity, similarity.T, atol=1e-6):
        raise ArgumentError(f"weight is {weight}, and S differs from its transpose by up to "
                            f"{np.abs(similarity - similarity.T).max(initial=0):g}; expected a finite weight and 0.")
    width, rows, chosen = np.diag(similarity).copy(), np.zeros((k, len(relevance))), []  # width²: what S leaves of each
    floor = 1e-10 * max(width.max(initial=0), 1e-300)
    open_ = np.ones(len(relevance), bool)
    for slot in range(k):
        open_ &= width > floor
        if not open_.any():
            break
        volume = 2 * weight * relevance + np.log(np.where(open_, width, 1))  # log
        best = int(np.argmax(np.where(open_, volume, -np.inf)))
        rows[slot] = (similarity[best] - rows[:slot, best] @ rows[:slot]) / np.sqrt(width[best])
        width = width - rows[slot] ** 2
        open_[best] = False
        chosen.append(best)
    return np.array(chosen, np.int64)


def calibrated(relevance, genre, target, k: int, trade_off: float = 0.5, alpha: float = 0.01) -> np.ndarray:
    """A slate whose genres are in the proportions of the person's history, as far as relevance allows.

    Greedily maximises (1−λ)·Σ relevance − λ·KL(target ‖ q̃), q̃ = (1−α)·q + α·target, q the mean genre of the slate.
    relevance: float (C,). genre: float (C, G), rows sum to 1. target: float (G,), sums to 1. trade_off: λ; 0 sorts by
    relevance. alpha: in (0, 1), so that a genre the slate lacks costs much and not everything. Returns int
    (min(k, C),). Raises ShapeError, ArgumentError for NaN, shares below 0, or weights out of range.

    Source: Steck 2018, doi:10.1145/3240323.3240372.
    """
    relevance = as_numbers("relevance", relevance)
    genre, target = as_numbers("genre", genre, low=0), as_numbers("target", target, low=0)
    check_shape(relevance=(relevance, "C"), genre=(genre, "CG"), target=(target, "G"))
    if not 0 < alpha < 1:
        raise ArgumentError(f"alpha is {alpha}; expected between 0 and 1, such as 0.01.")
    k = as_count("k", k)
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
    """score, float (B, C), stretched to [0, 1] in each row over its finite values; -inf stays; constant rows are 1.

    Raises ArgumentError for NaN or +inf, which have no place between 0 and 1; ShapeError.
    """
    score = as_numbers("score", score, infinite=True)
    check_shape(score=(score, "BC"))
    check_finite(score=np.where(np.isneginf(score), 0, score))
    real = np.isfinite(score)
    low = np.where(real, score, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    span = np.where(real, score, -np.inf).max(axis=1, keepdims=True, initial=-np.inf) - low
    flat = ~(span > 0)
    return np.where(real, np.where(flat, 1.0, (np.where(real, score, 0) - np.where(flat, 0, low))
                                   / np.where(flat, 1, span)), -np.inf)
