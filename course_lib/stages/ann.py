"""Approximate nearest neighbours: the few hundred items of millions that lie nearest to a user, in milliseconds.

`build_index` makes an index, `predicted_bytes` says what it will weigh, `LiveIndex` lets items come and go while it
serves, and `ANNRetriever` puts an index behind a model as the first stage of a recommender.
"""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, Candidates, Requests
from course_lib.stages.ann_filter import as_mask, pad, post_filter
from course_lib.stages.ann_index import Index, build_index
from course_lib.stages.ann_live import LiveIndex
from course_lib.stages.ann_measure import clustered_vectors, comparisons, index_recall, latencies_ms, pareto_front
from course_lib.stages.ann_params import KINDS, bytes_per_vector, factory, predicted_bytes, resolve

__all__ = ["KINDS", "ANNRetriever", "Index", "LiveIndex", "build_index", "bytes_per_vector", "clustered_vectors",
           "comparisons", "factory", "index_recall", "latencies_ms", "pareto_front",
           "post_filter", "predicted_bytes", "resolve"]


class ANNRetriever:
    """The first stage of a recommender: a model's user vector against an index of its item vectors.

    model: anything with embed_users(users int (B,)) → (B, d) and embed_items() → (N, d); where it has
    embed_requests(requests) → (B, d) instead of or beside embed_users, that is used, so that what happened in the
    session counts. index: an Index over embed_items(), id = item; None builds one of `kind` with `params`.

    Only items of requests.eligible come back. Items newer than the index cannot: `missing(requests)` counts them.
    """

    def __init__(self, model, index=None, kind="hnsw", metric="ip", **params):
        self.model = model
        self.index = index if index is not None else build_index(kind, _array(model.embed_items()), metric, **params)
        self._today = None

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n best eligible items for each request, best first: item int32 (B, n), -1 pads; score float32 (B, n).

        Each row holds min(n, eligible items in the index) items. Raises ArgumentError if n is below 1.
        """
        if n < 1:
            raise ArgumentError(f"n is {n}; expected at least 1 candidate a request.")
        queries = self._embed(requests)
        allowed = self._allowed(requests.eligible)
        take = min(n, self.index.n)
        if not len(requests) or (allowed is not None and not allowed.any()):
            ids, scores = np.empty((len(requests), 0), np.int64), np.empty((len(requests), 0), np.float32)
        else:
            ids, scores = self.index.search(queries, take, allowed=allowed)
        ids, scores = pad(ids, scores, n)
        return Candidates(ids.astype(np.int32), scores.astype(np.float32))

    def missing(self, requests: Requests) -> int:
        """How many eligible items the index does not hold yet, because they are newer than it."""
        return int(np.count_nonzero(requests.eligible >= self.index.slots))

    def _allowed(self, eligible):
        """bool (slots,), or None where all may be shown; kept while requests come with the same list of the day."""
        if self._today is None or self._today[0] is not eligible:
            mask = as_mask(eligible[eligible < self.index.slots], self.index.slots)
            self._today = eligible, None if mask.all() else mask
        return self._today[1]

    def _embed(self, requests):
        if hasattr(self.model, "embed_requests"):
            return _array(self.model.embed_requests(requests))
        return _array(self.model.embed_users(requests.user))


def _array(vectors) -> np.ndarray:
    """float32 numpy from numpy or torch."""
    return np.ascontiguousarray(vectors.detach().cpu() if hasattr(vectors, "detach") else vectors, np.float32)
