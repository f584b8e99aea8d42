"""Proxies: what a log can say at once of what is wanted later, for each showing (to train on) and request (to read).

A proxy of a showing turns into a score of the item: what one showing of it earned. Two of the six, session depth and
coming back tomorrow, are known of a request and not of an item; they are credited to every item clicked in it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from course_lib.data.item_labels import LONG_S
from course_lib.evidence import objectives
from course_lib.evidence.estimate import Estimate
from course_lib.evidence.paired_gain import relative_gain

BOUNCE_S, BOUNCE_COSTS = 10.0, 0.5
PROXIES = ("clicks", "reading time", "long clicks", "meaningful engagement", "session depth", "back tomorrow")


def meaningful(click, dwell_s) -> np.ndarray:
    """Long clicks less half of the bounces: 1 for 30 s and more, −0.5 for a click left within 10 s, else 0.

    click: 0 or 1, dwell_s: seconds, (E,) each. Returns float (E,).
    """
    click, dwell_s = np.asarray(click) > 0, np.nan_to_num(np.asarray(dwell_s, float))
    return (dwell_s >= LONG_S) - BOUNCE_COSTS * (click & (dwell_s < BOUNCE_S))


def meaningful_engagement(log) -> pd.Series:
    """Long clicks less half of the bounces, of each request (by request_id)."""
    shown = log.impressions(columns=["request_id", "click", "dwell_s"])
    worth = pd.Series(meaningful(shown["click"], shown["dwell_s"]), shown["request_id"].to_numpy())
    return worth.groupby(level=0).sum().rename_axis("request_id")


def session_depth(log) -> pd.Series:
    """How many requests of the same session followed each request (by request_id)."""
    asked = log.requests(columns=["request_id", "session", "time"]).sort_values("time")
    left = asked.groupby("session").cumcount(ascending=False)
    return pd.Series(left.to_numpy(float), pd.Index(asked["request_id"], name="request_id"))


def back_tomorrow(log, came_back: Callable = objectives.came_back) -> pd.Series:
    """1 where the person of a request came back on the next day, else 0; requests of the last day are left out.

    came_back: (user, day, last_day, within_days) → float, one for each visit, NaN where it is not known yet.
    """
    return back_within(log, 1, came_back)


def back_within(log, within_days: int = 7, came_back: Callable = objectives.came_back) -> pd.Series:
    """1 where the person of a request came back within so many days, else 0; those not known yet are left out."""
    asked = log.requests(columns=["request_id", "user", "day"])
    user, day = (asked[name].to_numpy() for name in ("user", "day"))
    back = came_back(user, day, int(day.max()), within_days)
    return pd.Series(np.asarray(back, float), pd.Index(asked["request_id"], name="request_id")).dropna()


def by_request(log, came_back: Callable = objectives.came_back) -> dict[str, pd.Series]:
    """{proxy: its value for each request}, in the order of PROXIES."""
    back = back_tomorrow(log, came_back)
    return dict(zip(PROXIES, (objectives.clicks(log), objectives.dwell(log), objectives.long_clicks(log),
                              meaningful_engagement(log), session_depth(log), back), strict=True))


def proxy_table(logs: dict, came_back: Callable = objectives.came_back) -> pd.DataFrame:
    """A row a log, a column a proxy: its mean over people, each person's requests averaged first."""
    rows = {}
    for name, log in logs.items():
        values = by_request(log, came_back)
        rows[name] = {proxy: objectives.per_user(value, log).mean() for proxy, value in values.items()}
    return pd.DataFrame(rows).T


def standard(score) -> np.ndarray:
    """Scores with mean 0 and standard deviation 1, so that several can be added."""
    score = np.asarray(score, float)
    return (score - score.mean()) / score.std()


def item_scores(log, n_items: int, came_back: Callable = objectives.came_back) -> dict[str, np.ndarray]:
    """{proxy: what one showing of each item earned by it, float (n_items,), standardised}, in the order of PROXIES."""
    shown = log.impressions(columns=["request_id", "item", "click", "dwell_s"])
    item, click, dwell = (shown[name].to_numpy() for name in ("item", "click", "dwell_s"))
    dwell = np.nan_to_num(dwell.astype(float))
    told = {"clicks": click, "reading time": dwell, "long clicks": dwell >= LONG_S,
            "meaningful engagement": meaningful(click, dwell)}
    scores = {name: objectives.per_showing(item, np.asarray(worth, float), n_items) for name, worth in told.items()}
    for name, value in (("session depth", session_depth(log)), ("back tomorrow", back_tomorrow(log, came_back))):
        credit = shown["request_id"].map(value).to_numpy(float)
        known = (click > 0) & np.isfinite(credit)
        scores[name] = objectives.per_showing(item[known], credit[known], n_items, strength=30)
    return {name: standard(scores[name]) for name in PROXIES}


def scorer(score: np.ndarray) -> Callable:
    """A function of requests: the score of each eligible item; items born since the scores were made count as average.

    score: float (N,), standardised.
    """
    known = np.asarray(score, float)

    def of_eligible(requests):
        newborn = max(0, int(requests.eligible[-1]) + 1 - len(known))
        return np.append(known, np.zeros(newborn))[requests.eligible]

    return of_eligible


def requests_a_day(log, people: int, days: int = 7) -> float:
    """Requests a person and day over the last `days` days of the log; people: of the service, also those who left."""
    day = log.requests(columns=["day"])["day"]
    return float((day > day.max() - days).sum() / (days * people))


def as_share(a: pd.Series, b: pd.Series) -> Estimate:
    """By what share a is above b, over the people in both (index: person); errors as `relative_gain`."""
    both = pd.DataFrame({"a": a, "b": b})
    return relative_gain(both["a"], both["b"])


def weekly_totals(clicks, user, everybody) -> np.ndarray:
    """Clicks of each person in a week, 0 for those who did not come: float (people,).

    clicks: float (R,) and user: int (R,), a row a request. everybody: int (people,), all who count.
    """
    total = pd.Series(np.asarray(clicks, float)).groupby(np.asarray(user)).sum()
    return total.reindex(np.asarray(everybody), fill_value=0.0).to_numpy()


def people_lost(logs: dict, days: int = 7) -> Estimate:
    """Change in people active in the last days, the log "clicks" against the log "satisfaction", a share of the latter.

    The interval is over all people who were there under either.
    """
    people, late = _users_of_last_days(logs, days)
    stayed = {name: np.isin(people, users).astype(float) for name, users in late.items()}
    return relative_gain(stayed["clicks"], stayed["satisfaction"])


def requests_lost(logs: dict, days: int = 7) -> Estimate:
    """Change in requests of the last days, the log "clicks" against "satisfaction", a share; who left counts 0."""
    people, late = _users_of_last_days(logs, days)
    made = {name: weekly_totals(np.ones(len(users)), users, people) for name, users in late.items()}
    return relative_gain(made["clicks"], made["satisfaction"])


def _users_of_last_days(logs: dict, days: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """All people of the two logs, int (people,), and by log the user of each request of its last days."""
    asked = {name: log.requests(columns=["day", "user"]) for name, log in logs.items()}
    people = np.union1d(asked["clicks"]["user"], asked["satisfaction"]["user"])
    late = {}
    for name, requests in asked.items():
        late[name] = requests.loc[requests["day"] > requests["day"].max() - days, "user"].to_numpy()
    return people, late
