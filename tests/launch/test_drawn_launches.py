"""Launches that are drawn: their arms differ by what was planted, and what an action loses is arithmetic."""

import numpy as np
import pandas as pd
import pytest

from course_lib.launch import drawn_launches as drawn
from course_lib.launch.ramp import decide


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"requests": rng.poisson(5, 900), "clicks": rng.poisson(4, 900),
                         "dwell_s": rng.gamma(2, 30, 900)})


def test_the_treated_have_the_effect_and_a_broken_split_loses_light_users(people):
    control, treatment = drawn.drawn(people, np.random.default_rng(1), 0.3)
    assert treatment["dwell_s"].mean() / control["dwell_s"].mean() == pytest.approx(1.3, abs=0.04)
    assert treatment["requests"].mean() / control["requests"].mean() == pytest.approx(1.15, abs=0.03)
    assert len(drawn.drawn(people, np.random.default_rng(1), 0.0, broken=True)[1]) < drawn.AN_ARM


@pytest.mark.parametrize(("action", "effect", "lost"), [
    ("ramp", 0.1, 0), ("roll back", 0.1, 1 - 1 / 1.1), ("hold", 0.1, 0.05 / 1.1), ("ramp", -0.1, 0.1),
    ("hold", -0.1, 0.05), ("roll back", -0.1, 0), ("ramp", 0, 0)])
def test_what_an_action_loses(action, effect, lost):
    assert drawn.lost_by(action, effect) == pytest.approx(lost)


def test_a_large_gain_ramps_a_large_loss_rolls_back_and_a_broken_split_holds(people):
    rng = np.random.default_rng(2)
    assert drawn.said_of(people, rng, [0.3, -0.3], decide) == ["ramp", "roll back"]
    assert drawn.said_of(people, rng, [0.3], decide, broken=1.0) == ["hold"]


def test_nothing_is_lost_in_doubt_where_launches_do_nothing(people):
    lost = drawn.in_doubt(people, np.random.default_rng(3), 0.0, decide, n=3)
    assert [float(estimate) for estimate in lost.values()] == [0.0, 0.0]


def test_the_ratio_is_of_means_and_a_share_has_wilsons_interval():
    rows = np.tile([[0.5, 2.0, 1.0]], (30, 1))
    assert float(drawn.regret_ratio(rows)) == 0.5
    assert drawn.share_of(0, 20).low == 0 < drawn.share_of(0, 20).high
