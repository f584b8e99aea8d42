"""A funnel of three stages with drawn errors: what each loses to the oracle, and what mending it would bring back.

Nothing of a world is in it. It is the arithmetic of a report by stage, for the decision of lesson "day15".
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

REQUESTS, ITEMS, CANDIDATES, SLOTS = 200, 200, 40, 10
SEEN = 1 / np.arange(1, SLOTS + 1) ** 0.7           # the chance that a place is looked at
ERROR = {"retrieval": 1.0, "choice": 1.5, "order": 1.0}       # in standard deviations of an item's log worth
LEFT = 0.5                                          # of a stage's error once it is mended
DAYS = {"retrieval": 21, "choice": 14, "order": 7}  # until a mend of the stage is live
HORIZON = 42


@cache
def _drawn(seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """(log worth, {stage: noise}), each float (REQUESTS, ITEMS)."""
    rng = np.random.default_rng([seed, 15])
    shape = (REQUESTS, ITEMS)
    return rng.normal(size=shape), {stage: rng.normal(size=shape) for stage in ERROR}


def _slate_worth(log_worth, rows) -> float:
    """Mean worth of slates. rows: int (REQUESTS, SLOTS), items in the order shown."""
    return float((np.exp(np.take_along_axis(log_worth, rows, axis=1)) * SEEN).sum(axis=1).mean())


def _best(score, rows, count) -> np.ndarray:
    """Of the items in `rows`, the `count` with the highest score, best first."""
    own = np.take_along_axis(score, rows, axis=1)
    return np.take_along_axis(rows, np.argsort(-own, axis=1, kind="stable")[:, :count], axis=1)


@cache
def kept(seed: int, mended: frozenset = frozenset()) -> dict[str, float]:
    """{"retrieval", "choice", "order": lost by the stage, "kept": what is left}, in parts of the oracle's worth."""
    log_worth, noise = _drawn(seed)
    score = {stage: log_worth + error * (LEFT if stage in mended else 1) * noise[stage]
             for stage, error in ERROR.items()}
    every = np.broadcast_to(np.arange(ITEMS), (REQUESTS, ITEMS))
    found = _best(score["retrieval"], every, CANDIDATES)
    chosen = _best(score["choice"], found, SLOTS)
    oracle = _slate_worth(log_worth, _best(log_worth, every, SLOTS))
    reached = _slate_worth(log_worth, _best(log_worth, found, SLOTS)) / oracle
    ordered = _slate_worth(log_worth, _best(log_worth, chosen, SLOTS)) / oracle
    shown = _slate_worth(log_worth, _best(score["order"], chosen, SLOTS)) / oracle
    return {"retrieval": 1 - reached, "choice": reached - ordered, "order": ordered - shown, "kept": shown}


def report(seed: int) -> pd.DataFrame:
    """What a team sees of its funnel before it decides: a row a stage, lost to the oracle, and days until mended."""
    lost = kept(seed)
    return pd.DataFrame({"lost to the oracle": {stage: f"{lost[stage]:.0%}" for stage in ERROR}, "days to mend": DAYS})


def worth_of(seed: int, first: str, then: str) -> float:
    """Percent of the oracle's worth that is kept, a day, over HORIZON days in which two stages are mended in turn.

    first, then: "retrieval", "choice", "order" or "nothing"; a stage named twice is mended once.
    """
    mended, day, total = frozenset(), 0, 0.0
    for stage in dict.fromkeys((first, then)):
        if stage == "nothing":
            continue
        days = min(DAYS[stage], HORIZON - day)
        total, day = total + days * kept(seed, mended)["kept"], day + days
        mended |= {stage}
    return 100 * (total + (HORIZON - day) * kept(seed, mended)["kept"]) / HORIZON
