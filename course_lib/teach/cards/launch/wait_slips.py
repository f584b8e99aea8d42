"""Slips in the steps of what a request waits: when it begins, when the worker is free again, what is returned."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, MEAN

RARE = {"paired": False}


def _build(first=lambda arrival: 0.0, begin=max, again=lambda start, arrival, service: start + service,
           told=lambda start, arrival, service: start + service - arrival, whole=lambda out: out):
    def wrong(arrival_ms, service_ms):
        free, out = first(np.asarray(arrival_ms, float)), []
        for arrival, service in zip(arrival_ms, service_ms, strict=True):
            start = begin(free, arrival)
            free = again(start, arrival, service)
            out.append(told(start, arrival, service))
        return np.asarray(whole(np.array(out, float)))
    return wrong


STEPS = {
    "begin": (
        Slip("never idle, from 0", lambda free, a: free, "Your worker never pauses: a request can't be begun before it arrives.",
             BOUNDARY, False),
        Slip("begun on arrival", lambda free, a: a, "Every request is begun on arrival; it waits until the worker is free.", IGNORED,
             False),
        Slip("the earlier of the two", min, "You begin at the earlier of arrival and free worker; take the later.", DIRECTION, False),
        Slip("both added", lambda free, a: free + a, "You add the arrival to the moment at which the worker is free; take the later.",
             BASE, **RARE),
    ),
    "again": (
        Slip("free after its arrival", lambda start, a, s: a + s, "You note the worker free at arrival + service; it began at the "
             "start.", BOUNDARY, False),
        Slip("free after the service alone", lambda start, a, s: s, "You note the worker free at the service time, a duration; it is "
             "start + service.", BASE, **RARE),
        Slip("free after twice the service", lambda start, a, s: start + 2 * s, "You count the service twice in the moment at which the "
             "worker is free.", BASE, **RARE),
    ),
    "told": (
        Slip("waiting alone", lambda start, a, s: start - a, "You return the wait alone; add the service.", IGNORED, False),
        Slip("finish times", lambda start, a, s: start + s, "You return the moments of the answers; subtract the arrivals.", BASE,
             False),
        Slip("start times", lambda start, a, s: start, "You return the moments at which the worker begins.", BASE, False),
        Slip("wait or service", lambda start, a, s: max(start - a, s), "You return the longer of waiting and service; add the two.",
             MEAN),
        Slip("turned over", lambda start, a, s: a - start - s, "You subtract the answer from the arrival.", DIRECTION, False, **RARE),
        Slip("service counted twice", lambda start, a, s: start - a + 2 * s, "The service is counted twice in a latency.", BASE),
    ),
    "whole": (
        Slip("running sum", np.cumsum, "You add the latencies up.", MEAN, False, **RARE),
        Slip("the mean", np.mean, "You return the mean; return the latency of each request.", MEAN, **RARE),
        Slip("sorted", np.sort, "You sort the latencies; keep the order of the requests.", MEAN, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "begun on arrival + free after its arrival | never idle, from 0 + finish times | begun on arrival + wait or service | "
    "the earlier of the two + wait or service")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
