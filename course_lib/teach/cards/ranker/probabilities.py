"""Exercises on what a ranker's probability is worth: its calibration error, and the sampling of negatives undone."""

import numpy as np

from course_lib.stages.ranking.calibrate import ece, undo_negative_sampling
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


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
    realistic=sizes.predictions,
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
    effect=effects_truth.probability_after_sampling,
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
