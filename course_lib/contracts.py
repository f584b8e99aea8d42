"""The words every part of the course shares: requests, slates, logs, policies, environments, errors.

Axis letters, fixed once: B requests in a batch, C candidates a request, K slots of a slate, N items, d width.
Ids are dense integers from 0; -1 pads a row that has fewer. Times are float64 seconds; a day has 86,400 of them
and day = time // 86,400. Positions count from 1 at the top. Imports numpy only; pandas appears as a type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DAY_S = 86_400

# Column -> dtype. One row an impression; a request's rows stand together, positions ascending. `time`: of the request;
# `click_time`: of the click, later, NaN where there is none or its time is not known.
IMPRESSION_COLUMNS = {
    "request_id": "int64", "day": "int32", "time": "float64", "user": "int32", "position": "int16", "item": "int32",
    "propensity": "float32", "click": "int8", "click_time": "float64", "dwell_s": "float32", "policy": "category",
    "arm": "category",
}
# One row a request. `arm` and `policy` say who served it.
REQUEST_COLUMNS = {
    "request_id": "int64", "day": "int32", "time": "float64", "user": "int32", "session": "int64", "device": "int8",
    "policy": "category", "arm": "category",
}
# One row an event that follows an impression later. `event_time`: when it happened; `arrival_time`: when the log
# learnt of it. `value`: money in the shop's currency (a return's is negative), 0 where money has no part.
OUTCOME_COLUMNS = {
    "request_id": "int64", "user": "int32", "item": "int32", "kind": "category", "event_time": "float64",
    "arrival_time": "float64", "value": "float32",
}
OUTCOME_KINDS = ("purchase", "return", "report", "share")
# The least a recommender learns from: who took what, when. `value` (a rating, a dwell) may stand beside it.
INTERACTION_COLUMNS = {"user": "int32", "item": "int32", "time": "float64"}


# --- errors: what was expected, what came, where first, what to do -------------------------------------------------
class CourseError(Exception):
    """Base of every error this course raises on purpose."""


class ArgumentError(CourseError, ValueError):
    """An argument is outside what makes sense; the message names it, its value and what would be right."""


class ShapeError(ArgumentError):
    """Arrays disagree in shape."""


class SlateError(ArgumentError):
    """A slate repeats an item, shows one that is not eligible, or carries an impossible propensity."""


class UnknownIdError(CourseError, KeyError):
    """A user or item that was never seen."""

    __str__ = Exception.__str__  # KeyError would quote the message


class DataError(CourseError):
    """Data is missing, empty or not what its schema says."""


class CorruptError(DataError):
    """A file's checksum or format is wrong."""


class LogMismatchError(DataError):
    """An append to a log that another world, seed or version wrote."""


class LeakageError(CourseError):
    """Training data holds something that was not known at its time."""


class BudgetError(CourseError):
    """A stage cannot fit its budget of time, memory or candidates."""


class ConstraintError(CourseError):
    """Hard constraints of a slate cannot be met together."""


def check_shape(**arrays_and_axes) -> dict[str, int]:
    """Hold arrays against named axes: check_shape(query=(q, "Bd"), item=(v, "Bd")) → {"B": 4, "d": 8}.

    Raises ShapeError naming the first array that disagrees, both shapes and the axis.
    """
    size: dict[str, int] = {}
    owner: dict[str, str] = {}
    for name, (array, axes) in arrays_and_axes.items():
        shape = tuple(array.shape)
        if len(shape) != len(axes):
            raise ShapeError(f"{name} has shape {shape}; expected {len(axes)} axes ({', '.join(axes)}).")
        for axis, length in zip(axes, shape, strict=True):
            if size.setdefault(axis, length) != length:
                raise ShapeError(f"{name} has shape {shape}: axis {axis} is {length}, but {owner[axis]} has "
                                 f"{axis} = {size[axis]}. Pass arrays that agree on {axis}.")
            owner.setdefault(axis, name)
    return size


def check_finite(**arrays) -> None:
    """Raise ArgumentError naming the first array that holds NaN or infinity, how many, and where first."""
    for name, array in arrays.items():
        bad = ~np.isfinite(np.asarray(array))
        if bad.any():
            where = tuple(int(i) for i in np.argwhere(bad)[0])
            raise ArgumentError(f"{name} holds {int(bad.sum())} values that are NaN or infinite, first at {where}. "
                                f"Fill or drop them before this call.")


def keyed_uniform(seed: int, *keys) -> np.ndarray:
    """Uniform numbers in [0, 1) that depend on the keys alone, not on how calls are batched.

    seed: int. keys: ints or integer arrays that broadcast together. Returns float64 of their broadcast shape; the
    same keys give the same number on any machine.

    Source: Steele, Lea, Flood 2014 (SplitMix64), doi:10.1145/2660193.2660195.
    """
    with np.errstate(over="ignore"):
        state = np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
        for key in keys:
            state = state + np.asarray(key).astype(np.int64).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)) * 2.0**-53


# --- what goes into and comes out of a policy ----------------------------------------------------------------------
@dataclass(frozen=True)
class Requests:
    """A batch of requests for slates, with all that a policy may know.

    user: int32 (B,). time: float64 (B,), seconds. request_id: int64 (B,). day: int.
    eligible: int32 (N,), items that may be shown today, ascending. slate_size: int, K.
    session_items: int32 (B, H), clicked earlier in this session, latest last, -1 in front where fewer.
    session: int64 (B,), id of the session. device: int8 (B,).
    """

    user: np.ndarray
    time: np.ndarray
    request_id: np.ndarray
    day: int
    eligible: np.ndarray
    slate_size: int = 10
    session_items: np.ndarray = field(default_factory=lambda: np.empty((0, 0), np.int32))
    session: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    device: np.ndarray = field(default_factory=lambda: np.empty(0, np.int8))

    def __len__(self) -> int:
        return len(self.user)

    @classmethod
    def of(cls, user, *, eligible, time=None, day=0, slate_size=10, session_items=None, request_id=None):
        """Requests for the users given (int or int (B,)) at one time (default: noon of `day`)."""
        user = np.atleast_1d(np.asarray(user, np.int32))
        size = len(user)
        time = np.broadcast_to(np.float64(day * DAY_S + DAY_S / 2 if time is None else time), size).copy()
        ids = np.arange(size, dtype=np.int64) if request_id is None else np.atleast_1d(np.asarray(request_id, np.int64))
        history = np.full((size, 0), -1, np.int32) if session_items is None else np.asarray(session_items, np.int32)
        return cls(user, time, ids, int(time[0] // DAY_S) if size else day, np.asarray(eligible, np.int32), slate_size,
                   history, ids.copy(), np.zeros(size, np.int8))

    def take(self, index) -> Requests:
        """The requests at `index` (ints or a mask), in that order."""
        per_request = ("user", "time", "request_id", "session_items", "session", "device")
        return replace(self, **{name: getattr(self, name)[index] for name in per_request if len(getattr(self, name))})


@dataclass(frozen=True)
class Slates:
    """What a policy answers: item int32 (B, K), -1 where a slot stays empty; propensity float32 (B, K).

    propensity: probability with which this policy puts this item into this slot, given the slots above it; 1 where
    nothing is random.
    """

    item: np.ndarray
    propensity: np.ndarray

    @classmethod
    def certain(cls, item) -> Slates:
        """Slates of a policy without randomness: every propensity is 1."""
        item = np.asarray(item, np.int32)
        return cls(item, np.ones(item.shape, np.float32))

    def check(self, requests: Requests) -> Slates:
        """Return self, or raise SlateError naming the first slot that repeats, is not eligible, or has a propensity
        outside (0, 1]; ShapeError where the batch does not fit."""
        if self.item.shape != self.propensity.shape or len(self.item) != len(requests):
            raise ShapeError(f"slates have item {self.item.shape}, propensity {self.propensity.shape}; expected both "
                             f"({len(requests)}, K) for {len(requests)} requests.")
        shown = self.item >= 0
        bad = shown & ~np.isin(self.item, requests.eligible)
        if bad.any():
            b, k = np.argwhere(bad)[0]
            raise SlateError(f"request {requests.request_id[b]}, position {k + 1}: item {self.item[b, k]} is not "
                             f"eligible on day {requests.day}. Show only items of requests.eligible.")
        ordered = np.sort(np.where(shown, self.item, -1 - np.arange(self.item.shape[1])), axis=1)
        twice = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        if twice.any():
            b = int(np.flatnonzero(twice)[0])
            raise SlateError(f"request {requests.request_id[b]} shows an item twice: {self.item[b].tolist()}. "
                             f"Draw each slate without replacement.")
        bad = shown & ~((self.propensity > 0) & (self.propensity <= 1))
        if bad.any():
            b, k = np.argwhere(bad)[0]
            raise SlateError(f"request {requests.request_id[b]}, position {k + 1}: propensity "
                             f"{self.propensity[b, k]} is outside (0, 1].")
        return self


@dataclass(frozen=True)
class Candidates:
    """Retrieved items: item int32 (B, C), best first, -1 pads; score float32 (B, C), -inf where padded."""

    item: np.ndarray
    score: np.ndarray


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
