"""What makes the cause of a launch: a world where one mechanism is strong, and a treatment made to go with it.

scenarios.py draws from these. They may look at hidden facts, since they make a treatment and do not play one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..contracts import DayLog, keyed_uniform
from . import feed, marketplace
from .policies import Familiar

CAUSES = ("better", "null", "harmful", "novelty", "late harm", "interference", "holiday", "spam", "stale job", "births",
          "broken split", "stock")
OF_FEED = CAUSES[:-1]
OF_SHOP = ("better", "null", "harmful", "holiday", "broken split", "stock")
ARMS = ("control", "treatment")
BASE = {"power": 0.7, "boost": 8.0}     # of the incumbent: what is popular, more often from a person's categories
NEVER = 10_000
RIPE_DAYS = 7

# What is not the cause is quiet, and people are more alike than in the course's other worlds, so that a test of some
# thousand people sees a few percent: its error after two weeks is 1.5%, where that of the usual feed is 3%.
QUIET = {
    "novelty": {"logits": 0.0},
    "sharing": {"rate": 0.0},
    "spam": {"bots": 0.0},
    "taste": {"activity_sigma": 0.2, "click": 5.0, "base": -2.7},
    "mood": {"share": 0.0},
    "retention": {"visits": 0.3, "leave": 0.0005},
    "satisfaction": {"stays": 0.0, "goes": 0.0},
    "trends": {"category": 0.2, "item": 0.6},
    "joining": {"per_day": 0.001},
}
BOOST = {"better": 7.5, "harmful": -4.5, "novelty": -3.8, "interference": 7.5, "holiday": -3.6, "broken split": -4.0,
         "stale job": 6.0, "births": 4.0, "stock": 7.5}     # added to the incumbent's, times the size of the cause
CATCHY = 0.06           # late harm: logs of weight a unit of clickbait, times the size
FOLLOWS = 0.15          # spam: added to the power, times the size
LOST = 0.25             # broken split: share of control's people whom the log lacks, times the size
MUTE = 0x6D757465       # the dice of who they are


class Made(Familiar):
    """A Familiar with weights of its own for items, a job that can stop, or no eye for what was born lately."""

    def __init__(self, catalog, tilt=None, stops_on: int = NEVER, ripe_days: int = 0, **settings):
        super().__init__(catalog, **settings)
        self._tilt = np.zeros(0) if tilt is None else tilt
        self._stops_on, self._ripe_days, self._today = stops_on, ripe_days, 0
        self._born = catalog.items["born_day"].to_numpy()

    def slates(self, requests):
        self._today = int(requests.day)
        return super().slates(requests)

    def _weight(self, eligible):
        weight = super()._weight(eligible)
        known = eligible < len(self._tilt)
        weight[known] *= np.exp(self._tilt[eligible[known]])
        if self._ripe_days:
            weight[self._today - self._born[eligible] < self._ripe_days] *= 1e-6
        return weight

    def observe(self, day_log: DayLog) -> None:
        if day_log.new_items is not None:
            self._born = np.concatenate([self._born, day_log.new_items.items["born_day"].to_numpy()])
        if day_log.day >= self._stops_on:
            day_log = replace(day_log, impressions=day_log.impressions.iloc[:0])
        super().observe(day_log)


class Seen:
    """A world as a plan sees it: contracts.Environment, and no truth and no parameters.

    lost: share of people who are not logged while they are in control, as by an old client that the launch's new log
    does not know.
    """

    def __init__(self, world, lost: float = 0.0):
        self._world, self._lost = world, lost
        self.slate_size = world.slate_size

    @property
    def day(self) -> int:
        return self._world.day

    @property
    def seed(self) -> int:
        return self._world.seed

    def catalog(self):
        return self._world.catalog()

    def users(self):
        return self._world.users()

    def eligible(self):
        return self._world.eligible()

    def fork(self) -> Seen:
        return Seen(self._world.fork(), self._lost)

    def run(self, policy, days: int, log=None) -> list[DayLog]:
        kept = []
        for _ in range(days):
            day = self._without(self._world.run(policy, 1)[0])
            kept.append(day) if log is None else log.append(day)
        return kept

    def _without(self, day: DayLog) -> DayLog:
        if not self._lost:
            return day
        asked, shown = day.requests, day.impressions
        mute = keyed_uniform(self.seed, MUTE, asked["user"].to_numpy()) < self._lost
        gone = mute & (asked["arm"] == ARMS[0]).to_numpy()
        rows = shown["request_id"].isin(asked["request_id"][~gone])
        return replace(day, requests=asked[~gone].reset_index(drop=True),
                       impressions=shown[rows].reset_index(drop=True))


def world_of(kind: str, cause: str, seed: int, day: int, **size):
    """The world of a cause, in which nothing else is strong. day: of what happens on a day."""
    strong = {
        "novelty": {"novelty": {"logits": 0.15, "decay_days": 4.0}},
        "late harm": {"retention": {"visits": 1.2, "leave": 0.004}},
        "interference": {"sharing": {"rate": 0.35, "accept": 0.8, "visits": 0.2}},
        "spam": {"spam": {"bots": 0.01, "attack_day": day, "creators": 0.03}},
        "births": {"births": {"life_days": 28.0}},
        "stale job": {"births": {"life_days": 40.0}},
        "stock": {"shop": {"stock_median": 3.0, "buy": -1.5}},
    }.get(cause, {})
    calendar = {"calendar": {"holiday_start_day": day if cause == "holiday" else NEVER}}
    shop = {} if kind == "feed" else {"shop": {"buy": -1.5, "stock_median": 200.0}}
    make = {"feed": feed, "marketplace": marketplace}[kind]
    return make(seed=seed, **size, **(QUIET | calendar | shop | strong))


def treatment_of(cause: str, size: float, day: int, world, seed: int) -> Made:
    """The treatment of a cause; size from 0.4 to 1 says how strong it is."""
    settings = BASE | {"boost": BASE["boost"] + size * BOOST.get(cause, 0.0), "seed": seed, "name": "treatment"}
    tilt, stops_on, ripe_days = None, NEVER, 0
    if cause == "spam":
        settings["power"] += FOLLOWS * size
    if cause == "late harm":
        tilt = CATCHY * size * np.asarray(world._items.appeal, float)
    if cause == "stale job":
        stops_on = day
    if cause == "births":
        ripe_days = RIPE_DAYS
    return Made(world.catalog(), tilt, stops_on, ripe_days, **settings)
