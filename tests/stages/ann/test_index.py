"""Indexes against brute force, what they weigh, what they refuse, and how they are kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, Candidates, CorruptError, Requests, ShapeError
from course_lib.stages.ann import (
    KINDS,
    ANNRetriever,
    Index,
    build_index,
    clustered_vectors,
    comparisons,
    factory,
    index_recall,
    latencies_ms,
    predicted_bytes,
    resolve,
)
from course_lib.stages.ann.filter import choose

N, D = 3_000, 16
SMALL = {"M": 8, "nlist": 16, "m": 4, "train_size": 1_000}


def clustered(n, d=D, seed=0):
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(40, d))
    return (centres[rng.integers(40, size=n)] + 0.4 * rng.normal(size=(n, d))).astype(np.float32)


def small(kind):
    return {name: SMALL[name] for name in KINDS[kind][1] if name in SMALL}


@pytest.fixture(scope="module")
def built():
    vectors = clustered(N)
    return {kind: build_index(kind, vectors, **small(kind)) for kind in KINDS}


def by_hand(vectors, queries, k, metric="ip", allowed=None):
    if metric == "cosine":
        vectors, queries = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (vectors, queries))
    scores = queries @ vectors.T
    if metric == "l2":
        scores = -((queries[:, None] - vectors[None]) ** 2).sum(-1)
    if allowed is not None:
        scores[:, ~allowed] = -np.inf
    ids = np.argsort(-scores, axis=1)[:, :k]
    return ids, np.take_along_axis(scores, ids, 1)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(1, 9), st.integers(1, 5), st.sampled_from(["ip", "l2", "cosine"]),
       st.integers(0, 10**6))
def test_flat_search_is_brute_force(n, d, batch, metric, seed):
    rng = np.random.default_rng(seed)
    vectors, queries = rng.normal(size=(n, d)), rng.normal(size=(batch, d))
    k = int(rng.integers(1, n + 1))
    ids, scores = build_index("flat", vectors, metric).search(queries, k)
    _, expected = by_hand(vectors, queries, k, metric)
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-4)
    assert all(len(set(row)) == k for row in ids.tolist())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in ("hnsw", "ivf_flat") or "refine" in kind])
def test_searching_everything_finds_everything(built, kind):
    everything = {"ef_search": N, "nprobe": 16, "k_factor": N // 10}
    tuning = {name: everything[name] for name in KINDS[kind][2]}
    queries = clustered(20, seed=1)
    found, scores = built[kind].search(queries, 10, **tuning)
    exact, expected = by_hand(clustered(N), queries, 10)
    assert index_recall(found, exact).mean() > (0.95 if kind == "hnsw" else 0.995)  # some nodes no walk reaches
    assert (np.diff(scores, axis=1) <= 1e-5).all()


@pytest.mark.parametrize(("kind", "dial"),
                         [("hnsw", "ef_search"), ("ivf_flat", "nprobe"), ("ivf_pq_refine", "k_factor")])
def test_turning_a_dial_up_never_loses_recall(built, kind, dial):
    queries = clustered(40, seed=2)
    exact, _ = by_hand(clustered(N), queries, 10)
    recall = [index_recall(built[kind].search(queries, 10, **{dial: value})[0], exact).mean() for value in (1, 4, 16)]
    assert recall[0] <= recall[1] + 0.02 <= recall[2] + 0.04


def test_pq_error_stays_when_every_cell_is_probed(built):
    queries = clustered(40, seed=3)
    exact, _ = by_hand(clustered(N), queries, 10)
    codes, raw = (index_recall(built[kind].search(queries, 10, nprobe=16)[0], exact).mean()
                  for kind in ("ivf_pq", "ivf_flat"))
    assert raw > 0.995 and codes < 0.9


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["auto", "post", "inside", "brute"])
@pytest.mark.parametrize("passing", [0.5, 0.02])
def test_a_filter_lets_only_its_own_through(built, kind, how, passing):
    allowed = np.random.default_rng(4).random(N) < passing
    ids, scores = built[kind].search(clustered(10, seed=5), 10, allowed=allowed, how=how)
    assert allowed[ids[ids >= 0]].all()
    assert (np.isneginf(scores) == (ids < 0)).all()
    if how in ("auto", "brute"):
        assert (ids >= 0).all()


@pytest.mark.parametrize("kind", ["flat", "hnsw", "ivf_pq_refine"])
def test_brute_force_over_survivors_is_exact(built, kind):
    allowed = np.random.default_rng(6).random(N) < 0.05
    queries = clustered(10, seed=7)
    ids, scores = built[kind].search(queries, 5, allowed=allowed, how="brute")
    exact, expected = by_hand(clustered(N), queries, 5, allowed=allowed)
    assert (ids == exact).all()
    np.testing.assert_allclose(scores, expected, rtol=1e-4)


def test_mask_and_ids_say_the_same(built):
    allowed = np.random.default_rng(8).random(N) < 0.6
    queries = clustered(5, seed=9)
    one, two = (built["hnsw"].search(queries, 10, allowed=a)[0] for a in (allowed, np.flatnonzero(allowed)))
    assert (one == two).all()


def test_the_way_follows_the_survivors():
    assert [choose(10**6, s) for s in (100, 10**5, 99 * 10**4)] == ["brute", "inside", "post"]


def test_nothing_allowed_finds_nothing(built):
    for kind in KINDS:
        ids, scores = built[kind].search(clustered(2), 3, allowed=np.zeros(N, bool))
        assert (ids == -1).all() and np.isneginf(scores).all()


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_are_as_predicted(built, kind):
    assert built[kind].bytes() == pytest.approx(predicted_bytes(kind, N, D, **small(kind)), rel=0.05)


@pytest.mark.parametrize("links", [4, 16, 64])
def test_each_hnsw_link_costs_eight_bytes(links):
    vectors = clustered(2_000, 8)
    assert build_index("hnsw", vectors, M=links).bytes() == pytest.approx(
        predicted_bytes("hnsw", 2_000, 8, M=links), rel=0.05)
    more = predicted_bytes("hnsw", 10**6, 64, M=links + 0) - predicted_bytes("flat", 10**6, 64)
    assert more / 10**6 == pytest.approx(8 * links + 12 + 4, rel=0.1)


def test_the_32_fold_compression_is_of_codes_alone():
    n, d = 10**9, 128
    codes = predicted_bytes("ivf_pq", n, d, m=16, nlist=2**16)
    assert predicted_bytes("flat", n, d) / (16 * n) == 32
    assert predicted_bytes("flat", n, d) / codes == pytest.approx(21.3, rel=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_index_answers_as_before(built, kind, tmp_path):
    built[kind].save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index")
    queries = clustered(5, seed=10)
    for before, after in zip(built[kind].search(queries, 7), loaded.search(queries, 7), strict=True):
        np.testing.assert_array_equal(before, after)
    assert loaded.params == built[kind].params and loaded.bytes() == built[kind].bytes()


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:-9] + bytes([b[-9] ^ 1]) + b[-8:],
                                    lambda b: b"", lambda b: b"{}\n" + b, lambda b: b"[1]\n",
                                    lambda b: b.replace(b'"d": ', b'"d":1', 1)])
def test_a_damaged_file_is_refused(built, damage, tmp_path):
    built["flat"].save(tmp_path / "index")
    (tmp_path / "index").write_bytes(damage((tmp_path / "index").read_bytes()))
    with pytest.raises(CorruptError, match="[Rr]ebuild"):
        Index.load(tmp_path / "index")


def test_a_failed_save_leaves_the_old_file(built, tmp_path, monkeypatch):
    built["flat"].save(tmp_path / "index")
    before = (tmp_path / "index").read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(Exception, match="disk"):
        built["hnsw"].save(tmp_path / "index")
    assert (tmp_path / "index").read_bytes() == before


def test_same_seed_same_index():
    vectors = clustered(2_000)
    one, two = (build_index("ivf_pq", vectors, seed=3, nlist=16, m=4).search(vectors[:9], 5)[1] for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_without_refinement_only_the_codes_are_left(built):
    codes, queries = built["ivf_pq_refine"].without_refinement(), clustered(20, seed=11)
    inner = codes.search(queries, 100, nprobe=16)[0]
    refined = built["ivf_pq_refine"].search(queries, 10, nprobe=16, k_factor=10)[0]
    assert codes.kind == "ivf_pq" and codes.bytes() < built["ivf_pq_refine"].bytes() - 4 * N * D
    assert all(set(best) <= set(pool) for best, pool in zip(refined.tolist(), inner.tolist(), strict=True))
    with pytest.raises(ArgumentError, match="ivf_pq_refine"):
        codes.without_refinement()


def test_removed_vectors_are_gone_where_an_index_can(built):
    vectors = clustered(N)
    index = build_index("ivf_flat", vectors, **small("ivf_flat"))
    first = index.search(vectors[:50], 1)[0].ravel()
    assert index.remove(first) == len(set(first.tolist()))
    assert not np.isin(index.search(vectors[:50], 20, nprobe=16)[0], first).any()
    for kind in ("flat", "hnsw", "ivf_pq_refine"):
        with pytest.raises(ArgumentError, match="LiveIndex"):
            built[kind].remove([1])


@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda i: i.search(np.zeros((1, D + 1)), 1), ShapeError, f"expected \\(B, {D}\\)"),
    (lambda i: i.search(np.zeros(D), 1), ShapeError, "query\\[None"),
    (lambda i: i.search(np.full((1, D), np.nan), 1), ArgumentError, "NaN"),
    (lambda i: i.search(np.zeros((1, D)), N + 1), ArgumentError, f"1 to {N}"),
    (lambda i: i.search(np.zeros((1, D)), 0), ArgumentError, "k is 0"),
    (lambda i: i.search(np.zeros((1, D)), 1, nprobe=3), ArgumentError, "ef_search"),
    (lambda i: i.search(np.zeros((1, D)), 1, ef_search=0), ArgumentError, "ef_search is 0"),
    (lambda i: i.search(np.zeros((1, D)), 1, allowed=np.ones(3, bool)), ArgumentError, "mask"),
    (lambda i: i.search(np.zeros((1, D)), 1, allowed=[N]), ArgumentError, f"id {N}"),
    (lambda i: i.search(np.zeros((1, D)), 1, allowed=[1], how="hope"), ArgumentError, "hope"),
    (lambda i: Index("ivf_flat", D, 999).add(np.zeros((9, D))), ArgumentError, "not trained"),
    (lambda i: Index("ivf_flat", D, 999).search(np.zeros((1, D)), 1), ArgumentError, "no vectors"),
    (lambda i: build_index("ivf_flat", clustered(500), nlist=100), ArgumentError, "30 a cell"),
    (lambda i: build_index("ivf_pq", clustered(200), nlist=2), ArgumentError, "256"),
    (lambda i: build_index("ivf_pq", clustered(500), m=5), ArgumentError, "does not divide"),
    (lambda i: build_index("hnsw", clustered(500), M=500), ArgumentError, "4 to 64"),
    (lambda i: build_index("hnsw", clustered(500), nlist=5), ArgumentError, "takes M"),
    (lambda i: build_index("lsh", clustered(500)), ArgumentError, "lsh"),
    (lambda i: build_index("flat", np.empty((0, 4))), ShapeError, "at least 1"),
    (lambda i: build_index("flat", np.full((3, 4), np.inf)), ArgumentError, "infinite"),
    (lambda i: build_index("flat", clustered(5), "dot"), ArgumentError, "dot"),
    (lambda i: resolve("flat", 0, 4, {}), ArgumentError, "n = 0"),
    (lambda i: index_recall(np.zeros((2, 1)), np.zeros((3, 1))), ShapeError, "same queries"),
])
def test_what_makes_no_sense_is_refused_with_a_reason(built, call, error, says):
    with pytest.raises(error, match=says):
        call(built["hnsw"])


def test_factory_speaks_faiss():
    assert factory("opq_ivf_pq_refine", {"nlist": 1024, "m": 8}) == "OPQ8,IVF1024,PQ8,RFlat"


def test_index_recall_counts_hits_in_any_order():
    np.testing.assert_allclose(index_recall([[3, 2, 1], [9, 8, -1]], [[1, 2, 3], [1, 9, -1]]), [1.0, 0.5])


def test_latencies_are_one_a_query(built):
    spent = latencies_ms(lambda query: built["flat"].search(query, 3), clustered(7))
    assert spent.shape == (7,) and (spent > 0).all()


class Towers:
    """A model as a retriever sees it."""

    def __init__(self, items=400):
        self.items, self.users = clustered(items, 8, seed=1), clustered(50, 8, seed=2)

    def embed_items(self):
        return self.items

    def embed_users(self, users):
        return self.users[users]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 400), st.integers(1, 500), st.sampled_from(["flat", "hnsw"]), st.integers(0, 10**6))
def test_a_retriever_returns_the_best_of_what_is_eligible(count, n, kind, seed):
    rng = np.random.default_rng(seed)
    eligible = np.sort(rng.choice(420, count, replace=False))  # 20 items are newer than the index
    model = Towers()
    retriever = RETRIEVERS.setdefault(kind, ANNRetriever(model, kind=kind))
    requests = Requests.of(rng.integers(50, size=3), eligible=eligible)
    got = retriever.retrieve(requests, n)
    assert isinstance(got, Candidates) and got.item.shape == (3, n) == got.score.shape
    known = np.isin(np.arange(400), eligible)
    exact, best = by_hand(model.items, model.users[requests.user], min(n, known.sum()), allowed=known)
    assert ((got.item >= 0).sum(1) == exact.shape[1]).all()
    assert np.isin(got.item[got.item >= 0], eligible).all()
    assert retriever.missing(requests) == (eligible >= 400).sum()
    np.testing.assert_allclose(got.score[:, :exact.shape[1]], best, rtol=1e-3, atol=1e-3)


RETRIEVERS = {}


def test_a_model_that_knows_the_request_is_asked_for_it():
    model = Towers()
    model.embed_requests = lambda requests: model.items[requests.session_items[:, -1]]
    requests = Requests.of([1, 2], eligible=np.arange(400), session_items=[[7], [9]])
    got = ANNRetriever(model, kind="flat", metric="l2").retrieve(requests, 1)
    assert got.item.tolist() == [[7], [9]]


def test_no_requests_give_no_rows():
    got = ANNRetriever(Towers(), kind="flat").retrieve(Requests.of([], eligible=np.arange(9)), 4)
    assert got.item.shape == (0, 4)


def test_clustered_vectors_have_neighbours_and_unit_length():
    vectors = clustered_vectors(2_000, 16, clusters=20, seed=1)
    noise = np.random.default_rng(0).normal(size=vectors.shape)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    near, far = (np.sort(x[:50] @ x.T, axis=1)[:, -2].mean() for x in (vectors, noise))
    assert near > far + 0.1
    np.testing.assert_array_equal(vectors, clustered_vectors(2_000, 16, clusters=20, seed=1))
    with pytest.raises(ArgumentError, match="n = 0"):
        clustered_vectors(0)


def test_a_graph_compares_with_few_and_a_wider_beam_with_more(built):
    queries = clustered(20, seed=12)
    narrow, wide = (comparisons(built["hnsw"], queries, 10, ef_search=ef) for ef in (16, 256))
    assert 16 < narrow < wide < N == comparisons(built["flat"], queries, 10)
    with pytest.raises(ArgumentError, match="ivf_pq"):
        comparisons(built["ivf_pq"], queries, 10)
