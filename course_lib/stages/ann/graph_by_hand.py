"""HNSW by hand: floors of links, a greedy walk down to the ground, and a beam there. Short enough to read as a whole.

Every vector stands on the ground floor; one in M of them also on the first floor, one in M² on the second, and so on.
Few vectors stand on a high floor, so that its links are long; on the ground floor they are short. faiss's own graph
does the same in compiled code; tests walk over faiss's links with `beam_search` and find what faiss finds.

Source: Malkov and Yashunin 2018, doi:10.1109/TPAMI.2018.2889473, algorithms 1, 2, 4 and 5.
Departs: distances are squared Euclidean. For vectors of equal length their order is that of the dot product.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError, as_count, as_ids, as_numbers, check_shape


def beam_search(query, vectors, links, entry, ef) -> np.ndarray:
    """The nearest nodes that a walk over the links of one floor meets: int (at most ef,), nearest first.

    query: float (d,). vectors: float (N, d). links: int (N, L), the neighbours of each node, -1 pads. entry: the node
    to start from. ef: width of the beam, that is, how many of the nearest nodes met so far are kept.

    Step by step: take the nearest node of the beam whose links were not followed yet, compare the query with all
    of its neighbours, keep the ef nearest of all nodes met. It ends when the links of every node in the beam have been
    followed. With ef = 1 it is the greedy walk: it stands still where no neighbour is nearer.
    Raises ArgumentError for an entry or a width that cannot be, ShapeError.
    """
    query, vectors = as_numbers("query", query), as_numbers("vectors", vectors)
    check_shape(query=(query, "d"), vectors=(vectors, "Nd"))
    links = as_ids("links", links, len(vectors), padding=True)
    check_shape(vectors=(vectors, "Nd"), links=(links, "NL"))
    entry = int(as_ids("entry", [entry], len(vectors))[0])
    return walk(query, vectors, links, entry, as_count("ef", ef, 1)).beam


@dataclass(frozen=True)
class Walk:
    """What one walk on one floor did.

    beam: int (at most ef,), what it returns. followed: int (S,), the nodes whose links it followed, in this order.
    met: int (C,), all nodes that the query was compared with, in this order.
    """

    beam: np.ndarray
    followed: np.ndarray
    met: np.ndarray


def walk(query, vectors, links, entry, ef) -> Walk:
    """`beam_search` without checks, and with a record of what it did."""
    start = float(((vectors[entry] - query) ** 2).sum())
    waiting = [(start, entry)]  # nodes whose links were not followed yet, the nearest on top
    beam = [(-start, entry)]  # the ef nearest so far, the farthest on top
    met, followed = {entry: None}, []
    while waiting:
        distance, node = heapq.heappop(waiting)
        if len(beam) == ef and distance > -beam[0][0]:
            break  # the nearest that waits is farther than all in the beam
        followed.append(node)
        fresh = [int(other) for other in links[node] if other >= 0 and other not in met]
        met.update(dict.fromkeys(fresh))
        for other, far in zip(fresh, ((vectors[fresh] - query) ** 2).sum(axis=1).tolist(), strict=True):
            if len(beam) < ef or far < -beam[0][0]:
                heapq.heappush(waiting, (far, other))
                heapq.heappush(beam, (-far, other))
                if len(beam) > ef:
                    heapq.heappop(beam)
    order = sorted((-negative, node) for negative, node in beam)
    return Walk(np.array([node for _, node in order]), np.array(followed), np.array(list(met)))


def spread_out(node, candidates, vectors, most) -> np.ndarray:
    """Which candidates a node is linked to, nearest first, at most `most`: those nearer to it than to one another.

    node: int. candidates: int (C,). A candidate that lies nearer to a neighbour chosen before than to the node itself
    is left out, for the walk reaches it through that neighbour. So the links point in all directions.
    """
    far = ((vectors[candidates] - vectors[node]) ** 2).sum(axis=1)
    chosen: list[int] = []
    for place in np.argsort(far, kind="stable"):
        among = ((vectors[chosen] - vectors[candidates[place]]) ** 2).sum(axis=1)
        if (among > far[place]).all():
            chosen.append(int(candidates[place]))
        if len(chosen) == most:
            break
    return np.array(chosen, int)


class HandmadeGraph:
    """A hierarchical graph over vectors, float (N, d), built one vector after the other.

    M: links that a new vector gets on each floor; a node keeps at most 2M on the ground floor and M above.
    ef_construction: width of the beam while building. search: the walk on one floor, as `beam_search`; a learner's own
    function may stand here. Attributes: floors, one int (N, L) of links a floor, -1 pads; level int (N,), the highest
    floor of each node; entry, the node on the top floor where every search starts.
    """

    def __init__(self, vectors, M=8, ef_construction=40, seed=0, search=None):
        self.vectors, self.M = as_numbers("vectors", vectors), as_count("M", M, 2)
        check_shape(vectors=(self.vectors, "Nd"))
        if not len(self.vectors):
            raise ArgumentError("vectors is empty; expected at least one vector to start from.")
        self.ef_construction = as_count("ef_construction", ef_construction, 1)
        self.walk = search or (lambda *given: walk(*given).beam)
        chance = 1 - np.random.default_rng(seed).random(len(self.vectors))  # in (0, 1]
        self.level = np.floor(-np.log(chance) / np.log(self.M)).astype(int)
        widths = [2 * self.M] + [self.M] * int(self.level.max())
        self.floors = [np.full((len(self.vectors), width), -1) for width in widths]
        self.entry = 0
        for node in range(1, len(self.vectors)):
            self._insert(node)

    def _insert(self, node):
        """Search for the node's neighbours on each of its floors, from the top, and link both ways."""
        vector, top = self.vectors[node], self.level[self.entry]
        start = self.entry
        for floor in range(top, -1, -1):
            width = 1 if floor > self.level[node] else self.ef_construction
            near = np.asarray(self.walk(vector, self.vectors, self.floors[floor], start, width))
            start = int(near[0])
            if floor <= self.level[node]:
                self._link(node, near, self.floors[floor])
        if self.level[node] > top:
            self.entry = node

    def _link(self, node, near, links):
        """Link a node to the best spread of `near`; a neighbour with too many links keeps its own best spread."""
        chosen = spread_out(node, near, self.vectors, self.M)
        links[node, :len(chosen)] = chosen
        for other in chosen:
            held = np.append(links[other][links[other] >= 0], node)
            if len(held) > links.shape[1]:
                held = spread_out(other, held, self.vectors, links.shape[1])
            links[other] = -1
            links[other, :len(held)] = held

    def descend(self, query, ef) -> list[tuple[int, Walk]]:
        """(floor, its Walk) from the top floor to the ground: greedy above, with a beam of ef on the ground."""
        query, start, steps = as_numbers("query", query), self.entry, []
        for floor in range(self.level[self.entry], -1, -1):
            step = walk(query, self.vectors, self.floors[floor], start, 1 if floor else ef)
            start = int(step.beam[0])
            steps.append((floor, step))
        return steps

    def search(self, queries, k, ef) -> np.ndarray:
        """The k nearest that the graph finds for each query, float (B, d): int (B, k), nearest first, -1 pads."""
        found = np.full((len(queries), k), -1)
        for row, query in enumerate(as_numbers("queries", queries)):
            start = self.entry
            for floor in range(self.level[self.entry], 0, -1):
                start = int(self.walk(query, self.vectors, self.floors[floor], start, 1)[0])
            beam = self.walk(query, self.vectors, self.floors[0], start, max(k, ef))[:k]
            found[row, :len(beam)] = beam
        return found
