"""Refereed 13.3: a league's table, published as a ranking, though worlds vary by more than its neighbours differ."""

from functools import cache

import numpy as np

from course_lib.evidence.estimate import Estimate
from course_lib.evidence.intervals import wilson_interval
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

SYSTEMS, WORLDS = 12, 4
T_975 = {3: 3.1824, 6: 2.4469}         # Student's, by degrees of freedom
T_OF_ALL = 14.1943                     # the same at 3, with the 2.5% shared among the 66 pairs (Bonferroni)


@cache
def table() -> np.ndarray:
    """float (SYSTEMS, WORLDS): log of worth over the incumbent's, in the same worlds, best mean first.

    The two on top differ by less than worlds vary by; further down, each is a little worse than the one above.
    """
    rng = np.random.default_rng(0)
    world = np.array([-0.6, 0.5, -0.2, 0.3])                  # the same for all: worlds differ by factors
    top = np.array([[0.93, 0.86, 0.92, 0.88], [0.87, 0.91, 0.89, 0.90]])
    below = 0.65 - 0.05 * np.arange(SYSTEMS - 2)[:, None] + rng.normal(0, 0.05, (SYSTEMS - 2, WORLDS))
    rows = np.concatenate([top, below]) + world
    return rows[np.argsort(-rows.mean(axis=1), kind="stable")]


def measure(part) -> Reading:
    """Share of all pairs of places that `part` calls an order, and whether the first place is one system's alone."""
    rows = table()
    pairs = [(i, j) for i in range(SYSTEMS) for j in range(i + 1, SYSTEMS)]
    told = [bool(part(rows[i].copy(), rows[j].copy())) for i, j in pairs]
    low, high = wilson_interval(sum(told), len(told))
    first = "the first place has one winner" if told[0] else "the first place is shared"
    return Reading(first, Estimate(sum(told) / len(told), low, high, len(told)))


def by_mean(one, other):
    """As published: the higher mean is the better system."""
    return one.mean() > other.mean()


def by_paired_interval(one, other):
    """The paired difference in the same worlds has a 95% interval above 0."""
    gap = one - other
    return gap.mean() > T_975[len(gap) - 1] * gap.std(ddof=1) / np.sqrt(len(gap))


def by_interval_of_all_pairs(one, other):
    """The paired difference has an interval above 0 that leaves 5% for all pairs of the table together."""
    gap = one - other
    return gap.mean() > T_OF_ALL * gap.std(ddof=1) / np.sqrt(len(gap))


def _unpaired(one, other):
    error = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / len(one))
    return one.mean() - other.mean() > T_975[2 * len(one) - 2] * error


def _normal(one, other):
    gap = one - other
    return gap.mean() > 1.96 * gap.std(ddof=1) / np.sqrt(len(gap))


def _most_worlds(one, other):
    return (one > other).sum() >= 0.75 * len(one)


RANKING = Refereed(
    id="day15.3", title="“Place one of twelve”", minutes=9, difficulty=3, used_in=(),
    task="Twelve systems played the same four hidden worlds. Somebody sorted the mean lifts, numbered the lines from 1 to 12 and "
         "published: *the league has a winner, and every place is decided.* Your function is asked of all 66 pairs, the one with the "
         "higher mean first. The verdict says whether the first place is one system's alone, and which share of the pairs the function "
         "calls an order.",
    signature="`is_better(one, other)`: two float (W,), log of worth over the incumbent's in the same W = 4 worlds, world by world → bool, "
              "whether these worlds show that `one` is better. Published: the higher mean. Student's 97.5% point is 3.182 at "
              "3 degrees of freedom.",
    measure=measure, rigged=by_mean, reference=by_paired_interval,
    explanations={
        "Neighbours differ by less than worlds vary by, so their order is no finding.":
        "Another four worlds could turn it round. All played the same worlds, so take differences world by world, give their mean an "
        "interval for four values, and call a tie a tie.",
        "Four worlds can never show which of two systems is better.":
        "They can where the difference is large beside what it varies by, and in this table the top is far above the bottom in every "
        "world. Only neighbours are left open.",
        "Worlds differ by factors, so one rich world decides the mean.":
        "It would, with plain lifts. These are logarithms, and what a world gives to all alike drops out of every difference.",
        "All systems should play other worlds, so that their errors are independent.":
        "Then what worlds differ by would stand in every comparison. The same worlds for all is what makes twelve systems comparable.",
        "The winner was tuned to worlds whose seeds were known.":
        "Seeds were drawn when the league was run. Where they are known it happens, and quiz {{day15.q2}} asks about it."},
    right="Neighbours differ by less than worlds vary by, so their order is no finding.",
    why="Sorting makes an order out of anything. With twelve systems there are 66 pairs, and at 95% a few of those that are equal in "
        "truth come out apart as well, so even the mended table overstates a little; where a prize hangs on it, play more worlds for "
        "the top, drawn anew, or correct for the number of pairs. A page that shows “1–2” twice is not undecided. It says what "
        "is known. For the same reason a place in a league is nothing to tune to.",
    also_right=((by_interval_of_all_pairs, "With your part the measurement is sound, and more careful than the course's page: it leaves 5% for "
                 "a false order anywhere among the 66 pairs, where the page leaves 5% for each. It pays with pairs that it no longer tells "
                 "apart. Where a prize hangs on the table, that is the price to pay."),),
    wrong_mends=(
        Mistake("two samples", _unpaired, "You treat the worlds of one and the other as unrelated. All played the same worlds: take the "
                "difference in each world first, and what worlds differ by drops out."),
        Mistake("a normal interval", _normal, "You take 1.96, which is for many values. The spread of four is itself hardly known: Student's "
                "point at three degrees of freedom is 3.182."),
        Mistake("three worlds of four", _most_worlds, "You count worlds that were won. By chance alone one of two equals wins three or four of "
                "four in five cases of sixteen, so that is no evidence."),
    ))
