"""A stay is counted from the days before, and few clicks say little."""

import numpy as np
import pandas as pd
import pytest

from course_lib.stages.ranking.feed_features import COLUMNS
from course_lib.stages.ranking.stays import asked, fit_satisfied, fit_stays, stays_before

LOG = pd.DataFrame({"day": [0, 0, 1, 1, 2], "item": [0, 1, 0, 2, 0], "click": [1, 1, 1, 0, 1],
                    "dwell_s": [40.0, 5.0, 30.0, np.nan, 50.0]})


def test_shares_by_hand():
    mean = 2 / 3                                          # of three clicks before day 2, two stayed 30 s
    assert stays_before(LOG, 2, 4) == pytest.approx([(2 + 10 * mean) / 12, 10 * mean / 11, mean, mean])


def test_the_day_itself_and_later_ones_say_nothing():
    assert np.array_equal(stays_before(LOG, 1, 4), stays_before(LOG[LOG["day"] < 1], 1, 4))


def test_heads_learn_what_is_there_and_a_panel_is_asked_item_by_item():
    rng = np.random.default_rng(0)
    log = pd.DataFrame(rng.normal(size=(4000, len(COLUMNS))), columns=list(COLUMNS)).assign(
        day=np.repeat(np.arange(8), 500), item=rng.integers(0, 40, 4000), position=rng.integers(1, 11, 4000))
    log["click"] = (rng.random(4000) < 0.5).astype(int)
    stayed = np.where(log["item_rate"] + 0.1 * rng.normal(size=4000) > 0, 60.0, 3.0)
    log["dwell_s"] = np.where(log["click"] == 1, stayed, np.nan)
    item = rng.integers(0, 40, (6, 5))
    panel = {"item": item, "rows": log.loc[:29, list(COLUMNS)]}
    rows = asked(log, panel)
    assert rows["stays"].to_numpy() == pytest.approx(stays_before(log, 7)[item.ravel()])
    good = rows["item_rate"].to_numpy() > 0.2
    bad = rows["item_rate"].to_numpy() < -0.2
    for fit in (fit_stays, fit_satisfied):
        chance = fit(log).predict(rows)
        assert chance[good].min() > chance[bad].max()
