"""Exercises on what a ranker's probability is worth: its calibration error, and the sampling of negatives undone."""

import numpy as np

from course_lib.stages.ranking.calibrate import ece, undo_negative_sampling
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.ranker import bin_slips, far_scores_of_ranker, odds_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 6.3 -----------------------------------------------------------------------------------------------------------
def _ece_cases(rng):
    return [Case(f"{n} predictions, {bins} bins", (rng.random(n) * 0.999, rng.integers(0, 2, n)), {"bins": bins})
            for n, bins in ((30, 10), (50, 5), (20, 4))] + [
            Case("predictions on the ends of bins", (np.array([0.0, 0.25, 0.3, 0.5, 0.7, 0.75, 0.9]),
                                                     np.array([1, 1, 0, 0, 1, 0, 1])), {"bins": 4}),
            Case("most predictions small, most bins empty", (np.array([0.02, 0.03, 0.07, 0.12, 0.14, 0.33]),
                                                             np.array([0, 0, 1, 0, 1, 0])), {"bins": 10}),
            Case("40 bins", (rng.random(200) * 0.999, rng.integers(0, 2, 200)), {"bins": 40}),
            Case("one bin", (np.array([0.1, 0.2, 0.85, 0.9]), np.array([1, 1, 0, 0])), {"bins": 1}),
            Case("bins left out", (rng.random(80), rng.integers(0, 2, 80))),
            Case("beside the ends of bins", (np.array([0.4996, 0.5002, 0.2499999, 0.2504, 0.7498, 0.9996, 0.99998, 1e-8]),
                                             np.array([1, 0, 0, 1, 1, 0, 1, 0])), {"bins": 4}),
            Case("one prediction", (np.array([0.3125]), np.array([1]))),
            Case("nothing came true", (np.array([0.15, 0.62, 0.65, 0.9]), np.zeros(4, int))),
            Case("all came true", (np.array([0.15, 0.62, 0.65, 0.9]), np.ones(4, int)))]


def _bins(p, y, bins):
    place = np.minimum((np.asarray(p) * bins).astype(int), bins - 1)
    return [(np.asarray(p)[place == b], np.asarray(y)[place == b]) for b in np.unique(place)]


def _ece_loop(p, y, bins=10):
    return sum(len(a) / len(p) * abs(a.mean() - b.mean()) for a, b in _bins(p, y, bins))


def _over_bins(value):
    """The weighted mean of value(mean prediction, share that came true) over bins."""
    return lambda p, y, bins=10: sum(len(a) / len(p) * value(a.mean(), b.mean()) for a, b in _bins(p, y, bins))


def _placed(places):
    """ECE where places(p, bins) says into which bin each row goes."""
    def wrong(p, y, bins=10):
        place = places(p, bins)
        return sum((place == b).mean() * abs(p[place == b].mean() - y[place == b].mean()) for b in np.unique(place))
    return wrong


def _upper_end(p, bins):
    return np.maximum(np.ceil(p * bins).astype(int) - 1, 0)


def _equal_counts(p, bins):
    return (np.argsort(np.argsort(p, kind="stable"), kind="stable") * bins) // len(p)


def _zero_lost(p, y, bins=10):
    held = p > 0
    return held.mean() * _placed(_upper_end)(p[held], y[held], bins)


def _quantile_edges(p, y, bins=10):
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)))
    place = np.searchsorted(edges, p, side="left")
    place[p == edges[0]] = 1 if len(edges) > 1 else -1
    return sum((place == b).mean() * abs(p[place == b].mean() - y[place == b].mean()) for b in np.unique(place) if b >= 0)


def _own_range(p, bins):
    width = np.ptp(p) or 1.0
    return np.minimum(((p - p.min()) / width * bins).astype(int), bins - 1)


def _confidence(p, y, bins=10):
    return _placed(lambda sure, bins: np.minimum((sure * bins).astype(int), bins - 1))(
        np.maximum(p, 1 - p), ((p >= 0.5) == y).astype(float), bins)


ECE = Card(
    id="ranker.3", title="Expected calibration error", minutes=8, difficulty=2, used_in=("{{metric_stack}}", "{{launch}}",),
    realistic=sizes.predictions,
    task="Cut [0, 1] into `bins` equal widths by the predicted probability; a bin holds its lower end, not its upper. In each bin that holds anything, take the "
         "distance between the **mean prediction** and the **share that came true**; average the distances, weighted by "
         "how many predictions a bin holds.",
    shapes="`p` float [n] in [0, 1); `y` 0/1 [n]; `bins` int; n is at least 1; returns a float, 0 when every bin is "
           "right.",
    why="The weights make it an average over predictions: a bin with three rows says little and counts little. The "
        "absolute value stands outside the means, so errors inside a bin may cancel, errors of different bins may not.",
    reference=ece, alternative=_ece_loop, cases=lambda rng: [*_ece_cases(rng), *far_scores_of_ranker.ece_cases()],
    by_hand=(Case("two bins, one off by 0.45, one by 0.05",
                  (np.array([0.05, 0.05, 0.95, 0.95]), np.array([0, 1, 1, 1])), expected=0.25),
             Case("a fair coin called 0.93", (np.full(4, 0.93), np.array([1, 0, 1, 0])), expected=0.43)),
    invariants=(Invariant("the order of the rows does not matter", lambda fn, rng: np.allclose(
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
        Mistake("Brier score", lambda p, y, bins=10: np.mean((p - y) ** 2),
                "You average (p − y)² over rows: that is the Brier score, which no perfect calibration brings to 0. Compare "
                "means in a bin."),
        Mistake("root of the squares", lambda p, y, bins=10: np.sqrt(_over_bins(lambda a, b: (a - b) ** 2)(p, y, bins)),
                "You square the distances, average, and take the root. ECE averages the distances themselves."),
        Mistake("signed, sign kept", _over_bins(lambda a, b: a - b),
                "Your distances keep their sign, so bins that are too high cancel bins that are too low, and little more than "
                "mean(p) − mean(y) is left. Take the absolute value in each bin."),
        Mistake("sum over bins", lambda p, y, bins=10: sum(abs(a.mean() - b.mean()) for a, b in _bins(p, y, bins)),
                "You add up the distances without weights. Weight each by its bin's share of the predictions."),
        Mistake("empty bins counted", lambda p, y, bins=10: sum(abs(a.mean() - b.mean()) for a, b in _bins(p, y, bins)) / bins,
                "You divide by the number of bins, empty ones included, and they all weigh the same. Weight each by its share "
                "of the predictions."),
        Mistake("counts, not shares", lambda p, y, bins=10: len(p) * ece(p, y, bins),
                "You weight by how many predictions a bin holds and do not divide by their number in all."),
        Mistake("upper ends", _placed(_upper_end),
                "Your bins hold their upper end, as those of pandas' `cut` do by default. A prediction on an edge belongs to "
                "the bin above it."),
        Mistake("upper ends, zero lost", _zero_lost,
                "Your bins hold their upper end, so a prediction of 0 falls into no bin. A bin holds its lower end: with pandas' "
                "`cut`, right=False."),
        Mistake("nearest edge", _placed(lambda p, bins: np.round(p * bins).astype(int)),
                "You round p · bins, so the first and the last bin have half the width. Cut down instead: floor."),
        Mistake("one bin too few", _placed(lambda p, bins: np.minimum((p * (bins - 1)).astype(int), bins - 2)),
                "You have one bin too few: n bins have n + 1 edges, so np.linspace(0, 1, bins + 1)."),
        Mistake("one bin too many", _placed(lambda p, bins: (p * (bins + 1)).astype(int)),
                "You have one bin too many: the bins are 1/`bins` wide."),
        Mistake("bins of equal numbers", _placed(_equal_counts),
                "Your bins hold equal numbers of predictions (quantiles). They have equal *widths* here."),
        Mistake("quantile edges", _quantile_edges,
                "The edges of your bins are quantiles, so that the bins hold like numbers. They have equal *widths* here."),
        Mistake("bins of the data's own range", _placed(_own_range),
                "Your bins divide the range from the smallest prediction to the largest. They divide [0, 1], whatever the "
                "predictions are: give the edges or the range."),
        Mistake("confidence", _confidence,
                "You compare the confidence max(p, 1 − p) with how often the guess was right. Asked for is p itself, "
                "against the share that came true."),
        Mistake("share above a half", lambda p, y, bins=10: sum(
            len(a) / len(p) * abs(a.mean() - ((a >= 0.5) == b).mean()) for a, b in _bins(p, y, bins)),
                "You compare the mean prediction with the accuracy of a cut at 0.5. Compare it with the share that came true."),
        Mistake("per bin, not averaged", lambda p, y, bins=10: np.array(
            [abs(a.mean() - b.mean()) for a, b in _bins(p, y, bins)]),
                "You return a distance for each bin. Average them, weighted by how many predictions each bin holds."),
        *bin_slips.MISTAKES,
    ),
    hints=("When a model says 10% a hundred times, how often should it come true?",
           "`place = (p * bins).astype(int)` puts rows into bins; then two means and a weight for each bin.",
           "For each b in np.unique(place): (place == b).mean() * abs(p[place == b].mean() - y[place == b].mean()); add "
           "them up."),
)


# --- 6.4 -----------------------------------------------------------------------------------------------------------
def _odds(p):
    with np.errstate(all="ignore"):
        return p / (1 - p)


def _log_odds(p):
    with np.errstate(all="ignore"):
        return np.log(_odds(p))


def _by_odds(p, keep_rate):
    odds = keep_rate * _odds(p)
    with np.errstate(all="ignore"):
        return odds / (1 + odds)


def _dropped_share(p, keep_rate):
    with np.errstate(all="ignore"):
        return p / (p + (1 - p) / (1 - keep_rate))


UNDO = Card(
    id="ranker.4", title="Undo the sampling of negatives", minutes=6, difficulty=2, used_in=("{{launch}}",),
    effect=effects_truth.probability_after_sampling,
    task="To train faster, only a share `keep_rate` of the rows without a click was kept. The model's probabilities are "
         "right for *that* table and too high for the service. Put them back on the scale of the whole data.",
    why="Sampling multiplies the odds of a click by 1/keep_rate. Multiply them back and turn odds into a probability: "
        "p / (p + (1 − p)/w). The order of items does not change, so AUC never notices; an auction or a threshold does. "
        "With 5% of the negatives kept, a click rate of .02 looks like .29.",
    reference=undo_negative_sampling,
    alternative=lambda p, keep_rate: 1 - 1 / (1 + keep_rate * np.divide(p, 1 - np.asarray(p, float), where=np.asarray(
        p) < 1, out=np.full(np.shape(p), np.inf))),
    cases=lambda rng: [*far_scores_of_ranker.undone_cases(), *(Case(f"keep {w}", (rng.random(n), w)) for n, w in ((6, 0.1), (9, 0.5), (4, 1.0))),
                       Case("a table, keep 0.02", (rng.random((3, 2)) / 10, 0.02)),
                       Case("keep 0.8, near 0 and near 1", (np.array([1e-5, 5e-4, 0.995, 0.9995, 1.0, 0.0]), 0.8)),
                       Case("keep one in ten thousand", (np.array([0.0, 0.3, 0.9, 0.97, 1.0]), 1e-4)),
                       Case("three axes", (rng.random((2, 3, 2)), 0.3))],
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
        Mistake("odds returned", lambda p, keep_rate: keep_rate * _odds(p),
                "You return odds, not a probability. Turn them back: odds / (1 + odds)."),
        Mistake("not normalised", lambda p, keep_rate: p / (np.asarray(p) + 1 / keep_rate),
                "Yours comes to p / (p + 1/keep_rate), which takes p itself for the odds. In the denominator belongs "
                "(1 − p)/keep_rate: only negatives were thinned."),
        Mistake("certain becomes NaN", _by_odds,
                "By way of the odds a certain p = 1 becomes ∞/∞ = NaN. Write it as p / (p + (1 − p)/keep_rate), which divides "
                "by nothing that is 0."),
        Mistake("divided by the rate", lambda p, keep_rate: p / keep_rate,
                "You divide the probability by the rate, so it rises, past 1 even. The negatives were thinned out, so p is too "
                "high; and it is the odds that are off by the rate."),
        Mistake("divided by the rate, cut at 1", lambda p, keep_rate: np.minimum(p / keep_rate, 1.0),
                "You divide the probability by the rate and cut at 1. The negatives were thinned out, so p is too high, not too "
                "low; and it is the odds that are off by the rate."),
        Mistake("log-odds returned", lambda p, keep_rate: _log_odds(p) + np.log(keep_rate),
                "You return log-odds. Turn them into a probability by the sigmoid."),
        Mistake("rate added to the log-odds", lambda p, keep_rate: 1 / (1 + np.exp(-(_log_odds(p) + keep_rate))),
                "You add the rate itself to the log-odds. Odds are multiplied by the rate, so its *logarithm* is added."),
        Mistake("corrected twice", lambda p, keep_rate: p / (p + (1 - p) / keep_rate**2),
                "The rate counts twice (squared). The odds are multiplied by it once."),
        Mistake("1 in the denominator", lambda p, keep_rate: p / (1 + (1 - p) / keep_rate),
                "In the denominator stands 1 where p belongs: p + (1 − p)/keep_rate. With a 1, nothing stays as it is at "
                "keep_rate 1."),
        Mistake("nothing changed", lambda p, keep_rate: p * keep_rate / (p * keep_rate + (1 - p) * keep_rate),
                "You correct clicks and the others alike, which leaves p as it was. Only negatives were thinned."),
        Mistake("multiplied by the share dropped", lambda p, keep_rate: p * (1 - keep_rate),
                "You multiply by 1 − keep_rate. With everything kept nothing should change, and this gives 0. Correct the odds, by "
                "the rate."),
        Mistake("share dropped", _dropped_share,
                "You correct by 1 − keep_rate, the share that was dropped. `keep_rate` is what was kept."),
        Mistake("both classes reweighted", lambda p, keep_rate: p * keep_rate / (p * keep_rate + (1 - p) * (1 - keep_rate)),
                "You weight clicks by the rate and the others by 1 − rate. Only negatives were thinned: they count 1/keep_rate "
                "each, and clicks 1."),
        Mistake("negatives scaled alone", lambda p, keep_rate: 1 - (1 - p) / keep_rate,
                "You scale 1 − p by 1/keep_rate and subtract: that falls below 0. The two no longer add up to 1 and have to be "
                "normalised: p / (p + (1 − p)/keep_rate)."),
        Mistake("scaled to the same mean", lambda p, keep_rate: p * np.mean(p / (p + (1 - p) / keep_rate)) / np.mean(p),
                "You scale all probabilities by one factor. The odds are off by one factor, not the probabilities: each p moves "
                "by another one."),
        *odds_slips.MISTAKES,
    ),
    hints=("A tenth of the negatives was kept. By how much did the odds of a click in the table rise?",
           "Odds p/(1−p) are multiplied by 1/w in the sampled table. Undo that, then go back to a probability.",
           "`p / (p + (1 - p) / keep_rate)`"),
)
