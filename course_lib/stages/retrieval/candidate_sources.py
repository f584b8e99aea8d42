"""Which candidate sources a table calls for, and how strongly EASE is pulled towards zero.

The sources themselves stand in `source_models`. Letters: U users, N items, d width of the content.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, ndcg_of_hits
from course_lib.stages.retrieval.baselines import user_item_matrix
from course_lib.stages.retrieval.source_models import (
    BasketEASE,
    Content,
    FoldedALS,
    GradedContent,
    HeadEASE,
    LikedEASE,
    RecentCounts,
    Source,
    UserKNN,
)
from course_lib.stages.retrieval.tower_source import TowerSource

YEAR_DAYS = 365.25
MOST_CELLS = 50_000_000  # users × items, for what needs them dense: 200 MB


def default_sources(interactions, content=None, *, l2: float = 300.0, horizon_days: float | None = None,
                    seed: int = 0, towers: dict | None = None) -> dict[str, Source]:
    """The sources that a table calls for, not fitted, in the order in which they have to be fitted.

    interactions: all that is known (user, item, time in seconds, perhaps value). content: float (N, d) or None. l2: of
    EASE, in events. horizon_days: how far ahead is to be recommended, where the split is by time; it sets how fast the
    past ages. None: the split is at random.
    Always EASE, ALS and popularity, and content where there is any. Where values are grades, also EASE on what was
    liked and content on signed grades. By time, also what ages. At random, also EASE at an eighth of l2, similar users
    where the table is small, and baskets where users come back on other days. towers: settings of a TowerSource, {} for
    its own, which then comes last; None leaves the towers out, for they take longer to fit than all others together.
    Returns {name: source}.
    """
    ease = HeadEASE(l2)
    sources = {"ease": ease, "ease_sharp": HeadEASE(l2 / 8), "als": FoldedALS(dim=64, seed=seed),
               "popular": RecentCounts()}
    if content is not None and np.size(content):
        sources["content"] = Content(content)
    if are_grades(interactions):
        sources["liked"] = LikedEASE(l2)
        if "content" in sources:
            sources["content_graded"] = GradedContent(content)
    if horizon_days is not None:
        del sources["ease_sharp"]
        sources |= timed_sources(ease, horizon_days, span_of(interactions), seed)
    else:
        if (int(interactions["user"].max()) + 1) * (int(interactions["item"].max()) + 1) <= MOST_CELLS:
            sources["users_alike"] = UserKNN()
        if come_back(interactions):
            sources["baskets"] = BasketEASE(l2)
    if towers is not None:
        sources["towers"] = TowerSource(**{"seed": seed} | towers)
    return sources


def timed_sources(ease: HeadEASE, horizon_days: float, span_days: float, seed: int = 0) -> dict[str, Source]:
    """What ages: histories weighted by recency, counts of four windows, and last year's season where there was one."""
    sources = {"ease_recent": HeadEASE(half_life_days=2 * horizon_days, shared=ease),
               "als_recent": FoldedALS(2 * horizon_days, dim=64, seed=seed)}
    for name, share in (("hottest", 1 / 12), ("hot", 1 / 4), ("recent", 1), ("season", 3)):
        sources[name] = RecentCounts(share * horizon_days)
    if horizon_days < YEAR_DAYS < span_days:
        sources["last_year"] = RecentCounts(horizon_days, YEAR_DAYS - horizon_days)
    return sources


def are_grades(interactions, most_kinds: int = 20) -> bool:
    """Whether there is a column `value` of more than one and at most `most_kinds` different values: a rating."""
    return "value" in interactions and 1 < interactions["value"].nunique() <= most_kinds


def come_back(interactions, least_days: int = 3) -> bool:
    """Whether the middle user, among those with `least_days` events or more, took something on as many days."""
    day = (interactions["time"] // DAY_S).astype("int64")
    of_user = pd.DataFrame({"user": interactions["user"], "day": day}).groupby("user")["day"].agg(["size", "nunique"])
    return bool(of_user.loc[of_user["size"] >= least_days, "nunique"].median() >= least_days)


def span_of(interactions) -> float:
    """Days from the first event to the last."""
    return float(interactions["time"].max() - interactions["time"].min()) / DAY_S


def fit_all(sources: dict[str, Source], interactions, n_users: int, n_items: int,
            after: Callable[[], None] | None = None) -> dict[str, Source]:
    """Fit each source on the same interactions (user, item, time in seconds). Returns sources.

    after: called when a source is fitted; it may raise, so that the others are not waited for in vain.
    """
    for source in sources.values():
        source.fit(interactions, n_users, n_items)
        if after is not None:
            after()
    return sources


def own_eases(sources: dict[str, Source]) -> int:
    """How many of the sources invert a matrix of items × items of their own."""
    return sum(isinstance(source, HeadEASE) and source.shared is None for source in sources.values())


def choose_l2(train, valid, n_users: int, n_items: int, grid=(100.0, 200.0, 400.0), *, n_judges: int = 2000,
              seed: int = 0, goes_on: Callable[[float], bool] = lambda seconds: True) -> float:
    """The l2 of `grid` at which HeadEASE, fitted on train, has the best NDCG@10 on valid; ties to the first.

    train, valid: tables of user, item, time. n_judges: at most so many users of valid, drawn by seed, are judged by;
    those without an event in train are not. goes_on: asked with the seconds of one fit before another value is tried,
    the middle of the grid being the first; it may raise. Returns the middle of the grid where there is no judge.
    """
    wanted = user_item_matrix(valid, n_users, n_items)
    users = np.intersect1d(valid["user"], train["user"])
    users = np.sort(np.random.default_rng(seed).permutation(users)[:n_judges])
    middle = grid[len(grid) // 2]
    if not len(users) or len(grid) == 1:
        return float(middle)
    n_wanted = np.diff(wanted.indptr)[users]
    gain = {}
    for l2 in sorted(grid, key=lambda one: one != middle):                                # the middle, then the others
        started = time.perf_counter()
        model, got = HeadEASE(l2).fit(train, n_users, n_items), 0.0
        taken = time.perf_counter() - started
        for start in range(0, len(users), 256):
            part = users[start:start + 256]
            top = model.recommend(part, 10)
            hit = np.take_along_axis(wanted[part].toarray() > 0, np.maximum(top, 0), 1) & (top >= 0)
            got += float(ndcg_of_hits(hit, n_wanted[start:start + 256]).sum())
        gain[l2] = got
        if not goes_on(taken):
            break
    return float(max((l2 for l2 in grid if l2 in gain), key=gain.get))
