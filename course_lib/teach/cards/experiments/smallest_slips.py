"""Families of wrong smallest effects: another distance in standard errors together with another standard error."""

import numpy as np
from scipy import special

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import DIRECTION


def _z(p):
    return special.ndtri(p)


def _right_distance(alpha, power):
    return _z(1 - alpha / 2) + _z(power)


def _right_noise(s, n):
    return s * np.sqrt(2 / n)


def _of(distance=_right_distance, noise=_right_noise):
    def wrong(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
        return float(distance(alpha, power) * noise(standard_deviation, n_per_arm))
    return wrong


def _of_t(sides, degrees):
    def wrong(standard_deviation, n_per_arm, alpha=0.05, power=0.8):
        from scipy.stats import t

        dof = degrees(n_per_arm)
        return (t.ppf(1 - alpha / sides, dof) + t.ppf(power, dof)) * _right_noise(standard_deviation, n_per_arm)
    return wrong


NEW = ("the level alone a probability", "one-sided, power taken away", "one-sided, power not read", "power alone",
       "1.96 for the level", "0.84 for the power", "1.64 and 0.84", "level times power", "level by power",
       "level and power exchanged", "n in both arms", "no n", "no noise of a mean", "n alone")
STEPS = {
    "distance": slips(
        DIRECTION,
        ("no power", lambda a, p: _z(1 - a / 2), "you leave out z of the power"),
        ("one-sided", lambda a, p: _z(1 - a) + _z(p), "you take z at 1 − α, but it should be at 1 − α/2"),
        ("one-sided and no power", lambda a, p: _z(1 - a), "you take z at 1 − α, but it should be at 1 − α/2, with z of the power added"),
        ("power taken away", lambda a, p: _z(1 - a / 2) - _z(p), "you subtract z of the power, as from `1 - power`, but it should be added"),
        ("power two-sided", lambda a, p: _z(1 - a / 2) + _z(1 - (1 - p) / 2), "you halve what the power leaves, and z(power) is meant as it is"),
        ("level from the lower side", lambda a, p: _z(a / 2) + _z(p), "your z of the level is negative, as from `ppf(alpha / 2)`"),
        ("alpha not read", lambda a, p: _z(0.975) + _z(p), "your z of the level does not change with `alpha`"),
        ("power not read", lambda a, p: _z(1 - a / 2) + _z(0.8), "your z of the power does not change with `power`"),
        ("neither is read", lambda a, p: _z(0.975) + _z(0.8), "your distance changes neither with `alpha` nor with `power`"),
        ("the level alone a probability", lambda a, p: 1 - a / 2 + p, "you add probabilities, but it should be the distances `norm.ppf` of them that add"),
        ("z squared", lambda a, p: (_z(1 - a / 2) + _z(p))**2, "you square the sum of the two z, as the formula for n does"),
        ("one-sided, power taken away", lambda a, p: _z(1 - a) - _z(p),
         "you take z at 1 − α, but it should be at 1 − α/2, and z of the power is subtracted where it is added"),
        ("one-sided, power not read", lambda a, p: _z(1 - a) + _z(0.8),
         "you take z at 1 − α, but it should be at 1 − α/2, and your z of the power does not change with `power`"),
        ("power alone", lambda a, p: _z(p), "you leave out z of the level"),
        ("1.96 for the level", lambda a, p: 1.96 + _z(p), "you write 1.96 for z of the level, which is rounded and holds at 5% alone"),
        ("0.84 for the power", lambda a, p: _z(1 - a / 2) + 0.84, "you write 0.84 for z of the power, which is rounded and holds at 80% alone"),
        ("1.96 and 0.84", lambda a, p: 2.8, "you write 1.96 + 0.84, which is rounded and holds at 5% and 80% alone"),
        ("1.64 and 0.84", lambda a, p: 1.645 + 0.84, "you write 1.645 + 0.84, which is one-sided, rounded, and holds at 5% and 80% alone"),
        ("level times power", lambda a, p: _z(1 - a / 2) * p, "you multiply z of the level by the power, and z of the power is to be added"),
        ("level by power", lambda a, p: _z(1 - a / 2) / p, "you divide z of the level by the power, and z of the power is to be added"),
        ("level and power exchanged", lambda a, p: _z(a) + _z(1 - p / 2), "you have exchanged the level and the power"),
        alone=NEW,
    ),
    "noise": slips(
        DIRECTION,
        ("one arm's noise", lambda s, n: s / np.sqrt(n), "your noise is that of one mean, and a difference has σ·√(2/n)"),
        ("twice one arm's noise", lambda s, n: 2 * s / np.sqrt(n), "your noise is 2σ/√n, but it should be σ·√(2/n)"),
        ("no root", lambda s, n: s * 2 / n, "you take no root of 2/n"),
        ("variance", lambda s, n: s**2 * np.sqrt(2 / n), "you multiply by the variance, and the standard deviation is meant"),
        ("root of 2 over n", lambda s, n: s * np.sqrt(2) / n, "you take the root of 2 and not of n"),
        ("2 outside the root", lambda s, n: s * np.sqrt(n / 2), "the fraction under your root stands on its head, but it should be 2/n"),
        ("σ under the root", lambda s, n: np.sqrt(2 * s / n), "you have σ under the root, where it has to be squared"),
        ("the variance itself", lambda s, n: 2 * s**2 / n, "you multiply by the variance of the difference, and its root is meant"),
        ("n less 1", lambda s, n: s * np.sqrt(2 / (n - 1)), "you divide by n − 1, and n is meant"),
        ("in standard deviations", lambda s, n: np.sqrt(2 / n), "you leave σ out"),
        ("n in both arms", lambda s, n: s / np.sqrt(2 * n), "your noise is half as large as it is, like that of the mean of all 2n users, and a difference has σ·√(2/n)"),
        ("no n", lambda s, n: s * np.sqrt(2), "you leave n out"),
        ("no noise of a mean", lambda s, n: s, "you multiply by σ alone, and the noise is σ·√(2/n)"),
        ("n alone", lambda s, n: s / n, "you divide by n, and the noise is σ·√(2/n)"),
        alone=NEW,
    ),
}
WITHOUT = (
    *(f"{distance}; {noise}" for distance in ("no power", "one-sided", "one-sided and no power", "power taken away")
      for noise in ("one arm's noise", "twice one arm's noise", "no root", "variance")),    # those stand in smallest.py
    "z squared; the variance itself",         # the square of the right effect, which has its own sentence
)
MORE = (
    *(Mistake(f"Student's t, {name}", _of_t(level, degrees),
              f"You take quantiles of Student's t ({name}). The task defines both z by the normal law, z(1 − α/2) and z(power).", DIRECTION)
      for name, level, degrees in (("one-sided", 1, lambda n: 2 * n - 2), ("with n − 1", 2, lambda n: n - 1))),
    Mistake("the larger z", _of(lambda a, p: max(_z(1 - a / 2), _z(p))),
            "You take the larger of the two z. Both distances have to be gone: add them.", DIRECTION),
    Mistake("Bonferroni", _of(lambda a, p: _z(1 - a / 4) + _z(p)),
            "You take z at 1 − α/4. The two sides have α/2 each: halve once.", DIRECTION),
)
MISTAKES = (*mistakes_of(_of, STEPS, WITHOUT, named=names("; ", "{step}: {name}"), told=in_one()), *MORE)
