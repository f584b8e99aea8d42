"""Cases of lesson {{objective}} at the ends of what the tasks allow: tiny and large amounts, equal rows, ids and days far apart."""

import numpy as np

from course_lib.teach.definitions.card import Case


def money_cases():
    """Tiny rates of large orders, equal rows, and more rows than a screen holds."""
    back = np.arange(150) % 7 == 3
    value = np.where(back, -1.0, 1.0) * (20 + np.arange(150) % 11)
    rate = np.array([3.14159e-6, 2.7e-9, 8.1e-9, 0.0123456])
    return [Case("tiny rates of large orders", (np.array([4e7, 6e9, 6e9, 2e6]), np.zeros(4, bool), rate, 0.0)),
            Case("equal rows, and a cost of 4.37", (np.array([9.5, 9.5, -9.5, -9.5]), np.array([False, False, True, True]),
                                                   np.full(4, 0.4), 4.37)),
            Case("parts of a cent", (np.array([0.0003, -0.0002]), np.array([False, True]), np.array([0.0423, 0.0311]), 0.0000234)),
            Case("150 events", (value, back, 0.1 + np.arange(150) / 1000, 4.0))]


def visit_cases():
    """Days counted since the year 1, ids that differ by 1,000 and by 65,536, and a log of a single day."""
    rng = np.random.default_rng(31)
    user, day = rng.choice([0, 1, 1001, 66_537, 132_073], 150), 739_000 + rng.integers(-60, 60, 150)
    years = np.array([0, 900, 2100, 4000, 40]) + 736_000
    return [Case("150 visits, days since the year 1", (user, day, 739_060, 3)),
            Case("the first day of a log", (np.array([3, 0, 3]), np.array([0, 0, 0]), 0, 1)),
            Case("within 1,205 days", (np.array([0, 0, 0, 0, 5]), years, 740_000, 1205)),
            Case("within 200 days", (np.array([0, 0, 0, 5, 5]), np.array([0, 150, 400, 30, 230]), 700, 200))]


BUDGETS = [Case("a budget of 27 hours", (100_000_003.0, 3.0, 1000.0)),
           Case("less than a microsecond an item", (1e3, 0.0, 0.7)), Case("whole numbers, a slow start", (100_000, 40_000, 33_000)),
           Case("no time at all", (0.0, 0.0, 5.0))]

MARGINS = [Case("tiny changes, harmless", (-1e-9, 4e-9, 2e-9)), Case("tiny changes, harmful", (-9e-9, -4e-9, 2e-9)),
           Case("tiny changes, undecided", (-6e-9, 5e-9, 2e-9)),
           Case("a hair on either side of the margin", (-1 - 1e-9, -1 + 1e-9, 1.0)),
           Case("a hair above the margin", (-1 + 1e-9, 0.5, 1.0)), Case("a hair below the margin", (-3.0, -1 - 1e-9, 1.0)),
           Case("a margin that is a hair wider", (-1.0, 0.5, 1 + 1e-9))]
