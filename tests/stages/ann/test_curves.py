"""Curves of recall and cost: where they reach a target, and that a surface is what single searches say."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.stages.ann import build_index, clustered_vectors, comparisons, index_recall
from course_lib.stages.ann.curves import (
    Curve,
    beam_curve,
    code_surface,
    core_ms,
    cost_at,
    narrowest_beam,
    what_the_dials_buy,
)


@pytest.fixture(scope="module")
def made():
    everything = clustered_vectors(4_100, 16, clusters=60, seed=0)
    items, queries = everything[:4_000], everything[4_000:]
    return items, queries, build_index("flat", items).search(queries, 10)[0]


def test_a_target_between_two_settings_costs_in_proportion():
    assert cost_at([0.5, 0.9], [10, 30], 0.7) == pytest.approx(20)
    assert cost_at([0.5, 0.4, 0.9], [10, 20, 30], 0.7) == pytest.approx(25)
    assert cost_at([0.5, 0.9], [10, 30], 0.99) == 30 and cost_at([0.5, 0.9], [10, 30], 0.1) == 10
    with pytest.raises(ShapeError):
        cost_at([0.5], [1, 2], 0.7)
    with pytest.raises(ArgumentError):
        cost_at([], [], 0.7)


def test_the_first_setting_that_reaches_a_target_and_none_where_none_does():
    curve = Curve((10, 20, 40), np.array([[0.5, 0.7], [0.9, 0.9], [1.0, 0.9]]), np.array([[1, 1], [2, 2], [4, 4.0]]))
    assert curve.setting_at(0.8) == 20 and curve.setting_at(0.99) is None
    assert curve.cost_at(0.75) == pytest.approx(1.5)
    assert curve.cost_at(0.8, [1]) == pytest.approx(1.5)


def test_a_wider_beam_finds_more_and_compares_more(made):
    items, queries, exact = made
    curve = beam_curve(build_index("hnsw", items, M=8), queries, exact, (10, 80))
    assert curve.recall.shape == curve.cost.shape == (2, 100)
    assert (np.diff(curve.cost, axis=0) > 0).all() and np.diff(curve.recall.mean(axis=1)) > 0
    graph = build_index("hnsw", items, M=8)
    np.testing.assert_array_equal(curve.recall[1], index_recall(graph.search(queries, 10, ef_search=80)[0], exact))
    assert curve.cost[1].mean() == pytest.approx(comparisons(graph, queries, 10, ef_search=80))
    with pytest.raises(ArgumentError, match="belongs to a graph"):
        beam_curve(build_index("flat", items), queries, exact, (10,))


def test_a_surface_holds_what_single_searches_find(made):
    items, queries, exact = made
    surface = code_surface(items, queries, exact, (2, 8), 16, (1, 16))
    alone = build_index("ivf_pq", items, nlist=16, m=8, train_size=4_000).search(queries, 10, nprobe=16)[0]
    np.testing.assert_array_equal(surface[8][1], index_recall(alone, exact))
    assert surface[8][1].mean() > surface[2][1].mean() and surface[8][1].mean() > surface[8][0].mean()


def test_the_narrowest_beam_is_enough_and_the_one_before_is_not(made):
    items, queries, exact = made
    graph = build_index("hnsw", items, M=8)
    beam, recall = narrowest_beam(graph, queries, exact, (10, 15, 20, 40, 100), 0.97)
    curve = beam_curve(graph, queries, exact, (10, 15, 20, 40, 100))
    assert beam == curve.setting_at(0.97) and recall >= 0.97
    assert narrowest_beam(graph, queries, exact, (10,), 1.1)[0] == 10
    assert len(core_ms(graph, queries[:20], 10, ef_search=beam)) == 20


def test_more_links_take_more_bytes_and_a_narrower_beam(made):
    items, queries, exact = made
    table = what_the_dials_buy(items, queries, exact, ((4, 40), (16, 40)), (10, 20, 40, 80, 160))
    assert table["bytes a vector"].is_monotonic_increasing and table["beam needed"].is_monotonic_decreasing
    assert what_the_dials_buy(items, queries, exact, ((4, 40),), (10,), 1.1)["compared at recall 1.1"].isna().all()
