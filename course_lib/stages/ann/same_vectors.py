"""Identical vectors in a graph: one of each kind is linked, and stands for all of its kind when it is found.

A graph links a vector to its nearest, and to a vector with a hundred twins the nearest are its twins: all of its links
go to them, and no walk enters or leaves the group. Cold items of one category are such twins. Here the twins are held
but not linked; whoever finds the first of a kind gets the others with it, for they score the same.
"""

from __future__ import annotations

import faiss
import numpy as np

from course_lib.contracts import repeated


def first_alike(vectors: np.ndarray) -> np.ndarray:
    """int64 (n,): for each of vectors, float32 (n, d), the place of the first that is equal to it in every number."""
    words = np.ascontiguousarray(vectors + np.float32(0), np.float32).view(np.uint32)  # + 0: so that −0 equals 0
    key = np.random.default_rng(0).integers(2**63, size=words.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    mixed = np.concatenate([(words[start:start + 65_536] * key).sum(axis=1) for start in range(0, len(words), 65_536)])
    _, first, kind = np.unique(mixed, return_index=True, return_inverse=True)
    first = first[kind]
    return np.where((words[first] == words).all(axis=1), first, np.arange(len(words)))  # equal keys may be chance


class Twins:
    """Which of n vectors are alike: made from `first_alike`."""

    def __init__(self, first: np.ndarray):
        self.linked, self.kind = np.unique(first, return_inverse=True)
        self.member = np.argsort(self.kind, kind="stable")                              # by kind, then by id

    def __bool__(self) -> bool:
        return len(self.linked) < len(self.kind)

    def standing_for(self, allowed: np.ndarray) -> np.ndarray:
        """bool (n,): vectors of whose kind at least one is allowed, bool (n,)."""
        some = np.zeros(len(self.linked), bool)
        some[self.kind[allowed]] = True
        return some[self.kind]

    def expand(self, ids: np.ndarray, scores: np.ndarray, k: int, allowed: np.ndarray | None = None):
        """The k best when each of ids, int (B, C), -1 pads, brings all of its kind that are allowed: ids and scores
        (B, k), those of one kind by id."""
        kind = np.where(ids >= 0, self.kind[ids], -1)
        member = self.member if allowed is None else self.member[allowed[self.member]]
        size = np.bincount(self.kind[member], minlength=len(self.linked))
        take = np.where((kind >= 0) & ~repeated(kind), size[kind], 0)
        before = np.cumsum(take, axis=1) - take
        take = np.clip(k - before, 0, take)
        place = np.repeat(np.arange(take.size), take.ravel())                           # of (B, C), a kind's each time
        nth = np.arange(len(place)) - np.repeat(np.cumsum(take) - take.ravel(), take.ravel())
        found, score = np.full((len(ids), k), -1, np.int64), np.full((len(ids), k), -np.inf, np.float32)
        to = place // ids.shape[1], before.ravel()[place] + nth
        found[to] = member[(np.cumsum(size) - size)[kind.ravel()[place]] + nth]
        score[to] = scores.ravel()[place]
        return found, score


def linked_once(index, small, vectors: np.ndarray, twins: Twins):
    """Fill an empty HNSW `index` with vectors, of which only the first of each kind is linked, as in the empty `small`.

    The others have a place in the arrays and no links, so that ids, bytes and files are those of any such index.
    """
    small.add(vectors[twins.linked])
    graph, held = index.hnsw, small.hnsw
    level = np.ones(len(vectors), np.int32)
    level[twins.linked] = faiss.vector_to_array(held.levels)
    faiss.copy_array_to_vector(level, graph.levels)
    graph.prepare_level_tab(len(vectors), True)
    start, start_here = (faiss.vector_to_array(hnsw.offsets).astype(np.int64) for hnsw in (held, graph))
    length = np.diff(start)
    to = np.repeat(start_here[twins.linked] - start[:-1], length) + np.arange(length.sum())
    links, links_here = (faiss.rev_swig_ptr(hnsw.neighbors.data(), hnsw.neighbors.size()) for hnsw in (held, graph))
    links_here[to] = np.where(links < 0, -1, twins.linked[links])
    graph.entry_point, graph.max_level = int(twins.linked[held.entry_point]), held.max_level
    faiss.downcast_index(index.storage).add(vectors)
    index.ntotal = len(vectors)
    return index
