"""The two rules by which the whole course draws: which k are best, and numbers that depend on keys alone."""

from __future__ import annotations

import numpy as np

from course_lib.contracts.arguments import as_count, place
from course_lib.contracts.errors import ArgumentError, ShapeError


def best_k(score, k: int) -> np.ndarray:
    """int32 (B, k): places of the k highest scores a row, best first, ties to the lowest; -1 where a row has fewer.

    score: float (B, N), -inf where an item may not be shown. The one rule by which the course takes k best: it depends
    on the scores alone, not on how a library happens to part equal ones. A model that gives all items one score is
    thereby judged by the lowest ids. Raises ArgumentError naming the first row that holds NaN, ShapeError.
    """
    score = np.asarray(score)
    score = score if score.dtype.kind == "f" else score.astype(float)
    if score.ndim != 2:
        raise ShapeError(f"score has shape {score.shape}; expected (B, N), a row a request.")
    k, (rows, n) = as_count("k", k), score.shape
    if np.isnan(score.max(initial=-np.inf)):
        bad = np.isnan(score)
        raise ArgumentError(f"score holds {int(bad.sum())} NaN, first at {place(bad)}. Fix the model before ranking "
                            f"with it.")
    width = min(k, n)
    if not width or not rows:
        return np.full((rows, k), -1, np.int32)
    top = np.argpartition(-score, width - 1, axis=1)[:, :width]
    value = np.take_along_axis(score, top, 1)
    least = value.min(axis=1, keepdims=True)
    tied = ((score >= least).sum(axis=1) > width) & (least[:, 0] > -np.inf)  # more than fit share the last place
    for row in np.flatnonzero(tied):
        above = np.flatnonzero(score[row] > least[row])
        top[row] = np.concatenate([above, np.flatnonzero(score[row] == least[row])[: width - len(above)]])
        value[row] = score[row, top[row]]
    order = np.lexsort((top, -value), axis=1)
    top, value = np.take_along_axis(top, order, 1), np.take_along_axis(value, order, 1)
    top = np.where(np.isneginf(value), -1, top)
    return np.pad(top, ((0, 0), (0, k - width)), constant_values=-1).astype(np.int32)


def keyed_uniform(seed: int, *keys) -> np.ndarray:
    """Uniform numbers in [0, 1) that depend on the keys alone, not on how calls are batched.

    seed: int. keys: ints or integer arrays that broadcast together. Returns float64 of their broadcast shape; the
    same keys give the same number on any machine.

    Source: Steele, Lea, Flood 2014 (SplitMix64), doi:10.1145/2660193.2660195.
    """
    with np.errstate(over="ignore"):
        state = np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
        for key in keys:
            state = state + np.asarray(key).astype(np.int64).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)) * 2.0**-53
