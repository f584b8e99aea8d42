"""Slips in the steps of an effective number of clickers: which counts, the formula, creators without clicks."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}


def _own(user, owner, o):
    return np.unique(user[owner == o], return_counts=True)[1].astype(float)


def _everywhere(user, owner, o):
    people, counts = np.unique(user, return_counts=True)
    return counts[np.isin(people, user[owner == o])].astype(float)


def _stretches(user, owner, o):
    mine = user[owner == o]
    return np.diff(np.r_[0, np.flatnonzero(mine[1:] != mine[:-1]) + 1, len(mine)]).astype(float) if len(mine) else np.array([])


def _build(counts=_own, number=lambda c: c.sum() ** 2 / (c * c).sum(), empty=0.0, owners=lambda owner, n: range(n),
           back=lambda out: out):
    def wrong(user, owner, n_owners):
        user, owner = np.asarray(user), np.asarray(owner)
        held = (counts(user, owner, o) for o in owners(owner, n_owners))
        with np.errstate(all="ignore"):
            return back(np.array([number(c) if len(c) else empty for c in held], float))
    return wrong


STEPS = {
    "counts": (
        Slip("counts of all creators", _everywhere, "People are weighed by their clicks everywhere; count those on this creator's "
             "items.", BASE, False),
        Slip("stretches of one person", _stretches, "You count stretches of rows; count by person.", BASE, False),
    ),
    "number": (
        Slip("concentration", lambda c: (c * c).sum() / c.sum() ** 2, "Your fraction is turned over: (Σ c)² / Σ c².", OTHER, False),
        Slip("sum not squared", lambda c: c.sum() / (c * c).sum(), "The sum on top is not squared.", UNIT, False),
        Slip("squares by clicks", lambda c: (c * c).sum() / c.sum(), "You divide Σ c² by Σ c; it is (Σ c)² / Σ c².", OTHER, False),
        Slip("root", lambda c: c.sum() / np.sqrt((c * c).sum()), "You return the root.", UNIT, False),
        Slip("spread out", lambda c: 1 - (c * c).sum() / c.sum() ** 2, "You return 1 less the concentration.", OTHER, False),
        Slip("the busiest alone", lambda c: c.sum() / c.max(), "You divide by the busiest person's clicks; use all counts.", BASE, False),
        Slip("means for sums", lambda c: c.mean() ** 2 / (c * c).mean(), "You take means for sums, which gives a share.", MEAN, False, **RARE),
        Slip("distinct people", lambda c: float(len(c)), "You count distinct people; weigh them by their clicks.", IGNORED, False),
        Slip("clicks", lambda c: c.sum(), "You count clicks, not people.", BASE, False, **RARE),
        Slip("entropy", lambda c: np.exp(-(c / c.sum() * np.log(c / c.sum())).sum()), "You use the entropy; it is (Σ c)² / Σ c².", OTHER,
             False, **RARE),
        Slip("entropy itself", lambda c: -(c / c.sum() * np.log(c / c.sum())).sum(), "You return the entropy. The number asked for is "
             "(Σ c)² / Σ c².", OTHER, **RARE),
        Slip("roots squared", lambda c: np.sqrt(c).sum() ** 2 / c.sum(), "You take roots of the counts: (Σ √c)² / Σ c. It is "
             "(Σ c)² / Σ c².", UNIT, **RARE),
        Slip("sum of squares below, one less", lambda c: c.sum() ** 2 / max((c * c).sum() - 1, 1), "You take 1 off Σ c².", BOUNDARY,
             **RARE),
        Slip("pairs of clicks", lambda c: c.sum() * (c.sum() - 1) / max((c * (c - 1)).sum(), 1e-12), "You count pairs of different clicks, "
             "Σ c·(Σ c − 1) / Σ c·(c − 1). It is (Σ c)² / Σ c².", OTHER, **RARE),
        Slip("people less the spread", lambda c: len(c) * (1 - c.std() / c.mean()), "You take a share off the people by their spread. It "
             "is (Σ c)² / Σ c².", OTHER, **RARE),
    ),
    "empty": (
        Slip("one where nobody clicked", 1.0, "A creator without clicks has 1 in yours; it has 0.", BOUNDARY, False),
        Slip("NaN where nobody clicked", np.nan, "A creator without clicks has NaN in yours; it has 0.", BOUNDARY, False),
    ),
    "owners": (
        Slip("creators without clicks left out", lambda owner, n: np.unique(owner), "Creators without clicks are left out.", BOUNDARY,
             False),
        Slip("creators from 1", lambda owner, n: range(1, n + 1), "You count creators from 1; they count from 0.", BOUNDARY, **RARE),
    ),
    "back": (
        Slip("whole people", np.round, "You round to whole people.", UNIT, False),
        Slip("whole people, cut", np.floor, "You cut to whole people.", UNIT, False),
        Slip("shares", lambda out: out / np.nansum(out), "You divide by the sum over creators. Each has a number of its own.", UNIT, False, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "counts of all creators + distinct people | distinct people + whole people | "
    "distinct people + whole people, cut | one where nobody clicked + creators without clicks left out | "
    "NaN where nobody clicked + creators without clicks left out")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
