"""What it costs to judge a policy from another one's log instead of running it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.evidence.estimate import Estimate, bootstrap


def decisions_for_one(random_log: pd.DataFrame, own_log: pd.DataFrame, *, seed: int = 0) -> Estimate:
    """How many decisions of a random log say as much about a policy as one of its own, with an interval.

    Tables with position, item, click and propensity. The policy's chances are the shares of its own log, position by
    position. Returns the variance of the weighted click in the random log over that of the click in the own log. It
    takes about ten clicks in each log for the interval to hold the truth nearly as often as it says.
    """
    share = own_log.groupby(["position", "item"]).size() / own_log.groupby("position").size()
    target = share.reindex(pd.MultiIndex.from_frame(random_log[["position", "item"]])).fillna(0).to_numpy()
    weighted = target / random_log["propensity"].to_numpy() * random_log["click"].to_numpy()
    size = min(len(weighted), len(own_log))
    pair = np.c_[weighted[:size], own_log["click"].to_numpy()[:size]]
    return bootstrap(pair, lambda rows: rows[:, 0].var() / rows[:, 1].var(), seed=seed)
