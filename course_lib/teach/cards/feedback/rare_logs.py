"""Logs that are rare and allowed: nothing clicked, everything clicked, one row, a position or a share near an end.

A tuple `..._BY_HAND` says what is to come out; the others join the random cases of their exercise.
"""

import numpy as np

from course_lib.teach.definitions.card import Case

LOOKS_BY_HAND = (
    Case("position 2 never shown, 3 never clicked, and 5 clicked again",
         (np.array([4, 1, 3, 5, 1, 3, 5, 4, 1, 5]), np.array([1, 0, 0, 1, 1, 0, 1, 0, 0, 0]), 6),
         expected=np.array([1.0, np.nan, 0.0, 1.5, 2.0, np.nan])),
)
LOOKS = (
    Case("25 positions, shown once or twice",
         (np.r_[np.arange(25, 0, -1), 1, 25], np.r_[(np.arange(25) % 3 == 0).astype(int), 1, 1], 25)),
)

SILENCES_BY_HAND = (
    Case("all who look click; nearly everybody clicks", (np.array([0.3, 0.99]), np.array([0.3, 0.98])),
         expected=np.array([0.0, 0.5])),
)
SILENCES = (Case("one position", (np.array([0.00008]), np.array([0.00003]))),)

SLATES_BY_HAND = (
    Case("clicks on all, on the first alone, on none, on the last",
         (np.array([[1, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]),),
         expected=np.array([[True] * 4, [True, False, False, False], [False] * 4, [True] * 4])),
    Case("one slate of twelve", (np.array([[0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0]]),),
         expected=np.array([[True] * 11 + [False]])),
    Case("slates of one", (np.array([[1], [0]]),), expected=np.array([[True], [False]])),
    Case("nothing clicked at all", (np.zeros((2, 3), int),), expected=np.zeros((2, 3), bool)),
)

RATES_BY_HAND = (
    Case("no click", (np.zeros(3), np.array([1.0, 0.5, 0.1])), expected=0.0),
    Case("one showing where hardly anybody looks", (np.array([1.0]), np.array([0.004])), expected=250.0),
)

WINDOWS_BY_HAND = (
    Case("bought at once, and bought a moment too late",
         (np.array([0.0, 7.0, 7.0, 12.5, 1.0]), np.array([0.0, 7.0, 9.75, 12.5, 3.0]), 12.5, 2.5),
         expected=np.array([1.0, 1.0, 0.0, 1.0, 1.0])),
    Case("nobody has bought", (np.array([1.0, 8.0]), np.array([np.nan, np.nan]), 9.0, 3.0),
         expected=np.array([0.0, np.nan])),
    Case("a fraction of a second within the window and beyond",
         (np.array([1.1, 1.1, 2.0]), np.array([3.4, 3.8, np.nan]), 4.6, 2.5), expected=np.array([1.0, 0.0, 0.0])),
)

DELAYS_BY_HAND = (
    Case("delays that are equal, and ages too",
         (np.array([1.0, 0, 1, 1, 0]), np.array([3.0, 3.0, 5.0, 1.0, 5.0]), np.array([5.0, 2, 2, 2, 2, 8, 3, 2])),
         expected=(8 / 6 + 8 / 7) / 4),
    Case("one delay", (np.array([1.0, 0, 1]), np.array([4.0, 2.0, 1.0]), np.array([2.0])), expected=0.5),
    Case("nobody has bought", (np.array([0.0, 0, 0]), np.array([4.0, 2.0, 1.0]), np.array([2.0, 3.0])), expected=0.0),
    Case("an early purchase among thirty delays",
         (np.array([1.0, 0.0, 0.0]), np.array([1.0, 50.0, 9.5]), np.arange(1.0, 31.0)), expected=10.0),
)

ITEMS_BY_HAND = (
    Case("every showing clicked, none clicked, and thousands of showings",
         (np.array([5, 0, 1_200, 0, 1]), np.array([5, 7, 30_000, 0, 1])),
         expected=(np.array([6.0, 1.0, 1_201.0, 1.0, 2.0]), np.array([1.0, 8.0, 28_801.0, 1.0, 1.0]))),
)
