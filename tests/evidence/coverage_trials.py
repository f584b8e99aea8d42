"""How the tables of coverage are asked: data are drawn again and again, and each time the interval holds the truth or
does not."""

import numpy as np
from scipy.stats import norm

AT_LEAST = 0.93
P99 = float(norm.ppf(0.99))


def cover(made, n, trials, seed=11):
    """The share of trials in which an interval holds the truth. made: (rng, n) → (Estimate or (_, low, high), truth).
    """
    rng, inside = np.random.default_rng([seed, n]), 0
    for _ in range(trials):
        told, truth = made(rng, n)
        if hasattr(told, "low"):
            assert told.low <= told.value <= told.high
            told = told.value, told.low, told.high
        inside += told[1] - 1e-9 <= truth <= told[2] + 1e-9
    return inside / trials


def rows_of(covers):
    """[(name, n), …] of a table {name: (made, sizes)}."""
    return [(name, n) for name, (_, sizes) in covers.items() for n in sizes]


def check_held(made, n, trials, seed=11):
    """It holds the truth as often as is promised, but for two standard errors of so many trials."""
    held = cover(made, n, trials, seed)
    assert held >= AT_LEAST - 2 * np.sqrt(AT_LEAST * (1 - AT_LEAST) / trials), f"{held:.3f} of {trials}"


def check_short(made, n, trials, seed=11):
    """It holds the truth less often than is promised, as a docstring warns."""
    assert cover(made, n, trials, seed) < AT_LEAST
