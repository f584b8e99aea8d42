"""Purchases that come after their click: what a label misses on the day of the click, and made-up weeks of clicks whose
buyers take their time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, as_count, as_numbers, check_labels
from course_lib.data import labels


def missed_same_day(impressions: pd.DataFrame, outcomes: pd.DataFrame, *, until: float, window_s: float,
                    as_of: float) -> tuple[np.ndarray, np.ndarray]:
    """The purchases within window_s of a click made before `until`: does a label on the day of the click miss each?

    as_of: seconds, when all windows are over. Returns (user of each purchase, 1.0 where it came on a later day).
    Errors as labels.conversions.
    """
    final = labels.conversions(impressions, outcomes, as_of=as_of, window_s=window_s)
    final = final[(final["time"] < until) & (final["label"] == 1)]
    bought = final.join(_first_purchase(outcomes, "event_time"), on=["request_id", "item"])
    later = bought["bought"] // DAY_S > bought["time"] // DAY_S
    return bought["user"].to_numpy(), later.to_numpy(float)


def clicks_and_purchases(impressions: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """One row a click: request_id, user, item, time (s), bought (s): when the log learnt of its first purchase, or NaN.

    Raises ArgumentError for a click that is not 0 or 1.
    """
    clicked = check_labels("click", impressions["click"]) == 1
    clicks = impressions.loc[clicked, ["request_id", "user", "item", "time"]]
    return clicks.join(_first_purchase(outcomes, "arrival_time"), on=["request_id", "item"]).reset_index(drop=True)


def _first_purchase(outcomes: pd.DataFrame, when: str) -> pd.Series:
    """The earliest time, s, of each request and item's purchases, named "bought". when: the column of times."""
    purchases = outcomes[outcomes["kind"] == "purchase"]
    return purchases.groupby(["request_id", "item"])[when].min().rename("bought")


def made_week(delays_s: np.ndarray, slower: float, rng, *, n_clicks: int = 20_000,
              rate: float = 0.06) -> tuple[np.ndarray, np.ndarray, float]:
    """One week of clicks, of all ages up to seven days, whose buyers take 1 + slower times the delays of old ones.

    delays_s: float (D,), seconds. rng: a numpy Generator. Returns (label 0/1 known so far, age in s, the share that
    buys in the end). Raises ArgumentError for delays that are no numbers.
    """
    age = rng.uniform(0, 7 * DAY_S, n_clicks)
    buys = rng.random(n_clicks) < rate
    delay = rng.choice(as_numbers("delays_s", delays_s), n_clicks) * (1 + slower)
    return (buys & (delay <= age)).astype(float), age, float(buys.mean())


def made_clicks(rate: float, delays_s: np.ndarray, days: float, clicks_per_day: int, *, slower: float = 0.0,
                seed: int = 0) -> pd.DataFrame:
    """Clicks of the `days` before moment 0, a share of which leads to a purchase with the delays of old ones.

    rate: share that buys. delays_s: float (D,), seconds. slower: buyers take 1 + slower times as long. Returns a row a
    click: time (s, below 0), bought (s, NaN where never; above 0: nobody knows of it yet).
    Raises ArgumentError for a rate outside [0, 1] or delays that are no numbers.
    """
    rng = np.random.default_rng(seed)
    n = as_count("clicks", round(days * clicks_per_day), 1)
    as_numbers("rate", [rate], 0, 1)
    time = -rng.uniform(0, days * DAY_S, n)
    delay = rng.choice(as_numbers("delays_s", delays_s, 0), n) * (1 + slower)
    return pd.DataFrame({"time": time, "bought": np.where(rng.random(n) < rate, time + delay, np.nan)})
