"""From a log to one row a unit of randomisation: what each user, cluster, region or time block did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError

COUNTS = ("requests", "impressions", "clicks", "dwell_s", "days", "purchases", "returns", "reports", "shares", "value")


@dataclass(frozen=True)
class Metric:
    """A metric over units: the mean of a column of COUNTS, or, with a denominator, a ratio of two sums.

    good: "up" where more is better, "down" where less is. risk: what goes wrong unseen if nobody watches it.
    """

    name: str
    numerator: str
    denominator: str | None = None
    good: str = "up"
    risk: str = ""

    def __post_init__(self):
        for column in (self.numerator, self.denominator):
            if column is not None and column not in COUNTS:
                raise ArgumentError(f"metric {self.name!r} uses column {column!r}; expected one of "
                                    f"{', '.join(COUNTS)}.")
        if self.good not in ("up", "down"):
            raise ArgumentError(f"metric {self.name!r} has good={self.good!r}; expected 'up' or 'down'.")


METRICS = {metric.name: metric for metric in (
    Metric("clicks per user", "clicks", risk="people find nothing to open"),
    Metric("click rate", "clicks", "impressions", risk="slots are wasted"),
    Metric("dwell per user", "dwell_s", risk="clicks that disappoint"),
    Metric("dwell per click", "dwell_s", "clicks", risk="clickbait: more clicks, less of what was wanted"),
    Metric("active days", "days", risk="people stop coming back"),
    Metric("requests per user", "requests", risk="shorter or fewer visits"),
    Metric("reports per impression", "reports", "impressions", "down", "spam and harm reach people"),
    Metric("spend per user", "value", risk="less is bought and kept"),
    Metric("returns per purchase", "returns", "purchases", "down", "sales that come back"),
)}


def _read(log, days) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Requests and impressions of the days given, and every outcome that follows them, whenever it arrived."""
    if isinstance(log, (list, tuple)):
        wanted = None if days is None else set(int(day) for day in days)
        kept = [day for day in log if wanted is None or day.day in wanted]
        if not kept:
            raise DataError(f"the {len(log)} days passed hold none of the days asked for; expected at least one.")
        parts = ([day.requests for day in kept], [day.impressions for day in kept], [day.outcomes for day in log])
        return tuple(pd.concat(part, ignore_index=True) for part in parts)
    return log.requests(days=days), log.impressions(days=days), log.outcomes()


def _unit_of(requests: pd.DataFrame, unit: str, users, block_s: float) -> np.ndarray:
    if unit == "user":
        return requests["user"].to_numpy(np.int64)
    if unit == "time":
        return (requests["time"].to_numpy() // block_s).astype(np.int64)
    if unit not in ("cluster", "region"):
        raise ArgumentError(f"unit is {unit!r}; expected user, cluster, region or time. Items are analysed by item.")
    if users is None:
        raise ArgumentError(f"unit {unit!r} needs the table of users (environment.users()); got None.")
    return users[unit].reindex(requests["user"]).to_numpy(np.int64)


def unit_table(log, *, unit: str = "user", days=None, users=None, assignment=None,
               until: float = np.inf) -> pd.DataFrame:
    """One row a unit: `arm` and the sums of COUNTS over the days given; index = unit id.

    log: has requests(), impressions(), outcomes(); or a list of DayLog. users: table, index = user id; with an
    assignment by user, those who never came stand in the table with zeros, in the arm they would have had.
    Outcomes count for the unit that made the request, if they arrived before `until` (seconds). A unit seen in two
    arms (as in a ramp, when its share grows) keeps the later. Raises DataError where the days hold no requests.
    """
    requests, impressions, outcomes = _read(log, days)
    if requests.empty:
        raise DataError(f"the log holds no requests on the days asked for ({days}); expected at least one.")
    outcomes = outcomes[outcomes["arrival_time"].to_numpy() < until]
    block_s = assignment.block_s if assignment is not None else 4 * 3600.0
    unit_id = _unit_of(requests, unit, users, block_s)
    request = pd.DataFrame({"unit": unit_id, "day": requests["day"].to_numpy(), "arm": requests["arm"].astype(str)})
    request.index = requests["request_id"].to_numpy()
    table = pd.DataFrame({"arm": request.groupby("unit")["arm"].last(), "requests": request.groupby("unit").size(),
                          "days": request.groupby("unit")["day"].nunique()})
    table = table.join(_sums(request["unit"], impressions, outcomes)).fillna(0)
    if assignment is not None and unit == "user" and users is not None:
        table = table.reindex(table.index.union(users.index)).fillna({name: 0 for name in COUNTS})
        names = np.array([arm.name for arm in assignment.arms])
        table["arm"] = names[assignment.arm_of(table.index.to_numpy())]
    return table[["arm", *COUNTS]].rename_axis(unit)


def _sums(unit_of_request: pd.Series, impressions, outcomes) -> pd.DataFrame:
    shown = unit_of_request.reindex(impressions["request_id"]).to_numpy()
    by_unit = impressions[["click", "dwell_s"]].astype(float).fillna(0).groupby(shown)
    sums = pd.DataFrame({"impressions": by_unit.size(), "clicks": by_unit["click"].sum(),
                         "dwell_s": by_unit["dwell_s"].sum()})
    unit = unit_of_request.reindex(outcomes["request_id"]).to_numpy()
    known = ~pd.isna(unit)
    kind, unit, value = outcomes["kind"].astype(str)[known], unit[known], outcomes["value"][known].to_numpy(float)
    for column, name in (("purchase", "purchases"), ("return", "returns"), ("report", "reports"), ("share", "shares")):
        sums[name] = pd.Series((kind == column).to_numpy(float)).groupby(unit).sum()
    sums["value"] = pd.Series(value).groupby(unit).sum()
    return sums
