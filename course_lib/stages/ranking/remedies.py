"""Rankers that differ in what they make of position: ignored, learnt and held at one value, or weighed away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.stages.ranking.sorted_logs import BASE

FIXED = "feature, fixed at 1"
WITHOUT = {"session": ("session_match",), "history": ("profile_match", "category_share")}


def train(rows: pd.DataFrame, columns, objective: str = "binary", *, weight=None, position: str | None = None,
          trees: int = 40, leaves: int = 15, seed: int = 0) -> GBDTRanker:
    """A small forest of boosted trees on the columns given, fitted to rows["click"]; position as in GBDTRanker."""
    model = GBDTRanker(objective, learning_rate=0.15, min_rows=100, trees=trees, leaves=leaves, position=position,
                       seed=seed, num_threads=1)
    return model.fit(rows[list(columns)], rows["click"], rows["request_id"].to_numpy(), weight=weight)


def treated(rows: pd.DataFrame, columns, weigh: Callable, seed: int = 0, **size) -> dict[str, GBDTRanker]:
    """The same trees with position ignored, learnt and held at 1, or weighed away by weigh(position, click) -> (n,)."""
    weight = weigh(rows["position"].to_numpy(int), rows["click"].to_numpy())
    return {"ignored": train(rows, columns, seed=seed, **size),
            FIXED: train(rows, [*columns, "position"], position="position", seed=seed, **size),
            "weights": train(rows, columns, weight=weight, seed=seed, **size)}


def rivals_of(rows: pd.DataFrame, weigh: Callable, settings: int = 7, seed: int = 0) -> dict:
    """21 rankers such as a team would compare: columns, rows and trees drawn seven times, each treated in three ways.

    Returns {(number of the draw, treatment): ranker}.
    """
    rng, made = np.random.default_rng(seed), {}
    for number in range(settings):
        columns = [name for name in BASE if rng.random() < 0.7]
        some = rows[rows["request_id"] % 5 < 2 + number % 2]               # and not all from as many rows
        size = {"trees": int(rng.choice([20, 40])), "leaves": int(rng.choice([4, 8, 15]))}
        for treatment, ranker in treated(some, columns, weigh, seed=seed, **size).items():
            made[number, treatment] = ranker
    return made


def without(rows: pd.DataFrame, columns, seed: int = 0) -> dict[str, GBDTRanker]:
    """The full ranker, and rankers that lack what looks at the session or at the history; position held at 1."""
    gone = {"full": (), **WITHOUT}
    kept = {name: [column for column in columns if column not in left_out] for name, left_out in gone.items()}
    return {name: train(rows, [*held, "position"], position="position", seed=seed) for name, held in kept.items()}
