"""What exact search takes at several widths, on one core."""

from __future__ import annotations

import time

import numpy as np

from course_lib.contracts import as_count
from course_lib.stages.ann.measure import latencies_ms


def exact_search_ms(widths, n: int = 50_000, queries: int = 50, seed: int = 0) -> dict[int, float]:
    """{d: median ms of one core} of comparing a query with n vectors of d numbers, for each of the widths, int ≥ 1."""
    from threadpoolctl import threadpool_limits

    widths = [as_count("widths", d, 1) for d in widths]
    vectors = np.random.default_rng(seed).normal(size=(as_count("n", n, queries), max(widths))).astype(np.float32)
    taken = {}
    with threadpool_limits(1):                                       # other threads' work would not be counted
        for d in widths:
            items = np.ascontiguousarray(vectors[:, :d])
            taken[d] = float(np.median(latencies_ms(
                lambda query, items=items: items @ query[0], vectors[:queries, :d], clock=time.thread_time)))
    return taken
