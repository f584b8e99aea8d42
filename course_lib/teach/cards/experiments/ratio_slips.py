"""Families of wrong errors of a ratio: another spread, root, mean below or value, and any two of these."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, IGNORED, MEAN, UNIT


def _left(num, den, r):
    return num - r * den


def slipped(value=lambda num, den: num.sum() / den.sum(), spread=_left, ddof=1, root=lambda num, den: np.sqrt(len(num)),
            below=lambda num, den: den.mean(), last=lambda error: error, result=lambda value, error: (value, error)):
    """(ratio, standard error) with one or more of its parts exchanged."""
    def wrong(numerator, denominator):
        num, den = np.asarray(numerator, float), np.asarray(denominator, float)
        r = value(num, den)
        error = spread(num, den, r).std(ddof=ddof) / root(num, den) / below(num, den)
        return result(r, last(error))
    return wrong


def _rates(num, den):
    return (num / den).mean()


NEW = ("upside down", "absolute residuals", "spread of the denominator", "times the root of n",
       "median denominator", "largest denominator", "the bounds", "median rate", "squared denominator", "times the denominator")
STEPS = {
    "value": slips(
        MEAN,
        ("mean of rates", _rates, "your r is the mean of the users' own rates, but it should be all clicks by all impressions"),
        ("median rate", lambda num, den: np.nanmedian(num / den), "your r is the median of the users' rates, but it should be all clicks by all impressions"),
        ("upside down", lambda num, den: den.sum() / num.sum(), "your r is denominator by numerator"),
        ("clicks a user", lambda num, den: num.mean(), "your r is the mean numerator, but it should be the numerators' sum by the denominators'"),
        alone=NEW,
    ),
    "spread": slips(
        BASE,
        ("denominator as fixed", lambda num, den, r: num,
         "you take the spread of the numerators, but it should be that of numerator − r · denominator"),
        ("spread of the rates", lambda num, den, r: num / den,
         "you take the spread of the users' rates, but it should be that of numerator − r · denominator"),
        ("plus", lambda num, den, r: num + r * den, "you add r · denominator, or twice the covariance, but it should be subtracted"),
        ("absolute residuals", lambda num, den, r: np.abs(num - r * den), "you take absolute residuals, which lose their sign"),
        ("spread of the denominator", lambda num, den, r: den,
         "you take the spread of the denominators, but it should be that of numerator − r · denominator"),
        alone=NEW,
    ),
    "ddof": slips(BOUNDARY, ("squares by n", 0, "you divide the squares by n, and `ddof=1` is meant"), alone=NEW),
    "root": slips(
        UNIT,
        ("not by the root of n", lambda num, den: 1.0, "you do not divide by the root of the number of users"),
        ("by n", lambda num, den: len(num), "you divide by the number of users, and its root is meant"),
        ("by the root of impressions", lambda num, den: np.sqrt(den.sum()),
         "you divide by the root of the number of impressions, and users are the units"),
        ("by the root of n − 1", lambda num, den: np.sqrt(len(num) - 1), "you divide by the root of n − 1, and of n is meant"),
        ("times the root of n", lambda num, den: 1 / np.sqrt(len(num)), "you multiply by the root of n, and it divides"),
        alone=NEW,
    ),
    "below": slips(
        UNIT,
        ("no denominator", lambda num, den: 1.0, "you do not divide by the mean denominator"),
        ("summed denominator", lambda num, den: den.sum(), "you divide by the sum of the denominators, and their mean is meant"),
        ("mean numerator", lambda num, den: num.mean(), "you divide by the mean numerator, and the mean denominator is meant"),
        ("median denominator", lambda num, den: np.median(den), "you divide by the median denominator, and the mean is meant"),
        ("largest denominator", lambda num, den: den.max(), "you divide by the largest denominator, and the mean is meant"),
        ("squared denominator", lambda num, den: den.mean()**2, "you divide by the mean denominator twice"),
        ("times the denominator", lambda num, den: 1 / den.mean(), "you multiply by the mean denominator, and it divides"),
        ("root of the denominator", lambda num, den: np.sqrt(den.mean()), "you divide by the root of the mean denominator"),
        alone=NEW,
    ),
    "last": slips(
        UNIT,
        ("a variance", lambda error: error**2, "you return a variance, and its root is meant"),
        ("half an interval", lambda error: 1.96 * error, "you return half an interval, and one standard error is meant"),
        alone=NEW,
    ),
    "result": slips(
        UNIT,
        ("error first", lambda value, error: (error, value), "you return the error first"),
        ("the bounds", lambda value, error: (value - 1.96 * error, value + 1.96 * error),
         "you return the bounds of an interval, and (ratio, standard error) is asked for"),
        alone=NEW,
    ),
}
# Pairs that are right, or have a sentence of their own in ratios.py.
WITHOUT = ("denominator as fixed; squares by n", "spread of the rates; no denominator", "squares by n; by the root of n − 1",
           "not by the root of n; summed denominator", "by the root of impressions; no denominator",
           "by the root of impressions; root of the denominator", "times the root of n; summed denominator")


def _of_some(kept):
    """The right formula for the error, over some of the users."""
    def wrong(numerator, denominator):
        num, den = np.asarray(numerator, float), np.asarray(denominator, float)
        r, some = num.sum() / den.sum(), kept(num, den)
        left = (num - r * den)[some]
        return r, left.std(ddof=1) / np.sqrt(some.sum()) / den[some].mean()
    return wrong


def root(square):
    """A root as it is written without a second thought: NaN where the square is below 0."""
    with np.errstate(invalid="ignore"):
        return np.sqrt(square)


def _with_error(error):
    def wrong(numerator, denominator):
        num, den = np.asarray(numerator, float), np.asarray(denominator, float)
        r = num.sum() / den.sum()
        return r, error(num, den, r, num - r * den)
    return wrong


def _jackknife(num, den, r, left):
    without = (num.sum() - num) / (den.sum() - den)
    return np.sqrt((len(num) - 1) / len(num) * ((without - r)**2).sum())


MORE = (
    Mistake("users without a click left out", _of_some(lambda num, den: num > 0),
            "Your error leaves out the users without a click. They were randomised too, and most of what is noise is who clicks at all.", BASE),
    Mistake("users without an impression left out", _of_some(lambda num, den: den > 0),
            "Your error leaves out the users without an impression. They were randomised too: their residual is 0, and they count in n.", BASE),
    Mistake("absolute residuals averaged", _with_error(lambda num, den, r, left: np.abs(left).mean() / np.sqrt(len(num)) / den.mean()),
            "You average absolute residuals. The standard deviation is the root of the mean square, with `ddof=1`.", UNIT),
    *(Mistake(f"clicks as counts{cut}", _with_error(lambda num, den, r, left, size=size: root(size(num.sum())) / den.sum()),
              "You take the root of the number of clicks for its noise (Poisson). Users were randomised: take the spread over users." + more, BASE)
      for cut, size, more in (("", float, ""), (", without their sign", np.abs, " (A sum below 0 is no number of clicks.)"))),
    Mistake("relative spreads, as if independent", _with_error(lambda num, den, r, left: r * np.sqrt(
        num.var(ddof=1) / num.mean()**2 + den.var(ddof=1) / den.mean()**2) / np.sqrt(len(num))),
            "You add the relative variances of clicks and impressions as if they were independent. They move together: a covariance is "
            "missing, which numerator − r · denominator takes in.", IGNORED),
    Mistake("one user left out at a time", _with_error(_jackknife),
            "You leave out one user at a time (jackknife). That comes close to what is asked, the error *to first order*: the spread of "
            "numerator − r · denominator.", BOUNDARY),
    Mistake("rates weighted, n − 1", _with_error(lambda num, den, r, left: np.sqrt(
        (den * (num / den - r)**2).sum() / den.sum() / (len(num) - 1))),
            "You weigh each user's squared distance from the rate by impressions (over n − 1). The weight belongs to the distance before "
            "it is squared: numerator − r · denominator.", BASE),
)
MISTAKES = (*MORE, *mistakes_of(slipped, STEPS, WITHOUT, named=names("; ", "{step}: {name}"), told=in_one()))
