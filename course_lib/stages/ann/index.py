"""An index of vectors: built by faiss, checked at the door, weighed, saved with a checksum.

Ids are the order in which vectors were added, from 0. Scores are higher-is-better for every metric. Searches run on
one thread, so that a latency is that of one request on one core.
"""

from __future__ import annotations

import faiss
import numpy as np

from course_lib.contracts import ArgumentError, ShapeError, as_count, as_ids, as_numbers, check_finite
from course_lib.data import stored
from course_lib.stages.ann.filter import pad, search_allowed
from course_lib.stages.ann.same_vectors import Twins, first_alike, linked_once
from course_lib.stages.ann.size import KINDS, METRICS, check_bounds, check_training, factory, resolve

FORMAT = 2
SAVED = ("kind", "d", "metric", "seed", "params", "slots")  # what stands beside faiss's own bytes


class Index:
    """A faiss index with its kind, metric and parameters. `build_index` makes one ready to search.

    kind: a key of ann_params.KINDS. d: width. n: how many vectors it is planned for (sets defaults such as nlist).
    metric: "ip" (dot product), "l2" (score = −squared distance) or "cosine" (vectors are scaled to length 1).
    """

    _twins: Twins | bool | None = None  # False: no two are identical; None: not looked at yet

    def __init__(self, kind, d, n, metric="ip", seed=0, **params):
        if metric not in METRICS:
            raise ArgumentError(f"metric is {metric!r}; expected one of {', '.join(METRICS)}.")
        self.kind, self.d, self.metric, self.seed = kind, int(d), metric, seed
        self.params = resolve(kind, n, d, params)
        self.slots = 0  # ids given out so far
        self._faiss = self._empty()

    def _empty(self):
        code = faiss.METRIC_L2 if self.metric == "l2" else faiss.METRIC_INNER_PRODUCT
        index = faiss.index_factory(self.d, factory(self.kind, self.params), code)
        if self.kind == "hnsw":
            index.hnsw.efConstruction = self.params["ef_construction"]
        return index

    @property
    def n(self) -> int:
        """Vectors held."""
        return self._faiss.ntotal

    def bytes(self) -> int:
        """Bytes of the index as written to disk and as loaded back. (One that grew in memory has slack besides.)"""
        writer = _Counter()
        faiss.write_index(self._faiss, faiss.PyCallbackIOWriter(writer, 1 << 24))
        return writer.total

    def train(self, vectors, threads=1) -> Index:
        """Fit cells and codebooks on at most train_size of the vectors, float (n, d), drawn by `seed`."""
        vectors = self._prepare(vectors, "vectors")
        if self._faiss.is_trained:
            return self
        size = min(len(vectors), self.params["train_size"])
        check_training(self.kind, size, self.params)
        sample = np.random.default_rng(self.seed).choice(len(vectors), size, replace=False)
        keep = self._plan_training()  # faiss holds only a pointer to it
        faiss.omp_set_num_threads(threads)
        self._faiss.train(vectors[np.sort(sample)])
        faiss.omp_set_num_threads(1)
        if keep:
            keep[0].pq = None
        return self

    def add(self, vectors, threads=1) -> Index:
        """Add float (n, d); they get the next ids. With more than one thread an HNSW graph is not the same twice.

        In a graph of which some vectors are identical, one of each kind is linked (see `twins`). Adding a twin to a
        graph that stands already builds it anew.
        """
        vectors = self._prepare(vectors, "vectors")
        if not self._faiss.is_trained:
            raise ArgumentError(f"{self.kind} is not trained: it has no cells to put vectors into. Call "
                                f".train(vectors) first, or build_index(...), which does both.")
        faiss.omp_set_num_threads(threads)
        held = np.concatenate([self.raw(), vectors]) if self.kind == "hnsw" and self.n else vectors
        twins = Twins(first_alike(held)) if self.kind == "hnsw" and len(vectors) else None
        if twins:
            self._faiss = linked_once(self._empty(), self._empty(), held, twins)
        elif len(vectors):
            self._faiss.add(vectors)
        self._twins = twins or False
        faiss.omp_set_num_threads(1)
        self.slots += len(vectors)
        return self

    def remove(self, ids) -> int:
        """Take vectors out for good; returns how many. Only the IVF kinds without refinement can.

        Raises ArgumentError for the others: a graph would lose the bridges that lead through the node, and a flat
        array would renumber. Mark such vectors as dead instead (LiveIndex) and rebuild now and then.
        """
        if not self.kind.endswith(("ivf_flat", "ivf_pq")):
            raise ArgumentError(f"{self.kind} cannot remove vectors. Use LiveIndex.delete, which marks them dead.")
        return int(self._faiss.remove_ids(np.unique(as_ids("ids", ids, self.slots))))

    def search(self, queries, k, allowed=None, how="auto", **tuning):
        """The k best ids for each query.

        queries: float (B, d). allowed: None, or bool (N,) or ids: only these may come back (see ann_filter for
        `how`). tuning: the kind's search parameters for this call: ef_search, nprobe, k_factor.
        Returns ids int64 (B, k), best first, -1 where fewer were found or allowed; scores float32 (B, k), -inf there.
        Raises ArgumentError if the index is empty, k is not 1 … n, or a value is NaN; ShapeError if d differs.
        """
        queries = self._prepare(queries, "queries")
        if not self.n:
            raise ArgumentError(f"{self.kind} holds no vectors yet: call .add(vectors) before .search.")
        if not 1 <= k <= self.n or k % 1:
            raise ArgumentError(f"k is {k}; expected 1 to {self.n}, the number of vectors in the index.")
        if allowed is None:
            return self.nearest(queries, int(k), **tuning)
        return search_allowed(self, queries, int(k), allowed, how, **tuning)

    def nearest(self, queries, k, allowed=None, **tuning):
        """`search` without checks of the queries; allowed: bool (N,), tested inside faiss."""
        twins = self._alike()
        settings = self._settings(k, twins.standing_for(allowed) if twins and allowed is not None else allowed, tuning)
        faiss.omp_set_num_threads(1)
        scores, ids = self._faiss.search(queries, k, params=settings)
        if self.metric == "l2":
            scores = -scores
        if twins:
            return twins.expand(ids, scores, k, allowed)
        return ids, np.where(ids >= 0, scores, -np.inf).astype(np.float32)

    def _alike(self) -> Twins | None:
        """Who is identical to whom in a graph; found out again after loading, from the vectors that it holds."""
        if self.kind == "hnsw" and self.n and self._twins is None:
            self._twins = Twins(first_alike(self.raw())) or False
        return self._twins or None

    def exhaustive(self, queries, k, survivors):
        """The k best of `survivors`, int (S,), by comparing with all of them: over raw vectors or all cells' codes."""
        raw = self.raw()
        if raw is None:
            mask = np.zeros(self.slots, bool)
            mask[survivors] = True
            return self.nearest(queries, k, allowed=mask, nprobe=self.params["nlist"])
        take = min(k, len(survivors))
        if not take:
            return np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf, np.float32)
        code = faiss.METRIC_L2 if self.metric == "l2" else faiss.METRIC_INNER_PRODUCT
        faiss.omp_set_num_threads(1)
        scores, where = faiss.knn(queries, raw[survivors], take, metric=code)
        return pad(survivors[where].astype(np.int64), -scores if self.metric == "l2" else scores, k)

    def raw(self):
        """The vectors as the index holds them, float32 (n, d), without a copy; None where it holds codes or cells."""
        holder = {"flat": lambda: self._faiss, "hnsw": lambda: self._faiss.storage}.get(self.kind)
        if holder is None and self.kind.endswith("refine"):
            holder = lambda: self._faiss.refine_index  # noqa: E731
        if holder is None:
            return None
        flat = faiss.downcast_index(holder())
        return faiss.rev_swig_ptr(flat.get_xb(), self.n * self.d).reshape(self.n, self.d)

    def without_refinement(self) -> Index:
        """The index of codes inside a "…_refine" one, sharing its memory: what is found before the exact re-rank."""
        if not self.kind.endswith("refine"):
            raise ArgumentError(f"{self.kind} has no refinement to leave out; build 'ivf_pq_refine' for one.")
        inner = Index.__new__(Index)
        vars(inner).update(vars(self))
        inner.kind = self.kind.removesuffix("_refine")
        inner.params = {name: value for name, value in self.params.items() if name != "k_factor"}
        inner._faiss, inner._owner = faiss.downcast_index(self._faiss.base_index), self
        return inner

    def save(self, path) -> None:
        """Write the index and its checksum to one file, whole or not at all."""
        about = {name: getattr(self, name) for name in SAVED}
        stored.save(path, "index", FORMAT, about, {"faiss": faiss.serialize_index(self._faiss).tobytes()})

    @classmethod
    def load(cls, path) -> Index:
        """Read what `save` wrote. Raises DataError if it is not there, CorruptError if it is damaged or no index."""
        index = cls.__new__(cls)
        with stored.opened(path, "index", FORMAT, "Delete it and rebuild the index.") as (about, parts):
            for name in SAVED:
                setattr(index, name, about[name])
            index._faiss = faiss.deserialize_index(np.frombuffer(parts["faiss"], np.uint8))
        return index

    def _prepare(self, array, name):
        """float32, contiguous, of the right width, finite; of length 1 for cosine."""
        array = floats(array, name)
        if array.ndim != 2 or array.shape[1] != self.d:
            raise ShapeError(f"{name} has shape {array.shape}; expected (B, {self.d}), the width of this index. One "
                             f"query alone is query[None, :].")
        check_finite(**{name: array})
        if self.metric == "cosine":
            array = array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-12)
        return array

    def _plan_training(self):
        """Seeds, and as few rounds and points as serve: faiss's own plan takes several times as long for no recall."""
        ivf = faiss.downcast_index(faiss.extract_index_ivf(self._faiss))
        plans = [(ivf.cp, 256)] + ([(ivf.pq.cp, 64)] if hasattr(ivf, "pq") else [])
        if hasattr(ivf, "pq"):
            ivf.do_polysemous_training = False  # reorders codes for Hamming distance, which is not used; takes 15 s
        for plan, most in plans:
            plan.seed, plan.niter = self.seed + 1, 10
            plan.min_points_per_centroid, plan.max_points_per_centroid = 1, most
        if self.kind.startswith("opq"):
            outer = self._faiss.base_index if self.kind.endswith("refine") else self._faiss
            rotation = faiss.downcast_VectorTransform(faiss.downcast_index(outer).chain.at(0))
            rotation.niter, rotation.niter_pq_0, rotation.niter_pq, rotation.max_train_points = 10, 10, 2, 16_384
            trial = faiss.ProductQuantizer(self.d, self.params["m"], 8)
            trial.cp.min_points_per_centroid, trial.cp.seed, rotation.pq = 1, self.seed + 1, trial
            return rotation, trial

    def _settings(self, k, allowed, tuning):
        """faiss search parameters for this call, nested as the index is."""
        takes = KINDS[self.kind][2]
        unknown = sorted(set(tuning) - set(takes))
        if unknown:
            raise ArgumentError(f"{self.kind} takes {', '.join(takes) or 'nothing'} at search; "
                                f"got {', '.join(unknown)}.")
        full = {name: as_count(f"{self.kind}: {name}", value, low=-(2**62))
                for name, value in {**self.params, **tuning}.items()}
        check_bounds(self.kind, max(self.slots, full.get("nlist", 1)), self.d, full)
        sel = {} if allowed is None else {"sel": faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))}
        if self.kind == "flat":
            return faiss.SearchParameters(**sel)
        if self.kind == "hnsw":
            return faiss.SearchParametersHNSW(efSearch=max(k, full["ef_search"]), **sel)
        settings = faiss.SearchParametersIVF(nprobe=full["nprobe"], **sel)
        if self.kind.startswith("opq"):
            settings = faiss.SearchParametersPreTransform(index_params=settings)
        if self.kind.endswith("refine"):
            settings = faiss.IndexRefineSearchParameters(k_factor=full["k_factor"], base_index_params=settings)
        return settings


def floats(array, name) -> np.ndarray:
    """float32, contiguous. Text is refused; what is too large becomes infinite, which is refused next."""
    if getattr(array, "dtype", None) != np.float32:
        array = as_numbers(name, array, missing=True, infinite=True)
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(array, np.float32)


class _Counter:
    """Counts what is written through it and keeps nothing, so weighing an index costs no memory."""

    def __init__(self):
        self.total = 0

    def __call__(self, chunk) -> None:
        self.total += len(chunk)


def build_index(kind, vectors, metric="ip", *, seed=0, threads=1, **params) -> Index:
    """Train on a sample, add everything, ready to search.

    kind: "flat", "hnsw", "ivf_flat", "ivf_pq", "opq_ivf_pq", "ivf_pq_refine", "opq_ivf_pq_refine". vectors: float
    (N, d). metric: "ip", "l2", "cosine". threads: for building alone. params: M, ef_construction, ef_search; nlist,
    nprobe, m, train_size, k_factor. Returns an Index: build_index("flat", v).search(v[:1], 1) finds id 0 if no
    vector is longer. Raises ArgumentError for parameters out of bounds, NaN, too few training vectors; ShapeError.

    Source: Malkov & Yashunin 2018, doi:10.1109/TPAMI.2018.2889473; Jégou et al. 2011, doi:10.1109/TPAMI.2010.57.
    """
    vectors = floats(vectors, "vectors")
    if vectors.ndim != 2 or not len(vectors):
        raise ShapeError(f"vectors has shape {vectors.shape}; expected (N, d) with N at least 1.")
    index = Index(kind, vectors.shape[1], len(vectors), metric, seed, **params)
    return index.train(vectors, threads).add(vectors, threads)
