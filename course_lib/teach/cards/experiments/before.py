"""Exercise on what was known before a test: the covariate that takes noise away."""

import numpy as np

from course_lib.evidence.experiment import cuped_adjusted
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 10.3 ----------------------------------------------------------------------------------------------------------
def _cuped_cases(rng):
    out = []
    for n, strength in ((6, 0.9), (25, -0.6), (80, 0.3)):
        x = rng.gamma(2, 2, n)
        out.append(Case(f"{n} users", (strength * x + rng.normal(0, 1, n) + 5, x)))
    return out


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


CUPED = Card(
    id="experiments.3", title="Take out what was known before", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{interview}}",),
    task="Some users click much, and did so last month. That part of the noise is known before the test begins. Return each "
         "user's outcome less θ times how far the covariate is from its mean, with θ = cov(x, y) / var(x): the slope of y "
         "on x. The mean of the outcomes must not change.",
    shapes="`y` float [n], outcomes of all users of both arms; `x` float [n], the same metric before the test; "
           "returns float [n].",
    why="Randomisation makes x the same in both arms on average, so taking θ(x − x̄) away moves no difference on average; it "
        "takes away the part of the noise that x explains, ρ² of the variance. One θ for both arms, and an x that the "
        "treatment cannot have touched: everything rests on that.",
    reference=cuped_adjusted, alternative=_by_regression, cases=_cuped_cases,
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
    ),
    hints=("If you knew nothing but x, how much above or below average would you expect this user to be? Take that away.",
           "The slope: `np.cov(x, y)[0, 1] / np.var(x, ddof=1)`, from all users of both arms together.",
           "`y - theta * (x - x.mean())`"),
)
