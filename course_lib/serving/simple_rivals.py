"""The simplest rivals of a recommender, given the rows that it was given: a chart, a recent chart, one linear model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.data.splits import Split
from course_lib.stages.retrieval.baselines import EASE, Baseline, Popularity, RecentPopularity
from course_lib.stages.retrieval.candidate_sources import choose_l2

RECENT_DAYS = 30.0


def simple_rivals(split: Split, n_users: int, n_items: int, *, l2: float | None = None,
                  seed: int = 0) -> dict[str, Baseline]:
    """{"popularity", "recent counts", "EASE"}: each fitted on the train and valid parts of split together.

    Recent counts are those of the last 30 days. EASE's one setting, l2, is chosen on valid, fitted on train alone, as
    the course's funnel chooses its own, where none is given; seed: who judges it, where there are very many.
    Raises DataError where train is empty.
    """
    known = pd.concat([split.train, split.valid])
    l2 = choose_l2(split.train, split.valid, n_users, n_items, seed=seed) if l2 is None else l2
    models = {"popularity": Popularity(), "recent counts": RecentPopularity(RECENT_DAYS), "EASE": EASE(l2)}
    return {name: model.fit(known, n_users, n_items) for name, model in models.items()}


def judged_by(split: Split) -> tuple[np.ndarray, list[np.ndarray]]:
    """(users int (U,), a list of what each took in the test part), of those with a row in train or valid."""
    known = np.union1d(split.train["user"], split.valid["user"])
    test = split.test[split.test["user"].isin(known)]
    taken = {int(user): part.to_numpy() for user, part in test.groupby("user")["item"]}
    return np.array(list(taken), int), list(taken.values())
