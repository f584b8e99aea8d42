"""Replay of a policy that learns: it keeps matches alone, learns from those alone, and agrees with a live run."""

import numpy as np
import pytest

from course_lib.evidence import replayed


class Fixed:
    """Always shows arm 2, and remembers what it was taught."""

    def __init__(self):
        self.taught = []

    def choose(self):
        return 2

    def learn(self, arm, reward):
        self.taught.append((arm, reward))


def test_what_does_not_match_is_neither_kept_nor_learnt_from():
    policy = Fixed()
    kept = replayed.replay_a_learner(policy, [0, 2, 1, 2, 2], [1, 1, 1, 0, 1])
    assert kept.tolist() == [1, 0, 1] and policy.taught == [(2, 1), (2, 0), (2, 1)]
    assert len(replayed.replay_a_learner(Fixed(), [], [])) == 0


def test_a_bandit_finds_the_better_arm():
    served = replayed.live(replayed.Thompson(2, seed=0), np.array([0.1, 0.8]), 500, np.random.default_rng(0))
    assert served[300:].mean() > 0.7


def test_replay_agrees_with_a_live_run_of_as_many_steps_and_not_with_a_longer_one():
    runs = replayed.replay_and_live(np.linspace(0.02, 0.4, 10), rows=4000, runs=12)
    replay, live, longer = (runs[name] for name in ("replayed", "live, as many steps", "live, a step a row"))
    error = np.sqrt((replay.var(ddof=1) + live.var(ddof=1)) / 12)
    assert replay.mean() == pytest.approx(live.mean(), abs=3.5 * error) and longer.mean() > replay.mean() + 0.05
