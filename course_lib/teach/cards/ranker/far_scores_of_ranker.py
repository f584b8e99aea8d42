"""Cases of lesson {{ranker}} at the ends of what the tasks allow: chances next to 0 and 1, deep positions, groups far apart."""

import numpy as np

from course_lib.teach.definitions.card import Case


def weight_cases():
    """1,100 positions, 150 rows, and chances of billionths."""
    rng = np.random.default_rng(97)
    position = np.r_[3, 259, 1003, rng.integers(1, 1101, 147)]
    look = np.linspace(0.9, 0.1, 1100)
    tiny = np.array([1.0, 3.4e-9, 8e-9, 2.71e-6])
    return [Case("1,100 positions", (position, np.r_[1, 1, 1, rng.integers(0, 2, 147)], look), {"clip": 50.0}),
            Case("hardly anybody looks", (np.array([1, 2, 3, 4]), np.ones(4, int), tiny), {"clip": 1e9}),
            Case("at most 2,049", (np.array([1, 2, 3]), np.ones(3, int), tiny[:3]), {"clip": 2049.0})]


def auc_cases():
    """Scores a hair apart, groups that differ by 1,000 and by 65,536, and one pair of 300 in order."""
    rng = np.random.default_rng(101)
    hair = rng.permutation(20)
    group = rng.choice([0, 1, 1_001, 65_537, 66_537], 150)
    return [Case("150 rows, groups far apart", (rng.normal(size=150).round(1), rng.integers(0, 2, 150), group)),
            Case("scores of billionths, around 0", (1e-9 * (hair - 9), hair % 2, np.arange(20) // 10)),
            Case("scores next to 1", (1 + 1e-9 * hair, (hair > 8).astype(int), np.arange(20) // 10)),
            Case("one pair of 300 in order", (np.arange(301.0), (np.arange(301) == 1).astype(int), np.zeros(301, int)))]


def ece_cases():
    """Predictions a hair beside the end of a bin, hundreds of bins, bins that are right and bins that are hardly wrong."""
    rng = np.random.default_rng(103)
    edge = np.array([0.25 - 1e-9, 0.25, 0.5 - 1e-9, 0.5, 0.75 - 1e-9, 0.75])
    p, y = rng.random(250) * 0.999, rng.integers(0, 2, 250)
    half = (np.arange(300) < 151).astype(int)
    return [Case("a hair beside the ends of bins", (edge, np.array([1, 0, 0, 0, 1, 1])), {"bins": 4}),
            Case("200 bins", (p, y), {"bins": 200}), Case("1,100 bins", (p, y), {"bins": 1100}),
            Case("right in every bin", (np.full(4, 0.5), np.array([0, 1, 1, 0]))), Case("151 of 300", (np.full(300, 0.5), half))]


def undone_cases():
    """Chances next to 1, a keep rate of billionths, 150 rows."""
    rng = np.random.default_rng(107)
    return [Case("150 rows", (rng.random(150), 0.3)), Case("hardly any row was kept", (np.array([0.9999, 0.5, 0.99]), 3.4e-9)),
            Case("chances next to 1, hardly any row kept", (np.array([1 - 3.4e-9, 1 - 7e-9]), 2.3e-9))]


def value_cases():
    """Chances of billionths, a weight next to 0, 150 rows."""
    rng = np.random.default_rng(109)
    return [Case("150 rows", (rng.random(150), rng.random(150), 0.5)),
            Case("hardly anyone is satisfied", (np.array([0.5, 0.9, 0.8]), np.array([3.4e-9, 8e-9, 6.3e-7]), 0.125)),
            Case("hardly anyone clicks", (np.array([3.44e-6, 2.71e-5]), np.array([0.9, 0.8]), 1.0)),
            Case("a weight next to 0", (np.array([0.5]), np.array([1e-300]), 4e-7))]
