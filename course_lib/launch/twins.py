"""What a launch does to those who do not have it, and to those who are new: forks of one world, person by person."""

from __future__ import annotations

import copy

import numpy as np

from course_lib.contracts import Arm, Assignment, DayLog
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.evidence.units import unit_table


def run_twin(environment, policy, days: int) -> tuple[list[DayLog], object]:
    """(days of a fork in which a copy of `policy` serves, the fork at their end)."""
    twin = environment.fork()
    return list(twin.run(copy.deepcopy(policy), days)), twin


def clicks_of(days: list[DayLog], users) -> np.ndarray:
    """Clicks of each of the users, float (users,); 0 for those who did not come."""
    return unit_table(days)["clicks"].reindex(users, fill_value=0).to_numpy(float)


def split_of(control, treatment, share: float) -> Assignment:
    """Who has which policy when `share` of people, 0 to 1, have the treatment."""
    return Assignment((Arm("control", control, 1 - share), Arm("treatment", treatment, share)))


def change_for_control(environment, control, treatment, share: float, days: int, without) -> Estimate:
    """Relative change in the clicks of those who do not have the treatment while `share` of people have it.

    without: float (users,), the clicks of all users of the environment in a twin without a launch.
    """
    users, split = environment.users().index, split_of(control, treatment, share)
    both = np.column_stack([clicks_of(run_twin(environment, split, days)[0], users), without])
    return bootstrap(both[split.arm_of(users.to_numpy()) == 0], more, n_boot=300)


def more(rows: np.ndarray) -> float:
    """The first column's sum over the second's, less 1."""
    return rows[:, 0].sum() / rows[:, 1].sum() - 1


def gains_of_old_and_new(launched, without, joined_day, day_0: int) -> tuple[dict[str, Estimate], Estimate]:
    """({who: relative gain in clicks}, the gain of those who joined since day_0 over that of the others).

    launched, without: DayLogs of the world with the launch and of its twin. joined_day: Series by person. The
    cover of the ratio is promised only where the gain of the others is clear of 0.
    """
    rows = {}
    for name, users in (("joined since", joined_day.index[joined_day > day_0]),
                        ("here before", joined_day.index[joined_day <= day_0])):
        rows[name] = np.column_stack([clicks_of(launched, users), clicks_of(without, users)])
    gains = {name: bootstrap(part, more, n_boot=300) for name, part in rows.items()}
    apart = [np.pad(part, ((0, 0), (2 * k, 2 - 2 * k))) for k, part in enumerate(rows.values())]
    return gains, bootstrap(np.concatenate(apart), _part_of_the_gain)


def _part_of_the_gain(rows) -> float:
    new_live, new_twin, old_live, old_twin = rows.sum(axis=0)
    return (new_live / new_twin - 1) / (old_live / old_twin - 1)


def slots_on_young_items(days: list[DayLog], catalog, younger_than: int = 7) -> float:
    """Share of the slots that went to items younger than so many days."""
    born = catalog.items["born_day"].to_numpy()
    young = [day.day - born[day.impressions["item"].to_numpy()] < younger_than for day in days]
    return float(np.concatenate(young).mean())
