"""A week in the life of an index: items go, others come, and every search pays until somebody rebuilds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.stages.ann.curves import core_ms
from course_lib.stages.ann.live import LiveIndex


def a_week(vectors, queries, built: int, gone: int, come: int, days: int = 7, k: int = 100, **params) -> pd.DataFrame:
    """Milliseconds of a core for one search on each day after a graph of the first `built` vectors, and once rebuilt.

    vectors: float32 (N, d), N at least built + days · come. gone, come: items that leave and arrive each day, the
    oldest first. params: of the graph. A row a day, with the share that is stale (dead or waiting) and the items held.
    """
    live, rows = LiveIndex("hnsw", np.arange(built), vectors[:built], **params), []
    for day in range(days + 1):
        rows.append(_today(str(day), live, queries, k))
        if day == days:
            break
        new = built + np.arange(come * day, come * (day + 1))
        live.delete(np.arange(gone * day, gone * (day + 1)))
        live.add(new, vectors[new])
    live.rebuild()
    rows.append(_today("rebuilt", live, queries, k))
    return pd.DataFrame(rows).set_index("day")


def _today(day, live, queries, k):
    spent = np.median(core_ms(live, queries, k))
    return {"day": day, "ms of a core": spent, "stale": live.stale, "items": len(live)}
