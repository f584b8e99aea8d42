"""Cases of lesson {{feature_audit}} at the ends of what the tasks allow: equal labels, long tables, a clock's times, ids far apart."""

import numpy as np
import pandas as pd

from course_lib.teach.definitions.card import Case


def join_cases():
    """Rows that all bear one label, 150 rows, keys that differ by 256, by 1,000 and by 65,536, values of millionths."""
    rng = np.random.default_rng(197)
    keys = np.array([0, 1, 257, 1_001, 65_537])
    moment = rng.permutation(400)[:150]
    facts = pd.DataFrame({"user": keys[moment % 5], "time": moment // 5 / 4, "value": rng.integers(1, 90, 150).astype(float)})
    events = pd.DataFrame({"user": rng.choice(keys, 150), "time": rng.integers(0, 90, 150) / 4})
    few = pd.DataFrame({"item": [2, 1, 2, 1], "time": [3.0, 1.0, 1.0, 2.0], "value": [3.44e-6, 2.27e-6, 1.73e-6, 5.19e-6]})
    asked = pd.DataFrame({"item": [1, 2, 2, 1], "time": [1.5, 4.0, 2.0, 9.0]})
    few.index, asked.index = [0, 0, 1, 1], [7, 7, 7, 7]
    return [Case("150 events, users far apart", (events, facts, "user")), Case("rows of several parts, with equal labels", (asked, few, "item"))]


def mismatch_cases():
    """Rows with equal labels, more rows than a screen holds, features of both signs with zeros, rates below a millionth."""
    rng = np.random.default_rng(199)
    one = pd.DataFrame({"a": rng.integers(-3, 4, 150).astype(float), "b": rng.uniform(1, 2, 150)}, index=np.arange(150) % 3)
    other = one.assign(a=one["a"].where(rng.random(150) < 0.7, -one["a"]), b=one["b"].where(rng.random(150) < 0.8))
    rates = pd.DataFrame({"rate": [3e-7, 8e-7, 2e-6, 5e-7]})
    return [Case("150 rows of three parts, with equal labels", (one, other)),
            Case("rates below a millionth", (rates, rates.mul([1, 2, 1, 1 + 1e-10], axis=0)))]


def snapshot_cases():
    """150 requests, the first moment, a hair before a job."""
    return [Case("150 requests", (np.arange(150) * 317.0, 3600.0, 600.0)), Case("from the first moment on", (np.array([0.0, 7000, 9000]), 3600.0, 0.0)),
            Case("a hair before a job", (np.array([7199.9999, 7200.0]), 3600.0, 0.0))]


def psi_cases():
    """120 bins."""
    rng = np.random.default_rng(211)
    return [Case("120 bins", tuple(rng.integers(0, 40, (2, 120))))]


def session_cases():
    """A clock's times with pauses as long as the gap, the first moment, half seconds, 150 events."""
    rng = np.random.default_rng(223)
    event, clock = rng.permutation(400)[:150] / 4, np.array([20.0, 0.0, 39.75])
    half = np.array([0.0, 0.25, 1.0]), np.array([0.125, 0.375, 1.125]), np.array([4, 5, 6])
    return [Case("150 events", (event, event + 0.5, rng.integers(0, 9, 150), 100.25, 1.5)),
            Case("pauses as long as the gap", (1.7e9 + clock, 1.7e9 + clock + 0.125, np.array([3, 8, 1]), 1.7e9 + 59.75, 20.0)),
            Case("an arrival at now, by the clock", (1.7e9 + clock, 1.7e9 + np.array([40.0, 39.75, 39.75]), np.array([3, 8, 1]), 1.7e9 + 40, 20.0)),
            Case("the later one first, the other at 0", (np.array([15.0, 0.0]), np.array([16.0, 1.0]), np.array([7, 4]), 20.0, 20.0)),
            Case("one arrived at 0", (np.array([0.0, 2.0]), np.array([0.0, 50.0]), np.array([7, 4]), 9.0, 20.0)),
            Case("within half a second", (*half, 0.5, 0.5)), Case("at the very first moment", (*half, 0.0, 20.0)),
            Case("a gap of nothing", (*half, 1.5, 0.0)), Case("a gap of half a second", (*half, 1.25, 0.5))]


def layer_cases():
    """A clock's times, the first moment, counts of millionths, 1,300 users."""
    rng = np.random.default_rng(227)
    user = rng.choice([0, 7, 263, 300, 1_007, 1_299], 150)
    event = 1.7e9 + rng.integers(0, 400, 150) / 4
    edge = 1.7e9 + np.array([50.0, 49.75, 100.0, 99.75])
    start = np.array([0, 1, 1]), np.array([0.0, 0.25, 0.5]), np.array([0.0, 0.75, 0.75])
    return [Case("1,300 users, by the clock", (rng.uniform(0, 3, 1_300), 1.7e9 + 50, user, event, event + rng.integers(0, 200, 150) / 4,
                                               1.7e9 + 100, 30.0)),
            Case("as the job begins and as it is asked, by the clock", (np.array([1.0, 2.0]), 1.7e9 + 50, np.array([0, 1, 0, 1]), edge - 40, edge,
                                                                        1.7e9 + 100, 20.0)),
            Case("half a second old", (np.array([1.0, 2.0]), 0.0, *start, 0.5, 0.25)), Case("as it is asked, at 0", (np.array([1.0, 2.0]), 0.0, *start, 0.0, 0.25)),
            Case("counts of millionths", (np.array([3.44e-6, 2.27e-6]), 10.0, np.array([], int), np.array([]), np.array([]), 11.0, 30.0))]


def cache_cases():
    """Users that differ by 256, by 1,000 and by 65,536, room without end, 150 of them warm, one hit in 300."""
    rng = np.random.default_rng(229)
    users = rng.choice([5, 6, 261, 262, 1_005, 65_541, 65_542, 9], 160)
    eight = rng.integers(0, 8, 40)
    return [Case("160 requests, users far apart", (users, 3, [261, 1_006, 65_542])),
            Case("room for 1,005", (eight, 1_005, [])), Case("150 are warm", (rng.integers(0, 200, 60), 145, rng.permutation(200)[:150].tolist())),
            Case("warm are others, 1,000 and 65,536 away", (np.array([5, 6, 7]), 4, [1_005, 65_542, 263])),
            Case("one of 300 is found", (np.append(np.arange(299), 298), 3, []))]
