"""Product quantisation by hand against faiss's, and the small functions around it against brute force."""

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.stages.ann import bytes_per_vector, pareto_front
from course_lib.stages.ann.filter import post_filter
from course_lib.stages.ann.quantise import adc_scores, exact_rerank, pq_decode, pq_encode, train_codebooks


@pytest.fixture(scope="module")
def books():
    vectors = np.random.default_rng(0).normal(size=(1_000, 12)).astype(np.float32)
    return vectors, train_codebooks(vectors, 3, words=32)


def test_codes_are_those_of_faiss(books):
    vectors, codebooks = books
    theirs = faiss.ProductQuantizer(12, 3, 5)
    faiss.copy_array_to_vector(codebooks.ravel(), theirs.centroids)
    packed = theirs.compute_codes(vectors)
    decoded = theirs.decode(packed)
    np.testing.assert_allclose(pq_decode(pq_encode(vectors, codebooks), codebooks), decoded, atol=1e-5)


def test_what_is_made_of_words_comes_back(books):
    _, codebooks = books
    codes = np.random.default_rng(1).integers(0, 32, (50, 3)).astype(np.uint8)
    np.testing.assert_array_equal(pq_encode(pq_decode(codes, codebooks), codebooks), codes)


def test_looking_up_equals_decoding(books):
    vectors, codebooks = books
    codes, query = pq_encode(vectors, codebooks), np.random.default_rng(2).normal(size=12)
    np.testing.assert_allclose(adc_scores(query, codes, codebooks), pq_decode(codes, codebooks) @ query, atol=1e-5)


def test_more_slices_lose_less(books):
    vectors, _ = books
    lost = []
    for m in (1, 3, 12):
        codebooks = train_codebooks(vectors, m, words=32)
        lost.append(((pq_decode(pq_encode(vectors, codebooks), codebooks) - vectors) ** 2).mean())
    assert lost[0] > lost[1] > lost[2]


def test_codebooks_that_cannot_be_are_refused(books):
    vectors, codebooks = books
    for m, words in ((5, 32), (3, 257), (3, 0)):
        with pytest.raises(ArgumentError, match="divide"):
            train_codebooks(vectors, m, words)
    with pytest.raises(ShapeError):
        adc_scores(vectors[0], np.zeros((4, 2), np.uint8), codebooks)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_the_front_holds_what_nothing_beats(points):
    recall, cost = np.array(points, float).T
    front = pareto_front(recall, cost)
    beaten = [any(r2 >= r and c2 <= c and (r2 > r or c2 < c) for r2, c2 in points) for r, c in points]
    assert front.tolist() == [not b for b in beaten] and front.any()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 8), st.integers(0, 10), st.integers(0, 10**6))
def test_rerank_and_filter_equal_the_plain_way(k, size, seed):
    rng = np.random.default_rng(seed)
    vectors, query = rng.normal(size=(20, 4)), rng.normal(size=4)
    shortlist = rng.permutation(20)[:size]
    got = exact_rerank(query, np.append(shortlist, [-1, -1]), vectors, k)
    best = sorted(shortlist.tolist(), key=lambda i: -(vectors[i] @ query))[:k]
    assert got.tolist() == best + [-1] * (k - len(best))
    allowed = rng.random(20) < 0.5
    kept = [i for i in shortlist.tolist() if allowed[i]][:k]
    assert post_filter(np.append(shortlist, -1)[None], allowed, k).tolist() == [kept + [-1] * (k - len(kept))]


def test_bytes_of_one_more_vector():
    assert bytes_per_vector("ivf_pq", 128, m=16) == 24
    assert bytes_per_vector("hnsw", 128, M=32) == pytest.approx(784.1, abs=0.1)
    assert bytes_per_vector("ivf_pq_refine", 128, m=16) == 24 + 512
    with pytest.raises(ArgumentError, match="lsh"):
        bytes_per_vector("lsh", 8)


def test_a_front_needs_pairs():
    with pytest.raises(ShapeError):
        pareto_front([1, 2], [1])
