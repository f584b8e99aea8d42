"""Resuming: the world's state is a function of its seed and of what was shown, and the log holds what was shown.

So a killed run needs no snapshot: the slates of the log are served again from its first day to its last, at the speed
of ready slates, every request is held against the log's, and the policies observe each day as they did then.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from ..contracts import ArgumentError, DayLog, LogMismatchError, Requests, Slates
from .observers import lessons_of


class _Logged:
    """Serves one day's slates out of its log."""

    def __init__(self, name, requests, impressions, slate_size):
        self.name, self.width = name, slate_size
        self.ids = requests["request_id"].to_numpy()
        order = np.argsort(self.ids)
        self.order, self.sorted = order, self.ids[order]
        row = order[np.searchsorted(self.sorted, impressions["request_id"].to_numpy())]
        self.item = np.full((len(self.ids), slate_size), -1, np.int32)
        self.propensity = np.ones((len(self.ids), slate_size), np.float32)
        at = row, impressions["position"].to_numpy() - 1
        self.item[at], self.propensity[at] = impressions["item"].to_numpy(), impressions["propensity"].to_numpy()

    def rows(self, requests: Requests):
        """Row of each request in the log; raises LogMismatchError where the log does not have one."""
        place = np.minimum(np.searchsorted(self.sorted, requests.request_id), max(len(self.sorted) - 1, 0))
        if not len(self.sorted) or (self.sorted[place] != requests.request_id).any():
            raise LogMismatchError(f"day {requests.day}: this world makes a request that the log does not hold. The "
                                   f"log is another world's, or was written by another version; start a new one.")
        return self.order[place]

    def slates(self, requests: Requests) -> Slates:
        row = self.rows(requests)
        return Slates(self.item[row], self.propensity[row])


def resume(world, log, *policies):
    """Bring `world`, fresh and of the same seed and parameters, to the day after the log's last; returns it.

    log: a log with last_day, manifest and requests(), impressions(), outcomes(days=...) as data/log.py has them.
    policies: those that run, so that they can observe the days again. Raises LogMismatchError if the log belongs to
    another world. Stopped in between, begin again with a fresh world and fresh policies.
    """
    if not hasattr(log, "last_day"):
        raise ArgumentError(f"log is {log!r}; expected a log, such as Log.open(path).")
    if world.day != 0:
        raise LogMismatchError(f"the world has already reached day {world.day}; expected a fresh one, on day 0.")
    world._check_log(SimpleNamespace(last_day=-1, manifest=getattr(log, "manifest", None)))
    for day in range(log.last_day + 1):
        requests, impressions = log.requests(days=[day]), log.impressions(days=[day])
        draft, born = replay_day(world, requests, impressions, policies)
        day_log = DayLog(day, requests, impressions, log.outcomes(days=[day]), born)
        draft._lessons += lessons_of(policies, day_log)
        world._commit(draft, day_log)
        world._teach(policies)
    return world


def replay_day(world, requests, impressions, policies=()):
    """One day again from its log; returns (the world after it, the items born in it).

    Who served whom matters for novelty; with unit "item" it counts as the first policy.
    """
    logged = _Logged("log", requests, impressions, world.slate_size)
    names = requests["policy"].astype(object).to_numpy()
    known = list(requests["policy"].cat.categories) if hasattr(requests["policy"], "cat") else []
    known = known or [n for n in dict.fromkeys(names) if isinstance(n, str)] or [p.name for p in policies]
    by_id = np.array([known.index(n) if n in known else 0 for n in names], np.int64)
    served_by = known or ["log"], lambda requests: by_id[logged.rows(requests)]
    draft, day_log = world._draw_up(None, [logged], ["all"], replay=served_by)
    clicks = impressions["click"].to_numpy()
    again = day_log.impressions["click"].to_numpy()
    if len(day_log.requests) != len(requests) or not np.array_equal(again, clicks):
        raise LogMismatchError(f"day {world.day}: replaying the log's slates gives {len(day_log.requests)} "
                               f"requests and {int(again.sum())} clicks, the log holds {len(requests)} and "
                               f"{int(clicks.sum())}. It is another world's log; start a new one.")
    return draft, day_log.new_items
