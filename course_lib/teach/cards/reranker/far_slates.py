"""Cases of lesson {{reranker}} at the ends of what the tasks allow: values a hair apart, more slots than there is to show, ids far apart."""

import numpy as np

from course_lib.teach.definitions.card import Case


def mmr_cases():
    """Relevances and similarities of millionths, next to 1, next to no weight, 120 candidates, slots without end."""
    rng = np.random.default_rng(113)
    x = rng.random((8, 3))
    alike, relevance, hair = x @ x.T, rng.random(8), rng.permutation(8)
    pair = np.array([[1.0, 2.335, 0], [2.335, 1, 0], [0, 0, 1]])
    few, many = np.zeros((3, 3)), rng.random((120, 4))
    return [Case("small values", (relevance * 2.0**-10, alike * 2.0**-10, 5), {"trade_off": 0.6}),
            Case("relevances of millionths, around 0", (3e-7 * (hair - 4), np.zeros((8, 8)), 6), {"trade_off": 0.5}),
            Case("relevances next to 1", (1 + 3e-7 * hair, np.zeros((8, 8)), 5), {"trade_off": 1.0}),
            Case("likenesses next to 1", (np.zeros(8), 1 + 3e-7 * (hair[:, None] + hair), 5), {"trade_off": 0.5}),
            Case("relevance weighs next to nothing", (np.array([1.0, 2, 3]), few, 2), {"trade_off": 3e-9}),
            Case("a likeness that just outweighs", (np.array([2.0, 1, 0]), pair, 2), {"trade_off": 0.7001}),
            Case("120 candidates", (rng.random(120), many @ many.T, 9), {"trade_off": 0.4}),
            Case("1,005 slots", (relevance, alike, 1_005))]


def proportion_cases():
    """Shares a hair apart, a taste that is hardly there, 120 genres and candidates, slots without end."""
    rng = np.random.default_rng(127)
    hair, even = np.roll(np.arange(8), 3), np.tile([0.5, 0.5], (8, 1))
    first = 0.5 + 3e-7 * hair
    tiny, taste = 3e-7 * hair, np.array([0.6, 0.4])
    third = np.array([[0.5, 0.0, 0.5], [0.5, 0.5, 0.0]])
    wide = rng.dirichlet(np.ones(120), 6), rng.dirichlet(np.ones(120))
    return [Case("relevances of millionths, around 0", (3e-7 * (hair - 4), even, taste, 6), {"trade_off": 0.5}),
            Case("relevances next to 1", (1 + 3e-7 * hair, even, taste, 5), {"trade_off": 0.5}),
            Case("mixes a hair apart", (np.zeros(8), np.stack([first, 1 - first], axis=1), np.array([0.9, 0.1]), 1), {"trade_off": 1.0}),
            Case("mixes of millionths", (np.zeros(8), np.stack([tiny, 1 - tiny], axis=1), taste, 1), {"trade_off": 1.0}),
            Case("a taste that is hardly there", (np.zeros(2), third, np.array([1 - 3e-9, 3e-9, 0.0]), 1), {"trade_off": 1.0}),
            Case("the taste weighs next to nothing", (np.ones(2), np.array([[0.1, 0.9], [0.9, 0.1]]), np.array([0.9, 0.1]), 1),
                 {"trade_off": 3e-9}),
            Case("next to nothing keeps it off zero", (np.array([9.2, 0.0]), np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0.5, 0.5]), 1),
                 {"alpha": 3e-9}),
            Case("120 genres", (rng.random(6), *wide, 4), {"trade_off": 0.9}),
            Case("120 candidates", (np.arange(120) / 120, rng.dirichlet(np.ones(3), 120), rng.dirichlet(np.ones(3)), 5)),
            Case("1,005 slots", (rng.random(8), even, taste, 1_005))]


def volume_cases():
    """Relevances a hair apart, a weight of billionths, likenesses a hair apart, 120 candidates, slots without end."""
    rng = np.random.default_rng(131)
    hair = rng.permutation(8)
    near = np.array([[1.0, 0.500001, 0.5], [0.500001, 1, 0], [0.5, 0, 1]])
    return [Case("relevances next to 1", (1 + 3e-7 * hair, np.eye(8), 5), {"weight": 1.0}),
            Case("large relevances, a weight of billionths", (1e8 * hair, np.eye(8), 5), {"weight": 3e-9}),
            Case("likenesses a hair apart", (np.array([3.0, 1, 1]), near, 2), {"weight": 1.0}),
            Case("120 candidates", (rng.random(120), np.eye(120), 7), {"weight": 1.0}),
            Case("1,005 slots", (rng.random(8), np.eye(8), 1_005))]


def cap_cases():
    """Items that differ by 256 and by 1,000, limits and slots without end."""
    creator = np.zeros(1_300, int)
    creator[[4, 1_004]] = 1, 2
    order = np.array([260, 4, 1_260, 1_004, 7, 1_299, 9, 300])
    return [Case("1,300 items", (order, creator, 2, 6)), Case("at most 1,005 of one creator", (order, creator, 1_005, 8)),
            Case("1,005 slots", (order, creator, 3, 1_005))]


def lot_cases():
    """Gains a hair apart, around 0 and next to 1, a chance of millionths, 150 candidates."""
    rng = np.random.default_rng(137)
    hair = np.roll(np.arange(9), 4)
    return [Case("gains of billionths, around 0", (1e-9 * (hair - 8), np.ones(9, bool), 0.2)),
            Case("gains next to 1", (1 + 1e-9 * hair, np.ones(9, bool), 0.2)),
            Case("next to no exploration", (np.array([1.0, 2.0]), np.ones(2, bool), 4.4e-7)),
            Case("150 candidates", (rng.normal(size=150), rng.random(150) < 0.7, 0.3))]


def fresh_cases():
    """Moments old, a boost of millionths and none, the last showings, 150 items."""
    rng = np.random.default_rng(139)
    return [Case("next to no showings", (np.zeros(3), np.array([2e-9, 3.4e-9, 0.0])), {"enough": 5.1e-9}),
            Case("a boost of millionths", (np.array([0.0, 1.0]), np.zeros(2)), {"size": 3.44e-6}),
            Case("no boost", (np.array([0.0, 1.0]), np.zeros(2)), {"size": 0.0}),
            Case("the last showings", (np.zeros(2), np.array([99.9999, 99.9992]))),
            Case("one of 2,050 showings to come", (np.zeros(1), np.array([2049.0])), {"enough": 2050.0}),
            Case("150 items", (rng.uniform(0, 9, 150), rng.uniform(0, 120, 150)))]


def worth_cases():
    """Sales and returns of billionths, money of millionths, stock in the thousands, 150 items."""
    rng = np.random.default_rng(149)
    one = np.ones(3)
    return [Case("sales of billionths, worth billions", (np.array([3.4e-9, 8e-9, 2.7e-6]), 1e9 * one, 0.5 * one, 3.0, 9 * one, one)),
            Case("returns of billionths, that cost billions", (one, 9 * one, np.array([3.4e-9, 8e-9, 2.7e-6]), 1e9, 9 * one, one)),
            Case("money of millionths", (one, np.array([3.44e-6, 2.27e-6, 1.73e-5]), 0.5 * one, 1.77e-6, 9 * one, one)),
            Case("2,049 pieces for twice as many", (one, 9 * one, 0 * one, 2.1, np.array([2049.0, 4097, 1]), np.array([4098.0, 8194, 2]))),
            Case("a return costs 4.37", (one, 9 * one, one, 4.37, 9 * one, one)),
            Case("nobody, or fifty, for three pieces", (one[:2], 9 * one[:2], 0 * one[:2], 2.0, 3 * one[:2], np.array([0.0, 50]))),
            Case("150 items", (rng.random(150), rng.uniform(1, 20, 150), rng.random(150), 3.0, rng.integers(0, 9, 150).astype(float),
                               rng.uniform(0, 12, 150)))]


def contract_cases():
    """Ids far apart, limits and pages beyond what a byte holds, and a first hundred that may not be shown."""
    n = 1_400
    status, left, creator = np.ones(n, int), np.full(n, 3), np.arange(n) // 2
    far = np.array([1_390, 364, 1_391, 108, 1_364, 3])
    late = np.r_[np.zeros(120, int), np.ones(10, int)]
    one = np.arange(3), np.ones(3, int), np.full(3, 2), np.array([4, 4, 5])
    return [Case("1,400 items, ids far apart", (far, status, left, creator, 1, 5)),
            Case("130 candidates, of which the first 120 are not cleared", (np.arange(130), late, np.full(130, 2), np.arange(130) % 4, 1, 5)),
            Case("a limit of 1,001", (*one, 1_001, 3)),
            Case("1,005 slots", (*one, 1, 1_005))]
