"""Readings of a log item by item: fractions that know what they divide by, and pairs of one slate."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.data import readings


def test_a_rate_is_yes_over_times_where_nothing_pulls():
    rate = readings.rate_of_items([0, 0, 1, 1], [1, 0, 1, 1], [1, 1, 0.5, 1.5], 2, strength=0)
    np.testing.assert_allclose(rate, [0.5, 1.0])


def test_what_was_never_shown_has_the_rate_of_all_and_much_data_is_hardly_pulled():
    item = np.repeat([0, 1], [10_000, 10])
    yes = np.concatenate([np.arange(10_000) % 2, np.ones(10)])
    rate = readings.rate_of_items(item, yes, np.ones(10_010), 3)
    assert rate[2] == pytest.approx(yes.mean()) and abs(rate[0] - 0.5) < 0.001 and rate[1] < 0.7


@pytest.mark.parametrize(("yes", "times", "error"), [([1.0], [0.0], DataError), ([-1.0], [1.0], ArgumentError),
                                                     ([np.nan], [1.0], ArgumentError)])
def test_what_makes_no_rate_is_refused(yes, times, error):
    with pytest.raises(error):
        readings.rate_of_items([0], yes, times, 1)


def slate(click, liking):
    return pd.DataFrame({"request_id": 1, "user": 7, "item": [0, 1, 2], "position": [1, 2, 3], "click": click,
                         "liking": liking})


def test_pairs_are_told_by_where_the_ignored_item_stood():
    user, more = readings.preferred(slate([0, 1, 0], [0.9, 0.5, 0.1]), above=True)
    assert user.tolist() == [7] and more.tolist() == [0.0]
    assert readings.preferred(slate([0, 1, 0], [0.9, 0.5, 0.1]), above=False)[1].tolist() == [1.0]


def test_the_share_never_seen_is_found_and_its_ends_hold_it():
    rng, look = np.random.default_rng(0), np.array([1.0, 0.5, 0.25])
    seen = rng.random((30_000, 3)) < look
    click = seen & (rng.random(seen.shape) < 0.2)
    shown = pd.DataFrame({"request_id": np.repeat(np.arange(30_000), 3), "position": np.tile([1, 2, 3], 30_000),
                          "click": click.ravel().astype(int)})
    value, low, high = readings.unseen_share(shown)
    assert low <= value <= high and value == pytest.approx((~seen)[~click].mean(), abs=0.02)
    assert readings.unseen_share(shown, lambda examination, rate: np.ones(3))[0] == 0.0, "the function passed is used"
