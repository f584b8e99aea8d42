"""The small feed in which the decisions of the feature audit are played: a week of log, and what is true of each pair."""

from functools import lru_cache

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data.log import MemoryLog

PEOPLE, ITEMS, REQUESTS_A_DAY, DAYS = 240, 130, 450, 6
ASKED_S = 21.5 * 3600       # of the last day: half past nine in the evening


@lru_cache(maxsize=8)
def week(seed, feed, policies):
    """Six days of log and most of a seventh, on which lists are made.

    Returns log, training rows, pairs to rank (user, item, time), (group, birthday, title length) of each item, and the
    true chance of a click of each pair, float (people, items).
    """
    world, days = feed(people=PEOPLE, items=ITEMS, requests_per_day=REQUESTS_A_DAY, seed=seed), MemoryLog()
    policy = policies.Popularity(power=0.5, seed=seed)
    world.run(policy, DAYS, days)
    people, able = np.arange(PEOPLE), world.eligible()
    chance = world.truth().click_probability(people[:, None], able[None, :])
    world.run(policy, 1, days)
    log, items = days.impressions(), world.catalog().items
    train = log[(log["time"] >= DAY_S) & (log["time"] < DAYS * DAY_S)]
    pairs = pd.DataFrame({"user": np.repeat(people, len(able)), "item": np.tile(able, PEOPLE),
                          "time": DAYS * DAY_S + ASKED_S})
    facts = tuple(items[name].to_numpy() for name in ("category", "born_day", "title_length"))
    return log, train, pairs, facts, chance
