"""Monitors: a calendar drops out, a library agrees; clickers against a loop and in the limits."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, DataError
from course_lib.launch.monitors import effective_clickers, net_change


def arms(seed=0, people=50):
    rng = np.random.default_rng(seed)
    return rng.poisson([3, 2], (people, 2)), rng.poisson([2, 1], (people // 2, 2))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 100), st.integers(0, 10**6))
def test_what_multiplies_both_arms_drops_out(factor, seed):
    treated, control = arms(seed)
    assert net_change(treated * [1, factor], control * [1, factor]) == pytest.approx(net_change(treated, control))


def test_it_is_the_interaction_of_a_poisson_regression():
    treated, control = arms()
    rows = pd.DataFrame({"y": np.r_[treated.ravel("F"), control.ravel("F")],
                         "now": np.r_[np.repeat([0, 1], 50), np.repeat([0, 1], 25)], "t": np.repeat([1, 0], [100, 50])})
    design = np.column_stack([np.ones(150), rows["now"], rows["t"], rows["now"] * rows["t"]])
    fit = sm.GLM(rows["y"], design, family=sm.families.Poisson()).fit()
    assert net_change(treated, control) == pytest.approx(np.expm1(fit.params.iloc[3]), abs=1e-6)


def test_no_effect_where_the_arms_are_drawn_alike():
    rng = np.random.default_rng(1)
    draws = [net_change(rng.poisson([3, 2], (400, 2)), rng.poisson([3, 2], (400, 2))) for _ in range(200)]
    assert abs(np.mean(draws)) < 3 * np.std(draws) / np.sqrt(200) + 0.002


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60), st.integers(0, 10**6))
def test_clickers_are_between_one_and_the_people_who_clicked(size, seed):
    rng = np.random.default_rng(seed)
    user, owner = rng.integers(0, 9, size), rng.integers(0, 4, size)
    got = effective_clickers(user, owner, 5)
    for creator in range(5):
        count = np.bincount(user[owner == creator])
        people = (count > 0).sum()
        assert got[creator] == pytest.approx(count.sum() ** 2 / (count**2).sum() if people else 0)
        assert (1 - 1e-9 <= got[creator] <= people + 1e-9) if people else got[creator] == 0


def test_equal_counts_are_as_many_people_as_there_are_and_one_bot_is_nearly_one():
    assert effective_clickers(np.repeat(np.arange(7), 3), np.zeros(21, int), 1)[0] == pytest.approx(7)
    assert effective_clickers(np.r_[np.zeros(10_000, int), 1, 2, 3], np.zeros(10_003, int), 1)[0] < 1.01


def test_bad_input_is_named():
    with pytest.raises(ArgumentError, match=r"expected \(U, 2\)"):
        net_change(np.ones((3, 3)), np.ones((3, 2)))
    with pytest.raises(DataError, match="longer stretches"):
        net_change(np.zeros((3, 2)), np.ones((3, 2)))
    with pytest.raises(ArgumentError, match="one owner a click"):
        effective_clickers([1, 2], [0, 3], 2)
