from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, DataError, LeakageError
from course_lib.data.splits import Split, by_time, by_user, first_only, leave_last_out

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30), st.integers(0, 50)), min_size=1, max_size=120,
                 unique_by=lambda row: row[:2])


def table(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["user", "item", "time"]).astype(float).astype({"user": int, "item": int})


def same_rows(split: Split, whole: pd.DataFrame) -> bool:
    joined = pd.concat([split.train, split.valid, split.test])
    return joined.sort_values(["user", "item"]).reset_index(drop=True).equals(
        whole.sort_values(["user", "item"]).reset_index(drop=True))


@given(pairs, st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_every_split_keeps_every_event_once(rows, seed):
    events = table(rows)
    for split in (partial(by_user, seed=seed), by_time, leave_last_out):
        try:
            assert same_rows(split(events), events)
        except DataError as error:
            # a part that was asked for and would stay empty is refused, and so is an order that all share
            assert "holds 0 of" in str(error) or "stand at one moment" in str(error)


@given(pairs)
@settings(max_examples=60, deadline=None)
def test_a_split_by_time_puts_all_of_train_before_all_of_test(rows):
    try:
        split = by_time(table(rows), (0.5, 0.2, 0.3))
    except DataError:
        assume(False)
    parts = [part for part in (split.train, split.valid, split.test) if len(part)]
    assert all(a.time.max() < b.time.min() for a, b in zip(parts, parts[1:], strict=False))


@given(pairs)
@settings(max_examples=60, deadline=None)
def test_leave_last_out_agrees_with_a_loop_over_users(rows):
    events = table([*rows, (7, 0, 5), (7, 1, 5), (7, 2, 9)])       # one user at least has three events
    split = leave_last_out(events)
    for user, mine in events.groupby("user"):
        ordered = mine.sort_values("time", kind="stable")["item"].tolist()
        test = split.test[split.test.user == user]["item"].tolist()
        valid = split.valid[split.valid.user == user]["item"].tolist()
        assert (test, valid) == (([ordered[-1]], [ordered[-2]]) if len(ordered) >= 3 else ([], []))


def test_by_user_takes_a_tenth_of_each_user_at_least_one_and_spares_the_short():
    sizes = {0: 4, 1: 5, 2: 20, 3: 100}
    events = table([(user, item, item) for user, size in sizes.items() for item in range(size)])
    split = by_user(events, seed=1)
    for part in (split.valid, split.test):
        assert part.groupby("user").size().to_dict() == {1: 1, 2: 2, 3: 10}
    assert by_user(events, seed=1).test.equals(split.test)
    assert not by_user(events, seed=2).test.equals(split.test)


def test_by_user_does_not_depend_on_time():
    events = table([(0, item, item) for item in range(1000)])
    test = by_user(events).test
    assert abs(test.time.mean() - 500) < 100 and len(test) == 100


def test_a_split_that_shares_a_row_or_a_moment_is_refused_with_its_first_event():
    events = table([(0, 0, 0), (0, 1, 1), (1, 2, 2), (1, 3, 3)])
    with pytest.raises(LeakageError, match="1 of 2 test events repeat.*user 0, item 1"):
        Split(events[:2], events[:0], events[1:3])
    with pytest.raises(LeakageError, match="1 of 3 train events are not before.*user 1, item 2, time 2"):
        Split(events[:3], events[:0], events[3:].assign(time=2.0), "time")
    Split(events[:3], events[:0], events[3:].assign(time=2.0), "user")  # promises nothing about time
    with pytest.raises(LeakageError, match="user 1"):
        Split(events[[True, True, False, True]], events[:0], events[2:3], "last")
    Split(events[:1], events[:0], events[1:3], "last")


def test_repeats_wrong_fractions_and_missing_columns_are_named():
    events = table([(0, 0, 5), (0, 0, 3), (0, 1, 4)])
    with pytest.raises(DataError, match="1 events repeat.*first_only"):
        by_time(events)
    assert first_only(events).to_numpy().tolist() == [[0, 0, 3], [0, 1, 4]]
    with pytest.raises(ArgumentError, match="sum to 1"):
        by_user(first_only(events), (0.8, 0.1, 0.2))
    with pytest.raises(DataError, match="no column time"):
        by_time(events.drop(columns="time"))
    with pytest.raises(ArgumentError, match="kind"):
        Split(events, events, events, "random")


def test_ml100k_by_the_course_s_protocol():
    from course_lib.data import datasets

    if not datasets.available("ml100k"):
        pytest.skip("ML-100K is not cached; run `python -m course_lib data ml100k`")
    events = datasets.ml100k().interactions
    split = by_user(events)
    assert (len(split.train), split.test.user.nunique()) == (80_024, 943)
    late = by_time(events)
    known = late.test[late.test.user.isin(late.train.user)]
    assert known.user.nunique() == 69  # why a time split of ML-100K says little
    assert np.isclose(len(late.test), 10_000, atol=20)
