"""Exercise on looking early: a p-value that may be read after any look."""

import numpy as np

from course_lib.evidence.sequential import always_valid_p
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.experiments import far_arms
from course_lib.teach.cards.two_slips import Slip, and_then, mistakes_of, names, slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import UNIT


# --- 10.5 ----------------------------------------------------------------------------------------------------------
def _look_cases(rng):
    out = []
    for name, drift, scale in (("no effect", 0.0, 0.3), ("an effect", 0.4, 0.3), ("a wide prior", 0.25, 2.0)):
        at = 30 * np.arange(1, 9)
        value = rng.normal(30 * drift, np.sqrt(60), 8).cumsum() / at
        out.append(Case(name, (value, np.sqrt(2 / at), scale)))
    far = np.array([1.5, -2.5, 3.5, 3.0]), np.array([2.0, 1.8, 1.2, 1.1]), 1.5
    large = np.array([20.0, -35.0, 30.0, 26.0]), np.array([24.0, 18.0, 13.0, 12.0]), 15.0
    return [*out, Case("errors and a scale above 1", far), Case("errors and a scale above 10", large),
            Case("small errors before a wide prior", (np.array([4.0, 15.0, 13.0]), np.array([3.0, 2.0, 1.5]), 300.0)),
            Case("errors and a scale in the hundreds", (20 * large[0], 20 * large[1], 300.0)),
            Case("errors and a scale of thousandths", tuple(part / 1000 for part in far)),
            Case("a strong first look, and an error that rises", (np.array([3.2, 0.5, 2.6, 0.1]), np.array([1.0, 0.6, 0.8, 0.5]), 1.0)),
            Case("more and more of an effect", (np.array([2.4, 2.5, 2.6, 2.6]), np.array([1.2, 0.8, 0.6, 0.54]), 2.0)),
            Case("a prior a hundred times as wide as the errors", (np.array([4.0, 11.4, 10.0]), np.array([3.0, 2.8, 2.5]), 300.0)),
            Case("a prior a tenth as wide as the errors", (np.array([1.0, 2.2]), np.array([1.0, 0.9]), 0.1)),
            _early_look()]


def _early_look():
    """Forty looks, of which the third is the strongest."""
    error = np.sqrt(2 / (30 * np.arange(1, 41)))
    beyond = 0.4 * np.sin(np.arange(40))
    beyond[2] = 3.2
    return Case("forty looks, the third the strongest", (beyond * error, error, 0.3))


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


def _with(ratio=_ratio, after=None, v=lambda s: s**2, tau2=lambda t: t**2):
    """A wrong ratio, or a wrong way from the ratios of all looks to the p-values."""
    def wrong(value, standard_error, scale):
        found = ratio(np.asarray(value, float), v(np.asarray(standard_error, float)), tau2(scale))
        return after(found) if after else _least(1 / found)
    return wrong


def _build(ratio=(), after=None):
    return _with(after=after, **dict(ratio))


def _front(v, tau2):
    return np.sqrt(v / (v + tau2))


def _one(p):
    return np.minimum(1.0, p)


def _wilks(value, standard_error, scale):
    from scipy.stats import chi2

    found = _ratio(value, np.asarray(standard_error)**2, scale**2)
    return _least(chi2.sf(2 * np.maximum(np.log(found), 0), 1))


RATIOS = (
    ("error not squared", {"v": lambda s: s}, "V is the variance: square the standard error."),
    ("scale not squared", {"tau2": lambda t: t}, "τ enters as τ²: it is added to a variance."),
    ("neither squared", {"v": lambda s: s, "tau2": lambda t: t}, "V is s² and τ enters as τ²: square both."),
    ("no shrinking in front", {"ratio": lambda d, v, t: np.exp(d**2 * t / (2 * v * (v + t)))},
     "The factor √(V / (V + τ²)) is missing. It is what one pays for looking."),
    ("front upside down", {"ratio": lambda d, v, t: np.exp(d**2 * t / (2 * v * (v + t))) / _front(v, t)},
     "The factor in front stands on its head. It is √(V / (V + τ²)), below 1."),
    ("front without root", {"ratio": lambda d, v, t: _front(v, t)**2 * np.exp(d**2 * t / (2 * v * (v + t)))},
     "The factor in front has lost its root: √(V / (V + τ²))."),
    ("front with τ² on top", {"ratio": lambda d, v, t: _front(t, v) * np.exp(d**2 * t / (2 * v * (v + t)))},
     "In the factor in front τ² stands on top. It is √(V / (V + τ²))."),
    ("front without the sum", {"ratio": lambda d, v, t: np.sqrt(v / t) * np.exp(d**2 * t / (2 * v * (v + t)))},
     "Under the root you divide by τ² alone. It is V / (V + τ²)."),
    ("no half", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (v * (v + t)))},
     "The 2 below the fraction in the exponent is missing."),
    ("d not squared", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d * t / (2 * v * (v + t)))},
     "You have d in the exponent, not d². Effects of either sign must count."),
    ("V missing below", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (2 * (v + t)))},
     "In the exponent V is missing below: d²τ² / (2 V (V + τ²))."),
    ("V + τ² missing below", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (2 * v))},
     "In the exponent V + τ² is missing below: d²τ² / (2 V (V + τ²))."),
    ("V alone below", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 / (2 * v))},
     "Your exponent is d² / 2V, without τ. It is d²τ² / (2 V (V + τ²))."),
    ("V twice below", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (2 * v * v))},
     "In the exponent you have V² below. The second factor is V + τ²: d²τ² / (2 V (V + τ²))."),
    ("V + τ² twice below", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (2 * (v + t)**2))},
     "In the exponent you have (V + τ²)² below. The first factor is V alone: d²τ² / (2 V (V + τ²))."),
    ("τ² missing above", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 / (2 * v * (v + t)))},
     "In the exponent τ² is missing on top: d²τ² / (2 V (V + τ²))."),
    ("a plus among factors", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (2 * v * v + t))},
     "Below the fraction you multiply V by V and add τ². Brackets: 2 V (V + τ²)."),
    ("multiplied by what is below", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / 2 * v * (v + t))},
     "You divide by 2 and multiply by V (V + τ²). Put brackets around all that stands below."),
    ("the minus of one law", {"ratio": lambda d, v, t: _front(v, t) * np.exp(-d**2 * t / (2 * v * (v + t)))},
     "Your p-value is 1 at every look, however large the difference. Λ has to grow with d² (no minus in the exponent), and p is "
     "1/Λ, not Λ."),
)
MORE_RATIOS = (
    ("s for V in front", {"ratio": lambda d, v, t: _front(np.sqrt(v), t) * np.exp(d**2 * t / (2 * v * (v + t)))},
     "In the factor in front you have s where V = s² belongs."),
    ("s for V in the exponent", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (2 * np.sqrt(v) * (np.sqrt(v) + t)))},
     "In the exponent you have s where V = s² belongs."),
    ("s for the first V", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (2 * np.sqrt(v) * (v + t)))},
     "In the exponent the V before the bracket is s. It is V = s²."),
    ("τ for τ² in front", {"ratio": lambda d, v, t: _front(v, np.sqrt(t)) * np.exp(d**2 * t / (2 * v * (v + t)))},
     "In the factor in front you have τ where τ² belongs."),
    ("τ for τ² above", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * np.sqrt(t) / (2 * v * (v + t)))},
     "In the exponent you have τ on top where τ² belongs."),
    ("τ for τ² below", {"ratio": lambda d, v, t: _front(v, t) * np.exp(d**2 * t / (2 * v * (v + np.sqrt(t))))},
     "In the exponent you have τ below where τ² belongs."),
    ("absolute d", {"ratio": lambda d, v, t: _front(v, t) * np.exp(np.abs(d) * t / (2 * v * (v + t)))},
     "You have |d| in the exponent, and it is d²."),
    ("front's root twice", {"ratio": lambda d, v, t: _front(v, t)**0.5 * np.exp(d**2 * t / (2 * v * (v + t)))},
     "You take the root of the factor in front twice."),
    ("error squared twice", {"v": lambda s: s**4}, "You square the standard error twice: V = s²."),
    ("τ in standard errors", {"ratio": lambda d, v, t: _front(1, t) * np.exp(d**2 * t / (2 * v * (1 + t)))},
     "You take τ as a number of standard errors. It is in the unit of the difference: τ² is added to V = s²."),
    ("the last error for all looks", {"v": lambda s: np.full(len(s), s[-1]**2)}, "You use the last standard error for all looks. Each look has its own."),
    ("the first error for all looks", {"v": lambda s: np.full(len(s), s[0]**2)}, "You use the first standard error for all looks. Each look has its own."),
    ("differences added", {"ratio": lambda d, v, t: _ratio(np.cumsum(d), v, t)}, "You add up the differences of the looks. Each holds all users so far already."),
    ("the largest difference", {"ratio": lambda d, v, t: _ratio(np.maximum.accumulate(np.abs(d)), v, t)},
     "You hold the largest difference so far against the error of today. Take each look's own d, and the least p afterwards."),
)
LOOKS = (
    ("no memory", lambda found: _one(1 / found),
     "Each look forgets the ones before. Take the least so far: `np.minimum.accumulate`."),
    ("neither memory nor cap", lambda found: 1 / found,
     "You return 1/Λ at each look. A p-value is at most 1, and what was reached stays reached: take the least so far."),
    ("no cap", lambda found: np.minimum.accumulate(1 / found),
     "Your p-values may be larger than 1. They are at most 1: a minimum with 1."),
    ("ratio upside down", lambda found: _least(found),
     "You return Λ itself. A large ratio speaks for an effect: p is 1/Λ."),
)
AFTERWARDS = (
    ("the ratio itself", lambda found: found, "You return Λ. The p-value is the least of 1/Λ so far, and at most 1."),
    ("the worst so far", lambda found: np.maximum.accumulate(_one(1 / found)), "You keep the largest p so far. Keep the least."),
    ("p halved", lambda found: _least(1 / found) / 2, "You halve the p-value."),
)
# Without a factor below 1 in front Λ is never below 1, so that a cap, or the ratio the other way round, says nothing more.
WITHOUT = (*(f"{ratio}, {look}" for ratio in ("no shrinking in front", "front upside down", "the minus of one law")
          for look in ("neither memory nor cap", "no cap", "ratio upside down")),
        *(f"the minus of one law, {look}" for look in ("no memory", "the ratio itself", "the worst so far")), "front upside down, no memory",
        "differences added, no memory", "the largest difference, the worst so far", "differences added, the worst so far")
UNSHRUNK = "no shrinking in front"             # the kinds of this one's pairs stand in kinds/of_experiments.py, as those of single slips
SINGLE = {"ratio": (*slips("", *RATIOS), *slips(UNIT, *MORE_RATIOS)), "after": slips("", *LOOKS)}
PAIRED = {
    "ratio": tuple(Slip(name, slip, says, "" if name == UNSHRUNK else UNIT, alone=False) for name, slip, says in (*RATIOS, *MORE_RATIOS)),
    "after": slips(UNIT, *LOOKS, *AFTERWARDS, alone=()),
}


VALID = Card(
    id="experiments.5", title="A p-value that may be looked at every day", minutes=12, difficulty=3, used_in=("{{experiments}}", "{{interview}}",),
    effect=effects_decisions.false_alarms_of_looking,
    task="After each look there is a difference d with standard error s. Compare two stories about it: no effect, and effects "
         "of about the size τ either way. With V = s² their likelihood ratio is "
         "Λ = √(V / (V + τ²)) · exp(d² τ² / (2 V (V + τ²))). The p-value after a look is the least of 1/Λ over all looks so "
         "far, and at most 1.",
    shapes="`value`, `standard_error` float [L], after each look in order; errors are above 0; `scale` is τ, in the unit of the "
           "difference; returns float [L].",
    why="Under no effect Λ is a fair game: its mean stays 1 however the test goes on. Such a game reaches 20 with a chance of at "
        "most 1/20, *whenever* one stops. That is why p may be read at any look, and why it never rises: what was reached "
        "stays reached. The price is a wider interval on the day that was planned.",
    reference=always_valid_p, alternative=_valid_loop, cases=lambda rng: [*_look_cases(rng), *far_arms.daily_cases()],
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
        *mistakes_of(_build, SINGLE, most=1),
        Mistake("the ratio itself", _with(after=lambda found: found),
                "You return Λ at each look. The p-value is the least of 1/Λ so far, and at most 1."),
        Mistake("ratio upside down, no cap", _with(after=np.minimum.accumulate),
                "You return the least Λ so far. A large ratio speaks for an effect: p is 1/Λ, and at most 1."),
        Mistake("first look not capped", _with(after=lambda found: np.r_[1 / found[0], np.minimum(
            1 / found[0] if len(found) < 2 else np.inf, _least(1 / found)[1:])]),
                "Your first p-value may be larger than 1: cap it like the others."),
        Mistake("the greatest ratio", _with(after=np.maximum.accumulate),
                "You return the greatest Λ so far. One over it, and at most 1, is the p-value."),
        Mistake("the worst so far", _with(after=lambda found: np.maximum.accumulate(_one(1 / found))),
                "You keep the largest p so far. Evidence once reached stays reached: keep the least."),
        Mistake("later looks too", _with(after=lambda found: np.full(len(found), _one(1 / found).min())),
                "You give every look the least of all looks. A look knows those before it, not those to come."),
        Mistake("accumulated from the end", _with(after=lambda found: _least(1 / found[::-1])[::-1]),
                "You accumulate from the last look to the first. A look knows those before it, not those to come."),
        Mistake("the last look alone", _with(after=lambda found: _least(1 / found)[-1]),
                "You return the last p-value alone. Return one for each look."),
        Mistake("looks multiplied", _with(after=lambda found: _least(1 / np.cumprod(found))),
                "You multiply the ratios of all looks. Each difference holds all users so far, so you count the early ones again "
                "and again."),
        Mistake("looks added", _with(after=lambda found: _least(1 / np.cumsum(found))),
                "You add the ratios of all looks. The p-value is one over the *largest* so far."),
        Mistake("looks averaged", _with(after=lambda found: _least(np.arange(1, len(found) + 1) / np.cumsum(found))),
                "You average the ratios of all looks. The p-value is one over the *largest* so far."),
        Mistake("p averaged", _with(after=lambda found: np.cumsum(_one(1 / found)) / np.arange(1, len(found) + 1)),
                "You average the p-values of all looks so far. Take the least."),
        Mistake("Bonferroni, the least so far", lambda value, standard_error, scale: _least(len(value) * _fixed(
            value, standard_error, scale)),
                "You multiply the usual p-values by the number of looks and keep the least. That needs the number beforehand; "
                "use 1/Λ."),
        Mistake("Bonferroni, looks so far", lambda value, standard_error, scale: _one(np.arange(
            1, len(value) + 1) * _fixed(value, standard_error, scale)),
                "You multiply the usual p-values by the number of looks so far. That does not keep the level over all looks; use "
                "1/Λ."),
        Mistake("usual p, one-sided", lambda value, standard_error, scale: _fixed(value, standard_error, scale) / 2,
                "This is the one-sided p-value of a test looked at once. It may not be read at every look: use 1/Λ."),
        Mistake("chi-squared of the ratio", _wilks,
                "You read 2·log Λ off a chi-squared law. That holds at one look, for a ratio without a prior; here 1/Λ is the "
                "p-value itself."),
        Mistake("p doubled", _with(after=lambda found: _least(2 / found)),
                "You double the p-value. Λ counts effects of either sign already."),
        Mistake("p halved", _with(after=lambda found: _least(1 / found) / 2),
                "You halve the p-value. Λ counts effects of either sign: p is 1/Λ as it is."),
        Mistake("chance of no effect", _with(after=lambda found: np.minimum.accumulate(1 / (1 + found))),
                "1 / (1 + Λ) is the chance of no effect for someone who gave both stories one half. The p-value is 1/Λ."),
        Mistake("chance of no effect, no memory", _with(after=lambda found: 1 / (1 + found)),
                "1 / (1 + Λ) is the chance of no effect for someone who gave both stories one half. The p-value is 1/Λ, the least so "
                "far."),
        Mistake("one less the ratio", _with(after=lambda found: np.minimum.accumulate(np.clip(1 - found, 0, 1))),
                "You return 1 − Λ. Λ is a ratio, not a probability: p is 1/Λ."),
        Mistake("logarithm", _with(after=lambda found: np.log(found)),
                "You return log Λ. The p-value is 1/Λ = exp(−log Λ), the least so far and at most 1."),
        *mistakes_of(_build, PAIRED, WITHOUT, named=names(", "), told=and_then),
    ),
    hints=("The more d lies where effects of size τ would put it and no effect would not, the larger the ratio.",
           "With `v = standard_error**2`, write the formula in one line; it works on whole arrays.",
           "`np.minimum.accumulate(np.minimum(1, 1 / ratio))`"),
)
