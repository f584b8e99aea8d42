"""A ranker's worth is what its ten best earn, over what the ten truly best would."""

import numpy as np
import pandas as pd
import pytest

from course_lib.evidence.panel import among_first, earned_by, over_people, panel_of, worth
from course_lib.world import feed
from course_lib.world.policies import Uniform

LOOKS = np.array([1.0, 0.5])
VALUE = np.array([[0.1, 0.9, 0.5, 0.0], [0.3, 0.2, 0.1, 0.8]])
PANEL = {"click": VALUE, "looks": LOOKS, "user": np.array([3, 4]), "rows": pd.DataFrame({"x": VALUE.ravel()})}


def test_the_best_two_are_looked_at_in_their_order():
    assert earned_by(VALUE, VALUE, LOOKS) == pytest.approx([0.9 + 0.25, 0.8 + 0.15])
    assert earned_by(-VALUE, VALUE, LOOKS) == pytest.approx([0.0 + 0.05, 0.1 + 0.1])
    assert earned_by(np.zeros((2, 4)), VALUE, LOOKS) == pytest.approx([0.1 + 0.45, 0.3 + 0.1])   # ties as they stand


def test_who_knows_all_is_worth_one_on_average_and_nobody_more():
    assert worth(lambda rows: rows["x"], PANEL).mean() == pytest.approx(1)
    assert worth(lambda rows: -rows["x"], PANEL).mean() < 0.3
    assert over_people(worth(lambda rows: rows["x"], PANEL), PANEL).n == 2


def test_of_fewer_candidates_no_more_can_be_earned():
    values = [among_first(lambda rows: rows["x"], PANEL, n).mean() for n in (2, 3, 4)]
    assert values == sorted(values) and values[-1] == pytest.approx(1)


def test_a_panel_is_always_the_same_and_its_seed_draws_other_candidates():
    def none(requests, candidates):
        return pd.DataFrame({"x": np.zeros(candidates.item.size)})

    world = feed(people=400, items=120, seed=1)
    first, again, other = (panel_of(none, world, Uniform(), seed) for seed in (0, 0, 7))
    assert np.array_equal(first["item"], again["item"]) and not np.array_equal(first["item"], other["item"])
    assert first["click"].shape == first["item"].shape == (len(first["user"]), 40)
    assert len(first["rows"]) == first["item"].size and "title_length" in first["rows"]
    assert all(len(set(row)) == 40 for row in first["item"][:20])
