"""Late clicks: arrivals after the click, three ways to one number, shortcuts that misread only what came late."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DAY_S
from course_lib.data import late_clicks


@pytest.fixture
def clicks():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"user": rng.integers(0, 8, 300), "item": rng.integers(0, 20, 300),
                          "time": np.sort(rng.uniform(0, 4 * DAY_S, 300))})
    return table.assign(arrival=late_clicks.arrivals(table, 0.3))


@pytest.fixture
def asks():
    rng = np.random.default_rng(1)
    return pd.DataFrame({"user": rng.integers(0, 8, 80), "time": np.sort(rng.uniform(2 * DAY_S, 4 * DAY_S, 80))})


def test_every_click_arrives_after_it_happened_and_a_second_later_without_offline_days(clicks):
    assert (clicks["arrival"] > clicks["time"]).all()
    late = np.mean(clicks["arrival"] - clicks["time"] > 60)
    assert 0.1 < late < 0.5
    assert np.allclose(late_clicks.arrivals(clicks, 0.0), clicks["time"] + 1)


def test_stream_store_and_layers_serve_one_number_with_late_clicks(clicks, asks):
    with late_clicks.store_of(clicks, ttl_s=30 * DAY_S) as store:
        three = late_clicks.three_ways(clicks, asks, store)
    assert three.max() > 0.5 and np.ptp(three, axis=1).max() < 1e-9


def test_shortcuts_misread_nothing_while_all_is_online_and_more_the_more_is_late(clicks, asks):
    wrong = [late_clicks.misread(clicks, asks, late_clicks.arrivals(clicks, share)).mean(axis=0)
             for share in (0, 0.2, 0.8)]
    assert np.all(wrong[0] == 0)
    assert wrong[2][1] > wrong[1][1] > 0 and wrong[2][0] > 0


def test_a_wrong_layer_is_seen(clicks, asks):
    def twice(*args):
        return 2 * late_clicks.decayed_counts(*args)

    with late_clicks.store_of(clicks, ttl_s=30 * DAY_S) as store:
        assert np.ptp(late_clicks.three_ways(clicks, asks, store, twice), axis=1).max() > 0.1


def test_clicks_of_a_log_carry_their_own_times_in_order():
    log = pd.DataFrame({"user": [1, 1, 2], "item": [3, 4, 5], "click": [1, 0, 1], "time": [9.0, 9.0, 1.0],
                        "click_time": [12.0, np.nan, 4.0]})
    held = late_clicks.clicks_of(log)
    assert held["time"].tolist() == [4, 12] and held["item"].tolist() == [5, 3]
