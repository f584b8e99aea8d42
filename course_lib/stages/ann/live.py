"""An index that lives: items come, go and change while it is being searched.

What is searched at any moment is one immutable snapshot: the built index, which of its vectors are alive, and a small
exact list of those that came since. A change makes a new snapshot; a rebuild makes a whole new index beside the old
one and then replaces it by one assignment, so a search sees all of the old or all of the new.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from course_lib.contracts import ArgumentError, ShapeError, as_count, as_ids, check_finite
from course_lib.stages.ann.filter import pad
from course_lib.stages.ann.index import Index, build_index, floats


@dataclass(frozen=True)
class Snapshot:
    """What one search sees. ids: int64 (n,), alive: bool (n,), of the built index; fresh_*: what came since."""

    index: Index
    vectors: np.ndarray
    ids: np.ndarray
    alive: np.ndarray
    fresh_ids: np.ndarray
    fresh_vectors: np.ndarray
    version: int

    @cached_property
    def allowed(self) -> np.ndarray | None:
        """What may come out of the built index; None while all of it is alive."""
        return None if self.alive.all() else self.alive

    @cached_property
    def fresh(self) -> Index:
        """An exact index of what came since."""
        return Index("flat", self.index.d, len(self.fresh_ids), self.index.metric).add(self.fresh_vectors)

    def held(self) -> tuple[np.ndarray, np.ndarray]:
        """ids and vectors of all that would be found: alive ones, then fresh ones."""
        return (np.concatenate([self.ids[self.alive], self.fresh_ids]),
                np.concatenate([self.vectors[self.alive], self.fresh_vectors]))


class LiveIndex:
    """ids int (N,), unique, and vectors float (N, d) under an index of `kind`, open to changes while it serves.

    Deleting marks a vector dead: no graph can lose a node cheaply. Adding puts it on a short exact list. Both make a
    search slower little by little; `stale` says how far it has gone, `rebuild` makes it new.
    """

    def __init__(self, kind, ids, vectors, metric="ip", **params):
        self._recipe = {"kind": kind, "metric": metric, **params}
        self._lock, self._journal = threading.Lock(), None
        ids, vectors = self._checked(ids, vectors, (np.shape(vectors) or (0,))[-1])
        self._snapshot = self._built(ids, vectors, version=0)

    @property
    def version(self) -> int:
        """How many rebuilds have been swapped in."""
        return self._snapshot.version

    @property
    def stale(self) -> float:
        """Share of the built index that is dead weight or missing: (dead + fresh) / built. 0.0 after a rebuild."""
        now = self._snapshot
        return float((np.count_nonzero(~now.alive) + len(now.fresh_ids)) / len(now.ids))

    def __len__(self) -> int:
        now = self._snapshot
        return int(np.count_nonzero(now.alive)) + len(now.fresh_ids)

    def search(self, queries, k, **tuning):
        """ids int64 (B, k) and scores (B, k) as `Index.search`; k may exceed what is held: -1 pads."""
        now, k = self._snapshot, as_count("k", k, 1)
        built = min(k, now.index.n)
        where, scores = now.index.search(queries, built, now.allowed, **tuning)
        ids = np.where(where >= 0, now.ids[where], -1)
        if len(now.fresh_ids):
            ids, scores = _merge(now, queries, ids, scores, k)
        return pad(ids, scores, k)

    def delete(self, ids) -> int:
        """Take ids out of every later search; returns how many were there."""
        ids = np.unique(as_ids("ids", ids))
        with self._lock:
            before = len(self)
            self._snapshot = _without(self._snapshot, ids)
            if self._journal is not None:
                self._journal.append((ids, None))
            return before - len(self)

    def add(self, ids, vectors) -> None:
        """Add vectors, float (A, d), under ids, int (A,); an id that is there gets its new vector."""
        ids, vectors = self._checked(ids, vectors, self._snapshot.index.d)
        with self._lock:
            self._snapshot = _with(self._snapshot, ids, vectors)
            if self._journal is not None:
                self._journal.append((ids, vectors))

    def rebuild(self) -> int:
        """Build a new index of what is held and swap it in; returns its version.

        Searches, adds and deletes go on meanwhile (call it from a thread); changes made meanwhile are repeated on the
        new index before the swap. If building fails, the old index stays. Raises ArgumentError if nothing is held or
        another rebuild is running.
        """
        with self._lock:
            if self._journal is not None:
                raise ArgumentError("a rebuild is running already; wait for it before starting another.")
            start, self._journal = self._snapshot, []
        try:
            new = self._built(*start.held(), version=start.version + 1)
            with self._lock:
                for ids, vectors in self._journal:
                    new = _without(new, ids) if vectors is None else _with(new, ids, vectors)
                self._snapshot = new
        finally:
            self._journal = None
        return new.version

    def _built(self, ids, vectors, version):
        if not len(ids):
            raise ArgumentError("nothing is held, so there is nothing to build an index of. Add vectors first.")
        empty = np.empty((0, vectors.shape[1]), np.float32)
        return Snapshot(build_index(vectors=vectors, **self._recipe), vectors, ids, np.ones(len(ids), bool), ids[:0],
                        empty, version)

    @staticmethod
    def _checked(ids, vectors, d):
        ids, vectors = as_ids("ids", ids, padding=True), floats(vectors, "vectors")
        if vectors.ndim != 2 or vectors.shape != (len(ids), d):
            raise ShapeError(f"vectors has shape {vectors.shape}; expected ({len(ids)}, {d}): a row of width {d} for "
                             f"each of {len(ids)} ids.")
        check_finite(vectors=vectors)
        values, count = np.unique(ids, return_counts=True)
        if (count > 1).any() or (ids < 0).any():
            bad = values[(count > 1) | (values < 0)][0]
            raise ArgumentError(f"ids holds {bad}, which is negative or comes twice; expected unique ids of 0 and up.")
        return ids, vectors


def _without(now: Snapshot, ids) -> Snapshot:
    """`now` with ids dead or taken off the fresh list."""
    stays = ~np.isin(now.fresh_ids, ids)
    return replace(now, alive=now.alive & ~np.isin(now.ids, ids), fresh_ids=now.fresh_ids[stays],
                   fresh_vectors=now.fresh_vectors[stays])


def _with(now: Snapshot, ids, vectors) -> Snapshot:
    """`now` with ids on the fresh list, and what stood under them before gone."""
    now = _without(now, ids)
    return replace(now, fresh_ids=np.concatenate([now.fresh_ids, ids]),
                   fresh_vectors=np.concatenate([now.fresh_vectors, vectors]))


def _merge(now: Snapshot, queries, ids, scores, k):
    """The k best of what the built index found and what came since."""
    where, fresh_scores = now.fresh.search(queries, min(k, len(now.fresh_ids)))
    ids = np.concatenate([ids, now.fresh_ids[where]], axis=1)
    scores = np.concatenate([scores, fresh_scores], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(ids, order, 1), np.take_along_axis(scores, order, 1)
