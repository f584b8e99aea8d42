"""Slips in the steps of maximal marginal relevance: likeness, its weight, the first slot, ties, what is returned."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}


def _nearest(s, chosen):
    return s[:, chosen].max(1) if chosen else np.zeros(len(s))


def _if_any(of):
    return lambda s, chosen: of(s, chosen) if chosen else np.zeros(len(s))


def _build(like=_nearest, gain=lambda r, near, w: w * r - (1 - w) * near, first=None, last=False, after=lambda chosen, r:
           chosen, slots=min):
    def wrong(relevance, similarity, k, trade_off=0.7):
        relevance, similarity = np.asarray(relevance, float), np.asarray(similarity, float)
        chosen = [first(relevance)] if first else []
        while len(chosen) < slots(k, len(relevance)):
            value = np.array(gain(relevance, like(similarity, chosen), trade_off), float)
            value[chosen] = -np.inf
            best = np.flatnonzero(value == value.max())
            chosen.append(int(best[-1 if last else 0]))
        return np.array(after(np.array(chosen, np.int64), relevance), np.int64)
    return wrong


STEPS = {
    "like": (
        Slip("sum of likenesses", lambda s, c: s[:, c].sum(1), "The similarities to what is chosen are added up; take the "
             "largest.", MEAN, False),
        Slip("mean of likenesses", _if_any(lambda s, c: s[:, c].mean(1)), "You take the mean similarity to what is chosen; take "
             "the largest.", MEAN, False),
        Slip("least likeness", _if_any(lambda s, c: s[:, c].min(1)), "You take the smallest similarity to what is chosen; take "
             "the largest.", DIRECTION, False),
        Slip("last slot only", _if_any(lambda s, c: s[:, c[-1]]), "You compare with the slot just above only; compare with all "
             "that is chosen.", BASE, False),
        Slip("first slot only", _if_any(lambda s, c: s[:, c[0]]), "You compare with the first choice only; compare with all "
             "that is chosen.", BASE, False, **RARE),
        Slip("likeness squared", lambda s, c: _nearest(s, c) ** 2, "The likeness is squared.", UNIT, False, **RARE),
        Slip("root of the likeness", lambda s, c: np.sqrt(_nearest(s, c)), "You take the root of the likeness; take the "
             "likeness itself.", UNIT, **RARE),
        Slip("the first not compared with", lambda s, c: _nearest(s, c[1:]), "You never compare with the first choice; compare "
             "with all that is chosen.", BOUNDARY, **RARE),
        Slip("chance of being like any", lambda s, c: 1 - np.prod(1 - np.maximum(s[:, c], 0), axis=1), "You join the likenesses as chances, "
             "1 − Π(1 − likeness), so that being a little like each of many adds up; take the largest.", MEAN, **RARE),
        Slip("the last two", lambda s, c: _nearest(s, c[-2:]), "You compare with the last two chosen; compare with all.", BASE,
             **RARE),
        Slip("the last three", lambda s, c: _nearest(s, c[-3:]), "You compare with the last three chosen; compare with all.", BASE,
             **RARE),
        Slip("median of likenesses", _if_any(lambda s, c: np.median(s[:, c], axis=1)), "You take the median similarity to what is "
             "chosen. Half of the slate may then be copies; take the largest.", MEAN, **RARE),
        Slip("mean of the two nearest", _if_any(lambda s, c: np.sort(s[:, c], axis=1)[:, -2:].mean(1)), "You take the mean of the two "
             "largest similarities. One near-copy is enough; take the largest.", MEAN, **RARE),
        Slip("root of the mean square", _if_any(lambda s, c: np.sqrt((s[:, c] ** 2).mean(1))), "You take the root of the mean of the squared "
             "similarities; take the largest.", MEAN, **RARE),
        Slip("length of the likenesses", lambda s, c: np.sqrt((s[:, c] ** 2).sum(1)), "You take the root of the sum of the squared "
             "similarities, which grows with each slot; take the largest.", MEAN, **RARE),
        Slip("sum over one more", lambda s, c: s[:, c].sum(1) / (len(c) + 1), "You divide the sum of the similarities by one "
             "more than there are chosen; take the largest of them.", MEAN, **RARE),
    ),
    "gain": (
        Slip("λ swapped", lambda r, n, w: (1 - w) * r - w * n, "λ and 1 − λ have changed places: λ weighs relevance.", DIRECTION,
             False),
        Slip("plus sign", lambda r, n, w: w * r + (1 - w) * n, "Likeness is added; subtract it.", DIRECTION, False),
        Slip("relevance without λ", lambda r, n, w: r - (1 - w) * n, "Relevance has no weight; it has λ.", IGNORED, False),
        Slip("likeness without its weight", lambda r, n, w: w * r - n, "Likeness has no weight; it has 1 − λ.", IGNORED, False),
        Slip("no weights", lambda r, n, w: r - n, "Your gain does not use λ.", IGNORED, False),
        Slip("λ on likeness alone", lambda r, n, w: r - w * n, "You take relevance − λ·likeness; the weights are λ and 1 − λ.",
             DIRECTION, False),
        Slip("likeness alone", lambda r, n, w: -n, "Relevance is left out of your gain: λ·relevance belongs there.", IGNORED, **RARE),
        Slip("0.7 written out", lambda r, n, w: 0.7 * r - 0.3 * n, "You use λ = 0.7 whatever `trade_off` says.", IGNORED, **RARE),
        Slip("λ on both", lambda r, n, w: w * r - w * n, "Both weights are λ; likeness has 1 − λ.", DIRECTION, **RARE),
        Slip("relevance less a part of it", lambda r, n, w: r * (1 - (1 - w) * n), "You multiply relevance by 1 − (1 − λ)·likeness; MMR "
             "subtracts: λ·relevance − (1 − λ)·likeness.", OTHER, **RARE),
        Slip("a product of powers", lambda r, n, w: np.abs(r) ** w * np.maximum(1 - n, 0) ** (1 - w), "Your gain is a weighted "
             "product; MMR is a weighted difference.", OTHER, **RARE),
    ),
    "first": (
        Slip("starts with candidate 0", lambda r: 0, "Your first choice is candidate 0, whatever its relevance.", BOUNDARY, False),
        Slip("starts with the most relevant", lambda r: int(np.argmax(r)), "Your first choice is the most relevant, whatever "
             "your gain says.", BOUNDARY, False),
        Slip("starts with the least relevant", lambda r: int(np.argmin(r)), "Your first choice is the least relevant.", DIRECTION, **RARE),
    ),
    "last": (
        Slip("ties to the last", True, "Of equal gains you take the last; the first wins.", BOUNDARY, False),
    ),
    "after": (
        Slip("in order of place", lambda c, r: np.sort(c), "You return the chosen in the order in which they stand in "
             "`relevance`; return them in the order of choice.", AXIS, False, **RARE),
        Slip("sorted again", lambda c, r: c[np.argsort(-r[c], kind="stable")], "You sort the chosen by relevance in the end; "
             "keep the order of choice.", AXIS, False, **RARE),
        Slip("backwards", lambda c, r: c[::-1], "You return the chosen last first.", AXIS, False, **RARE),
        Slip("places from 1", lambda c, r: c + 1, "Your places count from 1; they count from 0.", BOUNDARY, False, **RARE),
    ),
    "slots": (
        Slip("one slot short", lambda k, n: min(k - 1, n), "You fill k − 1 slots.", BOUNDARY, **RARE),
        Slip("all candidates", lambda k, n: n, "You put all candidates in order. Stop after k.", BOUNDARY, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it
    "λ swapped + starts with the most relevant | relevance without λ + starts with the most relevant | "
    "no weights + starts with the most relevant | λ on likeness alone + starts with the most relevant")


def _in_one_sort(like):
    """Each candidate valued once, by like(similarity, by relevance, its rank), and all of them sorted."""
    def wrong(relevance, similarity, k, trade_off=0.7):
        order, value = np.argsort(-relevance, kind="stable"), np.zeros(len(relevance))
        for rank, i in enumerate(order):
            value[i] = trade_off * relevance[i] - (1 - trade_off) * like(similarity[i], order, rank)
        return np.argsort(-value, kind="stable")[:k]
    return wrong


def _stretched(span):
    """Relevance stretched to 0…1 first; span: what it is divided by."""
    def wrong(relevance, similarity, k, trade_off=0.7):
        own = (relevance - relevance.min()) / span(np.ptp(relevance))
        return _build()(own, similarity, k, trade_off)
    return wrong


def _of_ranks(less):
    def wrong(relevance, similarity, k, trade_off=0.7):
        return _build()(np.argsort(np.argsort(relevance)) / max(1, len(relevance) - less), similarity, k, trade_off)
    return wrong


def _of_softmax(relevance, similarity, k, trade_off=0.7):
    own = np.exp(relevance - np.max(relevance))
    return _build()(own / own.sum(), similarity, k, trade_off)


def _changed_in_place(relevance, similarity, k, trade_off=0.7):
    gain, chosen = np.array(relevance, float), []
    for _ in range(min(k, len(gain))):
        chosen.append(int(np.argmax(gain)))
        gain = trade_off * gain - (1 - trade_off) * similarity[chosen[-1]]
        gain[chosen] = -np.inf
    return np.array(chosen)


def _copies_skipped(most):
    """Down the list by relevance, past what is like something above by most(λ) or more; then what was passed."""
    def wrong(relevance, similarity, k, trade_off=0.7):
        order, page = np.argsort(-relevance, kind="stable").tolist(), []
        for item in order:
            if all(similarity[item, other] < most(trade_off) for other in page):
                page.append(item)
        return np.array((page + [item for item in order if item not in page])[:k])
    return wrong


def _picked(pick):
    """pick(gains, those taken at −inf) → the place that is taken next."""
    def wrong(relevance, similarity, k, trade_off=0.7):
        chosen, nearest, closed = [], np.zeros(len(relevance)), np.zeros(len(relevance), bool)
        while len(chosen) < min(k, len(relevance)):
            gain = trade_off * relevance - (1 - trade_off) * nearest
            best = int(pick(np.where(closed, -np.inf, gain)))
            chosen.append(best)
            closed[best] = True
            nearest = np.maximum(nearest, similarity[best])
        return np.array(chosen)
    return wrong


ONE_SORT = {
    "like": (
        Slip("likeness to the more relevant", lambda s, order, rank: max(s[order[:rank]].max(), 0) if rank else 0.0, "Your likeness is to all "
             "that are more relevant, chosen or not, and you sort once. Compare with what has been chosen, anew at each slot.", BASE),
        Slip("likeness to the next more relevant", lambda s, order, rank: s[order[rank - 1]] if rank else 0.0, "Your likeness is to the one "
             "that is next more relevant, chosen or not, and you sort once. Compare with all that has been chosen, anew at each slot.", BASE),
    ),
}
STRETCHES = {
    "span": (
        Slip("relevance rescaled, equals to 0", lambda span: span or 1.0, "You stretch relevance to [0, 1] before you begin. Take it as it is "
             "given: the caller has chosen the scale.", UNIT),
    ),
}
PICKS = {
    "pick": (
        Slip("ties as np.argsort leaves them", lambda value: np.argsort(value)[-1], "You take the last of np.argsort: of equal gains that is "
             "the last or any other. The first one should win, as with np.argmax.", BOUNDARY),
    ),
}
RULES = {
    "rule": (
        *(Slip(f"ranks for relevance, by {name}", _of_ranks(less), f"You put the rank of each candidate, over {name}, in place of its relevance. Take that as it is given: "
               "how much better one is counts.", UNIT) for name, less in (("C", 0), ("C − 1", 1))),
        Slip("softmax of relevance", _of_softmax, "You put a softmax in place of relevance. Take it as it is given: the caller has chosen the "
             "scale.", UNIT),
        Slip("λ at each slot again", _changed_in_place, "You change the gains in place, so that relevance is multiplied by λ once for each slot. "
             "Keep relevance, and reckon each slot's gain anew.", BASE),
        *(Slip(f"copies skipped, {name}", _copies_skipped(most), f"You skip what is like something above by {said} or more, and else go by "
               "relevance. There is no threshold: a copy that is relevant enough may stand.", OTHER)
          for name, most, said in (("λ", lambda w: w, "λ"), ("1 − λ", lambda w: 1 - w, "1 − λ"),
                                   *((f"{level:g}", lambda w, level=level: level, f"{level:g}") for level in (0.5, 0.7, 0.8, 0.9)))),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(lambda rule: rule, RULES), *mistakes_of(_in_one_sort, ONE_SORT), *mistakes_of(_stretched, STRETCHES),
            *mistakes_of(_picked, PICKS))
