"""What a launch shows, a day and a share at a time, as a table that a plan reads: one test's log serves every plan.

A launch runs once, with half of the people on the treatment. A plan that stands at a smaller share reads the log of
those whom that share would have treated first, beside all of control: who they are follows from the split's hash.
Its price: the others of that half are treated too, so what passes from person to person is that of a test at a half.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, DayLog, ShapeError, as_numbers, keyed_uniform
from course_lib.evidence.experiment import srm

HALF = 0.5
SHARES = (0.05, 0.25, 0.5)
DAYS = 14
COLUMNS = ("requests", "clicks", "dwell_s", "value")
FEED = {"clicks per user": ("clicks", None), "dwell per user": ("dwell_s", None),
        "requests per user": ("requests", None), "dwell per click": ("dwell_s", "clicks")}
SHOP = {"clicks per user": ("clicks", None), "spend per user": ("value", None),
        "requests per user": ("requests", None)}


def by_person(days: list[DayLog], people: int) -> dict[str, np.ndarray]:
    """COLUMNS a day and person, {name: float (days, people)}; a purchase counts on the day it reaches the log.

    days: DayLogs in order. people: how many there are; ids run from 0. Raises DataError for an id beyond.
    """
    table = {name: np.zeros((len(days), people)) for name in COLUMNS}
    ids, users = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for at, day in enumerate(days):
        user = day.requests["user"].to_numpy()
        if len(user) and user.max() >= people:
            raise DataError(f"day {day.day} has a request of person {user.max()}; expected ids below {people}.")
        ids, users = np.concatenate([ids, day.requests["request_id"].to_numpy()]), np.concatenate([users, user])
        order = np.argsort(ids, kind="stable")
        ids, users = ids[order], users[order]
        shown, came_of_it = day.impressions, day.outcomes
        table["requests"][at] = np.bincount(user, minlength=people)
        for name, rows, column in (("clicks", shown, "click"), ("dwell_s", shown, "dwell_s"),
                                   ("value", came_of_it, "value")):
            table[name][at] = _sum_by(ids, users, rows["request_id"], rows[column], people)
    return table


def _sum_by(ids, users, request, amount, people: int) -> np.ndarray:
    """Amounts by the person who made the request, float (people,); a request that is not in the log counts for nobody.

    ids: int, sorted, of all requests so far. users: who made each.
    """
    request, amount = request.to_numpy(), np.nan_to_num(amount.to_numpy(float))
    if not len(request) or not len(ids):
        return np.zeros(people)
    at = np.searchsorted(ids, request).clip(max=len(ids) - 1)
    known = ids[at] == request
    return np.bincount(users[at][known], amount[known], people)


def readings(launch, days: int = DAYS, shares=SHARES, metrics: dict | None = None) -> pd.DataFrame:
    """The table of one launch: a row a day (1 to `days`), share, and `since` (0: all days; 7: from the second week).

    The launch's environment moves on by `days` days, and its policies learn.

    launch: has environment, before (DayLogs) and split(share), as of world.scenarios. metrics: name -> (column,
    denominator or None), of COLUMNS; default: a shop's where something was bought before, else a feed's.
    Columns: people control, people treatment (who came), split p; for each metric its relative change after CUPED on
    the days before, "<metric>: error" its standard error, "<metric>: before" the change of the treated against their
    own days before, a day. split p is the lesser of the p of all comers so far and of the least p of a day's comers
    times the number of days, doubled, since both are asked.
    """
    if not 0 < max(shares) <= HALF:
        raise ArgumentError(f"shares are {shares}; expected above 0 and up to {HALF}, the share of the test.")
    split = launch.split(HALF)
    kept = launch.environment.run(split, days)
    people = len(launch.environment.users())
    now = by_person(kept, people)
    then = {name: part.sum(axis=0) for name, part in by_person(launch.before, people).items()}
    if metrics is None:
        metrics = SHOP if then["value"].any() else FEED
    spot = keyed_uniform(split.salt, np.arange(people))
    rows = []
    for share in shares:
        arms = spot < HALF, spot >= 1 - share
        p = np.array([_split_p(day, arms, share) for day in now["requests"]])
        for since in (0, 7):
            for day in range(since + 1, days + 1):
                so_far = _split_p(now["requests"][:day].sum(axis=0), arms, share)
                part = {name: table[since:day].sum(axis=0) for name, table in now.items()}
                came = [int((part["requests"][arm] > 0).sum()) for arm in arms]
                split_p = min(1.0, 2 * day * p[:day].min(), 2 * so_far)
                row = {"day": day, "share": share, "since": since, "people control": came[0],
                       "people treatment": came[1], "split p": float(f"{split_p:.2g}")}
                rows.append(row | _changes(part, then, arms, metrics, (day - since) / len(launch.before)))
    return pd.DataFrame(rows)


def without(y, known) -> np.ndarray:
    """Outcomes less what several covariates explain, float (n,): CUPED's adjustment by least squares.

    y: float (n,). known: float (n, c), from before the launch. The mean stays. Raises ShapeError, and DataError for
    fewer than 2 units.

    Source: Deng, Xu, Kohavi, Walker 2013, doi:10.1145/2433396.2433413, section 3.3 (several covariates).
    """
    y, known = as_numbers("y", y), as_numbers("known", known)
    if known.ndim != 2 or y.shape != known.shape[:1]:
        raise ShapeError(f"y has shape {y.shape}, known {known.shape}; expected (n,) and (n, c).")
    if len(y) < 2:
        raise DataError(f"y has {len(y)} units; expected at least 2.")
    known = np.ascontiguousarray(known - known.mean(axis=0))
    return y - known @ np.linalg.lstsq(known, y - y.mean(), rcond=None)[0]


def _split_p(requests, arms, share: float) -> float:
    came = [int((requests[arm] > 0).sum()) for arm in arms]
    return srm(came, np.array([HALF, share]) / (HALF + share)) if sum(came) else 1.0


def _changes(now, then, arms, metrics: dict, stretch: float) -> dict:
    """Change, error and change against before of each metric; stretch: days now, a day before."""
    row, both = {}, arms[0] | arms[1]
    for name, (above, below) in metrics.items():
        pull, held = _pull(now, above, below, both)
        before, old = _pull(then, above, below, both)
        adjusted = np.zeros(len(pull))
        known = np.column_stack([before, *then.values()])[both]
        adjusted[both] = without(pull[both], known)
        control, treated = (adjusted[arm] for arm in arms)
        base = held if below else max(float(control.mean()), 1e-9)
        gap = float(treated.mean() - control.mean())
        row[name] = round(gap / base, 4)
        error = np.sqrt(control.var(ddof=1) / len(control) + treated.var(ddof=1) / len(treated)) / abs(base)
        row[f"{name}: error"] = round(float(error), 4)
        after, ago = (level(table, above, below, arms[1]) for table in (now, then))
        row[f"{name}: before"] = round(after / max(ago, 1e-9) / (1 if below else stretch) - 1, 4)
    return row


def _pull(table, above, below, both) -> tuple[np.ndarray, float]:
    """What each person adds to a mean, or to a ratio times the mean of what it is over; and the level of either."""
    held = level(table, above, below, both)
    if below is None:
        return table[above], held
    pull = (table[above] - held * table[below]) / max(table[below][both].mean(), 1e-9)
    return pull, held


def level(table, above: str, below: str | None, who=slice(None)) -> float:
    """A metric over some people, a mean, or a ratio of sums: the one rule by which tests and twins count it.

    table: name -> float (people,), of COLUMNS, such as days of `by_person` summed. above, below: its column, and its
    denominator or None. who: what chooses people; default all.
    """
    if below is None:
        return float(table[above][who].mean())
    return float(table[above][who].sum() / max(table[below][who].sum(), 1e-9))
