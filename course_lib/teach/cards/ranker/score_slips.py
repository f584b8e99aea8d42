"""Slips in one score of two chances: the exponent, what is raised, how the two are joined, what is made of the score."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BOUNDARY, DIRECTION, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}


def _build(power=lambda w: w, base=lambda s: s, join=lambda c, raised, w: c * raised, after=lambda score: score):
    def wrong(p_click, p_satisfied, weight):
        c, s = np.asarray(p_click, float), np.asarray(p_satisfied, float)
        with np.errstate(all="ignore"):
            return after(join(c, base(s) ** power(weight), weight))
    return wrong


STEPS = {
    "power": (
        Slip("the power turned over", lambda w: np.inf if w == 0 else 1 / w, "The power is 1/weight; it is the weight.",
             DIRECTION, False),
        Slip("one weight too many", lambda w: 1 + w, "The power is 1 + weight; it is the weight.", BOUNDARY, False),
        Slip("weight left out", lambda w: 1, "The weight is left out of the power.", IGNORED, False),
        Slip("power below zero", lambda w: -float(w), "The power is −weight (or you divide): then satisfaction counts against an "
             "item.", DIRECTION),
        Slip("one less the weight", lambda w: 1.0 - w, "The power is 1 − weight; it is the weight.", DIRECTION),
        Slip("weight squared", lambda w: w * w, "The power is the square of the weight; it is the weight.", UNIT, **RARE),
        Slip("root of the weight", np.sqrt, "The power is the root of the weight; it is the weight.", UNIT, **RARE),
        Slip("whole weights", int, "The power is the weight cut to a whole number. Any weight from 0 up is allowed.", UNIT, **RARE),
        Slip("rounded weights", lambda w: int(round(w)), "The power is the weight rounded to a whole number. Any weight from "
             "0 up is allowed.", UNIT, **RARE),
        Slip("at most one weight", lambda w: min(w, 1.0), "The weight is held at 1.", BOUNDARY, False),
        Slip("weight over the sum", lambda w: w / (1 + w), "The power is weight / (1 + weight); it is the weight.", UNIT, **RARE),
        Slip("all or nothing", lambda w: float(w >= 1), "You count satisfaction from weight 1 on, whole, and not below. The "
             "power is the weight itself.", UNIT, **RARE),
    ),
    "base": (
        Slip("chance of no satisfaction", lambda s: 1 - s, "You raise 1 − P(satisfied | click), the chance of "
             "disappointment.", DIRECTION),
        *(Slip(f"held above 0 by {small:g}", lambda s, small=small: np.maximum(s, small), f"You lift small chances to "
               f"{small:g}. Leave them as they are: 0 to the power 0 is 1 already.", BOUNDARY, paired=False)
          for small in (1e-2, 1e-3, 1e-6)),
        *(Slip(f"{small:g} added", lambda s, small=small: s + small, f"You add {small:g} to P(satisfied | click). Leave it as "
               "it is: 0 to the power 0 is 1 already.", BOUNDARY, paired=False) for small in (1e-2, 1e-3, 1e-6)),
    ),
    "join": (
        Slip("the two added", lambda c, raised, w: c + raised, "The two are added; multiply them.", MEAN),
        Slip("the smaller of the two", lambda c, raised, w: np.minimum(c, raised), "You take the smaller of the two; multiply "
             "them.", OTHER),
        Slip("mean of the two", lambda c, raised, w: (c + raised) / 2, "You take the mean of the two; multiply them.", MEAN, **RARE),
        Slip("times the weight too", lambda c, raised, w: w * c * raised, "The score is multiplied by the weight as well, so that "
             "weight 0 leaves nothing.", UNIT),
        Slip("clicks left out", lambda c, raised, w: raised, "P(click) is missing.", IGNORED, False),
        Slip("root of weights", lambda c, raised, w: (c * raised) ** (1 / (1 + w)),
             "You take the root that makes a weighted geometric mean of it. At weight 1 the score is the product itself.", UNIT, **RARE),
        Slip("the power on both", lambda c, raised, w: c ** w * raised, "P(click) is raised too.", OTHER, False),
        Slip("one less the power", lambda c, raised, w: c * (1 - raised), "You multiply by 1 less the power.", DIRECTION, **RARE),
        Slip("bonus of the power", lambda c, raised, w: c * (1 + raised), "You add the click itself: P(click) · (1 + power).", MEAN, **RARE),
    ),
    "after": (
        Slip("the logarithm", np.log, "You return a logarithm.", UNIT, False),
        Slip("scaled to sum 1", lambda score: score / score.sum(), "You divide by the sum of all items.", UNIT, False),
        Slip("scaled to the largest", lambda score: score / score.max(), "You divide by the largest of all items.", UNIT, False, **RARE),
        Slip("root of the score", np.sqrt, "You take the root of the score.", UNIT, False, **RARE),
        Slip("the order", lambda score: np.argsort(-score), "You return who comes first, not the scores.", AXIS, False),
        Slip("the order, worst first", np.argsort, "You return an order, worst first. Return the scores, in the order of the "
             "items.", AXIS, **RARE),
        Slip("ranks", lambda score: np.argsort(np.argsort(-score)), "You return ranks. Return the scores.", AXIS, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it
    "weight left out + times the weight too | weight left out + the power on both | "
    "one less the weight + the power on both")


def _formula(score):
    """score(p_click, p_satisfied, weight), taken whole."""
    def wrong(p_click, p_satisfied, weight):
        with np.errstate(all="ignore"):
            return score(np.asarray(p_click, float), np.asarray(p_satisfied, float), weight)
    return wrong


FORMULAS = {
    "score": (
        Slip("an exponential", lambda c, s, w: c * np.exp(w * s), "You multiply by exp(weight · P(satisfied | click)). It is the "
             "chance that is raised to the weight.", UNIT),
        Slip("an exponential of the rest", lambda c, s, w: c * np.exp(-w * (1 - s)), "You multiply by exp(−weight · (1 − "
             "P(satisfied | click))), which is near the power for chances near 1 alone. Raise the chance to the weight.", UNIT),
        Slip("one less the rest's power", lambda c, s, w: c * (1 - (1 - s) ** w), "You take 1 − (1 − P(satisfied | click)) to the "
             "power: the chance of at least one in `weight` tries. Raise the chance itself.", OTHER),
        Slip("a penalty", lambda c, s, w: c - w * (1 - s), "You subtract a penalty for disappointment. Multiply: a satisfied "
             "click needs both.", MEAN),
        Slip("product less disappointment", lambda c, s, w: c * s - w * c * (1 - s), "You subtract the disappointed clicks, times "
             "the weight. The weight is the power of P(satisfied | click).", MEAN),
        Slip("weight left out and F", lambda c, s, w: 2 * c * s / np.maximum(c + s, 1e-12), "You take the harmonic mean of the two, "
             "and leave the weight out. Multiply, with the weight as the power.", MEAN),
        Slip("F with a weight", lambda c, s, w: (1 + w * w) * c * s / np.maximum(w * w * c + s, 1e-12), "You take the F measure of "
             "the two. Multiply them, with the weight as the power of the second.", MEAN),
        Slip("a sum over both weights", lambda c, s, w: (c + w * s) / (1 + w), "You take the weighted mean of the two. A "
             "satisfied click needs both: multiply, with the weight as exponent.", MEAN),
        Slip("a weighted geometric mean, turned over", lambda c, s, w: c ** w * s ** (1 - w), "P(click) has the power weight and "
             "P(satisfied | click) 1 − weight. The click keeps the power 1, the second has the weight.", DIRECTION),
        Slip("zero stays zero", lambda c, s, w: np.where(s == 0, 0.0, c * s ** w), "A chance of 0 makes your score 0 at weight 0 "
             "too. There the score ranks by clicks alone: 0 to the power 0 is 1.", BOUNDARY),
        Slip("weight as a factor above 1", lambda c, s, w: c * (s ** w if w <= 1 else w * s), "Above weight 1 you multiply by it. "
             "It is the power at any weight.", UNIT),
        Slip("product, if any weight", lambda c, s, w: c * s if w else c.copy(), "At any weight but 0 you take the plain product. "
             "The weight is the power.", IGNORED),
        Slip("weight as a base, of the rest", lambda c, s, w: c * np.asarray(float(w)) ** (1 - s), "You raise the weight to "
             "1 − P(satisfied | click). It is the chance that is raised to the weight.", DIRECTION),
        Slip("a logarithm of the bonus", lambda c, s, w: c * np.log1p(w * s), "You multiply by log(1 + weight · P(satisfied | "
             "click)). It is the chance that is raised to the weight.", UNIT),
        *(Slip(f"logarithms with {small:g}", lambda c, s, w, small=small: np.log(c + small) + w * np.log(s + small),
               f"You return a logarithm, with {small:g} added to the chances. Return the product itself.", UNIT)
          for small in (1e-12, 1e-9, 1e-6)),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(_formula, FORMULAS))
