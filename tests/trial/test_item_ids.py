"""Item ids of two files meet although one wrote them at length; two different ids never become one."""

import numpy as np
import pandas as pd
import pytest

from course_lib.trial.item_ids import alike


@pytest.mark.parametrize(("taken", "listed"), [
    (["1", "2", "10"], ["001", "002", "010"]), (["001", "002", "010"], ["1", "2", "10"]),
    ([1, 2, 10], ["001", "002", "010"]), (["1.0", "2.0", "10.0"], ["1", "2", "10"]),
    ([1.0, 2.0, 10.0, np.nan], ["1", "2", "10"]), (["1", "2", "10"], [1, 2, 10])])
def test_ids_meet_and_it_is_said(taken, listed):
    notes = []
    one, other = alike(pd.Series(taken), pd.Series(listed), notes)
    assert set(one.dropna()) == set(other.dropna()) == {"1", "2", "10"} and notes
    assert one.isna().sum() == pd.Series(taken).isna().sum()


@pytest.mark.parametrize(("taken", "listed"), [
    (["1", "01", "2"], ["1", "02"]), (["a1", "b"], ["a01", "b"]), (["007", "1"], ["007", "1"])])
def test_ids_stay_as_they_are_where_two_would_become_one_or_nothing_is_gained(taken, listed):
    notes = []
    one, other = alike(pd.Series(taken), pd.Series(listed), notes)
    assert one.tolist() == taken and other.tolist() == listed and notes == []
