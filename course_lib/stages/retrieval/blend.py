"""Several sources of candidates for one slate: what is near, what is hot, what is new; joined without repeats."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import ArgumentError, Candidates, Catalog, DayLog, Requests


class Blend:
    """Asks each source for its share of n and joins the answers, source by source, each item once.

    sources: {name: (retriever, share)}; shares are scaled to sum to 1. Score: 1 / rank within the source that brought
    it, so that it means the same for all.
    """

    def __init__(self, sources: dict):
        total = sum(share for _, share in sources.values())
        if not sources or total <= 0 or min(share for _, share in sources.values()) < 0:
            raise ArgumentError(f"shares are {[share for _, share in sources.values()]}; expected some above 0.")
        self.sources = {name: (part, share / total) for name, (part, share) in sources.items()}

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """At most about n different items for each request; fewer where sources agree."""
        items, scores = [], []
        for part, share in self.sources.values():
            wanted = int(np.ceil(share * n))
            if wanted:
                item = np.asarray(part.retrieve(requests, wanted).item)[:, :wanted]
                items.append(item)
                scores.append(np.broadcast_to(1 / np.arange(1, item.shape[1] + 1), item.shape))
        item, score = np.concatenate(items, axis=1), np.concatenate(scores, axis=1)
        item = np.where(_first(item), item, -1)
        order = np.argsort(np.where(item >= 0, -score, np.inf), axis=1, kind="stable")
        item, score = (np.take_along_axis(a, order, axis=1) for a in (item, score))
        return Candidates(item.astype(np.int32), np.where(item >= 0, score, -np.inf))

    def observe(self, day_log: DayLog) -> None:
        """Pass the day on to every source that listens."""
        for part, _ in self.sources.values():
            if hasattr(part, "observe"):
                part.observe(day_log)


def _first(item: np.ndarray) -> np.ndarray:
    """bool (B, C): the first place of each item in its row; padding is False."""
    order = np.argsort(item, axis=1, kind="stable")
    ordered = np.take_along_axis(item, order, axis=1)
    fresh = np.ones(item.shape, bool)
    fresh[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    out = np.empty(item.shape, bool)
    np.put_along_axis(out, order, fresh, axis=1)
    return out & (item >= 0)


class Newest:
    """The latest-born eligible items, the same for everyone."""

    def __init__(self, catalog: Catalog):
        self._born = catalog.items["born_day"].to_numpy(float)

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n newest, ties to the larger id."""
        eligible = requests.eligible[requests.eligible < len(self._born)]
        top = eligible[::-1][np.argsort(-self._born[eligible[::-1]], kind="stable")[:n]]
        shape = (len(requests), len(top))
        return Candidates(np.broadcast_to(top, shape).astype(np.int32),
                          np.broadcast_to(self._born[top], shape).astype(float))

    def observe(self, day_log: DayLog) -> None:
        """Learn the items born that day."""
        if day_log.new_items is not None and len(day_log.new_items.items):
            items = day_log.new_items.items
            grown = np.full(max(len(self._born), int(items.index.max()) + 1), -np.inf)
            grown[: len(self._born)] = self._born
            grown[items.index] = items["born_day"]
            self._born = grown


class NearProfile:
    """The eligible items nearest to a person's profile and session, in the space of visible content.

    features: FeedFeatures, which keeps profiles and learns them (this source does not pass days on to it). session:
    weight of the session's direction beside the profile's.
    """

    def __init__(self, features, session: float = 0.5):
        self.features, self.session = features, session

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n of highest inner product, exact; people without a history get the eligible items in order of id."""
        query = self.features.directions(requests, self.session)
        eligible = requests.eligible[requests.eligible < len(self.features.unit)]
        score = query @ self.features.unit[eligible].T                                    # (B, N)
        top = np.argsort(-score, axis=1, kind="stable")[:, :n] if n >= len(eligible) else _top(score, n)
        return Candidates(eligible[top].astype(np.int32), np.take_along_axis(score, top, axis=1).astype(float))


def _top(score: np.ndarray, n: int) -> np.ndarray:
    part = np.sort(np.argpartition(-score, n - 1, axis=1)[:, :n], axis=1)
    order = np.argsort(-np.take_along_axis(score, part, axis=1), axis=1, kind="stable")
    return np.take_along_axis(part, order, axis=1)
