"""A strong framing of each of the two services, in the order of a first minute."""

from __future__ import annotations

from course_lib.contracts import ArgumentError

FEED = """We decide which ten stories to show when somebody opens the feed. The objective is that people are still here
next month; we train on long reads as a proxy and check it against who comes back. The share who return the next day
must not fall by more than one point, because people leave quietly. Reports stay below 2 per thousand showings, since a
title that cheats costs trust. The business sees it in subscriptions renewed. We have fifty milliseconds, so something
cheap narrows the catalogue and something careful sorts what is left."""
SHOP = """We decide which ten products fill the page that a visitor opens. The objective is the money we keep a customer
over a year, after returns and their handling. The share of returned orders must not rise by more than one point,
because a return costs the customer's trust. Clicks on products that are sold out stay below 2%, or people learn that
the page is not to be believed. Gross profit is what the business reads. Stock and price are known at the request, so
they belong into the ranking and not into a report."""


def frame(system: str) -> str:
    """A one-minute framing of the "feed" or the "marketplace". Raises ArgumentError for another name."""
    known = {"feed": FEED, "marketplace": SHOP}
    if system not in known:
        raise ArgumentError(f"system is {system!r}; expected one of {', '.join(known)}.")
    return " ".join(known[system].split())
