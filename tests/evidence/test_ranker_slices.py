"""Slices hold the rows that they name, and a slice that is over-predicted shows."""

import numpy as np
import pandas as pd
import pytest

from course_lib.evidence.ranker_slices import predicted_over_happened, share_of_best_by_people, slices_of

RNG = np.random.default_rng(0)
ROWS = pd.DataFrame({"user_clicks": RNG.random(6000), "item_recent": RNG.random(6000),
                     "age_days": RNG.uniform(0, 20, 6000), "user": RNG.integers(0, 600, 6000)})


def test_thirds_and_two_days():
    held = slices_of(ROWS)
    assert all(0.3 < held[name].mean() < 0.36 for name in held if "clicks" in name)
    assert np.array_equal(held["items younger than two days"], ~held["older items"])
    assert ROWS["age_days"][held["items younger than two days"]].max() < 2


def test_a_model_that_is_twice_too_high_for_new_items_is_right_elsewhere():
    chance = np.full(6000, 0.2)
    new = ROWS["age_days"].to_numpy() < 2
    rows = ROWS.assign(click=(RNG.random(6000) < np.where(new, 0.1, 0.2)).astype(int))
    off = predicted_over_happened(chance, rows)
    assert off["items younger than two days"].low > 1.2
    assert off["older items"].low < 1 < off["older items"].high
    assert list(off)[0] == "all" and off["all"].value == pytest.approx(0.2 / rows["click"].mean())


def test_a_slice_without_a_click_is_left_out():
    rows = ROWS.assign(click=(ROWS["age_days"] >= 2).astype(int))
    assert "items younger than two days" not in predicted_over_happened(np.full(6000, 0.5), rows)


def test_each_third_is_held_against_its_own_best():
    earned, best = np.array([1.0, 2, 3, 1, 1, 4]), np.array([2.0, 4, 3, 3, 2, 4])
    clicks = np.array([0, 1, 5, 6, 20, 30.0])
    shares = share_of_best_by_people(earned, best, clicks)
    assert shares == pytest.approx({"few": 0.5, "some": 4 / 6, "many": 5 / 6})
    assert list(share_of_best_by_people(earned, best, np.zeros(6))) == ["many"]
