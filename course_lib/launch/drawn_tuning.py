"""Teams that try changes of a system in a few worlds each and keep what looks best: what they truly get.

Nothing of a world is in it: true effects and what worlds vary by are drawn, for the decision of lesson "day15".
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.stats import t

TEAMS, MOST_CHANGES, MOST_WORLDS = 300, 12, 16
MIDDLE, SPREAD = -1.0, 3.0      # of true effects, percent: most changes do not help
WORLD = 6.0                     # standard deviation of a paired difference from world to world, percent
PLAY = 0.02                     # percent of worth that a play of one change in one world costs


@cache
def _drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(true effects, their errors by world, errors in fresh worlds), percent."""
    rng = np.random.default_rng([seed, 16])
    shape = (TEAMS, MOST_CHANGES, MOST_WORLDS)
    return rng.normal(MIDDLE, SPREAD, shape[:2]), rng.normal(0, WORLD, shape), rng.normal(0, WORLD, shape)


def outcome(seed: int, changes: int, worlds: int, rule: str) -> dict[str, float]:
    """What teams get on average, percent, by a rule: "never", "best mean", "apart from 0" or "again in fresh worlds".

    worth (less what plays cost), taken (share of teams that change), said and true (what the change looked like in the
    worlds that chose it, and what it is; of those that change, 0 if none).
    """
    effects, errors, fresh = (part[:, :changes] for part in _drawn(seed))
    seen = effects[:, :, None] + errors[:, :, :worlds]
    best, rows = seen.mean(axis=2).argmax(axis=1), np.arange(TEAMS)
    own, true = seen[rows, best], effects[rows, best]
    said, plays = own.mean(axis=1), changes * worlds
    if rule == "again in fresh worlds":
        take, plays = (true + fresh[rows, best][:, :worlds].mean(axis=1)) > 0, plays + worlds
    elif rule == "apart from 0":
        take = said > t.ppf(0.975, worlds - 1) * own.std(axis=1, ddof=1) / np.sqrt(worlds)
    else:
        take = (said > 0) & (rule == "best mean")
        plays *= rule != "never"
    held = max(take.sum(), 1)
    return {"worth": float((true * take).mean() - PLAY * plays), "taken": float(take.mean()),
            "said": float((said * take).sum() / held), "true": float((true * take).sum() / held)}
