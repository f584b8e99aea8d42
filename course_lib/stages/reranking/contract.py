"""The contract of a slate: what is closed, what is gone, what is capped, and which bends before slots stay empty."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import as_count, as_ids, check_shape, check_unique_rows

CLEARED = 1
GONE = 0


def by_contract(order, status, left, creator, most: int, k: int) -> np.ndarray:
    """The slate of one request under three rules of unequal rank; −1 in slots that nothing may fill.

    order: int (C,), items, best first, each once. status: int (N,), 1 where policy has cleared an item, 0 where it
    blocked it, −1 where it has not looked yet. left: int (N,), pieces in stock, −1 where unknown. creator: int (N,),
    −1 where an item has none. most: wanted limit of items of one creator. Returns int (k,): only cleared items (this
    rule fails closed), none that is sold out (unknown stock passes: this one fails open), best first with at most
    `most` of a creator. If slots stay empty, items that the limit held back follow, best first. Raises ArgumentError,
    UnknownIdError for an item without a row.
    """
    most, k = as_count("most", most), as_count("k", k)
    status, left, creator = (as_ids(name, held, padding=True)
                             for name, held in (("status", status), ("left", left), ("creator", creator)))
    check_shape(status=(status, "N"), left=(left, "N"), creator=(creator, "N"))
    order = as_ids("order", order, len(creator))
    check_unique_rows(order=order[None])
    inside, held_back, used = [], [], {}
    for item in order[(status[order] == CLEARED) & (left[order] != GONE)].tolist():
        maker = int(creator[item])
        within = maker < 0 or used.get(maker, 0) < most
        (inside if within else held_back).append(item)
        used[maker] = used.get(maker, 0) + 1
    slate = (inside + held_back)[:k]
    return np.pad(np.array(slate, np.int64), (0, k - len(slate)), constant_values=-1)
