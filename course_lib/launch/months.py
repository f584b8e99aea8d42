"""Made-up months of failures, and what a rule for pages makes of them: what it burns of the budget, whom it wakes.

Four things happen: blips, one client that retries in vain, slow burns, and outages. A page has it mended;
without one it ends by itself, or when the dashboards are read in the morning. Letter: M minutes of a month.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.launch.whiteboard import should_page

DAYS, PROMISE, MENDED_IN, NINE, SAME_PAGE = 28, 0.999, 20, 9 * 60, 60
ALWAYS_FAIL = 0.0002
KINDS = {                   # how many in a month, minutes, share of requests that fail
    "blip": (20, (2, 3), (0.1, 0.6)), "slow burn": (3, (240, 600), (0.004, 0.015)),
    "outage": (3, (90, 300), (0.2, 0.9))}
CLIENTS, CLIENT_MINUTES, CLIENT_RETRIES = 12, (4, 10), 15         # of the client that retries: a minute


@dataclass(frozen=True)
class Event:
    """It goes wrong from `start` to before `end`, in minutes; `fails`, int (end − start,), by the minute."""

    kind: str
    start: int
    end: int
    fails: np.ndarray


@dataclass(frozen=True)
class Month:
    """total: requests by the minute, int (M,). usual: failures that are always there. events: in no order."""

    total: np.ndarray
    usual: np.ndarray
    events: tuple[Event, ...]

    def bad(self, until=None) -> np.ndarray:
        """Failures by the minute, int (M,). until: for each event the minute at which it was mended, None for none."""
        out = self.usual.copy()
        for event, mended in zip(self.events, until or [event.end for event in self.events], strict=True):
            stop = max(min(event.end, mended), event.start)
            out[event.start:stop] += event.fails[:stop - event.start]
        return np.minimum(out, self.total)


@cache
def month(requests_a_minute: float, seed: int) -> Month:
    """A month of a service with so many requests a minute on average."""
    rng, minute = np.random.default_rng([seed, 15]), np.arange(DAYS * 1440)
    total = rng.poisson(requests_a_minute * (1 - 0.7 * np.cos(2 * np.pi * (minute - 180) / 1440)))
    events = []
    for kind, (number, lasts, share) in KINDS.items():
        for _ in range(number):
            start, long = int(rng.integers(len(minute) - lasts[1])), int(rng.integers(*lasts, endpoint=True))
            asked = total[start:start + long]
            events.append(Event(kind, start, start + long, rng.binomial(asked, rng.uniform(*share))))
    for _ in range(CLIENTS):
        start, long = int(rng.integers(len(minute) - 20)), int(rng.integers(*CLIENT_MINUTES, endpoint=True))
        fails = rng.poisson(CLIENT_RETRIES, long)
        total[start:start + long] += fails
        events.append(Event("one client", start, start + long, fails))
    return Month(total, rng.binomial(total, ALWAYS_FAIL), tuple(events))


def seen_in_the_morning(event: Event) -> int:
    """The minute at which it is mended where nobody was paged: half an hour after the dashboards are read at nine."""
    day, at = divmod(event.start, 1440)
    return (day + (at >= NINE)) * 1440 + NINE + 30


def pages(ringing: np.ndarray) -> np.ndarray:
    """The minutes at which a page goes out, int: ringing again within an hour is the same page."""
    begins = np.flatnonzero(np.diff(np.asarray(ringing).astype(int), prepend=0) == 1)
    out = []
    for at in begins:
        if not out or at - out[-1] >= SAME_PAGE:
            out.append(int(at))
    return np.array(out, int)


@dataclass(frozen=True)
class Outcome:
    """What came of a rule in a month. burned: of the month's error budget, 1 for all. woken: pages at all. in_vain:
    pages while neither a slow burn nor an outage went on. missed: slow burns and outages that no page told of."""

    burned: float
    woken: int
    in_vain: int
    missed: int


@cache
def outcome(requests_a_minute: float, long: int, burn: float, seed: int) -> Outcome:
    """A month under the rule that pages where the budget burns `burn` times too fast over `long` minutes and over a
    twelfth of them."""
    held = month(requests_a_minute, seed)

    def rings(bad):
        return pages(should_page(bad, held.total, PROMISE, long, max(round(long / 12), 1), burn))
    first, until = rings(held.bad()), []
    for event in held.events:
        own = first[(first >= event.start) & (first < event.end)]
        told = int(own[0]) + MENDED_IN if len(own) else len(held.total)
        until.append(min(event.end, told, seen_in_the_morning(event)))
    bad = held.bad(until)
    woken, real = rings(bad), np.zeros(len(bad), bool)
    lasting = [event for event in held.events if event.kind in ("slow burn", "outage")]
    for event in lasting:
        real[event.start:event.end] = True
    missed = sum(not ((first >= event.start) & (first < event.end)).any() for event in lasting)
    return Outcome(bad.sum() / (held.total.sum() * (1 - PROMISE)), len(woken), int((~real[woken]).sum()), missed)
