"""Exercise on what was known before a test: the covariate that takes noise away."""

import numpy as np

from course_lib.evidence.experiment import cuped_adjusted
from course_lib.teach.cards import effects_decisions, sizes
from course_lib.teach.cards.experiments import far_arms
from course_lib.teach.cards.experiments.before_slips import MISTAKES
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 10.3 ----------------------------------------------------------------------------------------------------------
def _cuped_cases(rng):
    out = []
    for n, strength in ((6, 0.9), (25, -0.6), (80, 0.3)):
        x = rng.gamma(2, 2, n)
        out.append(Case(f"{n} users", (strength * x + rng.normal(0, 1, n) + 5, x)))
    x = rng.beta(2, 5, 15)
    y = np.array([120.0, -60.0, 0.0, 45.0, 18.0])
    alike = np.array([3.0, 3, 0, 1, 4, 4, 9, 2]), np.array([1.0, 1, 0, 0, 2, 2, 5, 2])
    weak = np.array([4.0, 7, 5, 6, 6, 5, 8, 4]), np.array([1.0, 2, 3, 4, 5, 6, 7, 9])
    return [*out, Case("large values of both signs, and 0", (y, np.array([30.0, -20.0, 14.0, 0.0, 7.0]))),
            Case("a covariate between 0 and 1", (3 * x + rng.normal(0, 0.5, 15), x)),
            Case("some users alike", alike), Case("a covariate that says little", weak),
            Case("a covariate in thousandths", (40 * x, np.r_[x[1:], 0.5] / 1000 + x / 500))]


def _by_regression(y, x):
    slope, _ = np.polyfit(x, y, 1)
    return np.asarray(y) - slope * (np.asarray(x) - np.mean(x))


def _with_theta(theta):
    def wrong(y, x):
        y, x = np.asarray(y, float), np.asarray(x, float)
        return y - theta(y, x) * (x - x.mean())
    return wrong


def _slope(y, x):
    return np.cov(x, y)[0, 1] / np.var(x, ddof=1)


def _explained(y, x):
    return _slope(y, x) * (np.asarray(x) - np.mean(x))


def _halves(y, x):
    """Each half of the rows with a θ and a mean of its own."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    cut = len(y) // 2
    parts = [(y[:cut], x[:cut]), (y[cut:], x[cut:])] if cut > 2 else [(y, x)]
    return np.concatenate([part - _explained(part, before) for part, before in parts])


CUPED = Card(
    id="experiments.3", title="Take out what was known before", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{interview}}",),
    effect=effects_decisions.error_after_adjusting,
    realistic=sizes.outcome_and_before,
    task="Some users click much, and did so before the test: that part of the noise is known. Take a multiple θ of x, "
         "their metric from before (a **covariate**), out of each user's outcome y: one θ for everybody, such that the mean of "
         "the outcomes does not change and as little variance as possible is left. Which θ?",
    shapes="`y` and `x` hold all users of both arms; `x` is not the same for everyone.",
    why="Randomisation makes x the same in both arms on average, so taking θ(x − x̄) away moves no difference on average; it "
        "takes away the part of the noise that x explains, ρ² of the variance. One θ for both arms, and an x that the "
        "treatment cannot have touched: everything rests on that. People without a past get the mean of x (and a column "
        "that says so), hence newcomers lower the gain. For a ratio, adjust `numerator − ratio · denominator`.",
    reference=cuped_adjusted, alternative=_by_regression, cases=lambda rng: [*_cuped_cases(rng), *far_arms.before_cases()],
    by_hand=(Case("y is x plus one: nothing is left", (np.array([1.0, 3.0]), np.array([0.0, 2.0])),
                  expected=np.array([2.0, 2.0])),),
    invariants=(
        Invariant("the mean stays", lambda fn, rng: np.isclose(np.mean(fn(np.array([4.0, 1, 7, 2]), np.array(
            [3.0, 0, 5, 5]))), 3.5)),
        Invariant("the covariate's unit does not matter", lambda fn, rng: np.allclose(
            fn(np.array([4.0, 1, 7, 2]), np.array([3.0, 0, 5, 5])),
            fn(np.array([4.0, 1, 7, 2]), 60 * np.array([3.0, 0, 5, 5]) + 7)))),
    mistakes=(
        Mistake("correlation for θ", _with_theta(lambda y, x: np.corrcoef(x, y)[0, 1]),
                "Your θ is the correlation. It has no unit; the slope cov(x, y) / var(x) turns units of x into units of y."),
        Mistake("divided by the variance of y", _with_theta(lambda y, x: np.cov(x, y)[0, 1] / np.var(y, ddof=1)),
                "You divide by the variance of the outcome: that is the slope of x on y. Divide by var(x)."),
        Mistake("not centred", lambda y, x: np.asarray(y) - _slope(y, x) * np.asarray(x),
                "You take θx away without centring x, and with it the level of the metric. Subtract θ(x − mean of x)."),
        Mistake("added", _with_theta(lambda y, x: -_slope(y, x)),
                "You add what the covariate explains; the noise grows. Subtract it."),
        Mistake("two kinds of variance", _with_theta(lambda y, x: np.cov(x, y)[0, 1] / np.var(x)),
                "np.cov divides by n − 1 and np.var by n. Give both the same: np.var(x, ddof=1)."),
        Mistake("mean lost", lambda y, x: np.asarray(y) - np.mean(y) - _slope(y, x) * (np.asarray(x) - np.mean(x)),
                "These are residuals: the mean of the outcomes is gone. Keep y itself and take away θ(x − x̄) alone."),
        Mistake("line through the origin", _with_theta(lambda y, x: np.sum(x * y) / np.sum(x**2)),
                "Your slope belongs to a line through the origin. Use deviations from the means: cov(x, y) / var(x)."),
        Mistake("line through the origin, not centred", lambda y, x: np.asarray(y) - np.sum(np.asarray(x) * y) / np.sum(
            np.asarray(x)**2) * np.asarray(x),
                "You subtract a line through the origin, and with it the level of the metric. Fit with an intercept, and subtract "
                "θ(x − mean of x) alone."),
        Mistake("half of it", _with_theta(lambda y, x: _slope(y, x) / 2),
                "You take away half of what x explains. Take θ = cov(x, y) / var(x) as it is."),
        Mistake("scaled", lambda y, x: np.asarray(y) * (1 - np.corrcoef(x, y)[0, 1]**2),
                "You scale the outcomes by 1 − ρ². That is what happens to the *variance*, and only if θ(x − mean of x) is "
                "subtracted."),
        Mistake("all standardised", lambda y, x: (np.asarray(y) - np.mean(y)) / np.std(y) - np.corrcoef(x, y)[0, 1] * (
            np.asarray(x) - np.mean(x)) / np.std(x),
                "You standardise both. The outcomes have to keep their unit and their mean."),
        Mistake("two kinds of variance, the other way", _with_theta(lambda y, x: np.mean((x - x.mean()) * (
            y - y.mean())) / np.var(x, ddof=1)),
                "Your covariance is divided by n, your variance by n − 1. Give both the same divisor."),
        Mistake("covariance for θ", _with_theta(lambda y, x: np.cov(x, y)[0, 1]),
                "Your θ is the covariance. Divide it by var(x): then it is the slope of y on x."),
        Mistake("covariance by n for θ", _with_theta(lambda y, x: np.cov(x, y, ddof=0)[0, 1]),
                "Your θ is the covariance, divided by n. What makes it a slope is the division by var(x)."),
        Mistake("divided by a deviation", _with_theta(lambda y, x: np.cov(x, y)[0, 1] / np.std(x, ddof=1)),
                "You divide by the standard deviation of x. The slope has its variance below."),
        Mistake("divided by a deviation, by n", _with_theta(lambda y, x: np.cov(x, y)[0, 1] / np.std(x)),
                "You divide by the standard deviation of x, with n below. The slope has the *variance* of x below, "
                "`ddof=1` as in np.cov."),
        Mistake("two kinds of variance of y", _with_theta(lambda y, x: np.cov(x, y)[0, 1] / np.var(y)),
                "You divide by the variance of the outcome, with `ddof=0`: nearly the slope of x on y. Divide by var(x)."),
        Mistake("slope upside down", _with_theta(lambda y, x: 1 / _slope(y, x)),
                "Your θ stands on its head: var(x) / cov(x, y). The covariance goes on top."),
        Mistake("a covariance's wrong corner", _with_theta(lambda y, x: np.var(y, ddof=1) / np.var(x, ddof=1)),
                "You divide the variance of y by that of x: from np.cov(x, y) you want the corner [0, 1], not [1, 1]."),
        Mistake("θ of 1", _with_theta(lambda y, x: 1.0),
                "Your θ is 1, as in a plain change since before. Part of what x shows is chance and does not come again: take the "
                "slope. (np.cov(x, y)[0, 0] is the variance of x.)"),
        Mistake("a plain change", lambda y, x: np.asarray(y, float) - x,
                "You return the change since before, y − x. Take away θ(x − mean of x): the slope, and centred."),
        Mistake("sign of the slope lost", _with_theta(lambda y, x: abs(_slope(y, x))),
                "Your θ has lost its sign. Where y falls as x rises the slope is negative."),
        Mistake("negative slopes cut", _with_theta(lambda y, x: max(_slope(y, x), 0.0)),
                "You take no slope below 0. A covariate that goes against the outcome explains noise just as well."),
        Mistake("correlation of spreads", _with_theta(lambda y, x: np.std(y, ddof=1) / np.std(x, ddof=1)),
                "Your θ is the quotient of the standard deviations. Times the correlation it would be the slope."),
        Mistake("slope squared", _with_theta(lambda y, x: np.corrcoef(x, y)[0, 1]**2),
                "Your θ is ρ², the *share of variance* explained. What you need is the slope cov(x, y) / var(x)."),
        Mistake("centred on y", lambda y, x: np.asarray(y) - _slope(y, x) * (np.asarray(x) - np.mean(y)),
                "You subtract the mean of y from x. Subtract the mean of x, or the level of the metric moves."),
        Mistake("centred on the median", lambda y, x: np.asarray(y) - _slope(y, x) * (np.asarray(x) - np.median(x)),
                "You centre x on its median. Only about its mean do the corrections add up to 0."),
        Mistake("centred on the first", lambda y, x: np.asarray(y) - _slope(y, x) * (np.asarray(x) - np.asarray(x)[0]),
                "You measure x from the first user. Measure it from the mean of all."),
        Mistake("standardised", lambda y, x: np.asarray(y) - _explained(y, x) / np.std(x, ddof=1),
                "You standardise x and still use its slope. Either x is in its own unit, or θ is cov(x, y) / sd(x)."),
        Mistake("standardised by n", lambda y, x: np.asarray(y) - _explained(y, x) / np.std(x),
                "You standardise x (by n) and still use its slope. Leave x in its own unit: θ(x − mean of x)."),
        Mistake("what x explains", lambda y, x: np.mean(y) + _explained(y, x),
                "You return the line's values: what x explains. What is wanted is y with that part taken away."),
        Mistake("the correction alone", _explained,
                "You return the correction θ(x − mean of x). Subtract it from y."),
        Mistake("correction of the centred", lambda y, x: np.asarray(y) - np.mean(y) - _slope(y, x) * np.asarray(x),
                "You centre y and not x. It is the other way round: keep y, and subtract the mean of x from x."),
        Mistake("intercept alone kept", lambda y, x: np.asarray(y) - _slope(y, x) * np.mean(x),
                "You take the same number from everyone. Each user's own distance x − mean of x belongs into it."),
        Mistake("x adjusted", lambda y, x: np.asarray(x) - _slope(x, y) * (np.asarray(y) - np.mean(y)),
                "You adjust the covariate by the outcome. Turn them around: y is what was measured in the test."),
        Mistake("x adjusted by y's slope", lambda y, x: np.asarray(x) - _slope(y, x) * (np.asarray(y) - np.mean(y)),
                "You have exchanged y and x in the last line. From y you take θ(x − mean of x)."),
        Mistake("the mean alone", lambda y, x: np.mean(y),
                "You return one number. Return each user's adjusted outcome, so that arms can be compared by it."),
        Mistake("a θ for each half", _halves,
                "You compute θ for parts of the users apart. One θ and one mean of x for all together."),
        *MISTAKES,
    ),
    hints=("If you knew nothing but x, how much above or below average would you expect this user to be? Take that away.",
           "The variance of y − θx is var(y) − 2θ · cov(x, y) + θ² · var(x), over all users of both arms. At which θ is it least? "
           "And what has to be taken from x, so that the mean of y stays?",
           "`theta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)`, then `y - theta * (x - x.mean())`"),
)
