"""An index behind a model as the first stage of a recommender: a user vector against an index of item vectors."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, Candidates, DayLog, Requests
from course_lib.stages.ann.filter import as_mask, pad
from course_lib.stages.ann.index import build_index


class ANNRetriever:
    """The first stage of a recommender: a model's user vector against an index of its item vectors.

    model: anything with embed_users(users int (B,)) → (B, d) and embed_items() → (N, d); where it has
    embed_requests(requests) → (B, d) instead of or beside embed_users, that is used, so that what happened in the
    session counts. index: an Index over embed_items(), id = item; None builds one of `kind` with `params`.

    Only items of requests.eligible come back. Items newer than the index cannot: `missing(requests)` counts them.
    """

    def __init__(self, model, index=None, kind="hnsw", metric="ip", **params):
        self.model = model
        self._held = None if index is not None else _array(model.embed_items())
        self.index = index if index is not None else build_index(kind, self._held, metric, **params)
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

    def observe(self, day_log: DayLog) -> None:
        """Pass a day's log on to the model, where it takes one, and bring the index up to its item vectors: new items
        are added; where old ones have moved, as recency moves them, the index is built anew."""
        if not hasattr(self.model, "observe"):
            return
        self.model.observe(day_log)
        vectors, index = _array(self.model.embed_items()), self.index
        still = self._held is not None and np.array_equal(vectors[:len(self._held)], self._held)
        if not still:
            self.index = build_index(index.kind, vectors, index.metric, seed=index.seed, **index.params)
        elif len(vectors) > len(self._held):
            index.add(vectors[len(self._held):])
        self._held, self._today = vectors, None

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
