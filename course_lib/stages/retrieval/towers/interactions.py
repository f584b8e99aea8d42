"""A table of who took what, when: checked, brought to rows, remembered as histories and decayed counts."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import DAY_S, ArgumentError, DataError, as_numbers
from course_lib.stages.retrieval.towers.batches import History
from course_lib.stages.retrieval.towers.ids import rows
from course_lib.stages.retrieval.towers.recency import RecencyClock

KEY = ["user", "item", "time"]
MAX_STRETCHES = 200


def check_interactions(table, what: str) -> None:
    """Raise DataError where a column of user, item, time or every row is missing; ArgumentError for NaN."""
    missing = [name for name in KEY if name not in table]
    if missing:
        raise DataError(f"{what} have no column {', '.join(missing)} (columns: {list(table)}); expected user, item, "
                        f"time.")
    if len(table) == 0:
        raise DataError(f"{what} are empty; expected at least one (user, item, time).")
    bad = ~np.isfinite(as_numbers(f"time of {what}", table["time"], missing=True, infinite=True))
    if bad.any() or table["user"].isna().any() or table["item"].isna().any():
        raise ArgumentError(f"{what} hold NaN in user, item or time, first in row "
                            f"{int(np.flatnonzero(bad | table['user'].isna() | table['item'].isna())[0])}. Drop it.")


def rows_of(table, users, items) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(user, item, time): rows of two Vocabularies and float64 s. Raises UnknownIdError for ids they do not hold."""
    return rows(users, table["user"]), rows(items, table["item"]), table["time"].to_numpy(np.float64)


def remember(model, table, valid=None) -> None:
    """Give `model` the histories of a table and its decayed counts as of the end.

    valid: tells for how long, in s, counts will be served that nobody brings forward, unless horizon_days does: for
    twice as long as valid lasts; without it a fifth of the time that train spans.
    """
    user, item, time = rows_of(table, model.user_vocabulary, model.item_vocabulary)
    order = np.argsort(time, kind="stable")
    model.past = (user[order], item[order], time[order])
    model.history = History(*model.past, model.n_users)
    model.train_end = float(time.max())
    first, end = float(time.min()), model.train_end + 1
    stretches = int(np.clip(len(time) // (model.settings["batch_size"] or 512), 10, MAX_STRETCHES))
    model.clock = RecencyClock(model.past[2], model.past[1], model.n_items, np.linspace(first, end, stretches + 1))
    model.counts, model.counts_at = model.clock.counts(end), end
    model.all_time = np.bincount(item, minlength=model.n_items).astype(float)
    days = model.settings["horizon_days"]
    served = 0.2 * (end - first) if valid is None else 2 * (float(valid["time"].max()) - end)
    model.horizon_s = max(0.0, served if days is None else days * DAY_S)
