"""The pictures of the re-ranker draw what they are given."""

import matplotlib
import numpy as np
import pytest

from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.slate_fronts import DIVERSITY, NDCG
from course_lib.teach.show import reranker_pictures as pictures

matplotlib.use("Agg")
ROWS = np.random.default_rng(0).random((30, 12))


@pytest.fixture(autouse=True)
def closed():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def test_a_front_stands_at_its_means_and_each_weight_is_named():
    ax = pictures.price_curve((1.0, 0.7, 0.3), ROWS)
    assert np.allclose(ax.lines[0].get_ydata(), ROWS[:, ::4].mean(axis=0))
    assert [text.get_text() for text in ax.texts] == ["λ = 1", "λ = 0.7", "λ = 0.3"]
    both = pictures.fronts({"MMR": ROWS, "DPP": ROWS + 1}, DIVERSITY, NDCG, "?")
    assert [text.get_text() for text in both.get_legend().get_texts()] == ["MMR", "DPP"]


def test_a_slate_names_its_films_from_the_top():
    ax = pictures.one_slate(["First", "Second"], np.eye(2), ["a", "b"], "λ")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["First  1", "Second  2"]


def test_reach_has_both_counts_and_a_dial_its_line():
    ten = bootstrap(np.arange(5.0))
    axes = pictures.reach({"MMR": [(0.0, 1.0, ten)], "counting": [(0.0, 1.0, ten), (0.05, 1.5, ten)]})
    titles = [ax.get_title(loc="left") or ax.get_title() for ax in axes]
    assert titles == ["shown to anybody", "shown to ten people or more"]
    ax = pictures.dial([0, 1], {"MMR": [ten, ten]}, "?", "a", "b", line=0.05, by_chance=[0, 1])
    assert any(np.allclose(drawn.get_ydata(), 0.05) for drawn in ax.lines)
    assert "lot" in ax.get_legend().get_texts()[-1].get_text()
    assert [text.get_text() for text in ax.texts] == ["the claim's edge"]


def test_counted_shares_stand_beside_the_told_ones():
    ax = pictures.chances(np.array([0.7, 0.3]), np.array([0.71, 0.29]), 1000)
    assert any(np.allclose(line.get_ydata(), [0.71, 0.29]) for line in ax.lines)
