"""A month of traffic spent on evidence: how many candidates are kept, interleaved and tested, and what ships."""

from __future__ import annotations

import numpy as np

CANDIDATES = 30
OFFLINE = 0.5           # correlation of the offline metric with the true lift
SPREAD, MEAN = 1.0, -0.5        # true lifts of candidates, percent: most are no better than what runs
TEST_ERROR = 0.35       # standard error, percent, of an A/B test with the whole month's traffic
SAVING = 25.0           # an interleaved comparison needs so many times fewer users
OTHERWISE = 0.4         # how far the slate on the table differs from the slate alone, percent


def month(keep: int, share: float, tests: int, seed: int, months: int = 2000) -> np.ndarray:
    """True lift that each of many months ships, in percent, 0 where nothing shipped; float (months,).

    keep: candidates that go on from offline, the best by its metric. share: of the traffic, 0 to 1, given to comparing
    those with what runs by interleaving; at 0 the offline order goes on. tests: the best that are tested, sharing the
    rest. What is best of them ships if its interval excludes 0.
    """
    rng = np.random.default_rng(seed)
    lift = rng.normal(MEAN, SPREAD, (months, CANDIDATES))
    noise = rng.normal(size=(3, months, CANDIDATES))
    offline = OFFLINE * (lift - MEAN) / SPREAD + np.sqrt(1 - OFFLINE**2) * noise[0]
    kept = np.argsort(-offline, axis=1)[:, :keep]
    if share > 0:
        error = np.hypot(TEST_ERROR * np.sqrt(keep / (SAVING * share)), OTHERWISE)
        drafted = np.take_along_axis(lift + error * noise[1], kept, 1)
        kept = np.take_along_axis(kept, np.argsort(-drafted, axis=1), 1)
    kept = kept[:, :tests]
    if share >= 1:
        return np.zeros(months)
    error = TEST_ERROR * np.sqrt(kept.shape[1] / (1 - share))
    tested = np.take_along_axis(lift + error * noise[2], kept, 1)
    best = tested.argmax(axis=1)[:, None]
    ships = np.take_along_axis(tested, best, 1)[:, 0] > 1.96 * error
    return np.where(ships, np.take_along_axis(np.take_along_axis(lift, kept, 1), best, 1)[:, 0], 0.0)
