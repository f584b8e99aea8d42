"""Controls of lesson 01's statements through its own functions: where each must hold, and where it must not."""

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of

from course_lib.data.log import MemoryLog
from course_lib.evidence import objectives
from course_lib.world import feed, policies


@pytest.fixture(scope="module")
def lesson():
    return functions_of("objective")


def visits(days_of):
    """A log of one request for each (user, days) in the dict."""
    rows = [(user, day) for user, days in days_of.items() for day in days]
    table = pd.DataFrame(rows, columns=["user", "day"])
    table["request_id"] = np.arange(len(table))

    class Log:
        def requests(self, days=None, columns=None):
            return table if columns is None else table[columns]

    return Log()


def test_people_are_lost_where_one_policy_drives_them_away_and_not_against_itself(lesson):
    stay = visits({user: range(28) for user in range(100)})
    leave = visits({user: range(28) if user < 60 else range(10) for user in range(100)})
    assert lesson["people_lost"]({"clicks": leave, "satisfaction": stay}).high < -0.2
    same = lesson["people_lost"]({"clicks": stay, "satisfaction": stay})
    assert same.value == 0 and same.low <= 0 <= same.high


def test_the_click_ranker_is_ahead_of_a_worse_one_and_level_with_itself(lesson):
    world = feed(people=80, items=80, seed=3)
    world.run(policies.Uniform(), 2)
    logs = {}
    for name, by in (("click rate", "click"), ("long clicks", None)):
        logs[name] = MemoryLog()
        policy = policies.Uniform() if by is None else policies.Oracle(world.truth(), by)
        world.fork().run(policy, 3, logs[name])
    assert lesson["ahead"](logs, objectives.clicks).low > 0.5
    twins = {name: logs["click rate"] for name in logs}
    assert lesson["ahead"](twins, objectives.clicks).value == 0


def test_rivals_agree_with_themselves_and_are_reversed_where_the_two_objectives_are_opposed():
    rng = np.random.default_rng(0)
    by_clicks = pd.DataFrame(np.linspace(1, 2, 21) + rng.normal(0, 0.01, (60, 21)))
    assert objectives.agreement(by_clicks, by_clicks).low > 0.9
    assert objectives.agreement(by_clicks, -by_clicks).high < 0.5


def shop(share):
    rng = np.random.default_rng(1)
    sale, price = rng.uniform(0, 0.1, (200, 60)), rng.uniform(5, 50, 60)
    return sale, price, share(rng, price), 1 / np.arange(1, 11)


def test_choosing_by_revenue_loses_nothing_where_all_items_keep_alike_and_much_where_dear_ones_keep_nothing(lesson):
    lesson["POWERS"] = [(1.0, 0.0), (1.0, 1.0), (0.5, 0.5)]
    alike = lesson["regret"](*lesson["earnings"](*shop(lambda rng, price: np.full(60, 0.3))))
    assert alike.value == pytest.approx(0) and alike.high < 0.02
    dear = lesson["regret"](*lesson["earnings"](*shop(lambda rng, price: np.where(price > 25, 0.02, 0.4))))
    assert dear.low > 0.02


def test_growth_is_one_in_proportion_and_zero_where_nothing_grows(lesson):
    rng = np.random.default_rng(2)
    small = rng.uniform(1.0, 1.1, 9)
    assert lesson["growth"](small, 100 * small, 100).value == pytest.approx(1)
    flat = lesson["growth"](small, rng.permutation(small), 100)
    assert flat.value == pytest.approx(0, abs=1e-9) and flat.high < 0.2
    assert lesson["growth"](small, 10 * small, 100).low > 0.2
