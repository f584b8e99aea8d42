"""The second funnel differs in what its trees are told, and in nothing else."""

import numpy as np
import pandas as pd

from course_lib.contracts import Dataset
from course_lib.data import splits
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.serving.funnel_training import TREES
from course_lib.serving.told_nothing import with_and_without_scores

SETTINGS = FunnelSettings(n_candidates=20, l2_grid=(10.0,), trees=TREES | {"trees": 20, "min_rows": 20})


def test_the_whole_is_the_usual_funnel_and_the_other_splits_on_no_score():
    rng = np.random.default_rng(0)
    taste = np.arange(40) % 3
    rows = [(user, item, float(when)) for user in range(120)
            for when, item in enumerate(rng.choice(np.flatnonzero(taste == user % 3), 9, replace=False))]
    data = Dataset.from_frames(pd.DataFrame(rows, columns=["user", "item", "time"]), name="tastes", time_unit="s")
    split = splits.by_user(data.interactions, seed=0)
    whole, without = with_and_without_scores(SETTINGS, data, split)
    people = np.arange(120)
    usual = Funnel(SETTINGS).fit(data, split)
    assert np.array_equal(whole.recommend(people, 5), usual.recommend(people, 5))
    assert np.array_equal(whole.candidates(people, 5), without.candidates(people, 5))
    gain = without.fitted.ranker.importance()
    said = whole.fitted.features.names_of_sources(whole.fitted.retriever.sources)
    assert gain[said].sum() == 0 < whole.fitted.ranker.importance()[said].sum()
    assert not np.array_equal(whole.recommend(people, 5), without.recommend(people, 5))
