"""When clicks fall: after their request, down the page, before all that follows."""

import numpy as np
import pytest

from course_lib.contracts import DAY_S
from course_lib.world import feed, marketplace
from course_lib.world import policies as P
from course_lib.world.reading import click_times


@pytest.fixture(scope="module", params=[feed, marketplace])
def days(request):
    loud = {"taste": {"base": -2.0}, "sharing": {"rate": 0.5}, "spam": {"report_rate": 0.5}}
    return request.param(600, 200, seed=5, **loud).run(P.Uniform(), 4)


def clicks(days, columns=("request_id", "time", "click_time", "position", "user", "item", "day", "dwell_s")):
    import pandas as pd

    shown = pd.concat([day.impressions for day in days], ignore_index=True)
    return shown[shown["click"] > 0][list(columns)]


def test_what_was_clicked_has_a_time_after_its_request_on_the_same_day_and_nothing_else_has(days):
    for day in days:
        shown = day.impressions
        assert (shown["click_time"].notna() == (shown["click"] > 0)).all()
    clicked = clicks(days)
    assert len(clicked) > 1000 and (clicked["click_time"] > clicked["time"]).all()
    assert (clicked["click_time"] // DAY_S == clicked["day"]).all()


def test_a_session_asks_again_only_after_its_clicks(days):
    clicked = clicks(days)
    later = {key: time for day in days for key, time in zip(day.requests["request_id"], day.requests["time"],
                                                            strict=True)}
    following = clicked["request_id"].map(lambda key: later.get(key + 1, np.inf) if key % 8 < 7 else np.inf)
    assert np.isfinite(following).sum() > 300 and (clicked["click_time"] < following).all()


def test_what_came_of_a_click_came_after_it(days):
    import pandas as pd

    after = pd.concat([day.outcomes for day in days]).query("kind != 'return'")
    both = after.merge(clicks(days), on=["request_id", "item"])
    assert len(both) == len(after) > 100 and set(both["kind"]) >= {"share", "report"}
    assert (both["click_time"] < both["event_time"]).all()


def test_clicks_further_down_the_page_come_later(days):
    clicked = clicks(days)
    wait = (clicked["click_time"] - clicked["time"]).groupby(clicked["position"]).median()
    assert wait[1] == pytest.approx(2.5 * 30 / 32.5, rel=0.1) and wait.is_monotonic_increasing and wait.max() < 30


def test_twins_click_at_the_same_moment_wherever_they_show_the_same():
    world = feed(1500, 60, seed=2, taste={"base": -2.0})
    one, other = (clicks(world.fork().run(policy, 1)).set_index(["request_id", "item", "position"])
                  for policy in (P.Uniform(), P.Popularity(power=0.2, seed=3)))
    both = one.join(other, how="inner", rsuffix="_other")
    assert len(both) > 50 and (both["click_time"] == both["click_time_other"]).all()


def test_the_page_s_pace_and_the_pause_are_parameters():
    world = feed(64, 50, reading={"pace_s": 0.0, "pause_s": 3.0, "pause_sigma": 0.0})
    at = click_times(0, world.params, 0, np.zeros(2), np.arange(2), np.arange(2), np.array([1, 9]), np.full(2, np.inf))
    assert np.allclose(at, 3 * 30 / 33)
    rushed = click_times(0, world.params, 0, np.zeros(1), np.zeros(1), np.zeros(1), np.ones(1), np.array([1.0]))
    assert rushed[0] == pytest.approx(3 / 4)
