"""From a log to one row a unit of randomisation: what each user, cluster, region or time block did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, UnknownIdError, as_numbers, check_labels, check_same_keys

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
        absent = sorted((wanted or set()) - {day.day for day in log})
        if not kept or absent:
            raise DataError(f"the {len(log)} days passed hold {'not all' if kept else 'none'} of the days asked for "
                            f"(missing: {absent}); expected each of them. Ask for days that were run.")
        parts = ([day.requests for day in kept], [day.impressions for day in kept], [day.outcomes for day in log])
        return tuple(pd.concat(part, ignore_index=True) for part in parts)
    return log.requests(days=days), log.impressions(days=days), log.outcomes()


def _unit_of(requests: pd.DataFrame, unit: str, users, block_s: float) -> np.ndarray:
    if unit == "user":
        return requests["user"].to_numpy()
    if unit == "time":
        return (as_numbers("time of requests", requests["time"]) // block_s).astype(np.int64)
    if unit not in ("cluster", "region"):
        raise ArgumentError(f"unit is {unit!r}; expected user, cluster, region or time. Items are analysed by item.")
    if users is None:
        raise ArgumentError(f"unit {unit!r} needs the table of users (environment.users()); got None.")
    check_same_keys(**{"user of requests": requests["user"], "the index of users": users.index})
    held = users[unit].reindex(requests["user"])
    if held.isna().any():
        raise UnknownIdError(f"{held.isna().sum()} of {len(held)} requests are of users without a {unit}, first user "
                             f"{held.index[held.isna()][0]}. Pass environment.users() of the same world.")
    return held.to_numpy()


def unit_table(log, *, unit: str = "user", days=None, users=None, assignment=None,
               until: float = np.inf) -> pd.DataFrame:
    """One row a unit: `arm` and the sums of COUNTS over the days given; index = unit id.

    log: has requests(), impressions(), outcomes(); or a list of DayLog. users: table, index = user id; with an
    assignment by user, those who never came stand in the table with zeros, in the arm they would have had.
    Outcomes count for the unit that made the request, if they arrived before `until` (seconds). A unit seen in two
    arms (as in a ramp, when its share grows) keeps the later. A dwell or a value that is missing counts 0. Impressions
    and outcomes whose request is not in the log count for nobody: `srm` is what finds that requests were lost.
    Raises DataError where the days hold no requests, a day asked for is missing or a request stands twice;
    ArgumentError for a click that is not 0 or 1; UnknownIdError for a user without a unit.
    """
    requests, impressions, outcomes = _read(log, days)
    if requests.empty:
        raise DataError(f"the log holds no requests on the days asked for ({days}); expected at least one.")
    arrived = as_numbers("arrival_time of outcomes", outcomes["arrival_time"], infinite=True)
    outcomes = outcomes[arrived < until]
    block_s = assignment.block_s if assignment is not None else 4 * 3600.0
    unit_id = _unit_of(requests, unit, users, block_s)
    request = pd.DataFrame({"unit": unit_id, "day": requests["day"].to_numpy(), "arm": requests["arm"].astype(str)})
    request.index = requests["request_id"].to_numpy()
    _check_rows(requests, impressions, outcomes)
    table = pd.DataFrame({"arm": request.groupby("unit")["arm"].last(), "requests": request.groupby("unit").size(),
                          "days": request.groupby("unit")["day"].nunique()})
    table = table.join(_sums(request["unit"], impressions, outcomes)).fillna(0)
    if assignment is not None and unit == "user" and users is not None:
        table = table.reindex(table.index.union(users.index)).fillna({name: 0 for name in COUNTS})
        names = np.array([arm.name for arm in assignment.arms])
        table["arm"] = names[assignment.arm_of(table.index.to_numpy())]
    return table[["arm", *COUNTS]].rename_axis(unit)


def _check_rows(requests, impressions, outcomes) -> None:
    """What would be counted twice, or as nothing, is an error that says where."""
    twice = requests["request_id"].duplicated()
    if twice.any():
        raise DataError(f"request {requests['request_id'][twice].iloc[0]} stands {1 + int(twice.sum())} times in the "
                        f"log's requests, or others do; expected each once. Do not add a day twice.")
    if requests["user"].isna().any():
        raise DataError(f"user is missing in {requests['user'].isna().sum()} requests (first: row "
                        f"{int(np.flatnonzero(requests['user'].isna())[0])}); expected one a request.")
    for name, table in (("impressions", impressions), ("outcomes", outcomes)):
        check_same_keys(**{"request_id of requests": requests["request_id"], f"that of {name}": table["request_id"]})
    check_labels("click of impressions", impressions["click"])


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
