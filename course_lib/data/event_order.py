"""What a log says about order: how much of it there is, the same log without it, and three ways to hold events back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data import splits


def without_order(interactions: pd.DataFrame, seed: int = 0, latest: int | None = None) -> pd.DataFrame:
    """The same events with each user's items in an order of chance, those of one moment too; rows come back by time.

    Who took what stays, and so does when anybody was there. latest: items change places only within stretches of so
    many, counted back from each user's last, so that a model which reads the latest `latest` still reads the same
    items; None: within the whole history.
    """
    rng = np.random.default_rng(seed)
    ordered = interactions.sort_values(["user", "time"], kind="stable")
    back = ordered.groupby("user").cumcount(ascending=False).to_numpy()
    stretch = np.zeros(len(ordered), int) if latest is None else back // latest
    chance = np.lexsort((rng.random(len(ordered)), -stretch, ordered["user"].to_numpy()))
    dealt = ordered.iloc[chance].assign(time=ordered["time"].to_numpy())
    return dealt.sort_values("time", kind="stable", ignore_index=True)


def order_there_is(interactions: pd.DataFrame) -> dict[str, float]:
    """How much order a log holds: three shares, and how many events a user has.

    tied: of steps from a user's event to the next, those at one moment, whose order is that of rows. same_day: those
    within a day of 24 hours. one_day: of users with two events or more, those whose events all lie within a day.
    events: the median of a user.
    """
    ordered = interactions.sort_values(["user", "time"], kind="stable")
    gap = np.diff(ordered["time"].to_numpy(float))[np.diff(ordered["user"].to_numpy()) == 0]
    spans = ordered.groupby("user")["time"].agg(["min", "max", "size"])
    spans = spans[spans["size"] > 1]
    one_day = (spans["max"] - spans["min"]) < DAY_S
    return {"tied": float((gap == 0).mean()), "same_day": float((gap < DAY_S).mean()), "one_day": float(one_day.mean()),
            "events": float(ordered.groupby("user").size().median())}


def three_splits(interactions: pd.DataFrame, seed: int = 0) -> dict[str, splits.Split]:
    """{"random", "last", "time"}: the same events split in three ways. Repeats of a pair are left out first."""
    once = splits.first_only(interactions)
    return {"random": splits.by_user(once, seed=seed), "last": splits.leave_last_out(once),
            "time": splits.by_time(once)}


def at_test(split: splits.Split) -> splits.Split:
    """The same split once settings are chosen: valid has gone to train, and only people who stand in it are judged."""
    past = pd.concat([split.train, split.valid]).sort_values("time", kind="stable", ignore_index=True)
    known = split.test["user"].isin(past["user"])
    return splits.Split(past, split.valid.iloc[:0], split.test[known].reset_index(drop=True), split.kind)
