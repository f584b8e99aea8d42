"""Made-up logs for the tests of the towers."""

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S


def two_tastes(users=200, items=40, each=12, seed=0):
    """Even users take even items, odd users odd ones; times at random."""
    rng = np.random.default_rng(seed)
    own = [rng.choice(np.arange(u % 2, items, 2), each, replace=False) for u in range(users)]
    return pd.DataFrame({"user": np.repeat(np.arange(users), each), "item": np.concatenate(own),
                         "time": rng.uniform(0, 60 * DAY_S, users * each)})


def fashions(days=80, seed=0, items=24):
    """60 events a day by 300 users: four items are the fashion until others are, after a week on average; in the last
    eight days it is the last four."""
    rng, rows, now = np.random.default_rng(seed), [], np.arange(4)
    for day in range(days):
        now = rng.choice(items - 4, 4, replace=False) if rng.random() < 1 / 7 else now
        now = np.arange(items - 4, items) if day >= days - 8 else now
        item = np.where(rng.random(60) < 0.8, rng.choice(now, 60), rng.integers(0, items, 60))
        time = (day + rng.random(60)) * DAY_S
        rows.append(pd.DataFrame({"user": rng.integers(0, 300, 60), "item": item, "time": time}))
    return pd.concat(rows).sort_values("time").drop_duplicates(["user", "item"]).reset_index(drop=True)
