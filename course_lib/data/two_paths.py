"""Two code paths for “the last day”: 24 hours in one, since midnight in the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data.features import counts_before, ranking_features

SMOOTHING = 20.0            # impressions that a rate starts from, as in features.count_features


def since_midnight(log: pd.DataFrame, at: pd.DataFrame, group) -> np.ndarray:
    """Clicks of each row's user in its item's group from midnight to the row's time, float (Q,).

    log, at: columns user, item, time (s), the log also click. group: int (N,), the group of each item.
    """
    group = np.asarray(group)
    n_groups, time = int(group.max()) + 1, at["time"].to_numpy(float)
    key, at_key = (table["user"].to_numpy(int) * n_groups + group[table["item"].to_numpy(int)] for table in (log, at))
    until, at_midnight = (counts_before(key, log["time"], at_key, moment, log["click"])
                          for moment in (time, time // DAY_S * DAY_S))
    return until - at_midnight


def by_calendar_day(log: pd.DataFrame, at: pd.DataFrame, group, table: pd.DataFrame) -> pd.DataFrame:
    """`table` (ranking_features of `at`) with its nine columns of the last day counted from midnight; same columns.

    A count since midnight is the count so far less the count at midnight; its rate is drawn to the same rate of all.
    """
    midnight = ranking_features(log, at.assign(time=at["time"] // DAY_S * DAY_S), group)
    overall = (table["item_ctr"] * (table["item_shown"] + SMOOTHING) - table["item_clicks"]) / SMOOTHING
    out = table.copy()
    for family in ("item", "user", "affinity"):
        shown, clicks = (table[f"{family}_{name}"] - midnight[f"{family}_{name}"] for name in ("shown", "clicks"))
        out[f"{family}_shown_recent"], out[f"{family}_clicks_recent"] = shown, clicks
        out[f"{family}_ctr_recent"] = (clicks + overall * SMOOTHING) / (shown + SMOOTHING)
    return out


def by_hour(at: pd.DataFrame, trained, served) -> pd.DataFrame:
    """Means of one feature on both paths by hour of the day: columns trained, served; index hour, 0 to 23.

    at: column time (s). trained, served: float (Q,).
    """
    table = pd.DataFrame({"trained": np.asarray(trained), "served": np.asarray(served),
                          "hour": (at["time"].to_numpy(float) % DAY_S // 3600).astype(int)})
    return table.groupby("hour").mean()
