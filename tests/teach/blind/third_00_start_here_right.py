"""Right solutions of lesson 00, written blind."""

import numpy as np
import pandas as pd
from blind_book import right


@right("start_here.1", "A plain loop over the stages with a set, first one that lacks the item.")
def lost_at(item, left):
    item = int(item)
    for name, survivors in left:
        if item not in {int(i) for i in survivors}:
            return name
    return "shown"


@right("start_here.1", "next() over a generator with np.isin.")
def lost_at(item, left):
    gone = (name for name, ids in left if not np.isin(item, np.asarray(ids)).any())
    return next(gone, "shown")


@right("start_here.1", "Recursion on the list of stages.")
def lost_at(item, left):
    def rest(stages):
        if not stages:
            return "shown"
        name, ids = stages[0]
        return rest(stages[1:]) if np.any(np.asarray(ids) == item) else name

    return rest(list(left))


@right("start_here.1", "A table of who passed, as a pandas frame, then the first False; early return.")
def lost_at(item, left):
    left = list(left)
    if not left:
        return "shown"
    passed = pd.DataFrame({
        "stage": [name for name, _ in left],
        "has": [bool(pd.Series(np.asarray(ids), dtype="int64").eq(item).any()) for _, ids in left],
    })
    if passed["has"].all():
        return "shown"
    return passed.loc[~passed["has"], "stage"].iloc[0]
