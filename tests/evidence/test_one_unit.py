"""What cannot be known has a wide interval or none: one unit, no event in either arm, draws without a value."""

import numpy as np
import pytest

from course_lib.contracts import DataError
from course_lib.evidence import differences, offline
from course_lib.evidence.auc_by_people import auc_by_people
from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.growth import growth_power
from course_lib.evidence.interference import error_removed
from course_lib.evidence.intervals import newcombe_interval
from course_lib.evidence.sequential import FIRST_LOOK, always_valid


def test_no_event_in_either_arm_bounds_the_difference():
    none = differences.difference(np.zeros(3000), np.zeros(3000))
    assert (none.low, none.high) == newcombe_interval((0, 3000), (0, 3000))
    assert -0.002 < none.low < 0 == none.value < none.high < 0.002
    one = differences.difference(np.zeros(3000), np.arange(3000) == 7)
    assert none.high < one.high < 0.003


def test_other_values_that_do_not_vary_still_say_nothing():
    flat = differences.difference(np.full(30, 0.4), np.full(30, 0.4))
    assert (flat.low, flat.high) == (-np.inf, np.inf)


def test_one_person_has_no_auc_over_people():
    label, score = np.array([0, 1, 0, 1]), np.array([0.1, 0.3, 0.4, 0.9])
    with pytest.raises(DataError, match="one of people"):
        auc_by_people(label, score, np.zeros(4, int))
    assert auc_by_people(label, score, np.array([0, 0, 1, 1])).value == 0.75


def test_one_call_says_nothing_about_growth():
    one = growth_power([1.0], [10.0], 10)
    assert one.value == pytest.approx(1) and (one.low, one.high) == (-np.inf, np.inf)
    assert growth_power([1.0, 1.1, 0.9], [10.0], 10).high == np.inf


def test_coverage_is_a_share_and_one_user_is_not_all_users():
    one = offline.coverage(np.array([[0, 1, 2]]), 10)
    assert (one.value, one.low, one.high) == (0.3, 0.0, 1.0)
    nearly = offline.coverage(np.arange(12).reshape(4, 3) % 11, 11)
    few = offline.coverage(np.array([[0], [0], [0], [1]]), 30)
    assert nearly.value == nearly.high == 1 and 0 <= few.low <= few.value


def test_one_split_says_nothing_about_what_clusters_remove():
    one = error_removed(np.array([0.1]), np.array([0.4]))
    assert one.value == pytest.approx(0.75) and (one.low, one.high) == (-np.inf, np.inf)


@pytest.mark.parametrize("rare", [2, 3, 8])
def test_a_ratio_whose_draws_can_have_no_event_below_has_no_end_that_is_no_number(rare):
    rows = np.column_stack([np.arange(1.0, 31.0), np.arange(30) < rare])

    def ratio(part):
        return part[:, 0].sum() / part[:, 1].sum() if part[:, 1].sum() else np.inf

    told = bootstrap(rows, ratio, n_boot=300)
    assert not np.isnan([told.low, told.high]).any() and told.low < told.value < told.high


def test_the_same_upside_down():
    rows = np.column_stack([np.arange(1.0, 31.0), np.arange(30) < 2])

    def ratio(part):
        return -part[:, 0].sum() / part[:, 1].sum() if part[:, 1].sum() else -np.inf

    told = bootstrap(rows, ratio, n_boot=300)
    assert told.low == -np.inf and told.value < told.high < 0


def test_fewer_units_than_the_first_look_say_nothing_at_every_look():
    assert always_valid(0.5, 0.01, 0.1, n=FIRST_LOOK - 1).low == -np.inf
    assert always_valid(0.5, 0.01, 0.1, n=FIRST_LOOK).excludes(0)
    assert always_valid(0.5, 0.01, 0.1).excludes(0)
