"""Families of wrong tests of a split: another expectation, distance or law, and any two of these."""

import numpy as np
from scipy import special

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, MEAN, UNIT


def _upper(distance, dof):
    return float(special.chdtrc(dof, max(distance, 0.0)))


def _normal(z):
    return float(special.ndtr(-z))


def _density(distance, dof):
    """Of chi-squared; at a distance of 0 it is infinite for one degree of freedom, one half for two."""
    with np.errstate(all="ignore"):
        power = np.float64(distance)**(dof / 2 - 1)
        return float(power * np.exp(-distance / 2) / (2**(dof / 2) * special.gamma(dof / 2)))


def slipped(expected=lambda o, s: o.sum() * s, distance=lambda o, e: ((o - e)**2 / e).sum(),
            law=lambda d, arms: _upper(d, arms - 1)):
    def wrong(counts, shares):
        o, s = np.asarray(counts, float), np.asarray(shares, float)
        return law(float(distance(o, expected(o, s))), len(o))
    return wrong


def _by_arm(counts, shares, together):
    expected = np.sum(counts) * np.asarray(shares)
    return float(together([2 * _normal(z) for z in np.abs(np.asarray(counts) - expected) / np.sqrt(expected)]))


NEW = ("largest times share", "sum squared", "first arm's distance", "last arm left out", "as z, one-sided", "two degrees more", "a degree's share", "a degree's share, one degree",
       "normal for chi-squared", "log of the tail", "root of the squares", "relative sum squared")
ALONE = ("shares not multiplied", "average times share", "largest times share")            # nearly all their p are 0
STEPS = {
    "expected": slips(
        BASE,
        ("equal arms", lambda o, s: np.full(len(o), o.mean()), "you expect equal arms, but it should be total × share"),
        ("expected cut", lambda o, s: np.floor(o.sum() * s), "you cut the expected counts to whole users"),
        ("expected rounded", lambda o, s: np.round(o.sum() * s), "you round the expected counts"),
        ("shares not multiplied", lambda o, s: s, "you take shares for expected counts, but they should be total × share"),
        ("average times share", lambda o, s: o.mean() * s, "you multiply the mean count by the shares, but it should be the total"),
        ("largest times share", lambda o, s: o.max() * s, "you multiply the largest count by the shares, but it should be the total"),
        alone=NEW, unpaired=ALONE,
    ),
    "distance": slips(
        UNIT,
        ("not divided", lambda o, e: ((o - e)**2).sum(), "you do not divide by the expected counts"),
        ("by the observed", lambda o, e: ((o - e)**2 / np.maximum(o, 1e-300)).sum(), "you divide by the observed counts, and the expected ones are meant"),
        ("not squared", lambda o, e: (np.abs(o - e) / e).sum(), "you do not square the gaps"),
        ("signed", lambda o, e: ((o - e) / e).sum(), "you add gaps with their sign, not squared"),
        ("expected squared", lambda o, e: (((o - e) / e)**2).sum(), "you square what is below as well"),
        ("by the root", lambda o, e: ((o - e)**2 / np.sqrt(e)).sum(), "you divide by the root of the expected counts"),
        ("by the total", lambda o, e: ((o - e)**2).sum() / o.sum(), "you divide by all users, but it should be each arm's expected count"),
        ("a mean", lambda o, e: ((o - e)**2 / e).mean(), "you average over arms, but it should be the sum"),
        ("largest", lambda o, e: ((o - e)**2 / e).max(), "you take the largest arm's distance, but it should be the sum"),
        ("root", lambda o, e: np.sqrt(((o - e)**2 / e).sum()), "you take the root of the sum"),
        ("continuity", lambda o, e: (np.maximum(np.abs(o - e) - 0.5, 0)**2 / e).sum(), "you take half a user from each gap"),
        ("sum squared", lambda o, e: (np.abs(o - e) / np.sqrt(e)).sum()**2, "you square the sum, but it should be the sum of squares"),
        ("first arm's distance", lambda o, e: (o[0] - e[0])**2 / e[0], "you take the first arm's distance alone"),
        ("last arm left out", lambda o, e: ((o - e)**2 / e)[:-1].sum(), "you leave the last arm out of the sum"),
        ("root of the squares", lambda o, e: np.sqrt(((o - e)**2).sum()), "you take the length of the gaps, but it should be Σ (observed − expected)² / expected"),
        ("relative sum squared", lambda o, e: ((o / e - 1).sum())**2, "you add relative gaps with their sign and square the sum"),
        ("shares for counts", lambda o, e: ((o / o.sum() - e / e.sum())**2 / (e / e.sum())).sum(),
         "you compare shares, but it should be counts of users"),
        ("likelihood ratio", lambda o, e: 2 * np.where(o > 0, o * np.log(np.maximum(o, 1e-300) / e), 0).sum(),
         "you take the likelihood ratio, but it should be Σ (observed − expected)² / expected"),
        alone=NEW, unpaired=ALONE,
    ),
    "law": slips(
        BOUNDARY,
        ("a degree more", lambda d, arms: _upper(d, arms), "you use one degree of freedom for each arm, but it should be one fewer"),
        ("one degree", lambda d, arms: _upper(d, 1), "you use one degree of freedom however many arms there are"),
        ("two degrees fewer", lambda d, arms: _upper(d, max(arms - 2, 1)), "you take two degrees of freedom away, but it should be one"),
        ("lower tail", lambda d, arms: 1 - _upper(d, arms - 1), "you return the lower tail"),
        ("halved", lambda d, arms: _upper(d, arms - 1) / 2, "you halve the tail"),
        ("doubled", lambda d, arms: min(1.0, 2 * _upper(d, arms - 1)), "you double the tail"),
        ("density", lambda d, arms: _density(d, arms - 1), "you return the density, but it should be the area beyond"),
        ("as z", lambda d, arms: 2 * _normal(d), "you read the distance as a z, two-sided"),
        ("as z, one-sided", lambda d, arms: _normal(d), "you read the distance as a z, one-sided"),
        ("two degrees more", lambda d, arms: _upper(d, arms + 1), "you use A + 1 degrees of freedom, but it should be A − 1"),
        ("a degree's share", lambda d, arms: _upper(d / (arms - 1), arms - 1), "you divide the distance by its degrees of freedom, but it should be taken as it is"),
        ("a degree's share, one degree", lambda d, arms: _upper(d / (arms - 1), 1),
         "you divide the distance by its degrees of freedom and use one, but it should be taken as it is, with A − 1"),
        ("normal for chi-squared", lambda d, arms: _normal((d - arms + 1) / np.sqrt(2 * (arms - 1))),
         "you take the normal law with chi-squared's mean and variance, but it should be chi-squared's own tail"),
        ("log of the tail", lambda d, arms: np.log(np.maximum(_upper(d, arms - 1), 1e-300)), "you return the logarithm of the tail"),
        ("the distance itself", lambda d, arms: d, "you return the distance, and its upper tail is asked for"),
        alone=NEW, unpaired=ALONE,
    ),
}
# Pairs that other sentences of the card cover, and pairs that cannot be told from another: all p are 0, or 1.
WITHOUT = ("equal arms; relative sum squared", "root of the squares; as z", "relative sum squared; one degree", "signed; as z",
        "relative sum squared; doubled", "equal arms; not divided", "expected cut; not divided", "expected rounded; not divided", "equal arms; a mean", "equal arms; by the total",
        "expected cut; largest", "expected rounded; largest", "expected cut; first arm's distance",
        "expected rounded; first arm's distance", "equal arms; signed", "equal arms; one degree", "equal arms; two degrees fewer",
        "signed; doubled", "root; as z", "root; as z, one-sided", "first arm's distance; one degree", "shares for counts; doubled",
        *(f"not divided; {law}" for law in ("a degree more", "one degree", "two degrees fewer", "halved", "doubled", "as z",
                                        "as z, one-sided", "two degrees more", "a degree's share", "a degree's share, one degree")))
MORE = (
    Mistake("always 1", lambda counts, shares: 1.0,
            "Your p-value is 1 whatever was counted. Gaps with their sign cancel (square them), and a distance between shares is next "
            "to nothing (compare counts): and it is the upper tail that is asked for.", UNIT),
    *(Mistake(f"below {level}", lambda counts, shares, level=level: bool(slipped()(counts, shares) < level),
              f"You return whether p is below a level, as {level}{more}. Return p itself.", UNIT)
      for level, more in ((0.05, ""), (0.01, " or 0.001"))),
    Mistake("first arms alone", lambda counts, shares: slipped()(counts[:2], np.asarray(shares[:2]) / np.sum(shares[:2])),
            "You compare the first two arms alone. All arms belong into the sum.", BASE),
    Mistake("gap from whole users", lambda counts, shares: _upper(((np.asarray(counts, float) - (np.sum(counts) * np.asarray(
        shares)).astype(int))**2 / (np.sum(counts) * np.asarray(shares))).sum(), len(counts) - 1),
            "You measure the gap from expected counts that are cut to whole users. An expectation may be a fraction: keep it.", BOUNDARY),
    Mistake("tails of the arms multiplied", lambda counts, shares: _by_arm(counts, shares, np.prod),
            "You multiply the arms' p-values. They are not independent (the total is given): sum the distances and ask once.", MEAN),
    Mistake("tails of the arms averaged", lambda counts, shares: _by_arm(counts, shares, np.mean),
            "You average the arms' p-values. Sum the distances over arms and ask once.", MEAN),
)
MISTAKES = (*MORE, *mistakes_of(slipped, STEPS, WITHOUT, named=names("; ", "{step}: {name}"), told=in_one()))
