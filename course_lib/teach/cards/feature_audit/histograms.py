"""Exercise of the feature audit: the population stability index, and what is written in its place."""

import numpy as np

from course_lib.data.audit import psi_of_counts
from course_lib.teach.cards.feature_audit import far_tables, psi_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def _psi_cases(rng):
    out = [Case(f"{bins} bins", (rng.integers(3, 60, bins), rng.integers(3, 60, bins) * scale))
           for bins, scale in ((3, 1), (6, 10), (10, 2))]
    large = np.array([1_500_000_000, 1_200_000_000, 900_000_000], np.int64)
    return out + [Case("bins that change places", (np.array([9000, 0]), np.array([0, 9000]))), Case("an empty bin", (np.array([4, 0, 9]), np.array([0, 7, 3]))),
                  Case("bins that are empty in both", (np.array([4, 0, 9, 0]), np.array([7, 0, 3, 0]))),
                  Case("one bin", (np.array([7]), np.array([3]))),
                  Case("nothing came before", (np.array([0, 0, 0]), np.array([1, 5, 2]))),
                  Case("nothing came", (np.array([4, 2, 9]), np.array([0, 0, 0]))),
                  Case("large samples that hardly differ", (large, large // 100 * np.array([102, 99, 98])))]


def _shares(counts):
    counts = np.asarray(counts, float)
    return (counts + 0.5) / (counts.sum() + 0.5 * len(counts))


def _of_shares(rule, shares=_shares):
    """A sum over bins of rule(r, a), with another way to shares if need be."""
    def wrong(reference, actual):
        with np.errstate(all="ignore"):
            return float(np.sum(rule(shares(np.asarray(reference, float)), shares(np.asarray(actual, float)))))
    return wrong


def _psi(r, a):
    return (a - r) * np.log(a / r)


def _psi_of(shares):
    return _of_shares(_psi, shares)


def _psi_loop(reference, actual):
    total = 0.0
    for r, a in zip(reference, actual, strict=True):
        share_r = (r + 0.5) / (sum(reference) + 0.5 * len(reference))
        share_a = (a + 0.5) / (sum(actual) + 0.5 * len(actual))
        total += (share_a - share_r) * (np.log(share_a) - np.log(share_r))
    return total


def _halfway(r, a):
    middle = (r + a) / 2
    return (r * np.log(r / middle) + a * np.log(a / middle)) / 2


def _empty_only(c):
    c = np.where(c == 0, 0.5, c)
    return c / c.sum()


def _without_empty_bins(reference, actual):
    some = (np.asarray(reference) > 0) | (np.asarray(actual) > 0)
    return psi_of_counts(np.asarray(reference)[some], np.asarray(actual)[some])


def _filled_bins_only(r, a):
    return np.where((r > 0) & (a > 0), _psi(r, a), 0)


def _of_one_total(reference, actual):
    r, a = np.asarray(reference) + 0.5, np.asarray(actual) + 0.5
    return float(np.sum(_psi(r / r.sum(), a / r.sum())))


def _half_to_one(reference, actual):
    r, a = np.asarray(reference) / np.sum(reference), _shares(actual)
    with np.errstate(all="ignore"):
        return float(np.sum(_psi(r, a)))


def _mean_of_bins(reference, actual):
    return psi_of_counts(reference, actual) / len(reference)


PSI = Card(
    id="feature_audit.4", title="How far two histograms are apart", minutes=7, difficulty=2, used_in=("{{launch}}",),
    task="The population stability index, PSI: turn both histograms into shares, then sum (a − r)·ln(a / r) over the bins. Before "
         "dividing, add half an event to every bin, so that an empty one does not give infinity; the shares still sum to 1.",
    shapes="`reference`, `actual` int [bins], counts; returns a number, nats, at least 0.",
    why="With half an event in every bin the total grows by half the number of bins: share = (count + ½) / (total + ½·bins). PSI is the "
        "sum of both Kullback–Leibler divergences, so it is the same in both directions, and never negative. It is also "
        "hardly ever 0 for two samples of the same thing: that is what the rest of this lesson is about.",
    reference=psi_of_counts, alternative=_psi_loop, cases=lambda rng: [*_psi_cases(rng), *far_tables.psi_cases()],
    call=lambda fn, reference, actual: float(fn(reference, actual)),
    by_hand=(Case("shares ¼, ¾ against ¾, ¼: 2 · ½ · ln 3", (np.array([0, 1]), np.array([1, 0])), expected=np.log(3)),
             Case("equal shares", (np.array([5, 5]), np.array([5, 5])), expected=0.0)),
    invariants=(Invariant("swapping the two changes nothing", lambda fn, rng: np.isclose(
        fn(np.array([3, 9, 4]), np.array([8, 2, 2])), fn(np.array([8, 2, 2]), np.array([3, 9, 4])))),),
    mistakes=(
        Mistake("one direction only", _of_shares(lambda r, a: a * np.log(a / r)),
                "You sum a·ln(a / r): that is one Kullback–Leibler divergence, and it changes when the two are swapped. PSI has "
                "(a − r) in front."),
        Mistake("the other direction only", _of_shares(lambda r, a: r * np.log(r / a)),
                "You sum r·ln(r / a): that is one Kullback–Leibler divergence, and it changes when the two are swapped. PSI has "
                "a − r in front of ln(a / r)."),
        Mistake("mean of both directions", _of_shares(lambda r, a: _psi(r, a) / 2),
                "You have half of the PSI, as if you took the mean of the two Kullback–Leibler divergences. It is their sum."),
        Mistake("Jensen–Shannon", _of_shares(_halfway),
                "You compare both with their mean: that is the Jensen–Shannon divergence. PSI is Σ (a − r)·ln(a / r)."),
        Mistake("bits", _of_shares(lambda r, a: (a - r) * np.log2(a / r)),
                "Your logarithm has base 2. The thresholds people quote are in nats: natural logarithm."),
        Mistake("decades", _of_shares(lambda r, a: (a - r) * np.log10(a / r)),
                "Your logarithm has base 10. The thresholds people quote are in nats: natural logarithm."),
        Mistake("wrong sign", _of_shares(lambda r, a: (r - a) * np.log(a / r)),
                "Your PSI is negative: a − r goes with ln(a / r), in the same order."),
        Mistake("logarithm alone", _of_shares(lambda r, a: np.log(a / r)),
                "You sum ln(a / r) alone. Each bin counts with its difference a − r in front."),
        Mistake("absolute logarithms", _of_shares(lambda r, a: np.abs(np.log(a / r))),
                "You sum |ln(a / r)|. Each bin counts with its difference a − r in front, so that small bins count little."),
        Mistake("log of one more", _of_shares(lambda r, a: (a - r) * np.log1p(a / r)),
                "You take ln(1 + a / r). It is ln(a / r), which is 0 for equal shares."),
        Mistake("no half event", _psi_of(lambda c: c / c.sum()),
                "An empty bin gives infinity or nothing in your result. Add half an event to every bin before dividing."),
        Mistake("empty bins left out", _of_shares(_filled_bins_only, lambda c: c / c.sum()),
                "You leave bins out where one side is empty. They show the largest shift of all: add half an event to every bin."),
        Mistake("bins without any event left out", _without_empty_bins,
                "You leave out bins that are empty on both sides. Every bin gets its half event, so these too make both totals grow."),
        Mistake("half in empty bins only", _psi_of(_empty_only),
                "You add half an event to empty bins only. Add it to every bin."),
        Mistake("half on one side", _half_to_one,
                "You add the half events to `actual` only. Both histograms get them."),
        Mistake("a tiny share", _psi_of(lambda c: c / c.sum() + 1e-6),
                "You add a tiny number to the shares. How large an empty bin's term gets then hangs on that number: add half an event "
                "to the counts."),
        Mistake("a tinier share", _psi_of(lambda c: c / c.sum() + 1e-12),
                "You hold the shares off zero with a number next to nothing, so an empty bin's term is huge. Add half an event to the "
                "counts."),
        Mistake("a share of 1e-4", _psi_of(lambda c: c / c.sum() + 1e-4),
                "You add 0.0001 to the shares. How large an empty bin's term gets then hangs on that number: add half an event to "
                "the counts."),
        Mistake("half an event in all", _psi_of(lambda c: (c + 0.5 / len(c)) / (c.sum() + 0.5)),
                "You spread one half event over all bins. Every bin gets half an event of its own."),
        Mistake("shares held up", _psi_of(lambda c: np.maximum(c / c.sum(), 1e-4)),
                "You hold the shares above a small floor. Add half an event to every count before dividing."),
        Mistake("one event", _psi_of(lambda c: (c + 1) / (c.sum() + len(c))),
                "You add a whole event to every bin. Half an event is asked for."),
        Mistake("one total event", _psi_of(lambda c: (c + 0.5) / (c.sum() + 0.5)),
                "Your total grows by half an event in all. Every bin gets one, so it grows by half the number of bins."),
        Mistake("total not grown", _psi_of(lambda c: (c + 0.5) / c.sum()),
                "You add half an event to the bins and divide by the old total, so the shares sum to more than 1. Add ½·bins to the "
                "total."),
        Mistake("total grown by bins", _psi_of(lambda c: (c + 0.5) / (c.sum() + len(c))),
                "Your total grows by a whole event for each bin, but each bin gets half of one."),
        Mistake("counts, not shares", _psi_of(lambda c: c + 0.5),
                "You compare counts. A larger sample would look like drift: divide by the totals first."),
        Mistake("one total for both", _of_one_total,
                "You divide both by the total of `reference`. Each histogram has its own total."),
        Mistake("half added to the shares", _psi_of(lambda c: c / c.sum() + 0.5),
                "You add the half to the shares. It is half an *event*: add it to the counts, then divide."),
        Mistake("half added to the shares, summing to 1", _psi_of(lambda c: (c / c.sum() + 0.5) / (1 + 0.5 * len(c))),
                "You add the half to the shares and make them sum to 1 again. It is half an *event*: add it to the counts, before "
                "you divide."),
        Mistake("mean of the bins", _mean_of_bins,
                "You take the mean over the bins. PSI is the sum."),
        Mistake("absolute difference", _of_shares(lambda r, a: np.abs(a - r)),
                "You sum the absolute differences of the shares: that is twice the total variation, not PSI."),
        Mistake("squared difference", _of_shares(lambda r, a: (a - r) ** 2),
                "You sum squared differences of the shares. A bin that grows from 1% to 2% would count for nothing: use "
                "(a − r)·ln(a / r)."),
        Mistake("chi-square", _of_shares(lambda r, a: (a - r) ** 2 / r),
                "You sum (a − r)² / r, or (a − r)·a / r without the logarithm, which comes to the same: close to PSI for small shifts, "
                "and far from it for large ones."),
        *psi_slips.MISTAKES,
    ),
    hints=("Counts of two samples of different size: what makes them comparable?",
           "After adding ½ to each of the bins, by how much has the total grown?",
           "`r = (reference + 0.5) / (reference.sum() + 0.5 * len(reference))`, the same for a, then "
           "`np.sum((a - r) * np.log(a / r))`."),
)
