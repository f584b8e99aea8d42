"""Two code paths for the last day: equal late in the evening of a first day, apart at midnight."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DAY_S
from course_lib.data import two_paths
from course_lib.data.features import ranking_features

GROUP = np.array([0, 0, 1])


@pytest.fixture
def log():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"user": rng.integers(0, 3, 200), "item": rng.integers(0, 3, 200),
                         "time": np.sort(rng.uniform(0, 3 * DAY_S, 200)), "click": rng.integers(0, 2, 200)})


def at(log, time):
    return log.iloc[:3][["user", "item"]].assign(time=time)


def test_counts_since_midnight_are_counted_by_hand(log):
    rows = at(log, 1.6 * DAY_S)
    by_hand = [((log["user"] == row.user) & (GROUP[log["item"]] == GROUP[row.item]) & (log["time"] < row.time)
                & (log["time"] >= DAY_S) & (log["click"] == 1)).sum() for row in rows.itertuples()]
    assert two_paths.since_midnight(log, rows, GROUP).tolist() == by_hand
    table = ranking_features(log, rows, GROUP)
    assert two_paths.by_calendar_day(log, rows, GROUP, table)["affinity_clicks_recent"].tolist() == by_hand


def test_at_midnight_nothing_is_left_and_on_the_first_day_both_paths_agree(log):
    rows = at(log, 2.0 * DAY_S)
    table = ranking_features(log, rows, GROUP)
    served = two_paths.by_calendar_day(log, rows, GROUP, table)
    assert (served.filter(regex="(shown|clicks)_recent") == 0).all().all()
    assert served.filter(regex="^(?!.*recent)").equals(table.filter(regex="^(?!.*recent)"))
    rows = at(log, 0.9 * DAY_S)
    table = ranking_features(log, rows, GROUP)
    pd.testing.assert_frame_equal(two_paths.by_calendar_day(log, rows, GROUP, table), table)


def test_means_by_hour_stand_in_their_hours():
    rows = pd.DataFrame({"time": [0.0, 10.0, DAY_S + 3600]})
    table = two_paths.by_hour(rows, [1.0, 3.0, 5.0], [0.0, 0.0, 1.0])
    assert table.loc[0].tolist() == [2, 0] and table.loc[1].tolist() == [5, 1]
