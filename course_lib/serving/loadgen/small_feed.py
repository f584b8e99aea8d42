"""A small feed to be served: a recommender that learnt from its log, and what people clicked on the days after.

What was clicked since is not in the recommender. It comes to the service through the feature store, and whether it
comes in time is what a stale store is about.
"""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd

from course_lib.contracts import Dataset
from course_lib.data import splits
from course_lib.data.log import MemoryLog, interactions
from course_lib.serving.assemble import table_recommender
from course_lib.serving.funnel import FunnelSettings
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.serving.funnel_training import TREES
from course_lib.serving.service.release import Release

# One model of few trees on few labels: a lesson waits seconds for it, and its slates are far above popular ones.
SMALL = FunnelSettings(n_candidates=100, n_shares=50, n_labels=3_000, n_rows=30_000, l2_grid=(100.0,),
                       trees=TREES | {"trees": 60, "learning_rate": 0.1, "n_models": 1})


def learnt(environment, policy, *, days: int = 8, seed: int = 0) -> tuple[FunnelRecommender, dict[int, set]]:
    """(a recommender, {user: items taken}) from `days` days of an Environment under policy, which it lives through.

    At most two slots of a slate are one creator's. The recommender is cached under what it learnt from.
    """
    log = MemoryLog()
    environment.run(policy, days, log)
    clicks = interactions(log.impressions())
    seen = Dataset("feed", clicks, environment.catalog(), environment.users())
    split = splits.by_user(clicks, (0.85, 0.15, 0.0), seed=seed)     # the truth judges: nothing is held out
    system = table_recommender(seen, split, seed, settings=SMALL, caps={"creator": 2})
    return system, clicks.groupby("user")["item"].agg(set).to_dict()


def clicked(environment, system: FunnelRecommender, days: int = 2) -> tuple[dict, dict]:
    """Days under a copy of system: {user: items clicked, oldest first} before the last day, and at its end.

    The copy learns from day to day; system stays as it was served.
    """
    log = MemoryLog()
    environment.run(copy.deepcopy(system), days, log)
    days_before = [day for day in log.days if day != log.last_day]
    return _lists(interactions(log.impressions(days=days_before))), _lists(interactions(log.impressions()))


def full_slates(system: FunnelRecommender, recent: dict[int, list[int]], users, k: int = 10) -> np.ndarray:
    """int (n, k): what the whole chain shows users, int (n,), when it has all the time and all that they clicked."""
    requests = Release.of_funnel(system).requests(users, [recent.get(int(user), []) for user in users], k)
    return system.slates(requests).item


def _lists(clicks: pd.DataFrame) -> dict[int, list[int]]:
    return {int(user): items.tolist() for user, items in clicks.groupby("user", sort=True)["item"]}
