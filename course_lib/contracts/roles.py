"""Who does what: policies, logs, arms, environments, and the stages that a learner's own class may replace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from course_lib.contracts.draw import keyed_uniform
from course_lib.contracts.errors import ArgumentError
from course_lib.contracts.requests import Candidates, Requests, Slates
from course_lib.contracts.tables import Catalog, DayLog

if TYPE_CHECKING:
    import pandas as pd


@runtime_checkable
class Policy(Protocol):
    """Anything that answers requests with slates. It may also have `observe(day_log)`, called once after each day with
    what the log then holds, and the only way in which a policy learns in a running world: `slates` may be asked again
    for the same requests when a day was interrupted."""

    name: str

    def slates(self, requests: Requests) -> Slates: ...


class LogSink(Protocol):
    """Where days go: a Parquet log or a list. `last_day` is the last whole day held, -1 when empty."""

    last_day: int

    def append(self, day_log: DayLog) -> None: ...


@dataclass(frozen=True)
class Arm:
    """One arm of an experiment: its name, its policy, its share of units (shares of an assignment sum to 1)."""

    name: str
    policy: Policy
    share: float


@dataclass(frozen=True)
class Assignment:
    """Who gets which arm: units hash into [0, 1) by (salt, unit id), so an assignment needs no table and never moves.

    unit: "user", "cluster" (of friends), "region", "time" (switchback blocks of `block_s` seconds), "item".
    Raises ArgumentError for another unit, shares that do not sum to 1, or blocks of no length.
    """

    arms: tuple[Arm, ...]
    unit: str = "user"
    salt: int = 0
    block_s: float = 4 * 3600.0

    def __post_init__(self):
        if self.unit not in ("user", "cluster", "region", "time", "item"):
            raise ArgumentError(f"unit is {self.unit!r}; expected user, cluster, region, time or item.")
        strange = [arm for arm in self.arms if not isinstance(arm, Arm)]
        if strange:
            raise ArgumentError(f"arms hold {strange[0]!r}; expected Arm(name, policy, share) for each.")
        total = sum(arm.share for arm in self.arms)
        if not self.arms or not min(arm.share for arm in self.arms) >= 0 or not abs(total - 1) <= 1e-9:
            raise ArgumentError(f"arm shares are {[arm.share for arm in self.arms]}, sum {total:g}; expected shares "
                                f"of at least 0 that sum to 1.")
        if not 0 < self.block_s < float("inf"):
            raise ArgumentError(f"block_s is {self.block_s}; expected seconds, above 0.")

    def arm_of(self, unit_id) -> np.ndarray:
        """Arm index, int64 (B,), of each unit id, int (B,)."""
        upper = np.cumsum([arm.share for arm in self.arms])
        return np.searchsorted(upper[:-1], keyed_uniform(self.salt, np.asarray(unit_id)), side="right")


class Environment(Protocol):
    """A service in which policies run: the world, seen from outside. `day` is the next day to be simulated."""

    day: int
    seed: int
    slate_size: int

    def catalog(self) -> Catalog:
        """Public facts of every item born so far."""

    def users(self) -> pd.DataFrame:
        """Public facts of every person who has joined: index = user id; region, cluster, joined_day."""

    def run(self, policy: Policy | Assignment, days: int, log: LogSink | None = None) -> Sequence[DayLog]:
        """Simulate `days` days; each DayLog goes to `log` if given (the list returned is then empty)."""

    def fork(self) -> Environment:
        """A twin: same people, same dice, same state, from here on alone."""


# --- the stages of a recommender: a learner's own class may take the place of any of them ---------------------------
class Retriever(Protocol):
    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n best items for each request, best first."""


class Filter(Protocol):
    reason: str  # in the reader's words: "already watched", "sold out"

    def keep(self, requests: Requests, item: np.ndarray) -> np.ndarray:
        """bool (B, C): which of item, int32 (B, C), may stay. Padding (-1) may be either."""


class Ranker(Protocol):
    def score(self, requests: Requests, candidates: Candidates) -> np.ndarray:
        """float (B, C), higher first; what is a probability says so in its name."""


class Reranker(Protocol):
    def rerank(self, requests: Requests, item: np.ndarray, score: np.ndarray, slate_size: int) -> Slates:
        """Slates of slate_size from item, int32 (B, C), and score, float (B, C); -1 pads are never shown."""
