"""When each request should be sent, and what it asks for: decided before the first one goes out."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_ids, as_numbers

MOST_REQUESTS, MOST_SECONDS = 200_000, 600.0     # a load test stops by itself: here at the latest
MOST_ITEMS = 2**31 - 1          # ids are 32-bit numbers


def check_bounds(n: float, seconds: float) -> None:
    """Raise ArgumentError on a load test of more requests or seconds than one may have."""
    if not 0 < seconds <= MOST_SECONDS or not 0 < n <= MOST_REQUESTS:
        raise ArgumentError(f"the load has {n:.10g} requests in {seconds:g} s; expected 1 to {MOST_REQUESTS} requests "
                            f"in at most {MOST_SECONDS:g} s. Lower the rate or the time.")


def poisson_due(rng, per_second: float, seconds: float) -> np.ndarray:
    """Moments at which people who know nothing of each other come, `per_second` of them on average.

    Returns float (n,), seconds from the start, ascending, below `seconds`; n itself is drawn.
    Raises ArgumentError on a rate of 0 or less and on more than a load test may have.
    """
    check_rate(per_second, seconds)
    n = int(rng.poisson(per_second * seconds))
    return np.sort(rng.uniform(0, seconds, n))


def steady_due(per_second: float, seconds: float) -> np.ndarray:
    """Moments at even distances, float (n,), seconds: as many test tools send. Nobody's users come like this."""
    check_rate(per_second, seconds)
    return np.arange(int(per_second * seconds)) / per_second


def replayed_due(time_s, per_second: float) -> np.ndarray:
    """Moments of a log, with its rushes and its quiet hours, played so fast that `per_second` come on average.

    time_s: float (n,), seconds, in any order. Returns float (n,), seconds from the first, ascending.
    Raises ArgumentError on fewer than 2 moments, or where all are the same.
    """
    time = np.sort(as_numbers("time_s", time_s))
    if time.ndim != 1 or len(time) < 2 or time[0] == time[-1]:
        raise ArgumentError(f"time_s has shape {time.shape}; expected one row of at least two different moments.")
    seconds = len(time) / as_numbers("per_second", per_second, 1e-9)
    check_bounds(len(time), float(seconds))
    return (time - time[0]) / (time[-1] - time[0]) * seconds


def check_rate(per_second: float, seconds: float) -> None:
    """Raise ArgumentError unless the rate is above 0 and the load within its bounds."""
    rate, duration = float(as_numbers("per_second", per_second)), float(as_numbers("seconds", seconds))
    if rate <= 0:
        raise ArgumentError(f"per_second is {rate:g}; expected a rate above 0.")
    check_bounds(max(1.0, np.ceil(rate * duration)), duration)         # a float, for it may be infinite


def asked(rng, n: int, users, items: int = 0, *, k: int = 10, session: int = 3) -> list[dict]:
    """What n requests ask: {"user", "session", "k"} each.

    users: their number, or int (u,) ids to draw from, such as those of a log (who comes often is drawn often).
    items: how many items there are; sessions of `session` of them are drawn, and none where there are 0.
    Raises ArgumentError on counts below 0, and where there are no users.
    """
    n, items = as_count("n", n), as_count("items", items, 0, MOST_ITEMS)
    ids = as_ids("users", users if np.ndim(users) else np.arange(as_count("users", users, 1)))
    if not ids.size:
        raise ArgumentError("users is empty; expected somebody who asks.")
    who = rng.choice(ids, n)                                                              # (n,)
    looked_at = rng.integers(0, items, (n, session)) if items else np.zeros((n, 0), int)  # (n, session)
    return [{"user": int(user), "session": row.tolist(), "k": int(k)}
            for user, row in zip(who, looked_at, strict=True)]
