"""Experiments among people who influence each other: tables by the unit a design randomises, and what it would report.

Users share friends, stock and training data, so that an arm also lives with what the other arm does. Each design cuts
some of these ties: clusters and regions of friends, blocks of time, items, and a training log of one's own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, Assignment, DataError, DayLog, as_ids, check_labels
from course_lib.evidence.units import COUNTS, unit_table

TOTALS = ("impressions", "clicks", "dwell_s", "purchases", "value")


def design_table(days: list[DayLog], assignment: Assignment, users: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row a unit of the design, whatever the unit: its arm, and sums over the days.

    days: of the experiment, or of a twin in which one policy served everyone: then `arm` says where the unit would
    have been. users: everyone who could have come, index = user id; needed for users, clusters and regions.
    Unit "item" has the columns TOTALS, the others those of unit_table.
    """
    if assignment.unit == "item":
        table = item_table(days)
    else:
        table = unit_table(days, unit=assignment.unit, users=users, assignment=assignment)
    names = np.array([arm.name for arm in assignment.arms])
    return table.assign(arm=names[assignment.arm_of(table.index.to_numpy())])


def item_table(days: list[DayLog]) -> pd.DataFrame:
    """One row an item that was shown or sold: TOTALS over the days, index = item id; `value` is net of returns.

    A dwell or a value that is missing counts 0. Raises DataError without days or impressions, ArgumentError for a click
    that is not 0 or 1.
    """
    if not len(days):
        raise DataError("no days were passed; expected at least one DayLog.")
    impressions = pd.concat([day.impressions for day in days], ignore_index=True)
    outcomes = pd.concat([day.outcomes for day in days], ignore_index=True)
    if impressions.empty:
        raise DataError("these days hold no impressions; expected at least one.")
    as_ids("item of impressions", impressions["item"])
    check_labels("click of impressions", impressions["click"])
    seen = impressions[["click", "dwell_s"]].astype(float).fillna(0).groupby(impressions["item"].to_numpy())
    sums = {"impressions": seen.size(), "clicks": seen["click"].sum(), "dwell_s": seen["dwell_s"].sum()}
    item = outcomes["item"].to_numpy()
    sums["purchases"] = (outcomes["kind"].astype(str) == "purchase").astype(float).groupby(item).sum()
    sums["value"] = outcomes["value"].astype(float).groupby(item).sum()
    return pd.DataFrame(sums)[list(TOTALS)].fillna(0).rename_axis("item")


def expected_report(mixed: pd.DataFrame, control: pd.DataFrame, treatment: pd.DataFrame,
                    column: str = "clicks") -> float:
    """The relative effect that a design would report if it had no sampling noise: the truth, and its interference.

    mixed: a design's table in a world that both arms share; its `arm` is "control" or "treatment". control,
    treatment: tables by the same unit from twins in which one policy served everyone. Each arm's units are held
    against the same units in their own twin, so that it does not matter which units the split happened to draw. Where
    nobody influences anybody these are equal, and the report is the truth: sum of treatment / sum of control − 1.
    Raises DataError where an arm of `mixed` has nothing in its twin.
    """
    if column not in COUNTS:
        raise ArgumentError(f"column is {column!r}; expected one of {', '.join(COUNTS)}.")
    for name, table in (("mixed", mixed), ("control", control), ("treatment", treatment)):
        if column not in table:
            raise DataError(f"{name} has no column {column!r}; it has {', '.join(map(str, table))}.")
    held = {}
    for name, twin in (("control", control), ("treatment", treatment)):
        units = mixed.index[mixed["arm"] == name]
        alone = float(twin[column].reindex(units, fill_value=0).sum())
        if not alone > 0:
            raise DataError(f"the {len(units)} units of arm {name!r} have {column} of {alone:g} in their twin, "
                            f"expected more than 0. Use larger arms, more days, or another metric.")
        held[name] = float(mixed.loc[units, column].sum()) / alone
    truth = float(treatment[column].sum()) / float(control[column].sum())
    return truth * held["treatment"] / held["control"] - 1


class OwnLog:
    """A policy that learns from the requests of its own arm alone: the experiment diverts the training data as well.

    Source: Su et al. 2024 (long-term value of exploration), doi:10.1145/3616855.3635833. Departs: they also give each
    arm a part of the corpus of its own.
    """

    def __init__(self, policy, arm: str):
        self.policy, self.arm, self.name = policy, arm, policy.name

    def slates(self, requests):
        """The policy's own."""
        return self.policy.slates(requests)

    def observe(self, day_log: DayLog) -> None:
        """Show the policy the part of the day that its own arm served; items born that day are known to all."""
        if not hasattr(self.policy, "observe"):
            return
        requests, impressions, outcomes = day_log.requests, day_log.impressions, day_log.outcomes
        requests = requests[requests["arm"].astype(str) == self.arm]
        self.policy.observe(replace(
            day_log, requests=requests, impressions=impressions[impressions["arm"].astype(str) == self.arm],
            outcomes=outcomes[outcomes["request_id"].isin(requests["request_id"])]))
