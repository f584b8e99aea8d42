"""Made-up logs in which the order says what comes next, for the tests of sequence models."""

import numpy as np
import pandas as pd


def rings(users=120, items=24, each=7, seed=0):
    """Everybody starts somewhere on a ring of items and takes the next one, and the next; a step a day."""
    start = np.random.default_rng(seed).integers(0, items, users)
    item = (start[:, None] + np.arange(each)) % items
    return pd.DataFrame({"user": np.repeat(np.arange(users), each), "item": item.ravel(),
                         "time": np.tile(np.arange(each) * 86_400.0, users)})
