"""The pictures of rankers draw what they are given."""

import matplotlib
import numpy as np
import pytest

from course_lib.evidence.estimate import Estimate
from course_lib.teach.show import ranker_pictures as pictures

matplotlib.use("Agg")
ONE = Estimate(0.5, 0.4, 0.6, 9)


@pytest.fixture(autouse=True)
def closed():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def title(ax):
    return ax.get_title(loc="left") or ax.get_title()


def test_looks_are_scaled_to_the_first_log():
    ax = pictures.who_sorted({"one": np.array([0.4, 0.2]), "two": np.array([0.5, 0.1])}, np.array([1.0, 0.5]))
    assert ax.lines[2].get_ydata() == pytest.approx([0.4, 0.2])


def test_each_log_has_its_panel_and_the_share_of_pairs_stands_in_its_title():
    table = np.column_stack([np.arange(4.0), np.arange(4.0)[::-1], np.arange(4.0)])
    both = pictures.number_and_worth({"a": table, "b": table}, 1, "AUC")
    assert [title(ax) for ax in both] == ["a: 0% of pairs in order", "b: 0% of pairs in order"]
    assert "100%" in title(pictures.number_and_worth({"a": table}, 0, "AUC")[0])


def test_bars_have_room_for_their_intervals():
    ax = pictures.differences({"a": Estimate(-0.1, -0.2, 0.0, 9), "b": Estimate(0.3, 0.2, 0.4, 9)}, "?", "x")
    assert ax.get_xlim()[0] < -0.2 and ax.get_xlim()[1] > 0.4
    assert len(pictures.pairs_in_order({"AUC, random slots": ONE, "AUC": ONE}).patches) == 2


def test_a_point_for_each_slice_and_for_each_size():
    assert len([line for line in pictures.slices({"all": ONE, "new": ONE}).lines if line.get_marker() == "o"]) == 2
    trees, candidates = pictures.leverage({5: ONE, 20: ONE}, {10: ONE, 20: ONE, 40: ONE})
    assert list(trees.lines[0].get_xdata()) == [5, 20] and list(candidates.lines[0].get_xdata()) == [10, 20, 40]
    assert len(pictures.remedies([0.0, 1.0], {"fixed": [ONE, ONE], "weights": [ONE, ONE]}).collections) == 2


def test_a_log_that_the_claims_call_by_relevance_is_the_lessons_log_by_taste():
    ax = pictures.by_log({"logger by title length, position fixed": ONE, "logger by relevance, position fixed": ONE},
                         "?", "x")
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "logger by title length, position held at 1", "logger by taste, position held at 1"]


def test_titles_say_the_figures():
    slow = {100: np.array([3.0, 4.0]), 200: np.array([8.0, 25.0])}
    assert title(pictures.milliseconds(slow, 20, 200)) == "200 candidates fit 20 ms of this processor; tried up to 200"
    points = np.array([[0.9, 0.5], [0.8, 0.6]])
    ax = pictures.two_goals({"learnt": points, "true": points}, np.array([0, 1]), (0.85, 0.55), 0.5)
    assert title(ax) == "Weight 0.5: 85.0% of the clicks, 55.0% of the satisfied ones"


def test_reliability_has_a_curve_for_each_model():
    rng = np.random.default_rng(0)
    p = rng.random(400)
    ax = pictures.came_true({"one": p, "two": p**2}, (rng.random(400) < p).astype(int))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "two"]


def test_what_is_lost_and_what_is_found_more_have_their_names():
    lost = {share: {"session": np.arange(9.0), "history": np.ones(9)} for share in (0.0, 1.0)}
    ax = pictures.what_is_lost(lost, {0.0: np.arange(9), 1.0: np.arange(9)})
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["without session", "without history"]
    ax = pictures.against({"EASE": np.zeros(9), "the whole chain": np.ones(9)}, "EASE", "?")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["the whole chain"]
