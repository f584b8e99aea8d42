"""Cases of lesson {{metric_stack}} at the ends of what the tasks allow: rare decisions, small rewards, long slates, many users."""

import numpy as np

from course_lib.teach.definitions.card import Case


def ndcg_cases():
    """130 users."""
    rng = np.random.default_rng(151)
    return [Case("130 users", (np.array([rng.permutation(9)[:5] for _ in range(130)]), [rng.permutation(9)[:3] for _ in range(130)], 4))]


def _log(rng, n):
    return rng.random(n), rng.uniform(0.1, 0.9, n), rng.uniform(0.1, 0.9, n)


def weighted_cases():
    """Decisions of billionths, rewards of millionths, 150 decisions."""
    rng = np.random.default_rng(157)
    reward, logged, target = _log(rng, 9)
    return [Case("150 decisions", _log(rng, 150)), Case("rare decisions", (reward, logged * 2.0**-40, target * 2.0**-40)),
            Case("rewards of millionths", (5e-6 * reward, logged, target))]


def robust_cases():
    """The same, with a model's predictions."""
    rng = np.random.default_rng(163)
    (reward, logged, target), (predicted, expected, _) = _log(rng, 9), _log(rng, 9)
    return [Case("150 decisions", (*_log(rng, 150), rng.random(150), rng.random(150))),
            Case("rare decisions", (reward, logged * 2.0**-40, target * 2.0**-40, predicted, expected)),
            Case("rewards of millionths", (5e-6 * reward, logged, target, 5e-6 * predicted, 5e-6 * expected)),
            Case("certain decisions, rewards of millionths", (np.array([3.44e-6]), np.ones(1), np.ones(1), np.array([1.27e-6]),
                                                              np.array([2.71e-6])))]


def draft_cases():
    """Slates of 206 slots, lists that are used up, coins a hair below a half, 130 slates."""
    rng = np.random.default_rng(167)
    long = [np.array([rng.permutation(210)]) for _ in range(2)]
    same = np.array([rng.permutation(6) for _ in range(2)])
    many = [np.array([rng.permutation(6) for _ in range(130)]) for _ in range(2)]
    hair = np.array([[0.5 - 1e-9, 0.5], [0.5, 0.5 - 1e-9]])
    return [Case("206 slots", (*long, 206, rng.random((1, 120)))),
            Case("equal lists, used up", (same, same, 6, np.array([[0.1, 0.2, 0.3], [0.9, 0.8, 0.7]]))),
            Case("coins a hair below a half", (same, same[:, ::-1], 4, hair)), Case("130 slates", (*many, 4, rng.random((130, 3))))]
