"""Slips in the steps of a count in two layers: both borders, the age, how it counts, the batch, how it is summed."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, LEAK, UNIT

RARE = {"paired": False}


def _half(age, half_life):
    return 0.5 ** (age / half_life)


def _build(begin=lambda event, arrival, at: arrival >= at, end=lambda event, arrival, now: arrival < now,
           since=lambda event, arrival, at: event, fade=_half, batch_age=lambda now, at: now - at, layers=(1, 1),
           total=np.bincount):
    def wrong(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
        fresh = begin(event_time, arrival_time, batch_at) & end(event_time, arrival_time, now)
        weight = fade(now - since(event_time, arrival_time, batch_at)[fresh], half_life_s)
        aged = np.asarray(batch, float) * fade(np.float64(batch_age(now, batch_at)), half_life_s)
        return layers[0] * aged + layers[1] * total(user[fresh], weight, len(batch))
    return wrong


STEPS = {
    "begin": (
        Slip("layers split by event time", lambda e, a, at: e >= at, "The layers are split by when events happened; split by arrival.",
             LEAK, False),
        Slip("the border in neither", lambda e, a, at: a > at, "What arrives at batch_at itself is in neither layer.", BOUNDARY, False),
        Slip("the whole stream", lambda e, a, at: e == e, "What arrived before batch_at counts twice.", BASE, False),
        Slip("what the job had", lambda e, a, at: a < at, "You add what arrived before batch_at, which the batch has; what arrived "
             "since is missing.", DIRECTION, **RARE),
    ),
    "end": (
        Slip("not yet arrived", lambda e, a, now: e < now, "Events that have not arrived by `now` count.", LEAK, False),
        Slip("known at now", lambda e, a, now: a <= now, "What arrives at `now` itself counts; strictly before does.", BOUNDARY, False),
    ),
    "since": (
        Slip("weighed by arrival", lambda e, a, at: a, "Events are weighed by their arrival; weigh by when they happened.", UNIT, False),
        Slip("late events as of the job", lambda e, a, at: np.maximum(e, at), "Late events grow old from batch_at on only.", BOUNDARY,
             False),
        Slip("all as of the job", lambda e, a, at: np.full(len(e), at), "Each event is weighed by the time since batch_at; its own age "
             "counts.", IGNORED, **RARE),
    ),
    "fade": (
        Slip("base e", lambda age, h: np.exp(-age / h), "Your weights fall by e in each half-life; the base is ½.", UNIT, False),
        Slip("grows with age", lambda age, h: 2 ** (age / h), "Your weights grow with age.", DIRECTION, False),
        Slip("half-life forgotten", lambda age, h: 0.5 ** age, "You halve once a second, whatever half_life_s is.", IGNORED, False),
        Slip("in steps", lambda age, h: 0.5 ** np.floor(age / h), "Your weights halve in steps.", BOUNDARY, False, **RARE),
        Slip("no ageing", lambda age, h: np.ones(np.shape(age)), "Nothing grows old.", IGNORED, False),
        Slip("times the half-life", lambda age, h: 0.5 ** (age * h), "You multiply the age by half_life_s; divide.", DIRECTION, **RARE),
        Slip("one over", lambda age, h: 1 / (1 + age / h), "Your weights fall like 1 / (1 + age/half_life_s); each half-life halves what "
             "is left.", UNIT, **RARE),
        Slip("a quarter", lambda age, h: 0.25 ** (age / h), "Your weights fall to a quarter in each half-life; to a half.", UNIT, **RARE),
    ),
    "batch_age": (
        Slip("the batch does not age", lambda now, at: 0.0, "The batch is added as it was at batch_at.", IGNORED, False),
        Slip("the batch as old as now", lambda now, at: now, "The batch is aged by `now`, a moment; its age is now − batch_at.", UNIT, **RARE),
    ),
    "layers": (
        Slip("batch only", (1, 0), "What arrived since is missing.", IGNORED, False, False),
        Slip("speed only", (0, 1), "The batch is missing.", IGNORED, False, **RARE),
        Slip("less the stream", (1, -1), "The stream's part is subtracted; add it.", DIRECTION, **RARE),
    ),
    "total": (
        Slip("events counted", lambda user, weight, n: np.bincount(user, minlength=n), "The stream's events count 1 each; weigh each by "
             "its age.", IGNORED, False),
        Slip("best of a user", lambda user, weight, n: np.array([weight[user == u].max(initial=0) for u in range(n)]), "Of each user you "
             "count one event, the freshest. Add up all of them.", BASE, **RARE),
        Slip("mean of a user", lambda user, weight, n: np.array([weight[user == u].mean() if (user == u).any() else 0.0 for u in range(
            n)]), "You take the mean weight of a user's events. Add them up.", BASE, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "layers split by event time + not yet arrived | the border in neither + known at now | "
    "the whole stream + not yet arrived | layers split by event time + weighed by arrival | "
    "layers split by event time + late events as of the job | the border in neither + half-life forgotten | "
    "weighed by arrival + no ageing | late events as of the job + no ageing | "
    "weighed by arrival + events counted | late events as of the job + events counted | "
    "no ageing + the batch does not age | no ageing + events counted | the batch does not age + events counted")


def _two(keep=lambda event, arrival, at, now, half: event == event, worth=lambda event, at, now, half: _half(now - event, half),
         both=np.add, rows=lambda user, event: np.arange(len(user))):
    """keep: which of the events that arrived since the job count. both: what is made of the two layers."""
    def wrong(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
        fresh = (arrival_time >= batch_at) & (arrival_time < now) & keep(event_time, arrival_time, batch_at, now, half_life_s)
        user, event = user[fresh], event_time[fresh]
        chosen = rows(user, event)
        speed = np.bincount(user[chosen], worth(event[chosen], batch_at, now, half_life_s), len(batch))
        return both(np.asarray(batch, float) * _half(now - batch_at, half_life_s), speed)
    return wrong


def _first_of(*columns):
    return np.unique(np.column_stack(columns), axis=0, return_index=True)[1]


WAYS = {
    "way": (
        Slip("the stream's value replaces", _two(both=lambda batch, speed: np.where(speed > 0, speed, batch)), "Where the stream has a value you put it in "
             "place of the batch's. The stream holds only what is new: add the two.", BASE),
        Slip("the stream for new users", _two(both=lambda batch, speed: np.where(batch > 0, batch, speed)), "You take the stream only where the batch holds "
             "nothing. A user may have clicks in both: add the two.", BASE),
        Slip("the larger layer", _two(both=np.maximum), "You take the larger of the two layers. They hold different events: add them.", BASE),
        Slip("at most one event a user", _two(both=lambda batch, speed: batch + np.minimum(speed, 1)), "You let the stream add at most 1 to a user. Each "
             "event counts, however many there are.", BOUNDARY),
        Slip("events of one moment once", _two(rows=_first_of), "You count events of one user at one moment once. Each row is an event of its own, as "
             "the task says; a repeated delivery would need an id to be told.", BASE),
        Slip("the first event of a user", _two(rows=lambda user, event: _first_of(user)), "Of each user you count one event. Add up all of them.", BASE),
        Slip("older than a half-life left out", _two(keep=lambda e, a, at, now, h: e >= now - h), "You leave out events that are older than a half-life. "
             "They count less, not nothing.", BOUNDARY),
        Slip("late by more than a half-life left out", _two(keep=lambda e, a, at, now, h: a - e <= h), "You leave out events that came more than a half-life "
             "late. Each that has arrived counts, by its own age.", BOUNDARY),
        Slip("late events alone", _two(keep=lambda e, a, at, now, h: e < at), "You add only what happened before batch_at and came after it. What happened "
             "since is new to the job as well.", BASE),
        Slip("weighed as of the job", _two(worth=lambda e, at, now, h: _half(at - e, h)), "You weigh the stream's events as of batch_at, so those "
             "after it count more than 1. Weigh them as of `now`.", UNIT),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(lambda way=None: way, WAYS))
