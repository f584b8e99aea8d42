"""A/A tests of one log: alarms are as promised for independent people, and above that where something is wrong."""

import numpy as np
import pytest

from course_lib.contracts import DataError, ShapeError
from course_lib.evidence import aa_tests
from course_lib.evidence.differences import difference, ratio_delta


@pytest.fixture(scope="module")
def splits():
    return np.random.default_rng(0).random((2000, 1000)) < 0.5


def test_splits_are_halves_that_another_salt_draws_anew_and_the_same_salt_again():
    drawn = aa_tests.split_many(np.arange(5000), 3, seed=1)
    assert drawn.shape == (3, 5000) and abs(drawn.mean() - 0.5) < 0.02
    assert np.array_equal(drawn, aa_tests.split_many(np.arange(5000), 3, seed=1))
    assert abs(np.corrcoef(drawn[0], drawn[1])[0, 1]) < 0.05
    together = aa_tests.split_many(np.repeat(np.arange(50), 4), 1)
    assert (together.reshape(50, 4).all(1) | ~together.reshape(50, 4).any(1)).all()


def test_a_difference_is_that_of_each_test_on_its_own(splits):
    y = np.random.default_rng(1).normal(3, 2, (1000, 2))
    value, error = aa_tests.differences(splits[:4], y)
    alone = difference(y[~splits[2], 1], y[splits[2], 1])
    assert value[2, 1] == pytest.approx(alone.value)
    assert alone.width / 2 == pytest.approx(1.96 * error[2, 1], rel=0.01)
    with pytest.raises(ShapeError):
        aa_tests.differences(splits, y[:10])


def test_alarms_are_as_promised_for_independent_people_and_above_it_for_alike_impressions(splits):
    rng = np.random.default_rng(7)
    value, error = aa_tests.differences(splits, rng.normal(size=(1000, 1)))
    assert aa_tests.alarms(value / error).value == pytest.approx(0.05, abs=0.02)
    once = aa_tests.by_impressions(splits, rng.binomial(1, 0.2, 1000).astype(float), np.ones(1000))
    click, shown = 50.0 * rng.binomial(1, 0.2, 1000), np.full(1000, 50.0)
    alike = aa_tests.by_impressions(splits, click, shown)
    assert aa_tests.alarms(once).value == pytest.approx(0.05, abs=0.02) and aa_tests.alarms(alike).value > 0.5
    assert aa_tests.alarms(aa_tests.by_users(splits, click, shown, ratio_delta)).value == pytest.approx(0.05, abs=0.02)


def test_whole_clusters_ring_by_people_and_not_by_clusters_and_few_need_students_edge():
    cluster = np.repeat(np.arange(120), 10)
    rng = np.random.default_rng(2)
    y = rng.normal(size=120)[cluster] + rng.normal(size=1200)
    found = aa_tests.by_clusters(y, cluster, 500)
    assert found["clusters split, counted by people"].low > 0.2
    assert found["clusters split, by clusters"].value == pytest.approx(0.05, abs=0.03)
    few = aa_tests.few_clusters(y, cluster, [4, 60])
    assert few["1.96"][4].low > 0.15 and few["t with G − 2"][4].high < 0.08
    assert few["1.96"][60].value == pytest.approx(0.05, abs=0.02)


def test_what_cuped_promised_is_kept_where_weeks_are_alike_and_not_where_the_test_is_another_world():
    rng = np.random.default_rng(8)
    weeks = rng.normal(size=(20_000, 1)) + 0.5 * rng.normal(size=(20_000, 3))
    promised, kept = aa_tests.promised_and_kept(weeks)
    assert kept / promised == pytest.approx(1, abs=0.05)
    assert aa_tests.cuped_kept(weeks[:500]).low < 1 < aa_tests.cuped_kept(weeks[:500]).high
    weeks[:, 2] = rng.normal(size=20_000)
    promised, kept = aa_tests.promised_and_kept(weeks)
    assert kept / promised > 2


def test_a_cap_comes_from_the_first_week_alone():
    rows = np.column_stack([np.arange(100.0), np.full(100, 1e6)])
    assert aa_tests.capped(rows, 0.9)[:, 0].max() == pytest.approx(89.1) and aa_tests.capped(rows, 0.9)[0, 1] < 90


def test_looks_alarm_as_textbooks_say_for_new_users_and_as_one_look_where_every_day_is_the_same(splits):
    rng = np.random.default_rng(9)
    new, same = rng.normal(size=(1000, 14)), np.tile(rng.normal(size=(1000, 1)), 14)
    for daily, low, high in ((new, 0.18, 0.27), (same, 0.03, 0.07)):
        assert low < aa_tests.usual_alarms(*aa_tests.looks(splits, daily)).value < high
    mixed = aa_tests.with_newcomers(same, 0.0)
    assert 0.18 < aa_tests.usual_alarms(*aa_tests.looks(splits, mixed)).value < 0.27
    assert np.array_equal(aa_tests.with_newcomers(same, 1.0), same)


def test_the_always_valid_test_keeps_its_level_has_its_price_and_the_usual_one_does_not(splits):
    value, error = aa_tests.looks(splits, np.random.default_rng(10).normal(size=(1000, 14)))
    assert aa_tests.valid_alarms(value, error).high < 0.05 < aa_tests.usual_alarms(value, error).low
    price = aa_tests.users_needed(value, error)
    assert 1 < price.low <= price.high < 2.5


def test_no_test_has_no_share():
    with pytest.raises(DataError):
        aa_tests.share_of(0, 0)
    assert aa_tests.share_of(0, 100).high > 0.02
