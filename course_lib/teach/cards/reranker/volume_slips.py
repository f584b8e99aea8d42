"""Slips in the steps of the slate with the largest volume: the length of an arrow, the kernel, when to stop, the end."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BOUNDARY, DIRECTION, IGNORED, OTHER, UNIT

RARE = {"paired": False}


def _build(length=lambda r, w: np.exp(w * (r - r.max())), kernel=lambda q, s: q[:, None] * s * q, floor=1e-9, last=False,
           slots=min, after=lambda chosen, n: chosen):
    def wrong(relevance, similarity, k, weight=1.0):
        relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
        with np.errstate(all="ignore"):
            full, chosen = kernel(length(relevance, weight), similarity), []
        while len(chosen) < slots(k, len(full)):
            before = np.linalg.det(full[np.ix_(chosen, chosen)]) if chosen else 1.0
            gain = {i: np.linalg.det(full[np.ix_([*chosen, i], [*chosen, i])]) / before
                    for i in range(len(full)) if i not in chosen}
            best = max(reversed(gain) if last else gain, key=gain.get)
            if gain[best] < floor:
                break
            chosen.append(best)
        return np.array(after(np.array(chosen, np.int64), len(full)), np.int64)
    return wrong


STEPS = {
    "length": (
        Slip("half the weight", lambda r, w: np.exp(w / 2 * (r - r.max())), "Your kernel holds q once, as if only rows or only "
             "columns had their lengths; each entry is q_i·S_ij·q_j.", UNIT, False),
        Slip("weight not used", lambda r, w: np.exp(r - r.max()), "The weight is left out of your lengths: "
             "q = exp(weight·(relevance − the largest)).", IGNORED, False),
        Slip("no exponential", lambda r, w: w * r, "Your lengths are weight·relevance; take the exponential of "
             "weight·(relevance − the largest).", UNIT, False, **RARE),
        Slip("relevance for length", lambda r, w: r, "Your lengths are the relevance itself; they are "
             "exp(weight·(relevance − the largest)).", UNIT, False, **RARE),
        Slip("lengths all alike", lambda r, w: np.ones(len(r)), "Relevance has no say: all your arrows have one length.", IGNORED,
             False, **RARE),
        Slip("one over the weight", lambda r, w: np.exp((r - r.max()) / w) if w else np.ones(len(r)), "You divide by the weight; "
             "multiply by it.", DIRECTION, **RARE),
        Slip("shares of exponentials", lambda r, w: np.exp(w * (r - r.max())) / np.exp(w * (r - r.max())).sum(), "You make the "
             "lengths sum to 1 (a softmax), so that all factors shrink. The longest arrow has length 1.", UNIT, **RARE),
        Slip("relevance stretched", lambda r, w: np.exp(w * (r - r.max()) / (np.ptp(r) or 1)), "You stretch relevance to a range "
             "of 1 first. Take it as it is given.", UNIT, **RARE),
        Slip("least relevant longest", lambda r, w: np.exp(-w * (r - r.max())), "The less relevant, the longer your arrow: the "
             "sign in the exponent is wrong.", DIRECTION, False, **RARE),
    ),
    "kernel": (
        Slip("similarity squared", lambda q, s: q[:, None] * s**2 * q, "The similarity is squared in your kernel.", UNIT, **RARE),
        Slip("distance for similarity", lambda q, s: q[:, None] * (1 - s) * q, "Your kernel holds 1 − similarity; it holds the "
             "similarity.", DIRECTION, **RARE),
        Slip("lengths on the diagonal", lambda q, s: s - np.diag(np.diag(s)) + np.diag(q * q), "Only the diagonal of your kernel "
             "has lengths; every entry is q_i·S_ij·q_j.", OTHER, **RARE),
        Slip("lengths added", lambda q, s: s + np.diag(q), "You add the lengths to the diagonal; every entry is q_i·S_ij·q_j.", OTHER, **RARE),
        Slip("a little on the diagonal", lambda q, s: q[:, None] * s * q + 1e-3 * np.eye(len(s)), "You add a little to the diagonal, so "
             "that even a copy adds volume. Leave it as it is, and stop below 1e-9.", BOUNDARY, **RARE),
        Slip("1 on the diagonal", lambda q, s: q[:, None] * s * q + np.eye(len(s)), "You add 1 to the diagonal, so that even a copy "
             "adds volume. Leave it as it is.", BOUNDARY, **RARE),
    ),
    "floor": (
        Slip("filled up by rounding", -np.inf, "You go on when nothing adds volume; stop when the best factor is below 1e-9.",
             BOUNDARY, False),
        *(Slip(f"stops below {small:g}", small, f"You stop when the best factor is below {small:g}; stop below 1e-9.", BOUNDARY,
               paired=False) for small in (1e-3, 1e-6, 1e-12)),
        Slip("stops at 0", 1e-300, "You stop when the best factor is 0 to the last digit. Rounding leaves it a little above; stop "
             "below 1e-9.", BOUNDARY, **RARE),
    ),
    "last": (Slip("ties to the last", True, "Of equals you take the last; the first wins.", BOUNDARY, False),),
    "slots": (Slip("one slot short", lambda k, n: min(k - 1, n), "You fill k − 1 slots.", BOUNDARY, **RARE),),
    "after": (
        Slip("in order of place", lambda c, n: np.sort(c), "You return the chosen in the order in which they stand in `relevance`; "
             "return them in the order of choice.", AXIS, False, **RARE),
        Slip("backwards", lambda c, n: c[::-1], "You return the chosen last first.", AXIS, False, **RARE),
    ),
}
WITHOUT = ""


def _pairs_of(penalty):
    """Greedy by length squared, times penalty(similarity to the chosen (C, m)) → float (C,)."""
    def wrong(relevance, similarity, k, weight=1.0):
        relevance, similarity, chosen = np.asarray(relevance, float), np.asarray(similarity, float), []
        q = np.exp(weight * (relevance - relevance.max()))
        while len(chosen) < min(k, len(q)):
            value = q * q * (penalty(similarity[:, chosen]) if chosen else 1.0)
            value[chosen] = -np.inf
            best = int(np.argmax(value))
            if value[best] < 1e-9:
                break
            chosen.append(best)
        return np.array(chosen, np.int64)
    return wrong


PAIRS = {
    "penalty": (
        Slip("times what each leaves", lambda s: np.prod(1 - s * s, axis=1), "You multiply what each chosen arrow alone leaves, "
             "1 − S². Arrows that share a direction take it away once: the determinant looks at all of them.", OTHER),
        Slip("times one less the nearest", lambda s: 1 - s.max(1), "You multiply by 1 − the largest similarity. What is left of an "
             "arrow is decided by all that is chosen: take determinants.", OTHER),
        Slip("times one less the mean", lambda s: 1 - s.mean(1), "You multiply by 1 − the mean similarity. Take determinants.", OTHER),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(_pairs_of, PAIRS))
