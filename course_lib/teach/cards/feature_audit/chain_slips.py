"""Slips in the steps of a session by its gaps: the clocks, both borders, where it begins, in which order it comes back."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED, LEAK

RARE = {"paired": False}


def _build(known=lambda event, arrival, now: arrival < now, clock=lambda event, arrival: event, order=True, to_now=True,
           long=np.greater, begin=lambda ends: ends[-1] + 1, back=lambda out: out):
    def wrong(event_time, arrival_time, item, now, gap_s):
        keep = known(event_time, arrival_time, now)
        time, items = clock(event_time, arrival_time)[keep], np.asarray(item)[keep]
        if order:
            place = np.argsort(time, kind="stable")
            time, items = time[place], items[place]
        ends = np.flatnonzero(long(np.diff(np.append(time, now) if to_now else time), gap_s))
        return back(items[max(begin(ends), 0):] if len(ends) else items)
    return wrong


def _once(out):
    return np.array(list(dict.fromkeys(out.tolist())), out.dtype)


STEPS = {
    "known": (
        Slip("knows what is on its way", lambda e, a, now: e < now, "You use events that happened but have not arrived.", LEAK, False),
        Slip("known at now", lambda e, a, now: a <= now, "You use what arrives at `now` itself; strictly before is known.", BOUNDARY,
             False),
    ),
    "clock": (
        Slip("the server's clock", lambda e, a: a, "You go by arrivals; order and pauses go by the time of the event.", AXIS, False),
    ),
    "order": (Slip("in order of arrival", False, "You take the events as they stand; sort by the time of the event.", AXIS, False),),
    "to_now": (Slip("never over", False, "`now` does not end the chain: a session of yesterday goes on.", BOUNDARY, False),),
    "long": (
        Slip("over at the gap", np.greater_equal, "A pause of exactly gap_s ends a session; it goes on.", BOUNDARY, False),
        Slip("short pauses end it", np.less_equal, "Pauses of up to gap_s end your sessions; longer ones do.", DIRECTION, **RARE),
    ),
    "begin": (
        Slip("the first pause", lambda ends: ends[0] + 1, "You begin after the first long pause; begin after the last.", BOUNDARY, False),
        Slip("one event too many", lambda ends: ends[-1], "You begin one event early.", BOUNDARY, False),
        Slip("one event too few", lambda ends: ends[-1] + 2, "You begin one event late.", BOUNDARY, False),
    ),
    "back": (
        Slip("latest first", lambda out: out[::-1], "Your items come latest first.", DIRECTION, False),
        Slip("each item once", _once, "You list each item once.", BASE, False),
        Slip("sorted by item", np.sort, "You sort the items by their number.", AXIS, False),
        Slip("without the last", lambda out: out[:-1], "The last event of the session is left out.", BOUNDARY, **RARE),
        Slip("the last alone", lambda out: out[-1:], "You return the last event alone; return the whole session.", IGNORED, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "knows what is on its way + never over | known at now + over at the gap | "
    "in order of arrival + one event too many | never over + the first pause | never over + latest first")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
