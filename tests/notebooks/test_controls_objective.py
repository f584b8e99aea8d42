"""Controls of lesson 01's statements, through the functions it calls: where each must hold, and where it must not."""

import numpy as np
import pandas as pd
import pytest

from course_lib.data.log import MemoryLog
from course_lib.evidence import objectives, proxies, shop_rivals
from course_lib.evidence.growth import growth_power
from course_lib.world import feed, policies


def visits(days_of):
    """A log of one request for each (user, days) in the dict."""
    rows = [(user, day) for user, days in days_of.items() for day in days]
    table = pd.DataFrame(rows, columns=["user", "day"])
    table["request_id"] = np.arange(len(table))

    class Log:
        def requests(self, days=None, columns=None):
            return table if columns is None else table[columns]

    return Log()


def test_people_are_lost_where_one_policy_drives_them_away_and_not_against_itself():
    stay = visits({user: range(28) for user in range(100)})
    leave = visits({user: range(28) if user < 60 else range(10) for user in range(100)})
    assert proxies.people_lost({"clicks": leave, "satisfaction": stay}).high < -0.2
    same = proxies.people_lost({"clicks": stay, "satisfaction": stay})
    assert same.value == 0 and same.low <= 0 <= same.high


def test_the_click_ranker_is_ahead_of_a_worse_one_and_level_with_itself():
    world = feed(people=80, items=80, seed=3)
    world.run(policies.Uniform(), 2)
    logs = {}
    for name, by in (("click rate", "click"), ("long clicks", None)):
        logs[name] = MemoryLog()
        policy = policies.Uniform() if by is None else policies.Oracle(world.truth(), by)
        world.fork().run(policy, 3, logs[name])
    clicks = objectives.by_policy(logs, objectives.clicks)
    assert proxies.as_share(clicks["click rate"], clicks["long clicks"]).low > 0.5
    assert proxies.as_share(clicks["click rate"], clicks["click rate"]).value == 0


def test_rivals_agree_with_themselves_and_are_reversed_where_the_two_objectives_are_opposed():
    rng = np.random.default_rng(0)
    by_clicks = pd.DataFrame(np.linspace(1, 2, 21) + rng.normal(0, 0.01, (60, 21)))
    assert objectives.agreement(by_clicks, by_clicks).low > 0.9
    assert objectives.agreement(by_clicks, -by_clicks).high < 0.5


def shop(share):
    rng = np.random.default_rng(1)
    sale, price = rng.uniform(0, 0.1, (200, 60)), rng.uniform(5, 50, 60)
    return sale, price, share(rng, price), 1 / np.arange(1, 11)


def test_choosing_by_revenue_loses_nothing_where_all_items_keep_alike_and_much_where_dear_ones_keep_nothing():
    powers = [(1.0, 0.0), (1.0, 1.0), (0.5, 0.5)]
    alike = shop_rivals.lost_by_revenue(*shop_rivals.earnings(*shop(lambda rng, price: np.full(60, 0.3)), powers))
    assert alike.value == pytest.approx(0) and alike.high < 0.02
    kept = shop(lambda rng, price: np.where(price > 25, 0.02, 0.4))
    dear = shop_rivals.lost_by_revenue(*shop_rivals.earnings(*kept, powers))
    assert dear.low > 0.02


def test_growth_is_one_in_proportion_and_zero_where_nothing_grows():
    rng = np.random.default_rng(2)
    small = rng.uniform(1.0, 1.1, 9)
    assert growth_power(small, 100 * small, 100).value == pytest.approx(1)
    flat = growth_power(small, rng.permutation(small), 100)
    assert flat.value == pytest.approx(0, abs=1e-9) and flat.high < 0.2
    assert growth_power(small, 10 * small, 100).low > 0.2
