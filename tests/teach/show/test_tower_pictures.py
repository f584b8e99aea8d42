"""Pictures of lesson 03 draw what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib.stages.ann.exact_width import exact_search_ms
from course_lib.teach.show import tower_pictures


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_low_temperature_pushes_few():
    few, many = (int(tower_pictures.who_gets_pushed(t).get_title(loc="left").split(": ")[1].split()[0])
                 if tower_pictures.who_gets_pushed(t).get_title(loc="left") else
                 int(tower_pictures.who_gets_pushed(t).get_title().split(": ")[1].split()[0]) for t in (0.05, 1.0))
    assert few < many


def test_panels_leave_out_people_without_a_value_and_ranks_and_widths_are_drawn():
    users = np.random.default_rng(0).random(40)
    gaps = np.where(users > 0.5, users, np.nan)
    assert len(tower_pictures.side_by_side({"a": {"x": gaps}, "b": {"x": users}}, "recall")) == 2
    ax = tower_pictures.by_rank({"films": {16: users / 2, 64: users}}, {"films": users})
    assert ax.lines[0].get_ydata()[1] == 0
    assert len(tower_pictures.widths({"films": {16: users, 64: users}}, {16: 1.0, 64: 2.0})) == 2
    assert len(tower_pictures.what_decides(half_lives=(4, 64), own=(0.4, 0.9), seeds=(1,))) == 2


def test_a_wider_search_takes_longer():
    ms = exact_search_ms((8, 256), n=20_000, queries=20)
    assert ms[256] > ms[8] > 0
