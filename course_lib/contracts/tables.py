"""The tables that floors hand to each other: a catalogue, a data set, what one day leaves in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
    """Real data in the course's words. interactions: INTERACTION_COLUMNS (and value), by time. users: table with
    index = user id. impressions: IMPRESSION_COLUMNS where the source logged them."""

    name: str
    interactions: pd.DataFrame
    catalog: Catalog
    users: pd.DataFrame
    impressions: pd.DataFrame | None = None

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_items(self) -> int:
        return len(self.catalog.items)


@dataclass(frozen=True)
class DayLog:
    """What one day leaves in the log: three tables with the columns above, and the items born that day."""

    day: int
    requests: pd.DataFrame
    impressions: pd.DataFrame
    outcomes: pd.DataFrame
    new_items: Catalog | None = None
