"""Slips in undoing the sampling of negatives: what goes in, the factor of the odds, what comes out, certain clicks."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, UNIT

RARE = {"paired": False}


def _odds(p):
    return p / (1 - p)


def _chance(odds):
    return np.where(np.isinf(odds), 1.0, odds / (1 + odds))


def _build(odds=_odds, factor=lambda k: k, back=_chance):
    """The odds of p, times the factor, and back to a chance."""
    def wrong(p, keep_rate):
        with np.errstate(all="ignore"):
            return back(odds(np.asarray(p, float)) * factor(keep_rate))
    return wrong


STEPS = {
    "odds": (
        Slip("p for the odds", lambda p: p, "You take p itself for the odds; the odds are p / (1 − p).", UNIT, False),
        Slip("odds turned over", lambda p: (1 - p) / p, "Yours is a chance of no click, with its odds (1 − p) / p times the rate. The odds of a click are p / (1 − p).",
             DIRECTION, **RARE),
        Slip("odds squared", lambda p: _odds(p) ** 2, "Your odds are squared.", UNIT, **RARE),
        Slip("odds of exp p", np.exp, "You take p for the log-odds, and a sigmoid of it. The log-odds are log(p / (1 − p)).",
             UNIT, **RARE),
    ),
    "factor": (
        Slip("the wrong way round", lambda k: 1 / k, "You divide the odds by the rate; multiply by it.", DIRECTION, False),
        Slip("share dropped", lambda k: 1 - k, "You correct by 1 − keep_rate, the share dropped.", DIRECTION, False),
        Slip("over the share dropped", lambda k: 1 / (1 - k) if k < 1 else np.inf,
             "You divide the odds by 1 − keep_rate. Multiply them by what was kept.", DIRECTION, **RARE),
        Slip("kept over dropped", lambda k: k / (1 - k) if k < 1 else np.inf,
             "You multiply the odds by keep_rate / (1 − keep_rate). The factor is the rate itself.", BASE, False, **RARE),
        Slip("root of the rate", np.sqrt, "You correct by the root of the rate; take the whole.", UNIT),
        Slip("corrected twice", np.square, "The rate counts twice (squared).", UNIT, False),
        Slip("rate added to the log-odds", np.exp,
             "You add the rate itself to the log-odds; add its logarithm.", UNIT, False),
        Slip("rate taken off the log-odds", lambda k: np.exp(-k),
             "You take the rate itself off the log-odds. Odds are multiplied by the rate, so its logarithm is added.", UNIT, **RARE),
        Slip("logarithm to base 10", lambda k: np.exp(np.log10(k)),
             "You add the logarithm to base 10 of the rate to natural log-odds. Take the natural one.", UNIT, **RARE),
        Slip("logarithm to base 2", lambda k: np.exp(np.log2(k)),
             "You add the logarithm to base 2 of the rate to natural log-odds. Take the natural one.", UNIT, **RARE),
        Slip("rate left out", lambda k: 1.0, "The rate is left out.", IGNORED, False),
    ),
    "back": (
        Slip("odds returned", lambda odds: odds, "You return odds; a probability is odds / (1 + odds).", UNIT, False),
        Slip("log-odds returned", np.log, "You return log-odds; their sigmoid is the probability.", UNIT, False),
        Slip("certain becomes NaN", lambda odds: odds / (1 + odds), "A certain click becomes ∞/∞ = NaN.", BOUNDARY, False),
        Slip("complement", lambda odds: 1 - _chance(odds), "You return the chance of no click.", DIRECTION, False),
        Slip("odds over 1 less odds", lambda odds: np.where(np.isinf(odds), 1.0, odds / (1 - odds)),
             "You go back by odds / (1 − odds); it is odds / (1 + odds).", DIRECTION),
        Slip("odds cut at 1", lambda odds: np.minimum(odds, 1.0),
             "You return odds, cut at 1. A probability is odds / (1 + odds).", UNIT),
        Slip("scaled to sum 1", lambda odds: _chance(odds) / _chance(odds).sum(),
             "You divide by the sum over all items. Each is a chance of its own.", UNIT, False),
    ),
}
WITHOUT = (             # a pair that comes to the same as one slip, whose sentence is true of it
    "p for the odds + odds returned | p for the odds + certain becomes NaN | p for the odds + odds cut at 1 | "
    "the wrong way round + complement")


def _fraction(parts):
    """A fraction of two terms: parts(p, k) → (numerator, denominator)."""
    def wrong(p, keep_rate):
        with np.errstate(all="ignore"):
            above, below = parts(np.asarray(p, float), keep_rate)
            return above / below
    return wrong


FRACTIONS = {
    "parts": (
        Slip("rate not in the numerator", lambda p, k: (p, 1 - p + p * k),
             "Yours comes to p / (k·p + 1 − p), k the rate. A chance is one of the two terms over both: "
             "k·p / (k·p + 1 − p), or p / (p + (1 − p)/k).", BASE),
        Slip("rate in the numerator too", lambda p, k: (p * k, p + (1 - p) / k),
             "You divide by p + (1 − p)/k and multiply by the rate as well. The odds are corrected once.", UNIT),
        Slip("wrong way, times the rate", lambda p, k: (p * k, p + (1 - p) * k),
             "Yours comes to p / (p/k + 1 − p), k the rate: there the clicks count 1/k each. It is the negatives that were "
             "thinned: p / (p + (1 − p)/k).", BASE),
        Slip("difference, not share", lambda p, k: (p, p + 1 / k - 1),
             "Yours comes to p / (p + 1/k − 1), k the rate. In the denominator belongs p + (1 − p)/k: negatives count 1/k each.", BASE),
        Slip("rate for p", lambda p, k: (p, k + 1 - p), "In the denominator the rate stands in place of p: p + (1 − p)/k.", BASE),
        Slip("times the rate, less", lambda p, k: (1 - (1 - p) * k, 1.0),
             "You take the rate times 1 − p off 1, so that p rises. The negatives were thinned: it has to fall.", DIRECTION),
        Slip("less the share dropped", lambda p, k: (p - (1 - k), 1.0),
             "You subtract the share dropped. It is the odds that are off, by a factor.", UNIT),
        Slip("less the share dropped, cut", lambda p, k: (np.clip(p - (1 - k), 0, 1), 1.0),
             "You subtract the share dropped, and cut at 0. It is the odds that are off, by a factor.", UNIT),
        Slip("root of p", lambda p, k: (p ** k, 1.0), "You raise p to the power of the rate. It is the odds that are off, by "
             "a factor.", UNIT),
        Slip("power of p", lambda p, k: (p ** (1 / k), 1.0), "You raise p to the power 1/keep_rate. It is the odds that are "
             "off, by a factor.", UNIT),
        Slip("power of 1 − p", lambda p, k: (1 - (1 - p) ** k, 1.0), "You raise 1 − p to the power of the rate. It is the odds "
             "that are off, by a factor.", UNIT),
        Slip("times the root", lambda p, k: (p * np.sqrt(k), 1.0), "You multiply p by the root of the rate. It is the odds "
             "that are off, by the rate itself.", UNIT),
        Slip("shrunk to a half", lambda p, k: (p * k + (1 - k) / 2, 1.0), "You draw p towards a half. It is the odds that are "
             "off, by a factor.", UNIT),
    ),
}


def _guarded(small):
    def wrong(p, keep_rate):
        held = np.clip(p, small, 1 - small)
        return held / (held + (1 - held) / keep_rate)
    return wrong


GUARDS = {
    "small": tuple(Slip(f"held off 0 and 1 by {small:g}", small, f"You hold p at least {small:g} away from 0 and 1. A certain p "
                        "then does not stay certain, and small ones move: leave p as it is.", BOUNDARY)
                   for small in (1e-3, 1e-4, 1e-5, 1e-6)),
}


def _odds_with(small):
    def wrong(p, keep_rate):
        odds = p / (1 - p + small) * keep_rate
        return odds / (1 + odds)
    return wrong


ADDED = {
    "small": tuple(Slip(f"{small:g} added to 1 − p", small, f"You add {small:g} to 1 − p, so the odds of a certain click are a number, and "
                        "times a small rate it is no longer certain. p / (p + (1 − p)/keep_rate) divides by nothing that is 0.", BOUNDARY)
                   for small in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10)),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(_fraction, FRACTIONS), *mistakes_of(_guarded, GUARDS),
            *mistakes_of(_odds_with, ADDED))
