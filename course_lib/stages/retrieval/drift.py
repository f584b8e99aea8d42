"""How far log q lies from the chances to come, where popularity drifts: a real stream, and two made-up ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.contracts import DAY_S
from course_lib.stages.retrieval.negatives import StreamingFrequency, log_q_from_counts

ENOUGH = 10             # events an item needs in the weeks to come for its chance to be known


def error_nats(log_q, chance) -> float:
    """Root mean square of log_q − log chance over rows drawn with `chance`, in nats, a common offset removed.

    log_q: float (N,). chance: float (N,), above 0. The offset goes since a softmax does not notice it.
    """
    weight = chance / chance.sum()
    error = log_q - np.log(chance)
    error = error - (weight * error).sum()
    return float(np.sqrt((weight * error**2).sum()))


def errors_through_time(events, n_items: int, windows, alpha: float, rows: int = 256, every: int = 56,
                        ahead: int = 28) -> dict:
    """{way of knowing log q: float (dates,)}: error in nats against the `ahead` days after each date.

    events: a table with columns item and time (seconds), in order of time. windows: days of counting, a way each; inf
    counts all that came before. alpha: of a stream's gaps, fed batches of `rows` in order of time. Dates lie `every`
    days apart, the first after 120 days. Items with fewer than ENOUGH events ahead are left out.
    """
    item = events["item"].to_numpy()
    day = (events["time"].to_numpy() - events["time"].min()) / DAY_S
    dates = np.arange(120, day.max() - ahead, every)
    gaps, stream, fed = [], StreamingFrequency(n_items, alpha, start=max(n_items / rows, 1.0)), 0
    counted = {days: [] for days in windows}
    for date in dates:
        to_come = np.bincount(item[(day >= date) & (day < date + ahead)], minlength=n_items)
        known = to_come >= ENOUGH
        chance = to_come[known] / to_come.sum()
        for days in windows:
            held = np.bincount(item[(day < date) & (day >= date - days)], minlength=n_items)
            counted[days].append(error_nats(log_q_from_counts(held)[known], chance))
        while fed + rows <= len(item) and day[fed] < date:
            stream.update(item[fed:fed + rows])
            fed += rows
        gaps.append(error_nats(stream.log_q(np.flatnonzero(known)), 1 - (1 - chance) ** rows))
    names = {days: "all so far" if np.isinf(days) else f"last {days:g} days" for days in windows}
    ways = {names[days]: np.array(errors) for days, errors in counted.items()}
    return ways | {f"gaps, alpha {alpha:g}": np.array(gaps)}


@dataclass(frozen=True)
class Stream:
    """What passes in each stretch of time. chance: float (T, N), rows sum to 1. rows: events a stretch. a_day: how many
    stretches a day has."""

    chance: np.ndarray
    rows: int
    a_day: int


@cache
def feed_stream(seed: int) -> Stream:
    """Ten days of a feed by the hour: items are born all the time, and what draws people to one halves within a day."""
    rng, n_items = np.random.default_rng(seed), 600
    hour = np.arange(10 * 24) / 24
    age = hour[:, None] - rng.uniform(-4, 10, n_items)
    appeal = np.exp(rng.normal(0, 0.8, n_items) - np.log(2) * np.maximum(age, 0))
    weight = np.where(age > 0, appeal, 0) + 1e-5
    return Stream(weight / weight.sum(axis=1, keepdims=True), rows=200, a_day=24)


@cache
def shop_stream(seed: int) -> Stream:
    """Twenty months of a shop by the day: the same articles throughout, each with a season of its own."""
    rng, n_items = np.random.default_rng(seed), 600
    day = np.arange(600)
    season = np.sin(2 * np.pi * day[:, None] / 365 + rng.uniform(0, 2 * np.pi, n_items))
    weight = np.exp(rng.normal(0, 1, n_items) + rng.normal(0, 0.5, n_items) * season)
    return Stream(weight / weight.sum(axis=1, keepdims=True), rows=250, a_day=1)


def error_of_memory(stream: Stream, days: float, seed: int = 0, looks: int = 60) -> float:
    """Error of log q from counts of the last `days`, in nats, over the second half of a stream's events.

    At least one stretch of time is counted; half an event is added to each item.
    """
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(stream.rows, stream.chance)
    summed = np.vstack([np.zeros(counts.shape[1]), counts.cumsum(axis=0)])
    stretches = len(counts)
    memory = max(1, round(days * stream.a_day))
    errors = []
    for now in range(stretches // 2, stretches, max(1, stretches // (2 * looks))):
        held = summed[now] - summed[max(0, now - memory)]
        errors.append(error_nats(np.log(held + 0.5), stream.chance[now]))
    return float(np.sqrt(np.mean(np.square(errors))))
