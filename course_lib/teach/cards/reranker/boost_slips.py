"""Slips in the steps of a boost for new items: how it ages, how showings end it, how the two are joined, its size."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}


def _build(age=lambda a, h: 2 ** (-a / h), left=lambda s, e: np.maximum(0, 1 - s / e), join=np.multiply, sized=np.multiply):
    def wrong(age_days, showings, *, size=1.0, half_life_days=3.0, enough=100.0):
        with np.errstate(all="ignore"):
            return sized(join(age(np.asarray(age_days, float), half_life_days), left(np.asarray(showings, float), enough)), size)
    return wrong


STEPS = {
    "age": (
        Slip("e in place of 2", lambda a, h: np.exp(-a / h), "Your boost falls by exp(−age/half-life); the base is 2.", UNIT, False),
        Slip("a line to the half-life", lambda a, h: np.maximum(0, 1 - a / h), "Your boost falls in a straight line to 0 at one "
             "half-life; each half-life halves what is left.", UNIT, False),
        Slip("a line to the half-life, below zero", lambda a, h: 1 - a / h, "Your boost falls in a straight line, and below 0 "
             "after one half-life; each half-life halves what is left.", BOUNDARY, **RARE),
        Slip("a straight line", lambda a, h: np.maximum(0, 1 - a / h / 2), "Your boost falls in a straight line to 0 at two "
             "half-lives; each halves what is left.", UNIT, False, **RARE),
        Slip("in steps", lambda a, h: 2 ** -np.floor(a / h), "Your boost halves in steps; it fades smoothly.", BOUNDARY, False),
        Slip("times the half-life", lambda a, h: 2 ** (-a * h), "You multiply the age by the half-life; divide.", UNIT, False),
        Slip("halved in proportion", lambda a, h: 1 / (1 + a / h), "Your boost falls like 1 / (1 + age/half-life); each "
             "half-life halves what is left.", OTHER, False),
        Slip("grows with age", lambda a, h: 2 ** (a / h), "Your boost grows with age: the sign of the exponent is wrong.", DIRECTION,
             False),
        Slip("half-life of a day", lambda a, h: 2.0 ** -a, "You halve the boost every day, whatever `half_life_days` is.", IGNORED,
             False),
        Slip("no ageing", lambda a, h: np.ones(len(a)), "Your boost does not age.", IGNORED, False),
        Slip("half-life over age", lambda a, h: 2 ** (-h / np.maximum(a, 1e-12)), "Your exponent is half-life / age; it is "
             "age / half-life.", DIRECTION, **RARE),
        Slip("half of each age", lambda a, h: 0.5 * a / h, "You multiply by 0.5·age/half-life; 0.5 is the base, and "
             "age/half-life its power.", UNIT, **RARE),
        Slip("age squared", lambda a, h: 2 ** -((a / h) ** 2), "The age in half-lives is squared in your exponent.", UNIT, **RARE),
        Slip("one over the logarithm", lambda a, h: 1 / np.log2(2 + a / h), "Your boost falls with one over a logarithm of age; each "
             "half-life halves what is left.", OTHER, **RARE),
        Slip("a quarter", lambda a, h: 4 ** (-a / h), "Each half-life leaves a quarter; it leaves a half.", UNIT, **RARE),
    ),
    "left": (
        Slip("below zero", lambda s, e: 1 - s / e, "Beyond `enough` showings your boost turns into a penalty; it stops at 0.",
             BOUNDARY, False),
        Slip("share had", lambda s, e: np.minimum(1, s / e), "You take the share of showings had; it is the share to come.",
             DIRECTION, False),
        Slip("share had, uncut", lambda s, e: s / e, "You take showings / enough; it is the share still to come, from 1 down to 0.",
             DIRECTION, False),
        Slip("number to come", lambda s, e: np.maximum(0, e - s), "You take the number of showings still to come; it is their "
             "share.", UNIT, False),
        Slip("number to come, below zero", lambda s, e: e - s, "You take the number of showings still to come, negative in the "
             "end; it is their share, and stops at 0.", UNIT, **RARE),
        Slip("whole until enough", lambda s, e: (s < e) * 1.0, "Your boost stays whole until `enough` showings; it shrinks with "
             "each.", BOUNDARY, False),
        Slip("penalty turned round", lambda s, e: np.abs(1 - s / e), "Beyond `enough` showings your boost grows again; it stops "
             "at 0.", BOUNDARY, False),
        Slip("enough written out", lambda s, e: np.maximum(0, 1 - s / 100), "You count to 100 showings whatever `enough` says.",
             IGNORED, False),
        Slip("never stops", lambda s, e: 1 / (1 + s / e), "Your boost falls like 1 / (1 + showings/enough) and never ends; it is "
             "0 at `enough`.", BOUNDARY, False),
        Slip("showings by e", lambda s, e: np.exp(-s / e), "Your boost fades with showings by an exponential and never ends.",
             BOUNDARY, False, **RARE),
        Slip("showings left out", lambda s, e: np.ones(len(s)), "Your boost knows no showings.", IGNORED, False),
        Slip("enough over showings", lambda s, e: np.minimum(1, e / np.maximum(s, 1e-12)), "You take enough / showings, at most "
             "1; it is the share still to come: 1 − showings / enough.", DIRECTION, **RARE),
        Slip("to come, squared", lambda s, e: np.maximum(0, 1 - s / e) ** 2, "The share still to come is squared.", UNIT, **RARE),
        Slip("to come over had", lambda s, e: np.clip(e / np.maximum(s, 1e-12) - 1, 0, 1), "You divide the showings to come by "
             "those had; divide by `enough`.", BASE, **RARE),
    ),
    "join": (
        Slip("a sum", np.add, "You add the two shares; multiply them.", MEAN, False),
        Slip("a mean", lambda a, s: (a + s) / 2, "You take the mean of the two shares; multiply them.", MEAN, False),
        Slip("the smaller", np.minimum, "You take the smaller of the two shares; multiply them.", OTHER, False),
        Slip("the larger", np.maximum, "You take the larger of the two shares, so that either keeps the boost alive; multiply "
             "them.", OTHER),
        Slip("age stops it", lambda a, s: a * s * (a >= 0.5), "Your boost is cut off after one half-life; half of it is left "
             "then.", BOUNDARY, **RARE),
    ),
    "sized": (
        Slip("size forgotten", lambda boost, size: boost, "`size` is left out.", IGNORED, False),
        Slip("size added", np.add, "You add `size`; multiply by it.", UNIT, **RARE),
        Slip("at most 1", lambda boost, size: np.minimum(1, size * boost), "You hold the boost at 1. `size` may be more.", BOUNDARY,
             **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it
    "share had, uncut + the smaller | whole until enough + the smaller | e in place of 2 + below zero | no ageing + below zero | grows with age + the smaller | "
    "grows with age + the larger | no ageing + the smaller | no ageing + the larger | below zero + the larger | "
    "showings left out + the smaller | showings left out + the larger")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
