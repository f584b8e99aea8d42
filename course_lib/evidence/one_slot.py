"""A service with a single slot whose truth is known: fresh logs of it, and the error of estimates of another policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.held_days import standard

SUBSETS, LOGS = 12, 10            # catalogues that are drawn from a large one, and logs of each


@dataclass(frozen=True)
class OneSlot:
    """chance: float (U, A), click chances. logger: float (A,), its chances of showing each item. target: float (U, A),
    the other policy's. rate: float (A,), what a reward model says of each item, for everybody alike."""

    chance: np.ndarray
    logger: np.ndarray
    target: np.ndarray
    rate: np.ndarray

    @property
    def value(self) -> float:
        """What the target policy earns in truth, clicks a request."""
        return float((self.target * self.chance).sum(1).mean())

    def drawn(self, n: int, rng) -> dict[str, np.ndarray]:
        """A fresh log of n decisions: reward, logged, target, predicted and predicted_target, float (n,) each."""
        user, item = rng.integers(0, len(self.chance), n), rng.choice(len(self.logger), n, p=self.logger)
        return {"reward": (rng.random(n) < self.chance[user, item]).astype(float), "logged": self.logger[item],
                "target": self.target[user, item], "predicted": self.rate[item],
                "predicted_target": (self.target @ self.rate)[user]}


def from_random_slots(trial: pd.DataFrame, scores, chance, eligible, *, power: float = 0.6,
                      sharpness: float = 0.8) -> OneSlot:
    """A logger that follows clicks, a personal target policy and a reward model, all learnt from random slots.

    trial: impressions of random slots. scores: float (U, N), a personal model's. chance: float (U, A) of the eligible
    items. The logger draws by (1 + clicks)^power, the target by exp(sharpness × score).
    """
    n_items = scores.shape[1]
    weight = np.exp(sharpness * standard(scores[:, eligible]))
    shows, clicks = (np.bincount(trial["item"], w, minlength=n_items) for w in (np.ones(len(trial)), trial["click"]))
    popular = (1 + clicks[eligible]) ** power
    rate = ((clicks + 1) / (shows + 1 / trial["click"].mean()))[eligible]
    return OneSlot(chance, popular / popular.sum(), weight / weight.sum(1, keepdims=True), rate)


def errors_by_size(slot: OneSlot, estimators: dict[str, Callable], sizes, *, logs: int = 200,
                   seed: int = 0) -> pd.DataFrame:
    """RMS error of each estimator on fresh logs of each size, Estimates; a row an estimator, a column a size.

    estimators: {name: function of reward, logged, target, predicted and predicted_target -> number}.
    """
    rng, table = np.random.default_rng(seed), {}
    for n in sizes:
        logged = [slot.drawn(n, rng) for _ in range(logs)]
        errors = {name: np.array([float(estimate(**log)) for log in logged]) - slot.value
                  for name, estimate in estimators.items()}
        table[n] = {name: bootstrap(off**2, lambda v: np.sqrt(v.mean()), seed=seed, n_boot=200)
                    for name, off in errors.items()}
    return pd.DataFrame(table)


def error_ratio(slot: OneSlot, click_rate: float, *, logs: int = 400, n: int = 3000, seed: int = 0) -> Estimate:
    """RMS error of SNIPS over that of IPS where the logger's click rate is `click_rate`.

    All chances are moved alike on the scale of log-odds; the policies and their weights stay.
    """
    rng, odds, users = np.random.default_rng(seed), logit(slot.chance), len(slot.chance)
    shift = brentq(lambda s: (slot.logger * expit(odds + s)).sum(1).mean() - click_rate, -20, 20)
    moved = expit(odds + shift)
    user, item = rng.integers(0, users, (logs, n)), rng.choice(len(slot.logger), (logs, n), p=slot.logger)
    weight, reward = slot.target[user, item] / slot.logger[item], rng.random((logs, n)) < moved[user, item]
    earned, true = (weight * reward).sum(1), (slot.target * moved).sum(1).mean()
    pair = np.c_[earned / n - true, earned / weight.sum(1) - true]
    return bootstrap(pair**2, lambda rows: np.sqrt(rows[:, 1].mean() / rows[:, 0].mean()), seed=seed)


@dataclass(frozen=True)
class Wide:
    """A large catalogue to draw smaller ones from. clicked: float (U, A), click chances. liked: float (U, A), a noisy
    guess of them, by which the target picks. kind: int (A,), the department of each item."""

    clicked: np.ndarray
    liked: np.ndarray
    kind: np.ndarray

    def setting(self, n_actions: int, subset: int, distance: float, seed: int) -> tuple:
        """A smaller catalogue: click chances (U, A), departments (A,), the logger's chances (A,), the target's (U, A).

        distance: 0 where the target is the logger, 1 where it plays each person's five best guesses alone.
        """
        some = np.random.default_rng([seed, subset]).choice(len(self.kind), n_actions, replace=False)
        c, guess = self.clicked[:, some], self.liked[:, some]
        p = c.mean(0) ** 0.6 / (c.mean(0) ** 0.6).sum()
        five = (guess >= np.partition(guess, -5, axis=1)[:, [-5]]) / 5
        return c, self.kind[some], p, (1 - distance) * p + distance * five

    def errors(self, n_actions: int, *, distance: float = 1.0, own: float = 1.0, seed: int = 0) -> np.ndarray:
        """Relative errors of IPS and of MIPS over SUBSETS catalogues of n_actions, float (SUBSETS × LOGS, 2).

        own: the share of a click chance that is the item's own; the rest is the person's mean over the department.
        """
        out = []
        for subset in range(SUBSETS):
            c, category, p, q = self.setting(n_actions, subset, distance, seed)
            out.append(_relative_errors(_shared_by_kind(c, category, own), category, p, q, [seed, subset, 1]))
        return np.concatenate(out)

    def by_size(self, sizes, *, distance: float = 1.0, own: float = 1.0, seed: int = 0) -> dict[int, np.ndarray]:
        """{actions: errors}: as `errors`, for several sizes of the catalogue."""
        return {n: self.errors(n, distance=distance, own=own, seed=seed) for n in sizes}


def _shared_by_kind(c, category, own):
    if own == 1:
        return c
    in_kind = (category[:, None] == np.arange(category.max() + 1)).astype(float)
    mean = (c @ in_kind) / np.maximum(in_kind.sum(0), 1)
    return own * c + (1 - own) * mean[:, category]


def _relative_errors(c, category, p, q, stream, n=5000):
    rng = np.random.default_rng(stream)
    in_kind = (category[:, None] == np.arange(category.max() + 1)).astype(float)
    by_kind = (q @ in_kind) / np.maximum(p @ in_kind, 1e-12)              # chances of each kind, target over logger
    true, out = (q * c).sum(1).mean(), []
    for _ in range(LOGS):
        u, a = rng.integers(0, len(c), n), rng.choice(len(p), n, p=p)
        reward = rng.random(n) < c[u, a]
        out.append([(q[u, a] / p[a] * reward).mean(), (by_kind[u, category[a]] * reward).mean()])
    return np.array(out) / true - 1


def rms(errors, seed: int = 0) -> Estimate:
    """Root mean square of relative errors, float (SUBSETS × LOGS,); the interval resamples whole catalogues, of which
    there are so few that it covers the truth less often than 95 times in 100."""
    return bootstrap(errors, lambda e: np.sqrt((e**2).mean()), groups=np.repeat(np.arange(SUBSETS), LOGS), n_boot=200,
                     seed=seed)


def growth(few, many, seed: int = 0) -> Estimate:
    """RMS error with many actions over that with few; the interval resamples catalogues. Arguments as for rms."""
    return bootstrap(np.c_[few, many] ** 2, lambda e: np.sqrt(e[:, 1].mean() / e[:, 0].mean()),
                     groups=np.repeat(np.arange(SUBSETS), LOGS), n_boot=200, seed=seed)
