"""Who comes back: whether a week's visits are by the people who came most in the month before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S


def by_top_tenth(visits: pd.DataFrame, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Each visit of a week: is it by the most active tenth of the four weeks before, 0/1 (V,); and whose it is, (V,).

    visits: columns user, time (s). seed: draws the moment, between four and nine tenths of the log.
    """
    now = visits["time"].quantile(np.random.default_rng(seed).uniform(0.4, 0.9))
    since = visits["time"] - now
    month = visits.loc[(since < 0) & (since >= -28 * DAY_S), "user"].value_counts()
    week = visits.loc[(since >= 0) & (since < 7 * DAY_S), "user"].to_numpy()
    busiest = month.index[:max(1, len(month) // 10)]
    return np.isin(week, busiest).astype(float), week


def days_of_visits(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a user and day, the first of each; columns user, time."""
    day = rows["time"] // DAY_S
    return rows.assign(day=day).drop_duplicates(["user", "day"])[["user", "time"]]
