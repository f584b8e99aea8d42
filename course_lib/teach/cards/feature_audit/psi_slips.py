"""Slips in the steps of a PSI: the shares, what stands in front, the logarithm, how bins are joined."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}


def _build(share=lambda c: (c + 0.5) / (c.sum() + 0.5 * len(c)), front=lambda r, a: a - r, log=lambda r, a: np.log(a / r),
           join=lambda terms, r: terms.sum()):
    def wrong(reference, actual):
        with np.errstate(all="ignore"):
            r, a = share(np.asarray(reference, float)), share(np.asarray(actual, float))
            return float(join(front(r, a) * log(r, a), r))
    return wrong


STEPS = {
    "share": (
        Slip("no half event", lambda c: c / c.sum(), "No half event is added.", IGNORED, False),
        Slip("one event", lambda c: (c + 1) / (c.sum() + len(c)), "A whole event is added to every bin; add half.", UNIT, False),
        Slip("total not grown", lambda c: (c + 0.5) / c.sum(), "You divide by the old total.", BASE, False),
        Slip("one total event", lambda c: (c + 0.5) / (c.sum() + 0.5), "Your total grows by half an event in all.", BASE, False, **RARE),
        Slip("total grown by bins", lambda c: (c + 0.5) / (c.sum() + len(c)), "Your total grows by a whole event for each bin.", BASE,
             False, **RARE),
        Slip("counts, not shares", lambda c: c + 0.5, "You compare counts; divide by the totals.", UNIT, False),
        Slip("half in empty bins only", lambda c: np.where(c == 0, 0.5, c) / np.where(c == 0, 0.5, c).sum(), "You add half an event to "
             "empty bins only.", BASE, False, **RARE),
        Slip("a share of 1e-4", lambda c: c / c.sum() + 1e-4, "You add 0.0001 to the shares in place of half an event to the counts.",
             OTHER, False, **RARE),
        Slip("a tiny share", lambda c: c / c.sum() + 1e-6, "You add 1e-6 to the shares in place of half an event to the counts.",
             OTHER, False),
        Slip("shares held up at 1e-6", lambda c: np.maximum(c / c.sum(), 1e-6), "You hold the shares above 1e-6 in place of half an "
             "event in every count.", OTHER, **RARE),
        Slip("whole event, old total", lambda c: (c + 1) / c.sum(), "You add a whole event to every bin and divide by the old total. "
             "Add half an event, and ½·bins to the total.", UNIT, **RARE),
        Slip("half a tenth", lambda c: (c + 0.05) / (c.sum() + 0.05 * len(c)), "You add 0.05 of an event; half an event is 0.5.", UNIT,
             **RARE),
        Slip("running shares", lambda c: np.cumsum(c + 0.5) / (c.sum() + 0.5 * len(c)), "You compare running shares. Each bin counts with "
             "its own.", OTHER, **RARE),
    ),
    "front": (
        Slip("one direction only", lambda r, a: a, "In front stands a; it is a − r.", IGNORED, False),
        Slip("r in front", lambda r, a: r, "In front stands r; it is a − r.", IGNORED, False),
        Slip("wrong sign", lambda r, a: r - a, "The signs of the difference and of the logarithm do not go together: a − r goes with ln(a / r).", DIRECTION, False),
        Slip("logarithm alone", lambda r, a: 1.0, "Nothing stands in front of the logarithm; it is a − r.", IGNORED, False),
        Slip("absolute in front", lambda r, a: np.abs(a - r), "In front stands |a − r|, or behind it |ln(a / r)|, so that some bins "
             "count below 0. The signs of a − r and of ln(a / r) agree: leave both.", DIRECTION),
        Slip("squares in front", lambda r, a: (a - r) ** 2, "In front stands (a − r)²; it is a − r.", UNIT),
        Slip("sum in front", lambda r, a: a + r, "In front stands a + r; it is a − r.", DIRECTION, **RARE),
        Slip("relative difference in front", lambda r, a: (a - r) / r, "In front stands (a − r) / r; it is a − r.", UNIT, **RARE),
        Slip("mean in front", lambda r, a: (a + r) / 2, "In front stands the mean of a and r; it is a − r.", MEAN, **RARE),
    ),
    "log": (
        Slip("bits", lambda r, a: np.log2(a / r), "Your logarithm has base 2; take the natural one.", UNIT, False),
        Slip("decades", lambda r, a: np.log10(a / r), "Your logarithm has base 10; take the natural one.", UNIT, False),
        Slip("log of one more", lambda r, a: np.log1p(a / r), "You take ln(1 + a / r); it is ln(a / r).", UNIT, False),
        Slip("no logarithm", lambda r, a: a / r, "The logarithm of a / r is missing.", UNIT, False),
        Slip("log of the difference", lambda r, a: np.log(np.abs(a - r)), "You take the logarithm of a − r; it is that of a / r.", OTHER,
             **RARE),
        Slip("a alone in the log", lambda r, a: np.log(a), "You take ln(a); it is ln(a / r).", IGNORED, **RARE),
    ),
    "join": (
        Slip("mean of the bins", lambda terms, r: terms.mean(), "You take the mean over the bins; PSI is the sum.", MEAN, False),
        Slip("half of it", lambda terms, r: terms.sum() / 2, "You take half of the sum.", MEAN, False),
        Slip("the largest bin", lambda terms, r: terms.max(), "You take the largest term; PSI is the sum.", MEAN, **RARE),
        Slip("root of the sum", lambda terms, r: np.sqrt(np.abs(terms.sum())), "You take the root of the sum.", UNIT, False),
        Slip("last bin lost", lambda terms, r: terms[:-1].sum(), "The last bin is left out of your sum.", BOUNDARY, **RARE),
        Slip("first bin lost", lambda terms, r: terms[1:].sum(), "The first bin is left out of your sum.", BOUNDARY, **RARE),
        Slip("weighted by r", lambda terms, r: (terms * r).sum(), "You weigh the terms by r once more; PSI is their plain sum.", MEAN,
             **RARE),
    ),
}
WITHOUT = ""
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
