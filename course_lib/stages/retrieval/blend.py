"""Several sources of candidates for one slate: what is near, what is hot, what is new; joined without repeats."""

from __future__ import annotations

import numpy as np

from course_lib.contracts import (
    ArgumentError,
    Candidates,
    Catalog,
    DayLog,
    Requests,
    as_count,
    as_ids,
    as_numbers,
    best_k,
    repeated,
)


class Blend:
    """Asks each source for its share of n and joins the answers, source by source, each item once.

    sources: {name: (retriever, share)}; shares are scaled to sum to 1. Score: 1 / rank within the source that brought
    it, so that it means the same for all.
    """

    def __init__(self, sources: dict):
        total = sum(share for _, share in sources.values())
        if not sources or not 0 < total < np.inf or min(share for _, share in sources.values()) < 0:
            raise ArgumentError(f"shares are {[share for _, share in sources.values()]}; expected some above 0.")
        self.sources = {name: (part, share / total) for name, (part, share) in sources.items()}

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """At most about n different items for each request, n ≥ 1; fewer where sources agree."""
        n, items, scores = as_count("n", n, 1), [], []
        for part, share in self.sources.values():
            wanted = int(np.ceil(share * n))
            if wanted:
                item = np.asarray(part.retrieve(requests, wanted).item)[:, :wanted]
                items.append(item)
                scores.append(np.broadcast_to(1 / np.arange(1, item.shape[1] + 1), item.shape))
        item, score = np.concatenate(items, axis=1), np.concatenate(scores, axis=1)
        item = np.where(repeated(item), -1, item)
        order = np.argsort(np.where(item >= 0, -score, np.inf), axis=1, kind="stable")
        item, score = (np.take_along_axis(a, order, axis=1) for a in (item, score))
        return Candidates(item.astype(np.int32), np.where(item >= 0, score, -np.inf))

    @property
    def learners(self) -> tuple:
        """The sources, for whoever passes days on and must not tell one that it also uses elsewhere twice."""
        return tuple(part for part, _ in self.sources.values())

    def observe(self, day_log: DayLog) -> None:
        """Pass the day on to every source that listens."""
        for part in self.learners:
            if hasattr(part, "observe"):
                part.observe(day_log)


class Newest:
    """The latest-born eligible items, the same for everyone."""

    def __init__(self, catalog: Catalog):
        place = as_ids("the index of catalogue items", catalog.items.index)
        self._born = np.full(int(place.max(initial=-1)) + 1, -np.inf)
        self._born[place] = as_numbers("born_day", catalog.items["born_day"])

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
        """The n of highest inner product, exact; people without a history get the eligible items in order of id. Raises
        ArgumentError where a vector is NaN."""
        query = self.features.directions(requests, self.session)
        eligible = requests.eligible[requests.eligible < len(self.features.unit)]
        score = query @ self.features.unit[eligible].T                                    # (B, N)
        top = best_k(score, min(n, len(eligible)))
        return Candidates(eligible[top].astype(np.int32), np.take_along_axis(score, top, axis=1).astype(float))
