"""Logs whose order is known: ten items drawn at random, sorted by what people like to a degree that is set."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import Environment, Policy, Requests, Slates
from course_lib.data.log import MemoryLog
from course_lib.stages.ranking.feed_features import COLUMNS, FeedFeatures, replay

BASE = (*COLUMNS, "title_length")


def within_slate(values: np.ndarray) -> np.ndarray:
    """Each row less its mean, over its spread. values: float (requests, items). Equal values become 0."""
    spread = values.std(axis=1, keepdims=True)
    return (values - values.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9)


class Sorter:
    """Sorts the items that another policy draws by taste to the degree `taste`, for the rest by the title's length.

    world: the environment whose truth is looked up. taste: 0 to 1, the correlation within a slate of what it sorts by
    with the chance of a click. base: a policy, whose slates are sorted.
    """

    name = "sorter"

    def __init__(self, world: Environment, taste: float, base: Policy):
        self.truth, self.taste, self.base = world.truth(), taste, base
        self.length = world.catalog().items["title_length"].to_numpy(float)

    def slates(self, requests: Requests) -> Slates:
        """The slates of `base`, sorted."""
        item = self.base.slates(requests).item
        liked = within_slate(self.truth.request_scores(requests, item, by="click"))
        key = self.taste * liked + np.sqrt(1 - self.taste**2) * within_slate(self.length[item])
        return Slates.certain(np.take_along_axis(item, np.argsort(-key, axis=1), axis=1))

    def observe(self, day_log) -> None:
        """Learn which items were born."""
        self.truth.learn_items(day_log)
        if day_log.new_items is not None:
            self.length = np.append(self.length, day_log.new_items.items["title_length"])


@dataclass(frozen=True)
class Week:
    """table: a row a showing, as `replay` makes it, with dwell_s and title_length. features: FeedFeatures as they stand
    after it. world: the environment after it."""

    table: pd.DataFrame
    features: FeedFeatures
    world: Environment

    def days(self, first: int, last: int) -> pd.DataFrame:
        """The rows of these days, both included."""
        return self.table[self.table["day"].between(first, last)]


def week_of(policy: Policy, world: Environment, days: int = 7, seed: int = 0) -> Week:
    """Run a policy in a world; the features of each day are those of its morning.

    Three requests in ten are kept for the table, drawn by `seed`.
    """
    log = MemoryLog()
    world.run(policy, days, log)
    features = FeedFeatures(world.catalog())
    table = pd.concat(list(replay(features, log, share=0.3, seed=seed)), ignore_index=True)
    dwell = log.impressions(columns=["request_id", "item", "dwell_s"])
    table = table.merge(dwell, on=["request_id", "item"], how="left")
    return Week(_with_titles(table, world), features, world)


def random_day(week: Week, policy: Policy) -> pd.DataFrame:
    """The day after a week, served by another policy (all slots at random, say): a table as for training."""
    log, world = MemoryLog(), week.world.fork()
    world.run(policy, 1, log)
    return _with_titles(next(replay(copy.deepcopy(week.features), log)), world)


def _with_titles(table: pd.DataFrame, world: Environment) -> pd.DataFrame:
    return table.assign(title_length=world.catalog().items["title_length"].to_numpy()[table["item"]])
