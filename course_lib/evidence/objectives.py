"""Objectives as functions over a log: what one request, or one person, was worth.

Each takes a log (anything with requests(), impressions() and outcomes(), such as data.log.Log) and returns a Series.
What is rewarded is a decision; the log is the same for all of them. An impression of a request that the log does not
hold is an error, and so is a click that is not 0 or 1; a dwell that is missing counts 0. Purchases and returns arrive
late: those of requests before the log's first day are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from course_lib.contracts import (
    ArgumentError,
    DataError,
    ShapeError,
    as_ids,
    as_numbers,
    check_labels,
    check_same_keys,
    check_shape,
)
from course_lib.data.item_labels import LONG_S
from course_lib.evidence.estimate import Estimate


def _requests(log) -> pd.DataFrame:
    requests = log.requests(columns=["request_id", "user", "day"])
    if requests.empty:
        raise DataError("the log holds no requests; run a policy in the environment first.")
    return requests


def per_request(row: np.ndarray, amount: np.ndarray, n_requests: int) -> np.ndarray:
    """Add events up by request: row int (E,) says which request each event belongs to, amount float (E,) its worth.

    Returns float (n_requests,); a request without events is worth 0, and stays in: per_request([2, 2], [1, 3], 4) is
    [0, 0, 4, 0]. Raises UnknownIdError for a row of n_requests or more, ArgumentError for NaN, ShapeError.
    """
    row, amount = as_ids("row", row, n_requests), as_numbers("amount", amount)
    check_shape(row=(row, "E"), amount=(amount, "E"))
    return np.bincount(row, weights=amount, minlength=n_requests)


def kept_money(value: np.ndarray, is_return: np.ndarray, margin_rate: np.ndarray, return_cost: float) -> np.ndarray:
    """What the shop keeps of each event, in its currency.

    value: float (E,), price of a purchase, minus the price for a return. is_return: bool (E,). margin_rate: float (E,)
    or (), share of the price kept. return_cost: money that handling one return costs. Returns float (E,): a purchase
    of 100 at a rate of 0.3 keeps 30, its return at a cost of 5 gives −35. Raises ArgumentError for NaN.
    """
    value, is_return = as_numbers("value", value), check_labels("is_return", is_return)
    return value * as_numbers("margin_rate", margin_rate) - return_cost * is_return


def came_back(user: np.ndarray, day: np.ndarray, last_day: int, within_days: int = 7) -> np.ndarray:
    """Whether each visit was followed by another of the same person on one of the next `within_days` days.

    user, day: int (V,), one row a visit, in any order. last_day: the last day the log covers.
    Returns float (V,): 1 or 0; NaN where the days that would tell are not over (day + within_days > last_day).
    """
    user, day = as_ids("user", user), as_ids("day", day)
    check_shape(user=(user, "V"), day=(day, "V"))
    visits, which = np.unique(np.stack([user, day]), axis=1, return_inverse=True)  # sorted by user, then day
    later = np.full(visits.shape[1], np.inf)
    same = visits[0, 1:] == visits[0, :-1]
    later[:-1][same] = visits[1, 1:][same]
    back = (later[which.ravel()] - day <= within_days).astype(float)
    return np.where(day + within_days > last_day, np.nan, back)


def rank_agreement(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation of two objectives' values over the same policies, float (P,) each.

    1: the same order; −1: the reverse; NaN where an objective is the same for all. Raises ArgumentError for fewer than
    three policies, or NaN.
    """
    a, b = as_numbers("a", a), as_numbers("b", b)
    if len(a) != len(b) or len(a) < 3:
        raise ArgumentError(f"{len(a)} and {len(b)} values given; expected the same number of policies, at least 3.")
    return float(pd.Series(a).rank().corr(pd.Series(b).rank()))


def _by_request(log, events: pd.DataFrame, amount, *, late: bool = False) -> pd.Series:
    """Sum of `amount` over the events of each request: a Series by request_id, 0 where there is none.

    late: events come days after their request, so those of requests before the log's first day are left out; a log
    that holds the request of none of them is another one, and an error.
    """
    ids = _requests(log)["request_id"]
    check_same_keys(**{"request_id of requests": ids, "that of events": events["request_id"]})
    if not ids.is_unique:
        raise DataError(f"request {ids[ids.duplicated()].iloc[0]} stands in the log twice; expected each once. Add no "
                        f"day twice.")
    row = pd.Index(ids).get_indexer(events["request_id"])
    known, nameless = row >= 0, events["request_id"].isna().to_numpy()
    if nameless.any():
        raise DataError(f"request_id is missing in {nameless.sum()} events (first: row {int(np.argmax(nameless))}); "
                        f"they would count for nobody. Drop or mend them.")
    if late and (known.any() or not len(row)):
        row, amount = row[known], np.asarray(amount)[known]
    elif not known.all():
        raise DataError(f"{(~known).sum()} events belong to no request of the log (first: request "
                        f"{events['request_id'].iloc[int(np.argmin(known))]}). Take both from the same days.")
    return pd.Series(per_request(row, amount, len(ids)), pd.Index(ids, name="request_id"))


def clicks(log) -> pd.Series:
    """Clicks of each request (by request_id; 0 where nothing was clicked)."""
    shown = log.impressions(columns=["request_id", "click"])
    return _by_request(log, shown, check_labels("click of impressions", shown["click"]))


def dwell(log) -> pd.Series:
    """Seconds spent on what each request showed (by request_id); a dwell that is missing counts 0."""
    shown = log.impressions(columns=["request_id", "dwell_s"])
    return _by_request(log, shown, shown["dwell_s"].fillna(0))


def long_clicks(log, min_s: float = LONG_S) -> pd.Series:
    """Clicks of each request that held the reader at least min_s seconds (by request_id)."""
    shown = log.impressions(columns=["request_id", "dwell_s"])
    return _by_request(log, shown, shown["dwell_s"] >= min_s)


def revenue(log) -> pd.Series:
    """Money of each request's purchases, returns not taken off (by request_id)."""
    outcomes = log.outcomes()
    bought = outcomes[outcomes["kind"] == "purchase"]
    return _by_request(log, bought, bought["value"], late=True)


def margin(log, *, margin_rate: float | pd.Series = 0.3, return_cost: float = 5.0) -> pd.Series:
    """Money kept from each request: purchases less returns, times the margin, less the cost of each return.

    margin_rate: share of the price that is kept, one number or a Series by item. return_cost: money lost on handling
    one return. Returns a Series by request_id; may be negative. Raises DataError for an item without a rate.
    """
    outcomes = log.outcomes()
    rows = outcomes[outcomes["kind"].isin(["purchase", "return"])]
    rate = margin_rate
    if isinstance(rate, pd.Series):
        check_same_keys(**{"item of outcomes": rows["item"], "the index of margin_rate": rate.index})
        rate = rows["item"].map(margin_rate)
        if rate.isna().any():
            first = rows["item"][rate.isna()].iloc[0]
            raise DataError(f"margin_rate has no rate for item {first} ({rate.isna().sum()} of {len(rows)} events lack "
                            f"one). Give every item that is sold a rate.")
    return _by_request(log, rows, kept_money(rows["value"], rows["kind"] == "return", rate, return_cost), late=True)


def next_week_return(log, *, within_days: int = 7) -> pd.Series:
    """1 where the person of a request comes back on one of the next `within_days` days, else 0 (by request_id).

    Requests of the last within_days days are left out: their answer is not known yet.
    """
    requests = _requests(log)
    last = int(requests["day"].max())
    if last - int(requests["day"].min()) < within_days:
        raise DataError(f"the log spans {last - int(requests['day'].min()) + 1} days; a return within {within_days} "
                        f"days needs at least {within_days + 1}.")
    back = came_back(requests["user"].to_numpy(), requests["day"].to_numpy(), last, within_days)
    return pd.Series(back, pd.Index(requests["request_id"], name="request_id")).dropna()



def per_user(reward: pd.Series, log) -> pd.Series:
    """Sum and spread a per-request reward over people: the mean of each person's requests (by user).

    Raises DataError where a reward belongs to no request of the log.
    """
    users = _requests(log).set_index("request_id")["user"].reindex(reward.index)
    if users.isna().any():
        raise DataError(f"{users.isna().sum()} of {len(users)} rewards belong to no request of this log (first: "
                        f"request {reward.index[users.isna()][0]}). Take reward and log of the same policy.")
    return reward.groupby(users).mean()



def per_showing(item: np.ndarray, amount: np.ndarray, n_items: int, *, strength: float = 300) -> np.ndarray:
    """What one showing of each item earned, pulled towards the average of all where showings are few.

    item: int (E,), what was shown. amount: float (E,), what it earned. strength: showings that the average of all
    counts for. Returns float (n_items,); an item never shown has the average. Raises ShapeError, DataError without a
    showing, UnknownIdError for an item of n_items or more, ArgumentError for NaN.
    """
    item, amount = as_ids("item", item, n_items), as_numbers("amount", amount)
    if len(item) != len(amount):
        raise ShapeError(f"item has {len(item)} rows, amount {len(amount)}; expected one amount for each showing.")
    if not len(item):
        raise DataError("no item was shown, so there is no average to pull towards; expected at least one showing.")
    shown = np.bincount(item, minlength=n_items)
    earned = np.bincount(item, weights=amount, minlength=n_items)
    return (earned + strength * np.mean(amount)) / (shown + strength)


def by_policy(logs: Mapping[str, object], reward: Callable) -> pd.DataFrame:
    """A reward of each person under each policy: a row a person, a column a policy, NaN where they asked nothing."""
    return pd.DataFrame({name: per_user(reward(log), log) for name, log in logs.items()})


def agreement(a: pd.DataFrame, b: pd.DataFrame, *, n_boot: int = 300, seed: int = 0) -> Estimate:
    """Rank correlation of two objectives over policies, with a 95% interval over people.

    a, b: from `by_policy`, with the same people and policies. People are drawn anew together for all policies and both
    objectives; what other policies would have shown is not in the interval. NaN where an objective is the same for all.
    Raises DataError for fewer than two people, or a policy for which nobody has a value; ShapeError.
    """
    if list(a.columns) != list(b.columns):
        raise ShapeError(f"a has policies {list(a.columns)}, b {list(b.columns)}; expected the same.")
    check_same_keys(**{"the index of a": a.index, "the index of b": b.index})
    empty = [name for name in a if a[name].isna().all() or b[name].isna().all()]
    if empty or not len(a) or not len(b):
        raise DataError(f"nobody has a value under policy {empty[0] if empty else 'any'}; expected people with a value "
                        f"under each. Run it on more days, or leave it out.")
    people = a.index.union(b.index)
    if len(people) < 2:
        raise DataError(f"the rewards are of {len(people)} person; expected at least 2. How far others lie from one "
                        f"cannot be known.")
    left, right = (table.reindex(people).to_numpy(float) for table in (a, b))
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(n_boot):
        pick = rng.integers(len(people), size=len(people))
        draws.append(rank_agreement(np.nanmean(left[pick], 0), np.nanmean(right[pick], 0)))
    value, known = rank_agreement(np.nanmean(left, 0), np.nanmean(right, 0)), np.array(draws)[np.isfinite(draws)]
    if np.isnan(value):
        return Estimate(value, np.nan, np.nan, len(people))
    low, high = np.percentile(known, [2.5, 97.5]) if known.size else (-1.0, 1.0)
    return Estimate(value, float(min(low, value)), float(max(high, value)), len(people))
