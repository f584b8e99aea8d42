"""Exercises on the interview: capacity."""

import math

from course_lib.launch.whiteboard import SECONDS_A_DAY, capacity
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake

# --- 12.1 ----------------------------------------------------------------------------------------------------------


def _capacity_cases(rng):
    return [Case("a feed", (5_000_000, 12, 3.0, 18.0, 0.6)), Case("a shop", (400_000, 6, 2.5, 30.0, 0.5)),
            Case("a quiet night", (90_000, 3, 1.0, 45.0, 0.35)), Case("a holiday", (2_300_000, 9, 7.0, 11.0, 0.7))]


def _capacity_by_hour(users_a_day, requests_a_user, peak, ms, busy):
    busiest_hour = users_a_day * requests_a_user / 24 * peak
    served_by_one = busy * 3_600_000 / ms
    return busiest_hour / 3600, math.ceil(busiest_hour / served_by_one)


def _workers(per_second, ms, busy):
    return per_second, math.ceil(per_second * ms / 1000 / busy)


def _rate(users_a_day, requests_a_user, peak):
    return users_a_day * requests_a_user * peak / SECONDS_A_DAY


CAPACITY = Card(
    id="interview.1", title="From people a day to machines", minutes=6, difficulty=1, used_in=(),
    task="\"Two million people a day. How big is this?\" Return the requests a second in the busiest hour, which has "
         "`peak` times the day's mean rate, and how many workers serve them, if a request keeps one worker busy for "
         "`ms` and a worker may be busy a share `busy` of the time.",
    shapes="numbers; `ms` milliseconds; `busy` 0 to 1; returns (requests a second, whole workers).",
    why="Little's law: rate × time is the number of requests in service at one moment, and each needs a worker. "
        "Dividing by `busy` buys idle time, and idle time is what keeps the queue of lesson {{launch}} short: a fleet that "
        "is busy all the time has a 99th percentile without end.",
    reference=capacity, alternative=_capacity_by_hour, cases=_capacity_cases,
    by_hand=(Case("864,000 people, one request each, no peak: 10 a second, of a second each, half busy",
                  (864_000, 1, 1.0, 950.0, 0.5), expected=(10.0, 19)),),
    invariants=(Invariant("twice the people are twice the requests a second", lambda fn, rng: math.isclose(
        fn(2e6, 5, 3.0, 20.0, 0.6)[0], 2 * fn(1e6, 5, 3.0, 20.0, 0.6)[0])),),
    mistakes=(
        Mistake("the mean rate", lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
            _rate(users_a_day, requests_a_user, 1), ms, busy),
                "You plan for the mean of the day. People come in the evening: multiply by the peak."),
        Mistake("milliseconds as seconds", lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
            _rate(users_a_day, requests_a_user, peak), 1000 * ms, busy),
                "You have a thousand times too many workers: `ms` is in milliseconds, the rate is in seconds."),
        Mistake("busy all the time", lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
            _rate(users_a_day, requests_a_user, peak), ms, 1),
                "Your workers are never idle. At full load the queue has no end: divide by `busy`."),
        Mistake("times busy", lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
            _rate(users_a_day, requests_a_user, peak), ms, 1 / busy),
                "You multiply by `busy`, so less load a worker means fewer workers. Divide."),
        Mistake("rounded down", lambda users_a_day, requests_a_user, peak, ms, busy: (
            _rate(users_a_day, requests_a_user, peak),
            math.floor(_rate(users_a_day, requests_a_user, peak) * ms / 1000 / busy)),
                "You round down, so the last part of a worker's work is done by nobody: round up."),
        Mistake("an hour's requests", lambda users_a_day, requests_a_user, peak, ms, busy: (
            _rate(users_a_day, requests_a_user, peak) * 3600,
            _workers(_rate(users_a_day, requests_a_user, peak), ms, busy)[1]),
                "The workers are right, but you return the requests of an hour, not of a second."),
    ),
    hints=("How many requests are being served at one moment, if 100 arrive a second and each takes 20 ms?",
           "Requests a day ÷ 86,400 × peak is the rate; rate × seconds each is the number in service.",
           "`math.ceil(rate * ms / 1000 / busy)`; return the rate and that."),
)
