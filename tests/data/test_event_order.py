"""What order a log holds, and the same log without it."""

import numpy as np
import pandas as pd

from course_lib.data import splits
from course_lib.data.event_order import at_test, order_there_is, three_splits, without_order

DAY = 86_400.0


def made(users=50, items=80, each=12, seed=0):
    rng = np.random.default_rng(seed)
    item = np.concatenate([rng.choice(items, each, replace=False) for _ in range(users)])
    return pd.DataFrame({"user": np.repeat(np.arange(users), each), "item": item,
                         "time": rng.uniform(0, 90 * DAY, users * each)})


def test_without_order_keeps_who_took_what_and_when_anybody_came():
    events = made()
    other = without_order(events, seed=1)
    assert (other[["user", "item"]] == events[["user", "item"]]).all(axis=None)
    assert (other.groupby("user")["time"].apply(sorted) == events.groupby("user")["time"].apply(sorted)).all()
    assert (other["time"] == without_order(events, seed=1)["time"]).all()
    rank = [frame.groupby("user")["time"].rank().to_numpy() for frame in (events, other)]
    assert abs(np.corrcoef(*rank)[0, 1]) < 0.15


def test_order_there_is_counts_ties_days_and_people_of_one_day():
    events = pd.DataFrame({"user": [0, 0, 0, 1, 1, 2], "item": [1, 2, 3, 1, 2, 1],
                           "time": [0.0, 0.0, 3 * DAY, 5.0, 900.0, 7.0]})
    assert order_there_is(events) == {"tied": 1 / 3, "same_day": 2 / 3, "one_day": 0.5}


def test_three_splits_hold_the_same_events():
    events = made()
    found = three_splits(pd.concat([events, events.head(5)]))
    assert list(found) == ["random", "last", "time"] and [s.kind for s in found.values()] == ["user", "last", "time"]
    for split in found.values():
        assert len(split.train) + len(split.valid) + len(split.test) == len(events)


def test_at_test_valid_is_past_and_strangers_are_not_judged():
    events = made()
    split = splits.Split(events.query("time < @DAY * 40"), events.query("@DAY * 40 <= time < @DAY * 60"),
                         pd.concat([events.query("time >= @DAY * 60"),
                                    pd.DataFrame({"user": [999], "item": [3], "time": [80 * DAY]})]), "time")
    later = at_test(split)
    assert len(later.train) == len(split.train) + len(split.valid) and len(later.valid) == 0
    assert len(later.test) == len(split.test) - 1 and later.train["time"].is_monotonic_increasing
