"""Clicks that reach a store after they happened: three ways to serve one decayed count, and what shortcuts misread."""

from __future__ import annotations

import tempfile

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data.sessions import SessionStore, decayed_counts, live_session

HALF_LIFE_S = 6 * 3600
LATE_S = 4 * 3600           # mean, on a day on which a phone is offline
SHORTCUTS = ("layers split by event time", "clicks aged from their arrival", "session by arrival")


def clicks_of(log: pd.DataFrame) -> pd.DataFrame:
    """The log's clicks, each with its own time (s): columns user, item, time, in order of time."""
    clicks = log.loc[log["click"] == 1, ["user", "item", "click_time"]].rename(columns={"click_time": "time"})
    return clicks.sort_values("time", ignore_index=True)


def arrivals(clicks: pd.DataFrame, offline: float, seed: int = 0) -> np.ndarray:
    """When each click arrives, s: a second after it, or hours after it on a share `offline` of all days of users."""
    rng = np.random.default_rng(seed)
    user, time = clicks["user"].to_numpy(), clicks["time"].to_numpy()
    people, days = int(user.max()) + 1, int(time.max() // DAY_S) + 1
    away = (rng.random(people * days) < offline)[user * days + (time // DAY_S).astype(int)]
    return time + np.where(away, rng.exponential(LATE_S, len(time)), 1)


class TemporaryStore(SessionStore):
    """A SessionStore in a folder of its own, which goes with it."""

    def __init__(self, ttl_s: float):
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        super().__init__(f"{self._folder.name}/sessions.sqlite", ttl_s=ttl_s)


def store_of(clicks: pd.DataFrame, ttl_s: float) -> TemporaryStore:
    """A session store that holds these clicks (user, item, time, arrival)."""
    store = TemporaryStore(ttl_s)
    store.append(*(clicks[name] for name in ("user", "item", "time", "arrival")))
    return store


class Stream:
    """A decayed count of each user: one number and one moment. A late event enters with the weight it has by now."""

    def __init__(self, people: int, half_life_s: float = HALF_LIFE_S):
        self.half, self.count, self.at = half_life_s, np.zeros(people), np.zeros(people)

    def event(self, user: int, time: float) -> None:
        """Take in an event that happened at `time`, s."""
        newest = max(self.at[user], time)
        self.count[user] = self.read(user, newest) + 0.5 ** ((newest - time) / self.half)
        self.at[user] = newest

    def read(self, user: int, now: float) -> float:
        """The count as of now, s."""
        return float(self.count[user] * 0.5 ** ((now - self.at[user]) / self.half))


def three_ways(clicks: pd.DataFrame, asks: pd.DataFrame, store, layered=decayed_counts) -> np.ndarray:
    """One decayed count at each request, by stream, session store, and batch plus speed layer, float (R, 3).

    clicks: user, time, arrival (s), in any order. asks: user, time, in order of time. store: a SessionStore that holds
    the clicks. layered: as decayed_counts; its batch is counted at each midnight.
    """
    user, time, arrival = (clicks[name].to_numpy() for name in ("user", "time", "arrival"))
    people = int(max(user.max(), asks["user"].max())) + 1
    stream, coming, batch, out = Stream(people), list(np.argsort(arrival)[::-1]), {}, []
    for who, now in zip(asks["user"], asks["time"], strict=True):
        while coming and arrival[coming[-1]] < now:
            event = coming.pop()
            stream.event(user[event], time[event])
        midnight = now // DAY_S * DAY_S
        if midnight not in batch:
            batch[midnight] = layered(np.zeros(people), 0.0, user, time, arrival, midnight, HALF_LIFE_S)
        stored = store.read(who, now)["event_time"]
        both = layered(batch[midnight], midnight, user, time, arrival, now, HALF_LIFE_S)
        out.append([stream.read(who, now), (0.5 ** ((now - stored) / HALF_LIFE_S)).sum(), both[who]])
    return np.array(out)


def misread(clicks: pd.DataFrame, asks: pd.DataFrame, arrival, layered=decayed_counts) -> np.ndarray:
    """Which requests each of the SHORTCUTS reads wrong, float 0/1 (R, 3). arrival: float (clicks,), s."""
    everyone = {who: held.index.to_numpy() for who, held in clicks.groupby("user")}
    time, item, nobody = clicks["time"].to_numpy(), clicks["item"].to_numpy(), np.zeros(0, int)
    out = []
    for who, now in zip(asks["user"], asks["time"], strict=True):
        own = everyone.get(who, nobody)
        happened, came, midnight, me = time[own], arrival[own], now // DAY_S * DAY_S, np.zeros(len(own), int)
        night = layered(np.zeros(1), 0.0, me, happened, came, midnight, HALF_LIFE_S)
        right = layered(night, midnight, me, happened, came, now, HALF_LIFE_S)
        parted = np.where(happened < midnight, -1, came)             # the speed layer takes what happened today
        split = layered(night, midnight, me, happened, parted, now, HALF_LIFE_S)
        age = layered(np.zeros(1), 0.0, me, came, came, now, HALF_LIFE_S)
        sessions = [live_session(clock, came, item[own], now, 1800) for clock in (happened, came)]
        out.append([abs(split - right)[0] > 0.01, abs(age - right)[0] > 0.01, not np.array_equal(*sessions)])
    return np.array(out, float)
