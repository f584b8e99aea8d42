"""Slips in the steps of a list in a person's proportions: the slate's mix, α, the gap, its weight, ties."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}
NONE = 1e-300


def _kl(p, q):
    p, q = np.broadcast_arrays(p, q)
    return np.where(p > 0, p * np.log(np.maximum(p, NONE) / np.maximum(q, NONE)), 0).sum(-1)


def _build(mean=lambda total, genre, slot, k: (total + genre) / (slot + 1), mix=lambda q, p, alpha: (1 - alpha) * q + alpha * p,
           gap=_kl, gain=lambda r, gap, w: (1 - w) * r - w * gap, last=False, after=lambda chosen: chosen):
    def wrong(relevance, genre, target, k, trade_off=0.5, alpha=0.01):
        relevance, genre, target = (np.asarray(a, float) for a in (relevance, genre, target))
        total, chosen = np.zeros(len(target)), []
        for slot in range(min(k, len(relevance))):
            with np.errstate(all="ignore"):
                far = gap(target, mix(mean(total, genre, slot, k), target, alpha))
                value = np.array(gain(relevance, far, trade_off), float)
            value[chosen] = -np.inf
            best = np.flatnonzero(value == value.max())
            chosen.append(int(best[-1 if last else 0]) if len(best) else int(np.argmax(value)))
            total = total + genre[chosen[-1]]
        return np.array(after(np.array(chosen, np.int64)))
    return wrong


STEPS = {
    "mean": (
        Slip("sum for mean", lambda t, g, s, k: t + g, "Your q is the sum of the genres; it is their mean.", MEAN, False),
        Slip("mean over k", lambda t, g, s, k: (t + g) / k, "You divide by k; divide by the size of the slate with the "
             "candidate.", MEAN, False),
        Slip("mean over one too few", lambda t, g, s, k: (t + g) / max(s, 1), "You divide by the size of the slate before the "
             "candidate.", BOUNDARY, False, **RARE),
        Slip("mean over one too many", lambda t, g, s, k: (t + g) / (s + 2), "You divide by one more than the slate holds with "
             "the candidate in it.", BOUNDARY, **RARE),
        Slip("candidate alone", lambda t, g, s, k: g, "You compare the candidate's own genres; compare the slate with the "
             "candidate in it.", BASE, False),
        Slip("halves", lambda t, g, s, k: (t / max(s, 1) + g) / (2 if s else 1), "You take the mean of the slate's mix and the "
             "candidate's, so that the candidate counts as much as all that is chosen. Each film counts once.", MEAN, **RARE),
    ),
    "mix": (
        Slip("no α", lambda q, p, a: q + 1e-12, "α·p is not mixed in; a tiny number holds q off zero.", IGNORED, False),
        Slip("α swapped", lambda q, p, a: a * q + (1 - a) * p, "α and 1 − α are swapped.", DIRECTION, False),
        Slip("α added only", lambda q, p, a: q + a * p, "You add α·p without taking 1 − α of q.", UNIT, False, **RARE),
        Slip("α a constant", lambda q, p, a: q + a, "You add α to every genre; mix in α·p.", OTHER, False),
        Slip("α times even", lambda q, p, a: (1 - a) * q + a / len(p), "You mix in an even share of all genres; mix in α·p.", OTHER,
             False, **RARE),
        Slip("α written out", lambda q, p, a: 0.99 * q + 0.01 * p, "You use 0.01 whatever `alpha` says.", IGNORED, False, **RARE),
    ),
    "gap": (
        Slip("KL the other way round", lambda p, q: _kl(q, p + 1e-12), "You measure KL(q̃ ‖ p); it is KL(p ‖ q̃).", DIRECTION,
             False),
        Slip("absolute difference", lambda p, q: np.abs(p - q).sum(-1), "You sum |p − q̃|; the gap is KL(p ‖ q̃).", OTHER, False),
        Slip("squared difference", lambda p, q: ((p - q) ** 2).sum(-1), "You sum the squares of p − q̃; the gap is KL(p ‖ q̃).", OTHER,
             False, **RARE),
        Slip("Euclidean distance", lambda p, q: np.sqrt(((p - q) ** 2).sum(-1)), "You take the Euclidean distance of p and q̃; the "
             "gap is KL(p ‖ q̃).", OTHER, **RARE),
        Slip("cosine", lambda p, q: 1 - (p * q).sum(-1) / np.linalg.norm(p) / np.linalg.norm(q, axis=-1), "You take 1 less the "
             "cosine of p and q̃; the gap is KL(p ‖ q̃).", OTHER, **RARE),
        Slip("largest difference", lambda p, q: np.abs(p - q).max(-1), "You take the largest |p − q̃| of a genre; the gap is "
             "KL(p ‖ q̃).", OTHER, **RARE),
        Slip("absolute terms", lambda p, q: np.abs(np.where(p > 0, p * np.log(np.maximum(p, NONE) / np.maximum(q, NONE)), 0)
                                                   ).sum(-1), "You sum absolute values. The terms of a KL divergence keep their "
             "signs: Σ p·ln(p / q̃).", DIRECTION, **RARE),
        Slip("bits", lambda p, q: _kl(p, q) / np.log(2), "Your logarithm has base 2; take the natural one.", UNIT, False, **RARE),
        Slip("decades", lambda p, q: _kl(p, q) / np.log(10), "Your logarithm has base 10; take the natural one.", UNIT, **RARE),
        Slip("root of the gap", lambda p, q: np.sqrt(np.maximum(_kl(p, q), 0)), "You take the root of KL(p ‖ q̃); take it whole.",
             UNIT, **RARE),
        Slip("p left out", lambda p, q: np.where(p > 0, np.log(np.maximum(p, NONE) / np.maximum(q, NONE)), 0).sum(-1),
             "You sum ln(p / q̃) without p in front.", IGNORED, False, **RARE),
        Slip("mean over genres", lambda p, q: _kl(p, q) / len(p), "You take the mean over genres; KL is the sum.", MEAN, False, **RARE),
    ),
    "gain": (
        Slip("λ swapped", lambda r, g, w: w * r - (1 - w) * g, "λ and 1 − λ are swapped.", DIRECTION, False),
        Slip("gap rewarded", lambda r, g, w: (1 - w) * r + w * g, "The gap is added; subtract it (or your logarithm is upside "
             "down).", DIRECTION, False),
        Slip("relevance whole", lambda r, g, w: r - w * g, "Relevance has no weight; it has 1 − λ.", IGNORED, False),
        Slip("gap whole", lambda r, g, w: (1 - w) * r - g, "The gap has no weight; it has λ.", IGNORED, False, **RARE),
        Slip("no λ", lambda r, g, w: r - g, "Your gain does not use λ.", IGNORED, False),
        Slip("1 − λ on both", lambda r, g, w: (1 - w) * (r - g), "Both weights are 1 − λ; the gap has λ.", DIRECTION, **RARE),
        Slip("relevance less λ", lambda r, g, w: r - (1 - w) * g, "You take relevance − (1 − λ)·gap; the weights are 1 − λ for "
             "relevance and λ for the gap.", DIRECTION, **RARE),
        Slip("a product", lambda r, g, w: r * np.exp(-w * g), "You multiply relevance by a factor for the gap; the gain is a "
             "weighted difference.", OTHER, **RARE),
    ),
    "last": (
        Slip("ties to the last", True, "Of equal gains you take the last; the first wins.", BOUNDARY, False, **RARE),
    ),
    "after": (
        Slip("in order of place", np.sort, "You return the chosen in the order in which they stand in `relevance`; return them in "
             "the order of choice.", AXIS, **RARE),
        Slip("backwards", lambda c: c[::-1], "You return the chosen last first.", AXIS, False, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it, or as another pair
    "mean over k + no α")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
