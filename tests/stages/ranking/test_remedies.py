"""The rivals differ in what is said of them, and weights reach the trees."""

import numpy as np
import pandas as pd
import pytest

from course_lib.stages.ranking.remedies import FIXED, WITHOUT, rivals_of, train, treated, without
from course_lib.stages.ranking.sorted_logs import BASE

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame(RNG.normal(size=(4000, len(BASE))), columns=list(BASE)).assign(
    position=np.tile(np.arange(1.0, 11), 400), request_id=np.repeat(np.arange(400), 10))
ROWS["click"] = (RNG.random(4000) < 1 / (1 + np.exp(1 + np.log(ROWS["position"]) - ROWS["item_rate"]))).astype(int)


def evenly(position, click):
    return np.ones(len(click))


def test_position_is_a_column_of_one_treatment_alone_and_is_held_at_the_top():
    made = treated(ROWS, BASE, evenly)
    assert [name for name, ranker in made.items() if "position" in ranker.columns] == [FIXED]
    moved = ROWS.assign(position=9.0)
    assert np.array_equal(made[FIXED].predict(ROWS), made[FIXED].predict(moved))
    assert made[FIXED].predict(ROWS).mean() > 1.3 * made["ignored"].predict(ROWS).mean()


def test_even_weights_change_nothing_and_others_do():
    made = treated(ROWS, BASE, evenly)
    assert made["weights"].predict(ROWS) == pytest.approx(made["ignored"].predict(ROWS))
    heavy = treated(ROWS, BASE, lambda position, click: np.where(click == 1, 5.0, 1.0))
    assert heavy["weights"].predict(ROWS).mean() > 1.5 * made["weights"].predict(ROWS).mean()


def test_rivals_are_three_treatments_of_each_draw_and_another_seed_draws_others():
    made, other = rivals_of(ROWS, evenly, settings=3), rivals_of(ROWS, evenly, settings=3, seed=9)
    assert list(made) == [(draw, name) for draw in range(3) for name in ("ignored", FIXED, "weights")]
    assert [ranker.columns for ranker in made.values()] != [ranker.columns for ranker in other.values()]


def test_what_is_left_out_is_left_out():
    made = without(ROWS, BASE)
    for name, gone in WITHOUT.items():
        assert set(made["full"].columns) - set(made[name].columns) == set(gone)
        assert "position" in made[name].columns


def test_trees_and_leaves_arrive():
    assert train(ROWS, BASE, trees=7, leaves=4).trees == 7
    assert train(ROWS, BASE, "lambdarank").objective == "lambdarank"
