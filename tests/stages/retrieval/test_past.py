"""The past by user: looked up as by a filter on the table, grown by events that each count once."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.stages.retrieval.past import Past

U, N = 9, 12


@pytest.fixture
def events():
    rng = np.random.default_rng(0)
    return pd.DataFrame({"user": rng.integers(0, U - 1, 40), "item": rng.integers(0, N, 40),
                         "time": rng.permutation(40) * 1.0, "value": rng.integers(1, 6, 40).astype(float)})


def test_a_history_is_the_users_rows_by_time(events):
    past, users = Past(events, N), np.array([4, U - 1, 10**9, 0, 4])                   # the last user has none
    found = past.histories(users)
    for place, user in enumerate(users):
        own = events[events["user"] == user].sort_values("time")
        mine = found[found["user"] == place]
        for name in ("item", "time", "value"):
            assert mine[name].tolist() == own[name].tolist()
    assert past.has(users).tolist() == [True, False, False, True, True]


def test_a_session_stands_behind_the_rest_at_the_last_moment(events):
    past = Past(events, N)
    found = past.histories(np.array([2, 77]), np.array([[-1, 5, N + 3], [1, 2, -1]]))
    plain = past.histories(np.array([2, 77]))
    more = found.iloc[len(plain):]
    assert found.iloc[:len(plain)].equals(plain.astype(found.dtypes))
    assert more["user"].tolist() == [0, 1, 1] and more["item"].tolist() == [5, 1, 2]
    assert (more["time"] == events["time"].max()).all() and more["value"].isna().all()


def test_an_event_counts_once_in_a_table_and_over_tables(events):
    past, later = Past(events, N), pd.DataFrame({"user": [3, 50, 3], "item": [1, 2, 1], "time": [90.0, 91.0, 90.0]})
    assert len(past.observe(later)) == 2 and past.changed.tolist() == [3, 50]
    assert len(past.observe(later)) == 0 and len(past.observe(events)) == 0 and len(past.events) == 42
    assert len(past.observe(later.assign(time=95.0).head(1))) == 1                     # taken again, at another time
    assert past.now == 95.0 and past.has(np.array([50]))[0]


def test_a_table_without_values_stays_without(events):
    past = Past(events.drop(columns="value"), N)
    assert list(past.observe(events.head(3).assign(time=99.0))) == ["user", "item", "time"]
    assert Past(events, N).observe(events.head(1).assign(time=99.0))["value"].tolist() == events["value"][:1].tolist()


def test_what_is_no_event_is_refused_and_what_is_not_known_is_told(events):
    past = Past(events, N)
    row = {"user": [1], "item": [1], "time": [99.0]}
    for name, wrong in (("user", -1), ("item", -1), ("user", 0.5), ("time", np.nan), ("item", "a"), ("time", "noon")):
        with pytest.raises(ArgumentError):
            past.observe(pd.DataFrame(row | {name: [wrong]}))
    with pytest.raises(DataError, match="events lack item"):
        past.observe(pd.DataFrame(row).drop(columns="item"))
    with pytest.warns(UserWarning, match="1 of 1 events are of items that are not known, first 12"):
        assert not len(past.observe(pd.DataFrame(row | {"item": [N]})))
    assert len(past.events) == len(events) and not len(past.changed)
