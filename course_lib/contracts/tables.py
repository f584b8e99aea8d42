"""The tables that floors hand to each other: a catalogue, a data set, what one day leaves in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from course_lib.contracts.requests import Candidates, Slates
from course_lib.contracts.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Catalog:
    """Public facts of N items. items: table with index = item id and at least the columns creator, category, price,
    born_day, policy_score (0 safe … 1 not); real data may have title, year. content: float32 (N, d)."""

    items: pd.DataFrame
    content: np.ndarray


@dataclass(frozen=True)
class Dataset:
    """Data in the course's words; `Dataset.from_frames` makes one of any tables.

    interactions: INTERACTION_COLUMNS (and value), by time. users: table with index = user id. impressions:
    IMPRESSION_COLUMNS where the source logged them. user_ids, item_ids: Vocabulary between raw ids and dense ones;
    where none is given, of the tables' raw_id, else of the dense ids themselves. notes: sentences on what was found in
    the tables and what was done. has_time: False where the source had no times and all events stand at 0.
    """

    name: str
    interactions: pd.DataFrame
    catalog: Catalog
    users: pd.DataFrame
    impressions: pd.DataFrame | None = None
    user_ids: Vocabulary | None = None
    item_ids: Vocabulary | None = None
    notes: tuple[str, ...] = ()
    has_time: bool = True

    def __post_init__(self):
        for kind, table in (("user", self.users), ("item", self.catalog.items)):
            if getattr(self, f"{kind}_ids") is None and hasattr(table, "columns"):
                raw = table["raw_id"] if "raw_id" in table and table["raw_id"].is_unique else np.arange(len(table))
                object.__setattr__(self, f"{kind}_ids", Vocabulary(raw, kind))

    @classmethod
    def from_frames(cls, interactions: pd.DataFrame, items: pd.DataFrame | None = None,
                    users: pd.DataFrame | None = None, *, user: str = "user", item: str = "item",
                    time: str | None = "time", value: str | None = None, name: str = "table", bad: str = "error",
                    time_unit: str | None = None) -> Dataset:
        """A Dataset of tables with ids of any type and times of any unit and zone.

        interactions: a row each time a user took an item. user, item, time, value: its columns of who, what, when
        (None: there are no times) and how much (a rating, money; None: nothing). items, users: a row each, with the id
        in the column of the same name, or as index; columns of items become content, and both tables stand in .users
        and .catalog.items. bad: rows without an id or a readable time are an "error" or "drop": left out, and counted
        in notes. time_unit: of times that are numbers: D, h, min, s, ms, us, ns; None: guessed, with a sentence.
        `.notes` says in sentences what was found, guessed, left out and kept; `user_ids` and `item_ids` lead from raw
        ids to dense ones and back. Dense ids follow the sorted raw ids, whatever the order of rows.
        Raises DataError for missing columns, an empty table, ids of two types in one column, rows that cannot be used;
        ArgumentError for columns that are not what they are called.
        """
        from course_lib.contracts.frames import parts_of

        parts = parts_of(interactions, items, users, user=user, item=item, time=time, value=value, bad=bad,
                         time_unit=time_unit)
        return cls(name=name, catalog=Catalog(parts.pop("items"), parts.pop("content")), **parts)

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.catalog.items)

    def recommended(self, answer) -> np.ndarray:
        """Raw item ids of Slates, Candidates or an array of dense ids, of its shape; None where a slot is empty."""
        return self.item_ids.decode(answer.item if isinstance(answer, Slates | Candidates) else answer)


@dataclass(frozen=True)
class DayLog:
    """What one day leaves in the log: three tables with the columns above, and the items born that day."""

    day: int
    requests: pd.DataFrame
    impressions: pd.DataFrame
    outcomes: pd.DataFrame
    new_items: Catalog | None = None
