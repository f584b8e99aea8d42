"""What an index is measured with: vectors that look like embeddings, recall against the exact answer, latency alone."""

from __future__ import annotations

import time

import numpy as np

from course_lib.contracts import ArgumentError, ShapeError, as_ids, as_numbers, check_unique_rows


def clustered_vectors(n, d=64, clusters=1_000, spread=0.7, seed=0) -> np.ndarray:
    """Unit vectors in overlapping clusters of unequal size, with a few strong directions: like item embeddings.

    n, d, clusters: int. spread: noise around a centre against the distance between centres. Returns float32 (n, d) in
    no order: take queries off the end. Raises ArgumentError for sizes below 1.

    Departs: uniform random vectors, the usual choice, have no neighbours worth finding: every index looks bad on them.
    """
    if min(n, d, clusters) < 1 or not 0 <= spread < np.inf:
        raise ArgumentError(f"n = {n}, d = {d}, clusters = {clusters}, spread = {spread}; expected sizes of at least "
                            f"1 and a spread of at least 0.")
    rng = np.random.default_rng(seed)
    strength = (np.arange(1, d + 1) ** -0.5).astype(np.float32)
    centre = rng.standard_normal((clusters, d), dtype=np.float32)
    share = np.arange(1, clusters + 1) ** -0.5
    vectors = rng.standard_normal((n, d), dtype=np.float32)
    vectors *= np.float32(spread)
    vectors += centre[rng.choice(clusters, n, p=share / share.sum())]
    vectors *= strength
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return vectors


def index_recall(found, exact) -> np.ndarray:
    """Share of each query's true neighbours that an index found.

    found, exact: int (B, k), ids; -1 in `exact` pads. Returns float (B,); 1.0 where all were found, in any order.
    This is recall *of the index*. It says nothing about whether users like what lies near.
    Raises ShapeError if the number of queries differs, ArgumentError where exact holds an id twice in a row.
    """
    found, exact = as_ids("found", found, padding=True), as_ids("exact", exact, padding=True)
    if found.ndim != 2 or exact.ndim != 2 or len(found) != len(exact):
        raise ShapeError(f"found has shape {found.shape}, exact {exact.shape}; expected (B, k) of the same queries.")
    check_unique_rows(exact=exact)
    hits = [len(np.intersect1d(f[f >= 0], e[e >= 0])) for f, e in zip(found, exact, strict=True)]
    return np.array(hits) / np.maximum(1, (exact >= 0).sum(1))


def latencies_ms(search, queries, warm=10, clock=time.perf_counter) -> np.ndarray:
    """Milliseconds of each query when it comes alone, as requests do.

    search: function of float (1, d). queries: float (B, d); the first `warm` are run once before and not counted.
    clock: time.perf_counter says what a user waits; time.thread_time what the search itself uses, whoever else is busy.
    Returns float (B,): look at the median and the 99th percentile, not the mean.
    """
    for query in queries[:warm]:
        search(query[None])
    spent = np.empty(len(queries))
    for row, query in enumerate(queries):
        start = clock()
        search(query[None])
        spent[row] = 1e3 * (clock() - start)
    return spent


def comparisons(index, queries, k, **tuning) -> float:
    """Vectors that a search of a "flat" or "hnsw" index compares with one query, on average: cost without a clock.

    index: an ann.Index. queries: float (B, d). Returns n for "flat". Raises ArgumentError for other kinds.
    """
    if index.kind not in ("flat", "hnsw"):
        raise ArgumentError(f"comparisons of {index.kind} are not counted; expected an index of kind flat or hnsw.")
    if index.kind == "flat":
        return float(index.n)
    import faiss

    faiss.cvar.hnsw_stats.reset()
    index.search(queries, k, **tuning)
    return faiss.cvar.hnsw_stats.ndis / len(queries)


def pareto_front(recall, cost) -> np.ndarray:
    """Which settings are worth having: no other finds as much for less, or more for as little.

    recall: float (S,), higher is better. cost: float (S,), lower is better: ms, or bytes. Returns bool (S,); of
    settings equal in both, all stay. One setting alone → [True]. Raises ShapeError if the lengths differ,
    ArgumentError for NaN.
    """
    recall, cost = as_numbers("recall", recall), as_numbers("cost", cost, infinite=True)
    if recall.shape != cost.shape or recall.ndim != 1:
        raise ShapeError(f"recall has shape {recall.shape}, cost {cost.shape}; expected both (S,), one a setting.")
    no_worse = (recall[:, None] >= recall) & (cost[:, None] <= cost)  # (S, S): row no worse than column in both
    better = (recall[:, None] > recall) | (cost[:, None] < cost)
    return ~(no_worse & better).any(axis=0)
