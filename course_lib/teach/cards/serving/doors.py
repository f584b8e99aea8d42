"""Decisions on serving: whom to refuse when too many come, and how many workers two briefs need."""

from functools import cache

import numpy as np

from course_lib.serving.load import poisson_arrivals
from course_lib.serving.loadgen.percentiles import percentile
from course_lib.serving.loadgen.virtual import Clock, Servers
from course_lib.serving.loadgen.virtual_clients import live
from course_lib.serving.loadgen.virtual_experiments import overload
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

N, LOADS, BUDGET_MS = 3_000, (0.6, 1.2, 2.0), 50.0


@cache
def _in_time(load, places, drop, seed) -> float:
    deadline = BUDGET_MS - 5 if drop == "late ones" else np.inf
    return overload(seed, load=load, places=places, deadline_ms=deadline, n=N)["in_time"]


def play_door(choice, seed) -> float:
    """Percent of all requests with a full slate within 50 ms, mean of three loads."""
    return 100 * float(np.mean([_in_time(load, choice["places"], choice["drop"], seed) for load in LOADS]))


def against_door(choice) -> str:
    """What each load brought."""
    told = ", ".join(f"{100 * _in_time(load, choice['places'], choice['drop'], 101):.0f}% at a load of {load:g}"
                     for load in LOADS)
    return f"In time: {told}. At a load of 2 no more than 50% can be served at all."


DOOR = Decision(
    id="serving.5", title="Admit or shed", minutes=10, difficulty=3, used_in=("this lesson", "interview"),
    task="One worker needs 5 ms for a full slate on average (exponential). People leave after 50 ms. Loads of .6, "
         "1.2 and 2 are played. `places`: so many may be in the system; a further one gets the rung below at once.",
    choice=Fields({"places": Number(1, 500, "requests", whole=True),
                   "drop": Options({"nobody": "whoever was let in is served", "late ones": "after 45 ms they are not"})}),
    policies={"everybody is let in": {"places": 500, "drop": "nobody"},
              "everybody, late ones dropped": {"places": 500, "drop": "late ones"},
              "fifty places": {"places": 50, "drop": "nobody"},
              "one place": {"places": 1, "drop": "nobody"},
              "six places, late ones dropped": {"places": 6, "drop": "late ones"}},
    play=play_door, unit="percent of all requests with a full slate within 50 ms", against=against_door, spec=".1f",
    until_chosen="everybody is let in",
    why="Little's law: places = rate × time, so within 50 ms at 200 a second about ten can be in the system, and fewer "
        "where services vary: the mean wait is ρ/(1 − ρ) · (1 + c²)/2 services, with c their standard deviation over their mean "
        "(Pollaczek and Khinchine). Refuse *before* any work is done. Dropping the late alone serves people at the very end of their "
        "patience, where any spread makes the answer late. Newest first would serve some in time even without a door; health "
        "checks and purchases should pass before a prefetch. New machines come minutes after a rush, so the door has to hold "
        "till then; scale on the queue, which grows first.")


BRIEFS = {"feed": (1_800.0, 8.0, 50.0, 1.0), "shop": (60.0, 15.0, 100.0, 4.0)}  # a second, ms, p99 allowed, price of a breach


@cache
def _p99(brief, workers, seed) -> float:
    """p99 of a busy hour, ms; its rate lies between 5% below and 15% above the plan."""
    rate, service, _, _ = BRIEFS[brief]
    rng, clock = np.random.default_rng([seed, workers]), Clock()
    later = rate * rng.uniform(0.95, 1.15)
    pool = Servers(clock, lambda jobs, now: rng.exponential(service), servers=workers)
    got = live(clock, poisson_arrivals(rng, 2_500, later), [pool])
    return percentile(got.latency_ms, 99)


def play_size(choice, seed) -> float:
    """Minus the bill: a worker costs 1, and a broken p99 costs as much as all workers that the brief needs at least."""
    bill = 0.0
    for brief, (rate, service, allowed, price) in BRIEFS.items():
        workers = choice[brief]
        bill += workers + (price * rate * service / 1000 * 2 if _p99(brief, workers, seed) > allowed else 0)
    return -bill


def against_size(choice) -> str:
    """Load and p99 of each brief."""
    told = []
    for brief, (rate, service, allowed, _) in BRIEFS.items():
        load = rate * service / 1000 / choice[brief]
        told.append(f"{brief}: {load:.0%} busy on paper, a p99 of {_p99(brief, choice[brief], 101):.0f} ms in the first "
                    f"hour, {allowed:.0f} allowed")
    return "; ".join(told) + "."


SIZE = Decision(
    id="serving.6", title="Size the service for two briefs", minutes=12, difficulty=3, used_in=("this lesson", "interview"),
    task="How many workers does each brief need? One queue feeds all of them, and services are exponential. The "
         "hour brings between 5% fewer and 15% more requests than planned.\n\n"
         "| brief | requests a second | one takes | p99 allowed |\n|---|---|---|---|\n"
         "| `feed` | 1,800 | 8 ms | 50 ms |\n| `shop` | 60 | 15 ms | 100 ms |\n\n"
         "A worker costs 1. A broken p99 costs twice as much as the workers that are busy on paper; in the shop, eight times.",
    choice=Fields({"feed": Number(1, 200, "workers", whole=True), "shop": Number(1, 50, "workers", whole=True)}),
    policies={"just enough on paper": {"feed": 15, "shop": 1},
              "60% busy, both": {"feed": 24, "shop": 2},
              "30% busy, both": {"feed": 48, "shop": 3},
              "85% busy, both": {"feed": 17, "shop": 2},
              "three quarters busy in the feed, a third in the shop": {"feed": 19, "shop": 3},
              "four fifths busy in the feed, less than half in the shop": {"feed": 18, "shop": 2}},
    play=play_size, unit="workers and broken promises, with a minus", against=against_size, spec=".1f",
    until_chosen="60% busy, both", seeds=tuple(range(101, 111)),
    why="The feed may be far busier than the shop: many workers on one queue need less idle time for the same tail (Erlang). It "
        "keeps its p99 with eighteen, 80% busy on paper; the shop needs two, which are 45% busy. (Four fifths for both, rounded "
        "up, gives the same here; it is the rounding that saves the shop.) Eighteen queues with random "
        "choice would be eighteen single workers: the gain needs one queue, or the shorter of two (Mitzenmacher 2001). A zone "
        "that may be lost comes on top: of three, a half more. So 20 million requests a day of 20 ms are 231 a second, and some 700 at three times the "
        "mean. These keep 14 cores busy, 23 at 60% load, and 35 so that a zone may be lost: seldom much money.")
