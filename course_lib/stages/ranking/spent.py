"""How long one request takes: features and scores of so many candidates, on the processor and on the wall."""

from __future__ import annotations

import time

import numpy as np

from course_lib.contracts import Candidates, Requests, as_count
from course_lib.stages.ranking.ranker import RankerStage


def spent_ms(stage: RankerStage, user: int, born: np.ndarray, candidates: int, day: int = 7) -> np.ndarray:
    """float (2,): milliseconds of processor and wall to score so many candidates for one request.

    born: int (N,), items to take them from, repeated where there are fewer.
    """
    one = Requests.of([int(user)], eligible=born, day=day)
    found = Candidates(np.resize(born, (1, candidates)).astype(np.int32), np.zeros((1, candidates)))
    begun = np.array([time.process_time(), time.perf_counter()])
    stage.score(one, found)
    return 1e3 * (np.array([time.process_time(), time.perf_counter()]) - begun)


def p99_by_candidates(stage: RankerStage, users, born: np.ndarray, budget_ms: float, *, first: int = 100,
                      last: int = 6400, requests: int = 100) -> dict[int, np.ndarray]:
    """{candidates: (processor, wall) ms at the 99th percentile of single requests}.

    The number of candidates is doubled from `first` until the processor's exceeds the budget or `last` is reached.
    users: int (at least `requests`,). Each request is timed once, after one that warms the machine up.
    """
    spent_ms(stage, users[0], born, first)
    slow, n = {}, as_count("first", first, 1)
    while n <= last and all(ms[0] <= budget_ms for ms in slow.values()):
        spent = [spent_ms(stage, user, born, n) for user in users[:requests]]
        slow[n] = np.percentile(spent, 99, axis=0)
        n *= 2
    return slow
