"""Families of wrong adjusted outcomes: another θ together with another centre, sign or end."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, UNIT


def _cov(y, x, ddof=1):
    return np.cov(x, y, ddof=ddof)[0, 1]


def _slope(y, x):
    return _cov(y, x) / np.var(x, ddof=1)


def _right_end(y, x, t):
    return y - t * (x - x.mean())


def _of(θ=_slope, end=_right_end):
    def wrong(y, x):
        y, x = np.asarray(y, float), np.asarray(x, float)
        return end(y, x, θ(y, x))
    return wrong


NEW = ("divided by both deviations and n", "by the deviation of y", "the intercept", "slope squared",
       "by n, over the variance of y", "by the mean of x", "quotient of the means", "variance of x squared",
       "product of the centred without the mean", "centred on the least", "centred on the largest",
       "centred on the sum", "absolute distance", "as a factor", "residuals, standardised", "added, not centred",
       "mean minus x")
STEPS = {
    "θ": slips(
        UNIT,
        ("correlation for θ", lambda y, x: np.corrcoef(x, y)[0, 1], "your θ is the correlation, but it should be cov(x, y) / var(x)"),
        ("divided by the variance of y", lambda y, x: _cov(y, x) / np.var(y, ddof=1),
         "you divide by the variance of y, but it should be that of x"),
        ("two kinds of variance", lambda y, x: _cov(y, x) / np.var(x), "your covariance is divided by n − 1 and your variance by n"),
        ("two kinds, the other way", lambda y, x: _cov(y, x, 0) / np.var(x, ddof=1),
         "your covariance is divided by n and your variance by n − 1"),
        ("line through the origin", lambda y, x: (x * y).sum() / (x**2).sum(),
         "your slope is that of a line through the origin, and it needs deviations from the means"),
        ("covariance for θ", _cov, "your θ is the covariance, not divided by var(x)"),
        ("divided by a deviation", lambda y, x: _cov(y, x) / np.std(x, ddof=1), "you divide by the standard deviation of x, but it should be its variance"),
        ("slope upside down", lambda y, x: np.var(x, ddof=1) / _cov(y, x), "your θ stands on its head"),
        ("θ of 1", lambda y, x: 1.0, "your θ is 1, but it should be the slope cov(x, y) / var(x)"),
        ("sign of the slope lost", lambda y, x: abs(_cov(y, x)) / np.var(x, ddof=1), "your θ has lost its sign"),
        ("correlation squared", lambda y, x: np.corrcoef(x, y)[0, 1]**2, "your θ is ρ², but it should be the slope cov(x, y) / var(x)"),
        ("correlation of spreads", lambda y, x: np.std(y, ddof=1) / np.std(x, ddof=1),
         "your θ is the quotient of the standard deviations, without the correlation"),
        ("divided by both deviations and n", lambda y, x: _cov(y, x, 0) / np.std(x, ddof=1) / np.std(y, ddof=1),
         "your θ is a correlation with n above and n − 1 below, but it should be cov(x, y) / var(x)"),
        ("by the deviation of y", lambda y, x: _cov(y, x) / np.std(y, ddof=1), "you divide by the standard deviation of y, but it should be the variance of x"),
        ("the intercept", lambda y, x: np.polyfit(x, y, 1)[1], "your θ is the intercept of the line, but it should be its slope, the first of what `polyfit` returns"),
        ("slope squared", lambda y, x: (_cov(y, x) / np.var(x, ddof=1))**2, "you square the slope"),
        ("by n, over the variance of y", lambda y, x: _cov(y, x, 0) / np.var(y, ddof=1), "you divide by the variance of y (and by n above), but it should be that of x"),
        ("by the mean of x", lambda y, x: _cov(y, x) / x.mean(), "you divide by the mean of x, but it should be its variance"),
        ("quotient of the means", lambda y, x: y.mean() / x.mean(), "your θ is the quotient of the means, but it should be the slope cov(x, y) / var(x)"),
        ("variance of x squared", lambda y, x: _cov(y, x) / np.var(x, ddof=1)**2, "you divide by the square of the variance of x"),
        ("product of the centred without the mean", lambda y, x: ((x - x.mean()) * (y - y.mean())).sum() / np.var(x, ddof=1),
         "your covariance is a sum that is not divided, above a variance that is"),
        alone=NEW,
    ),
    "end": slips(
        BASE,
        ("not centred", lambda y, x, t: y - t * x, "you take θx away without the mean of x taken from it"),
        ("mean lost", lambda y, x, t: y - y.mean() - t * (x - x.mean()), "the mean of the outcomes is gone"),
        ("centred on y", lambda y, x, t: y - t * (x - y.mean()), "you take the mean of y from x, but it should be that of x"),
        ("centred on the median", lambda y, x, t: y - t * (x - np.median(x)), "you centre x on its median, and the mean is meant"),
        ("added", lambda y, x, t: y + t * (x - x.mean()), "you add the correction, but it should be subtracted"),
        ("centred on the least", lambda y, x, t: y - t * (x - x.min()), "you measure x from its least value, but it should be from the mean"),
        ("centred on the largest", lambda y, x, t: y - t * (x - x.max()), "you measure x from its largest value, but it should be from the mean"),
        ("centred on the sum", lambda y, x, t: y - t * (x - x.sum()), "you take the sum of x from x, but it should be the mean"),
        ("absolute distance", lambda y, x, t: y - t * np.abs(x - x.mean()), "you take the absolute distance of x from its mean, which loses its sign"),
        ("as a factor", lambda y, x, t: y * (1 - t * (x - x.mean())), "you multiply y by 1 − θ(x − mean of x), but it should be y − θ(x − mean of x)"),
        ("residuals, standardised", lambda y, x, t: (y - y.mean() - t * (x - x.mean())) / y.std(ddof=1),
         "you return residuals in standard deviations, and y's unit and mean have to stay"),
        ("added, not centred", lambda y, x, t: y + t * x, "you add θx, and θ(x − mean of x) is to be subtracted"),
        ("the correction alone", lambda y, x, t: t * (x - x.mean()), "you return the correction, but it has to be subtracted from y"),
        ("mean minus x", lambda y, x, t: y.mean() - t * (x - x.mean()), "you start from the mean of y, and each user's own outcome is meant"),
        ("standardised", lambda y, x, t: y - t * (x - x.mean()) / np.std(x, ddof=1), "you divide x by its deviation as well"),
        alone=NEW,
    ),
}
# Pairs that are right, one and the same, or have a sentence of their own in before.py.
WITHOUT = ("by the deviation of y; standardised", "line through the origin; not centred", "covariance for θ; standardised", "divided by a deviation; standardised",
           "θ of 1; not centred", "quotient of the means; mean lost", "quotient of the means; not centred")
MORE = (
    Mistake("scaled by the root", lambda y, x: np.asarray(y) * np.sqrt(1 - np.corrcoef(x, y)[0, 1]**2),
            "You scale the outcomes by the root of 1 − ρ². That is what happens to the *deviation*, and only if θ(x − mean of x) is subtracted.", UNIT),
    Mistake("divided by 1 + θ", _of(end=lambda y, x, t: (y - t * (x - x.mean())) / (1 + t)),
            "You rescale the adjusted outcomes. Subtract θ(x − mean of x), and leave it at that.", UNIT),
    Mistake("ρ times the standardised, by n", lambda y, x: np.asarray(y) - np.corrcoef(x, y)[0, 1] * (np.asarray(x) - np.mean(x)) / np.std(x),
            "You take away ρ times the standardised x, which has no unit. Multiply by the deviation of y as well, or take "
            "cov(x, y) / var(x) times x − mean of x.", UNIT),
    Mistake("θ by hand, rounded", _of(lambda y, x: np.round(_slope(y, x), 2)),
            "You round θ. Keep the slope as it is.", UNIT),
)
MISTAKES = (*MORE, *mistakes_of(_of, STEPS, WITHOUT, named=names("; ", "{step}: {name}"), told=in_one()))
