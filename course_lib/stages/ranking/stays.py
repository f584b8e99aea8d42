"""Two heads from one log: the chance of a click, and the chance that a click is followed by a stay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.stages.ranking.feed_features import COLUMNS
from course_lib.stages.ranking.ranker import GBDTRanker

STAY_S, PRIOR_CLICKS, SIZE = 30.0, 10, 5000


def stays_before(log: pd.DataFrame, day: int, size: int = SIZE) -> np.ndarray:
    """float (size,): for each item, the share of clicks before `day` with a stay of 30 s, drawn to the mean by ten.

    log: a row a showing, with day, item, click and dwell_s.
    """
    past = log[(log["click"] == 1) & (log["day"] < day)]
    clicks, stays = (np.bincount(part["item"], minlength=size) for part in (past, past[past["dwell_s"] >= STAY_S]))
    mean = stays.sum() / max(clicks.sum(), 1)
    return (stays + PRIOR_CLICKS * mean) / (clicks + PRIOR_CLICKS)


def _rows(log, kept):
    """The kept rows by day, with the items' stays as they stood that morning."""
    rows = log[kept].sort_values("day", kind="stable")
    history = np.concatenate([stays_before(log, day)[part["item"]] for day, part in rows.groupby("day")])
    return rows, rows[list(COLUMNS)].assign(stays=history)


def fit_stays(log: pd.DataFrame, seed: int = 0) -> GBDTRanker:
    """P(stay of 30 s | click), from the clicked rows of day 2 on."""
    rows, table = _rows(log, (log["click"] == 1) & (log["day"] >= 2))
    ranker = GBDTRanker(trees=40, leaves=7, learning_rate=0.1, min_rows=60, seed=seed, num_threads=1)
    return ranker.fit(table, rows["dwell_s"] >= STAY_S)


def fit_satisfied(log: pd.DataFrame, seed: int = 0) -> GBDTRanker:
    """P(click and stay of 30 s), from all rows of day 2 on, position held at 1 when serving."""
    rows, table = _rows(log, log["day"] >= 2)
    ranker = GBDTRanker(trees=40, leaves=15, learning_rate=0.15, min_rows=100, position="position",
                        seed=seed, num_threads=1)
    satisfied = (rows["click"] == 1) & (rows["dwell_s"] >= STAY_S)
    return ranker.fit(table.assign(position=rows["position"].to_numpy()), satisfied)


def asked(log: pd.DataFrame, panel: dict, day: int = 7) -> pd.DataFrame:
    """The rows of a panel (item int (R, C), rows R·C) with the items' stays before `day`."""
    return panel["rows"].assign(stays=stays_before(log, day)[panel["item"].ravel()])
