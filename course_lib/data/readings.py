"""Readings of a log, item by item: a rate is what counts as yes over what counts as a showing; pairs of one slate."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DataError, as_ids, as_numbers, check_labels, check_shape
from course_lib.data import labels


def rate_of_items(item: np.ndarray, yes: np.ndarray, times: np.ndarray, n_items: int, *,
                  strength: float = 60) -> np.ndarray:
    """Rate of each item, pulled towards the rate of all where there is little to go by.

    item: int (E,). yes: float (E,), what an impression counts as yes. times: float (E,), what it counts as a showing:
    with a click and 1 the rate is the click rate. strength: showings that the rate of all counts for.
    Returns float (n_items,). Raises ArgumentError for NaN or weights below 0, DataError where nothing counts as a
    showing, UnknownIdError for an item of n_items or more, ShapeError.
    """
    item = as_ids("item", item, n_items)
    yes, times = as_numbers("yes", yes, 0), as_numbers("times", times, 0)
    check_shape(item=(item, "E"), yes=(yes, "E"), times=(times, "E"))
    liked, shown = np.bincount(item, yes, n_items), np.bincount(item, times, n_items)
    if not shown.sum() > 0:
        raise DataError(f"none of {len(item)} impressions counts as a showing; expected at least one.")
    return (liked + strength * liked.sum() / shown.sum()) / (shown + strength)


def preferred(shown: pd.DataFrame, above: bool) -> tuple[np.ndarray, np.ndarray]:
    """Each pair of a clicked and an ignored item of one slate: is the clicked one liked more?

    shown: impressions with request_id, user, item, position, click and liking (anything that grows with how much the
    person likes the item). above: pairs whose ignored item stood above the click, else those where it stood below.
    Returns (user of each pair, 1.0 or 0.0 for each pair). Raises ArgumentError for a click that is not 0 or 1.
    """
    click = check_labels("click", shown["click"]) == 1
    clicked = shown.loc[click, ["request_id", "user", "item", "position", "liking"]]
    ignored = shown.loc[~click, ["request_id", "position", "liking"]]
    pairs = clicked.merge(ignored, on="request_id", suffixes=("", "_ignored"))
    stood_above = pairs["position_ignored"] < pairs["position"]
    pairs = pairs[stood_above == above]
    return pairs["user"].to_numpy(), (pairs["liking"] > pairs["liking_ignored"]).to_numpy(float)


def unseen_share(random_slots: pd.DataFrame, seen_given_ignored=labels.seen_given_ignored, *,
                 seed: int = 0) -> tuple[float, float, float]:
    """Share of ignored impressions that nobody looked at, and its ends by the examination curve's interval.

    random_slots: impressions of random slots: request_id, position, click. seen_given_ignored: (examination, click
    rate) → P(looked | ignored), float (K,) each. Errors as labels.examination_curve.
    """
    rate = random_slots.groupby("position")["click"].mean().to_numpy()
    curve = labels.examination_curve(random_slots, seed=seed)
    ends = []
    for column in ("relative", "high", "low"):
        chance = np.clip(curve[column].to_numpy(), rate, 1)
        ends.append(float(np.average(1 - seen_given_ignored(chance, rate), weights=1 - rate)))
    value, low, high = ends
    return value, min(low, value), max(high, value)
