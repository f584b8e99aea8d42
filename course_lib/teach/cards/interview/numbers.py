"""Exercises on the interview: capacity."""

import math

from course_lib.launch.whiteboard import SECONDS_A_DAY, capacity
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.interview import far_numbers
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake

# --- 12.1 ----------------------------------------------------------------------------------------------------------


def _capacity_cases(rng):
    return [Case("a feed", (5_000_000, 12, 3.0, 18.0, 0.6)), Case("a shop", (400_000, 6, 2.5, 30.0, 0.5)),
            Case("a quiet night", (90_000, 3, 1.0, 45.0, 0.35)), Case("a holiday", (2_300_000, 9, 7.0, 11.0, 0.7)),
            Case("a trial of which nobody knows", (1_000, 2, 1.1, 90.0, 0.5)), Case("a day of tickets", (70_000, 4, 40.0, 35.0, 0.55)),
            Case("a weekday", (650_000, 5, 2.2, 22.0, 0.65)),
            Case("workers that just suffice", (172_800, 4, 2.0, 125.0, 0.25)),
            Case("slow answers, of which not everyone wants one", (30_000, 0.4, 2.0, 2400.0, 0.9)),
            Case("a cache that answers in less than a millisecond", (90_000_000, 40, 1.5, 0.4, 0.85)),
            Case("the whole world", (2_000_000_000, 30, 3.0, 20.0, 0.62)),
            Case("a batch whose workers may be busy all the time", (7_000_000, 3.5, 2.0, 250.0, 1.0))]


def _capacity_by_hour(users_a_day, requests_a_user, peak, ms, busy):
    busiest_hour = users_a_day * requests_a_user / 24 * peak
    served_by_one = busy * 3_600_000 / ms
    return busiest_hour / 3600, math.ceil(busiest_hour / served_by_one)


def _workers(per_second, ms, busy):
    return per_second, math.ceil(per_second * ms / 1000 / busy)


def _rate(users_a_day, requests_a_user, peak):
    return users_a_day * requests_a_user * peak / SECONDS_A_DAY


def _another(change):
    """The right answer changed: change(rate at the peak, exact number of workers, busy) -> answer."""
    def wrong(users_a_day, requests_a_user, peak, ms, busy):
        rate = _rate(users_a_day, requests_a_user, peak)
        return change(rate, rate * ms / 1000 / busy, busy)
    return wrong


def _rate_by(change):
    """The rate itself is wrong, and the workers follow."""
    return lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
        change(users_a_day, requests_a_user, peak), ms, busy)


def _whole_requests_a_worker(users_a_day, requests_a_user, peak, ms, busy):
    rate = _rate(users_a_day, requests_a_user, peak)
    return rate, math.ceil(rate / math.floor(busy * 1000 / ms))


def _workers_for_the_mean(users_a_day, requests_a_user, peak, ms, busy):
    mean = _workers(_rate(users_a_day, requests_a_user, 1), ms, busy)
    return mean[0] * peak, mean[1]


def _peak_after_rounding(users_a_day, requests_a_user, peak, ms, busy):
    mean = _workers(_rate(users_a_day, requests_a_user, 1), ms, busy)
    return mean[0] * peak, math.ceil(mean[1] * peak)


def _mean_rate_told(users_a_day, requests_a_user, peak, ms, busy):
    return _rate(users_a_day, requests_a_user, 1), _workers(_rate(users_a_day, requests_a_user, peak), ms, busy)[1]


CAPACITY = Card(
    id="interview.1", title="From people a day to machines", minutes=6, difficulty=1, used_in=(),
    effect=effects_decisions.peak_minutes_kept_up,
    task="\"Two million people a day. How big is this?\" Return the requests a second in the busiest hour, which has "
         "`peak` times the day's mean rate, and how many workers serve them, if a request keeps one worker busy for "
         "`ms` and a worker may be busy a share `busy` of the time. The rate is not rounded.",
    shapes="`busy` 0 to 1; whole workers.",
    why="Little's law: rate × time is the number of requests in service at one moment, and each needs a worker. "
        "Dividing by `busy` buys idle time, and idle time is what keeps the queue of lesson {{serving}} short: in a "
        "fleet that is busy all the time the 99th percentile grows without end.",
    reference=capacity, alternative=_capacity_by_hour, cases=lambda rng: [*_capacity_cases(rng), *far_numbers.CAPACITIES],
    by_hand=(Case("864,000 people, one request each, no peak: 10 a second, of 930 ms each, half busy",
                  (864_000, 1, 1.0, 930.0, 0.5), expected=(10.0, 19)),),
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
        Mistake("workers for the mean", _workers_for_the_mean,
                "The rate is right, but your workers are those for the day's mean. They have to serve the busiest hour."),
        Mistake("peak after rounding", _peak_after_rounding,
                "You round up the workers for the mean and multiply them by the peak. Round once, at the end."),
        Mistake("mean rate returned", _mean_rate_told,
                "The workers are right, but you return the day's mean rate. The busiest hour's is asked for."),
        Mistake("divided by the peak", _rate_by(lambda users, requests, peak: users * requests / peak / SECONDS_A_DAY),
                "You divide by the peak. The busiest hour has *more* requests than the mean: multiply."),
        Mistake("one request each", _rate_by(lambda users, requests, peak: users * peak / SECONDS_A_DAY),
                "You count people, not requests: times the requests that each makes a day."),
        Mistake("requests a minute", _rate_by(lambda users, requests, peak: users * requests * peak / 1440),
                "Your rate is a minute's: a day has 86,400 seconds."),
        Mistake("an hour's rate throughout", _rate_by(lambda users, requests, peak: users * requests * peak / 24),
                "Your rate is an hour's, and the workers follow it. Divide by the 3,600 seconds of the hour."),
        Mistake("the peak's day in one hour", _rate_by(lambda users, requests, peak: users * requests * peak / 3600),
                "You put the whole day into the one hour. The mean is over 86,400 seconds; the peak multiplies that."),
        Mistake("workers unrounded", _another(lambda rate, exact, busy: (rate, exact)),
                "Your workers are not whole. Round up: a part of a worker's work needs a worker."),
        Mistake("rounded to the nearest", _another(lambda rate, exact, busy: (rate, round(exact))),
                "You round to the nearest whole number; where that is down, some requests have no worker. Round up."),
        Mistake("cut, and one more", lambda users_a_day, requests_a_user, peak, ms, busy: (
            _rate(users_a_day, requests_a_user, peak), int(_rate(users_a_day, requests_a_user, peak) * ms / 1000 / busy) + 1),
                "You cut to whole workers and add one. Where the workers just suffice that is one too many: `math.ceil`."),
        Mistake("one to spare", _another(lambda rate, exact, busy: (rate, math.ceil(exact) + 1)),
                "You have one worker too many. What is to spare is in `busy` already: round up, and no more."),
        Mistake("rounded up twice", _another(lambda rate, exact, busy: (rate, math.ceil(math.ceil(exact * busy) / busy))),
                "You round up twice, before and after the division by `busy`. Round once, at the end."),
        Mistake("the idle share", _another(lambda rate, exact, busy: (rate, math.ceil(exact * busy / (1 - busy)))),
                "You divide by the idle share 1 − busy. A worker serves during its busy share: divide by `busy`."),
        Mistake("the idle share added", _another(lambda rate, exact, busy: (rate, math.ceil(exact * busy * (2 - busy)))),
                "You add the idle share on top. At a load of `busy` one needs 1/busy times as many workers: divide."),
        Mistake("rate over busy", _another(lambda rate, exact, busy: (rate / busy, math.ceil(exact))),
                "The workers are right, but you return the rate divided by `busy`. As many requests arrive as before."),
        Mistake("rate and workers divided", _another(lambda rate, exact, busy: (rate / busy, math.ceil(exact / busy))),
                "You divide by `busy` twice, in the rate and in the workers. It belongs to the workers alone."),
        Mistake("rate rounded up", _another(lambda rate, exact, busy: (math.ceil(rate), math.ceil(exact))),
                "You round the rate up. It is no count of machines: return it as it is."),
        Mistake("rate rounded", _another(lambda rate, exact, busy: (round(rate), math.ceil(exact))),
                "You round the rate. Return it as it is; only workers come whole."),
        Mistake("rate cut", _another(lambda rate, exact, busy: (int(rate), math.ceil(exact))),
                "You cut the rate to a whole number (`int` or `//`). Return it as it is; only workers come whole."),
        Mistake("workers before rate", _another(lambda rate, exact, busy: (math.ceil(exact), rate)),
                "You return the workers first. Return (requests a second, workers)."),
        Mistake("workers alone", _another(lambda rate, exact, busy: math.ceil(exact)),
                "You return the workers alone. Return (requests a second, workers)."),
        Mistake("whole requests a worker", _whole_requests_a_worker,
                "You cut what one worker serves a second to a whole number. It may serve 7.8 in a second: round only the "
                "workers."),
    ),
    hints=("How many requests are being served at one moment, if 100 arrive a second and each takes 20 ms?",
           "Requests a day ÷ 86,400 × peak is the rate; rate × seconds each is the number in service.",
           "`math.ceil(rate * ms / 1000 / busy)`; return the rate and that."),
)
