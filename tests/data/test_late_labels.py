"""Purchases after their click: what a same-day label misses, and made-up clicks that keep the given delays."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DAY_S, ArgumentError
from course_lib.data import late_labels


def tables():
    shown = pd.DataFrame({"request_id": [1, 2, 3, 4], "user": [5, 6, 7, 8], "item": 0, "click": [1, 1, 1, 0],
                          "time": [0.0, 10.0, 20.0, 30.0]})
    outcomes = pd.DataFrame({"request_id": [1, 2], "item": 0, "kind": "purchase", "event_time": [100.0, 1.5 * DAY_S],
                             "arrival_time": [110.0, 1.6 * DAY_S]})
    return shown, outcomes


def test_a_purchase_of_the_next_day_is_missed_and_one_of_the_same_day_is_not():
    user, later = late_labels.missed_same_day(*tables(), until=DAY_S, window_s=5 * DAY_S, as_of=9 * DAY_S)
    assert dict(zip(user, later, strict=True)) == {5: 0.0, 6: 1.0}


def test_each_click_has_a_row_and_what_the_log_learnt_when():
    rows = late_labels.clicks_and_purchases(*tables())
    assert rows["user"].tolist() == [5, 6, 7]
    np.testing.assert_array_equal(rows["bought"], [110.0, 1.6 * DAY_S, np.nan])


def test_made_clicks_keep_rate_delays_and_days():
    clicks = late_labels.made_clicks(0.3, np.array([DAY_S, 3 * DAY_S]), 10, 2000, slower=0.5)
    delay = (clicks["bought"] - clicks["time"]).dropna()
    assert clicks["time"].between(-10 * DAY_S, 0).all() and len(clicks) == 20_000
    assert clicks["bought"].notna().mean() == pytest.approx(0.3, abs=0.02)
    np.testing.assert_allclose(np.unique(delay.round()), [1.5 * DAY_S, 4.5 * DAY_S])


def test_a_made_week_knows_fewer_purchases_the_slower_buyers_are():
    delays = np.random.default_rng(0).exponential(DAY_S, 500)
    known = [late_labels.made_week(delays, slower, np.random.default_rng(1))[0].mean() for slower in (0.0, 1.0)]
    label, age, truly = late_labels.made_week(np.zeros(3), 0.0, np.random.default_rng(1))
    assert known[1] < known[0] and label.mean() == truly and age.max() <= 7 * DAY_S


@pytest.mark.parametrize("bad", [{"rate": 1.5}, {"delays_s": np.array([np.nan])}])
def test_what_cannot_be_made_is_refused(bad):
    with pytest.raises(ArgumentError):
        late_labels.made_clicks(**{"rate": 0.1, "delays_s": np.ones(2), "days": 2, "clicks_per_day": 5, **bad})
