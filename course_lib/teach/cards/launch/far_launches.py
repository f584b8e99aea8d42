"""Cases of lesson {{launch}} at the ends of what the tasks allow: long logs, tiny shares, many guardrails, ids far apart."""

import numpy as np

from course_lib.teach.definitions.card import Case


def wait_cases():
    """A clock's times, more requests than a screen holds, and requests of nanoseconds."""
    rng = np.random.default_rng(23)
    arrival = np.cumsum(rng.exponential(6, 140)).round(2)
    return [Case("140 requests", (arrival, rng.exponential(5, 140).round(2))),
            Case("by the clock", (1.7e9 + np.arange(12) / 4, np.arange(12) % 5 / 8 + 0.125)),
            Case("requests of nanoseconds", (np.array([0.0, 2.5e-5, 3.14e-5]), np.array([3.34e-5, 1.27e-5, 4.44e-5])))]


PROOFS = [Case("a metric of tiny numbers", (2.4e-9, 3.1e-9, 0.05)), Case("a tiny margin, hardly any noise", (1.0, 1e-7, 3e-9)),
          Case("one false pass in a billion", (2.0, 2.0, 0.3), {"alpha": 1e-9}),
          Case("all but one launch in a billion", (2.0, 2.0, 0.3), {"power": 1 - 1e-9})]

_TWELVE = {f"guardrail {number}": "pass" for number in range(12)}
GATES = [Case("the last of twelve guardrails fails", (0.5, 0.4, {**_TWELVE, "reports": "fail"}, "pass")),
         Case("the last of twelve guardrails is undecided", (0.5, 0.4, {**_TWELVE, "reports": "undecided"}, "pass")),
         Case("a split that is broken by a hair", (0.5, 0.0005 - 1e-13, {}, "pass")),
         Case("a hair below the share", (0.5 - 1e-9, 0.4, {}, "undecided")),
         Case("the share is a hair higher", (0.5, 0.4, {}, "undecided"), {"decide_at": 0.5 + 1e-9}),
         Case("one in a billion, decided at five", (1e-9, 0.4, {}, "undecided"), {"decide_at": 5e-9}),
         Case("six in a billion, decided at five", (6e-9, 0.4, {}, "undecided"), {"decide_at": 5e-9})]


def net_cases():
    """A metric of tiny numbers, groups of 130, a change of millionths, and none."""
    rng = np.random.default_rng(29)
    tiny = np.array([[1.0, 30], [2, 45], [7, 12]]) * 2.0**-40, np.array([[8.0, 4], [6, 4]]) * 2.0**-40
    return [Case("a metric of tiny numbers", tiny),
            Case("130 people in each arm", (rng.uniform(1, 9, (130, 2)), rng.uniform(1, 9, (130, 2)))),
            Case("a change of millionths", (np.array([[1e6, 2_000_006.6]]), np.array([[3.0, 6.0]]))),
            Case("the treated do nothing any more", (np.array([[1.0, 0.0], [3.0, 0.0]]), np.array([[2.0, 4.0]]))),
            Case("both double", (np.array([[1.0, 2.0]]), np.array([[2.0, 4.0]])))]


def click_cases():
    """Creators and people whose ids differ by 256, by 1,000 and by 65,536."""
    rng = np.random.default_rng(37)
    owner = rng.choice([0, 3, 259, 1003, 1256, 1499], 200)
    return [Case("1,500 creators, readers far apart", (rng.choice([0, 5, 1005, 65_541, 131_077], 200), owner, 1500))]
