"""The day-7 drill: read what the log shows a week after launch, choose, and see what each choice would have led to.

Each choice is played out on a fork of the environment, with the same people and the same dice, so that the difference
between two choices is their doing and not chance.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError
from course_lib.evidence import no_event
from course_lib.evidence.estimate import Estimate, bootstrap, paired, ratio, t_estimate
from course_lib.evidence.units import METRICS, Metric, unit_table

READING = {  # what a change in each symptom may mean; a symptom is evidence, not a diagnosis
    "click rate": "novelty fading, or worse lists",
    "dwell per click": "clicks that disappoint: clickbait or spam has found the ranker",
    "reports per impression": "spam or harm is being shown",
    "requests per user": "people come less often",
    "impressions on the top 10% of items": "the loop: what is shown is learnt, what is learnt is shown",
    "impressions on items new this week": "the share of new items has moved: a stale index or feature job",
}


def symptoms(log, early, late, catalog=None) -> pd.DataFrame:
    """What changed between two stretches of a log: one row a symptom, with early, late and change as Estimates.

    log: as in evidence.units.unit_table. early, late: days. catalog: contracts.Catalog; adds the share of new items.
    Intervals are over people who came in both stretches (paired) and know nothing of the days themselves: two
    ordinary weeks differ as well, so hold the change against the same stretch of control before calling it a symptom.
    """
    names = ["click rate", "dwell per click", "reports per impression", "requests per user"]
    tables = [unit_table(log, days=list(days)) for days in (early, late)]
    rows = {name: _paired_ratio(METRICS[name], *tables) for name in names}
    rows |= _exposure(log, early, late, catalog)
    table = pd.DataFrame(rows, index=["early", "late", "change"]).T.rename_axis("symptom")
    table["moved"] = [change.excludes(0) for change in table["change"]]
    table["may mean"] = [READING[name] for name in table.index]
    return table


def _paired_ratio(metric: Metric, early, late) -> list:
    """Levels of a metric in two unit tables and their difference, over the units found in both.

    A stretch without an event is bounded as in `no_event`, as if others had lived through it, which is wider than
    pairs; where it has nothing to divide by, its level is NaN.
    """
    both = early.index.intersection(late.index)
    if len(both) < 2:
        raise DataError(f"{len(both)} people came in both stretches; expected at least 2. Choose longer stretches.")
    sides, levels, residuals, n = [], [], [], len(both)
    for table in (early.loc[both], late.loc[both]):
        above = table[metric.numerator].to_numpy(float)
        below = np.ones(n) if metric.denominator is None else table[metric.denominator].to_numpy(float)
        sides.append((above, below))
        levels.append(ratio(above, below) if below.sum() > 0 else Estimate(np.nan, -np.inf, np.inf, n))
        residuals.append((above - levels[-1].value * below) / below.mean() if below.sum() > 0 else below)
    change, error = levels[1].value - levels[0].value, (residuals[1] - residuals[0]).std(ddof=1) / np.sqrt(n)
    if np.isnan(change):
        return [*levels, Estimate(change, -np.inf, np.inf, n)]
    if no_event.beside_amounts(*sides):
        return [*levels, no_event.gap(*sides)]
    if not any(above.any() for above, _ in sides):
        return [*levels, Estimate(0.0, -levels[0].high, levels[1].high, n)]
    return [*levels, t_estimate(change, error, n, n - 1)]


def _exposure(log, early, late, catalog) -> dict[str, list]:
    """Shares of impressions, by day, on the stretch's top tenth of items and on items of the last seven days."""
    rows, per_day = {}, []
    for days in (early, late):
        shown = [_impressions(log, day) for day in days]
        per_day.append([(np.sort(np.bincount(items)[np.unique(items)])[::-1], items, day)
                        for items, day in zip(shown, days, strict=True)])
    head = [np.array([c[:max(1, len(c) // 10)].sum() / c.sum() for c, _, _ in part]) for part in per_day]
    rows["impressions on the top 10% of items"] = _days_apart(*head)
    if catalog is not None:
        born = catalog.items["born_day"].to_numpy()
        new = [np.array([(day - born[items] < 7).mean() for _, items, day in part]) for part in per_day]
        rows["impressions on items new this week"] = _days_apart(*new)
    return rows


def _impressions(log, day: int) -> np.ndarray:
    if isinstance(log, (list, tuple)):
        return next(held.impressions["item"].to_numpy() for held in log if held.day == day)
    return log.impressions([day], ["item"])["item"].to_numpy()


def _days_apart(early: np.ndarray, late: np.ndarray) -> list[Estimate]:
    """Means over days and their difference; a day is the unit, so a stretch of one day has no interval."""
    def estimate(value, parts):
        error = np.sqrt(sum(p.var(ddof=1) / len(p) if len(p) > 1 else np.inf for p in parts))
        days = sum(map(len, parts))
        return t_estimate(value, error, days, max(days - len(parts), 1))

    return [estimate(early.mean(), [early]), estimate(late.mean(), [late]),
            estimate(late.mean() - early.mean(), [early, late])]


@dataclass
class Drill:
    """What each choice led to. table: one row a choice, a metric's mean per person and its difference from the first
    choice, as Estimates. metric: what is judged by. by_day: its mean per person, a row a day, a column a choice."""

    table: pd.DataFrame
    metric: str
    per_person: dict[str, pd.Series]
    by_day: pd.DataFrame

    @property
    def best(self) -> str:
        """The choice that led to most, in hindsight."""
        return max(self.per_person, key=lambda name: self.per_person[name].mean())

    def regret(self, choice: str) -> Estimate:
        """What the best choice would have brought more, per person; 0 [0, 0] for the best itself."""
        if choice not in self.per_person:
            raise ArgumentError(f"choice is {choice!r}; expected one of {', '.join(self.per_person)}.")
        return paired(self.per_person[self.best], self.per_person[choice])

    def share_lost(self, choice: str) -> Estimate:
        """The regret as a share of what the best choice brought: 0.2 is a fifth lost."""
        lost, most = self.regret(choice), self.per_person[self.best].mean()
        return Estimate(lost.value / most, lost.low / most, lost.high / most, lost.n)


def play_out(environment, choices: Mapping[str, object], days: int, metric: str | Metric = "clicks per user") -> Drill:
    """Run each choice for `days` days on a fork of the environment and compare, person by person.

    choices: name -> policy or Assignment, e.g. {"hold": split, "ramp": new, "roll back": old}. Policies are copied, so
    that what one fork teaches them no other fork knows. metric: a mean per person (no ratio), counted over everyone
    who has joined by the end, those who stay away as 0.
    """
    metric = METRICS[metric] if isinstance(metric, str) else metric
    if metric.denominator is not None or not choices:
        raise ArgumentError(f"play_out of {len(choices)} choices by {metric.name!r}; expected at least one choice and "
                            f"a metric per user, such as 'clicks per user'.")
    per_person, by_day = {}, {}
    for name, choice in choices.items():
        twin = environment.fork()
        log = list(twin.run(copy.deepcopy(choice), days))
        table = unit_table(log)
        by_day[name] = pd.Series({day.day: _total(day, metric) for day in log}) / len(twin.users())
        per_person[name] = table[metric.numerator].reindex(twin.users().index, fill_value=0.0).astype(float)
    everyone = sorted(set().union(*(series.index for series in per_person.values())))
    per_person = {name: series.reindex(everyone, fill_value=0.0) for name, series in per_person.items()}
    first = next(iter(per_person))
    table = pd.DataFrame({metric.name: [_mean(series) for series in per_person.values()],
                          f"less {first}": [paired(series, per_person[first]) for series in per_person.values()]},
                         index=list(per_person))
    return Drill(table, metric.name, per_person, pd.DataFrame(by_day).rename_axis("day"))


def _total(day_log, metric: Metric) -> float:
    """A metric's sum over everyone who came on one day."""
    shown = {"clicks": "click", "dwell_s": "dwell_s"}.get(metric.numerator)
    if shown:
        return float(day_log.impressions[shown].sum())
    return float(unit_table([day_log])[metric.numerator].sum())


def _mean(series: pd.Series) -> Estimate:
    return bootstrap(series.to_numpy(float))
