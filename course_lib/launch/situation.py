"""A launch that has come to a decision: what its log shows, and what holding, ramping or rolling back would lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, Arm, Assignment, DayLog
from course_lib.evidence.estimate import Estimate, bootstrap, t_estimate
from course_lib.evidence.experiment import metric_difference
from course_lib.evidence.units import METRICS, unit_table
from course_lib.launch.drill import Drill, play_out
from course_lib.launch.monitors import net_change

SHOWN = ("clicks per user", "dwell per user", "dwell per click", "requests per user")
ARMS = ("control", "treatment")


@dataclass(frozen=True)
class Situation:
    """A service in the middle of a launch.

    environment: at the morning of the decision. before, since: DayLogs of the days before the launch and of those
    since. share: of users on the treatment.
    """

    environment: object
    control: object
    treatment: object
    before: list[DayLog]
    since: list[DayLog]
    share: float

    def split(self) -> Assignment:
        """Who has which policy since the launch."""
        return Assignment((Arm(ARMS[0], self.control, 1 - self.share), Arm(ARMS[1], self.treatment, self.share)))

    def choices(self) -> dict:
        """hold: the split goes on. ramp: everyone gets the treatment. roll back: nobody does."""
        return {"hold": self.split(), "ramp": self.treatment, "roll back": self.control}

    def people(self, column: str) -> pd.DataFrame:
        """A column of evidence.units.COUNTS for everyone who has joined: `before` and `now`, a day, and `arm`."""
        everyone = self.environment.users().index
        table = pd.DataFrame({"arm": np.array(ARMS)[self.split().arm_of(everyone.to_numpy())]}, index=everyone)
        for name, days in (("before", self.before), ("now", self.since)):
            table[name] = unit_table(days)[column].reindex(everyone, fill_value=0).astype(float) / len(days)
        return table

    def change(self, column: str) -> Estimate:
        """Before and after: what people on the treatment do now against before, relative, with an interval."""
        table = self.people(column)
        rows = table.loc[table["arm"] == ARMS[1], ["before", "now"]].to_numpy()
        return bootstrap(rows, lambda r: r[:, 1].sum() / r[:, 0].sum() - 1, n_boot=300)

    def net(self, column: str, rule: Callable = net_change) -> Estimate:
        """The same net of what control did, by `rule`, with an interval over people of both arms."""
        table = self.people(column)
        rows = np.column_stack([table["before"], table["now"], table["arm"] == ARMS[1]])
        return bootstrap(rows, lambda r: rule(r[r[:, 2] == 1, :2], r[r[:, 2] == 0, :2]), n_boot=300)

    def chart_error(self, column: str, rule: Callable = net_change) -> Estimate:
        """The treated's change against before less their change net of control, with an interval over people."""
        table = self.people(column)
        rows = np.column_stack([table["before"], table["now"], table["arm"] == ARMS[1]])

        def error(r):
            treated, spared = r[r[:, 2] == 1, :2], r[r[:, 2] == 0, :2]
            before, now = treated.sum(axis=0)
            return now / before - 1 - rule(treated, spared)

        return bootstrap(rows, error, n_boot=300)

    def arms(self) -> list[pd.DataFrame]:
        """Unit tables of the days since the launch: control, treatment; those who stayed away have zeros."""
        now = unit_table(self.since, users=self.environment.users(), assignment=self.split())
        return [now[now["arm"] == name] for name in ARMS]

    def evidence(self) -> pd.DataFrame:
        """Each metric before the launch and in both arms since, and treatment against control, relative."""
        before = unit_table(self.before, users=self.environment.users(), assignment=self.split())
        arms, rows = self.arms(), {}
        for name in SHOWN:
            metric = METRICS[name]
            days = (1, 1) if metric.denominator else (len(self.before), len(self.since))
            levels = [_level(metric, before) / days[0], *(_level(metric, part) / days[1] for part in arms)]
            rows[name] = [*levels, metric_difference(metric, *arms, relative=True)]
        rows |= self._exposure()
        return pd.DataFrame(rows, index=["before", *ARMS, "treatment to control"]).T.rename_axis("metric")

    def _exposure(self) -> dict[str, list]:
        """Where the slots go; the interval of the comparison is over days."""
        born = self.environment.catalog().items["born_day"].to_numpy()
        rules = {"slots on the top tenth of items": lambda item, day: _top_tenth(item),
                 "slots on items under a week old": lambda item, day: float((day - born[item] < 7).mean())}
        rows = {}
        for name, share in rules.items():
            before = np.mean([share(day.impressions["item"].to_numpy(), day.day) for day in self.before])
            by_arm = [np.array([share(_items(day, arm), day.day) for day in self.since]) for arm in ARMS]
            ratio = by_arm[1] / np.maximum(by_arm[0], 1e-9) - 1
            error = ratio.std(ddof=1) / np.sqrt(len(ratio)) if len(ratio) > 1 else np.inf
            change = t_estimate(ratio.mean(), error, len(ratio), max(len(ratio) - 1, 1))
            rows[name] = [before, by_arm[0].mean(), by_arm[1].mean(), change]
        return rows

    def play_out(self, days: int, metric: str = "dwell per user") -> Drill:
        """Each choice for `days` days on a fork of the environment; see `drill.play_out`."""
        return play_out(self.environment, self.choices(), days, metric)


def _level(metric, table) -> float:
    below = len(table) if metric.denominator is None else table[metric.denominator].sum()
    return float(table[metric.numerator].sum() / below) if below else float("nan")


def _items(day_log: DayLog, arm: str) -> np.ndarray:
    shown = day_log.impressions
    return shown["item"].to_numpy()[(shown["arm"] == arm).to_numpy()]


def _top_tenth(item: np.ndarray) -> float:
    count = np.sort(np.unique(item, return_counts=True)[1])[::-1]
    return float(count[:max(1, len(count) // 10)].sum() / max(count.sum(), 1))


def stage(environment, control, treatment, *, warm_up: int = 3, before: int = 5, since: int = 4,
          share: float = 0.5) -> Situation:
    """Launch `treatment` to a share of users and stop on the morning of the decision.

    environment: contracts.Environment, moved on by warm_up + before + since days. control, treatment: policies, which
    learn as days go by; the treatment also learns from the days before it serves. warm_up: days that nobody reads.
    Returns the Situation. Raises ArgumentError for a launch without days or arms to compare.
    """
    if before < 1 or since < 1 or warm_up < 0 or not 0 < share < 1:
        raise ArgumentError(f"warm_up is {warm_up}, before {before}, since {since}, share {share:g}; expected at least "
                            f"a day before and since, and a share between 0 and 1.")
    days = list(environment.run(control, warm_up + before))
    for day_log in days if hasattr(treatment, "observe") else ():
        treatment.observe(day_log)
    situation = Situation(environment, control, treatment, days[warm_up:], [], share)
    situation.since.extend(environment.run(situation.split(), since))
    return situation
