"""What an impression may count as: a click, a long click, a purchase, its price, the money that is kept of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import check_labels

LONG_S = 30.0


def label_columns(impressions: pd.DataFrame, outcomes: pd.DataFrame, items: pd.DataFrame | None = None) -> pd.DataFrame:
    """Five labels of each impression, float, one column each: what they say at the end of the log.

    impressions: item, request_id, click, dwell_s. outcomes: request_id, item, kind; empty for a feed. items: price and
    margin (money) by item; without it there are two columns, "click" and "long click" (30 s or more). With it follow
    "purchase" (0 or 1), "revenue" (its price) and "money kept" (its margin; 0 where it came back).
    Raises ArgumentError for a click that is not 0 or 1.
    """
    click = check_labels("click", impressions["click"])
    long = click * (impressions["dwell_s"].fillna(0).to_numpy(float) >= LONG_S)
    labels = pd.DataFrame({"click": click, "long click": long}, index=impressions.index)
    if items is None:
        return labels
    bought, returned = (_happened(impressions, outcomes, kind) for kind in ("purchase", "return"))
    item = impressions["item"].to_numpy()
    price, margin = (items[name].to_numpy(float)[item] for name in ("price", "margin"))
    return labels.assign(**{"margin of long clicks": long * margin, "purchase": bought, "revenue": bought * price,
                            "money kept": bought * (1 - returned) * margin})


def _happened(impressions: pd.DataFrame, outcomes: pd.DataFrame, kind: str) -> np.ndarray:
    """float (E,): 1 where an outcome of this kind came of the impression. Only a click can have one."""
    keys, clicked = ["request_id", "item"], np.flatnonzero(impressions["click"] == 1)
    found = outcomes.loc[outcomes["kind"] == kind, keys].drop_duplicates().assign(happened=1.0)
    happened = np.zeros(len(impressions))
    happened[clicked] = impressions[keys].iloc[clicked].merge(found, on=keys, how="left")["happened"].fillna(0.0)
    return happened
