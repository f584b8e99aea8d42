"""Several sources as one retriever: an item comes as far up as its best source puts it, weighted by shares.

What a user took is left out before anything is cut, so that n candidates are n that may be shown.
Letters: B users, U users known, N items, C candidates, S sources.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from course_lib.contracts import ArgumentError, as_count, best_k, repeated

BATCH_CELLS = 2_000_000  # users of a batch × items: 8 MB a source
CLEAR = 2.0  # standard errors; some twenty shares are tried, and of so many chance alone takes the best one past 1


class BestRank:
    """Blended retrieval: the n items with the smallest value, over sources, of rank / share.

    sources: {name: fitted source with score(users) → (B, N)}. shares: {name: share in (0, 1]} of those that bring
    candidates, at least one of them with share 1; the other sources only score. seen: sparse (U, N), what is left out
    for a user. alive: bool (N,), what may be shown at all. Raises ArgumentError for shares that are not as said.
    """

    def __init__(self, sources: dict, shares: dict[str, float], seen: sp.csr_matrix, alive: np.ndarray):
        strange = [name for name in shares if name not in sources]
        if strange or not shares or max(shares.values()) != 1 or not min(shares.values()) > 0:
            raise ArgumentError(f"shares are {shares} of sources {list(sources)}; expected shares of these above 0, "
                                f"the largest 1.")
        self.sources, self.shares, self.seen, self.alive = sources, dict(shares), seen, np.asarray(alive, bool)

    def with_shares(self, shares: dict[str, float]) -> BestRank:
        """The same sources with other shares."""
        return BestRank(self.sources, shares, self.seen, self.alive)

    def scores(self, users) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """{name: float (B, N)} of every source, and bool (B, N): what may be shown to whom."""
        return {name: source.score(users) for name, source in self.sources.items()}, self._free(self.seen[users])

    def scores_of(self, histories, n: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """As `scores`, of n people whose whole past is the table histories: user 0 … n − 1, item, time, perhaps value.

        A source that cannot be asked so (it has no score_histories) says 0 of everything.
        """
        size = (n, len(self.alive))
        taken = sp.csr_matrix((np.ones(len(histories), np.float32), (histories["user"], histories["item"])), size)
        return {name: source.score_histories(histories, n) if hasattr(source, "score_histories")
                else np.zeros(size, np.float32) for name, source in self.sources.items()}, self._free(taken)

    def _free(self, taken: sp.csr_matrix) -> np.ndarray:
        free = np.broadcast_to(self.alive, taken.shape).copy()
        free[taken.nonzero()] = False
        return free

    def candidates(self, scores: dict[str, np.ndarray], free: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
        """(item int32 (B, C), best first, -1 pads; key float32 (B, C): rank / share, from 1, inf where padded).

        scores, free: as `scores` returns them. n: candidates wanted; C = min(n, N), all of them filled where as many
        items are free. Ties go to the source that stands first in shares, then to the lower item.
        """
        n = min(as_count("n", n, 1), free.shape[1])
        items, keys = [], []
        for name, share in self.shares.items():
            top = best_k(np.where(free, scores[name], -np.inf), int(np.ceil(share * n)))
            items.append(top)
            keys.append(np.where(top >= 0, np.arange(1, top.shape[1] + 1) / share, np.inf))
        item, key = np.concatenate(items, 1), np.concatenate(keys, 1).astype(np.float32)
        item, key = _by_key(item, key)
        item, key = _by_key(item, np.where(repeated(item), np.float32(np.inf), key))
        item, key = item[:, :n], key[:, :n]
        return np.where(np.isfinite(key), item, -1), key


def _by_key(item: np.ndarray, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both, each row in the order of key; equal keys stay in the order in which they came."""
    order = np.argsort(key, axis=1, kind="stable")
    return np.take_along_axis(item, order, 1), np.take_along_axis(key, order, 1)


def batches(rows: np.ndarray, n_items: int) -> Iterator[np.ndarray]:
    """rows in parts small enough that one source's scores for a part take some 8 MB."""
    step = max(1, BATCH_CELLS // max(n_items, 1))
    for start in range(0, len(rows), step):
        yield rows[start:start + step]


def choose_shares(retriever: BestRank, users: np.ndarray, wanted: sp.csr_matrix, n: int,
                  grid=(0.25, 0.5, 1.0)) -> dict[str, float]:
    """Shares with a high recall@n, found greedily: the best source first, then each other one, in the order of its own
    recall, at the share of `grid` that raises recall most, if that is by more than its standard error over users.
    Unless all of them together raise it by more than CLEAR standard errors, the best source stays alone.

    users: int (B,), some hundreds. wanted: sparse (U, N), what they took afterwards. Returns {name: share}, best
    source first, with share 1. Raises ArgumentError where there is no user.
    """
    if not len(users):
        raise ArgumentError("there are no users to choose shares by; expected some with a past and with wanted items.")
    rank, hit = _ranks_in_union(retriever, users, wanted, min(n, wanted.shape[1]))
    n_wanted = np.maximum(np.diff(wanted.indptr)[users], 1)

    def recall(key: np.ndarray) -> np.ndarray:
        """float (B,): of each user."""
        top = best_k(-key, n)
        found = np.take_along_axis(hit, np.maximum(top, 0), 1) & (top >= 0)
        return found.sum(1) / n_wanted

    alone = {name: recall(rows) for name, rows in rank.items()}
    first, *others = sorted(alone, key=lambda name: alone[name].mean(), reverse=True)
    shares, best, key = {first: 1.0}, alone[first], rank[first]
    for name in others:
        tried = {share: recall(np.minimum(key, rank[name] / np.float32(share))) for share in grid}
        share = max(tried, key=lambda share: tried[share].mean())
        gain = tried[share] - best
        if _errors(gain) > 1:
            shares[name], best, key = share, tried[share], np.minimum(key, rank[name] / np.float32(share))
    return shares if _errors(best - alone[first]) > CLEAR else {first: 1.0}


def _errors(gain: np.ndarray) -> float:
    """How many standard errors the mean of gain, float (B,), lies above 0."""
    return float(gain.mean() * np.sqrt(len(gain)) / max(gain.std(), 1e-12))


def _ranks_in_union(retriever: BestRank, users: np.ndarray, wanted: sp.csr_matrix, n: int):
    """({source: rank float32 (B, S·n)} of the items that any source has among its n best: inf beyond a source's n best
    and where an item stands a second time; bool (B, S·n): which of them are wanted)."""
    kept, hits = {name: [] for name in retriever.sources}, []
    for part in batches(users, wanted.shape[1]):
        scores, free = retriever.scores(part)
        top = {name: best_k(np.where(free, score, -np.inf), n) for name, score in scores.items()}
        item = np.concatenate(list(top.values()), 1)
        out = repeated(item) | (item < 0)
        place = np.maximum(item, 0)
        for name, best in top.items():
            rank = np.take_along_axis(_ranks(best, free.shape), place, 1)
            kept[name].append(np.where(out, np.float32(np.inf), rank))
        hits.append(np.take_along_axis(wanted[part].toarray() > 0, place, 1) & ~out)
    return {name: np.concatenate(rows) for name, rows in kept.items()}, np.concatenate(hits)


def _ranks(top: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """float32 (B, N): 1, 2 … for the items of top, int (B, n) with -1 pads; inf for all others."""
    rank = np.full(shape, np.inf, np.float32)
    row, place = np.nonzero(top >= 0)
    rank[row, top[row, place]] = place + 1
    return rank
