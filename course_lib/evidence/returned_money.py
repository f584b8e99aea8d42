"""Ranking by what sales keep, on a real shop's own returns; and how much of what is bought had been bought before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S

MOST = 500.0                    # pounds one purchase counts for: two typing errors are a third of what was paid back
PRIOR = 20                      # purchases of the average article that an article's own share of returns is drawn to


def _purchases(shop) -> pd.DataFrame:
    """A row a purchase: user, item, day, price, paid (capped), and the day on which something of it first came back,
    infinite where nothing did."""
    events, start = shop.interactions, shop.interactions["time"].min()
    came = shop.returns[shop.returns["purchase"] >= 0].groupby("purchase")["time"].min()
    back_day = np.full(len(events), np.inf)
    back_day[came.index] = (came - start) / DAY_S
    return pd.DataFrame({"user": events["user"], "item": events["item"], "price": events["price"],
                         "day": (events["time"] - start) / DAY_S, "paid": np.minimum(events["value"], MOST),
                         "back_day": back_day})


def kept_by_shelf(shop, *, fee: float = 3.0, slots: int = 50, learn: int = 90, ahead: int = 28, seed: int = 0):
    """Money kept of each customer from two shelves of `slots` articles, float (customers, 2): by kept, by revenue.

    Half of the customers, drawn by seed, teach: over `learn` days, how many pounds each article takes a day, and over
    all days before, which share of its purchases has come back by then. One shelf holds the articles of most revenue,
    one those of most revenue times (1 − share) less the fees. The other half's purchases of the `ahead` days to come
    are counted: what was paid, nothing and minus `fee` where it came back. Dates follow one another every `ahead` days.
    """
    bought = _purchases(shop)
    taught = np.random.default_rng(seed).random(shop.n_users) < 0.5
    money = np.zeros((shop.n_users, 2))
    for date in np.arange(365, bought["day"].max() - ahead, ahead):
        past = bought[(bought["day"] < date) & taught[bought["user"]]]
        past = past.assign(back=past["back_day"] < date)
        shelves = _shelves(past, past["day"] >= date - learn, shop.n_items, fee, slots)
        come = bought[(bought["day"] >= date) & (bought["day"] < date + ahead) & ~taught[bought["user"]]]
        kept = np.where(np.isfinite(come["back_day"]), -fee, come["paid"])
        for column, shelf in enumerate(shelves):
            on = np.isin(come["item"], shelf)
            money[:, column] += np.bincount(come["user"][on], kept[on], shop.n_users)
    return money[~taught]


def _shelves(past, lately, n_items, fee, slots):
    """The articles of most money kept, and those of most revenue, int (slots,) each."""
    times, back = (np.bincount(past["item"], weight, n_items) for weight in (None, past["back"]))
    share = (back + PRIOR * past["back"].mean()) / (times + PRIOR)
    sales, revenue = (np.bincount(past["item"][lately], weight, n_items) for weight in (None, past["paid"][lately]))
    kept = revenue * (1 - share) - fee * sales * share
    return np.argsort(-kept, kind="stable")[:slots], np.argsort(-revenue, kind="stable")[:slots]


def bought_again(shop) -> dict[str, float]:
    """Share of purchases whose customer had bought that article before, and the median days in between."""
    events = shop.interactions
    gap = events.groupby(["user", "item"])["time"].diff() / DAY_S
    later = gap[gap > 0]
    return {"bought before": round(float(gap.notna().mean()), 3), "median days in between": round(later.median(), 1)}


def returned(shop) -> dict[str, float]:
    """Share of purchases that came back, even in part, and of the money paid that was paid back."""
    sent = shop.returns[shop.returns["purchase"] >= 0]
    paid = shop.interactions["value"].sum()
    return {"of purchases": round(sent["purchase"].nunique() / len(shop.interactions), 4),
            "of money": round(float(-sent["value"].sum() / paid), 4)}
