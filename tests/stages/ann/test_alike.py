"""Groups of identical vectors: a graph that links them all loses them for some query, one of a kind linked does not."""

import numpy as np

from course_lib.stages.ann.alike import among_others, found_of_the_best, worst_and_mean
from course_lib.stages.ann.measure import clustered_vectors


def test_identical_vectors_are_found_where_one_of_a_kind_is_linked():
    everything = clustered_vectors(2_030, 24, clusters=50, seed=0)
    table, asked = among_others(everything[:2_000], everything[2_000:], 100, 0.0)
    assert table.shape == (5_000, 24) and asked.shape == (30, 24)
    assert len(np.unique(table, axis=0)) <= 2_030
    found = found_of_the_best(table, asked)
    assert found["course"].min() == 1 and found["faiss"].min() < 0.9


def test_groups_that_only_lie_near_one_another_keep_their_length_if_asked():
    everything = clustered_vectors(210, 24, clusters=5, seed=0)
    same, _ = among_others(everything[:200], everything[200:], 5, 0.3)
    free, _ = among_others(everything[:200], everything[200:], 5, 0.3, same_length=False)
    assert np.allclose(np.linalg.norm(same, axis=1), 1, atol=1e-4)
    assert np.ptp(np.linalg.norm(free, axis=1)) > 0.05


def test_the_worst_query_is_never_above_the_mean():
    everything = clustered_vectors(1_010, 16, clusters=20, seed=0)
    table = worst_and_mean(everything[:1_000], everything[1_000:], {"ten": (10, 110, 0.0, True)})
    assert (table["faiss, worst"] <= table["faiss, mean"]).all() and (table["course, worst"] == 1).all()
