"""Twenty milliseconds to spend: on more candidates, on more trees, or on fetching one more feature. All is made up.

A service has 3,000 items. Retrieval orders them by a score that knows a part of the taste; the ranker sees that score,
the item's rate, its age, and, if it is fetched, how near the item is to what the session is after.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from course_lib.stages.ranking.ranker import GBDTRanker

ITEMS, REQUESTS, ROWS, SLOTS = 3000, 120, 20_000, 10
BUDGET_MS = 20.0
BASIC_US, TREE_US, SESSION_US = 12.0, 0.1, 20.0       # a candidate: features, a tree, the session
LOOKS = 1 / np.arange(1, SLOTS + 1)
PLAIN = ("retrieval", "rate", "age")


def milliseconds(candidates: int, trees: int, session: bool) -> float:
    """What one request takes: features and trees of all its candidates."""
    return candidates * (BASIC_US + TREE_US * trees + SESSION_US * session) / 1000


def _service(seed: int, requests: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """({feature: float (requests, ITEMS)}, chance of a click on looking, float (requests, ITEMS))."""
    rng, shape = np.random.default_rng([seed, requests]), (requests, ITEMS)
    item = np.random.default_rng(seed)
    rate, age = item.normal(size=ITEMS), item.uniform(0, 30, ITEMS)
    taste, near = rng.normal(size=shape), rng.normal(size=shape)
    logit = -4.5 + 1.1 * taste + 0.8 * rate + 1.0 * near - 0.9 * (age > 12) + 0.5 * taste * (rate > 0)
    features = {"retrieval": taste + 1.2 * rng.normal(size=shape), "rate": rate + np.zeros(shape),
                "age": age + np.zeros(shape), "session": near + 0.5 * rng.normal(size=shape)}
    return features, 1 / (1 + np.exp(-logit))


def _names(session: bool) -> list[str]:
    return [*PLAIN, "session"] if session else list(PLAIN)


@cache
def _fitted(seed: int, trees: int, session: bool) -> GBDTRanker:
    """Trees fitted on rows of a log that showed items of all ranks of retrieval."""
    features, chance = _service(seed, 40)
    rng = np.random.default_rng(seed + 1)
    picked = rng.choice(chance.size, ROWS, replace=False)
    rows = pd.DataFrame({name: features[name].ravel()[picked] for name in _names(session)})
    ranker = GBDTRanker(trees=trees, leaves=15, min_rows=60, learning_rate=min(0.15, 6 / trees), num_threads=1)
    return ranker.fit(rows, (rng.random(ROWS) < chance.ravel()[picked]).astype(int))


@cache
def _asked(seed: int):
    features, chance = _service(seed, REQUESTS)
    return features, chance, np.argsort(-features["retrieval"], axis=1)


def worth_of(seed: int, candidates: int, trees: int, session: bool) -> float:
    """Clicks that the ten slots earn, as a share of what the ten truly best of all items would.

    candidates: 10 to ITEMS, the best by retrieval. A request that takes longer than BUDGET_MS is answered in the order
    of retrieval.
    """
    features, chance, order = _asked(seed)
    found = order[:, :candidates]
    shown = found[:, :SLOTS]
    if milliseconds(candidates, trees, session) <= BUDGET_MS:
        rows = [np.take_along_axis(features[name], found, 1).ravel() for name in _names(session)]
        score = _fitted(seed, trees, session).predict_rows(np.stack(rows, axis=1)).reshape(found.shape)
        shown = np.take_along_axis(found, np.argsort(-score, axis=1, kind="stable")[:, :SLOTS], 1)
    best = -np.sort(-chance, axis=1)[:, :SLOTS]
    return float((np.take_along_axis(chance, shown, 1) * LOOKS).sum() / (best * LOOKS).sum())
