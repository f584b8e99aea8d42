"""What goes into and comes out of a policy: requests, candidates, slates."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from course_lib.contracts.arguments import as_ids
from course_lib.contracts.columns import DAY_S
from course_lib.contracts.errors import ArgumentError, ShapeError, SlateError


@dataclass(frozen=True)
class Requests:
    """A batch of requests for slates, with all that a policy may know.

    user: int32 (B,). time: float64 (B,), seconds. request_id: int64 (B,). day: int.
    eligible: int32 (N,), items that may be shown today, ascending. slate_size: int, K.
    session_items: int32 (B, H), clicked earlier in this session, latest last, -1 in front where fewer.
    session: int64 (B,), id of the session. device: int8 (B,).
    Raises ArgumentError where users or items are text: a request speaks dense ids.
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

    def __post_init__(self):
        for name in ("user", "eligible", "session_items"):
            if getattr(getattr(self, name), "dtype", np.dtype(int)).kind in "OUS":
                as_ids(f"{name} of requests", getattr(self, name), padding=True)

    def __len__(self) -> int:
        return len(self.user)

    @classmethod
    def of(cls, user, *, eligible, time=None, day=0, slate_size=10, session_items=None, request_id=None):
        """Requests for the users given (int or int (B,)) at one time (default: noon of `day`).

        Raises ArgumentError where user, eligible or session_items are no dense ids.
        """
        user = _ids("user", np.atleast_1d(user), padding=True)
        size = len(user)
        time = np.broadcast_to(np.float64(day * DAY_S + DAY_S / 2 if time is None else time), size).copy()
        ids = np.arange(size, dtype=np.int64) if request_id is None else np.atleast_1d(np.asarray(request_id, np.int64))
        history = np.full((size, 0), -1, np.int32) if session_items is None else _ids("session_items", session_items,
                                                                                     padding=True)
        return cls(user, time, ids, int(time[0] // DAY_S) if size else day, _ids("eligible", eligible), slate_size,
                   history, ids.copy(), np.zeros(size, np.int8))

    def take(self, index) -> Requests:
        """The requests at `index` (ints or a mask), in that order."""
        per_request = ("user", "time", "request_id", "session_items", "session", "device")
        return replace(self, **{name: getattr(self, name)[index] for name in per_request if len(getattr(self, name))})


def _ids(name: str, ids, padding: bool = False) -> np.ndarray:
    ids = as_ids(name, ids, padding=padding)
    if ids.max(initial=0) >= 2**31:
        raise ArgumentError(f"{name} holds {ids.max()}; expected dense ids, which stay below 2**31. Make a Dataset "
                            f"with Dataset.from_frames and pass its ids.")
    return ids.astype(np.int32)


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
