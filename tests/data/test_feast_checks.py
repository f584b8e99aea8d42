"""Feast held against the as-of join: equal without ties, otherwise with them; late writes; rows that are dropped."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DAY_S
from course_lib.data import feast_checks

CLICKS = pd.DataFrame({"user": np.arange(20) % 4, "time": 100.0 * np.arange(1, 21)})


def test_counts_run_on_and_one_row_a_moment_stays():
    clicks = pd.DataFrame({"user": [1, 1, 2, 1], "time": [5.0, 5.0, 1.0, 9.0], "arrival": [6.0, 6.0, 2.0, 10.0]})
    facts = feast_checks.counted(clicks)
    rows = facts[["user", "time", "clicks"]].itertuples(index=False, name=None)
    assert sorted(rows) == [(1, 5, 2), (1, 9, 3), (2, 1, 1)]


def test_the_oracle_forgets_what_is_too_old_and_takes_any_join_that_is_right():
    facts = pd.DataFrame({"user": [1], "time": [0.0], "clicks": [5], "arrival": [0.0]})
    asks = pd.DataFrame({"user": [1, 1, 2], "time": [1.0 * DAY_S, 10.0 * DAY_S, 1.0 * DAY_S]})
    held = feast_checks.oracle(facts, asks)
    assert held[0] == 5 and np.isnan(held[1:]).all()

    def by_loop(events, facts, by):
        known = [facts[(facts[by] == row.user) & (facts["time"] < row.time)] for row in events.itertuples()]
        return events.assign(value=[held["value"].max() for held in known])

    assert np.array_equal(feast_checks.oracle(facts, asks, by_loop), held, equal_nan=True)
    late = facts.assign(arrival=2.0 * DAY_S)
    assert np.isnan(feast_checks.oracle(late, asks, known_at="arrival")).all()


def test_feast_is_the_oracle_without_ties_and_not_where_every_row_has_one():
    pytest.importorskip("feast", reason="Feast is in the extra `feast` (pip install -e '.[feast]')")
    assert feast_checks.like_the_oracle(CLICKS, CLICKS, 5.0).all()
    assert not feast_checks.like_the_oracle(CLICKS, CLICKS, 0.0).any()


def test_feast_gives_what_was_written_later_unless_it_is_told_and_drops_a_stale_row():
    pytest.importorskip("feast", reason="Feast is in the extra `feast` (pip install -e '.[feast]')")
    clicks = pd.DataFrame({"user": [1, 1, 2], "time": [0.0, 3600.0, 0.0], "arrival": [1.0, 90_000.0, 1.0]})
    asks = pd.DataFrame({"user": [1, 2], "time": [7200.0, 7200.0]})
    store = feast_checks.FeastStore(feast_checks.counted(clicks))
    leaks, matters = feast_checks.backfill(store, clicks, asks)
    assert leaks == {"as it comes": 1.0, "filter_by_created_timestamp": 0.0} and matters == 0.5
    store.load_online(5 * DAY_S)
    assert store.online([1, 2, 7]) == [2, 1, None]
    store.close()
    rows, back = feast_checks.three_rows()
    assert len(rows) == 3 and back[0] and not back[1]
