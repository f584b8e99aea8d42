"""Tests with a few planned looks: bounds that spend the 5% over them, and what each way of looking finds.

Differences are in standard errors of the last look: after look k of K the sum of increments is normal with variance
k / K, so everything is arithmetic on one Brownian path.

Source: O'Brien and Fleming 1979, doi:10.2307/2530245; Pocock 1977, doi:10.1093/biomet/64.2.191; Jennison and Turnbull
2000, chapter 2, whose tables of constants stand in the tests.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from course_lib.contracts import ArgumentError
from course_lib.evidence.sequential import always_valid

SHAPES = ("O'Brien-Fleming", "Pocock")
GRID = 161                      # odd, for Simpson's rule


def crossing_chance(bounds) -> float:
    """Chance that |Z| of no effect passes its bound at any of the looks. bounds: float (K,), in standard errors.

    Looks are equally spaced. The density of the sum that has not crossed yet is carried from look to look on a grid.
    """
    bounds = np.asarray(bounds, float)
    edge = bounds * np.sqrt(np.arange(1, len(bounds) + 1))            # of the sum of unit increments
    place = np.linspace(-edge[0], edge[0], GRID)
    alive = np.exp(-(place**2) / 2)
    for top in edge[1:]:
        onward = np.linspace(-top, top, GRID)
        step = np.exp(-((onward[:, None] - place) ** 2) / 2)
        alive = step @ (alive * _simpson(place)) / np.sqrt(2 * np.pi)
        place = onward
    return float(1 - (alive * _simpson(place)).sum() / np.sqrt(2 * np.pi))


def _simpson(place) -> np.ndarray:
    """Weights of Simpson's rule on an odd number of equally spaced places."""
    weight = np.full(len(place), 2.0)
    weight[1::2], weight[[0, -1]] = 4.0, 1.0
    return weight * (place[1] - place[0]) / 3


@cache
def _constant(looks: int, shape: str, alpha: float) -> float:
    return float(brentq(lambda c: crossing_chance(c * _form(looks, shape)) - alpha, 1.0, 6.0, xtol=1e-4))


def _form(looks: int, shape: str) -> np.ndarray:
    k = np.arange(1, looks + 1)
    return np.sqrt(looks / k) if shape == SHAPES[0] else np.ones(looks)


def group_bounds(looks: int, shape: str = "O'Brien-Fleming", alpha: float = 0.05) -> np.ndarray:
    """Edges in standard errors at each of so many equally spaced looks, float (looks,); group_bounds(1) is [1.96].

    Raises ArgumentError for another shape, no look, or an alpha outside (0, 1).
    """
    if shape not in SHAPES or looks < 1 or not 0 < alpha < 1:
        raise ArgumentError(f"looks {looks}, shape {shape!r}, alpha {alpha}; expected 1 or more, one of {SHAPES}, and "
                            "between 0 and 1.")
    return _constant(int(looks), shape, float(alpha)) * _form(int(looks), shape)


def edges(rule: str, looks: int) -> np.ndarray:
    """Edges in standard errors at each look, float (looks,), of a way of looking.

    rule: "one look", "every look at 5%", one of SHAPES, or "always valid", tuned to what one look finds.
    """
    if rule == "one look":
        return np.append(np.full(looks - 1, np.inf), norm.ppf(0.975))
    if rule == "every look at 5%":
        return np.full(looks, norm.ppf(0.975))
    if rule == "always valid":
        error = np.sqrt(looks / np.arange(1, looks + 1))              # in errors of the last look
        scale = norm.ppf(0.975) + norm.ppf(0.8)
        return np.array([always_valid(0.0, each, scale).high / each for each in error])
    return group_bounds(looks, rule)


def paths(effect: float, looks: int, *, tests: int = 20_000, seed: int = 0) -> np.ndarray:
    """Z at each look of tests with new people at every look, float (tests, looks).

    effect: the true one, in standard errors of the last look; one look finds 2.8 in four tests of five.
    """
    rng, k = np.random.default_rng(seed), np.arange(1, looks + 1)
    walk = rng.normal(effect / looks, np.sqrt(1 / looks), (tests, looks)).cumsum(1)
    return walk / np.sqrt(k / looks)


def what_it_finds(rule: str, effect: float, looks: int = 14, *, tests: int = 20_000, seed: int = 0) -> dict[str, float]:
    """What a way of looking finds of a true effect: {"found", "mean look", "estimate over truth"}.

    found: share of tests that cross. mean look: at which a test stops, the last where nothing crosses. estimate over
    truth: of tests that crossed, the mean difference at the stop over the true one (NaN for no effect or no finding).
    """
    z = paths(effect, looks, tests=tests, seed=seed)
    crossed = np.abs(z) > edges(rule, looks)
    any_look = crossed.any(1)
    stop = np.where(any_look, crossed.argmax(1), looks - 1)
    told = z[np.arange(len(z)), stop] * np.sqrt(looks / (stop + 1))
    exaggerated = told[any_look].mean() / effect if effect and any_look.any() else np.nan
    return {"found": float(any_look.mean()), "mean look": float(stop.mean() + 1),
            "estimate over truth": float(exaggerated)}
