"""Two indexes are compared at equal recall: each one's curve over its dial, and where it reaches what is asked."""

from __future__ import annotations

import time
from dataclasses import dataclass

import faiss
import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, as_numbers, check_shape
from course_lib.stages.ann.index import build_index
from course_lib.stages.ann.measure import index_recall, latencies_ms
from course_lib.stages.ann.size import bytes_per_vector


@dataclass(frozen=True)
class Curve:
    """What an index does at each setting of one dial, query by query.

    dial: (S,) settings, the cheapest first. recall, cost: float (S, B). cost is counted in vectors compared.
    """

    dial: tuple
    recall: np.ndarray
    cost: np.ndarray

    def setting_at(self, target: float):
        """The first setting whose mean recall reaches `target`; None where none does."""
        reached = np.flatnonzero(self.recall.mean(axis=1) >= target)
        return self.dial[reached[0]] if len(reached) else None

    def cost_at(self, target: float, picked=slice(None)) -> float:
        """Mean cost at which mean recall reaches `target`, in proportion between settings; picked: which queries."""
        return cost_at(self.recall[:, picked].mean(axis=1), self.cost[:, picked].mean(axis=1), target)


def cost_at(recall, cost, target: float) -> float:
    """The cost at which a curve reaches `target`, in proportion between its points; at its ends the end's cost.

    recall, cost: float (S,), the cheapest setting first; a setting that finds less than a cheaper one counts as that.
    cost_at([0.5, 0.9], [10, 30], 0.7) → 20.0. Raises ShapeError if the lengths differ, ArgumentError if there are none.
    """
    recall, cost = as_numbers("recall", recall), as_numbers("cost", cost)
    check_shape(recall=(recall, "S"), cost=(cost, "S"))
    if not len(recall):
        raise ArgumentError("the curve has no settings; expected at least one.")
    return float(np.interp(target, np.maximum.accumulate(recall), cost))


def beam_curve(graph, queries, exact, beams) -> Curve:
    """Recall and vectors compared of a graph (an Index of kind hnsw), float (B, d) queries, for each width of the beam.

    exact: int (B, k), the true neighbours. Raises ArgumentError for an index of another kind.
    """
    if graph.kind != "hnsw":
        raise ArgumentError(f"a beam belongs to a graph; got an index of kind {graph.kind}, expected hnsw.")
    each = [_one_by_one(graph, queries, exact.shape[1], beam) for beam in beams]
    return Curve(tuple(beams), np.array([index_recall(found, exact) for found, _ in each]),
                 np.array([compared for _, compared in each]))


def _one_by_one(graph, queries, k, beam):
    """What each search finds, int (B, k), and how many vectors it compares, float (B,)."""
    found, compared = np.empty((len(queries), k), np.int64), np.empty(len(queries))
    for row, query in enumerate(queries):
        faiss.cvar.hnsw_stats.reset()
        found[row] = graph.search(query[None], k, ef_search=beam)[0][0]
        compared[row] = faiss.cvar.hnsw_stats.ndis
    return found, compared


def code_surface(vectors, queries, exact, bytes_a_code, nlist: int, probes, train_size: int = 4_000) -> dict:
    """Recall of codes alone: {m: float (P, B)}, for each number of bytes a code and each number of cells probed."""
    surface = {}
    for m in bytes_a_code:
        coded = build_index("ivf_pq", vectors, nlist=nlist, m=m, train_size=max(train_size, 30 * nlist))
        found = [coded.search(queries, exact.shape[1], nprobe=probe)[0] for probe in probes]
        surface[m] = np.array([index_recall(ids, exact) for ids in found])
    return surface


def core_ms(index, queries, k: int = 100, **tuning) -> np.ndarray:
    """Milliseconds that each search uses of its core, float (B,): what else runs on the machine does not bend them."""
    return latencies_ms(lambda query: index.search(query, k, **tuning), queries, clock=time.thread_time)


def narrowest_beam(graph, queries, exact, beams, target: float = 0.95, **how):
    """The first of `beams`, rising, at which a graph finds `target` of the true neighbours, and what it finds there.

    exact: int (B, k). how: passed on to the search, such as allowed=. Returns (beam, mean recall): of the widest beam
    where none is enough.
    """
    for beam in beams:
        found = graph.search(queries, exact.shape[1], ef_search=beam, **how)[0]
        recall = index_recall(found, exact).mean()
        if recall >= target:
            break
    return beam, float(recall)


def what_the_dials_buy(vectors, queries, exact, dials, beams, target: float = 0.95) -> pd.DataFrame:
    """A row for each (M, ef_construction): bytes a vector, and what a search compares at equal recall.

    NaN where no beam reaches `target`.
    """
    rows = []
    for links, careful in dials:
        graph = build_index("hnsw", vectors, M=links, ef_construction=careful)
        curve = beam_curve(graph, queries, exact, beams)
        beam = curve.setting_at(target)
        rows.append({"M": links, "ef_construction": careful, "beam needed": np.nan if beam is None else beam,
                     f"compared at recall {target:g}": np.nan if beam is None else round(curve.cost_at(target)),
                     "bytes a vector": round(bytes_per_vector("hnsw", vectors.shape[1], M=links))})
    return pd.DataFrame(rows).set_index(["M", "ef_construction"])
