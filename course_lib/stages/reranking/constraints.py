"""Hard limits on a slate ("at most two of one creator"), and an answer when they cannot all be met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, DayLog, as_count, as_ids, check_unique_rows


@dataclass
class Cap:
    """At most `most` items of a slate share one value.

    values: int (N,), e.g. the creator of each item; -1 is exempt. most: slots a value may take.
    says: the rule in the reader's words. hard: True leaves a slot empty rather than break the rule; False lets it be
    broken when nothing else is left, and says so. column: column of Catalog.items that newborn items bring, if any.
    Raises ArgumentError for values that are no whole numbers, or a `most` that is none.
    """

    values: np.ndarray
    most: int
    says: str = "a cap"
    hard: bool = True
    column: str | None = None

    def __post_init__(self):
        self.values = as_ids(f"values of cap {self.says!r}", self.values, padding=True).copy()
        if self.values.ndim != 1 or not self.most >= 0 or self.most % 1:
            raise ArgumentError(f"cap {self.says!r} has values of shape {self.values.shape} and most = {self.most}; "
                                f"expected one integer an item, (N,), and most of at least 0.")

    def of(self, item: np.ndarray) -> np.ndarray:
        """Values of item, int (B, C); padding and items beyond the N known are exempt (-1)."""
        known = (item >= 0) & (item < len(self.values))
        return np.where(known, self.values[np.where(known, item, 0)], -1)

    def observe(self, day_log: DayLog) -> None:
        """Learn the values of items born that day, where `column` names them."""
        if self.column is None or day_log.new_items is None or not len(day_log.new_items.items):
            return
        born = as_ids("the index of newborn items", day_log.new_items.items.index)
        grown = np.full(max(len(self.values), int(born.max()) + 1), -1, np.int64)
        grown[: len(self.values)] = self.values
        grown[born] = as_ids(self.column, day_log.new_items.items[self.column], padding=True)
        self.values = grown


def fillable(item: np.ndarray, cap: Cap) -> int:
    """Slots that one request's candidates, int (C,), can fill under one cap alone.

    Returns Σ over values of min(count, most), exempt items counted in full: 6 for 14 candidates of 3 creators with
    at most 2 each.
    """
    item = np.asarray(item)
    value = cap.of(item[item >= 0])
    _, count = np.unique(value[value >= 0], return_counts=True)
    return int(np.minimum(count, cap.most).sum() + (value < 0).sum())


def shortfall(item: np.ndarray, caps, slate_size: int) -> str:
    """Why slate_size slots cannot be filled from item, int (C,), in one sentence that names the tightest cap."""
    real = int((np.asarray(item) >= 0).sum())
    if real < slate_size:
        return (f"{slate_size} slots asked for, {real} candidates left after the filters. Retrieve more or relax a "
                f"filter.")
    if not caps:
        return f"{slate_size} slots can be filled from {real} candidates."
    room = {cap.says: fillable(item, cap) for cap in caps}
    tight = min(room, key=room.get)
    if room[tight] < slate_size:
        return (f"{slate_size} slots asked for, but '{tight}' lets only {room[tight]} of {real} candidates through. "
                f"Retrieve more, raise the cap, or accept the empty slots.")
    return (f"{slate_size} slots asked for; each cap alone can be met ({', '.join(room)}), but not all of them in the "
            f"order chosen. Retrieve more or make one cap soft.")


def capped_slate(order, value, most: int, k: int) -> np.ndarray:
    """The first k of `order` of which at most `most` share a value; -1 in the slots that the rule leaves empty.

    order: int (C,), items, best first. value: int (N,), e.g. the creator of each item; -1 is exempt. Returns int (k,):
    capped_slate([4, 7, 9], value with 4 and 7 alike, most=1, k=3) → [4, 9, -1]. Raises ArgumentError for most < 0 or an
    item that stands in order twice, UnknownIdError for one without a value.
    """
    most, k = as_count("most", most), as_count("k", k)
    value, out, used = as_ids("value", value, padding=True), [], {}
    order = as_ids("order", order, len(value))
    check_unique_rows(order=order[None])
    for item in order.tolist():
        name = int(value[item])
        if len(out) < k and (name < 0 or used.get(name, 0) < most):
            out.append(item)
            used[name] = used.get(name, 0) + 1
    return np.pad(np.array(out, np.int64), (0, k - len(out)), constant_values=-1)
