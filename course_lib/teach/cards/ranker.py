"""Exercises and claims on the ranker: position, AUC inside a request, calibration, the sampling correction, several objectives."""

import numpy as np

from course_lib.evidence.auc import grouped_auc
from course_lib.stages.ranking.calibrate import ece, undo_negative_sampling
from course_lib.stages.ranking.ranker import position_weights, weighted_value
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.definitions.quiz import Quiz

LOOK = np.array([1.0, 0.5, 0.25, 0.1, 0.04])


# --- 6.1 -----------------------------------------------------------------------------------------------------------
def _weight_cases(rng):
    return [Case(f"{n} rows", (rng.integers(1, 6, n), rng.integers(0, 2, n), LOOK), {"clip": clip})
            for n, clip in ((6, 20.0), (9, 20.0), (12, 5.0))]


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


WEIGHTS = Card(
    id="ranker.1", title="A click from far down counts more", minutes=8, difficulty=2, used_in=("{{feedback}}", "{{metric_stack}}",),
    task="A click at position 5 is rare because few people look there, so it says more. Give every click the weight "
         "**1 / P(looked at | its position)**, at most `clip`. Rows without a click keep weight 1: nobody knows whether "
         "they were looked at.",
    shapes="`position` int [n], from 1; `click` 0/1 [n]; `examination` float [K], P(looked at) for positions 1…K; "
           "returns float [n].",
    why="In expectation, a weighted click counts 1 for each person who *would* have clicked on looking, at any position. "
        "The price is variance: one click at the foot counts as twenty, so it is clipped, which brings a little bias "
        "back.",
    reference=position_weights, alternative=_weight_loop, cases=_weight_cases,
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
        Mistake("non-clicks dropped", _zero_others,
                "Rows without a click got weight 0. Then only clicks are left, and the model learns that all is clicked."),
    ),
    hints=("If one person in five looks at a position, how many wishes does one click there stand for?",
           "Look the chance up by position (mind that positions start at 1), invert it, and limit it.",
           "`np.where(click == 1, np.minimum(1 / examination[position - 1], clip), 1.0)`"),
)


# --- 6.2 -----------------------------------------------------------------------------------------------------------
def _auc_cases(rng):
    return [Case(f"{n} rows in {g} requests", (rng.integers(0, 5, n) / 4, rng.integers(0, 2, n), np.sort(
        rng.integers(0, g, n)))) for n, g in ((24, 3), (40, 5), (30, 4))]


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


AUC = Card(
    id="ranker.2", title="AUC inside a request", minutes=10, difficulty=3, used_in=("{{metric_stack}}",),
    task="AUC is the chance that a clicked row scores above one that was not. Over all rows at once it also compares "
         "*different requests*, which no slate ever does. Compute it **for each request that has both labels** and take "
         "the plain mean. Ties count half.",
    shapes="`score` float [n]; `label` 0/1 [n]; `group` int [n], the request of each row; returns a float.",
    why="A feature such as \"this person clicks a lot\" separates rows of different people and orders nothing inside a "
        "slate. Pooled AUC pays for it; grouped AUC does not: adding a constant to a request's scores changes nothing.",
    reference=grouped_auc, alternative=_pairs, cases=_auc_cases, seconds=4.0,
    by_hand=(
        Case("one request, two of its three pairs in order",
             (np.array([0.9, 0.5, 0.4, 0.3]), np.array([0, 1, 0, 0]), np.array([1, 1, 1, 1])), expected=2 / 3),
        Case("two requests: one perfect, one a tie",
             (np.array([0.2, 0.1, 0.8, 0.8]), np.array([1, 0, 1, 0]), np.array([1, 1, 2, 2])), expected=0.75),
        Case("a request without a click does not count",
             (np.array([0.2, 0.1, 0.8, 0.7]), np.array([1, 0, 0, 0]), np.array([1, 1, 2, 2])), expected=1.0),
    ),
    invariants=(Invariant("adding a constant to all scores of one request changes nothing", lambda fn, rng: np.isclose(
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
    ),
    hints=("Which two rows does a ranker have to choose between? Rows of the same request. So pairs are formed there.",
           "For each group: all clicked scores against all others, `good[:, None] > bad`, ties half; then the mean over "
           "groups that have both.",
           "`np.mean((good[:, None] > bad) + 0.5 * (good[:, None] == bad))` in a loop over `np.unique(group)`."),
)


# --- 6.3 -----------------------------------------------------------------------------------------------------------
def _ece_cases(rng):
    return [Case(f"{n} predictions, {bins} bins", (rng.random(n) * 0.999, rng.integers(0, 2, n)), {"bins": bins})
            for n, bins in ((30, 10), (50, 5), (20, 4))]


def _bins(p, y, bins):
    place = np.minimum((np.asarray(p) * bins).astype(int), bins - 1)
    return [(np.asarray(p)[place == b], np.asarray(y)[place == b]) for b in np.unique(place)]


def _ece_loop(p, y, bins=10):
    return sum(len(a) / len(p) * abs(a.mean() - b.mean()) for a, b in _bins(p, y, bins))


ECE = Card(
    id="ranker.3", title="Expected calibration error", minutes=8, difficulty=2, used_in=("{{metric_stack}}", "{{launch}}",),
    task="Cut [0, 1] into `bins` equal widths by the predicted probability. In each bin that holds anything, take the "
         "distance between the **mean prediction** and the **share that came true**; average the distances, weighted by "
         "how many predictions a bin holds.",
    shapes="`p` float [n] in [0, 1); `y` 0/1 [n]; `bins` int; returns a float, 0 when every bin is right.",
    why="The weights make it an average over predictions: a bin with three rows says little and counts little. The "
        "absolute value stands outside the means, so errors inside a bin may cancel, errors of different bins may not.",
    reference=ece, alternative=_ece_loop, cases=_ece_cases,
    by_hand=(Case("two bins, one off by 0.45, one by 0.05",
                  (np.array([0.05, 0.05, 0.95, 0.95]), np.array([0, 1, 1, 1])), expected=0.25),
             Case("a fair coin called 0.9", (np.full(4, 0.9), np.array([1, 0, 1, 0])), expected=0.4)),
    invariants=(Invariant("the order of the rows does not matter", lambda fn, rng: np.isclose(
        fn(np.array([0.1, 0.6, 0.7]), np.array([0, 1, 0])), fn(np.array([0.7, 0.1, 0.6]), np.array([0, 0, 1])))),),
    mistakes=(
        Mistake("bins weigh the same", lambda p, y, bins=10: np.mean([abs(a.mean() - b.mean())
                                                                      for a, b in _bins(p, y, bins)]),
                "Your bins all weigh the same. A bin of three rows should count less than one of three thousand."),
        Mistake("signed", lambda p, y, bins=10: abs(sum(len(a) / len(p) * (a.mean() - b.mean())
                                                        for a, b in _bins(p, y, bins))),
                "Bins that are too high cancel bins that are too low. Take the absolute value in each bin."),
        Mistake("error of each row", lambda p, y, bins=10: float(np.mean(np.abs(np.asarray(p) - y))),
                "You average |p − y| over rows. A calibrated 0.5 would then be wrong by 0.5 each time: compare means in "
                "a bin."),
        Mistake("largest bin error", lambda p, y, bins=10: max(abs(a.mean() - b.mean()) for a, b in _bins(p, y, bins)),
                "That is the largest error of any bin (the maximum calibration error). Take the weighted mean."),
        Mistake("squared", lambda p, y, bins=10: sum(len(a) / len(p) * (a.mean() - b.mean()) ** 2
                                                     for a, b in _bins(p, y, bins)),
                "You square the distances. The calibration part of the Brier score does; ECE takes absolute values."),
        Mistake("bin centres", lambda p, y, bins=10: sum(
            len(a) / len(p) * abs((min(int(a[0] * bins), bins - 1) + 0.5) / bins - b.mean())
            for a, b in _bins(p, y, bins)),
                "You compare with the middle of the bin. Compare with the mean prediction in it: most predictions sit "
                "near an edge."),
    ),
    hints=("When a model says 10% a hundred times, how often should it come true?",
           "`place = (p * bins).astype(int)` puts rows into bins; then two means and a weight for each bin.",
           "For each b in np.unique(place): (place == b).mean() * abs(p[place == b].mean() - y[place == b].mean()); add "
           "them up."),
)


# --- 6.4 -----------------------------------------------------------------------------------------------------------
UNDO = Card(
    id="ranker.4", title="Undo the sampling of negatives", minutes=6, difficulty=2, used_in=("{{launch}}",),
    task="To train faster, only a share `keep_rate` of the rows without a click was kept. The model's probabilities are "
         "right for *that* table and too high for the service. Put them back on the scale of the whole data.",
    shapes="`p` float, any shape, in [0, 1]; `keep_rate` float in (0, 1]; returns float of that shape.",
    why="Sampling multiplies the odds of a click by 1/keep_rate. Multiply them back and turn odds into a probability: "
        "p / (p + (1 − p)/w). The order of items does not change, so AUC never notices; an auction or a threshold does.",
    reference=undo_negative_sampling,
    alternative=lambda p, keep_rate: 1 - 1 / (1 + keep_rate * np.divide(p, 1 - np.asarray(p, float), where=np.asarray(
        p) < 1, out=np.full(np.shape(p), np.inf))),
    cases=lambda rng: [Case(f"keep {w}", (rng.random(n), w)) for n, w in ((6, 0.1), (9, 0.5), (4, 1.0))],
    by_hand=(Case("one half, with a tenth of the negatives kept", (np.array([0.5]), 0.1), expected=np.array([1 / 11])),
             Case("certain stays certain", (np.array([0.0, 1.0]), 0.1), expected=np.array([0.0, 1.0]))),
    invariants=(Invariant("with everything kept, nothing changes", lambda fn, rng: np.allclose(
        fn(np.array([0.2, 0.9]), 1.0), [0.2, 0.9])),
                Invariant("the order of the items stays", lambda fn, rng: (np.diff(fn(np.linspace(0, 1, 9), 0.2)) > 0
                                                                           ).all())),
    mistakes=(
        Mistake("multiplied by the rate", lambda p, keep_rate: np.asarray(p) * keep_rate,
                "You multiply the probability by the rate. That is nearly right for small p only: a certain click would "
                "come out as keep_rate. Correct the odds."),
        Mistake("the wrong way round", lambda p, keep_rate: p / (p + (1 - np.asarray(p)) * keep_rate),
                "Your correction goes the wrong way: probabilities rise. The negatives were thinned out, so there are "
                "more of them in truth: divide (1 − p) by the rate."),
        Mistake("odds returned", lambda p, keep_rate: keep_rate * np.divide(
            p, 1 - np.asarray(p, float), where=np.asarray(p) < 1, out=np.full(np.shape(p), 1e9)),
                "You return odds, not a probability. Turn them back: odds / (1 + odds)."),
        Mistake("not normalised", lambda p, keep_rate: p / (np.asarray(p) + 1 / keep_rate),
                "In the denominator stands 1/keep_rate where (1 − p)/keep_rate belongs: only negatives were thinned."),
    ),
    hints=("A tenth of the negatives was kept. By how much did the odds of a click in the table rise?",
           "Odds p/(1−p) are multiplied by 1/w in the sampled table. Undo that, then go back to a probability.",
           "`p / (p + (1 - p) / keep_rate)`"),
)


# --- 6.5 -----------------------------------------------------------------------------------------------------------
VALUE = Card(
    id="ranker.5", title="Two objectives, one score", minutes=5, difficulty=2, used_in=("{{reranker}}", "{{launch}}",),
    task="One model says how probable a click is, another how probable it is that a click satisfies. Make one score of "
         "them: **P(click) · P(satisfied | click) to the power `weight`**. At 0 it ranks by clicks alone, at 1 by the "
         "chance of a satisfied click.",
    shapes="`p_click`, `p_satisfied` float of one shape, in [0, 1]; `weight` float ≥ 0; returns float of that shape.",
    why="The two chances multiply, because a satisfied click needs both. In a sum, a headline that everybody clicks can "
        "buy its way past any disappointment; in a product it cannot. The power is the one knob the business turns.",
    reference=weighted_value, alternative=lambda p_click, p_satisfied, weight: np.exp(
        np.log(p_click) + weight * np.log(p_satisfied)),
    cases=lambda rng: [Case(f"weight {w}", (rng.uniform(0.05, 1, 5), rng.uniform(0.05, 1, 5), w)) for w in (0.5, 1.0, 3.0)],
    by_hand=(Case("weight 1: the chance of a satisfied click", (np.array([0.5, 0.4]), np.array([0.2, 0.9]), 1.0),
                  expected=np.array([0.1, 0.36])),
             Case("weight 0: clicks alone", (np.array([0.5, 0.4]), np.array([0.2, 0.9]), 0.0),
                  expected=np.array([0.5, 0.4]))),
    invariants=(Invariant("more weight never helps an item that satisfies less", lambda fn, rng: (
        fn(np.array([0.3, 0.3]), np.array([0.5, 0.9]), 2.0)[0] < fn(np.array([0.3, 0.3]), np.array([0.5, 0.9]), 1.0)[0])),
    ),
    mistakes=(
        Mistake("a weighted sum", lambda p_click, p_satisfied, weight: (1 - weight) * p_click + weight * p_satisfied,
                "You add the two. Then an item nobody clicks can win by how much it would satisfy the few who do."),
        Mistake("weight as a factor", lambda p_click, p_satisfied, weight: p_click * p_satisfied * weight,
                "A constant factor changes no order: your weight does nothing. It belongs in the exponent."),
        Mistake("the power on the click", lambda p_click, p_satisfied, weight: p_click**weight * p_satisfied,
                "The power stands on the click. More weight should lean towards satisfaction, not towards clicks."),
        Mistake("the power on both", lambda p_click, p_satisfied, weight: (p_click * p_satisfied)**weight,
                "The power stands on the whole product, so it changes no order. Put it on P(satisfied | click) alone."),
    ),
    hints=("Which of the two chances needs the other to have happened first?",
           "Multiply. The weight has to bend one factor without touching the other.",
           "`p_click * p_satisfied ** weight`"),
)

CARDS = [WEIGHTS, AUC, ECE, UNDO, VALUE]
CLAIMS = [
    Claim("ranker.debias_irrelevant", "Where the logger sorted by something people do not care about, position as a feature, "
          "held at 1 in serving, beats ignoring position.", "PAL (Guo et al. 2019) and most practice", (0.0, 1.0),
          "of the best possible clicks", written="2026-11-22"),
    Claim("ranker.debias_relevant", "Where the logger sorted by relevance, the same remedy hurts: position takes the credit "
          "that belongs to relevance.", "this course's prototype; the reason for randomised slots", (-1.0, 0.0),
          "of the best possible clicks", written="2026-11-22"),
    Claim("ranker.auc", "The model with the higher AUC on the log is the better ranker.", "folklore, no source found: most offline leaderboards",
          (0.0, 1.0), "of the best possible clicks, winner minus loser", written="2026-11-22"),
    Claim("ranker.lambdarank", "LambdaRank's scores through a sigmoid are no probabilities: their calibration error is ten times "
          "that of isotonic regression or more.", "the LambdaMART literature", (10.0, np.inf), "×", written="2026-11-22"),
    Claim("ranker.sampling", "With a tenth of the negatives kept, the correction p/(p + (1−p)/w) cuts the calibration error at "
          "least five-fold.", "He et al. 2014", (5.0, np.inf), "×", written="2026-11-22"),
    Claim("ranker.session", "Within a session, what was just clicked is worth more to the ranker than the whole long history.",
          "talks on session-based recommendation", (1.0, np.inf), "× the loss from dropping the history", written="2026-11-22"),
    Claim("ranker.candidates", "A few hundred candidates fit the ranker's 20 ms at the 99th percentile.",
          "the budgets of this course", (200.0, np.inf), "candidates", kind="machine figure", written="2026-11-22"),
    Claim("ranker.second_stage", "A ranker with features that retrieval cannot afford improves on the retriever's order.",
          "folklore, no source found: every two-stage design", (0.0, 1.0), "recall@10", written="2026-11-22"),
    Claim("ranker.ease", "A whole chain of sources and a ranker finds more than EASE, refitted on the same rows.",
          "this course; Dacrema et al. 2019, arXiv:1907.06902, ask it of every system", (0.0, 1.0), "recall@10", written="2026-11-28"),
    Claim("ranker.out_of_fold", "A ranker that learns from out-of-fold labels beats one that learns from the validation part "
          "alone.", "this course's prototype", (0.0, 1.0), "recall@10", written="2026-11-28"),
    Claim("ranker.time", "Judged on the future, a chain that is told nothing of time finds less.",
          "this course; Koren 2009, doi:10.1145/1557019.1557072", (0.0, 1.0), "recall@10", written="2026-11-28"),
]
QUIZZES = [
    Quiz("ranker.q1", "The new ranker's AUC is 0.03 higher. In the A/B test, clicks fall. What do you look at first?", {
        "The A/B test: AUC on millions of rows can't be wrong":
            "AUC can be exact and still answer another question: whom it compares is the point.",
        "AUC inside a request, and whether any feature is unknown at serving":
            "Yes. Pooled AUC pays for telling people apart, and a live position makes any model look good.",
        "The learning rate and the number of trees":
            "Those change the fit to the log. The log is not what is in doubt.",
        "Calibration: isotonic regression will bring the clicks back":
            "A monotone map changes no order inside a slate, so it cannot change which ten are shown."},
         "AUC inside a request, and whether any feature is unknown at serving"),
]
