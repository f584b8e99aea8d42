"""Predicted over observed clicks, slice by slice: over rows, and over people who have many."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.evidence.calibrated_where import predicted_over_observed


def test_predicted_over_observed_is_one_for_the_rate_itself_and_nan_without_a_click():
    click = np.tile([0.0, 1.0], 50)
    found = predicted_over_observed(np.full(100, 0.25), click, {"all": np.ones(100, bool), "none": click == 0})
    assert found["all"].value == pytest.approx(0.5) and np.isnan(found["none"].value)
    with pytest.raises(ShapeError):
        predicted_over_observed(np.full(3, 0.5), click, {})
    with pytest.raises(ArgumentError):
        predicted_over_observed(np.full(100, 1.5), click, {})


def test_where_all_rows_of_a_person_agree_people_are_what_the_interval_counts():
    person = np.repeat(np.arange(100), 40)
    click = (np.random.default_rng(0).random(100) < 0.5)[person].astype(float)
    everything = {"all": np.ones(4000, bool)}
    rows = predicted_over_observed(np.full(4000, 0.5), click, everything)["all"]
    people = predicted_over_observed(np.full(4000, 0.5), click, everything, groups=person)["all"]
    assert people.value == rows.value
    assert people.high - people.low > 4 * (rows.high - rows.low)


def test_a_slice_of_one_person_has_a_value_and_no_ends():
    slices = {"all": np.ones(4, bool), "one person": np.array([True, True, False, False])}
    said = predicted_over_observed(np.full(4, 0.5), np.array([1.0, 0, 1, 0]), slices, groups=np.array([7, 7, 8, 9]))
    assert said["one person"].value == 1 and said["one person"].low == -np.inf and said["one person"].high == np.inf
    assert np.isfinite(said["all"].low)
