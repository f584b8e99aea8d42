"""A table of who took what as the matrices that candidate sources learn from: aged, graded, by basket.

Letters: U users, N items.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from course_lib.contracts import DAY_S, ArgumentError, blas_threads


def ease_weights(taken: sp.csr_matrix, l2: float) -> np.ndarray:
    """float32 (N, N): −P / diag(P) with a zero diagonal, P = (XᵀX + l2·I)⁻¹. taken: X, float32 (rows, N).

    Raises ArgumentError where l2 is so small that the matrix cannot be inverted in float32.
    """
    gram = (taken.T @ taken).toarray().astype(np.float32, copy=False)
    diagonal = np.diag_indices_from(gram)
    gram[diagonal] += l2
    with blas_threads(len(gram)):
        factor, failed = lapack.spotrf(gram.T, lower=1, overwrite_a=1)                   # .T: LAPACK's order of memory
        if failed:
            raise ArgumentError(f"l2 is {l2:g}, too small to invert a matrix of {len(gram):,} items. Raise it.")
        inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    weight = np.tril(inverse)
    weight += np.tril(weight, -1).T
    weight /= -np.diag(weight).copy()
    weight[diagonal] = 0
    return np.ascontiguousarray(weight)


def baskets(interactions, n_items: int) -> sp.csr_matrix:
    """float32 (baskets, N), sparse: 1 where an item was taken by a user on a day; a row for each user and day."""
    day = (interactions["time"].to_numpy() // DAY_S).astype(np.int64)
    day -= day.min()
    _, row = np.unique(interactions["user"].to_numpy(np.int64) * (day.max() + 1) + day, return_inverse=True)
    taken = sp.csr_matrix((np.ones(len(row), np.float32), (row, interactions["item"])), (int(row.max()) + 1, n_items))
    taken.data[:] = 1
    return taken


def values_around_mean(interactions, shape: tuple[int, int]) -> sp.csr_matrix:
    """float32 (U, N), sparse: value minus its user's mean value, over the deviation of all; 0 where there is no value.

    An item that a user took more than once has its last value. Without a column value, all are 0.
    """
    last = _last_of_each(interactions)
    user = last["user"].to_numpy()
    value = last["value"].to_numpy(float) if "value" in last else np.full(len(last), np.nan)
    there = ~np.isnan(value)
    count = np.bincount(user[there], minlength=shape[0])
    mean = np.bincount(user[there], value[there], minlength=shape[0]) / np.maximum(count, 1)
    around = np.where(there, value - mean[user], 0.0)
    if there.any():
        around /= max(value[there].std(), 1e-9)
    return sp.csr_matrix((around.astype(np.float32), (user, last["item"])), shape)


def aged_history(interactions, shape: tuple[int, int], half_life_days: float,
                 now: float | None = None) -> sp.csr_matrix:
    """float32 (U, N), sparse: 2^(−age / half-life) of a user's last event with an item.

    half_life_days: inf gives 1 for each. now: seconds that ages are counted back from; None: the last event of all.
    """
    last = _last_of_each(interactions)
    time = last["time"].to_numpy(float)
    age_days = ((time.max() if now is None else now) - time) / DAY_S
    weight = np.exp2(-age_days / half_life_days).astype(np.float32)
    return sp.csr_matrix((weight, (last["user"], last["item"])), shape)


def _last_of_each(interactions):
    """The rows of each user's last event with each item."""
    return interactions.sort_values("time", kind="stable").drop_duplicates(["user", "item"], keep="last")
