"""Objectives as functions over a log: what one request, or one person, was worth.

Each takes a log (anything with requests(), impressions() and outcomes(), such as data.log.Log) and returns a Series.
What is rewarded is a decision; the log is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError


def _requests(log) -> pd.DataFrame:
    requests = log.requests()
    if requests.empty:
        raise DataError("the log holds no requests; run a policy in the environment first.")
    return requests


def _per_request(log, reward: pd.Series) -> pd.Series:
    ids = pd.Index(_requests(log)["request_id"], name="request_id")
    return reward.reindex(ids, fill_value=0.0).astype(float)


def clicks(log) -> pd.Series:
    """Clicks of each request (by request_id; 0 where nothing was clicked)."""
    return _per_request(log, log.impressions().groupby("request_id")["click"].sum())


def dwell(log) -> pd.Series:
    """Seconds spent on what each request showed (by request_id)."""
    return _per_request(log, log.impressions().groupby("request_id")["dwell_s"].sum())


def long_clicks(log, min_s: float = 30.0) -> pd.Series:
    """Clicks of each request that held the reader at least min_s seconds (by request_id)."""
    shown = log.impressions()
    return _per_request(log, (shown["dwell_s"] >= min_s).groupby(shown["request_id"]).sum())


def revenue(log) -> pd.Series:
    """Money of each request's purchases, returns not taken off (by request_id)."""
    outcomes = log.outcomes()
    bought = outcomes[outcomes["kind"] == "purchase"]
    return _per_request(log, bought.groupby("request_id")["value"].sum())


def margin(log, *, margin_rate: float | pd.Series = 0.3, return_cost: float = 5.0) -> pd.Series:
    """Money kept from each request: purchases less returns, times the margin, less the cost of each return.

    margin_rate: share of the price that is kept, one number or a Series by item. return_cost: money lost on handling
    one return. Returns a Series by request_id; may be negative.
    """
    outcomes = log.outcomes()
    rows = outcomes[outcomes["kind"].isin(["purchase", "return"])]
    rate = rows["item"].map(margin_rate) if isinstance(margin_rate, pd.Series) else margin_rate
    kept = rows["value"] * rate - return_cost * (rows["kind"] == "return")
    return _per_request(log, kept.groupby(rows["request_id"]).sum())


def next_week_return(log, *, within_days: int = 7) -> pd.Series:
    """1 where the person of a request comes back on one of the next `within_days` days, else 0 (by request_id).

    Requests of the last within_days days are left out: their answer is not known yet.
    """
    requests = _requests(log)
    last = int(requests["day"].max())
    asked = requests[requests["day"] <= last - within_days]
    if asked.empty:
        raise DataError(f"the log spans {last - int(requests['day'].min()) + 1} days; a return within {within_days} "
                        f"days needs at least {within_days + 1}.")
    visits = requests[["user", "day"]].drop_duplicates().sort_values(["user", "day"])
    visits["next"] = visits.groupby("user")["day"].shift(-1)
    days = asked.merge(visits, on=["user", "day"], how="left")
    back = (days["next"] - days["day"]) <= within_days
    return pd.Series(back.to_numpy(float), index=pd.Index(days["request_id"], name="request_id"))


def active_users(log, day: int) -> int:
    """How many people asked for a slate on `day`."""
    requests = _requests(log)
    return int(requests.loc[requests["day"] == day, "user"].nunique())


def per_user(reward: pd.Series, log) -> pd.Series:
    """Sum and spread a per-request reward over people: the mean of each person's requests (by user)."""
    users = _requests(log).set_index("request_id")["user"]
    return reward.groupby(users.reindex(reward.index)).mean()


def rank_policies(logs: Mapping[str, object], objectives: Mapping[str, Callable], *, n_boot: int = 200,
                  seed: int = 0) -> pd.DataFrame:
    """Put policies in order by each objective, on logs of the same people and dice.

    logs: policy name → log. objectives: name → function of a log that returns a Series by request_id.
    Returns one row a (objective, policy): value, low, high (95 %, bootstrap over people), rank (1 best).
    """
    if len(logs) < 2:
        raise ArgumentError(f"{len(logs)} logs given; a ranking needs at least two policies.")
    rng = np.random.default_rng(seed)
    rows = []
    for objective, reward in objectives.items():
        for name, log in logs.items():
            by_user = per_user(reward(log), log).to_numpy()
            draws = by_user[rng.integers(len(by_user), size=(n_boot, len(by_user)))].mean(1)
            low, high = np.percentile(draws, [2.5, 97.5])
            rows.append((objective, name, by_user.mean(), low, high))
    table = pd.DataFrame(rows, columns=["objective", "policy", "value", "low", "high"])
    table["rank"] = table.groupby("objective")["value"].rank(ascending=False).astype(int)
    return table


