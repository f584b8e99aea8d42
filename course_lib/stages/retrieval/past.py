"""Who took what, by user: grown by later events, each of which counts once, and looked up for a request.

Letters: B people asked, H items of a session.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from course_lib.contracts import INTERACTION_COLUMNS, DataError, as_ids, as_numbers
from course_lib.contracts.moments import far_ahead


class Past:
    """Events by user, then by time. events: table with user, item (dense ids), time in seconds, perhaps value.

    n_items: events with later ids are left out, with a warning. `changed`: int, ascending, the users of whom events
    were observed. `events` holds all, by user and time; those of one moment stay in the order in which they came.
    """

    def __init__(self, events: pd.DataFrame, n_items: int):
        self.n_items, self.changed = n_items, np.empty(0, np.int64)
        names = [*INTERACTION_COLUMNS, *(["value"] if "value" in events else [])]
        self._hold(events[names])

    def _hold(self, events: pd.DataFrame) -> None:
        kinds = INTERACTION_COLUMNS | ({"value": "float64"} if "value" in events else {})
        self.events = events.astype(kinds).sort_values(["user", "time"], kind="stable", ignore_index=True)
        self._column = {name: self.events[name].to_numpy() for name in self.events}
        self.now = float(self._column["time"].max())

    def observe(self, events: pd.DataFrame) -> pd.DataFrame:
        """Take later events in and return those that are new: rows with user, item, time, perhaps value.

        An event that is held already, or that stands in the table twice, counts once: the same user, item and time.
        Events of items that are not known (n_items or later) are left out with a warning. Users may be new. A warning
        also tells of times that lie further ahead than the known past is long; these events are taken.
        Raises DataError for a missing column, ArgumentError for ids or times that are none.
        """
        missing = [name for name in INTERACTION_COLUMNS if name not in events]
        if missing:
            raise DataError(f"events lack {', '.join(missing)} (columns: {list(events)}); expected user, item, time.")
        later = pd.DataFrame({"user": as_ids("user of events", events["user"], 2**31),
                              "item": as_ids("item of events", events["item"], 2**31),
                              "time": as_numbers("time of events", events["time"])})
        if "value" in self.events:
            given = events["value"] if "value" in events else np.full(len(events), np.nan)
            later["value"] = as_numbers("value of events", given, missing=True)
        strange = later["item"] >= self.n_items
        if strange.any():
            warnings.warn(f"{strange.sum()} of {len(later)} events are of items that are not known, first "
                          f"{later.loc[strange, 'item'].iloc[0]} (known are 0 … {self.n_items - 1}); they are left "
                          f"out. Fit again to have them recommended.", stacklevel=4)
        later = later[~strange]
        both = pd.concat([self.events, later], ignore_index=True)
        again = both.duplicated(list(INTERACTION_COLUMNS)).to_numpy()[len(self.events):]
        later = later[~again]
        if warning := far_ahead(later["time"], self._column["time"].min(), self.now):
            warnings.warn(warning, stacklevel=4)
        if len(later):
            self._hold(pd.concat([self.events, later], ignore_index=True))
            self.changed = np.union1d(self.changed, later["user"])
        return later

    def has(self, users: np.ndarray) -> np.ndarray:
        """bool (B,): which of users, int (B,), have an event."""
        place = np.minimum(np.searchsorted(self._column["user"], users), len(self.events) - 1)
        return self._column["user"][place] == users

    def histories(self, users: np.ndarray, session: np.ndarray | None = None) -> pd.DataFrame:
        """The events of users, int (B,), as a table in which user is the place in users: 0 … B − 1.

        session: int (B, H), items taken just now, -1 pads; they stand behind the rest, at the last moment known and
        without a value. Items that are not known are left out.
        """
        low, high = (np.searchsorted(self._column["user"], users, side) for side in ("left", "right"))
        size = high - low
        row = np.repeat(np.arange(len(users)), size)
        place = np.arange(len(row)) + np.repeat(low - np.cumsum(size) + size, size)
        found = {name: column[place] for name, column in self._column.items()}
        found["user"] = row
        if session is not None and session.size:
            who, slot = np.nonzero((session >= 0) & (session < self.n_items))
            more = {"user": who, "item": session[who, slot], "time": np.full(len(who), self.now),
                    "value": np.full(len(who), np.nan)}
            found = {name: np.concatenate([column, more[name]]) for name, column in found.items()}
        return pd.DataFrame(found)
