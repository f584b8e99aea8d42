"""Cases of lesson {{serving}} with times of a real clock, long logs and keys far apart."""

import numpy as np

from course_lib.teach.definitions.card import Case


def flight_cases():
    """A log of 150 requests whose times are those of a clock, and computations that take hours."""
    rng = np.random.default_rng(17)
    at = 1.7e9 + np.cumsum(rng.integers(0, 90, 150)) / 4
    keys = rng.choice([0, 1, 257, 1001, 65_537], 150)
    takes, hours = rng.integers(20, 200, 150) / 4, 2.0**24 + 1
    slow = np.array([0.0, hours - 0.5, hours - 0.25, 2 * hours - 0.5, 2 * hours])
    quarters = np.array([0.0, 2.25, 2.5, 2.75, 5.0, 5.25])
    return [Case("150 requests, by the clock", (at, keys, takes, rng.random(150) < 0.3, 30.25)),
            Case("computations of hours", (slow, np.zeros(5, int), np.full(5, hours), np.zeros(5, bool), hours)),
            Case("quarters of a millisecond", (quarters, np.zeros(6, int), np.full(6, 2.5), np.zeros(6, bool), 2.6))]


def breaker_cases():
    """A clock's times, windows of hundreds of calls, a tenth and next to nothing as share, two calls at one moment."""
    at, many = np.arange(60) * 0.25, np.arange(1500)
    days = 2.0**24 + 1
    return [_case("by the clock", 1.7e9 + at, (at < 3) | (at > 8), 8, 4, 0.5, 1.0),
            _case("two calls at each moment", np.repeat(at[:30], 2), np.arange(60) % 3 == 0, 4, 2, 0.5, 0.5),
            _case("a window of 1,200 calls", many * 0.125, many % 2 > 0, 1200, 1100, 0.5, 4.0),
            _case("one failure in ten", at, np.arange(60) % 10 > 0, 10, 10, 0.1, 1.0),
            _case("any failure among many", at, np.arange(60) % 17 > 0, 20, 5, 1e-9, 1.0),
            _case("open for 194 days", np.array([0.0, 1, days + 0.5, days + 0.75, days + 2]),
                  np.array([False, False, True, True, True]), 2, 2, 1.0, days)]


def _case(name, at, ok, window, least, share, reset_s):
    return Case(name, (at, ok), {"window": window, "least": least, "share": share, "reset_s": reset_s})
