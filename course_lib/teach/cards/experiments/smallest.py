"""Exercise on planning an experiment: the smallest effect that it can find."""

import numpy as np

from course_lib.evidence.experiment import mde
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 10.1 ----------------------------------------------------------------------------------------------------------
def _z(alpha, power):
    from scipy.stats import norm

    return norm.ppf(1 - alpha / 2) + norm.ppf(power)


def _mde_from_error(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    from scipy.stats import norm

    standard_error = np.hypot(standard_deviation, standard_deviation) / n_per_arm**0.5
    return standard_error * (norm.isf(alpha / 2) + norm.isf(1 - power))


def _mde_cases(rng):
    return [Case(f"deviation {s:g}, {n:,} an arm", (s, n)) for s, n in ((3.0, 500), (25.0, 2000), (0.21, 100_000))] + [
        Case("a stricter level", (4.0, 900), {"alpha": 0.01}), Case("more power", (4.0, 900), {"power": 0.95})]


def _one_sided(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    return mde(standard_deviation, n_per_arm, alpha=2 * alpha, power=power)


MDE = Card(
    id="experiments.1", title="The smallest effect this test can find", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    task="A test compares the means of two arms with n users each. It calls an effect when the difference is more than "
         "z(1 − α/2) standard errors from 0. How large must the true difference be for that to happen with the chance "
         "`power`? The answer is (z(1 − α/2) + z(power)) standard errors of a *difference*: the minimum detectable effect.",
    shapes="`standard_deviation` of the metric over users, in its own unit; `n_per_arm` users; returns a number in the "
           "metric's unit.",
    why="The first z is how far the estimate must be from 0 to count; the second is how far the truth must be beyond that, so "
        "that chance rarely pulls the estimate back. Solved for n it is the rule 16σ²/δ²: half the effect takes four times "
        "the users. Ask it before the test; after, the interval says what was found.",
    reference=mde, alternative=_mde_from_error, cases=_mde_cases,
    by_hand=(Case("deviation 1, two users an arm: the root is 1", (1.0, 2), expected=2.8015852181),
             Case("deviation 10, 200 an arm", (10.0, 200), expected=2.8015852181)),
    invariants=(Invariant("four times the users find half the effect", lambda fn, rng: np.isclose(
        fn(3.0, 400), 2 * fn(3.0, 1600))),),
    mistakes=(
        Mistake("one arm's noise", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, power) * standard_deviation / np.sqrt(n_per_arm),
                "You use the standard error of one mean. A difference has the noise of both arms: the variance is 2σ²/n."),
        Mistake("no power", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, 0.5) * standard_deviation * np.sqrt(2 / n_per_arm),
                "You leave the power out. An effect of this size is found only every other time: add z of the power."),
        Mistake("one-sided", _one_sided,
                "You take z at 1 − α. The test looks both ways, so each side has α/2."),
        Mistake("n of both arms", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, power) * standard_deviation * np.sqrt(4 / n_per_arm),
                "You divide n between two arms. It is already the number in each."),
        Mistake("no root", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, power) * standard_deviation * 2 / n_per_arm,
                "Standard errors fall with the root of n: take the root of 2/n."),
        Mistake("variance", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                _z(alpha, power) * standard_deviation**2 * np.sqrt(2 / n_per_arm),
                "You multiply by the variance. Effect and standard deviation share a unit; the variance does not."),
    ),
    hints=("Two distances lie between 0 and the true effect: to the threshold, and from there to the truth.",
           "Standard error of the difference: σ · sqrt(2 / n). Quantiles: `from scipy.stats import norm`, `norm.ppf`.",
           "`(norm.ppf(1 - alpha / 2) + norm.ppf(power)) * standard_deviation * np.sqrt(2 / n_per_arm)`"),
)
