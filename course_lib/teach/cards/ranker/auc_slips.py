"""Slips in the steps of an AUC inside a request: what a request gives, what one without a pair gives, how they are joined."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, MEAN, OTHER

RARE = {"paired": False}


def _wins(good, bad, tie=0.5):
    return np.mean((good[:, None] > bad) + tie * (good[:, None] == bad))


def _without_ties(good, bad):
    won, lost = (good[:, None] > bad).sum(), (good[:, None] < bad).sum()
    return won / max(1, won + lost)


def _rank_sum(good, bad):
    every = np.concatenate([good, bad])
    return sum((every < one).sum() + ((every == one).sum() + 1) / 2 for one in good)


def _of_all_rows(good, bad):
    rows = len(good) + len(bad)
    return _wins(good, bad, 0.0) * len(good) * len(bad) / (rows * (rows - 1) / 2)


def _average_precision(good, bad):
    order = np.argsort(-np.concatenate([good, bad]), kind="stable")
    places = np.flatnonzero(order < len(good)) + 1
    return np.mean(np.arange(1, len(places) + 1) / places)


def _by_place(score):
    rank = np.empty(len(score))
    rank[np.argsort(score, kind="stable")] = np.arange(len(score))
    return rank


def _build(number=lambda score: score, value=_wins, empty=lambda good, bad: None, weigh=None, join=np.average):
    """empty(clicked, others) → what a request without a pair gives, None to leave it out."""
    def wrong(score, label, group):
        score, each, weights = number(score), [], []
        for g in np.unique(group):
            good, bad = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
            own = value(good, bad) if len(good) and len(bad) else empty(good, bad)
            if own is not None:
                each.append(own)
                weights.append(weigh(good, bad) if weigh else 1)
        return float(join(each, weights=weights))
    return wrong


def _as(value):
    return lambda good, bad: value


def _clicks_only(value):
    return lambda good, bad: value if len(good) else None


def _no_click(value):
    return lambda good, bad: value if len(bad) else None


STEPS = {
    "number": (
        Slip("ties by their place", _by_place, "Ties are broken by where the rows stand; a tie is worth half.", BOUNDARY, False),
    ),
    "value": (
        Slip("ties win", lambda good, bad: _wins(good, bad, 1.0), "A tie counts as a win; it is worth half.", BOUNDARY, False),
        Slip("ties lose", lambda good, bad: _wins(good, bad, 0.0), "A tie counts as a loss; it is worth half.", BOUNDARY, False),
        Slip("ties left out", _without_ties, "Tied pairs are left out of the count; a tie wins half and counts.", BOUNDARY,
             False),
        Slip("turned over", lambda good, bad: 1 - _wins(good, bad),
             "You count the pairs in which the row without a click scores higher: that is 1 − AUC.", DIRECTION, False),
        Slip("won less lost", lambda good, bad: 2 * _wins(good, bad) - 1,
             "You take pairs won less pairs lost, from −1 to 1. AUC is the share won, ties half, from 0 to 1.", DIRECTION),
        Slip("lost not subtracted", lambda good, bad: _wins(good, bad, 1.0) + _wins(good, bad, 0.0),
             "You add the pairs won or tied to those won, and do not halve the sum.", MEAN, False, False),
        Slip("means compared", lambda good, bad: float(good.mean() > bad.mean()),
             "You ask whether the clicked rows have the higher mean score. AUC asks of each pair who scores higher.", BASE),
        Slip("any pair won", lambda good, bad: float(good.max() > bad.min()),
             "You ask whether any pair is won. AUC is the share of pairs.", BASE, **RARE),
        Slip("all pairs won", lambda good, bad: float(good.min() > bad.max()),
             "You ask whether all pairs are won. AUC is the share of pairs.", BASE, **RARE),
        Slip("best click alone", lambda good, bad: _wins(good[good == good.max()][:1], bad),
             "You take the best clicked row alone. Every clicked row of the request counts.", BASE, **RARE),
        Slip("worst click alone", lambda good, bad: _wins(good[good == good.min()][:1], bad),
             "You take the worst clicked row alone. Every clicked row of the request counts.", BASE, **RARE),
        Slip("first click alone", lambda good, bad: _wins(good[:1], bad),
             "You take one clicked row of a request, the first in its table. Every clicked row counts.", BASE, **RARE),
        Slip("means compared, ties half", lambda good, bad: _wins(good.mean(keepdims=True), bad.mean(keepdims=True)),
             "You compare two means in a request, which makes it right or wrong as a whole. AUC asks of each pair who scores higher.", BASE, **RARE),
        Slip("clicks above the mean of the others", lambda good, bad: np.mean(good > bad.mean()),
             "You compare each clicked row with the mean of the others. AUC compares it with each of them.", BASE, **RARE),
        Slip("rank sum not reduced", lambda good, bad: _rank_sum(good, bad) / (len(good) * len(bad)),
             "You divide the sum of ranks by the pairs. Take off what the clicked rows have among themselves first: "
             "m·(m + 1)/2 for m of them.", OTHER, **RARE),
        Slip("rank sum reduced by too little", lambda good, bad: 1 / len(bad) + _wins(good, bad),
             "You take m·(m − 1)/2 off the sum of ranks, which counts from 1: it is m·(m + 1)/2 for m clicked rows.",
             BOUNDARY, **RARE),
        Slip("all pairs of rows, ties lose", _of_all_rows, "You divide by all pairs of rows, and a tie counts as a loss. Divide by the "
             "pairs of a clicked row and one that was not, and count a tie half.", BASE, **RARE),
        Slip("average precision", _average_precision, "That is the average precision of each request. AUC is the share of "
             "pairs in order.", OTHER, **RARE),
    ),
    "empty": (
        Slip("one-sided requests as 0", _as(0.0), "Requests without a pair go in as 0; leave them out.", BASE, False),
        Slip("one-sided requests as 0.5", _as(0.5), "Requests without a pair go in as 0.5; leave them out.", BASE, False),
        Slip("one-sided requests as 1", _as(1.0), "Requests without a pair go in as 1; leave them out.", BASE, False),
        Slip("clicks only as 0", _clicks_only(0.0), "You leave out requests without a click, but one with clicks only goes in "
             "as 0. It holds no pair either.", BASE),
        Slip("clicks only as 0.5", _clicks_only(0.5), "You leave out requests without a click, but one with clicks only goes "
             "in as 0.5. It holds no pair either.", BASE),
        Slip("clicks only as 1", _clicks_only(1.0), "You leave out requests without a click, but one with clicks only goes in "
             "as 1. It holds no pair either.", BASE),
        Slip("no click as 0", _no_click(0.0), "You leave out requests with clicks only, but one without a click goes in as 0. "
             "It holds no pair either.", BASE, **RARE),
        Slip("no click as 0.5", _no_click(0.5), "You leave out requests with clicks only, but one without a click goes in as "
             "0.5. It holds no pair either.", BASE, **RARE),
    ),
    "weigh": (
        Slip("weighted by rows", lambda good, bad: len(good) + len(bad),
             "Requests are weighted by their rows; each counts once.", MEAN, False),
        Slip("pairs pooled", lambda good, bad: len(good) * len(bad),
             "All pairs are pooled, so a request with many counts more; each request counts once.", MEAN, False),
        Slip("weighted by clicks", lambda good, bad: len(good),
             "Requests are weighted by their clicks; each counts once.", MEAN, False),
        Slip("weighted by the others", lambda good, bad: len(bad),
             "Requests are weighted by their rows without a click; each counts once.", MEAN),
    ),
    "join": (
        Slip("median", lambda each, weights: np.median(each), "You take the median of the requests, not their mean.", MEAN,
             False),
        Slip("summed", lambda each, weights: np.dot(each, weights), "You add the requests' AUCs up. Take their mean.", MEAN),
        Slip("the first request", lambda each, weights: each[0],
             "You return the AUC of the first request that has a pair: is the `return` inside the loop?", BASE, **RARE),
        Slip("the last request", lambda each, weights: each[-1],
             "You return the AUC of the last request alone. Keep each, and take their mean.", BASE, **RARE),
        Slip("the best request", lambda each, weights: np.max(each),
             "You return the largest AUC of a request. Take their mean.", MEAN, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it, or as another pair
    "one-sided requests as 0 + pairs pooled | one-sided requests as 0.5 + pairs pooled | "
    "one-sided requests as 1 + pairs pooled | clicks only as 0 + pairs pooled | "
    "one-sided requests as 0 + weighted by clicks | clicks only as 0 + weighted by the others | "
    "clicks only as 0.5 + pairs pooled | one-sided requests as 0.5 + weighted by clicks | "
    "clicks only as 0.5 + weighted by the others | clicks only as 1 + pairs pooled | "
    "one-sided requests as 1 + weighted by clicks | clicks only as 1 + weighted by the others | "
    "one-sided requests as 0 + summed | clicks only as 0 + median | clicks only as 0 + summed | "
    "ties by their place + ties win | ties by their place + ties lose | ties by their place + ties left out | "
    "weighted by rows + median | pairs pooled + median | weighted by clicks + median | weighted by the others + median")


def _after(change):
    """All pairs of rows, whatever their request, after change(score, group)."""
    def wrong(score, label, group):
        own = change(score, group)
        return float(_wins(own[label == 1], own[label == 0]))
    return wrong


def _centred(score, group):
    return np.array([s - score[group == g].mean() for s, g in zip(score, group, strict=True)])


def _ranked(score, group):
    return np.array([(score[group == g] < s).sum() + ((score[group == g] == s).sum() + 1) / 2
                     for s, g in zip(score, group, strict=True)])


def _shares(score, group):
    return np.array([_ranked(score, group)[i] / (group == g).sum() for i, g in enumerate(group)])


def _in_spreads(ddof):
    def change(score, group):
        spread = {g: score[group == g].std(ddof=ddof) if (group == g).sum() > ddof else 0.0 for g in np.unique(group)}
        return _centred(score, group) / np.array([spread[g] if spread[g] > 0 else 1.0 for g in group])
    return change


WHOLE = {
    "change": (
        *(Slip(f"pooled, {name}", _in_spreads(ddof), f"You standardise each request's scores, by n{less}, and then compare all rows with all. "
               "Rows of two requests never stand in one slate: form pairs inside each request.", AXIS)
          for name, ddof, less in (("standardised", 0, ""), ("standardised by n − 1", 1, " − 1"))),
        Slip("pooled, centred", _centred, "You take each request's mean off its scores and then compare all rows with all. "
             "Rows of two requests never stand in one slate: form pairs inside each request.", AXIS),
        Slip("pooled, ranks", _ranked, "You rank inside each request and then compare all rows with all. Rows of two requests "
             "never stand in one slate: form pairs inside each request.", AXIS),
        Slip("pooled, shares of ranks", _shares, "You turn scores into shares of ranks inside each request and then compare "
             "all rows with all. Form pairs inside each request.", AXIS),
    ),
}


def _by_ranks(rank):
    """The AUC of each request by a sum of ranks: rank(scores of one request) → float (n,), from 1."""
    def wrong(score, label, group):
        each = []
        for g in np.unique(group):
            own, clicked = score[group == g], label[group == g] == 1
            m, n = clicked.sum(), (~clicked).sum()
            if m and n:
                each.append((rank(own)[clicked].sum() - m * (m + 1) / 2) / (m * n))
        return float(np.mean(each))
    return wrong


def _mean_or_nan(value):
    """The mean of value(clicked, others) over requests with both, those left out where it is None; NaN if all are."""
    def wrong(score, label, group):
        each = []
        for g in np.unique(group):
            good, bad = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
            own = value(good, bad) if len(good) and len(bad) else None
            if own is not None:
                each.append(own)
        return float(np.mean(each)) if each else np.nan
    return wrong


def _untied(good, bad):
    won, lost = (good[:, None] > bad).sum(), (good[:, None] < bad).sum()
    return won / (won + lost) if won + lost else None


def _untied_or_half(good, bad):
    own = _untied(good, bad)
    return 0.5 if own is None else own


def _against_all(rows):
    """Clicked rows against those without a click of every request; rows(label, group) → the clicked rows' groups, each a mean."""
    def wrong(score, label, group):
        bad = score[label == 0]
        return float(np.mean([_wins(score[own], bad) for own in rows(label, group)]))
    return wrong


def _down_the_list(value):
    """The mean over requests with both labels of value(labels by falling score; equals as they stand)."""
    def wrong(score, label, group):
        each = [value(label[group == g][np.argsort(-score[group == g], kind="stable")]) for g in np.unique(group)
                if 0 < label[group == g].sum() < (group == g).sum()]
        return float(np.mean(each))
    return wrong


DOWN = {
    "value": (
        Slip("place of the first click", lambda y: 1 / (1 + np.argmax(y)), "That is one over the place of the first click (reciprocal rank). "
             "AUC is the share of pairs in order.", OTHER),
        Slip("average precision, equals as they stand", lambda y: (np.cumsum(y) / np.arange(1, len(y) + 1))[y == 1].mean(), "That is the average "
             "precision of each request, equals as they stand. AUC is the share of pairs in order.", OTHER),
    ),
}
ALL = {
    "rows": (
        Slip("others of all requests", lambda label, group: [(group == g) & (label == 1) for g in np.unique(group[label == 1])],
             "You compare a request's clicks with the rows without a click of all requests. Those of its own stood beside them, the others never did.",
             AXIS),
    ),
}
SHARED = "Tied rows share their mean rank, as in `scipy.stats.rankdata`: then a tie counts half."
RANKS = {
    "rank": (
        Slip("ties as np.argsort leaves them", lambda s: s.argsort().argsort() + 1.0, "Your ranks are an argsort of an argsort, so tied "
             f"rows get ranks of their own. {SHARED}", BOUNDARY),
        Slip("dense ranks", lambda s: np.unique(s, return_inverse=True)[1] + 1.0, "Your ranks count different scores: what is tied takes up "
             f"one rank in all. {SHARED}", BOUNDARY),
        Slip("lowest ranks", lambda s: (s[:, None] > s).sum(1) + 1.0, f"Your tied rows all have the lowest of their ranks. {SHARED}", BOUNDARY),
        Slip("highest ranks", lambda s: (s[:, None] >= s).sum(1) + 0.0, f"Your tied rows all have the highest of their ranks. {SHARED}", BOUNDARY),
    ),
}
UNTIED = {
    "value": (
        Slip("ties and tied requests left out", _untied, "You leave tied pairs out of the count, and a request in which all are tied with "
             "them. A tie is a pair: it wins half and counts in the denominator.", BOUNDARY),
        Slip("ties left out, all tied as 0.5", _untied_or_half, "You leave tied pairs out of the count. A tie is a pair: it wins half and "
             "counts in the denominator, also where other pairs are not tied.", BOUNDARY),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(_after, WHOLE), *mistakes_of(_by_ranks, RANKS),
            *mistakes_of(_mean_or_nan, UNTIED), *mistakes_of(_against_all, ALL), *mistakes_of(_down_the_list, DOWN))
