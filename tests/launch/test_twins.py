"""Twins: who is compared with whom."""

import numpy as np
import pandas as pd
import pytest
from toy_service import Rate, Service

from course_lib.launch import twins


def test_a_twin_leaves_the_world_as_it_was_and_a_share_of_nobody_changes_nothing():
    world = Service(seed=0)
    without, _ = twins.run_twin(world, Rate("old"), 2)
    again, _ = twins.run_twin(world, Rate("old"), 2)
    users = world.users().index
    own = twins.clicks_of(without, users)
    assert (own == twins.clicks_of(again, users)).all() and own.sum() > 0
    assert float(twins.change_for_control(world, Rate("old"), Rate("new", click=0.4), 0.0, 2, own)) == 0


def test_gains_are_of_each_group_against_itself():
    world = Service(seed=0)
    old, _ = twins.run_twin(world, Rate("old"), 3)
    new, _ = twins.run_twin(world, Rate("new", click=0.3), 3)
    users = world.users().index
    joined = pd.Series(np.where(np.arange(len(users)) % 4 == 0, 9, 0), index=users)
    gains, part = twins.gains_of_old_and_new(new, old, joined, 5)
    assert gains["joined since"].value == pytest.approx(0.5, abs=0.15)
    assert part.value == pytest.approx(1.0, abs=0.3)
