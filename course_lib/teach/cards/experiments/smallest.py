"""Exercise on planning an experiment: the smallest effect that it can find."""

import numpy as np

from course_lib.evidence.experiment import mde
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.experiments import far_arms
from course_lib.teach.cards.experiments.smallest_slips import MISTAKES
from course_lib.teach.cards.two_slips import and_then, mistakes_of, names, slips
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
        Case("a large deviation, few users", (400.0, 30)),
        Case("a stricter level", (4.0, 900), {"alpha": 0.01}), Case("more power", (4.0, 900), {"power": 0.95}),
        Case("less power than a coin has", (1.5, 64), {"alpha": 0.1, "power": 0.4}),
        Case("three users an arm", (0.02, 3)), Case("a level of one in a thousand", (5200.0, 3_000_000), {"alpha": 0.001}),
        Case("a loose level, and hardly a miss", (5200.0, 3_000_000), {"alpha": 0.3, "power": 0.99})]


def _with(z=_z, noise=lambda s, n: s * np.sqrt(2 / n)):
    """A wrong answer: z of the level and the power, times the noise, with one or both of them wrong."""
    def wrong(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
        return float(z(alpha, power) * noise(standard_deviation, n_per_arm))
    return wrong


def _student(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
    from scipy.stats import t

    dof = 2 * n_per_arm - 2
    return (t.ppf(1 - alpha / 2, dof) + t.ppf(power, dof)) * standard_deviation * np.sqrt(2 / n_per_arm)


def _cumulative(alpha, power):
    from scipy.stats import norm

    return norm.cdf(1 - alpha / 2) + norm.cdf(power)


LEVELS = (
    ("no power", lambda alpha, power: _z(alpha, 0.5),
     "You leave the power out. An effect of this size is found only every other time: add z of the power."),
    ("one-sided", lambda alpha, power: _z(2 * alpha, power),
     "You take z at 1 − α. The test looks both ways, so each side has α/2."),
    ("one-sided and no power", lambda alpha, power: _z(2 * alpha, 0.5),
     "You take z at 1 − α, where a test that looks both ways has α/2 on each side, and you leave out z of the power."),
    ("power taken away", lambda alpha, power: _z(alpha, 1 - power),
     "Your z of the power has the wrong sign, as from `1 - power`. The truth lies *beyond* the threshold: add z(power)."),
)
NOISES = (
    ("one arm's noise", lambda s, n: s / np.sqrt(n),
     "You use the standard error of one mean. A difference has the noise of both arms: the variance is 2σ²/n."),
    ("twice one arm's noise", lambda s, n: 2 * s / np.sqrt(n),
     "Your standard error is 2σ/√n. Either n was divided between two arms, where it is already the number in each, or two "
     "errors were added, where variances add: σ·√(2/n)."),
    ("no root", lambda s, n: s * 2 / n, "Standard errors fall with the root of n: take the root of 2/n."),
    ("variance", lambda s, n: s**2 * np.sqrt(2 / n),
     "You multiply by the variance. Effect and standard deviation share a unit; the variance does not."),
)
STEPS = {"z": slips("", *LEVELS), "noise": slips("", *NOISES)}


MDE = Card(
    id="experiments.1", title="The smallest effect this test can find", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    effect=effects_decisions.effects_found,
    task="A test compares the means of two arms with n users each. It calls an effect when the difference is more than "
         "z(1 − α/2) standard errors from 0. How large must the true difference be for that to happen with the chance "
         "`power`? The answer is (z(1 − α/2) + z(power)) standard errors of a *difference*: the minimum detectable effect. z(p) is the "
         "standard normal law's quantile.",
    shapes="`standard_deviation` of the metric over users, in its own unit; `n_per_arm` users, in each of the two arms; returns a number in the "
           "metric's unit.",
    why="The first z is how far the estimate must be from 0 to count; the second is how far the truth must be beyond that, so "
        "that chance rarely pulls the estimate back. Solved for n it is the rule 16σ²/δ²: half the effect takes four times "
        "the users. Ask it before the test; after, the interval says what was found.",
    reference=mde, alternative=_mde_from_error, cases=lambda rng: [*_mde_cases(rng), *far_arms.SMALLEST],
    by_hand=(Case("deviation 1, two users an arm: the root is 1", (1.0, 2), expected=2.8015852181),
             Case("deviation 10, 200 an arm", (10.0, 200), expected=2.8015852181)),
    invariants=(Invariant("four times the users find half the effect", lambda fn, rng: np.isclose(
        fn(3.0, 400), 2 * fn(3.0, 1600))),),
    mistakes=(
        *mistakes_of(_with, STEPS, named=names(", "), told=and_then),
        Mistake("root of 2 over n", _with(noise=lambda s, n: s * np.sqrt(2) / n),
                "You take the root of 2 and not of n. The error is σ·√(2/n)."),
        Mistake("2 outside the root", _with(noise=lambda s, n: s * np.sqrt(n / 2)),
                "Your noise grows with n: the fraction under the root stands on its head. It is 2/n."),
        Mistake("σ under the root", _with(noise=lambda s, n: np.sqrt(2 * s / n)),
                "You have σ under the root. There it must be squared: √(2σ²/n) = σ·√(2/n)."),
        Mistake("z squared", _with(lambda alpha, power: _z(alpha, power)**2),
                "You square the z, as the formula for n does. Here it is solved for the effect: (z + z)·σ·√(2/n)."),
        Mistake("the effect squared", _with(lambda alpha, power: _z(alpha, power)**2, lambda s, n: 2 * s**2 / n),
                "You return the square of the effect. Take the root."),
        Mistake("the rule of thumb's square", lambda standard_deviation, n_per_arm, alpha=0.05, power=0.8:
                16 * standard_deviation**2 / n_per_arm,
                "16σ²/n is the *square* of the effect by the rule of thumb. Take the root, and work both z out."),
        Mistake("n and effect exchanged", _with(lambda alpha, power: _z(alpha, power)**2, lambda s, n: 2 * (s / n)**2),
                "You use the formula for the number of users, with n where the effect stands. Solve it for the effect."),
        Mistake("n less 1", _with(noise=lambda s, n: s * np.sqrt(2 / (n - 1))),
                "You divide by n − 1. That belongs into the estimate of a standard deviation, which is given here."),
        Mistake("in standard deviations", _with(noise=lambda s, n: np.sqrt(2 / n)),
                "Your effect is in standard deviations. Multiply by σ to have it in the metric's unit."),
        Mistake("power two-sided", _with(lambda alpha, power: _z(alpha, 1 - (1 - power) / 2)),
                "You halve what the power leaves. Only the side on which the effect lies counts: z(power) as it is."),
        Mistake("level from the lower side", _with(lambda alpha, power: _z(alpha, power) - 2 * _z(alpha, 0.5)),
                "Your z of the level is negative, as from `ppf(alpha / 2)`. The threshold lies at z(1 − α/2)."),
        Mistake("alpha not read", _with(lambda alpha, power: _z(0.05, power)),
                "Your answer does not change with `alpha`: 1.96 is z(1 − α/2) at 5% only."),
        Mistake("power not read", _with(lambda alpha, power: _z(alpha, 0.8)),
                "Your answer does not change with `power`: 0.84 is z(power) at 80% only."),
        Mistake("neither is read", _with(lambda alpha, power: _z(0.05, 0.8)),
                "Your answer changes neither with `alpha` nor with `power`: work both z out from them."),
        Mistake("1.96 + 0.84", _with(lambda alpha, power: 2.8),
                "You write 1.96 + 0.84. That is the default's rounded: work both z out from `alpha` and `power`."),
        Mistake("rule of thumb", _with(lambda alpha, power: np.sqrt(8)),
                "You solve the rule of thumb 16σ²/δ². It is rounded, and holds for 5% and 80% only."),
        Mistake("the power itself", _with(lambda alpha, power: _z(alpha, 0.5) + power),
                "You add the power itself, a probability. Turn it into a distance first: `norm.ppf(power)`."),
        Mistake("cdf for ppf", _with(_cumulative),
                "`norm.cdf` turns a distance into a probability. You have probabilities and need distances: `norm.ppf`."),
        Mistake("z multiplied", _with(lambda alpha, power: _z(alpha, 0.5) * (_z(alpha, power) - _z(alpha, 0.5))),
                "You multiply the two z. They are two stretches of one way: add them."),
        Mistake("z added as squares", _with(lambda alpha, power: np.hypot(
            _z(alpha, 0.5), _z(alpha, power) - _z(alpha, 0.5))),
                "You add the two z as squares. They are two stretches of one way, not two noises: add them as they are."),
        Mistake("Student's t", _student,
                "You take quantiles of Student's t. The task defines z by the normal law, at every n."),
        *MISTAKES,
    ),
    hints=("Two distances lie between 0 and the true effect: to the threshold, and from there to the truth.",
           "Standard error of the difference: σ · sqrt(2 / n). Quantiles: `from scipy.stats import norm`, `norm.ppf`.",
           "`(norm.ppf(1 - alpha / 2) + norm.ppf(power)) * standard_deviation * np.sqrt(2 / n_per_arm)`"),
)
