"""Exercise of the feature audit: how far a scheduled feature looks, and what is written in its place."""

import numpy as np

from course_lib.data.features import snapshot_time
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.cards.feature_audit import far_tables, grid_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def _snapshot_cases(rng):
    return [Case(f"every {every} s, {delay} s late", (rng.uniform(5000, 90_000, 7).round(1), float(every), float(delay)))
            for every, delay in ((3600, 0), (3600, 1500), (900, 1200), (86_400, 7200))] + [
                Case("jobs of less than a second", (np.array([0.5, 1.25, 3.0]), 0.015625, 0.0078125)),
                Case("no delay, as a job begins and just before", (np.array([7200.0, 7199.9996, 3600.0]), 3600.0, 0.0)),
                Case("a week late", (np.array([100.0, 50_000.0, 3_620.0]), 3600.0, 604_830.0)),
                Case("a delay of one period, at time 0 and twice at one second", (
                    np.array([86_400.0, 86_400.0, 59.5, 0.0]), 60.0, 60.0)),
                Case("weekly, one request", (np.array([700_000.0]), 604_800.0, 90_000.0))]


def _known(rule):
    return lambda time, every_s, delay_s: rule(np.asarray(time, float), every_s, delay_s)


def _down(t, e):
    return np.floor(t / e) * e


SNAPSHOT = Card(
    id="feature_audit.3", title="How far a feature looks", minutes=6, difficulty=2, used_in=("{{launch}}",),
    effect=effects_lists.snapshots_unlike_served,
    realistic=sizes.times_of_requests,
    task="A job recomputes a feature at every multiple of `every_s` seconds, from all events before that multiple, and the result "
         "reaches the servers `delay_s` later; from that very second on it is read. For a request at `time`, say up to which "
         "moment the feature it reads knows the log. The job has always run: a multiple may be 0 or negative.",
    shapes="`every_s` above 0, `delay_s` at least 0.",
    why="The newest job that has *arrived* by `time` is the newest that *began* by `time − delay_s`. So the delay comes off first, and "
        "the result is rounded down to the grid. Age at serving is `time − snapshot_time(...)`: between delay and delay + "
        "every. That, not the schedule, is what a freshness agreement has to name. A daily job of midnight that takes two hours: 2 to 26 "
        "hours, 14 on average if people came evenly, and 21 at nine in the evening, when many come. One failed run adds a day: leave room for a retry, or promise less.",
    reference=snapshot_time, cases=lambda rng: [*_snapshot_cases(rng), *far_tables.snapshot_cases()],
    alternative=_known(lambda t, e, d: (t - d) - np.mod(t - d, e)),
    by_hand=(Case("hourly, 200 s late: just before, as and just after the second job arrives",
                  (np.array([7300.0, 7400.0, 7500.0]), 3600.0, 200.0), expected=np.array([3600.0, 7200.0, 7200.0])),
             Case("before the job of time 0 has arrived", (np.array([100.0, 4000.0]), 3600.0, 7400.0),
                  expected=np.array([-10800.0, -3600.0]))),
    invariants=(Invariant("what is known is at least delay_s old", lambda fn, rng: bool(np.all(
        np.array([5e4, 6e4, 7e4]) - np.asarray(fn(np.array([5e4, 6e4, 7e4]), 3600.0, 900.0)) >= 900))),),
    mistakes=(
        Mistake("the delay forgotten", _known(lambda t, e, d: _down(t, e)),
                "You leave the delay out: the newest job has begun, but its result is not served yet."),
        Mistake("the delay taken off last", _known(lambda t, e, d: _down(t, e) - d),
                "You round down first and take the delay off after. That is no multiple of every_s, and no job looked that "
                "far: take the delay off first."),
        Mistake("the delay taken off last, cut at 0", _known(lambda t, e, d: np.maximum(_down(t, e) - d, 0)),
                "You round down first, take the delay off after, and cut at 0. Take the delay off first; a multiple may be "
                "negative."),
        Mistake("the delay added last", _known(lambda t, e, d: _down(t, e) + d),
                "You round down and add the delay. The log is known up to the job's start: take the delay off `time` first, then "
                "round down."),
        Mistake("the arrival returned", _known(lambda t, e, d: _down(t - d, e) + d),
                "You return when the result arrived. The feature knows the log up to the multiple at which its job began."),
        Mistake("twice the delay", _known(lambda t, e, d: _down(t - d, e) - d),
                "You take the delay off twice, before and after rounding. The job knows the log up to its own multiple."),
        Mistake("rounded up", _known(lambda t, e, d: np.ceil((t - d) / e) * e),
                "You round up: the feature would know what happens after the request."),
        Mistake("rounded to the nearest", _known(lambda t, e, d: np.round((t - d) / e) * e),
                "You round to the nearest multiple, which lies in the future half of the time. Round down."),
        Mistake("rounded towards zero", _known(lambda t, e, d: np.trunc((t - d) / e) * e),
                "You cut off the fraction, which rounds negative numbers up: the job of time 0 has not arrived yet. Round down: "
                "np.floor or //."),
        Mistake("nothing before 0", _known(lambda t, e, d: np.maximum(_down(t - d, e), 0)),
                "You allow no multiple below 0. The job of time 0 has not arrived yet, so the one before it is read."),
        Mistake("the delay rounded", _known(lambda t, e, d: _down(t, e) - np.ceil(d / e) * e),
                "You round time and delay apart. A job that has arrived by now is then missed: take the delay off `time`, and round "
                "the difference."),
        Mistake("the delay in whole jobs", _known(lambda t, e, d: _down(t, e) - np.floor(d / e) * e),
                "You count the delay in whole jobs, so a delay shorter than every_s does nothing. Take it off `time`, and round the "
                "difference."),
        Mistake("one job back at most", _known(lambda t, e, d: np.where(t - _down(t, e) >= d, _down(t, e), _down(t, e) - e)),
                "You go back one job at most. Where delay_s is longer than every_s several are on their way: take the delay off "
                "`time`, and round down."),
        Mistake("always the job before", _known(lambda t, e, d: _down(t, e) - e),
                "You take the job before the newest, whatever the delay. How far back depends on delay_s: take it off `time`, and "
                "round down."),
        Mistake("one job too old", _known(lambda t, e, d: _down(t - d, e) - e),
                "You go back one job too far: the newest that began by time − delay_s has arrived."),
        Mistake("arrived strictly before", _known(lambda t, e, d: (np.ceil((t - d) / e) - 1) * e),
                "At the very second at which a result arrives you still read the old one. From that second on it is read: round down."),
        Mistake("delay added", _known(lambda t, e, d: _down(t + d, e)),
                "You add the delay. A slow job makes a feature older, not newer."),
        Mistake("the next job after the last", _known(lambda t, e, d: _down(t - d, e + d)),
                "You let the delay stretch the schedule. Jobs begin at multiples of every_s, however long they take."),
        Mistake("no grid", _known(lambda t, e, d: t - d),
                "You take the delay off but forget that the job runs only every every_s seconds."),
        Mistake("a whole period old", _known(lambda t, e, d: t - d - e),
                "You take delay and period off. That is the oldest that the feature can be; how old it is depends on where `time` "
                "lies between two jobs."),
        Mistake("the age", _known(lambda t, e, d: t - _down(t - d, e)),
                "You return how old the feature is. Return the moment up to which it knows the log."),
        Mistake("number of the job", _known(lambda t, e, d: np.floor((t - d) / e)),
                "You return the number of the job. Multiply by every_s: the answer is a moment, in s."),
        *grid_slips.MISTAKES,
    ),
    hints=("The clock says 12:10, the job runs hourly and takes 20 minutes. Whose result do you read?",
           "Which job is the newest that began at least delay_s ago?",
           "`np.floor((time - delay_s) / every_s) * every_s`"),
)
