"""What age costs: nothing where nothing happens in between, all where all happened in between."""

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.stages.ranking.count_ages import feed_lists, shop_lists
from course_lib.teach.cards.feature_audit.small_feed import week
from course_lib.world import feed, policies


def shop(gap_s):
    """Forty customers who order the same two articles of their own, again and again, so far apart."""
    rows = [(user, 2 * user + k, user * 60.0 + turn * gap_s, user * 20 + turn)
            for user in range(40) for turn in range(20) for k in range(2)]
    return pd.DataFrame(rows, columns=["user", "item", "time", "order"]).sort_values("time", ignore_index=True)


def test_a_week_hides_nothing_of_yearly_orders_and_much_of_daily_ones():
    slow = shop_lists(shop(20 * DAY_S), 400, (0, 168), seed=1, orders=60)
    assert slow[0] == slow[168] == 1
    first_weeks = shop(DAY_S / 4)
    fast = shop_lists(first_weeks, 400, (0, 168), seed=1, orders=60)
    assert fast[0] == 1 and fast[168] < 1


def test_live_lists_of_a_feed_are_better_than_weekly_ones():
    held = feed_lists(*week(5, feed, policies), (0.0, 168.0))
    assert held[168.0] < 0.8 * held[0.0] and np.isfinite(list(held.values())).all()
