"""What an impression counts as: by hand."""

import numpy as np
import pandas as pd

from course_lib.data.item_labels import label_columns

SHOWN = pd.DataFrame({"request_id": [1, 1, 2, 3], "item": [0, 1, 1, 1], "click": [0, 1, 1, 1],
                      "dwell_s": [np.nan, 30.0, 29.0, 90.0]}, index=[4, 5, 6, 7])
OUTCOMES = pd.DataFrame({"request_id": [1, 3, 3], "item": 1, "kind": ["purchase", "purchase", "return"]})
ITEMS = pd.DataFrame({"price": [5.0, 20.0], "margin": [1.0, 6.0]})


def test_a_feed_has_clicks_and_long_clicks():
    labels = label_columns(SHOWN, OUTCOMES.iloc[:0])
    assert labels.columns.tolist() == ["click", "long click"] and labels["long click"].tolist() == [0, 1, 0, 1]


def test_a_shop_counts_price_and_margin_and_nothing_for_what_came_back():
    labels = label_columns(SHOWN, OUTCOMES, ITEMS)
    assert labels.index.equals(SHOWN.index)
    assert labels["purchase"].tolist() == [0, 1, 0, 1] and labels["revenue"].tolist() == [0, 20, 0, 20]
    assert labels["money kept"].tolist() == [0, 6, 0, 0]
    assert labels["margin of long clicks"].tolist() == [0, 6, 0, 6]
