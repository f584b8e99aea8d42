"""A ranker's rows by whom and what they concern: new and heavy people, new and old items, the head and the tail."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.evidence.calibrated_where import predicted_over_observed
from course_lib.evidence.estimate import Estimate

NEW_ITEM_DAYS = 2.0


def slices_of(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """{name: bool (n,)} of a table with user_clicks, age_days and item_recent, as FeedFeatures makes it.

    People and items are cut into thirds of the rows by their clicks so far; an item is new for two days.
    """
    clicks, recent, age = (rows[name].to_numpy(float) for name in ("user_clicks", "item_recent", "age_days"))
    few, many = np.quantile(clicks, [1 / 3, 2 / 3])
    tail, head = np.quantile(recent, [1 / 3, 2 / 3])
    return {"people with few clicks": clicks <= few, "people with many clicks": clicks > many,
            "items younger than two days": age < NEW_ITEM_DAYS, "older items": age >= NEW_ITEM_DAYS,
            "tail: items with few clicks": recent <= tail, "head: items with many clicks": recent > head}


def predicted_over_happened(chance: np.ndarray, rows: pd.DataFrame) -> dict[str, Estimate]:
    """Mean prediction over the share that was clicked, for all rows and for each slice; the interval is over people.

    chance: float (n,). rows: as for `slices_of`, with click and user. A slice without a click is left out.
    """
    click, user = rows["click"].to_numpy(float), rows["user"].to_numpy()
    named = {"all": np.ones(len(rows), bool), **slices_of(rows)}
    seen = {name: mask for name, mask in named.items() if click[mask].any()}
    return predicted_over_observed(chance, click, seen, groups=user)


def share_of_best_by_people(earned: np.ndarray, best: np.ndarray, user_clicks: np.ndarray) -> dict[str, float]:
    """{"few", "some", "many": share of their best that requests earn}, by thirds of the person's clicks so far.

    earned, best, user_clicks: float (R,), what each request earned, what it could, who asked.
    """
    third = np.digitize(user_clicks, np.quantile(user_clicks, [1 / 3, 2 / 3]))
    return {name: float(earned[third == place].mean() / best[third == place].mean())
            for place, name in enumerate(("few", "some", "many")) if (third == place).any()}
