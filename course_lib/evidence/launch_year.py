"""A year of launches, one test after the other, on the people of a service: what does a plan of testing gain?

The people, what they do and how it varies come from the log of a service that changed nothing. A launch is *planted* on
them: its effects are drawn, so the truth of each is known. A plan says what is compared, what is split, how long and
how one stops. Forty teams each test through a year; a plan is worth what its launches leave behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DayLog, keyed_uniform
from course_lib.evidence.aa_tests import differences
from course_lib.evidence.group_sequential import edges

TEAMS, YEAR, PAUSE, READY = 40, 364, 2, 10           # days in a year, between two tests, from one idea to the next
LAUNCHES = YEAR // READY
SATISFIED_S = 30.0                                      # a click on which somebody stays longer


def daily_table(days: list[DayLog], users) -> dict[str, np.ndarray]:
    """{column: float (U, D)} of what each person did each day; users: index of user ids.

    "clicks", "satisfied clicks" (a dwell of 30 s or more), "active days", "orders", "money kept" (value less returns,
    on the day on which it becomes known). People who joined later are left out.
    """
    requests = pd.concat([day.requests[["request_id", "user"]] for day in days]).sort_values("request_id")
    request_id, place = requests["request_id"].to_numpy(), pd.Index(users).get_indexer(requests["user"])
    names = ("clicks", "satisfied clicks", "active days", "orders", "money kept")
    table = {name: np.zeros((len(users), len(days))) for name in names}

    def add(name, at, asked, value):
        """Add what came of requests, any (m,), to the people who made them; of unknown requests nothing."""
        row = np.searchsorted(request_id, asked).clip(max=len(request_id) - 1)
        who = np.where(request_id[row] == asked, place[row], -1)
        table[name][:, at] += np.bincount(who[who >= 0], value[who >= 0], len(users))

    for at, day in enumerate(days):
        shown, came = day.impressions, day.outcomes
        click, asked = shown["click"].to_numpy(float), shown["request_id"].to_numpy()
        add("clicks", at, asked, click)
        add("satisfied clicks", at, asked, click * (shown["dwell_s"].fillna(0).to_numpy() >= SATISFIED_S))
        add("active days", at, day.requests["request_id"].to_numpy(), np.ones(len(day.requests)))
        add("orders", at, came["request_id"].to_numpy(), (came["kind"].astype(str) == "purchase").to_numpy(float))
        add("money kept", at, came["request_id"].to_numpy(), came["value"].fillna(0).to_numpy(float))
    table["active days"] = np.minimum(table["active days"], 1.0)
    return table


def daily_articles(days: list[DayLog], n_items: int) -> dict[str, np.ndarray]:
    """{"orders", "money kept"}: float (n_items, D) of what each article brought each day, as it became known."""
    table = {name: np.zeros((n_items, len(days))) for name in ("orders", "money kept")}
    for at, day in enumerate(days):
        item, value = day.outcomes["item"].to_numpy(), day.outcomes["value"].fillna(0).to_numpy(float)
        bought = (day.outcomes["kind"].astype(str) == "purchase").to_numpy(float)
        table["orders"][:, at] = np.bincount(item, bought, n_items)[:n_items]
        table["money kept"][:, at] = np.bincount(item, value, n_items)[:n_items]
    return table


@dataclass(frozen=True)
class Launches:
    """Launches of all teams. lasting, early: {column: float (n,)}, relative effects, for good and on the first day.

    worth: float (n,), what each leaves behind, relative. fade: days in which the early part falls to 1/e.
    """

    lasting: dict[str, np.ndarray]
    early: dict[str, np.ndarray]
    worth: np.ndarray
    fade: float = 4.0

    def seen(self, column: str, days: int) -> np.ndarray:
        """The mean effect on a column over the first 1 to `days` days, float (n, days)."""
        so_far = np.exp(-np.arange(days) / self.fade).cumsum() / np.arange(1, days + 1)
        early = self.early.get(column, np.zeros(len(self.worth)))
        return self.lasting[column][:, None] + early[:, None] * so_far


def noise(daily, group, days: int, people: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """What A/A tests of a column see: relative difference so far and its error, two float (n, days).

    daily: float (U, D). group: int (U,), what is split: people, or clusters of them. people: how many the service has;
    its noise is that of the log's U people, made smaller.
    """
    _, code = np.unique(group, return_inverse=True)
    units = np.stack([np.bincount(code, column) for column in daily[:, :days].T], axis=1)
    so_far = units.cumsum(1) / np.arange(1, days + 1)
    salt = np.arange(TEAMS * LAUNCHES)[:, None] + seed * 10_000
    splits = keyed_uniform(seed, salt * 10_007 + np.arange(len(units))) >= 0.5
    value, error = differences(splits, so_far)
    smaller = np.sqrt(len(daily) / people) / so_far.mean(0)
    return value * smaller, error * smaller


def of_days(days: int, spread: float, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The noise of a switchback by day, two float (n, days): `spread` is how much days of one weekday differ.

    It can be read on its last day alone; the error of the days before is infinite.
    """
    rng, n = np.random.default_rng(seed), TEAMS * LAUNCHES
    value, error = np.zeros((n, days)), np.full((n, days), np.inf)
    true = 2 * spread / np.sqrt(days)
    value[:, -1] = rng.normal(0, true, n)
    degrees = max(days - 2, 1)
    error[:, -1] = true * np.sqrt(rng.chisquare(degrees, n) / degrees)
    return value, error


def gained(launches: Launches, primary, plan_edges, guard=None, margin: float = np.inf) -> float:
    """What the launches of a year leave behind, relative, mean over teams and days of the year.

    primary, guard: (value, error), float (n, days) each, of what is seen of all launches, effects included. plan_edges:
    float (days,), in standard errors; a test stops at the first look beyond it. Shipped is what stopped above it,
    where the guardrail's 95% interval excludes a loss of `margin`.
    """
    value, error = primary
    beyond = np.abs(value) > plan_edges * error
    stop = np.where(beyond.any(1), beyond.argmax(1), value.shape[1] - 1)
    at = np.arange(len(value)), stop
    ships = beyond[at] & (value[at] > 0)
    if guard is not None:
        ships &= guard[0][at] - 1.96 * guard[1][at] > -margin
    left = np.clip(1 - _over(stop.reshape(TEAMS, LAUNCHES) + 1) / YEAR, 0, None)
    return float((launches.worth.reshape(TEAMS, LAUNCHES) * ships.reshape(TEAMS, LAUNCHES) * left).sum(1).mean())


def _over(took) -> np.ndarray:
    """The day on which each test of a team ends, (teams, launches): it starts when its idea is ready and none runs."""
    over, free = np.zeros(took.shape), np.zeros(len(took))
    for at in range(took.shape[1]):
        over[:, at] = np.maximum(free, at * READY) + took[:, at]
        free = over[:, at] + PAUSE
    return over


def rule_edges(stopping: str, days: int) -> np.ndarray:
    """Edges a day of a way of stopping, float (days,): see `group_sequential.edges`. Raises ArgumentError: no day."""
    if days < 1:
        raise ArgumentError(f"days is {days}; expected at least 1.")
    return edges(stopping, days)
