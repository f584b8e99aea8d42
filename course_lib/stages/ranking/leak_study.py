"""A ranker on counts that hold the answer, beside one on counts as they were known: offline, served, and by age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.data.features import ranking_features
from course_lib.stages.ranking.ranker import GBDTRanker


@dataclass(frozen=True)
class Study:
    """What came of one log. train, test: its rows; live: the test rows' features as known; scores: {way: (rows,)};
    leaked, honest: the two rankers."""

    log: pd.DataFrame
    group: np.ndarray
    train: pd.DataFrame
    test: pd.DataFrame
    live: pd.DataFrame
    scores: dict[str, np.ndarray]
    leaked: GBDTRanker
    honest: GBDTRanker


def features(log: pd.DataFrame, rows: pd.DataFrame, group, **how) -> pd.DataFrame:
    """Counts and rates of each row's item, user, and user in the item's group, as known at its time; index as rows."""
    return ranking_features(log, rows, group, **how).drop(columns="user_idle_s")


def split(log: pd.DataFrame, begin: float, cutoff: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training rows and test rows: begin ≤ time < cutoff, and from the cutoff on."""
    return log[(log["time"] >= begin) & (log["time"] < cutoff)], log[log["time"] >= cutoff]


def ranker_of(table: pd.DataFrame, click) -> GBDTRanker:
    """The small ranker that all of the study uses."""
    return GBDTRanker(trees=40, leaves=15).fit(table, click)


def study(log: pd.DataFrame, group, begin: float, cutoff: float, naive: Callable) -> Study:
    """A ranker on the naive table and one on honest features, on the same rows of one log.

    log: user, item, time, click. group: int (N,), of each item. naive(log, rows, group): the table that leaks.
    """
    train, test = split(log, begin, cutoff)
    leaked, honest = (ranker_of(made(log, train, group), train["click"]) for made in (naive, features))
    live = features(log, test, group)
    scores = {"leaked, offline": leaked.predict(naive(log, test, group)),
              "leaked, served": leaked.predict(live), "point in time": honest.predict(live)}
    return Study(log, np.asarray(group), train, test, live, scores, leaked, honest)


def aged(held: Study, hours: float, snapshot: Callable) -> pd.DataFrame:
    """The test rows' features where a job refreshes them every so many hours; 0: live.

    snapshot(time, every_s, delay_s): the moment up to which a feature read at `time` knows the log, s.
    """
    if hours == 0:
        return held.live
    known = snapshot(held.test["time"].to_numpy(), hours * 3600.0, 0.0)
    return features(held.log, held.test.assign(time=np.asarray(known, float)), held.group)


def looking_ahead(held: Study, hours: float) -> np.ndarray:
    """Scores of a model trained and tested on features that know so many hours too much, float (test rows,)."""
    early, later = (features(held.log, rows.assign(time=rows["time"] + hours * 3600.0), held.group)
                    for rows in (held.train, held.test))
    return ranker_of(early, held.train["click"]).predict(later)


def clicks_so_far(log: pd.DataFrame, group) -> pd.DataFrame:
    """Facts of each user and group: columns pair, time, value, the clicks up to a moment, that moment's too."""
    pair = pairs_of(log, group)
    facts = pd.DataFrame({"pair": pair, "time": log["time"]}).assign(value=log.groupby(pair)["click"].cumsum())
    return facts.drop_duplicates(["pair", "time"], keep="last").reset_index(drop=True)


def pairs_of(rows: pd.DataFrame, group) -> pd.Series:
    """One number for each row's user and the group of its item, int, index as rows."""
    group = np.asarray(group)
    return rows["user"].astype("int64") * (int(group.max()) + 1) + group[rows["item"].to_numpy()]
