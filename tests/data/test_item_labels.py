"""What an impression counts as: by hand."""

import numpy as np
import pandas as pd

from course_lib.data.item_labels import label_columns

SHOWN = pd.DataFrame({"request_id": [1, 1, 2, 3], "item": [0, 1, 1, 1], "click": [0, 1, 1, 1],
                      "dwell_s": [np.nan, 30.0, 29.0, 90.0], "time": [0.0, 0.0, 10.0, 20.0]}, index=[4, 5, 6, 7])
OUTCOMES = pd.DataFrame({"request_id": [1, 3, 3], "item": 1, "kind": ["purchase", "purchase", "return"],
                         "arrival_time": [60.0, 25.0, 90.0]})
ITEMS = pd.DataFrame({"price": [5.0, 20.0], "margin": [1.0, 6.0]})


def test_a_feed_has_clicks_and_long_clicks():
    labels = label_columns(SHOWN, OUTCOMES.iloc[:0], as_of=0.0)
    assert labels.columns.tolist() == ["click", "long click"] and labels["long click"].tolist() == [0, 1, 0, 1]


def test_a_shop_counts_price_and_margin_and_nothing_for_what_came_back():
    labels = label_columns(SHOWN, OUTCOMES, ITEMS, as_of=200.0, window_s=100.0)
    assert labels.index.equals(SHOWN.index)
    assert labels["purchase"].tolist() == [0, 1, 0, 1] and labels["revenue"].tolist() == [0, 20, 0, 20]
    assert labels["money kept"].tolist() == [0, 6, 0, 0]
    assert labels["margin of long clicks"].tolist() == [0, 6, 0, 6]


def test_a_late_label_is_unknown_while_its_window_is_open_whatever_has_come_by_then():
    labels = label_columns(SHOWN, OUTCOMES, ITEMS, as_of=100.0, window_s=100.0)
    for late, first in (("purchase", 1), ("revenue", 20), ("money kept", 6)):
        assert labels[late].tolist()[:2] == [0, first] and labels[late].isna().tolist() == [False, False, True, True]
    assert labels[["click", "long click", "margin of long clicks"]].notna().all(axis=None)


def test_what_comes_after_the_window_does_not_count():
    labels = label_columns(SHOWN, OUTCOMES, ITEMS, as_of=200.0, window_s=60.0)
    assert labels["purchase"].tolist() == [0, 1, 0, 1] and labels["money kept"].tolist() == [0, 6, 0, 6]
    assert label_columns(SHOWN, OUTCOMES, ITEMS, as_of=200.0, window_s=59.0)["purchase"].tolist() == [0, 0, 0, 1]
