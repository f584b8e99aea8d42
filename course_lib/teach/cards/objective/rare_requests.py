"""Requests, visits and intervals that are rare and allowed: no return at all, large ids, one row, a border just missed.

A tuple `..._BY_HAND` says what is to come out; the others join the random cases of their exercise.
"""

import numpy as np

from course_lib.teach.definitions.card import Case

SUMS_BY_HAND = (
    Case("equal events on one request, and an event on the last",
         (np.array([3, 1, 3, 3, 1, 0]), np.array([2.5, 1.0, 2.5, 2.5, -1.0, 4.0]), 4),
         expected=np.array([4.0, 0.0, 0.0, 7.5])),
    Case("one request with a dozen events", (np.array([1] * 12 + [0]), np.arange(13.0), 2), expected=np.array([12.0, 66.0])),
)

MONEY_BY_HAND = (
    Case("only returns, one of something free",
         (np.array([-12.0, 0.0, -0.5]), np.array([True, True, True]), np.array([0.25, 0.4, 1.0]), 1.5),
         expected=np.array([-4.5, -1.5, -2.0])),
    Case("handling for nothing", (np.array([20.0, -20.0]), np.array([False, True]), np.array([0.25, 0.25]), 0.0),
         expected=np.array([5.0, -5.0])),
    Case("no return", (np.array([20.0, 3.0]), np.array([False, False]), np.array([0.25, 1.0]), 3.0),
         expected=np.array([5.0, 3.0])),
)

VISITS_BY_HAND = (
    Case("large ids, and days far from 0",
         (np.array([70_001, 4, 260, 4, 70_001, 260, 4, 516]), np.array([400, 365, 380, 366, 378, 402, 730, 401]), 800, 30),
         expected=np.array([0.0, 1, 1, 0, 1, 0, 0, 0])),
    Case("a log that goes on after the last visit", (np.array([5, 5, 2, 5, 2, 3]), np.array([3, 9, 4, 10, 12, 6]), 40, 7),
         expected=np.array([1.0, 1, 0, 0, 0, 0])),
    Case("back on the last day of the log alone", (np.array([4, 6, 4, 6]), np.array([13, 12, 20, 20]), 20, 7),
         expected=np.array([1.0, 0, np.nan, np.nan])),
    Case("one visit", (np.array([3]), np.array([2]), 30, 7), expected=np.array([0.0])),
    Case("users 1 and 2, on days 99 and 100 more", (np.array([1, 2, 1, 2]), np.array([99, 1, 150, 180]), 300, 5),
         expected=np.zeros(4)),
)

ORDERS_BY_HAND = (
    Case("the reverse order", (np.array([1.0, 5.0, 3.0, 4.0]), np.array([-1.0, -50.0, -3.0, -4.0])), expected=-1.0),
    Case("the last two swapped, whole numbers apart", (np.array([1.0, 2.0, 3.0]), np.array([2.0, 7.0, 5.0])), expected=0.5),
)
ORDERS = (
    Case("fifteen policies whose values lie close together",
         (100 + np.sin(np.arange(15.0)) / 10, 1 + np.cos(2 * np.arange(15.0) + 0.3) / 100)),
)

BUDGETS_BY_HAND = (
    Case("a fraction of a microsecond an item, no fixed part", (0.75, 0.0, 0.07), expected=10_714),
    Case("the fixed part is the budget", (5.0, 5.0, 3.0), expected=0),
)

HARMS_BY_HAND = (
    Case("an interval of one value", (-0.25, -0.25, 0.5), expected="pass"),
    Case("an interval that begins at 0", (0.0, 0.5, 0.25), expected="pass"),
    Case("an interval that ends at 0", (-0.125, 0.0, 0.25), expected="pass"),
    Case("surely below a margin of a hundred", (-400.0, -120.0, 100.0), expected="fail"),
    Case("far wider than the margin", (-30.0, 20.0, 1.0), expected="undecided"),
    Case("a margin of a thousandth", (-0.004, 0.002, 0.001), expected="undecided"),
    Case("a hair within a margin of a thousandth", (-0.00098, 0.002, 0.001), expected="pass"),
    Case("a hair below the margin", (-0.52, 0.1, 0.5), expected="undecided"),
    Case("a hair above the margin", (-0.48, 0.1, 0.5), expected="pass"),
)
