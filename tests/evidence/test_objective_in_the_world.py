"""What lesson 01 teaches holds at more seeds than the lesson shows, and comes from the mechanism it names."""

import numpy as np
import pytest

from course_lib.data.log import MemoryLog
from course_lib.evidence import objectives
from course_lib.world import feed, policies


def requests_under(world, by, days=14):
    log = MemoryLog()
    world.fork().run(policies.Oracle(world.truth(), by), days, log)
    return log


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_perfect_click_prediction_loses_use_and_clickbait_is_most_of_why(seed):
    kept = {}
    for without in ((), ("clickbait",)):
        world = feed(people=150, items=200, seed=seed, without=without)
        world.run(policies.Uniform(), 2)
        by_click, by_joy = (requests_under(world, by) for by in ("click", "satisfaction"))
        kept[without] = len(by_click.requests()) / len(by_joy.requests())
        if not without:     # the click policy wins its own metric, per request, while it loses the people
            assert objectives.clicks(by_click).mean() > objectives.clicks(by_joy).mean()
    assert kept[()] < 0.9
    assert 1 - kept[("clickbait",)] < 0.6 * (1 - kept[()])


def test_a_log_of_the_world_gives_every_objective_a_value_for_every_request():
    log = MemoryLog()
    feed(people=60, items=80, seed=0).run(policies.Uniform(), 9, log)
    for reward in (objectives.clicks, objectives.dwell, objectives.long_clicks, objectives.revenue, objectives.margin):
        values = reward(log)
        assert len(values) == len(log.requests()) and np.isfinite(values).all()
    assert set(objectives.next_week_return(log).unique()) <= {0.0, 1.0}
