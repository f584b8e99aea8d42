"""Search under a hard filter: only some items may be returned. Three ways, and which one when.

post    search without the filter, fetch more than asked, drop what may not stay
inside  the index walks over everything but keeps only what may stay (faiss IDSelector)
brute   compare the query with every survivor: exact, and cheap exactly when a filter is hard

Each takes (index, queries (B, d), k, allowed bool (N,)) and returns ids int64 (B, k), -1 pads, and scores float32
(B, k), higher first, -inf pads. `index` is an `ann_index.Index`.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_ids

WAYS = ("auto", "post", "inside", "brute")
STEP = 4  # a step of a walk costs about as much as comparing with this many survivors, read in no order (measured)
POST_ABOVE = 0.95  # pass rate from which dropping costs less than testing at every step


def as_mask(allowed, n: int) -> np.ndarray:
    """bool (n,) from a mask (n,) or from ids. Raises ArgumentError for another length, an id outside [0, n) or none."""
    allowed = np.asarray(allowed)
    if allowed.dtype == bool:
        if allowed.shape != (n,):
            raise ArgumentError(f"allowed is a mask of shape {allowed.shape}; expected ({n},), one for each vector.")
        return allowed
    mask = np.zeros(n, bool)
    allowed = allowed if allowed.dtype.kind == "i" else as_ids("allowed", allowed)
    if allowed.size and (allowed.min() < 0 or allowed.max() >= n):
        bad = allowed[(allowed < 0) | (allowed >= n)][0]
        raise ArgumentError(f"allowed holds id {bad}; expected ids of 0 to {n - 1}, the vectors of this index.")
    mask[allowed] = True
    return mask


def choose(n: int, survivors: int, beam: int = 64) -> str:
    """The way to search n vectors of which `survivors` pass: choose(10**6, 10**4) → "brute".

    A walk that shall meet `beam` that pass takes about beam · n / survivors steps; brute force, `survivors` looks.
    """
    if survivors**2 <= STEP * beam * n:
        return "brute"
    return "post" if survivors >= POST_ABOVE * n else "inside"


def post_filter(ids, allowed, k) -> np.ndarray:
    """The first k ids of each row that may stay, in order: int (B, k), -1 where there are fewer.

    ids: int (B, C), best first, -1 pads. allowed: bool (N,). Twenty fetched at a pass rate of 10% leave about two.
    Raises ArgumentError where allowed is no mask, UnknownIdError for an id that it does not cover.
    """
    allowed, k = np.asarray(allowed), as_count("k", k)
    if allowed.dtype != bool or allowed.ndim != 1:
        raise ArgumentError(f"allowed is {allowed.dtype} of shape {allowed.shape}; expected a mask, bool (N,). Turn "
                            f"ids into one: as_mask(ids, n).")
    ids = as_ids("ids", ids, len(allowed), padding=True)
    if not len(allowed):
        return np.full((len(ids), k), -1)
    return drop(ids, np.zeros(ids.shape, np.float32), (ids >= 0) & allowed[ids], k)[0]


def drop(ids: np.ndarray, scores: np.ndarray, keep: np.ndarray, k: int):
    """Move what may stay to the front of each row, in order, and cut to k columns."""
    order = np.argsort(~keep, axis=1, kind="stable")[:, :k]
    kept = np.take_along_axis(keep, order, 1)
    found = np.where(kept, np.take_along_axis(ids, order, 1), -1)
    return pad(found, np.where(kept, np.take_along_axis(scores, order, 1), -np.inf).astype(np.float32), k)


def pad(ids: np.ndarray, scores: np.ndarray, k: int):
    """Widen rows to k columns: ids with -1, scores with -inf."""
    more = ((0, 0), (0, max(0, k - ids.shape[1])))
    return np.pad(ids, more, constant_values=-1), np.pad(scores, more, constant_values=-np.inf)


def post(index, queries, k, allowed, fetch=None, **tuning):
    """Fetch `fetch` (default: k over the pass rate and a third more) without the filter, then drop."""
    if fetch is None:
        fetch = int(np.ceil(k * len(allowed) / max(1, np.count_nonzero(allowed)) * 4 / 3)) + 8
    ids, scores = index.nearest(queries, min(index.n, max(k, fetch)), **tuning)
    return drop(ids, scores, (ids >= 0) & allowed[ids], k)


def inside(index, queries, k, allowed, **tuning):
    """Let faiss test every id while it walks; what fails still guides the walk."""
    return index.nearest(queries, k, allowed=allowed, **tuning)


def brute(index, queries, k, allowed):
    """Compare with every survivor. Exact where the index holds the vectors; else exact over the codes it holds."""
    return index.exhaustive(queries, k, np.flatnonzero(allowed))


def search_allowed(index, queries, k, allowed, how="auto", **tuning):
    """Search under a filter; rows that come back short are searched again by brute force.

    So each row holds min(k, survivors) ids, whichever way was taken. how: one of WAYS; "auto" looks at how many
    survive. Raises ArgumentError for another.
    """
    if how not in WAYS:
        raise ArgumentError(f"how is {how!r}; expected one of {', '.join(WAYS)}.")
    allowed = as_mask(allowed, index.slots)
    survivors = int(np.count_nonzero(allowed))
    beam = max(k, tuning.get("ef_search", index.params.get("ef_search", 64)))
    way = choose(index.n, survivors, beam) if how == "auto" else how
    if way == "brute":
        return brute(index, queries, k, allowed)
    if how == "auto" and way == "inside" and index.kind == "hnsw":  # of what the walk meets, only the pass rate counts
        tuning = {**tuning, "ef_search": min(100_000, int(np.ceil(beam * index.n / survivors)))}
    ids, scores = {"post": post, "inside": inside}[way](index, queries, k, allowed, **tuning)
    short = (ids >= 0).sum(1) < min(k, survivors)
    if how == "auto" and short.any():
        ids[short], scores[short] = brute(index, queries[short], k, allowed)
    return ids, scores
