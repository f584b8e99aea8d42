"""Refereed on serving: a load test that waits for its answers."""

from functools import cache

import numpy as np

from course_lib.evidence.estimate import Estimate
from course_lib.serving.loadgen.percentiles import percentile, percentile_interval
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

EVERY_MS, SERVICE_MS, SENT, BUDGET_MS = 20.0, 5.0, 20_000, 50.0
PAUSE_EVERY_MS, PAUSE_MS = 20_000.0, 1_000.0


@cache
def run() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(meant, sent, done), ms: one client that means to send every 20 ms and waits for each answer."""
    rng, free, rows = np.random.default_rng(0), 0.0, []
    for number in range(SENT):
        meant = number * EVERY_MS
        sent = max(meant, free)
        since = sent % PAUSE_EVERY_MS
        begin = sent + (PAUSE_MS - since if since < PAUSE_MS else 0)        # the server stands still
        free = begin + rng.exponential(SERVICE_MS)
        rows.append((meant, sent, free))
    return tuple(np.array(rows).T)


def measure(part) -> Reading:
    """Whether the p99 of what `part` makes of the run is within the budget."""
    latency = np.maximum(np.asarray(part(*(column.copy() for column in run())), float), 0)
    p99 = percentile(latency, 99)
    low, high = percentile_interval(latency, 99)
    says = "the p99 is within 50 ms" if high <= BUDGET_MS else "the p99 is above 50 ms" if low > BUDGET_MS else "it cannot be said"
    return Reading(says, Estimate(p99, low, high))


def from_sent(meant, sent, done):
    """As published: the watch starts when the request goes out."""
    return done - sent


def from_meant(meant, sent, done):
    """From when the request should have gone out."""
    return done - meant


OMITTED = Refereed(
    id="serving.8", title="“p99 is 23 ms”", minutes=12, difficulty=3, used_in=("this lesson", "interview"),
    task="One client was to send a request every 20 ms, 20,000 in all. It waits for an answer before it sends "
         "the next; after a wait it sends what it owes without a break. The service needs 5 ms on average, and once in 20 seconds "
         "it stands still for a whole second. The report says: *the p99 is within 50 ms; ship it.* Of each request you know when "
         "it was meant to go out, when it did, and when its answer came.",
    signature="`latency(meant, sent, done)`: three float (n,), ms → float (n,), what each person waited, ms.",
    measure=measure, rigged=from_sent, reference=from_meant,
    explanations={
        "The watch starts when a request goes out, not when it was due.": "While the service stands still the client sends nothing, so "
        "the fifty requests that should have met the pause are never counted as slow. People do not wait for each other.",
        "Twenty thousand requests are too few for a p99.": "Two hundred of them lie above it. The interval is narrow, and narrow around "
        "the wrong number.",
        "The pause is an outlier and should be left out.": "It comes every 20 seconds in a twentieth of the time. Whoever asks then "
        "waits, and they are people.",
        "The mean should be reported, not the p99.": "A mean hides a tail even better. The percentile is fine; what it is "
        "taken of is not.",
        "The service should be tested at a higher rate.": "It should, for its knee. But at any rate this client would stop "
        "sending exactly when it matters."},
    right="The watch starts when a request goes out, not when it was due.",
    why="This is coordinated omission: the tool and the service agree, without a word, not to measure while it is slow. "
        "A closed loop of eight clients caps the queue at eight whatever happens. Send at set moments whether or not there are answers "
        "(open loop), count from the moment at which a request was due, and check that the generator keeps its own schedule. "
        "How much is enough? Of 5,000 requests five lie above the p99.9: its 95% interval runs from about the second to the "
        "eleventh largest, and neighbours in time are no independent witnesses. And percentiles of many machines cannot be "
        "averaged: add their histograms, then read.",
    wrong_mends=(
        Mistake("lateness alone", lambda meant, sent, done: sent - meant, "You measure how late the client was. The service's own time "
                "belongs to what a person waits, too."),
        Mistake("the slowest hundredth left out", lambda meant, sent, done: np.sort(done - sent)[:int(0.99 * len(done))],
                "You leave out the slowest, which are the tail you were asked about."),
        Mistake("mean lateness added", lambda meant, sent, done: done - sent + (sent - meant).mean(),
                "You add the mean lateness to everybody. It belongs to those who came in the pause, request by request."),
        Mistake("gaps between answers", lambda meant, sent, done: np.diff(done, prepend=0.0),
                "You measure the time between two answers. That is the service's pace and nobody's wait."),
    ))

REFEREED = (OMITTED,)
