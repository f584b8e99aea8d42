"""What an impression may count as: a click, a long click, a purchase, its price, the money that is kept of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, check_labels

LONG_S = 30.0
WINDOW_S = 28 * DAY_S                      # a purchase takes a day or two, a return a week more


def label_columns(impressions: pd.DataFrame, outcomes: pd.DataFrame, items: pd.DataFrame | None = None, *,
                  as_of: float, window_s: float = WINDOW_S) -> pd.DataFrame:
    """Five labels of each impression, float, one column each: what they say at the moment `as_of`, NaN for not yet.

    impressions: item, request_id, time, click, dwell_s. outcomes: request_id, item, kind, arrival_time; empty for a
    feed. items: price and margin (money) by item; without it there are two columns, "click" and "long click" (30 s or
    more), which are known at once. With it follow "margin of long clicks", and three that come late: "purchase" (0 or
    1), "revenue" (its price) and "money kept" (its margin; 0 where it came back). A late label counts what the log
    learns within window_s of the showing, and is NaN while that window is open, whatever has come by then: rows are
    left out by their age alone. Times are seconds since day 0.
    Raises ArgumentError for a click that is not 0 or 1.
    """
    click = check_labels("click", impressions["click"])
    long = click * (impressions["dwell_s"].fillna(0).to_numpy(float) >= LONG_S)
    labels = pd.DataFrame({"click": click, "long click": long}, index=impressions.index)
    if items is None:
        return labels
    bought, returned = (_came(impressions, outcomes, kind, window_s) for kind in ("purchase", "return"))
    over = impressions["time"].to_numpy(float) + window_s <= as_of
    bought = np.where(over, bought, np.nan)
    item = impressions["item"].to_numpy()
    price, margin = (items[name].to_numpy(float)[item] for name in ("price", "margin"))
    return labels.assign(**{"margin of long clicks": long * margin, "purchase": bought, "revenue": bought * price,
                            "money kept": bought * (1 - returned) * margin})


def _came(impressions: pd.DataFrame, outcomes: pd.DataFrame, kind: str, window_s: float) -> np.ndarray:
    """float (E,): 1 where an outcome of this kind came of the impression in time. Only a click can have one."""
    keys, clicked = ["request_id", "item"], np.flatnonzero(impressions["click"] == 1)
    first = outcomes[outcomes["kind"] == kind].groupby(keys)["arrival_time"].min()
    clicks = impressions[[*keys, "time"]].iloc[clicked].join(first, on=keys)
    came = np.zeros(len(impressions))
    came[clicked] = clicks["arrival_time"] - clicks["time"] <= window_s
    return came
