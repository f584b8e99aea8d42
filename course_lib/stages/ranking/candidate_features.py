"""What the ranker knows of a candidate: what each source says of it, and plain facts of item and user.

One class computes the features for training and for serving. Letters: B users, N items, U users known, C candidates,
n rows, F features, d columns of the content.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, Catalog

FACTS = ("price", "year")  # columns of the catalogue that are features
PRIOR_EVENTS = 10.0  # events at the overall mean that every item's mean value starts with
MONEY = 100.0        # values that run above this are amounts, not grades, and are taken as logarithms
MOST_CONTENT = 64    # columns of content up to which each is a feature; of wider content the sources' similarity is one


@dataclass(frozen=True)
class People:
    """What is known of P people: facts {name: float32 (P,)}; tastes {name: float32 (P,)}, the mean of an item's number
    over what they took; columns {name: float32 (P,)}, what the table of users says of them."""

    facts: dict[str, np.ndarray]
    tastes: dict[str, np.ndarray]
    columns: dict[str, np.ndarray]


class CandidateFeatures:
    """Features of candidates out of `interactions` (user, item, time in s, perhaps value): the past that may be used.

    n_users: U. catalog: price and year become two features each, where they differ; content of at most MOST_CONTENT
    columns becomes a feature for each that differs. timed: whether the last event of `interactions` is the moment of
    asking. Only then are ages features: under a split at random, the dates of other people's events tell what is held
    out. columns: {name: float32 (U,)}, of `columns_as_numbers`, features as they are. people: People of the U users.
    """

    def __init__(self, interactions: pd.DataFrame, n_users: int, catalog: Catalog, *, timed: bool,
                 columns: dict[str, np.ndarray] | None = None):
        self.columns, self.content = columns or {}, content_columns(catalog.content)
        self.usual_columns = {name: usual_number(value) for name, value in self.columns.items()}
        item, self.timed = interactions["item"].to_numpy(), timed
        self.n_users, self.n_items = n_users, len(catalog.items)
        popularity = np.log1p(np.bincount(item, minlength=self.n_items)).astype(np.float32)
        self.numbers = {"popularity": popularity, **_numbers(catalog.items)}
        self.usual = {name: float(value[item].mean()) for name, value in self.numbers.items()}
        self.by_item = dict(self.numbers)
        self.graded = "value" in interactions and bool(interactions["value"].notna().any())
        if self.graded:
            self._values_of_items(interactions)
        if timed:
            self.now = float(interactions["time"].max())
            self.reach_days = (self.now - float(interactions["time"].min())) / DAY_S
            self.by_item |= self._ages(item, interactions["time"].to_numpy(), self.n_items)
        self.people = self.people_of(interactions, n_users)

    def __call__(self, users: np.ndarray, item: np.ndarray, key: np.ndarray, scores: dict, free: np.ndarray,
                 pick: np.ndarray, people: People | None = None) -> np.ndarray:
        """float32 (n, F): a row for each True of pick, user by user; the columns are those of `names`.

        users: int (B,), rows of people. item: int (B, C), -1 pads. key: float (B, C), the weighted best rank of each.
        scores: {source: float (B, N)}. free: bool (B, N), the items over which a user's scores are standardised. pick:
        bool (B, C), no padding among them. people: None: those of the table; else of `people_of`.
        """
        people = self.people if people is None else people
        row, place = np.nonzero(pick)
        who, what = users[row], item[row, place]
        columns = [np.log1p(key[row, place])]
        for score in scores.values():
            near = np.where(item >= 0, np.take_along_axis(score, np.maximum(item, 0), 1), -np.inf)      # (B, C)
            rank = np.argsort(np.argsort(-near, axis=1, kind="stable"), axis=1, kind="stable")
            mean, deviation = spread(score, free)
            columns += [(near[row, place] - mean[row]) / deviation[row], np.log1p(rank[row, place])]
        columns += [value[what] for value in self.by_item.values()]
        columns += [value[who] for value in people.facts.values()]
        columns += [value[what] - people.tastes[name][who] for name, value in self.numbers.items()]
        columns += [value[who] for value in people.columns.values()]
        columns.append(self.content[what])
        return np.column_stack(columns).astype(np.float32, copy=False)

    def names(self, sources) -> list[str]:
        """Names of the F columns for sources of these names, in order."""
        return [*self.names_of_sources(sources), *(f"item_{name}" for name in self.by_item),
                *(f"user_{name}" for name in self.people.facts), *(f"{name}_gap" for name in self.numbers),
                *(f"column_{name}" for name in self.columns), *(f"content_{n}" for n in range(self.content.shape[1]))]

    def names_of_sources(self, sources) -> list[str]:
        """Names of the first columns: the blended rank, and score and rank of each source."""
        said = [name for source in sources for name in (f"{source}_score", f"{source}_rank")]
        return ["best_rank", *said]

    def people_of(self, interactions: pd.DataFrame, n: int, ids: np.ndarray | None = None) -> People:
        """People of a table with user 0 … n − 1 (item, time, perhaps value), seen from the moment of this object: what
        serving knows of newcomers. Of someone without events, everything is as usual; later users are left out.

        ids: int (n,), who they are in the table of users; None: 0 … n − 1. Of whom it has no row, the columns are
        missing where they are missing for others, else as usual.
        """
        ids = np.arange(n) if ids is None else np.asarray(ids)
        interactions = interactions[interactions["user"].to_numpy() < n]
        user, item = interactions["user"].to_numpy(), interactions["item"].to_numpy()
        facts = {"activity": np.log1p(np.bincount(user, minlength=n)).astype(np.float32)}
        if self.graded:
            facts["mean_value"] = self._mean_values(interactions, n)
        if self.timed:
            facts |= self._ages(user, interactions["time"].to_numpy(), n)
        return People(facts, {name: mean_by(user, value[item], n, self.usual[name])
                              for name, value in self.numbers.items()}, self._columns_of(ids))

    def _columns_of(self, ids: np.ndarray) -> dict[str, np.ndarray]:
        found = {}
        for name, value in self.columns.items():
            known = (ids >= 0) & (ids < len(value))
            found[name] = np.full(len(ids), self.usual_columns[name], np.float32)
            found[name][known] = value[ids[known]]
        return found

    def _values_of_items(self, interactions: pd.DataFrame) -> None:
        """Mean value of each item, and how often it was worth at least its user's mean. Where values run above MONEY,
        log(1 + value) is taken."""
        self.amounts = bool(interactions["value"].max() > MONEY)
        graded = self._valued(interactions)
        user, item, value = (graded[name].to_numpy() for name in ("user", "item", "value"))
        self.usual_value = float(value.mean())
        self.by_item["mean_value"] = smoothed_mean(item, value, self.n_items)
        _, row = np.unique(user, return_inverse=True)                                   # ids of newcomers may be large
        liked = value >= mean_by(row, value, int(row.max()) + 1, self.usual_value)[row]
        self.by_item["liked"] = np.log1p(np.bincount(item[liked], minlength=self.n_items)).astype(np.float32)

    def _valued(self, interactions: pd.DataFrame) -> pd.DataFrame:
        """The rows with a value, amounts as logarithms."""
        graded = interactions[interactions["value"].notna()]
        return graded.assign(value=np.log1p(np.maximum(graded["value"], 0))) if self.amounts else graded

    def _mean_values(self, interactions: pd.DataFrame, n: int) -> np.ndarray:
        graded = self._valued(interactions)
        return mean_by(graded["user"].to_numpy(), graded["value"].to_numpy(float), n, self.usual_value)

    def _ages(self, ids: np.ndarray, time: np.ndarray, size: int) -> dict[str, np.ndarray]:
        """log(1 + days) since the first and since the last event of each id: float32 (size,). Without any, the first
        counts as just now and the last as long ago as the table reaches."""
        age_days = (self.now - time) / DAY_S
        first, last = np.zeros(size), np.full(size, self.reach_days)
        np.maximum.at(first, ids, age_days)
        np.minimum.at(last, ids, age_days)
        return {"since_first": np.log1p(first).astype(np.float32), "since_last": np.log1p(last).astype(np.float32)}


def mean_by(user: np.ndarray, value: np.ndarray, n: int, usual: float) -> np.ndarray:
    """float32 (n,): mean value of a user's rows, `usual` where there is none. user: int (r,). value: float (r,)."""
    count = np.bincount(user, minlength=n)
    total = np.bincount(user, value, minlength=n)
    return np.where(count > 0, total / np.maximum(count, 1), usual).astype(np.float32)


def _numbers(items: pd.DataFrame) -> dict[str, np.ndarray]:
    """{name: float32 (N,)}: the columns of FACTS, where they differ; prices as logarithms, gaps by the median."""
    found = {}
    for name in FACTS:
        if name in items:
            value = pd.to_numeric(items[name], errors="coerce").astype(float).replace([np.inf, -np.inf], np.nan)
            value = value.fillna(value.median()).to_numpy()
            if len(np.unique(value[~np.isnan(value)])) > 1:
                found[name] = (np.log(np.maximum(value, 0.01)) if name == "price" else value).astype(np.float32)
    return found


def content_columns(content) -> np.ndarray:
    """float32 (N, d): the columns of content, (N, any), in which items differ; none where there are more than
    MOST_CONTENT."""
    content = np.asarray(content, np.float32)
    if content.ndim != 2 or not content.size or content.shape[1] > MOST_CONTENT:
        return np.empty((len(content), 0), np.float32)
    return content[:, (content != content[0]).any(0)]


def usual_number(value: np.ndarray) -> float:
    """What stands for someone unknown: NaN where value, float (U,), has gaps, so that trees know NaN; else its median,
    for trees that have met no NaN would take it as 0."""
    return float(np.nan if np.isnan(value).any() else np.median(value))


def smoothed_mean(item: np.ndarray, value: np.ndarray, n_items: int) -> np.ndarray:
    """float32 (N,): mean value of each item, drawn to the overall mean as by PRIOR_EVENTS events.

    item: int (n,). value: float (n,).
    """
    total = np.bincount(item, value, minlength=n_items) + PRIOR_EVENTS * value.mean()
    return (total / (np.bincount(item, minlength=n_items) + PRIOR_EVENTS)).astype(np.float32)


def spread(score: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each row of score, (B, N), over the items that are free, bool (B, N): float (B,)
    each; a deviation of 0 is given as 1."""
    count = np.maximum(free.sum(1), 1)
    mean = np.einsum("bn,bn->b", score, free, dtype=np.float32) / count
    square = np.einsum("bn,bn,bn->b", score, score, free, dtype=np.float32) / count
    deviation = np.sqrt(np.maximum(square - mean**2, 0))
    return mean, np.where(deviation > 1e-6, deviation, 1)
