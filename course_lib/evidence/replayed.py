"""A policy that learns, tried on a uniform log: replay keeps the decisions on which it agrees with the log."""

from __future__ import annotations

import numpy as np


class Thompson:
    """Draws each arm's click rate from what is known of it (a Beta posterior) and takes the highest."""

    def __init__(self, n_arms: int, seed: int = 0):
        self.rng, self.clicks, self.misses = np.random.default_rng(seed), np.ones(n_arms), np.ones(n_arms)

    def choose(self) -> int:
        """The arm to show now."""
        return int(self.rng.beta(self.clicks, self.misses).argmax())

    def learn(self, arm: int, reward: float) -> None:
        """Count one reward, 0 or 1, of an arm."""
        self.clicks[arm] += reward
        self.misses[arm] += 1 - reward


def replay_a_learner(policy, arm, reward) -> np.ndarray:
    """Rewards of the decisions that were kept, in order, float (kept,).

    arm: int (n,), what a uniform log showed, in order of time. reward: (n,), 0 or 1. policy: has choose() and
    learn(arm, reward). A decision is kept where the policy would have shown what the log did; only then does it learn,
    since of anything else it would not have seen the reward.

    Source: Li, Chu, Langford, Wang 2011, algorithm 2, doi:10.1145/1935826.1935878.
    """
    kept = []
    for shown, got in zip(np.asarray(arm), np.asarray(reward, float), strict=True):
        if policy.choose() == shown:
            policy.learn(int(shown), got)
            kept.append(got)
    return np.array(kept)


def live(policy, rate, steps: int, rng) -> np.ndarray:
    """Rewards of a policy that is served, float (steps,). rate: float (arms,), true click rates."""
    out = np.empty(steps)
    for step in range(steps):
        arm = policy.choose()
        out[step] = rng.random() < rate[arm]
        policy.learn(arm, out[step])
    return out


def replay_and_live(rate, rows: int, runs: int = 8, seed: int = 0) -> dict[str, np.ndarray]:
    """Clicks a step of a Thompson policy over its first rows / arms steps, replayed and live, and live for all rows.

    rate: float (A,), true click rates; the log is uniform. Returns {"replayed", "live, as many steps", "live, a step a
    row": float (runs,)}.
    """
    rng, out = np.random.default_rng(seed), []
    for run in range(runs):
        arm = rng.integers(0, len(rate), rows)
        kept = replay_a_learner(Thompson(len(rate), seed + run), arm, rng.random(rows) < rate[arm])
        served = live(Thompson(len(rate), seed + run + runs), rate, rows, rng)
        out.append([kept.mean(), served[:len(kept)].mean(), served.mean()])
    return dict(zip(("replayed", "live, as many steps", "live, a step a row"), np.array(out).T, strict=True))
