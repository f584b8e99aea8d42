"""Two made-up systems that people come back to: what it is worth to pause an item after somebody has looked at it."""

from __future__ import annotations

from functools import cache

import numpy as np

SLOTS, PEOPLE, DAYS = 10, 150, 40
NEVER = 1e6


def _lived(seed, pause, *, candidates, renewed, need_ends, second_look, memory_days):
    """Worth of DAYS daily visits: expected takes. second_look: what a look just after another is worth more or less."""
    rng = np.random.default_rng(seed)
    value = rng.beta(1, 6, (PEOPLE, candidates))
    age, earned = np.full(value.shape, NEVER), 0.0
    look = np.arange(1, SLOTS + 1) ** -0.7
    rows = np.arange(PEOPLE)[:, None]
    for _ in range(DAYS):
        new = (rng.random(value.shape) < renewed) | (rng.random((PEOPLE, 1)) < need_ends)
        drawn, seen, taken = rng.beta(1, 6, value.shape), rng.random((PEOPLE, SLOTS)), rng.random((PEOPLE, SLOTS))
        value, age = np.where(new, drawn, value), np.where(new, NEVER, age)
        shown = np.argsort(-np.where(age >= pause, value, -1), axis=1)[:, :SLOTS]
        may = age[rows, shown] >= pause
        chance = value[rows, shown] * (1 + second_look * np.exp(-age[rows, shown] / memory_days)) * may
        earned += (chance * look).sum()
        looked = may & (seen < look)
        took = looked & (taken < chance)
        age = age + 1
        age[rows, shown] = np.where(looked, 1, age[rows, shown])
        value[rows, shown] = np.where(took, 0, value[rows, shown])
    return earned


@cache
def feed_days(seed: int, pause: float) -> float:
    """A feed: sixty candidates, one in twenty new each day; who passed over an item yesterday passes over it today."""
    return _lived(seed, pause, candidates=60, renewed=0.05, need_ends=0.0, second_look=-0.95, memory_days=5.0)


@cache
def shop_days(seed: int, pause: float) -> float:
    """A shop: thirty articles fit a need that ends after about three weeks; a second look is when people buy."""
    return _lived(seed, pause, candidates=30, renewed=0.0, need_ends=0.05, second_look=0.8, memory_days=10.0)
