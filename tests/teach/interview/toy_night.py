"""A recommender of made-up parts, small enough to break in every way."""

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Slates


class Near:
    """A retriever with the parts that the index probe asks for."""

    def __init__(self, users, items):
        self.model, self._users, self._items = self, users, items

    def embed_users(self, user):
        return self._users[user]

    def embed_items(self):
        return self._items

    def retrieve(self, requests, n):
        score = self._users[requests.user] @ self._items[requests.eligible].T
        best = np.argsort(-score, axis=1)[:, :n]
        return Candidates(requests.eligible[best].astype(np.int32), np.take_along_axis(score, best, axis=1))


class Ranker:
    """Sorts by one feature of two."""

    from_retrieval = ("retrieval_rank",)

    @staticmethod
    def feature_fn(requests, candidates):
        place = np.broadcast_to(np.arange(candidates.item.shape[1], 0, -1), candidates.item.shape)
        return pd.DataFrame({"retrieval_rank": place.ravel().astype(np.float32),
                             "other": (candidates.item.ravel() * 7919 % 101).astype(np.float32)})

    def score(self, requests, candidates):
        table = self.feature_fn(requests, candidates)
        value = (table["retrieval_rank"] + 1e-3 * table["other"]).to_numpy(float).reshape(candidates.item.shape)
        return np.where(candidates.item >= 0, value, -np.inf)


class Front:
    """Shows the best, or, with a small trade_off, what stands further down."""

    trade_off = 0.8

    def rerank(self, requests, item, score, slate_size):
        skip = 0 if self.trade_off > 0.7 else 5
        return Slates.certain(item[:, skip:skip + slate_size])
