"""Two towers as a source of candidates beside EASE, ALS and counts: `default_sources(..., towers={...})`."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import as_count
from course_lib.stages.retrieval.source_models import Source

MOST_OF_HISTORY = 500   # items of a history that count, the latest ones: as many as the towers are trained with
CHUNK = 1000            # people whose histories are laid out at once


class TowerSource(Source):
    """A TwoTower asked with histories alone, so that a newcomer with the same past gets the same scores.

    seed: of training. settings: as TwoTower takes them; without any, dim 64 and four epochs, nothing chosen by
    validation, no recency, since a blend has counts as sources of their own. Item features are not used: content has a
    source of its own too. A fit takes longer than that of any other source, and a blend fits every source several
    times. Raises ArgumentError for settings that TwoTower does not take.
    """

    DEFAULTS = {"dim": 64, "max_epochs": 4, "batch_size": 1024, "learning_rate": 0.01, "time": False}

    def __init__(self, seed: int = 0, **settings):
        from course_lib.stages.retrieval.towers.model import TwoTower  # torch, only where it is asked for

        self.seed = as_count("seed", seed)
        self.model = TwoTower(**self.DEFAULTS | settings)

    def _train(self, interactions):
        self.model.fit(interactions, seed=self.seed, progress=False)

    def profiles(self, interactions, n):
        """float32 (n, d): the user vectors of n people of whom these events are known; the same for all who have
        none."""
        latest = interactions.sort_values("time", kind="stable").drop_duplicates(["user", "item"], keep="last")
        latest = latest.groupby("user").tail(MOST_OF_HISTORY)
        user, item = latest["user"].to_numpy(), latest["item"].to_numpy()
        order = np.argsort(user, kind="stable")
        start = np.searchsorted(user[order], np.arange(n + 1))
        place = np.arange(len(order)) - start[user[order]]                              # of an event in its history
        vectors = []
        for first in range(0, n, CHUNK):
            last = min(first + CHUNK, n)
            part = slice(start[first], start[last])
            length = int(np.diff(start[first:last + 1]).max(initial=0))
            histories = np.full((last - first, max(length, 1)), -1)
            histories[user[order][part] - first, place[part]] = item[order][part]
            vectors.append(self.model.embed_histories(histories))
        return np.concatenate(vectors)

    def answers(self, profiles):
        """float32 (B, N). An item that the towers have not seen is put level with the person's last one."""
        score = profiles @ self.model.embed_items().T                                    # (B, known items)
        unknown = self.seen.shape[1] - score.shape[1]
        if unknown <= 0:
            return score
        return np.hstack([score, np.repeat(score.min(axis=1, keepdims=True), unknown, axis=1)])
