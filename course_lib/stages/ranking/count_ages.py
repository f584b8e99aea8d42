"""What the age of features costs a feed and a shop: lists made from counts that a job refreshes now and then."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data.features import snapshot_time
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.stages.ranking.signed_audit import counted

SOLD_WITHIN_S = 28 * DAY_S      # an article's recent sales
OWN_WEIGHT = 100.0              # an article bought before goes before one that was not


def feed_lists(log, train, pairs, facts, chance, ages_h) -> dict[float, float]:
    """{age: mean true chance of a click of the ten best items}, where a job refreshes served features so often.

    log: impressions; train: rows of it; pairs: (user, item, time), people by items as in chance; facts: group, born_day
    and title_length of each item; ages_h: hours between two refreshes, 0 for live.
    """
    model = GBDTRanker(trees=30, leaves=15).fit(counted(log, train, *facts), train["click"])
    out = {}
    for hours in ages_h:
        score = model.predict(counted(log, pairs, *facts, every_s=hours * 3600.0)).reshape(chance.shape)
        top = np.argsort(-score, axis=1, kind="stable")[:, :10]
        out[hours] = float(np.take_along_axis(chance, top, axis=1).mean())
    return out


def shop_lists(purchases: pd.DataFrame, n_items: int, ages_h, seed: int, orders: int = 400) -> dict[float, float]:
    """{age: share of an order's articles among the twenty shown before it}, where counts are refreshed so often.

    purchases: user, item, time, order, in order of time. The list: what the customer bought before, most often first,
    then what sold best in 28 days. orders: so many are drawn from the second half of the log by seed. ages_h: as above.
    """
    first = purchases.drop_duplicates("order")
    late = first[first["time"] > first["time"].quantile(0.5)]
    drawn = late.sample(orders, random_state=seed).sort_values("time")
    user, item, time = (purchases[name].to_numpy() for name in ("user", "item", "time"))
    baskets = purchases[purchases["order"].isin(drawn["order"])].groupby("order")["item"].unique()
    by_user = np.argsort(user, kind="stable")
    begin_of, end_of = (np.searchsorted(user[by_user], drawn["user"], side=side) for side in ("left", "right"))
    own_rows = [by_user[begin:end] for begin, end in zip(begin_of, end_of, strict=True)]
    out = {}
    for hours in ages_h:
        known = snapshot_time(drawn["time"], hours * 3600.0)
        hits = []
        for rows, moment, order in zip(own_rows, known, drawn["order"], strict=True):
            begin, end = np.searchsorted(time, [moment - SOLD_WITHIN_S, moment])
            sold = np.bincount(item[begin:end], minlength=n_items) / max(end - begin, 1)
            own = np.bincount(item[rows[rows < end]], minlength=n_items)
            top = np.argsort(-(OWN_WEIGHT * own + sold), kind="stable")[:20]
            hits.append(np.isin(baskets[order], top).mean())
        out[hours] = float(np.mean(hits))
    return out
