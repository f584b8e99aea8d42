"""Cases of lesson {{experiments}} at the ends of what the tasks allow: tiny and equal outcomes, rare arms, clusters far apart."""

import numpy as np

from course_lib.teach.definitions.card import Case

SMALLEST = [Case("a metric of millionths", (3.44e-6, 9)),
            Case("one false alarm in a billion", (2.0, 40), {"alpha": 1e-9}),
            Case("all but one effect in a billion", (2.0, 40), {"power": 1 - 1e-9})]


def ratio_cases():
    """Sums of tiny numbers, a ratio of thousandths."""
    rng = np.random.default_rng(173)
    clicks, seen = rng.integers(0, 5, 9).astype(float), rng.integers(5, 20, 9).astype(float)
    return [Case("sums of tiny numbers", (clicks * 2.0**-40, seen * 2.0**-40)), Case("clicks in a thousand", (clicks, 317 * seen))]


def before_cases():
    """A covariate of tiny numbers, outcomes of millionths and of nothing, 150 users."""
    rng = np.random.default_rng(179)
    y, x = rng.normal(size=(2, 9))
    return [Case("a covariate of tiny numbers", (y, x * 2.0**-40)), Case("outcomes of millionths", (3e-6 * y, x)),
            Case("nobody does anything", (np.zeros(5), np.array([1.0, 2, 0, 4, 3]))), Case("150 users", tuple(rng.normal(size=(2, 150))))]


def split_cases():
    """120 arms, and arms that few are meant to see."""
    rng = np.random.default_rng(181)
    shares = np.full(120, 1 / 240) + np.arange(120) / (120 * 119)
    rare = np.array([3.444e-7, 3.49e-7])
    return [Case("120 arms", (np.array([*rng.poisson(60_000 * shares)]), shares / shares.sum())),
            Case("arms for a few in ten million", (np.array([150, 131, 400_000_000]), np.array([*rare, 1 - rare.sum()])))]


def daily_cases():
    """Differences of tiny numbers of both signs, differences beyond doubt, 150 looks."""
    rng = np.random.default_rng(191)
    value, error = np.array([0.0, -3, 1, -4, 0]), np.array([2.0, 1.5, 1.2, 1.1, 1.0])
    return [Case("differences of tiny numbers", (value * 2.0**-40, error * 2.0**-40, 2.0**-39)),
            Case("no difference at the first look, and a loss", (value, error, 2.0)),
            Case("beyond doubt", (np.array([0.5, 90.0]), np.array([1.0, 0.5]), 10.0)),
            Case("150 looks", (rng.normal(0, 0.3, 150), 1 / np.sqrt(1 + np.arange(150)), 0.4))]


def cluster_cases():
    """Clusters that differ by 256, by 1,000 and by 65,536, outcomes of millionths, and all alike."""
    rng = np.random.default_rng(193)
    names, arms = np.array([0, 1, 257, 1_001, 65_537, 66_537]), np.array([0, 1, 0, 0, 1, 1])
    which, twelve = rng.integers(0, 6, 150), np.repeat(np.arange(6), 2)
    return [Case("150 people, clusters far apart", (rng.normal(size=150) + which, names[which], arms[which])),
            Case("outcomes of millionths", (4e-6 * rng.random(12), names[twelve], arms[twelve])),
            Case("all alike", (np.full(12, 2.0), names[twelve], arms[twelve]))]
