"""Labels that sources have not seen: parts and windows share nothing, and no label's moment is in its past."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.stages.ranking.out_of_fold import PARTS, parts_of_users, sets_needed, windows


@pytest.fixture
def known():
    rng = np.random.default_rng(0)
    user = np.sort(rng.integers(0, 20, 500))
    return pd.DataFrame({"user": user, "item": np.arange(500), "time": rng.integers(0, 1000, 500).astype(float)})


def test_each_event_is_a_label_once_and_never_in_its_own_past(known):
    sets = list(parts_of_users(known, PARTS, seed=3))
    assert sorted(np.concatenate([label.index for _, label in sets])) == list(range(500))
    for past, label in sets:
        assert not set(past.index) & set(label.index) and len(past) + len(label) == 500


def test_each_label_is_a_ninth_of_each_user(known):
    events = known["user"].value_counts()
    for _, label in parts_of_users(known, PARTS, seed=3):
        held = label["user"].value_counts().reindex(events.index, fill_value=0)
        assert ((held >= events // PARTS) & (held <= -(-events // PARTS))).all()


def test_parts_depend_on_the_seed_alone(known):
    first, again, other = (next(parts_of_users(known, 2, seed=seed))[1].index for seed in (0, 0, 1))
    assert first.equals(again) and not first.equals(other)


def test_windows_go_back_in_time_and_hold_no_moment_of_their_past(known):
    sets = list(windows(known, 5, 100.0))
    assert len(sets) == 5
    later = np.inf
    for past, label in sets:
        assert past["time"].max() < label["time"].min() and label["time"].max() < later
        assert label["time"].max() - label["time"].min() < 100
        later = label["time"].min()
        between = known[(known["time"] > past["time"].max()) & (known["time"] < later)]
        assert len(between) == 0                                                       # past is all before it
    assert sets[0][1]["time"].max() == known["time"].max()


def test_windows_without_two_lengths_of_past_are_left_out(known):
    found = list(windows(known, 50, 100.0))
    span = known["time"].max() - known["time"].min()
    assert len(found) == int(span // 100) - 2
    assert list(windows(known, 3, 400.0)) == []


def test_sets_are_two_to_five():
    assert [sets_needed(n, 80_000) for n in (1_000, 240_000, 10_000_000)] == [5, 3, 2]


def test_what_makes_no_sense_is_refused(known):
    with pytest.raises(ArgumentError, match="n_sets is 10"):
        next(parts_of_users(known, 10))
    with pytest.raises(ArgumentError, match="length_s is 0"):
        next(windows(known, 1, 0))
    for make in (lambda: parts_of_users(known[:0], 2), lambda: windows(known[:0], 2, 5.0)):
        with pytest.raises(DataError, match="known is empty"):
            next(make())
