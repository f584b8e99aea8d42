"""Slips in the steps of a join as of a moment: which facts, which of them, what is written for none, in which order."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, IGNORED, LEAK, MEAN

RARE = {"paired": False}


def _build(known=lambda then, moment: then < moment, pick=lambda then, value, moment: value[np.argmax(then)], missing=np.nan,
           by_key=True, order=lambda events, by: np.arange(len(events)), whole=lambda value: value):
    def wrong(events, facts, by):
        key, then, value = (facts[name].to_numpy() for name in (by, "time", "value"))
        out = np.full(len(events), missing, float)
        for row, (wanted, moment) in enumerate(zip(events[by], events["time"], strict=True)):
            past = ((key == wanted) if by_key else np.ones(len(key), bool)) & known(then, moment)
            if past.any():
                out[row] = pick(then[past], value[past], moment)
        place = order(events, by)
        return events.iloc[place].assign(value=whole(out[place]))
    return wrong


STEPS = {
    "known": (
        Slip("at or before", lambda t, now: t <= now, "A fact of the same moment counts in your join; strictly before is asked "
             "for.", BOUNDARY, False),
        Slip("after", lambda t, now: t > now, "You look at facts from after the event; look at those before.", LEAK, False, **RARE),
        Slip("whenever", lambda t, now: t == t, "You look at all facts, later ones too; look at those before the event.", LEAK, False),
        Slip("at or before, to the second", lambda t, now: np.floor(t) < np.floor(now), "You compare whole seconds. Times have "
             "fractions: strictly before is `<`.", BOUNDARY, **RARE),
    ),
    "pick": (
        Slip("the first known fact", lambda t, v, now: v[np.argmin(t)], "You take the oldest of the facts; take the latest.", BOUNDARY,
             False),
        Slip("last in the table", lambda t, v, now: v[-1], "You take the fact that stands last in the table; take the one with the "
             "latest time.", AXIS, False),
        Slip("first in the table", lambda t, v, now: v[0], "You take the fact that stands first in the table; take the one with the "
             "latest time.", AXIS, False, **RARE),
        Slip("the largest", lambda t, v, now: v.max(), "You take the largest value; take the latest.", BASE, False, **RARE),
        Slip("the mean so far", lambda t, v, now: v.mean(), "You take the mean of the facts; take the latest alone.", MEAN, False),
        Slip("the sum so far", lambda t, v, now: v.sum(), "You add the facts up; take the latest alone.", MEAN, False, **RARE),
        Slip("the number so far", lambda t, v, now: len(v), "You count the facts; take the value of the latest.", BASE, **RARE),
        Slip("the age of the fact", lambda t, v, now: now - t.max(), "You return how old the latest fact is; return its value.", BASE, **RARE),
        Slip("the smallest", lambda t, v, now: v.min(), "You take the smallest earlier value; take the latest.", BASE, **RARE),
    ),
    "missing": (
        Slip("missing is zero", 0.0, "You write 0 where nothing was known; leave NaN.", BASE, False),
        Slip("missing is −1", -1.0, "You write −1 where nothing was known; leave NaN.", BASE, **RARE),
    ),
    "by_key": (Slip("any item's fact", False, "You take facts of any item; join within the key.", IGNORED, False),),
    "order": (
        Slip("rows in order of time", lambda events, by: np.argsort(events["time"].to_numpy(), kind="stable"), "Your rows come back "
             "in order of time; put the events' order back.", AXIS, False),
        Slip("rows by item and time", lambda events, by: np.lexsort((events["time"], events[by])), "Your rows come back sorted by "
             "item and time; put the events' order back.", AXIS, False, **RARE),
        Slip("rows by item", lambda events, by: np.argsort(events[by].to_numpy(), kind="stable"), "Your rows come back sorted by "
             "item; put the events' order back.", AXIS, **RARE),
        Slip("rows latest first", lambda events, by: np.argsort(-events["time"].to_numpy(), kind="stable"), "Your rows come back "
             "latest first; put the events' order back.", AXIS, **RARE),
    ),
    "whole": (
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "at or before + last in the table | whenever + the first known fact | at or before + missing is zero | "
    "at or before + rows in order of time")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
