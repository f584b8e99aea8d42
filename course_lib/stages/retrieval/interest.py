"""A made-up log whose interest fades and whose tastes are narrow or broad, and three plain rules to rank its items.

It has two dials that real tables cannot be set to: after how many days an item is wanted half as much, and how much of
what people take belongs to their own group of items. So it shows what decides whether recency helps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RULES = ("chart", "taste", "taste and recency")


@dataclass(frozen=True)
class Interest:
    """half_life: days after which an item is wanted half as much; inf: never less. own: share of what a person takes
    that comes from the person's own group of items. groups: of items, all alike in size."""

    half_life: float
    own: float
    groups: int = 10
    people: int = 500
    items: int = 400
    days: int = 60
    each: int = 24


@dataclass(frozen=True)
class Log:
    """user, item int (E,), day float (E,), sorted by day; group int (N,) of each item; days: length."""

    user: np.ndarray
    item: np.ndarray
    day: np.ndarray
    group: np.ndarray
    n_users: int


def made_log(interest: Interest, seed: int) -> Log:
    """A log of interest.days days. Items are born all the time; each is wanted by its appeal, halved by half-lives."""
    rng = np.random.default_rng(seed)
    n, group = interest.items, np.arange(interest.items) % interest.groups
    oldest = min(4.0 * interest.half_life, 4_000.0)                  # older ones are hardly wanted any more
    born = rng.uniform(-oldest, interest.days, n)
    appeal = rng.gamma(0.7, 1.0, n)
    own = rng.integers(interest.groups, size=interest.people)
    user = rng.integers(interest.people, size=interest.people * interest.each)
    day = np.sort(rng.uniform(0, interest.days, len(user)))
    at_home = rng.random(len(user)) < interest.own
    item = np.empty(len(user), int)
    for today in range(interest.days):
        rows = np.flatnonzero((day >= today) & (day < today + 1))
        age = today - born
        wanted = np.where(age >= 0, appeal * 2.0 ** (-np.maximum(age, 0) / interest.half_life), 0.0)
        inside = wanted * (group == np.arange(interest.groups)[:, None])            # (groups, N)
        chance = np.where(at_home[rows, None], inside[own[user[rows]]], wanted)
        total = np.cumsum(chance, axis=1)
        item[rows] = (rng.random(len(rows))[:, None] * total[:, -1:] > total).sum(axis=1)
    return Log(user, np.minimum(item, n - 1), day, group, interest.people)


def found_tomorrow(log: Log, rule: str, half_life: float, ahead: float = 7.0, k: int = 20) -> np.ndarray:
    """float (U,): share of what each person takes in the last `ahead` days that the rule's k items hold, NaN for none.

    rule: "chart" ranks by counts in which a take halves in `half_life` days (inf: all count alike), the same for all;
    "taste" by how much of a person's past lies in an item's group, times the item's share of that group's takes of all
    time; "taste and recency" the same with counts that fade. What a person took before is not shown.
    """
    start = log.day[-1] - ahead
    past, later = log.day < start, log.day >= start
    n, groups = len(log.group), log.group.max() + 1
    fade = 2.0 ** (-(start - log.day[past]) / half_life) if rule != "taste" else np.ones(past.sum())
    count = np.bincount(log.item[past], fade, minlength=n) + 1e-9
    score = np.tile(count, (log.n_users, 1))
    if rule != "chart":
        cell = log.user[past] * groups + log.group[log.item[past]]
        of_group = np.bincount(cell, minlength=log.n_users * groups).reshape(log.n_users, groups) + 0.5
        within = count / np.bincount(log.group, count, minlength=groups)[log.group]
        score = (of_group / of_group.sum(axis=1, keepdims=True))[:, log.group] * within
    score[log.user[past], log.item[past]] = -1.0
    top = np.argsort(-score, axis=1, kind="stable")[:, :k]
    wanted = np.zeros((log.n_users, n), bool)
    wanted[log.user[later], log.item[later]] = True
    wanted[log.user[past], log.item[past]] = False
    number = wanted.sum(axis=1)
    hit = np.take_along_axis(wanted, top, axis=1).sum(axis=1)
    return np.where(number, hit / np.maximum(np.minimum(number, k), 1), np.nan)
