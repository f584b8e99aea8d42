"""Rival recommenders judged by the clicks of held-out days, and by what people would truly do with their lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from course_lib.contracts import best_k
from course_lib.data.log import interactions
from course_lib.evidence import offline

VARIANTS = ("as it is", "plus recent popularity", "less popularity")
OUTCOMES = {"clicks": "click", "satisfied clicks": "satisfaction"}


def standard(score: np.ndarray) -> np.ndarray:
    """Each row of float (U, N) with mean 0 and standard deviation 1, so that two models can be added."""
    return (score - score.mean(1, keepdims=True)) / (score.std(1, keepdims=True) + 1e-9)


@dataclass
class HeldDays:
    """A service's log up to a morning, and two kinds of days that came after it.

    log, usual, random: tables of impressions: what rivals are trained on; the days after, shown by the same service;
    the same days on a twin with random slots. truth, day: the truth of that morning and its day. people: int (U,).
    """

    log: pd.DataFrame
    usual: pd.DataFrame
    random: pd.DataFrame
    truth: object
    day: int
    people: np.ndarray = field(default_factory=lambda: np.arange(1200))

    @cached_property
    def seen(self) -> pd.DataFrame:
        """The clicks of the log as interactions, a row a user and item."""
        return interactions(self.log)

    @cached_property
    def n_items(self) -> int:
        """How many items there were that morning, gone ones included."""
        return len(self.truth.hidden_items())

    @cached_property
    def off_limits(self) -> np.ndarray:
        """bool (U, N): items that are gone that morning, or that the person clicked before."""
        out = np.zeros((len(self.people), self.n_items), bool)
        out[:, np.setdiff1d(np.arange(self.n_items), self.truth.eligible(self.day))] = True
        mine = self.seen[self.seen["user"].isin(self.people)]
        out[mine["user"], mine["item"]] = True
        return out

    def clicked(self, days: pd.DataFrame) -> list[np.ndarray]:
        """For each person, the items clicked in `days` (usual or random) and not clicked before."""
        before = self.seen[["user", "item"]]
        new = interactions(days).merge(before, how="left", on=["user", "item"], indicator=True)
        by_user = new[new["_merge"] == "left_only"].groupby("user")["item"].agg(list)
        return [np.array(by_user.get(int(user), []), int) for user in self.people]

    def showings(self) -> np.ndarray:
        """float (N,): how often the log showed each item."""
        item = self.log["item"].to_numpy()
        return np.bincount(item[item < self.n_items], minlength=self.n_items).astype(float)

    def top_share(self) -> float:
        """What the most shown tenth of the items has of all showings."""
        most = np.sort(self.showings())[::-1]
        return float(most[:len(most) // 10].sum() / most.sum())

    def of_the_least_shown(self, lists: dict) -> dict[str, float]:
        """What the less shown half of the living items has of what people want, of held-out clicks, of lists."""
        alive = self.truth.eligible(self.day)
        least = np.zeros(self.n_items, bool)
        least[alive] = self.showings()[alive] <= np.median(self.showings()[alive])
        want = self.truth.scores(self.people, np.arange(self.n_items), self.day, "click")
        want = np.where(self.off_limits, 0, want)
        clicks = np.concatenate(self.clicked(self.usual))
        return {"what people want": float(want[:, least].sum() / want.sum()),
                "held-out clicks": float(least[clicks[clicks < self.n_items]].mean()),
                "the rivals' slots": float(least[np.stack(list(lists.values()))].mean())}


def rival_lists(held: HeldDays, models: dict, recent, k: int = 10) -> dict:
    """Each rival's k best items for each person on the morning after the log, {(model, variant): int (U, k)}.

    models: {name: model with fit(seen, n_users, n_items) and score(users)}, fitted here. recent: such a model of the
    last days' popularity. Each model competes as it is, with recent popularity added, and with a penalty on clicks.
    """
    n_users, people = len(held.truth.hidden_users()), held.people
    counts = np.bincount(held.seen["item"], minlength=held.n_items)
    hot = np.log1p(counts)[None].repeat(len(people), 0)
    lately = recent.fit(held.seen, n_users, held.n_items).score(people)
    shift = dict(zip(VARIANTS, (0, 0.5 * standard(lately), -0.3 * standard(hot)), strict=True))
    lists = {}
    for name, model in models.items():
        own = standard(model.fit(held.seen, n_users, held.n_items).score(people))
        for variant, more in shift.items():
            lists[name, variant] = best_k(np.where(held.off_limits, -np.inf, own + more), k)
    return lists


def recalls(held: HeldDays, lists: dict) -> dict[str, np.ndarray]:
    """Recall@10 of each rival for each person, on both kinds of held-out clicks, {name: float (R, U)}."""
    days = {"recall@10, usual log": held.clicked(held.usual), "recall@10, random slots": held.clicked(held.random)}
    return {name: np.array([offline.recall_at_k(items, clicked, 10) for items in lists.values()])
            for name, clicked in days.items()}


def true_worth(held: HeldDays, lists: dict, days_later: int = 0) -> dict[str, np.ndarray]:
    """What each list would bring of each outcome, for each person, {outcome: float (R, U)}.

    It is the chance that the person looks at a position times the chance of the outcome for the item there.
    """
    look = held.truth.examination(np.arange(1, 11))
    worth = {}
    for outcome, by in OUTCOMES.items():
        chance = held.truth.scores(held.people, np.arange(held.n_items), held.day + days_later, by)
        worth[outcome] = np.array([(np.take_along_axis(chance, items, 1) * look).sum(1) for items in lists.values()])
    return worth


def judged(held: HeldDays, lists: dict, ndcg) -> pd.DataFrame:
    """Each rival's mean by each metric of a team and by three truths, a row a rival.

    ndcg(top, relevant, k) -> float (U,): the NDCG to judge by.
    """
    clicked = held.clicked(held.usual)
    popular = np.bincount(held.seen["item"], minlength=held.n_items)
    values = recalls(held, lists)
    values["NDCG@10, usual log"] = np.array([ndcg(items, clicked, 10) for items in lists.values()])
    values["mean popularity"] = np.array([offline.mean_popularity(items, popular) for items in lists.values()])
    values |= true_worth(held, lists)
    values["clicks a week later"] = true_worth(held, lists, days_later=7)["clicks"]
    return pd.DataFrame({name: np.nanmean(held, 1) for name, held in values.items()},
                        index=pd.MultiIndex.from_tuples(lists, names=["model", "variant"]))
