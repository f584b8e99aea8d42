"""Right solutions of lesson 00, written blind."""

import numpy as np
import pandas as pd
from blind_book import right


@right("start_here.1", "A plain loop over the stages, membership in a set of ints.")
def lost_at(item, left):
    wanted = int(item)
    for name, items in left:
        survivors = {int(i) for i in items}
        if wanted not in survivors:
            return name
    return "shown"


@right("start_here.1", "next() over a generator with np.any, default shown.")
def lost_at(item, left):
    return next((name for name, kept in left if not np.any(np.asarray(kept) == item)), "shown")


@right("start_here.1", "Recursion over the stages.")
def lost_at(item, left):
    if len(left) == 0:
        return "shown"
    (name, kept), *rest = left
    if not np.isin(item, kept).item():
        return name
    return lost_at_rest(item, rest)


def lost_at_rest(item, left):
    if not left:
        return "shown"
    name, kept = left[0]
    return lost_at_rest(item, left[1:]) if np.isin(item, kept).item() else name


@right("start_here.1", "pandas: a Series of survived flags by place, idxmin of it.")
def lost_at(item, left):
    names = [name for name, _ in left]
    survived = pd.Series([bool(pd.Series(np.asarray(kept)).eq(item).any()) for _, kept in left],
                         dtype=bool)
    if survived.all():
        return "shown"
    return names[int(np.argmin(survived.to_numpy()))]
