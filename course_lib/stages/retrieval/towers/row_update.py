"""One pass over the rows that a batch touched: what eight operations of PyTorch need eight passes for."""

from __future__ import annotations

import numba
import numpy as np
from numba.core.caching import NullCache


@numba.njit(cache=True, fastmath=True, nogil=True)
def update_rows(weight, mean, square, average, clock, at, rows, gradient, step, rate, decay, one, two, eps, keep):
    """AdamW on `rows`, int64 (R,), in place, with gradient float32 (R, d); and the average up to this step.

    weight, mean, square, average: float32 (N, d); average may have no rows where keep is 0. clock: float32 (N,),
    updates of each row. at: int64 (N,), the step its average stands at. step: this step. rate, decay, one, two, eps:
    learning rate, weight decay, both betas and epsilon. keep: share of the average that a step keeps.
    """
    for number in range(len(rows)):
        row = rows[number]
        clock[row] += 1
        size = np.float32(rate / (1 - one ** clock[row]))
        scale = np.float32(1 / np.sqrt(1 - two ** clock[row]))
        still = np.float32(keep ** max(0, step - 1 - at[row]))
        forget, forget_square, unit = np.float32(one), np.float32(two), np.float32(1)
        shrink, kept, least = np.float32(1 - rate * decay), np.float32(keep), np.float32(eps)
        for column in range(weight.shape[1]):
            slope, old = gradient[number, column], weight[row, column]
            first = forget * mean[row, column] + (unit - forget) * slope
            second = forget_square * square[row, column] + (unit - forget_square) * slope * slope
            mean[row, column], square[row, column] = first, second
            new = old * shrink - size * first / (np.sqrt(second) * scale + least)
            weight[row, column] = new
            if keep > 0:
                before = old + still * (average[row, column] - old)
                average[row, column] = kept * before + (unit - kept) * new
        at[row] = step


def compile_ahead() -> None:
    """Compile `update_rows` for the types with which training calls it, so that processes made from this one need not.

    What else is compiled afterwards is stored nowhere: those processes may not be allowed to write.
    """
    row, one, at = np.zeros((1, 1), np.float32), np.zeros(1, np.float32), np.zeros(1, np.int64)
    rates = 0.1, 0.1, 0.9, 0.9, 0.1, 0.9
    update_rows(row, row.copy(), row.copy(), row.copy(), one, at, at.copy(), row.copy(), 1, *rates)
    update_rows._cache = NullCache()
