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


def sets_of(events):
    return events.groupby("user")["item"].apply(frozenset)


def places(events):
    """Each user's items in the order in which a model reads them, {(user, item): place}."""
    ordered = events.sort_values("time", kind="stable")
    return ordered.groupby("user").cumcount().set_axis(pd.MultiIndex.from_frame(ordered[["user", "item"]])).sort_index()


def test_without_order_keeps_who_took_what_and_when_anybody_came():
    events = made()
    other = without_order(events, seed=1)
    assert (sets_of(other) == sets_of(events)).all() and other["time"].is_monotonic_increasing
    assert (other.groupby("user")["time"].apply(sorted) == events.groupby("user")["time"].apply(sorted)).all()
    assert other.equals(without_order(events, seed=1)) and not other.equals(without_order(events, seed=2))
    assert abs(np.corrcoef(places(events), places(other))[0, 1]) < 0.15


def test_without_order_shuffles_what_came_at_one_moment_too():
    """A log of invoices, all lines of which share a time: half of all steps have to go back in the file's order."""
    events = made(users=200).assign(time=lambda t: t["time"] // (60 * DAY))
    tied = order_there_is(events)["tied"]
    was, now = places(events).to_numpy(), places(without_order(events, seed=3)).to_numpy()
    assert tied > 0.8 and abs(np.corrcoef(was, now)[0, 1]) < 0.1


def test_without_order_a_model_that_reads_the_latest_still_reads_the_same():
    events = made(each=12)
    other = without_order(events, seed=1, latest=5)

    def last(table, count):
        return sets_of(table.sort_values("time", kind="stable").groupby("user").tail(count))
    assert (last(other, 5) == last(events, 5)).all() and (last(other, 10) == last(events, 10)).all()
    assert not (last(other, 3) == last(events, 3)).all()


def test_order_there_is_counts_ties_days_and_people_of_one_day():
    events = pd.DataFrame({"user": [0, 0, 0, 1, 1, 2], "item": [1, 2, 3, 1, 2, 1],
                           "time": [0.0, 0.0, 3 * DAY, 5.0, 900.0, 7.0]})
    assert order_there_is(events) == {"tied": 1 / 3, "same_day": 2 / 3, "one_day": 0.5, "events": 2.0}


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
