"""A made-up log on which log loss and LambdaRank are trained alike, with position among the columns or without."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from course_lib.stages.ranking.ranker import GBDTRanker

REQUESTS, SLOTS, CANDIDATES, FEATURES = 2000, 10, 40, 4
LOOKS = 1 / np.arange(1, SLOTS + 1)
WEIGHTS = np.array([0.8, 0.6, 0.4, 0.3])


def _draw(rng, requests, n):
    """(features (requests, n, F), chance of a click on looking): some of it has reasons that no feature holds."""
    x = rng.normal(size=(requests, n, FEATURES))
    return x, 1 / (1 + np.exp(1.5 - x @ WEIGHTS - 0.6 * rng.normal(size=(requests, n))))


@cache
def _log(seed: int):
    """The log, sorted by the true chance, and a panel: features (R·K, F), position (R·K,), click (R·K,), panel."""
    rng = np.random.default_rng(seed)
    x, chance = _draw(rng, REQUESTS, SLOTS)
    order = np.argsort(-chance, axis=1)
    x, chance = np.take_along_axis(x, order[:, :, None], 1), np.take_along_axis(chance, order, 1)
    click = (rng.random(chance.shape) < LOOKS * chance).astype(int)
    position = np.tile(np.arange(1, SLOTS + 1), REQUESTS)
    return x.reshape(-1, FEATURES), position, click.ravel(), _draw(rng, 600, CANDIDATES)


def _shown(x, position, part):
    """The table that a part makes of features and position; columns by number."""
    table = np.asarray(part(x.copy(), position.copy()), float)
    return pd.DataFrame(table, columns=[str(column) for column in range(table.shape[1])])


def worth_of_both(part: Callable, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """What LambdaRank and log loss earn for each request of the panel, as a share of the best; float (R,) each.

    part(features (n, F), position (n,)) -> columns (n, G) that both are trained on. When serving, every candidate
    is asked for at position 1.
    """
    x, position, click, (candidates, chance) = _log(seed)
    rows, request = _shown(x, position, part), np.repeat(np.arange(REQUESTS), SLOTS)
    asked = _shown(candidates.reshape(-1, FEATURES), np.ones(chance.size, int), part)
    best = (-np.sort(-chance, axis=1)[:, :SLOTS] * LOOKS).sum(axis=1).mean()
    earned = []
    for objective in ("lambdarank", "binary"):
        ranker = GBDTRanker(objective, trees=30, leaves=8, learning_rate=0.15, min_rows=100, num_threads=1)
        score = ranker.fit(rows, click, request).predict(asked).reshape(chance.shape)
        top = np.argsort(-score, axis=1, kind="stable")[:, :SLOTS]
        earned.append((np.take_along_axis(chance, top, 1) * LOOKS).sum(axis=1) / best)
    return earned[0], earned[1]
