"""Slips in the steps of how far a scheduled feature looks: the delay, the rounding, what is made of the multiple."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BOUNDARY, DIRECTION, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}


def _build(start=lambda t, e, d: t - d, cut=np.floor, back=lambda jobs, t, e, d: jobs * e):
    return lambda time, every_s, delay_s: back(cut(start(np.asarray(time, float), every_s, delay_s) / every_s),
                                               np.asarray(time, float), every_s, delay_s)


STEPS = {
    "start": (
        Slip("the delay forgotten", lambda t, e, d: t, "The delay is not taken off before rounding.", IGNORED, False),
        Slip("delay added", lambda t, e, d: t + d, "The delay is added; take it off.", DIRECTION, False),
        Slip("a period too early", lambda t, e, d: t - d - e, "A whole period is taken off beside the delay.", BOUNDARY, False, **RARE),
        Slip("half the delay", lambda t, e, d: t - d / 2, "You take half the delay off; take all of it.", UNIT, **RARE),
        Slip("delay less a period", lambda t, e, d: t - d % e, "You take only what the delay has beyond whole periods off; take all of "
             "it.", OTHER, **RARE),
        Slip("the delay in hours", lambda t, e, d: t - d / 3600, "You take the delay off in hours. It is in seconds, like `time`.", UNIT,
             **RARE),
    ),
    "cut": (
        Slip("rounded up", np.ceil, "You round up; round down.", DIRECTION, False),
        Slip("rounded to the nearest", np.round, "You round to the nearest multiple; round down.", BOUNDARY, False),
        Slip("rounded towards zero", np.trunc, "You cut off the fraction, which rounds negative numbers up; round down.", BOUNDARY,
             False),
        Slip("arrived strictly before", lambda jobs: np.ceil(jobs) - 1, "On a multiple itself you take the one before.", BOUNDARY,
             False),
        Slip("one job further", lambda jobs: np.floor(jobs) + 1, "You take the job after; round down and stop there.", BOUNDARY, **RARE),
        Slip("not rounded", lambda jobs: jobs, "You do not round to the grid.", IGNORED, False),
    ),
    "back": (
        Slip("number of the job", lambda jobs, t, e, d: jobs, "You return the number of the job; the answer is a moment.", UNIT, False),
        Slip("nothing before 0", lambda jobs, t, e, d: np.maximum(jobs * e, 0), "You allow no multiple below 0.", BOUNDARY, False),
        Slip("the age", lambda jobs, t, e, d: t - jobs * e, "You return an age; return the moment.", DIRECTION, False),
        Slip("the delay taken off after", lambda jobs, t, e, d: jobs * e - d, "The delay is taken off the multiple; take it off "
             "`time`.", BOUNDARY, False),
        Slip("the delay added after", lambda jobs, t, e, d: jobs * e + d, "The delay is added to the multiple; that is when the "
             "result arrives.", BOUNDARY, False),
        Slip("one period back", lambda jobs, t, e, d: jobs * e - e, "You go one period back in the end.", BOUNDARY, False),
        Slip("the age less the delay", lambda jobs, t, e, d: t - d - jobs * e, "You return what is left over in rounding; return the "
             "multiple itself.", DIRECTION, **RARE),
        Slip("the minute", lambda jobs, t, e, d: jobs * e / 60, "You return minutes; the answer is in seconds.", UNIT, False, False),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "the delay forgotten + rounded towards zero | delay added + rounded towards zero | "
    "the delay forgotten + nothing before 0 | the delay forgotten + the delay taken off after | "
    "the delay forgotten + the delay added after | the delay forgotten + one period back | "
    "delay added + nothing before 0 | rounded up + one period back | rounded towards zero + nothing before 0 | "
    "not rounded + the delay added after | not rounded + one period back")


def _asked(rule):
    return lambda time, every_s, delay_s: rule(np.asarray(time, float), every_s, delay_s)


def _down(t, e):
    return np.floor(t / e) * e


WAYS = {
    "way": (
        Slip("the earlier of the two", _asked(lambda t, e, d: np.minimum(_down(t, e), t - d)), "You take the earlier of the newest multiple and `time` − "
             "delay_s. Only multiples are known up to: round `time` − delay_s itself down.", BOUNDARY),
        Slip("the mean age taken off", _asked(lambda t, e, d: t - d - e / 2), "You take off the mean age. How old the feature is depends on where "
             "`time` lies between two jobs: round `time` − delay_s down.", MEAN),
        Slip("the next job after the last, its end", _asked(lambda t, e, d: _down(t, e + d)), "You let the delay stretch the schedule. Jobs begin at "
             "multiples of every_s, however long they take; take delay_s off `time` first.", UNIT),
        Slip("the next job after the last, its begin", _asked(lambda t, e, d: _down(t, e + d) - d), "You let the delay stretch the schedule, and go back "
             "by it. Jobs begin at multiples of every_s, however long they take.", UNIT),
        Slip("fewer jobs", _asked(lambda t, e, d: np.floor(t / (e + d)) * e), "You count as if a job began only when the last one had arrived. Jobs "
             "begin at every multiple of every_s, and several may be on their way.", UNIT),
        Slip("nothing while a job runs", _asked(lambda t, e, d: np.where(t - _down(t, e) < d, np.nan, _down(t, e))), "You write NaN while the newest job "
             "is on its way. Until it arrives, the servers read the one before.", BOUNDARY),
        Slip("only the delay beyond a period", _asked(lambda t, e, d: _down(t - np.maximum(d - e, 0), e)), "You take off only what the delay has beyond a "
             "period. A shorter delay counts too: take all of it off `time`.", BOUNDARY),
        Slip("the delay off where none has arrived", _asked(lambda t, e, d: np.where(t - _down(t, e) < d, _down(t, e) - d, _down(t, e))),
             "While the newest job is on its way you go back by delay_s. What is read then is an earlier multiple of every_s.", UNIT),
        Slip("at most a period old", _asked(lambda t, e, d: np.maximum(_down(t - d, e), t - e)), "You let no value be older than a period. With a "
             "delay it is: up to every_s + delay_s.", BOUNDARY),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(lambda way=None: way, WAYS))
