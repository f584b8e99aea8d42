"""Decision 15.5: where and when the vector of a sequence tower is made, so that the session is in it and 5 ms are kept."""

from functools import cache, partial

import numpy as np

from course_lib.stages.retrieval.sequences.order_dial import Chain, found_late
from course_lib.teach.cards.sequences.better_way import better_ways
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

SYSTEMS = {"feed": Chain(last=0.3, before=0.15, seen=40, requests=8), "parts": Chain(last=0.1, before=0.0, seen=20, requests=3)}
GAP_S = {"feed": 15.0, "parts": 180.0}       # mean seconds between two items of a session
LAG_S = {"stream": 20.0, "store": 10.0}      # median seconds until an item is in the vector, or in the store
SPREAD = 1.0                                 # of the lag's logarithm
PEOPLE = 20_000                              # judged in one seed
ACTIVE = {"feed": 2_000_000, "parts": 100_000}                      # people whose keys and values are kept
CARDS = {"night": (0.2, 0.2), "stream": (1.5, 1.0), "full": (4.5, 1.5), "prefix": (1.5, 1.5)}  # thousand € a month, feed and parts
UPKEEP, GB_COST = 2.0, 0.01                  # of a cache that must follow model, cuts and deletions; of a GB of memory
SPARE_MS, FULL_MS, PREFIX_MS, MS_COST = 5.0, 8.0, 2.0, 0.5
TOKENS, WIDTH, BLOCKS, NUMBER_BYTES = 400, 256, 4, 2
MADE = {"every night": ("night", "night"), "after each item, by a stream": ("stream", "stream"),
        "at the request, history from the store": ("full", "store"),
        "at the request, with the session's items": ("full", "request"),
        "cached prefix, with the session's items": ("prefix", "request")}


def cache_gb(system) -> float:
    """Keys and values of each block, token and number of the width, for everybody who is active."""
    return 2 * BLOCKS * TOKENS * WIDTH * NUMBER_BYTES * ACTIVE[system] / 1e9


def missing(system, source, seed) -> np.ndarray:
    """int (people,): how many of the latest items have not arrived, 0 to 2. source: "night", "stream", "store", "request"."""
    rng = np.random.default_rng([seed, 7])
    gap = rng.exponential(GAP_S[system], (PEOPLE, 2)).cumsum(axis=1)          # seconds since the last item, and the one before
    slow = np.exp(SPREAD * rng.normal(size=(PEOPLE, 2)))                      # of each item, over the median
    first = rng.random(PEOPLE) < 1 / SYSTEMS[system].requests
    if source == "request":
        return np.zeros(PEOPLE, int)
    if source == "night":
        return np.where(first, 0, 2)
    late = slow * LAG_S[source] > gap
    return np.where(first | ~late[:, 0], 0, 1 + late[:, 1])


@cache
def _found(system, source, seed) -> float:
    return found_late(SYSTEMS[system], missing(system, source, seed), seed)


def cost(system, made) -> float:
    """Thousand € a month: cards, late requests, memory and upkeep."""
    work = MADE[made][0]
    total = CARDS[work][list(SYSTEMS).index(system)]
    spent_ms = {"full": FULL_MS, "prefix": PREFIX_MS}.get(work, 0.0)
    total += MS_COST * max(spent_ms - SPARE_MS, 0.0)
    return total + (UPKEEP + GB_COST * cache_gb(system) if work == "prefix" else 0.0)


def _worth(system, made, seed) -> float:
    return 100 * _found(system, MADE[made][1], seed) - cost(system, made)


def play(choice, seed) -> float:
    """Both systems together: a hundredth of recall is worth a thousand € a month."""
    return sum(_worth(system, choice[system], seed) for system in SYSTEMS)


def against(choice) -> str:
    """What the best way of the first seed would have found and cost, and how often the last item was missing."""
    told = []
    for system, own, best in better_ways(choice, MADE, partial(_worth, seed=101), 0.3):
        without = 100 * (missing(system, MADE[own][1], 101) > 0).mean()
        told.append(f"{system}, {own}: the last item is missing in {without:.0f} of 100 requests; it finds "
                    f"{100 * _found(system, MADE[own][1], 101):.1f}% and costs {cost(system, own):.1f}; {best} finds "
                    f"{100 * _found(system, MADE[best][1], 101):.1f}% and costs {cost(system, best):.1f}.")
    return " ".join(told)


def _both(made) -> dict:
    return {"feed": made, "parts": made}


MEANS = {"every night": "a job makes all vectors; the request looks one up",
         "after each item, by a stream": "a job makes the vector anew, half of them within 20 s",
         "at the request, history from the store": "the whole history is read, 8 ms; half of the items are in the store within 10 s",
         "at the request, with the session's items": "the same 8 ms, but the request brings what the session took",
         "cached prefix, with the session's items": "older items' keys and values are kept: 2 ms"}

MADE_WHERE = Decision(
    id="sequences.5", title="Where is the vector made?", minutes=8, difficulty=3, used_in=("this lesson", "{{serving}}"),
    task="In the *feed*, 30 of 100 next items follow from the last one and 15 from the one before; items of a session come fifteen "
         "seconds apart, and it makes eight requests. In a shop for *parts*, 10 follow from the last, three minutes apart, "
         "and a visit makes three requests. What has not arrived cannot be read; last night's vector knows the last items at the first "
         "request alone. Kept keys and values are two vectors of 256 half-precision numbers for each of four blocks and 400 items, of "
         "2 million people in the feed, 100,000 in the shop; a GB costs 10 € a month, the care of this cache 2,000 €. Cards cost, in "
         "feed and shop, 200 and 200 € at night, 1,500 and 1,000 € by a stream, 4,500 and 1,500 € at the request, 1,500 and 1,500 € with "
         "kept prefixes. 5 ms are left; each beyond costs 500 €. A hundredth of recall is worth 1,000 €.",
    choice=Fields({"feed": Options(MEANS), "parts": TheSame(MEANS)}),
    policies={"every night for both": _both("every night"), "a stream for both": _both("after each item, by a stream"),
              "store at the request for both": _both("at the request, history from the store"),
              "session at the request for both": _both("at the request, with the session's items"),
              "cached prefix for both": _both("cached prefix, with the session's items"),
              "each its own": {"feed": "at the request, with the session's items", "parts": "after each item, by a stream"}},
    play=play, unit="thousand € a month, recall's worth less costs, both together", against=against,
    why="Compare how old a vector is with how fast items follow one another. Where seconds lie between two items and more seconds pass "
        "until one has arrived, a tower that reads order reads the wrong last item, and no larger network mends that; the session has to "
        "come with the request. Where minutes lie between, a vector made behind each item is almost always in time and leaves the "
        "request alone. Price the cache before you praise it: tokens, width, blocks and people multiply, 1.6 MB a person here, and 3.3 TB cost "
        "more than computing anew. (At 50 items of width 64 in two blocks it would be 51 GB; but that tower takes 0.6 ms of a core, and there is nothing to save.) Kept keys and "
        "values are exact only because attention is causal: a new item changes nothing that earlier ones computed. It stops being exact when the window slides, since each item then has another place; so cut in large steps and "
        "compute anew there, after each new model, and when a person deletes an item.",
    until_chosen="every night for both", spec=".1f")
