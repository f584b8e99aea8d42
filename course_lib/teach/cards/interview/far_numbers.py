"""Cases of lesson {{interview}} at the ends of what the tasks allow: nobody, very many, tiny shares, long windows."""

import numpy as np

from course_lib.teach.definitions.card import Case

CAPACITIES = [Case("nobody comes", (0, 5, 2.0, 20.0, 0.5)), Case("nobody asks", (1_000, 0, 2.0, 20.0, 0.5)),
              Case("fifty crawlers", (50, 40_000, 2.0, 20.0, 0.5)),
              Case("next to nobody asks", (2e9, 3.3e-9, 3.0, 20.0, 0.5)),
              Case("tiny steps, on machines that do other things", (864_000, 10, 3.0, 5e-9, 1e-9))]

MACHINES = [Case("long vectors on racks, for a whole country", (4.3e12, 40_960, 40_001, 0.6, 40_300)),
            Case("a machine of half a gigabyte", (1e7, 100, 0.5, 0.8, 2)),
            Case("a tiny share of a large machine", (1e3, 8, 1000, 3e-9, 2))]

_PARTS = {f"part {number}": np.arange(3.0) + number % 7 + (number > 100) * number for number in range(120)}
QUANTILES = [Case("requests of nanoseconds", ({"user": np.array([5.44e-6, 1.27e-5]), "near": np.array([3.33e-6, 4.6e-6])},
                                              [["user"], ["near"]]), {"q": 0.0}),
             Case("next to the fastest", ({"user": np.array([0.0, 1e10])}, [["user"]]), {"q": 3e-9}),
             Case("120 parts at once", (_PARTS, [list(_PARTS)]), {"q": 0.5}),
             Case("120 steps", (_PARTS, [[part] for part in _PARTS]), {"q": 0.5}),
             Case("steps of 20 parts and of 60", (_PARTS, [list(_PARTS)[:20], list(_PARTS)[20:80]]), {"q": 0.5})]

TREES = [Case("rounding alone, factor against factor", ({"visits": 0.1, "clicks": 9.0}, {"visits": 0.3, "clicks": 3.0})),
         Case("tiny factors beside large ones", ({"visits": 5e9, "orders a visit": 3e-9, "returns an order": 8e-9, "euros": 4e8},
                                                 {"visits": 6e9, "orders a visit": 4e-9, "returns an order": 5e-9, "euros": 4e8})),
         Case("changes of a millionth", ({"visits": 1e6, "clicks": 0.3}, {"visits": 1_000_003.0, "clicks": 0.300_000_6}))]


def page_cases():
    """Windows longer than the log, budgets of next to nothing and of everything, minutes with more failures than 16 bits hold."""
    minute = np.arange(60)
    bad, hundred = np.where((minute > 20) & (minute < 40), 31, 1), np.full(60, 100)
    total = np.full(8, 10**8)
    return [*(Case(f"a long window of {long:,} minutes and a short one of {short:,}", (bad, hundred, 0.9, long, short, 1.17))
              for long, short in ((261, 3), (1_005, 3), (261, 261), (1_005, 1_005))),
            Case("three failures in a billion", (np.array([0, 20, 20, 50, 90, 90, 10, 0]), total, 1 - 3e-9, 3, 1, 100.0)),
            Case("nothing is promised", (np.array([0, 1, 2, 5, 1, 0]), np.full(6, 10**9), 0.0, 2, 1, 2e-9)),
            Case("60,000 failures a minute", (np.array([0, 60_000, 60_000, 40_000, 0]), np.full(5, 200_000), 0.9, 2, 1, 1.5))]
