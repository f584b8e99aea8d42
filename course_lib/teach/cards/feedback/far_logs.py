"""Cases of lesson {{feedback}} at the ends of what the tasks allow: a clock's times, long logs, chances next to 1, deep lists."""

import numpy as np

from course_lib.teach.definitions.card import Case


def look_cases():
    """Positions beyond 1,000, more rows than a screen holds, and one click in 300."""
    rng = np.random.default_rng(41)
    deep = np.r_[np.ones(20, int), rng.integers(2, 1101, 200), 3, 259, 1003]
    return [Case("1,100 positions", (deep, np.r_[np.arange(20) % 2, (rng.random(200) < 0.5).astype(int), 1, 1, 0], 1100)),
            Case("one click in 300 on the second", (np.r_[np.ones(4, int), np.full(300, 2)], np.r_[1, 1, 1, 1, 1, np.zeros(299, int)], 2))]


def bayes_cases():
    """Chances next to 1 and of millionths, equal ones, and 150 positions."""
    look = np.repeat([0.9, 0.5, 0.25], 50)
    return [Case("chances next to 1", (np.array([1 - 1e-9, 1 - 1e-9]), np.array([1 - 2e-9, 1 - 5e-9]))),
            Case("chances of millionths", (np.array([3.44e-6, 2.27e-6]), np.array([1.0e-6, 1.73e-6]))),
            Case("150 positions, equal chances", (look, look * np.tile([0.1, 0.3], 75)))]


def window_cases():
    """A clock's times, whole and in quarters, a window of half a year, and a label at the first moment."""
    rng = np.random.default_rng(43)
    click = 1.6e9 + np.sort(rng.integers(0, 40, 150)) / 4
    event = np.where(rng.random(150) < 0.6, click + rng.integers(0, 20, 150) / 4, np.nan)
    whole, half_year = 1_600_000_000 + np.array([0, 100, 90_000, 400_000]), 2.0**24 + 1
    days = 86_400 * np.array([1.0, 2, 7, np.nan])
    return [Case("150 clicks, by the clock", (click, event, 1.6e9 + 9, 2.75)),
            Case("a week, in whole seconds", (whole, whole + days, 1_600_700_000, 604_800)),
            Case("a window of half a year", (np.array([0.0, 0, 0, 1]), np.array([half_year, half_year + 0.5, np.nan, np.nan]),
                                             half_year, half_year)),
            Case("at the very first moment", (np.zeros(3), np.array([0.0, 0.5, np.nan]), 0.0, 0.25)),
            Case("a window of half a second", (np.array([1.0, 2, 2]), np.array([1.5, 2.75, np.nan]), 2.5, 0.5))]


def delay_cases():
    """Ages of half a year and a moment, and more clicks and delays than a screen holds."""
    rng = np.random.default_rng(47)
    half_year = 2.0**24 + 1
    bought = np.zeros(150)
    bought[140] = 1
    return [Case("150 clicks and delays", ((rng.random(150) < 0.4).astype(float), rng.uniform(1, 90, 150).round(1),
                                           rng.exponential(20, 150).round(1) + 0.5)),
            Case("one purchase of 150", (bought, np.full(150, 9.0), np.arange(1.0, 9))),
            Case("delays of half a year", (np.array([1.0, 1, 0, 1]), np.array([half_year, half_year - 0.5, half_year + 3, half_year - 5]),
                                           np.array([half_year - 1.5, half_year - 1, half_year, half_year + 2, half_year - 9])))]
