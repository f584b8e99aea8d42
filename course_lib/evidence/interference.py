"""What a design reports where arms share friends, stock or training data, held against twins that tell the truth.

A world that is handed in is a service with `fork`, `run` and `users`. Each policy serves everybody in a twin of its
own: their difference is the true effect. A design's report is freed of noise by `designs.expected_report`.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import t as student

from course_lib.contracts import DAY_S, ArgumentError, Arm, Assignment, DataError, DayLog, as_numbers, keyed_uniform
from course_lib.evidence import designs
from course_lib.evidence.estimate import Estimate, bootstrap, mean_of_runs
from course_lib.evidence.units import unit_table

UNITS = {"user": {"unit": "user"}, "cluster": {"unit": "cluster"}, "item": {"unit": "item"},
         "four hours": {"unit": "time", "block_s": 4 * 3600.0}, "day": {"unit": "time", "block_s": float(DAY_S)}}
NOTHING = Estimate(np.nan, np.nan, np.nan)


class Frozen:
    """A policy that no longer learns. policy: a Policy; name: its new name."""

    def __init__(self, policy, name: str):
        self.policy, self.name = policy, name

    def slates(self, requests):
        """The policy's own."""
        return self.policy.slates(requests)


class LearnsFrom:
    """A policy that learns from its own arm's requests and from a share of the other arm's.

    share: 0 is a log of its own, 1 an ordinary test. seed: decides which requests are shared.
    """

    def __init__(self, policy, arm: str, share: float, *, seed: int = 0):
        if not 0 <= share <= 1:
            raise ArgumentError(f"share is {share}; expected 0 to 1.")
        self.policy, self.arm, self.share, self.seed, self.name = policy, arm, share, seed, policy.name

    def slates(self, requests):
        """The policy's own."""
        return self.policy.slates(requests)

    def observe(self, day_log: DayLog) -> None:
        """Show the policy what its own arm brought, and its share of the other's."""
        requests, shown, done = day_log.requests, day_log.impressions, day_log.outcomes
        lot = keyed_uniform(self.seed, requests["request_id"].to_numpy()) < self.share
        requests = requests[(requests["arm"].astype(str) == self.arm) | lot]
        kept = requests["request_id"]
        self.policy.observe(replace(day_log, requests=requests, impressions=shown[shown["request_id"].isin(kept)],
                                    outcomes=done[done["request_id"].isin(kept)]))


def worth_of_items(days: list[DayLog], n_items: int, column: str) -> np.ndarray:
    """How much of `column` an impression of each item brought on days of random slots, float (n_items,).

    In logs, smoothed by a quarter of the mean, mean 0 and spread 1: the weights of a ranker that does not learn.
    """
    shown = pd.concat([day.impressions for day in days])
    worth = np.bincount(shown["item"], shown[column].fillna(0), n_items)
    worth = np.log((worth + worth.mean() / 4) / np.bincount(shown["item"], minlength=n_items).clip(1))
    return (worth - worth.mean()) / worth.std()


def run_alone(world, pair: dict, days: int) -> dict[str, list[DayLog]]:
    """Each policy of {"control", "treatment"} in a twin of its own, for everyone."""
    return {name: world.fork().run(copy.deepcopy(policy), days) for name, policy in pair.items()}


def beside_twins(world, control, treatment, days: int) -> tuple:
    """(world, {"control", "treatment"}: the policies, each of them alone for so many days): what `try_design` takes."""
    pair = {"control": control, "treatment": treatment}
    return world, pair, run_alone(world, pair, days)


def true_effect(alone: dict, column: str = "clicks", *, seed: int = 0) -> Estimate:
    """Treatment for everyone over control for everyone, less 1, with an interval over the same people in both."""
    both = [unit_table(alone[name])[column] for name in ("control", "treatment")]
    people = pd.concat(both, axis=1).fillna(0).to_numpy(float)
    return bootstrap(people, lambda rows: rows[:, 1].sum() / rows[:, 0].sum() - 1, seed=seed, n_boot=300)


def half_of_interval(table: pd.DataFrame, column: str) -> float:
    """Half the 95% interval of a relative difference from a design's table: Student's with G − 2 for G units."""
    c, t = (table.loc[table["arm"] == name, column] for name in ("control", "treatment"))
    error = np.hypot(t.sem(), t.mean() / c.mean() * c.sem()) / c.mean()
    return float(student.ppf(0.975, len(table) - 2) * error)


def try_design(world, pair: dict, alone: dict, unit: str, *, column: str = "clicks", splits: int = 2,
               seed: int = 0) -> tuple[np.ndarray, float]:
    """(reports without noise, float (splits,), relative; half the interval of one test of this size).

    unit: a name in UNITS. alone: from `run_alone`. Splits in which an arm has fewer than two units are left out.
    """
    reports, half, twins, salt = [], [], None, seed * 100 - 1
    while len(reports) < splits:
        salt += 1
        arms = tuple(Arm(name, copy.deepcopy(policy), 0.5) for name, policy in pair.items())
        design = Assignment(arms, salt=salt, **UNITS[unit])
        if twins is None:
            twins = [designs.design_table(alone[name], design, world.users()) for name in pair]
        if np.bincount(design.arm_of(twins[0].index.to_numpy()), minlength=2).min() < 2:
            continue                                                     # an arm of one day cannot be compared
        mixed = designs.design_table(world.fork().run(design, len(alone["control"])), design, world.users())
        reports.append(designs.expected_report(mixed, *twins, column))
        half.append(half_of_interval(mixed, column))
    return np.array(reports), float(np.mean(half))


def over_splits(values) -> Estimate:
    """Mean of a few splits with Student's interval over them; of a single one the value alone, its ends NaN."""
    if len(values) < 2:
        return Estimate(float(np.mean(values)), np.nan, np.nan, len(values))
    return mean_of_runs(values)


def share_missed(reports, truth: Estimate) -> Estimate:
    """What a design misses of the effect (below 0: it says too much); NaN where the truth is not clear of 0."""
    return over_splits(1 - reports / float(truth)) if truth.excludes(0) else NOTHING


def share_reported(reports, truth: Estimate) -> Estimate:
    """What a design reports of the effect; NaN where the truth is not clear of 0."""
    return over_splits(reports / float(truth)) if truth.excludes(0) else NOTHING


def error_removed(smaller, larger) -> Estimate:
    """1 − |mean of the one| / |mean of the other|, of a few splits each, float (S,), with Student's interval; of one
    split it is infinite. Raises DataError where the other's mean is 0, ArgumentError for NaN."""
    smaller, larger = as_numbers("smaller", smaller), as_numbers("larger", larger)
    a, b = abs(smaller.mean()), abs(larger.mean())
    if not b > 0:
        raise DataError(f"the larger error is {b:g} on average; expected above 0, since a share of it is told.")
    if len(smaller) < 2:
        return Estimate(1 - a / b, -np.inf, np.inf, len(smaller))
    error = np.hypot(smaller.std(ddof=1), a / b * larger.std(ddof=1)) / np.sqrt(len(smaller)) / b
    reach = student.ppf(0.975, len(smaller) - 1) * error
    return Estimate(1 - a / b, 1 - a / b - reach, 1 - a / b + reach, len(smaller))


# --- lifts that fade -------------------------------------------------------------------------------------------------
def clicks_by_week(world, control, treatment, *, weeks: int) -> np.ndarray:
    """Clicks of each person a week, in twins with control and with treatment in turn, float (n, 2 · weeks)."""
    logs = [world.fork().run(policy, 7 * weeks) for policy in (control, treatment)]
    each = [unit_table(log[7 * week : 7 * week + 7])["clicks"] for week in range(weeks) for log in logs]
    return pd.concat(each, axis=1).fillna(0).to_numpy(float)


def lift(rows, week: int) -> float:
    """Clicks with the treatment over clicks without it in a week, from 0, less 1. rows: from `clicks_by_week`."""
    old, new = rows[:, 2 * week : 2 * week + 2].sum(0)
    return new / old - 1


def lift_of_week(rows, week: int, *, seed: int = 0) -> Estimate:
    """The true lift of a week with an interval over people."""
    return bootstrap(rows, lambda drawn: lift(drawn, week), seed=seed, n_boot=300)


def lift_kept(rows, early: int, late: int, *, seed: int = 0) -> Estimate:
    """The lift of a late week over that of an early one, with an interval over people: its cover is promised only where
    the early lift is clear of 0."""
    return bootstrap(rows, lambda drawn: lift(drawn, late) / lift(drawn, early), seed=seed, n_boot=300)
