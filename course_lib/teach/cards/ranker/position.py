"""Exercises on what a ranker learns from and is judged by: clicks weighed by position, and AUC inside a request."""

import numpy as np

from course_lib.evidence.auc import grouped_auc
from course_lib.stages.ranking.ranker import position_weights
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.ranker import auc_slips, far_scores_of_ranker, weight_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake

LOOK = np.array([1.0, 0.5, 0.25, 0.1, 0.04])


# --- 6.1 -----------------------------------------------------------------------------------------------------------
def _weight_cases(rng):
    return [Case(f"{n} rows", (rng.integers(1, 6, n), rng.integers(0, 2, n), LOOK), {"clip": clip})
            for n, clip in ((6, 20.0), (9, 20.0), (12, 5.0))] + [
            Case("other chances", (np.arange(1, 8), np.array([1, 1, 0, 1, 1, 0, 1]), 0.9 ** np.arange(7))),
            Case("chances that rise and fall, below 1 at the top", (np.array([6, 1, 3, 3, 8, 2, 1, 6, 4, 7, 1, 9, 2, 5]), np.append(
                [0, 0], np.ones(12, int)), np.array([0.8, 0.9, 0.4, 0.6, 1.0, 0.05, 0.03, 0.015, 0.3])), {"clip": 45.0}),
            Case("chances of a thousandth, clip 1e6", (np.array([2, 1, 3]), np.array([1, 1, 1]), np.array([0.5, 1e-3, 2e-5])), {"clip": 1e6}),
            Case("clip 1.5", (np.array([1, 2, 3, 2]), np.array([1, 1, 1, 0]), np.array([0.9, 0.7, 0.5])), {"clip": 1.5})]


def _weight_loop(position, click, examination, clip=20.0):
    return np.array([min(1 / examination[int(k) - 1], clip) if c else 1.0 for k, c in zip(position, click, strict=True)])


def _all_rows(position, click, examination, clip=20.0):
    return np.minimum(1 / examination[position - 1], clip)


def _times(position, click, examination, clip=20.0):
    return np.where(click == 1, np.minimum(examination[position - 1], clip), 1.0)


def _no_clip(position, click, examination, clip=20.0):
    return np.where(click == 1, 1 / examination[position - 1], 1.0)


def _off_by_one(position, click, examination, clip=20.0):
    return np.where(click == 1, np.minimum(1 / examination[np.minimum(position, len(examination) - 1)], clip), 1.0)


def _zero_others(position, click, examination, clip=20.0):
    return np.where(click == 1, np.minimum(1 / examination[position - 1], clip), 0.0)


def _no_shift(position, click, examination, clip=20.0):
    return np.where(click == 1, np.minimum(1 / examination[position], clip), 1.0)


def _above_clip(filling):
    def wrong(position, click, examination, clip=20.0):
        weight = 1 / examination[position - 1]
        return np.where(click == 1, np.where(weight > clip, filling, weight), 1.0)
    return wrong


def _changed_weight(change):
    """The right weights, changed by change(weights, position, click, examination)."""
    def wrong(position, click, examination, clip=20.0):
        return change(position_weights(position, click, examination, clip), position, click, examination)
    return wrong


def _by_place(place):
    def wrong(position, click, examination, clip=20.0):
        return np.where(click == 1, np.minimum(place(position), clip), 1.0)
    return wrong


def _at_least(position, click, examination, clip=20.0):
    return np.where(click == 1, np.maximum(1 / examination[position - 1], clip), 1.0)


WEIGHTS = Card(
    id="ranker.1", title="A click from far down counts more", minutes=8, difficulty=2, used_in=("{{feedback}}", "{{metric_stack}}",),
    effect=effects_truth.items_in_their_true_order,
    realistic=sizes.logged_clicks,
    task="Weigh the clicks so that, in expectation, the weighted clicks of an item are those it would get if **everybody "
         "looked at it**, whatever its position; `examination` holds the chances of a look. No click may weigh more than "
         "`clip`. Rows without a click keep weight 1: nobody knows whether they were looked at.",
    why="A click at k comes with chance eₖ·r, so 1/eₖ brings its expectation back to r, at any position. "
        "The price is variance: 900 clicks of weight 1 and 100 of weight 20 tell as much as (Σw)²/Σw² = 206 equal ones. "
        "So weights are clipped, which brings a little bias back; and looks that are wrongly estimated make wrong weights.",
    reference=position_weights, alternative=_weight_loop, cases=lambda rng: [*_weight_cases(rng), *far_scores_of_ranker.weight_cases()],
    by_hand=(Case("clicks at 1, 2 and 5, none at 3", (np.array([1, 2, 5, 3]), np.array([1, 1, 1, 0]), LOOK),
                  expected=np.array([1.0, 2.0, 20.0, 1.0])),),
    invariants=(Invariant("where everything is looked at, every weight is 1",
                          lambda fn, rng: np.allclose(fn(np.array([1, 2, 3]), np.array([1, 0, 1]), np.ones(3)), 1)),),
    mistakes=(
        Mistake("weights on non-clicks too", _all_rows,
                "You weight rows without a click as well. Whether an ignored row was looked at is not known: keep it at 1."),
        Mistake("multiplied instead of divided", _times,
                "You multiply by the chance of a look. That discounts clicks from far down twice; divide by it."),
        Mistake("not clipped", _no_clip,
                "Your weights grow without limit: a single click at a position nobody looks at would rule the model. "
                "Take at most `clip`."),
        Mistake("position from 0", _off_by_one,
                "Positions count from 1 and arrays from 0: position 1 is `examination[0]`."),
        Mistake("chances over that of the top", lambda position, click, examination, clip=20.0: position_weights(
            position, click, examination / examination.max(), clip),
                "You divide the chances by the largest first, so a click at the top weighs 1. It weighs 1 / P(looked at) there too."),
        Mistake("non-clicks dropped", _zero_others,
                "Rows without a click got weight 0. Then only clicks are left, and the model learns that all is clicked."),
        Mistake("non-clicks dropped, not clipped", lambda position, click, examination, clip=20.0:
                click / examination[position - 1],
                "`click / examination` gives rows without a click weight 0 (they keep 1), and nothing limits a click from "
                "far down: take at most `clip`."),
        Mistake("weights on non-clicks too, not clipped", lambda position, click, examination, clip=20.0:
                1 / examination[position - 1],
                "You weight every row and do not clip. Rows without a click keep 1, and a click counts at most `clip`."),
        Mistake("position from 0, past the end", _no_shift,
                "You look the chance up at `examination[position]`. Positions count from 1, so that is the next position's, "
                "and the last one runs off the end: take `position - 1`."),
        Mistake("non-clicks discounted", _changed_weight(lambda weight, position, click, examination: np.where(
            click == 1, weight, examination[position - 1])),
                "You weight rows without a click by P(looked at). Here they keep 1."),
        Mistake("clicks and the others exchanged", lambda position, click, examination, clip=20.0: np.where(
            click == 1, 1.0, np.minimum(1 / examination[position - 1], clip)),
                "The weights stand on the rows without a click. It is the clicks that are corrected; the others keep 1."),
        Mistake("at least the clip", _at_least,
                "You take the larger of the weight and `clip`, so that every click counts `clip` or more. `clip` is the most: "
                "np.minimum."),
        Mistake("too heavy set to 1", _above_clip(1.0),
                "A click whose weight passes `clip` gets 1. It should get `clip`: clipping limits a weight."),
        Mistake("too heavy set to 0", _above_clip(0.0),
                "A click whose weight passes `clip` is thrown away. It should get `clip`: clipping limits a weight."),
        Mistake("the position itself", _by_place(lambda position: position.astype(float)),
                "You weight by the position itself. How fast people stop looking is measured: use `examination`."),
        Mistake("a logarithm of the position", _by_place(lambda position: np.log2(position + 1.0)),
                "You weight by log2(position + 1), DCG's discount turned over. How fast people stop looking is measured: use "
                "`examination`."),
        Mistake("one added", _changed_weight(lambda weight, position, click, _: np.where(click == 1, 1 + weight, 1.0)),
                "A click gets its weight on top of 1. It gets the weight alone."),
        Mistake("rows dropped", _changed_weight(lambda weight, position, click, _: weight[click == 1]),
                "You return the weights of the clicked rows alone. Every row gets one: 1 where there was no click."),
        Mistake("normalised to mean 1", _changed_weight(lambda weight, *_: weight / weight.mean()),
                "You divide the weights by their mean. Then a row without a click no longer weighs 1."),
        Mistake("normalised to sum 1", _changed_weight(lambda weight, *_: weight / weight.sum()),
                "You divide the weights by their sum. Then a row without a click no longer weighs 1."),
        *weight_slips.MISTAKES,
    ),
    hints=("If one person in five looks at a position, how many wishes does one click there stand for?",
           "Look the chance up by position (mind that positions start at 1), invert it, and limit it.",
           "`np.where(click == 1, np.minimum(1 / examination[position - 1], clip), 1.0)`"),
)


# --- 6.2 -----------------------------------------------------------------------------------------------------------
def _auc_cases(rng):
    return [Case(f"{n} rows in {g} requests", (rng.integers(0, 5, n) / 4, rng.integers(0, 2, n), np.sort(
        rng.integers(0, g, n)))) for n, g in ((24, 3), (40, 5), (30, 4))] + [
            Case("rows of a request apart", (rng.integers(0, 5, 20) / 4, np.arange(20) % 3 % 2, rng.integers(0, 4, 20))),
            Case("a request with clicks only", (np.array([0.3, 0.1, 0.2, 0.9, 0.4]), np.array([0, 1, 0, 1, 1]),
                                                np.array([7, 7, 7, 3, 3]))),
            Case("scores in the tens", (np.arange(20) * 7 % 20 * 3.0 - 12, np.arange(20) % 3 % 2, np.arange(20) // 10)),
            Case("scores of both signs, no ties", (rng.normal(size=18), np.arange(18) % 2, np.arange(18) // 7)),
            Case("scores in ten-millionths, requests of any number and length", (
                1e-7 * np.array([5, 1, 2, 3, 8, 1.5, 1.2, 9, 4, 6, 7, 3.5]), np.array([1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1]),
                np.array([600, 0, 256, 3, 3, 88, 0, 0, 600, 512, 256, 88]))),
            Case("scores near 1000, thousandths apart", (1000 + rng.permutation(40) / 1000, np.arange(40) * 7 % 10 // 7, np.arange(40) // 10)),
            Case("requests of equal scores beside others", (np.array([3.0, 3, 3, 1, 2, 5, 4, 0, 0, 70, 90]), np.array([1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1]),
                                                            np.array([1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])))]


def _pairs(score, label, group, tie=0.5):
    each = []
    for g in np.unique(group):
        good, bad = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
        if len(good) and len(bad):
            each.append(np.mean((good[:, None] > bad) + tie * (good[:, None] == bad)))
    return float(np.mean(each))


def _pooled(score, label, group):
    return grouped_auc(score, label, np.zeros(len(label), int))


def _by_rows(score, label, group):
    both = [g for g in np.unique(group) if 0 < label[group == g].mean() < 1]
    each = [grouped_auc(score[group == g], label[group == g], group[group == g]) for g in both]
    return float(np.average(each, weights=[(group == g).sum() for g in both]))


def _empty_as_half(score, label, group):
    each = [_pairs(score[group == g], label[group == g], group[group == g])
            if 0 < label[group == g].mean() < 1 else 0.5 for g in np.unique(group)]
    return float(np.mean(each))


def _each(value, otherwise=None, weigh=None):
    """The mean over requests of value(clicked scores, the others); otherwise: of a request without both labels."""
    def wrong(score, label, group):
        each, weights = [], []
        for g in np.unique(group):
            good, bad = score[(group == g) & (label == 1)], score[(group == g) & (label == 0)]
            both = len(good) and len(bad)
            if both or otherwise is not None:
                each.append(value(good, bad) if both else otherwise)
                weights.append(weigh(good, bad) if weigh else 1)
        return float(np.average(each, weights=weights))
    return wrong


def _wins(good, bad):
    return np.mean((good[:, None] > bad) + 0.5 * (good[:, None] == bad))


def _clicks_only_nan(score, label, group):
    clicked = np.isin(group, group[label == 1])
    return _each(_wins, np.nan)(score[clicked], label[clicked], group[clicked])


def _without_ties(good, bad):
    won, lost = (good[:, None] > bad).sum(), (good[:, None] < bad).sum()
    return won / max(1, won + lost)


def _median(score, label, group):
    return float(np.median([_pairs(score[group == g], label[group == g], group[group == g])
                            for g in np.unique(group) if 0 < label[group == g].mean() < 1]))


def _ordinal(score, label, group):
    order = np.argsort(score, kind="stable")
    rank = np.empty(len(score))
    rank[order] = np.arange(len(score))
    return _pairs(rank, label, group)


def _runs(score, label, group):
    return _pairs(score, label, np.cumsum(np.append(0, np.diff(group) != 0)))


AUC = Card(
    id="ranker.2", title="AUC inside a request", minutes=10, difficulty=3, used_in=("{{metric_stack}}",),
    realistic=sizes.scores_in_requests,
    task="AUC looks at all pairs of a clicked row and one that was not, ties counted half. Which of these pairs does a slate "
         "ever have to put in order? Judge by those alone, and **let every request that can say something say equally much**, "
         "however many rows it has. At least one request can; its rows may stand apart.",
    why="A feature such as \"this person clicks a lot\" separates rows of different people and orders nothing inside a "
        "slate. Pooled AUC pays for it; grouped AUC does not: adding a constant to a request's scores changes nothing.",
    reference=grouped_auc, alternative=_pairs, cases=lambda rng: [*_auc_cases(rng), *far_scores_of_ranker.auc_cases()], seconds=4.0,
    by_hand=(
        Case("one request, two of its three pairs in order",
             (np.array([0.9, 0.5, 0.4, 0.3]), np.array([0, 1, 0, 0]), np.array([1, 1, 1, 1])), expected=2 / 3),
        Case("two requests: one perfect, one a tie",
             (np.array([0.2, 0.1, 0.8, 0.8]), np.array([1, 0, 1, 0]), np.array([1, 1, 2, 2])), expected=0.75),
        Case("a request without a click does not count",
             (np.array([0.2, 0.1, 0.8, 0.7]), np.array([1, 0, 0, 0]), np.array([1, 1, 2, 2])), expected=1.0),
    ),
    invariants=(Invariant("adding a constant to all scores of one request changes nothing", lambda fn, rng: np.allclose(
        fn(np.array([0.2, 0.1, 5.8, 5.9]), np.array([1, 0, 1, 0]), np.array([1, 1, 2, 2])),
        fn(np.array([0.2, 0.1, 0.8, 0.9]), np.array([1, 0, 1, 0]), np.array([1, 1, 2, 2])))),),
    mistakes=(
        Mistake("pooled", _pooled, "That is the AUC over all rows at once. It compares rows of different requests, which "
                                   "never stand in one slate."),
        Mistake("ties win", lambda s, y, g: _pairs(s, y, g, 1.0),
                "You count a tie as a win. Then a constant score looks perfect; a tie is worth half."),
        Mistake("ties lose", lambda s, y, g: _pairs(s, y, g, 0.0),
                "You count a tie as a loss. A constant score should come to 0.5; a tie is worth half."),
        Mistake("weighted by rows", _by_rows,
                "You weight requests by their number of rows. Here each request counts once, whatever its length."),
        Mistake("one-sided requests as 0.5", _empty_as_half,
                "Requests without a click, or with clicks only, went in as 0.5. They hold no pair: leave them out."),
        Mistake("one-sided requests as 0", _each(_wins, 0.0),
                "Requests without a click, or with clicks only, went in as 0. They hold no pair: leave them out of the mean."),
        Mistake("one-sided requests as 1", _each(_wins, 1.0),
                "Requests without a click, or with clicks only, went in as 1. They hold no pair: leave them out."),
        Mistake("one-sided requests as NaN", _each(_wins, np.nan),
                "Requests without a click, or with clicks only, give 0 / 0 = NaN, and the mean with them. Leave them out."),
        Mistake("requests with clicks only as NaN", _clicks_only_nan,
                "You leave out requests without a click, but one with clicks only gives NaN. It holds no pair either."),
        Mistake("pairs pooled", _each(_wins, weigh=lambda good, bad: len(good) * len(bad)),
                "You divide all pairs won by all pairs, so a request with many pairs counts more. Each request counts once: "
                "first its AUC, then the mean."),
        Mistake("weighted by clicks", _each(_wins, weigh=lambda good, bad: len(good)),
                "You weight requests by their clicks, or average over clicked rows. Here each request counts once."),
        Mistake("ties left out", _each(_without_ties),
                "You leave tied pairs out of the count. A tie is a pair: it wins half and counts in the denominator."),
        Mistake("ties by their place", _ordinal,
                "Your ranks break ties by where the rows stand. Tied rows share their mean rank: then a tie counts half."),
        Mistake("all pairs of rows", _each(lambda good, bad: _wins(good, bad) * len(good) * len(bad) / (
            (len(good) + len(bad)) * (len(good) + len(bad) - 1) / 2)),
                "You divide by all pairs of rows. Only pairs of a clicked row and one that was not are compared: divide by "
                "their number."),
        Mistake("neighbours only", _runs,
                "You start a new request wherever the number changes from one row to the next. The rows of a request may stand "
                "apart: group by the number itself."),
        Mistake("top row clicked", _each(lambda good, bad: float(good.max() > bad.max())),
                "You ask whether the top row was clicked. AUC asks it of every pair of a clicked row and one that was not."),
        Mistake("median", _median, "You take the median of the requests. Take their plain mean."),
        Mistake("not averaged", lambda score, label, group: np.array([_pairs(*(part[group == g] for part in (
            score, label, group))) for g in np.unique(group) if 0 < label[group == g].mean() < 1]),
                "You return the AUC of each request. Take their plain mean."),
        *auc_slips.MISTAKES,
    ),
    hints=("Which two rows does a ranker have to choose between? Rows of the same request. So pairs are formed there.",
           "For each group: all clicked scores against all others, `good[:, None] > bad`, ties half; then the mean over "
           "groups that have both.",
           "`np.mean((good[:, None] > bad) + 0.5 * (good[:, None] == bad))` in a loop over `np.unique(group)`."),
)
