"""A small recommender in a file, to be served."""

from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import Dataset
from course_lib.data import splits
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.serving.funnel_training import TREES

USERS, ITEMS, TASTES = 60, 40, 4
SMALL = FunnelSettings(n_candidates=30, n_shares=30, l2_grid=(20.0,), n_users=60,
                       trees=TREES | {"trees": 10, "min_rows": 5, "n_models": 1})


def saved_small(folder: Path) -> Path:
    """The file of a recommender of USERS people with TASTES tastes and ITEMS items."""
    rng, rows = np.random.default_rng(0), []
    for user in range(USERS):
        taste = np.where(np.arange(ITEMS) % TASTES == user % TASTES, 1.0, 0.05)
        taken = rng.choice(ITEMS, 8, replace=False, p=taste / taste.sum())
        rows.append(pd.DataFrame({"user": user, "item": taken, "time": 1.3e9 + rng.uniform(0, 1e6, 8)}))
    data = Dataset.from_frames(pd.concat(rows), time_unit="s")
    funnel = Funnel(SMALL).fit(data, splits.by_user(data.interactions), progress=False)
    return FunnelRecommender(funnel).save(folder / "small.recommender")
