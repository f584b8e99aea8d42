"""A made-up log of slates that are read from the top, and what another policy would earn, estimated slot by slot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.slates import plackett_luce_propensity

APPEAL = np.array([0.05, 0.55, 0.05, 0.4, 0.05, 0.05])
LOGGER = np.array([2.0, 2.6, 1.3, 1.6, 2.6, 0.7])
TARGET = np.array([1.0, 0.4, 0.7, 4.0, 0.9, 0.5])


@dataclass(frozen=True)
class SlateLog:
    """click: float (B, K). logged, target: float (B, K), the chance of each item given the slots above it, under the
    policy that wrote the log and under the other one."""

    click: np.ndarray
    logged: np.ndarray
    target: np.ndarray


def drawn_slates(weight, n: int, slots: int, rng) -> np.ndarray:
    """Slates filled from the top by weight, int (n, slots)."""
    race = rng.exponential(size=(n, len(weight))) / weight
    return np.argsort(race, axis=1)[:, :slots]


def clicks_from_the_top(item, rng, *, appeal=APPEAL, leave: float = 0.8) -> np.ndarray:
    """Clicks of people who read from the top and, after a click, leave with chance `leave`; float (n, slots)."""
    click, reading = np.zeros(item.shape), np.ones(len(item), bool)
    for slot in range(item.shape[1]):
        click[:, slot] = reading & (rng.random(len(item)) < appeal[item[:, slot]])
        reading &= ~((click[:, slot] > 0) & (rng.random(len(item)) < leave))
    return click


def made_up_log(n: int = 20_000, slots: int = 3, seed: int = 0) -> SlateLog:
    """A log of n slates under LOGGER's weights, with the chances of TARGET beside."""
    rng = np.random.default_rng(seed)
    item = drawn_slates(LOGGER, n, slots, rng)
    return SlateLog(clicks_from_the_top(item, rng), plackett_luce_propensity(LOGGER, item),
                    plackett_luce_propensity(TARGET, item))


def true_lift(n: int = 400_000, slots: int = 3, seed: int = 0) -> float:
    """What TARGET earns over what LOGGER earns, less 1, from n slates of each."""
    rng = np.random.default_rng(seed)
    earned = [clicks_from_the_top(drawn_slates(weight, n, slots, rng), rng).sum(1).mean()
              for weight in (TARGET, LOGGER)]
    return float(earned[0] / earned[1] - 1)


def estimated_lift(log: SlateLog, weights, seed: int = 0) -> Estimate:
    """Σ weight × click of a slate, over the log's own clicks, less 1; the interval resamples slates.

    weights(logged, target) -> float (B, K): how much each slot's click counts.
    """
    weighted = (np.asarray(weights(log.logged.copy(), log.target.copy()), float) * log.click).sum(1)
    pair = np.c_[weighted, log.click.sum(1)]
    return bootstrap(pair, lambda rows: rows[:, 0].mean() / rows[:, 1].mean() - 1, seed=seed, n_boot=200)
