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


# --- what arrives at a function's door: taken as what it is, or refused with its first bad place ------------------
def as_numbers(name: str, values, low: float = -np.inf, high: float = np.inf, *, missing: bool = False,
               infinite: bool = False) -> np.ndarray:
    """values as float64, of any shape: lists, arrays, table columns (nullable ones too), read-only ones untouched.

    low, high: what a number must lie in, ends included. missing: NaN (None, pd.NA) may stay, as NaN. infinite: so may
    infinity. Raises ArgumentError naming the first that is no number, NaN, infinite or out of range; text is not
    taken for the number it spells, nor a date for its nanoseconds.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iufb":
        odd = _first_not_number(array)
        if odd is not None:
            raise ArgumentError(f"{name} holds {str(odd[1])!r} ({type(odd[1]).__name__}) at {odd[0]}; expected "
                                f"numbers. Convert the column first (.astype(float), pd.to_numeric).")
        array = values.to_numpy(float, na_value=np.nan) if hasattr(values, "isna") else array
    array = array.astype(np.float64, copy=False)
    bad = ~(np.isfinite(array) | (missing & np.isnan(array)) | (infinite & np.isinf(array)))
    if bad.any():
        what = "NaN or infinite" if not (missing or infinite) else "infinite" if missing else "NaN"
        raise ArgumentError(f"{name} holds {int(bad.sum())} values that are {what}, first at {_place(bad)}. Fill or "
                            f"drop them before this call.")
    bad = (array < low) | (array > high)
    if bad.any():
        where = _place(bad)
        raise ArgumentError(f"{name} holds {array[bad].ravel()[0]:g} at {where}, {int(bad.sum())} such values in all; "
                            f"expected {_range(low, high)}.")
    return array


def as_ids(name: str, ids, below: int | None = None, *, padding: bool = False) -> np.ndarray:
    """ids as int64, of any shape: dense ids from 0. Whole numbers held as floats or objects are taken.

    below: N, where ids must be rows of something with N rows. padding: −1 may stand where there is none.
    Raises ArgumentError naming the first that is text, a mask, NaN, a fraction or negative; UnknownIdError for one of
    `below` or more.
    """
    array = np.asarray(ids)
    if array.size and array.dtype.kind == "b":
        raise ArgumentError(f"{name} is a mask (bool) of shape {array.shape}; expected ids. Pass np.flatnonzero(mask).")
    if array.dtype.kind == "O" and all(isinstance(value, int) and abs(value) < 2**63 for value in array.ravel()):
        array = array.astype(np.int64)
    elif array.dtype.kind not in "iu" and array.size:
        whole = as_numbers(name, ids)
        bad = (whole % 1 != 0) | (np.abs(whole) > 2**53)
        if bad.any():
            raise ArgumentError(f"{name} holds {whole[bad].ravel()[0]} at {_place(bad)}; expected whole "
                                f"numbers, below 2**53 where they are floats.")
        array = whole
    elif array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
        raise ArgumentError(f"{name} holds {array.max()}; expected ids below 2**63. Number them 0, 1, 2 … first.")
    out = array.astype(np.int64, copy=False)
    if out.size and out.min() < -int(padding):
        bad = out < -int(padding)
        instead = ", or -1 for padding" if padding else ". Drop padding first"
        raise ArgumentError(f"{name} holds {int(bad.sum())} negative ids, first {out[bad].ravel()[0]} at "
                            f"{_place(bad)}; expected dense ids from 0{instead}.")
    if below is not None and out.size and out.max() >= below:
        bad = out >= below
        raise UnknownIdError(f"{name} holds {int(bad.sum())} ids outside 0 … {below - 1}, first {out[bad].ravel()[0]} "
                             f"at {_place(bad)}. Pass ids of those {below}, or a table that covers them all.")
    return out


def as_count(name: str, value, low: int = 0, high: float = np.inf) -> int:
    """value as int. Raises ArgumentError unless it is a whole number from low to high."""
    number = np.asarray(value)
    if number.ndim or number.dtype.kind not in "iuf" or not low <= number <= high or number % 1:
        raise ArgumentError(f"{name} is {value!r}; expected a whole number, {_range(low, high)}.")
    return int(number)


def check_labels(name: str, label, highest: int = 1, *, both: bool = False, instead: str = "") -> np.ndarray:
    """label as float64, if it holds whole numbers from 0 to `highest` only: by default 0 and 1 (or False and True).

    both: it must hold more than one. instead: what to do with other labels. Raises ArgumentError naming the first
    label that is NaN or out of range and what all are like; DataError where there is one kind only.
    """
    label = as_numbers(name, label)
    bad = (label < 0) | (label > highest) | (label % 1 != 0)
    if bad.any():
        expected = "0 or 1" if highest == 1 else f"whole grades from 0 to {highest}"
        raise ArgumentError(f"{name} holds {label[bad].ravel()[0]:g} at {_place(bad)} (labels run from {label.min():g} "
                            f"to {label.max():g}); expected {expected}. "
                            f"{instead or 'Say what counts as positive first, such as rating >= 4.'}")
    if both and len(kinds := np.unique(label)) < 2:
        raise DataError(f"{name} holds only {kinds.tolist()}; expected rows of both kinds. Take more rows, or others.")
    return label


def repeated(item: np.ndarray) -> np.ndarray:
    """bool (B, C): places whose item, int (B, C), stands further left in its row already; padding (-1) never is."""
    order = np.argsort(item, axis=1, kind="stable")
    ordered = np.take_along_axis(item, order, axis=1)
    again, out = np.zeros(item.shape, bool), np.empty(item.shape, bool)
    again[:, 1:] = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    np.put_along_axis(out, order, again, axis=1)
    return out


def check_unique_rows(**arrays) -> None:
    """Raise ArgumentError naming the first row of int (B, C) that holds an item twice, and the item; -1 may repeat."""
    for name, item in arrays.items():
        ordered = np.sort(np.asarray(item), axis=1)
        bad = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            place = int(np.flatnonzero(repeated(np.asarray(item)[row:row + 1])[0])[0])
            raise ArgumentError(f"{name} holds item {np.asarray(item)[row, place]} twice in row {row} (again in column "
                                f"{place}; {int(bad.sum())} of {len(bad)} rows repeat an item). A list shows an item "
                                f"once: drop repeats before this call.")


def check_same_keys(**columns) -> None:
    """Raise DataError where columns that are to be matched hold keys of different kinds: 1 and "1" never meet.

    columns: name=column, any number; an empty or all-missing one fits all. Whole numbers and floats are one kind.
    """
    first = None                                                    # (name, its kind of key)
    for name, column in columns.items():
        kinds = _key_kinds(column)
        if len(kinds) > 1:
            raise DataError(f"{name} mixes {' and '.join(sorted(kinds))}; expected keys of one type, since 1 and '1' "
                            f"are different keys. Convert the column first.")
        if kinds and first and kinds != {first[1]}:
            raise DataError(f"{name} holds {kinds.pop()} ({_dtype(column)}), but {first[0]} holds {first[1]} "
                            f"({_dtype(columns[first[0]])}): no key would match. Convert one, such as .astype(int).")
        first = (name, kinds.pop()) if kinds and not first else first


def _key_kinds(column) -> set[str]:
    """"numbers", "text", "moments" or a type's name: the kinds of keys that a column holds, missing ones left out."""
    array = np.asarray(column)
    if not array.size:
        return set()
    if array.dtype.kind != "O":
        return {{"U": "text", "S": "bytes", "M": "moments", "m": "spans of time"}.get(array.dtype.kind, "numbers")}
    types = set(map(type, array.ravel().tolist()))
    if float in types and all(value != value for value in array.ravel() if type(value) is float):
        types.discard(float)                                        # NaN marks what is missing
    return {_KINDS.get(kind.__name__, kind.__name__) for kind in types} - {""}


_KINDS = {"NoneType": "", "NAType": "", "NaTType": "", "str": "text", "str_": "text", "Timestamp": "moments",
          "datetime": "moments", "date": "moments",
          **dict.fromkeys(("int", "float", "bool", "int64", "int32", "float64"), "numbers")}


def _dtype(column) -> str:
    return str(getattr(column, "dtype", np.asarray(column).dtype))


def _first_not_number(array: np.ndarray):
    """(where, value) of the first entry that is neither a number nor missing; None where all are."""
    if array.dtype.kind != "O":
        return (_place(np.ones(array.shape, bool)), array.ravel()[0]) if array.size else None
    bad = np.array([not isinstance(value, int | float | np.number | np.bool_ | None)
                    and type(value).__name__ != "NAType" for value in array.ravel()], bool).reshape(array.shape)
    return (_place(bad), array[bad].ravel()[0]) if bad.any() else None


def _place(bad: np.ndarray) -> tuple | str:
    where = np.argwhere(bad)[0] if bad.ndim else ()
    return f"row {int(where[0])}" if len(where) == 1 else tuple(int(i) for i in where)


def _range(low, high) -> str:
    if high == np.inf:
        return f"at least {low:g}"
    return f"at most {high:g}" if low == -np.inf else f"{low:g} to {high:g}"


def best_k(score, k: int) -> np.ndarray:
    """int32 (B, k): places of the k highest scores a row, best first, ties to the lowest; -1 where a row has fewer.

    score: float (B, N), -inf where an item may not be shown. The one rule by which the course takes k best: it depends
    on the scores alone, not on how a library happens to part equal ones. A model that gives all items one score is
    thereby judged by the lowest ids. Raises ArgumentError naming the first row that holds NaN, ShapeError.
    """
    score = np.asarray(score)
    score = score if score.dtype.kind == "f" else score.astype(float)
    if score.ndim != 2:
        raise ShapeError(f"score has shape {score.shape}; expected (B, N), a row a request.")
    k, (rows, n) = as_count("k", k), score.shape
    if np.isnan(score.max(initial=-np.inf)):
        bad = np.isnan(score)
        raise ArgumentError(f"score holds {int(bad.sum())} NaN, first at {_place(bad)}. Fix the model before ranking "
                            f"with it.")
    width = min(k, n)
    if not width or not rows:
        return np.full((rows, k), -1, np.int32)
    top = np.argpartition(-score, width - 1, axis=1)[:, :width]
    value = np.take_along_axis(score, top, 1)
    least = value.min(axis=1, keepdims=True)
    tied = ((score >= least).sum(axis=1) > width) & (least[:, 0] > -np.inf)  # more than fit share the last place
    for row in np.flatnonzero(tied):
        above = np.flatnonzero(score[row] > least[row])
        top[row] = np.concatenate([above, np.flatnonzero(score[row] == least[row])[: width - len(above)]])
        value[row] = score[row, top[row]]
    order = np.lexsort((top, -value), axis=1)
    top, value = np.take_along_axis(top, order, 1), np.take_along_axis(value, order, 1)
    top = np.where(np.isneginf(value), -1, top)
    return np.pad(top, ((0, 0), (0, k - width)), constant_values=-1).astype(np.int32)


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
