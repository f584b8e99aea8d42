"""Decision on serving: when a read is sent a second time."""

from functools import cache

import numpy as np

from course_lib.serving.loadgen.virtual_experiments import hedging
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

N = 3_000
PRICE = 1.0             # ms of p99 that one percent of further reads is worth


@cache
def _hour(after_ms: float, busy: bool, seed: int) -> tuple[float, float]:
    """(p99 in ms, reads a request) of an hour."""
    if busy:
        got = hedging(seed, after_ms=after_ms, load=0.75, slow=0.0, n=N)
    else:
        got = hedging(seed, after_ms=after_ms, load=0.2, slow=0.02, n=N)
    return got["p99_ms"], got["asked"]


def play(choice, seed) -> float:
    """Minus the mean p99 of the two hours and the price of further reads, ms."""
    hours = [_hour(choice["after_ms"], False, seed),
             _hour(choice["after_ms"] if choice["busy"] == "as ever" else np.inf, True, seed)]
    return -float(np.mean([p99 + PRICE * 100 * (asked - 1) for p99, asked in hours]))


def against(choice) -> str:
    """What each hour brought."""
    calm = np.mean([_hour(choice["after_ms"], False, seed) for seed in (101, 102, 103)], axis=0)
    busy = np.mean([_hour(choice["after_ms"] if choice["busy"] == "as ever" else np.inf, True, seed)
                    for seed in (101, 102, 103)], axis=0)
    return (f"Calm hour: a p99 of {calm[0]:.0f} ms with {calm[1] - 1:.0%} further reads. Busy hour: {busy[0]:.0f} ms with "
            f"{busy[1] - 1:.0%}.")


HEDGE = Decision(
    id="serving.4", title="When to ask a second replica", minutes=10, difficulty=3, used_in=("this lesson", "interview"),
    task="Two replicas answer reads of 5 ms on average. In a calm hour each has a load of .2, and 2% of reads take twenty times as "
         "long, by chance and on the replica that was asked alone. In a busy hour no read does, but the load is .75. After "
         "`after_ms` without an answer the other is asked too; the first answer counts, and the other read is not cancelled. The "
         "bill is the mean of both p99s, plus a millisecond for each percent of further reads.",
    choice=Fields({"after_ms": Number(0, 5_000, "ms"),
                   "busy": Options({"as ever": "also in the busy hour",
                                    "off": "not while the load is high"})}),
    policies={"at once, always": {"after_ms": 0, "busy": "as ever"},
              "after 15 ms, always": {"after_ms": 15, "busy": "as ever"},
              "after 15 ms, with a budget": {"after_ms": 15, "busy": "off"},
              "after 100 ms, with a budget": {"after_ms": 100, "busy": "off"},
              "never": {"after_ms": 5_000, "busy": "off"}},
    play=play, unit="ms of p99 and price, with a minus", against=against, spec=".1f", until_chosen="never",
    why="Where slowness belongs to *one* replica a few further reads cut the tail. Dean and Barroso (2013) report a p99.9 for "
        "a thousand keys of 74 ms in place of 1,800, with 2% more. Where everything is late because everything is busy, most "
        "reads are hedged and the load nearly doubles: so a budget, and a delay that follows the measured percentile. The read "
        "must have no effect, and the loser is cancelled where it can be. Where a hundred shards are "
        "asked, an answer from 98 that says so may cost little recall.")
