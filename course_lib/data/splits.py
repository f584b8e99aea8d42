"""Three ways to hide a part of the past, and a Split that refuses to let it leak back.

A split by user shuffles time away and flatters every model; a split by time is what production sees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import (
    INTERACTION_COLUMNS,
    ArgumentError,
    DataError,
    LeakageError,
    as_count,
    check_same_keys,
)


@dataclass(frozen=True)
class Split:
    """train, valid, test: interactions (user, item, time, …) that share no row and, if kind is "time", no moment.

    kind: "user", "time" or "last": which promise holds. "user": no event stands in two parts. "time": besides, all of
    train is before all of valid, and that before all of test. "last": the same, within each user.
    Raises LeakageError, naming the first offending event, where the promise is broken; DataError for missing columns or
    values, or parts whose ids are of two types. A part may be empty; the functions below fill each they are asked for.
    """

    train: pd.DataFrame
    valid: pd.DataFrame
    test: pd.DataFrame
    kind: str = "user"

    def __post_init__(self):
        if self.kind not in ("user", "time", "last"):
            raise ArgumentError(f"kind is {self.kind!r}; expected user, time or last.")
        for name in ("train", "valid", "test"):
            _check_columns(getattr(self, name), name)
        for column in ("user", "item"):
            check_same_keys(**{f"{column} of {name}": getattr(self, name)[column]
                               for name in ("train", "valid", "test")})
        for earlier, later in (("train", "valid"), ("train", "test"), ("valid", "test")):
            self._refuse_shared(earlier, later)
            if self.kind != "user":
                self._refuse_late(earlier, later)

    def _refuse_shared(self, one: str, other: str) -> None:
        key = ["user", "item"]
        rows = getattr(self, other)[key].merge(getattr(self, one)[key].drop_duplicates(), on=key)
        if len(rows):
            raise LeakageError(f"{len(rows)} of {len(getattr(self, other))} {other} events repeat a (user, item) of "
                               f"{one} (first: user {rows.user[0]}, item {rows['item'][0]}). A model would be tested "
                               f"on what it was shown. Drop repeats before splitting: splits.first_only.")

    def _refuse_late(self, earlier: str, later: str) -> None:
        first, second = getattr(self, earlier), getattr(self, later)
        if self.kind == "time":
            cutoff = pd.Series(second.time.min() if len(second) else np.inf, index=first.index)
        else:
            cutoff = first.user.map(second.groupby("user").time.min()).fillna(np.inf)
        late = first.time > cutoff if self.kind == "last" else first.time >= cutoff
        if late.any():
            user, item, time = (first[name][late].iloc[0] for name in ("user", "item", "time"))
            raise LeakageError(f"{late.sum()} of {len(first)} {earlier} events are not before the {later} part (first: "
                               f"user {user}, item {item}, time {time:.0f}; {later} starts at "
                               f"{cutoff[late].iloc[0]:.0f}). Split the log before building anything from it.")

    def __repr__(self) -> str:
        return f"Split({self.kind}: train {len(self.train):,}, valid {len(self.valid):,}, test {len(self.test):,})"


def by_user(interactions: pd.DataFrame, fractions=(0.8, 0.1, 0.1), seed: int = 0, min_events: int = 5) -> Split:
    """Random parts of each user's events: a fair fight among models on taste, blind to time.

    interactions: user, item, time. fractions: of train, valid, test; sum 1. min_events: users with fewer stay whole in
    train (they could not give a test). valid and test get round(fraction · n) events of a user's n, at least one each.
    Returns a Split; ML-100K with the defaults: 80,024 train events, 943 test users.
    Raises DataError for missing columns or values, repeated (user, item), or a part that stays empty though its
    fraction is above 0; ArgumentError for bad fractions.
    """
    _check_fractions(fractions)
    as_count("min_events", min_events)
    _check_columns(interactions)
    order = np.random.default_rng(seed).permutation(len(interactions))
    shuffled = interactions.iloc[order]
    rank = shuffled.groupby("user", sort=False).cumcount().to_numpy()
    size = shuffled.groupby("user", sort=False).user.transform("size").to_numpy()
    test, valid = (np.where(size < min_events, 0, np.maximum(1, np.rint(f * size))) if f else np.zeros(len(size))
                   for f in (fractions[2], fractions[1]))
    part = np.where(rank < test, 2, np.where(rank < test + valid, 1, 0))
    return _split(interactions, part[np.argsort(order)], "user", fractions,
                  f"no user has {min_events} events; lower min_events, or set this fraction to 0")


def by_time(interactions: pd.DataFrame, fractions=(0.8, 0.1, 0.1)) -> Split:
    """One cutoff for everybody: the first 80% of events train, the next 10% choose, the last 10% judge.

    interactions: user, item, time. fractions: of train, valid, test; sum 1. Events that share the moment of a cutoff
    all go to the later part, so that no event is trained on at or after the first one judged.
    Returns a Split whose parts follow each other in time. Raises as by_user.
    """
    _check_fractions(fractions)
    _check_columns(interactions)
    time = interactions.time.to_numpy()
    ordered = np.sort(time)
    at = np.rint(np.cumsum(fractions[:2]) * len(time)).astype(int)
    cutoffs = [ordered[i] if i < len(time) else np.inf for i in at]
    return _split(interactions, np.searchsorted(cutoffs, time, side="right"), "time", fractions,
                  f"the {len(time)} events fall on {len(np.unique(ordered))} different moments; those of one moment go "
                  f"to the later part. Split by_user, or set this fraction to 0")


def leave_last_out(interactions: pd.DataFrame) -> Split:
    """Each user's last event is the test, the one before it valid, the rest train. Users with fewer than 3 only train.

    Ties in time go by row order. Still not production: another user's future is in train. Returns a Split of kind
    "last". Raises as by_user.
    """
    _check_columns(interactions)
    if interactions["time"].nunique() == 1 < len(interactions):
        raise DataError(f"all {len(interactions)} events stand at one moment, so none is a user's last. Split by_user.")
    order = np.argsort(interactions["time"].to_numpy(), kind="stable")
    ordered = interactions.iloc[order]
    from_end = ordered.groupby("user").cumcount(ascending=False).to_numpy()
    enough = (ordered.groupby("user").user.transform("size") >= 3).to_numpy()
    part = np.empty(len(order), int)
    part[order] = np.where(enough, np.clip(2 - from_end, 0, 2), 0)
    return _split(interactions, part, "last", (0, 1, 1), "no user has 3 events, and those with fewer only train")


def first_only(interactions: pd.DataFrame) -> pd.DataFrame:
    """The first event of each (user, item), by time: what is left when repeats would tell a test's answer.

    Raises DataError for missing columns or values.
    """
    _check_columns(interactions)
    return (interactions.sort_values("time", kind="stable").drop_duplicates(["user", "item"])
            .reset_index(drop=True))


def _split(interactions: pd.DataFrame, part: np.ndarray, kind: str, fractions, why: str) -> Split:
    repeated = interactions.duplicated(["user", "item"])
    if repeated.any():
        user, item = (interactions[name][repeated.to_numpy()].iloc[0] for name in ("user", "item"))
        raise DataError(f"{repeated.sum()} events repeat a (user, item) (first: user {user}, item {item}); expected "
                        f"each pair once. Pass splits.first_only(interactions).")
    for place, name in enumerate(("train", "valid", "test")):
        if fractions[place] and not (part == place).any():
            asked = "" if kind == "last" else f", though its fraction is {fractions[place]:g}"
            raise DataError(f"{name} holds 0 of {len(part)} events{asked}: {why}.")
    return Split(*(interactions[part == i].reset_index(drop=True) for i in range(3)), kind)


def _check_fractions(fractions) -> None:
    if len(fractions) != 3 or not min(fractions) >= 0 or not abs(sum(fractions) - 1) <= 1e-9:
        raise ArgumentError(f"fractions is {fractions}; expected three of at least 0 that sum to 1 (train, valid, "
                            f"test).")


def _check_columns(interactions: pd.DataFrame, what: str = "interactions") -> None:
    missing = [name for name in INTERACTION_COLUMNS if name not in interactions]
    if missing:
        raise DataError(f"{what} have no column {', '.join(missing)} (columns: {list(interactions)}); expected "
                        f"at least {', '.join(INTERACTION_COLUMNS)}.")
    if what == "interactions" and not len(interactions):
        raise DataError("interactions are empty; expected at least one (user, item, time).")
    for name in INTERACTION_COLUMNS:
        bad = interactions[name].isna().to_numpy()
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            raise DataError(f"{name} of {what} is missing in {bad.sum()} rows (first: row {first}); such an event "
                            f"belongs to no part. Drop or mend it.")
