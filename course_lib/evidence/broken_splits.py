"""Splits that are not the ones asked for: what the check sees, where real tests were broken, what a loss looks like."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from course_lib.contracts import ArgumentError
from course_lib.evidence.aa_tests import share_of
from course_lib.evidence.experiment import SRM_ALARM, srm

FEWEST_TESTS = 10                                       # of a week, to say a share of it


def srm_power(users: float, lost: float, alarm: float = SRM_ALARM) -> float:
    """Chance that the check rings when half and half are planned and a share of the treatment arm is lost."""
    if not users > 0 or not 0 <= lost < 1:
        raise ArgumentError(f"users {users}, lost {lost}; expected above 0, and 0 to below 1.")
    remaining = users * (1 - lost / 2)
    shift = (0.5 - (1 - lost) / (2 - lost)) / np.sqrt(0.25 / remaining)   # in standard errors of control's share
    edge = norm.ppf(1 - alarm / 2)
    return float(norm.sf(edge - shift) + norm.cdf(-edge - shift))


def check_archive(arms: pd.DataFrame) -> pd.DataFrame:
    """The check of every test of an archive, one row a test: alarm, week, warned (of by the archive's authors).

    arms: one row an arm: test_id, impressions, week, broken_randomisation; equal shares were asked for.
    """
    tests = arms.groupby("test_id")
    p = tests["impressions"].apply(lambda counted: srm(counted.to_numpy()))
    return pd.DataFrame({"alarm": p < SRM_ALARM, "week": tests["week"].first(),
                         "warned": tests["broken_randomisation"].first()})


def by_week(checked: pd.DataFrame) -> pd.DataFrame:
    """Share of tests with an alarm in each week that has ten tests or more: share, tests, warned; index = week."""
    weekly = checked.groupby("week").agg(share=("alarm", "mean"), tests=("alarm", "size"), warned=("warned", "first"))
    return weekly[weekly["tests"] >= FEWEST_TESTS]


def by_warning(checked: pd.DataFrame) -> pd.DataFrame:
    """Share of tests with an alarm, with its interval, in weeks not warned of and in weeks warned of."""
    shares = checked.groupby("warned")["alarm"].apply(lambda rang: f"{share_of(int(rang.sum()), len(rang)):.1%}")
    return shares.to_frame("tests with an alarm").rename_axis("warned of")


def when_some_are_lost(clicks, came, light, splits) -> tuple[np.ndarray, np.ndarray]:
    """(apparent gain in clicks a user, p of the split) of each split, float (T,), where treatment loses light users.

    clicks: float (n,). came, light: bool (n,), who is in the log, and who of them would leave before they are logged.
    splits: bool (T, n), True in treatment.
    """
    gains, ps = [], []
    for treated in splits:
        control, left = came & ~treated, came & treated & ~light
        gains.append(clicks[left].mean() / clicks[control].mean() - 1)
        ps.append(srm(np.array([control.sum(), left.sum()])))
    return np.array(gains), np.array(ps)
