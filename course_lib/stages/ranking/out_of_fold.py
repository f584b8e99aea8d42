"""Labels for a ranker that its sources have not seen: parts of each user's events, or windows of time.

A ranker that learns from the scores of models which were fitted on its own labels learns to trust them too much. So the
sources are fitted anew without each part, and that part is the label.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, as_count

PARTS = 9  # as in a split 80/10/10: a ninth of train and valid together is as large as the test part


def parts_of_users(known: pd.DataFrame, n_sets: int, seed: int = 0) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """(past, label), n_sets times: label is a ninth of each user's events, drawn at random; past is all the rest.

    known: table with user (dense ids), a row an event. n_sets: 1 to 9; the labels of different sets share no row, and
    those of 9 sets are all rows. A user of fewer than 9 events has a label in some sets only.
    Raises DataError for an empty table, ArgumentError for n_sets out of range.
    """
    n_sets = as_count("n_sets", n_sets, 1, PARTS)
    _check_not_empty(known)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(known))
    user = known["user"].to_numpy()[order]
    turn = pd.Series(user).groupby(user).cumcount().to_numpy() + rng.integers(0, PARTS, int(user.max()) + 1)[user]
    part = np.empty(len(known), int)
    part[order] = turn % PARTS
    for held in range(n_sets):
        yield known[part != held], known[part == held]


def windows(known: pd.DataFrame, n_sets: int, length_s: float) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """(past, label), up to n_sets times: label is what was taken in a window of length_s seconds, past all before it.

    known: table with time in seconds, a row an event. The first window ends with the last event, the second where the
    first begins, and so on back in time; a window with less than two such lengths of past before it is left out, so
    that there may be none. No event of past is as late as the first of its label.
    Raises DataError for an empty table, ArgumentError where length_s is not above 0.
    """
    n_sets = as_count("n_sets", n_sets, 1)
    _check_not_empty(known)
    if not 0 < length_s < np.inf:
        raise ArgumentError(f"length_s is {length_s}; expected seconds, above 0.")
    time = known["time"].to_numpy()
    for back in range(n_sets):
        end = time.max() - back * length_s
        start = end - length_s
        if start < time.min() + 2 * length_s:
            return
        yield known[time <= start], known[(time > start) & (time <= end)]


def sets_needed(n_events: int, n_labels: int) -> int:
    """How many ninths of n_events hold about n_labels of them: at least 2, at most 5."""
    return int(np.clip(np.ceil(n_labels * PARTS / as_count("n_events", n_events, 1)), 2, 5))


def _check_not_empty(known: pd.DataFrame) -> None:
    if not len(known):
        raise DataError("known is empty; expected at least one event. Check the split's train and valid.")
