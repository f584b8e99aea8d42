"""What the ranker knows of a film and a person: features from interactions and catalogue, nothing of the label.

One class computes them for training and for serving, so that there is nothing to skew. Letters: B, C, N items, U users.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from course_lib.contracts import DAY_S, Candidates, Catalog, DataError, Requests, as_ids, as_numbers, check_finite

COLUMNS = ("retrieval_score", "retrieval_rank", "neighbours", "popularity", "recent_popularity", "mean_rating",
           "genre_match", "year_gap", "history_length")


class FilmFeatures:
    """feature_fn of a RankerStage, for catalogues of up to some 10,000 items.

    interactions: user, item, time (seconds), and value (a rating) where there is one: the past that may be used.
    catalog: items (year where there is one), content float (N, d). recent_days: window of recent_popularity, counted
    back from the last interaction. Raises DataError without interactions, UnknownIdError for ids beyond n_users or the
    catalogue, ArgumentError for a time, rating or content that is NaN: one such rating would be every film's.
    """

    def __init__(self, interactions: pd.DataFrame, catalog: Catalog, n_users: int, recent_days: float = 60):
        if not len(interactions):
            raise DataError("interactions are empty; features need a past.")
        self.n_items, n = len(catalog.items), len(interactions)
        user = as_ids("user of interactions", interactions["user"], n_users)
        item = as_ids("item of interactions", interactions["item"], self.n_items)
        time = as_numbers("time of interactions", interactions["time"])
        check_finite(content=catalog.content)
        self._taken = sparse.csr_matrix((np.ones(n, np.float32), (user, item)), (n_users, self.n_items))
        self._near = _item_cosine(self._taken)
        late = time > time.max() - recent_days * DAY_S
        self._popular = np.log1p(np.bincount(item, minlength=self.n_items)).astype(np.float32)
        self._recent = np.log1p(np.bincount(item[late], minlength=self.n_items)).astype(np.float32)
        self._rating = _smoothed_mean(interactions, self.n_items)
        self._unit = _unit(np.asarray(catalog.content, np.float32))
        self._length = np.asarray(self._taken.sum(axis=1)).ravel()
        self._profile = _unit(self._taken @ self._unit)
        years = catalog.items["year"] if "year" in catalog.items else pd.Series(0.0, index=catalog.items.index)
        self._year = years.fillna(years.median()).fillna(0).to_numpy(np.float32)  # 0 where no film has a year
        self._users_year = (self._taken @ self._year) / np.maximum(self._length, 1)

    def __call__(self, requests: Requests, candidates: Candidates) -> pd.DataFrame:
        """A row a candidate (B·C), columns COLUMNS, float32; padded rows hold the values of item 0."""
        item, user = np.maximum(candidates.item, 0), requests.user
        size, width = item.shape
        spread = np.isfinite(candidates.score)
        near = np.asarray(self._taken[user] @ self._near)                              # (B, N)
        table = {
            "retrieval_score": np.where(spread, candidates.score, 0),
            "retrieval_rank": np.broadcast_to(np.arange(1, width + 1), (size, width)),
            "neighbours": np.take_along_axis(near, item, axis=1) / np.sqrt(np.maximum(self._length[user], 1))[:, None],
            "popularity": self._popular[item],
            "recent_popularity": self._recent[item],
            "mean_rating": self._rating[item],
            "genre_match": np.einsum("bcd,bd->bc", self._unit[item], self._profile[user]),
            "year_gap": self._year[item] - self._users_year[user][:, None],
            "history_length": np.broadcast_to(np.log1p(self._length[user])[:, None], (size, width)),
        }
        return pd.DataFrame({name: np.asarray(table[name], np.float32).ravel() for name in COLUMNS})


def _item_cosine(taken: sparse.csr_matrix, shrink: float = 10.0) -> np.ndarray:
    """float32 (N, N): cosine of items by who took them, damped for few, 0 on the diagonal."""
    both = np.asarray((taken.T @ taken).todense(), np.float32)
    norm = np.sqrt(np.diag(both))
    near = both / (norm[:, None] * norm + shrink)
    np.fill_diagonal(near, 0)
    return near


def _smoothed_mean(interactions: pd.DataFrame, n_items: int, prior: float = 10.0) -> np.ndarray:
    """float32 (N,): mean value of each item, drawn to the overall mean by `prior` pretended ratings; else 0."""
    if "value" not in interactions:
        return np.zeros(n_items, np.float32)
    item, value = interactions["item"].to_numpy(int), as_numbers("value of interactions", interactions["value"])
    total = np.bincount(item, value, minlength=n_items) + prior * value.mean()
    return (total / (np.bincount(item, minlength=n_items) + prior)).astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
