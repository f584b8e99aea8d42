"""What a learner builds of retrieval by hand, written plainly: a cut in time, the user tower, exact search.

`Towers`, `splits.by_time` and the ANN index do the same at scale; tests hold each against its plain twin here.
"""

from __future__ import annotations

import numpy as np
import torch

from course_lib.contracts import as_count, as_ids, as_numbers, check_shape


def cut_by_time(time, fractions=(0.8, 0.1, 0.1)) -> np.ndarray:
    """Part of each event, int (E,): 0 train, 1 valid, 2 test, by one cutoff in time for everybody.

    time: float (E,), in any order. fractions: of train, valid, test. Events at a cutoff go to the later part.
    Raises ArgumentError for a time that is NaN.
    """
    time = as_numbers("time", time)
    at = np.round(np.cumsum(fractions[:2]) * len(time)).astype(int)
    edge = np.append(np.sort(time), np.inf)[at]
    return np.searchsorted(edge, time, side="right")


def user_vectors(table, constant, history) -> torch.Tensor:
    """(B, d): constant + sum of the history's item vectors / √(their number).

    table: float (N, d). constant: float (d,). history: int (B, H), −1 pads; a user without any gets the constant.
    """
    check_shape(table=(table, "Nd"), constant=(constant, "d"), history=(history, "BH"))
    real = (history >= 0).unsqueeze(-1)  # (B, H, 1)
    total = (table[history.clamp(min=0)] * real).sum(1)
    return total / real.sum(1).clamp(min=1) ** 0.5 + constant


def nearest_unseen(query, items, seen, k: int) -> np.ndarray:
    """int (k,): the items of highest dot product that are not in `seen`, best first, ties by id.

    query: float (d,). items: float (N, d). seen: int (S,). At most N − S come back.
    Raises ShapeError, ArgumentError for NaN, UnknownIdError for a seen item outside N.
    """
    query, items = as_numbers("query", query), as_numbers("items", items)
    check_shape(query=(query, "d"), items=(items, "Nd"))
    seen, k = as_ids("seen", seen, len(items)), as_count("k", k)
    score = np.asarray(items @ query, float)
    score[seen] = -np.inf
    return np.argsort(-score, kind="stable")[: min(k, len(score) - len(np.unique(seen)))]
