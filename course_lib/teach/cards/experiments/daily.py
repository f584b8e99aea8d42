"""Exercise on looking early: a p-value that may be read after any look."""

import numpy as np

from course_lib.evidence.sequential import always_valid_p
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 10.5 ----------------------------------------------------------------------------------------------------------
def _look_cases(rng):
    out = []
    for name, drift, scale in (("no effect", 0.0, 0.3), ("an effect", 0.4, 0.3), ("a wide prior", 0.25, 2.0)):
        at = 30 * np.arange(1, 9)
        value = rng.normal(30 * drift, np.sqrt(60), 8).cumsum() / at
        out.append(Case(name, (value, np.sqrt(2 / at), scale)))
    return out


def _valid_loop(value, standard_error, scale):
    least, out = 1.0, []
    for d, error in zip(value, standard_error, strict=True):
        v = error * error
        log_ratio = 0.5 * np.log(v / (v + scale**2)) + 0.5 * (d * scale)**2 / (v * (v + scale**2))
        least = min(least, np.exp(-log_ratio))
        out.append(least)
    return np.array(out)


def _ratio(value, v, scale2, *, shrink=True):
    value = np.asarray(value, float)
    front = np.sqrt(v / (v + scale2)) if shrink else 1.0
    return front * np.exp(value**2 * scale2 / (2 * v * (v + scale2)))


def _least(p):
    return np.minimum.accumulate(np.minimum(1.0, p))


def _fixed(value, standard_error, scale):
    from scipy.stats import norm

    return 2 * norm.sf(np.abs(np.asarray(value) / standard_error))


VALID = Card(
    id="experiments.5", title="A p-value that may be looked at every day", minutes=12, difficulty=3, used_in=("{{experiments}}", "{{interview}}",),
    task="After each look there is a difference d with standard error s. Compare two stories about it: no effect, and effects "
         "of about the size τ either way. With V = s² their likelihood ratio is "
         "Λ = √(V / (V + τ²)) · exp(d² τ² / (2 V (V + τ²))). The p-value after a look is the least of 1/Λ over all looks so "
         "far, and at most 1.",
    shapes="`value`, `standard_error` float [L], after each look in order; `scale` is τ, in the unit of the difference; "
           "returns float [L].",
    why="Under no effect Λ is a fair game: its mean stays 1 however the test goes on. Such a game reaches 20 with a chance of at "
        "most 1/20, *whenever* one stops. That is why p may be read at any look, and why it never rises: what was reached "
        "stays reached. The price is a wider interval on the day that was planned.",
    reference=always_valid_p, alternative=_valid_loop, cases=_look_cases,
    by_hand=(Case("nothing seen", (np.array([0.0]), np.array([1.0]), 1.0), expected=np.array([1.0])),
             Case("two standard errors, then none", (np.array([2.0, 0.0]), np.array([1.0, 1.0]), 1.0),
                  expected=np.array([0.5202600950, 0.5202600950]))),
    invariants=(Invariant("p never rises", lambda fn, rng: bool((np.diff(fn(
        rng.normal(0, 1, 9), 1 / np.sqrt(np.arange(1, 10)), 0.5)) <= 0).all())),
                Invariant("the sign of the effect does not matter", lambda fn, rng: np.allclose(
                    fn(np.array([0.4, 0.7]), np.array([0.3, 0.2]), 0.5), fn(np.array([-0.4, -0.7]), np.array([0.3, 0.2]),
                                                                            0.5)))),
    mistakes=(
        Mistake("the usual p-value", _fixed,
                "This is the p-value of a test looked at once. At every look it gets another chance to fall below 5%."),
        Mistake("the usual p-value, the least so far", lambda value, standard_error, scale: _least(
            _fixed(value, standard_error, scale)),
                "You take the least of the usual p-values: that *is* peeking. The likelihood ratio has to take their place."),
        Mistake("Bonferroni", lambda value, standard_error, scale: np.minimum(1, len(value) * _fixed(
            value, standard_error, scale)),
                "You multiply the usual p-values by the number of looks. That needs the number beforehand; use 1/Λ."),
        Mistake("no memory", lambda value, standard_error, scale: np.minimum(1, 1 / _ratio(
            value, np.asarray(standard_error)**2, scale**2)),
                "Each look forgets the ones before. Take the least so far: `np.minimum.accumulate`."),
        Mistake("ratio upside down", lambda value, standard_error, scale: _least(_ratio(
            value, np.asarray(standard_error)**2, scale**2)),
                "You return Λ itself. A large ratio speaks for an effect: p is 1/Λ."),
        Mistake("error not squared", lambda value, standard_error, scale: _least(1 / _ratio(
            value, np.asarray(standard_error), scale**2)),
                "V is the variance: square the standard error."),
        Mistake("scale not squared", lambda value, standard_error, scale: _least(1 / _ratio(
            value, np.asarray(standard_error)**2, scale)),
                "τ enters as τ²: it is added to a variance."),
        Mistake("no shrinking in front", lambda value, standard_error, scale: _least(1 / _ratio(
            value, np.asarray(standard_error)**2, scale**2, shrink=False)),
                "The factor √(V / (V + τ²)) is missing. It is what one pays for looking."),
    ),
    hints=("The more d lies where effects of size τ would put it and no effect would not, the larger the ratio.",
           "With `v = standard_error**2`, write the formula in one line; it works on whole arrays.",
           "`np.minimum.accumulate(np.minimum(1, 1 / ratio))`"),
)
