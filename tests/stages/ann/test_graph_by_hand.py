"""The graph by hand against faiss: the same walk over faiss's links, the same quality from its own."""

import faiss
import numpy as np
import pytest

from course_lib.contracts import ArgumentError, CourseError
from course_lib.stages.ann.graph_by_hand import HandmadeGraph, beam_search, spread_out
from course_lib.stages.ann.measure import clustered_vectors, index_recall

N, D, M = 1_200, 16, 6


@pytest.fixture(scope="module")
def vectors():
    return clustered_vectors(N + 60, D, clusters=40, seed=0)


@pytest.fixture(scope="module")
def theirs(vectors):
    index = faiss.IndexHNSWFlat(D, M)
    index.hnsw.efConstruction = 40
    faiss.omp_set_num_threads(1)
    index.add(vectors[:N])
    return index


@pytest.fixture(scope="module")
def ours(vectors):
    return HandmadeGraph(vectors[:N], M=M, ef_construction=40)


def links_of(index, floor):
    """The links of one floor of a faiss graph: int (N, L), -1 pads."""
    hnsw = index.hnsw
    all_links, start = faiss.vector_to_array(hnsw.neighbors), faiss.vector_to_array(hnsw.offsets).astype(int)
    ends = faiss.vector_to_array(hnsw.cum_nneighbor_per_level)
    table = np.full((index.ntotal, ends[floor + 1] - ends[floor]), -1)
    for node in np.flatnonzero(faiss.vector_to_array(hnsw.levels) > floor):
        table[node] = all_links[start[node] + ends[floor]:start[node] + ends[floor + 1]]
    return table


@pytest.mark.parametrize("ef", [10, 40])
def test_the_walk_finds_over_the_links_of_faiss_what_faiss_finds(vectors, theirs, ef):
    theirs.hnsw.efSearch = ef
    expected = theirs.search(vectors[N:], 10)[1]
    found = []
    for query in vectors[N:]:
        start = theirs.hnsw.entry_point
        for floor in range(theirs.hnsw.max_level, 0, -1):
            start = beam_search(query, vectors[:N], links_of(theirs, floor), start, 1)[0]
        found.append(beam_search(query, vectors[:N], links_of(theirs, 0), start, ef)[:10])
    np.testing.assert_array_equal(found, expected)


def test_a_graph_built_by_hand_finds_as_many_as_that_of_faiss(vectors, theirs, ours):
    exact = np.argsort(((vectors[N:, None] - vectors[:N]) ** 2).sum(axis=2), axis=1)[:, :10]
    theirs.hnsw.efSearch = 20
    by_faiss = index_recall(theirs.search(vectors[N:], 10)[1], exact).mean()
    by_hand = index_recall(ours.search(vectors[N:], 10, ef=20), exact).mean()
    assert by_hand > by_faiss - 0.03 and by_hand < 1


def test_a_beam_as_wide_as_the_table_finds_everything(vectors, ours):
    exact = np.argsort(((vectors[N] - vectors[:N]) ** 2).sum(axis=1))[:10]
    np.testing.assert_array_equal(ours.search(vectors[N:N + 1], 10, ef=N)[0], exact)


def test_one_in_m_stands_a_floor_higher_and_no_node_has_too_many_links(ours):
    share = [np.mean(ours.level >= floor) for floor in (1, 2)]
    assert abs(share[0] - 1 / M) < 0.04 and abs(share[1] - 1 / M**2) < 0.02
    assert [links.shape[1] for links in ours.floors][:2] == [2 * M, M]
    for floor, links in enumerate(ours.floors):
        assert (links[ours.level < floor] == -1).all()
        assert (ours.level[links[links >= 0]] >= floor).all()


def test_the_record_of_a_descent_is_that_of_the_search(vectors, ours):
    steps = ours.descend(vectors[N], ef=15)
    assert [floor for floor, _ in steps] == list(range(ours.level[ours.entry], -1, -1))
    np.testing.assert_array_equal(steps[-1][1].beam[:10], ours.search(vectors[N:N + 1], 10, ef=15)[0])
    for (_, above), (_, below) in zip(steps, steps[1:], strict=False):
        assert below.met[0] == above.beam[0]


def test_the_greedy_walk_stands_still_where_no_neighbour_is_nearer():
    line = np.arange(5.0)[:, None]
    chain = np.array([[1, -1], [0, 2], [1, 3], [2, 4], [3, -1]])
    assert beam_search(np.array([3.2]), line, chain, 0, 1).tolist() == [3]
    gap = np.array([[1, -1], [0, -1], [3, -1], [2, 4], [3, -1]])
    assert beam_search(np.array([3.2]), line, gap, 0, 1).tolist() == [1]


def test_links_point_in_all_directions():
    plane = np.array([[0.0, 0], [1, 0], [1.2, 0.1], [-2, 0]])
    assert spread_out(0, np.array([1, 2, 3]), plane, 2).tolist() == [1, 3]


def test_a_learners_walk_builds_and_searches_the_same_graph(vectors):
    given = {"M": 4, "ef_construction": 12}
    asked = []

    def counted(*args):
        asked.append(args[-1])
        return beam_search(*args)
    one = HandmadeGraph(vectors[:150], search=counted, **given)
    for links, again in zip(one.floors, HandmadeGraph(vectors[:150], **given).floors, strict=True):
        np.testing.assert_array_equal(links, again)
    assert {1, 12} <= set(asked)


def test_what_cannot_be_is_refused(vectors):
    with pytest.raises(ArgumentError):
        HandmadeGraph(vectors[:0])
    for entry, ef in ((N, 1), (-1, 1), (0, 0)):
        with pytest.raises(CourseError):
            beam_search(vectors[0], vectors[:N], np.full((N, 2), -1), entry, ef)
