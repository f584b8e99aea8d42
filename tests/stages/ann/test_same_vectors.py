"""Identical vectors: a graph finds them all, whichever one it meets first."""

import numpy as np
import pytest

from course_lib.stages.ann import Index, build_index
from course_lib.stages.ann.same_vectors import Twins, first_alike


def cold_and_warm(cold=1500, kinds=3, warm=2000, d=24, seed=0):
    """Vectors in no order, of which `cold` are copies of a few; and which kind each is of, -1 for the others."""
    rng = np.random.default_rng(seed)
    kind = np.concatenate([np.full(warm, -1), np.repeat(np.arange(kinds), cold // kinds)])
    copies = np.repeat(rng.normal(size=(kinds, d)), cold // kinds, axis=0)
    vectors = np.concatenate([rng.normal(size=(warm, d)), copies])
    order = rng.permutation(len(kind))
    return vectors[order].astype(np.float32), kind[order]


@pytest.mark.parametrize("metric", ["ip", "l2", "cosine"])
def test_whoever_looks_for_one_of_a_kind_finds_all_of_it(metric):
    vectors, kind = cold_and_warm()
    index = build_index("hnsw", vectors, metric)
    for which in range(3):
        group = np.flatnonzero(kind == which)
        ids, scores = index.search(3 * vectors[group[:1]] if metric == "ip" else vectors[group[:1]], len(group))
        assert set(ids[0]) == set(group) and ids[0].tolist() == group.tolist()  # ties by id
        assert np.ptp(scores[0]) == 0


def test_a_graph_with_twins_is_as_good_as_one_without():
    vectors, _ = cold_and_warm(seed=1)
    queries = vectors[:200] + 0.3 * np.random.default_rng(2).normal(size=(200, 24)).astype(np.float32)
    exact = build_index("flat", vectors).search(queries, 50)[1]
    ids, scores = build_index("hnsw", vectors).search(queries, 50)
    reached = (scores >= exact[:, -1:] - 1e-4).mean(1)  # of those that tie at the end any will do
    assert reached.mean() > 0.97 and reached.min() > 0.8
    assert all(len(set(row)) == 50 for row in ids.tolist())
    true = np.einsum("bd,bkd->bk", queries, vectors[ids])
    assert np.allclose(true, scores, rtol=1e-4, atol=1e-4)


def test_a_filter_holds_among_twins():
    vectors, kind = cold_and_warm(seed=3)
    group = np.flatnonzero(kind == 0)
    allowed = np.ones(len(kind), bool)
    allowed[group[:-5]] = False
    index = build_index("hnsw", vectors)
    for how in ("auto", "inside", "brute"):             # "post" fetches first, and may fetch what is not allowed
        ids, _ = index.search(3 * vectors[group[:1]], 8, allowed=allowed, how=how)
        assert allowed[ids].all() and set(group[-5:]) <= set(ids[0].tolist()), how


def test_files_ids_and_later_additions_are_those_of_any_index(tmp_path):
    vectors, _ = cold_and_warm(seed=4)
    index = build_index("hnsw", vectors)
    index.save(tmp_path / "index")
    loaded, grown = Index.load(tmp_path / "index"), build_index("hnsw", vectors[:1000]).add(vectors[1000:])
    plain = build_index("hnsw", np.random.default_rng(0).normal(size=vectors.shape).astype(np.float32))
    assert index.n == index.slots == grown.n == len(vectors)
    assert index.bytes() == pytest.approx(plain.bytes(), rel=0.02)
    assert np.array_equal(index.raw(), vectors)
    for other in (loaded, grown):
        assert np.array_equal(index.search(vectors[:50], 20)[1], other.search(vectors[:50], 20)[1])


def test_a_catalogue_of_one_vector_many_times_is_found_whole():
    index = build_index("hnsw", np.ones((300, 8), np.float32))
    assert index.search(np.ones((2, 8)), 300)[0].tolist() == [list(range(300))] * 2
    assert build_index("hnsw", np.zeros((5, 3), np.float32)).search(np.ones((1, 3)), 5)[0].tolist() == [[0, 1, 2, 3, 4]]


def test_the_first_alike_is_found_as_by_a_loop():
    rng = np.random.default_rng(0)
    vectors = rng.integers(0, 2, (200, 4)).astype(np.float32) * np.float32([1, -1, 0.5, 0])
    expected = [next(j for j in range(len(vectors)) if (vectors[j] == vectors[i]).all()) for i in range(len(vectors))]
    assert first_alike(vectors).tolist() == expected                                    # −0 equals 0
    assert not Twins(first_alike(rng.normal(size=(100, 3)).astype(np.float32)))


def test_without_twins_nothing_changes():
    vectors = np.random.default_rng(5).normal(size=(800, 16)).astype(np.float32)
    index, bare = build_index("hnsw", vectors), Index("hnsw", 16, 800)
    bare._faiss.add(vectors)
    ids, scores = bare._faiss.search(vectors[:30], 10, params=bare._settings(10, None, {}))[::-1]
    found = index.search(vectors[:30], 10)
    assert np.array_equal(found[0], ids) and np.array_equal(found[1], scores)
