"""The whole catalogue ranked for each user of a test part: the lists that offline metrics are taken of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, ShapeError, as_ids, best_k, check_same_keys


def held_out(test: pd.DataFrame) -> tuple[np.ndarray, list[np.ndarray]]:
    """The users of a test table, ascending int (U,), and for each the items held out.

    Raises DataError for an empty table or a missing user, ArgumentError for items that are no ids.
    """
    if len(test) == 0:
        raise DataError("The test part holds no interactions; expected at least one. Widen the split's test share.")
    as_ids("item of test", test["item"])
    if test["user"].isna().any():
        raise DataError(f"user of test is missing in {test['user'].isna().sum()} rows (first: row "
                        f"{int(np.flatnonzero(test['user'].isna())[0])}). Drop them.")
    ordered = test[["user", "item"]].drop_duplicates().sort_values("user", kind="stable")
    users, start = np.unique(ordered["user"].to_numpy(), return_index=True)
    return users, np.split(ordered["item"].to_numpy(np.int64), start[1:])


def top_items(model, users, k: int, seen: pd.DataFrame | None = None, batch: int = 1024,
              ties: str = "id") -> np.ndarray:
    """int (U, k): each user's k best items of the whole catalogue, those in `seen` masked; best first, -1 pads.

    model: has score(users) → float (B, N), or is that function. ties: equal scores go by "id", lowest first, or at
    "random", drawn anew for each user: over many users a model that scores all items alike then gets what chance gets,
    where by id it gets what the lowest ids happen to be worth. Raises ArgumentError on NaN scores; ShapeError where
    they are not (B, N); UnknownIdError for a seen item outside them; DataError where ids of `seen` are of another type.
    """
    score, users, rows = getattr(model, "score", model), np.asarray(users), []
    if ties not in ("id", "random"):
        raise ArgumentError(f"ties is {ties!r}; expected 'id' or 'random'.")
    alone, place = np.unique(users, return_inverse=True)
    if len(alone) < len(users):
        return top_items(model, alone, k, seen, batch, ties)[place]
    if seen is not None and len(users):
        check_same_keys(**{"user of seen": seen["user"], "users": users})
    rng = np.random.default_rng(0)
    for start in range(0, len(users), batch):
        part = users[start:start + batch]
        scores = _scores(score, part, model)
        if seen is not None:
            mine = seen[seen["user"].isin(part)]
            order = np.argsort(part)
            row = order[np.searchsorted(part, mine["user"].to_numpy(), sorter=order)]
            scores[row, as_ids("item of seen", mine["item"], scores.shape[1])] = -np.inf
        rows.append(best_k(scores, k) if ties == "id" else _best_by_lot(scores, k, rng))
    return np.concatenate([np.empty((0, k), np.int64), *rows]).astype(np.int64)


def _scores(score, part, model) -> np.ndarray:
    """A copy of the scores of these users, float (B, N), or the error that says what is wrong with them."""
    scores = np.array(score(part))
    if scores.ndim != 2 or len(scores) != len(part):
        raise ShapeError(f"{type(model).__name__}.score gives shape {scores.shape} for {len(part)} users; expected "
                         f"({len(part)}, N).")
    scores = scores if scores.dtype == np.float64 else scores.astype(np.float32, copy=False)
    if np.isnan(scores).any():
        raise ArgumentError(f"{type(model).__name__}.score gives NaN, first for user "
                            f"{part[np.isnan(scores).any(1)][0]}. Fix the model before ranking with it.")
    return scores


def _best_by_lot(scores: np.ndarray, k: int, rng) -> np.ndarray:
    """best_k with the columns of each row in an order of its own, so that equal scores come out in any order."""
    column = rng.permuted(np.broadcast_to(np.arange(scores.shape[1]), scores.shape), axis=1)
    top = best_k(np.take_along_axis(scores, column, 1), k)
    return np.where(top < 0, -1, np.take_along_axis(column, np.maximum(top, 0), 1))
