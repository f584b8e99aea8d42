"""Pictures of experiments: a way of looking has one colour wherever it is drawn."""

import matplotlib
import numpy as np
import pytest

from course_lib.evidence.estimate import Estimate
from course_lib.teach.show import experiment_pictures as pictures

matplotlib.use("Agg")
ONE = Estimate(0.1, 0.05, 0.15, 9)


@pytest.fixture(autouse=True)
def closed():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def colors_of(ax):
    return {line.get_label(): line.get_color() for line in ax.lines if not line.get_label().startswith("_")}


def test_a_way_of_looking_has_the_same_colour_in_every_picture():
    rules = ["one look", "O'Brien-Fleming", "Pocock", "always valid"]
    rings = colors_of(pictures.looking([0.0, 1.0], {name: [ONE, ONE] for name in ("1.96 each day", *rules[1::2])}))
    power = colors_of(pictures.power_at_fourteen(rules, strengths=(1.0,))[0])
    edges = colors_of(pictures.bounds_of(rules, looks=4))
    assert power == edges and len(set(power.values())) == 4
    assert all(rings[name] == power[name] for name in rules[1::2])
    assert rings["1.96 each day"] not in power.values()


def test_the_truth_stands_beside_the_test_and_shelves_empty_to_the_right():
    found = {1000: (ONE, np.array([0.1, 0.2])), 4: (ONE, np.array([0.3, 0.4]))}
    ax = pictures.truth_and_test(found, "?", "pieces", "effect", scarcer=True)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["truth", "a test by users"]
    assert ax.get_xlim()[0] > ax.get_xlim()[1]
