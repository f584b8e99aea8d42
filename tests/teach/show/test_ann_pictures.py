"""The pictures of an index say what was found and compared, and the numbers in them are right."""

import matplotlib
import numpy as np
import pytest

from course_lib.stages.ann.curves import Curve
from course_lib.stages.ann.design import PLANS, Brief
from course_lib.stages.ann.graph_by_hand import HandmadeGraph
from course_lib.teach.show import ann_pictures

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def test_cells_that_are_all_probed_miss_nothing_and_one_cell_misses_what_lies_beyond_its_border():
    points = np.random.default_rng(0).random((120, 2))
    centres = np.array([[0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]])
    axes = ann_pictures.cells(points, centres, np.array([0.49, 0.2]), wanted=10, probes=(1, 4))
    assert "10 of 10 found" in axes[1].get_title(loc="left") and "120 of 120" in axes[1].get_title(loc="left")
    assert "10 of 10 found" not in axes[0].get_title(loc="left")


def test_a_descent_has_two_upper_floors_the_ground_and_a_close_up():
    points = np.random.default_rng(0).random((200, 2))
    graph = HandmadeGraph(points, M=5, ef_construction=16, seed=0)
    axes = ann_pictures.descent(graph, np.array([0.7, 0.7]), ef=8, wanted=5)
    steps = graph.descend(np.array([0.7, 0.7]), 8)
    assert "ground floor: 200 nodes" in axes[2].get_title(loc="left")
    assert f"{len(steps[-1][1].met)} compared" in axes[2].get_title(loc="left")
    assert "of the 5 nearest" in axes[3].get_title(loc="left")


def test_a_surface_says_never_where_all_cells_are_not_enough():
    low, high = np.full((2, 5), 0.3), np.array([[0.5] * 5, [0.9] * 5])
    ax = ann_pictures.surface({16: {2: low, 8: high}}, (1, 4), 0.65, 4)
    texts = [text.get_text() for text in ax.texts]
    assert any(text.startswith("never") and "0.30" in text for text in texts)
    assert any(text.startswith("4\n") and "0.90" in text for text in texts)


def test_plans_name_every_index_and_what_breaks():
    ax = ann_pictures.plans(Brief(1e9, d=128, machines=1))
    assert {label.get_text() for label in ax.get_yticklabels()} == set(PLANS)
    assert any("breaks memory" in text.get_text() for text in ax.texts)


def test_growth_writes_the_recall_of_the_kept_beam_beside_each_point():
    curves = [Curve((10, 20), np.array([[0.9], [recall]]), np.array([[50.0], [80.0]])) for recall in (0.97, 0.96)]
    ax = ann_pictures.growth((1_000, 10_000), curves, beam=20, target=0.95)
    assert [text.get_text() for text in ax.texts] == ["recall 0.970", "recall 0.960"]


def test_coded_scores_count_what_is_kept():
    true = np.arange(50.0)
    axes = ann_pictures.coded_scores(true, {"same": true, "turned": -true}, k=10)
    assert "10 of 10 kept" in axes[0].get_title(loc="left") and "0 of 10 kept" in axes[1].get_title(loc="left")


def test_the_other_pictures_draw():
    rng = np.random.default_rng(0)
    table = rng.normal(size=(400, 8))
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    assert "100th" in ann_pictures.standing_out({"one": table, "two": table}).get_legend().get_title().get_text()
    lines = {"one": [(0.9, 0.8, 1.0), (0.5, 0.4, 0.6)]}
    assert ann_pictures.by_pass_rate((0.5, 0.1), lines, 0.95).xaxis_inverted()
    assert ann_pictures.losses({"2 bytes": rng.random((40, 2))}).get_xlabel().startswith("share")
