"""Times of any unit, zone and spelling are one number of seconds; what is guessed is said."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, DataError
from course_lib.contracts.moments import far_ahead, to_seconds

SECONDS = st.lists(st.integers(315_532_800, 4_102_444_800), min_size=1, max_size=20)   # 1980 … 2100
ZONES = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(SECONDS, st.sampled_from(["s", "ms", "us", "ns"]))
@settings(max_examples=100, deadline=None)
def test_a_number_is_the_same_moment_in_any_unit(seconds, unit):
    number = np.array(seconds, np.int64) * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    for column in (number, number.astype(float), pd.Series(number).astype(object), number.astype(str)):
        guessed, notes = to_seconds("time", column)
        assert np.allclose(guessed, seconds, rtol=0, atol=1e-3) and len(notes) == 1 and "since 1970" in notes[0]
        assert np.allclose(to_seconds("time", column, unit)[0], seconds, rtol=0, atol=1e-3)
        assert to_seconds("time", column, unit)[1] == []


@given(SECONDS, ZONES, st.sampled_from(["s", "ms", "us", "ns"]))
@settings(max_examples=100, deadline=None)
def test_a_moment_is_the_same_in_any_zone_and_spelling(seconds, zone, unit):
    there = [datetime.fromtimestamp(one, zone) for one in seconds]
    naive = pd.Series(np.array(seconds).astype("datetime64[s]")).astype(f"datetime64[{unit}]")
    for column in (there, [one.isoformat() for one in there], naive.dt.tz_localize("UTC").dt.tz_convert(zone)):
        found, notes = to_seconds("time", column)
        assert np.allclose(found, seconds, rtol=0, atol=1e-3) and notes == []
    for column in (naive, naive.astype(str), [one.astimezone(UTC).replace(tzinfo=None) for one in there]):
        found, notes = to_seconds("time", column)
        assert np.allclose(found, seconds, rtol=0, atol=1e-3) and "read as UTC" in " ".join(notes)


def test_days_are_read_from_dates_and_from_numbers_that_spell_them():
    day = 86_400.0 * 365
    for column in ([date(1971, 1, 1)], ["1971-01-01"], [19710101], pd.Series(["1971-01-01"], dtype="category")):
        assert to_seconds("t", column)[0].tolist() == [day]
    assert to_seconds("t", [365], "D")[0].tolist() == [day]


def test_missing_and_unreadable_times_are_nan_each_in_its_row():
    found, _ = to_seconds("t", ["2020-01-01T00:00Z", "soon", None, "", "2020-01-02T00:00Z"])
    assert np.isnan(found).tolist() == [False, True, True, True, False]
    assert np.isnan(to_seconds("t", pd.to_datetime(["2020-01-01", "NaT"]))[0]).tolist() == [False, True]
    assert np.isnan(to_seconds("t", [np.nan, np.inf, 1.3e9])[0]).tolist() == [True, True, False]


def test_milliseconds_among_seconds_are_not_taken_for_the_year_43000():
    found, notes = to_seconds("t", [1.3e9, 1.3e9, 1.3e12])
    assert np.isnan(found).tolist() == [False, False, True] and "of another size than" in notes[1]
    assert np.isnan(to_seconds("t", [1.3e12, 1.3e12, 1.3e9])[0]).tolist() == [False, False, True]


def test_day_and_month_are_told_apart_by_the_rows_or_not_at_all():
    found, notes = to_seconds("t", ["13/02/2011 08:30", "01/03/2011 08:30"])
    assert found[1] - found[0] == 16 * 86_400 and "%d/%m/%Y" in notes[0]
    assert to_seconds("t", ["02/13/2011", "03/01/2011"])[0].tolist() == [found[0] - 30600, found[1] - 30600]
    with pytest.raises(DataError, match="day and month cannot be told apart"):
        to_seconds("t", ["01/02/2011", "03/02/2011"])


def test_what_is_no_time_is_refused():
    with pytest.raises(ArgumentError, match="time_unit is 'weeks'; expected one of D, h"):
        to_seconds("t", [1], "weeks")
    with pytest.raises(ArgumentError, match="bool"):
        to_seconds("t", [True])


def test_text_may_name_utc_in_words_and_numbers_may_be_dates_with_hours():
    for text in ("1970-01-02 00:00:00 UTC", "1970-01-02T00:00:00.000 GMT", "1970-01-02 00:00:00 +0000 UTC"):
        found, notes = to_seconds("t", pd.Series([text] * 3))
        assert found.tolist() == [86_400.0] * 3 and notes == []
    found, notes = to_seconds("t", pd.Series([20110324173000, 20120101000000]))
    assert found.tolist() == [1300987800.0, 1325376000.0] and "read as dates" in notes[0]


def test_nothing_is_said_of_zones_where_no_time_could_be_read():
    assert to_seconds("t", pd.Series([pd.NaT] * 3))[1] == []


def test_a_time_is_far_ahead_where_the_known_past_would_fit_in_between():
    day = 86_400.0
    assert far_ahead([205 * day, 2 * day], 100 * day, 200 * day) == far_ahead([300 * day], 100 * day, 200 * day) == ""
    told = far_ahead([150 * day, 301 * day, 320 * day], 100 * day, 200 * day)
    assert told.startswith("2 of 3 events lie further") and "(100 days): the first by 101 days, at 1970-10-29T" in told
    assert "at 1e+11 s" in far_ahead([1e11], 1.3e9, 1.4e9)
    assert far_ahead([1e9], 0, 0) == far_ahead([], 0, 5) == ""
