"""Launches with a cause that nobody is told: a strong incumbent, a treatment a few percent better or worse, a world.

    launch, secret = draw(seed)
    days = launch.environment.run(launch.split(0.5), 14)    # what a plan may see
    secret.cause, secret.effects(28)                        # what grades it

A cause works through mechanisms of the world or through how the treatment is made (planted.py), never through its
results: how large an effect is, even its sign, is measured in twins.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from ..contracts import ArgumentError, Arm, Assignment, DayLog
from .blocks import check_whole
from .planted import ARMS, BASE, CAUSES, LOST, OF_FEED, OF_SHOP, Seen, treatment_of, world_of
from .policies import Familiar

__all__ = ["CAUSES", "OF_FEED", "OF_SHOP", "Launch", "Secret", "draw"]
WARM_DAYS = 10          # the incumbent learns from them, and so does the treatment
LONG_S = 30.0
RETURNS_DAYS = 10       # after the last day of purchases, so that what goes back has mostly gone back


@dataclass(frozen=True)
class Launch:
    """What a plan may see. kind: "feed" or "marketplace". environment: contracts.Environment, at the morning of the
    launch. control, treatment: policies. before: DayLogs of the days before, under control."""

    kind: str
    environment: object
    control: object
    treatment: object
    before: list[DayLog]

    def split(self, share: float, salt: int = 0) -> Assignment:
        """Who has which policy when `share` of people, above 0 and up to 1, have the treatment."""
        return Assignment((Arm(ARMS[0], self.control, 1 - share), Arm(ARMS[1], self.treatment, share)), salt=salt)


@dataclass(frozen=True)
class Secret:
    """What grades a plan. cause: of CAUSES. size: 0.4 to 1. start: the world at the morning of the launch, where
    nothing is lost. control, treatment: policies."""

    cause: str
    size: float
    start: object
    control: object
    treatment: object

    def values(self, days: int, dice: int = 1) -> np.ndarray:
        """float (2, days): what each day is worth under control and under treatment for everyone, in twins.

        A feed's worth: clicks of at least 30 s by people, not bots. A shop's: what is bought and kept, by the day of
        purchase. dice: how often each twin runs, with other draws of its policy; the mean is returned.
        """
        check_whole("days", days, 1)
        check_whole("dice", dice, 1)
        return np.mean([[self._of(policy, days, k) for policy in (self.control, self.treatment)]
                        for k in range(dice)], axis=0)

    def effects(self, days: int, dice: int = 1) -> np.ndarray:
        """The true effect of each day when all have the treatment from day 0, float (days,).

        In parts of an average day under control, so that their mean is truth(days) even where days differ much.
        """
        control, treatment = self.values(days, dice)
        return (treatment - control) / max(control.mean(), 1e-9)

    def truth(self, days: int, first: int = 0, dice: int = 1) -> float:
        """The true relative effect on the whole value of the days from `first` to `days`."""
        control, treatment = self.values(days, dice)[:, first:].sum(axis=1)
        return float(treatment / control - 1)

    def _of(self, policy, days: int, dice: int) -> np.ndarray:
        twin, policy = self.start.fork(), deepcopy(policy)
        policy.seed += 1_000_003 * dice
        if twin.params.shop.on:
            return _kept(twin.run(policy, days + RETURNS_DAYS))[:days]
        sink = LongClicks(twin)
        twin.run(policy, days, sink)
        return np.array(sink.long)


class LongClicks:
    """A sink that keeps, of each day, how many clicks of people were long."""

    def __init__(self, world):
        self.last_day, self.long, self._bots = world.day - 1, [], np.flatnonzero(world._people.bot_of >= 0)

    def append(self, day: DayLog) -> None:
        self.last_day = day.day
        long = day.impressions["request_id"].to_numpy()[(day.impressions["dwell_s"] >= LONG_S).to_numpy()]
        asked = day.requests["request_id"].to_numpy()
        of_bots = asked[np.isin(day.requests["user"].to_numpy(), self._bots)]
        self.long.append(float((~np.isin(long, of_bots)).sum()))


def _kept(days: list[DayLog]) -> np.ndarray:
    """What was bought and not sent back, float (days,), by the day of the purchase or of sending back."""
    import pandas as pd

    events = pd.concat([day.outcomes for day in days], ignore_index=True)
    events = events[events["kind"].isin(["purchase", "return"])]
    on = (events["event_time"].to_numpy() // 86_400).astype(int) - days[0].day
    worth = np.abs(events["value"].to_numpy(float)) * np.where(events["kind"] == "purchase", 1.0, -1.0)
    return np.bincount(on.clip(0), worth, minlength=len(days)).astype(float)


def draw(seed: int, kind: str = "feed", *, people: int = 5000, items: int = 800, requests_per_day: float = 15_000,
         cause: str | None = None, size: float | None = None) -> tuple[Launch, Secret]:
    """A launch and what it hides. Everything follows from the seed: the cause, its size and the world.

    kind: "feed" or "marketplace". cause, size (0.4 to 1): for tests and lectures; None draws them. The same seed
    gives the same launch, day for day. Raises ArgumentError for a kind or a cause that there is not.
    """
    check_whole("seed", seed, 0)
    known = {"feed": OF_FEED, "marketplace": OF_SHOP}
    if kind not in known:
        raise ArgumentError(f"kind is {kind!r}; expected feed or marketplace.")
    if cause is not None and cause not in known[kind]:
        raise ArgumentError(f"cause is {cause!r}; expected one of {', '.join(known[kind])}.")
    rng = np.random.default_rng([seed, list(known).index(kind)])
    drawn = known[kind][rng.integers(len(known[kind]))]
    drawn_size, day = rng.uniform(0.4, 1.0), WARM_DAYS + int(rng.integers(3, 9))
    salt, inner = (int(rng.integers(1, 2**31)) for _ in range(2))
    cause, size = cause or drawn, drawn_size if size is None else size
    world = world_of(kind, cause, inner, day, people=people, items=items, requests_per_day=requests_per_day)
    control = Familiar(world.catalog(), **BASE, seed=salt, name="incumbent")
    treatment = treatment_of(cause, size, day, world, salt + 1)
    before = world.run(control, WARM_DAYS)
    for day_log in before:
        treatment.observe(day_log)
    seen = Seen(world.fork(), LOST * size if cause == "broken split" else 0.0)
    launch = Launch(kind, seen, deepcopy(control), deepcopy(treatment), before)
    return launch, Secret(cause, size, world, control, treatment)
