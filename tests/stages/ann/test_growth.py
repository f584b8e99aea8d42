"""How the comparisons of a graph grow at equal recall: where that must be like a logarithm, and where it must not."""

import numpy as np
import pytest

from course_lib.stages import ann

SIZES, BEAMS = (300, 1_000, 3_000, 10_000), (10, 14, 20, 30, 45, 70, 110, 180, 300)


def exponent(width, target=0.95):
    """Slope of log comparisons over log n, the beam at each size as wide as recall@10 of 0.95 asks."""
    vectors = np.random.default_rng(0).random((SIZES[-1] + 100, width), dtype=np.float32)
    queries, cost = vectors[SIZES[-1]:], []
    for size in SIZES:
        graph = ann.build_index("hnsw", vectors[:size], metric="l2", M=8, ef_construction=60)
        exact = ann.build_index("flat", vectors[:size], metric="l2").search(queries, 10)[0]
        found = [graph.search(queries, 10, ef_search=beam)[0] for beam in BEAMS]
        recall = np.maximum.accumulate([ann.index_recall(ids, exact).mean() for ids in found])
        looked = [ann.comparisons(graph, queries, 10, ef_search=beam) for beam in BEAMS]
        assert recall[-1] > target
        cost.append(np.interp(target, recall, looked))
    return np.polyfit(np.log(SIZES), np.log(cost), 1)[0]


@pytest.mark.parametrize(("width", "low", "high"), [(4, 0.0, 0.2), (32, 0.3, 1.0)])
def test_a_graph_grows_like_a_logarithm_in_few_dimensions_and_faster_in_many(width, low, high):
    assert low < exponent(width) < high
