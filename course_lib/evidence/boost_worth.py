"""What a boost for new items brings and costs: twins of one town under several boosts, and an ordinary A/B test of one.

A ranker here is a policy with a `boost` that may be set (such as `stages.reranking.freshness.Nightly`).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import Arm, Assignment
from course_lib.evidence.units import unit_table

EXAMINATION = 0.7               # chance of a look at position k is k to minus this
NEW_DAYS, READ_S = 7, 30


def boosted(ranker, boost):
    """A copy of the ranker with this boost."""
    twin = copy.deepcopy(ranker)
    twin.boost = boost
    return twin


@dataclass
class Twin:
    """One town under one boost. town, ranker: as they are after these days. days: its logs."""

    town: object
    ranker: object
    days: list


def live(town, ranker, boosts: dict, days: int) -> dict[str, Twin]:
    """The same town with the same dice, once under each boost, for so many days: {name: Twin}."""
    lived = {}
    for name, boost in boosts.items():
        own, its = town.fork(), boosted(ranker, boost)
        lived[name] = Twin(own, its, own.run(its, days))
    return lived


def showings(days, n_items: int) -> np.ndarray:
    """How often each item was shown, int (at least n_items,)."""
    return np.bincount(np.concatenate([day.impressions["item"] for day in days]), minlength=n_items)


def good_and_poor(town, born, days: tuple[int, int], people: int) -> tuple[np.ndarray, np.ndarray]:
    """The best quarter and the poorer half, by the truth, of the items born on days[0] … days[1] − 1; ids.

    born: float (N,), the day on which each item was born. people: every fourth of so many is asked.
    """
    young = np.flatnonzero((born >= days[0]) & (born < days[1]))
    joys = town.truth().scores(np.arange(0, people, 4), young).mean(axis=0)
    return young[joys >= np.quantile(joys, 0.75)], young[joys < np.median(joys)]


def pages_of(days, born, good, poor) -> dict[str, float]:
    """What the pages of these days held: slots of the week's items, of good and poor newborn, and reads per look."""
    page = pd.concat([day.impressions for day in days])
    look = page["position"].to_numpy() ** -EXAMINATION
    new = (page["day"] - born[page["item"].to_numpy()] < NEW_DAYS).to_numpy()
    read = page["dwell_s"].to_numpy() >= READ_S
    times = showings(days, len(born))
    return {"slots on the week's items": new.mean(), "reads per look, week's items": read[new].sum() / look[new].sum(),
            "reads per look, others": read[~new].sum() / look[~new].sum(),
            "slots on good": times[good].sum() / len(page), "slots on poor": times[poor].sum() / len(page)}


def left_after(twin: Twin, plain: Twin, items, days: int) -> np.ndarray:
    """Showings of some items in the days that follow in two twins, their boosts switched off; float (items, 2)."""
    logs = [each.town.fork().run(boosted(each.ranker, None), days) for each in (twin, plain)]
    return np.column_stack([showings(log, int(items.max()) + 1)[items] for log in logs])


def on_poor_and_good(first: Twin, second: Twin, poor, good) -> np.ndarray:
    """Rows of `waste` for poor and good items under two boosts: whether an item is poor, its showings in each."""
    both = np.concatenate([good, poor])
    shown = [showings(each.days, int(both.max()) + 1)[both] for each in (first, second)]
    return np.column_stack([np.isin(both, poor), *shown])


def over(rows) -> float:
    """Total of the first column over that of the second."""
    return rows[:, 0].sum() / rows[:, 1].sum()


def waste(rows) -> float:
    """Showings of poor items for each of a good one, the first boost's over the second's; columns poor, first, second.
    """
    first, second = (rows[rows[:, 0] == 1, k].sum() / rows[rows[:, 0] == 0, k].sum() for k in (1, 2))
    return first / second


def gain(rows) -> float:
    """Relative gain of the first column's total over the second's."""
    return rows[:, 0].sum() / rows[:, 1].sum() - 1


def _time_in_arms(town, first, second, days):
    """Seconds of each person in a test of so many days, and whether they were in its second arm."""
    halves = Assignment((Arm("first", first, 0.5), Arm("second", second, 0.5)), salt=0)
    people = town.users().index
    spent = unit_table(town.fork().run(halves, days))["dwell_s"].reindex(people, fill_value=0.0)
    return spent.to_numpy(), halves.arm_of(people.to_numpy()) == 1


def ordinary_test(town, ranker, boost, days: int = 9) -> np.ndarray:
    """Seconds of each person with and without the boost, float (people, 2), from an A/B test run twice.

    Half of the people get it, both halves share one catalogue, and both rankers learn from all that happens. The second
    run exchanges the halves, so that everybody is compared with themselves.
    """
    one, in_second = _time_in_arms(town, boosted(ranker, None), boosted(ranker, boost), days)
    other, _ = _time_in_arms(town, boosted(ranker, boost), boosted(ranker, None), days)
    return np.column_stack([np.where(in_second, one, other), np.where(in_second, other, one)])
