"""Money kept after a shop's returns, and a boost's twins: each in a case that can be worked out."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DAY_S
from course_lib.evidence import boost_worth, returned_money, shop_by_slot
from course_lib.world import feed, marketplace, policies


def shop_of(returned, people=60, days=500, after=7):
    """Everybody buys articles 0 and 1 on the same days; of article 0, always a little dearer, this share comes back, so
    many days after."""
    rng = np.random.default_rng(0)
    day, user = (part.ravel() for part in np.meshgrid(np.arange(0, days, 5), np.arange(people), indexing="ij"))
    one = pd.DataFrame({"user": user, "item": 0, "time": day * DAY_S, "value": 11.0, "price": 11.0})
    events = pd.concat([one, one.assign(item=1, value=10.0, price=10.0)]).sort_values("time", ignore_index=True)
    back = np.flatnonzero((events["item"] == 0) & (rng.random(len(events)) < returned))
    sent = pd.DataFrame({"purchase": back, "value": -events["value"].to_numpy()[back],
                         "time": events["time"].to_numpy()[back] + after * DAY_S})
    return SimpleNamespace(interactions=events, returns=sent, n_users=people, n_items=2)


def test_knowing_returns_pays_where_the_dearer_article_comes_back_and_not_where_nothing_does():
    often, never = (returned_money.kept_by_shelf(shop_of(share), slots=1) for share in (0.5, 0.0))
    assert boost_worth.gain(often) > 0.5 and boost_worth.gain(never) == 0


def test_what_comes_back_later_is_not_known_when_the_shelf_is_filled():
    assert boost_worth.gain(returned_money.kept_by_shelf(shop_of(0.5, after=1000), slots=1)) == 0


def test_returns_and_purchases_again_are_counted():
    shop = shop_of(0.5)
    assert returned_money.returned(shop)["of purchases"] == pytest.approx(0.25, abs=0.02)
    again = returned_money.bought_again(shop)
    assert again["bought before"] == pytest.approx(0.99) and again["median days in between"] == 5


def test_twins_without_a_boost_are_the_same_and_a_strong_one_shows_what_is_new():
    town = feed(people=120, items=120, requests_per_day=200, seed=0)

    class ByAge:
        """Shows items at random but for the boost."""

        name, boost = "by age", None

        def __init__(self, born):
            self.born = born

        def slates(self, requests):
            age = requests.day - self.born[requests.eligible]
            score = np.sin(requests.eligible) + (0 if self.boost is None else self.boost(age, None))
            return policies.TopScore(lambda _: score).slates(requests)

        def observe(self, day_log):
            if day_log.new_items is not None:
                self.born = np.concatenate([self.born, day_log.new_items.items["born_day"].to_numpy()])

    ranker = ByAge(town.catalog().items["born_day"].to_numpy())
    twins = boost_worth.live(town, ranker, {"none": None, "again": None, "new": lambda age, _: -10.0 * age}, 3)
    born = twins["none"].town.catalog().items["born_day"].to_numpy()
    good, poor = boost_worth.good_and_poor(twins["none"].town, born, (town.day - 20, town.day + 2), people=100)
    pages = {name: boost_worth.pages_of(twin.days, born, good, poor) for name, twin in twins.items()}
    assert pages["none"] == pages["again"]
    assert pages["new"]["slots on the week's items"] > pages["none"]["slots on the week's items"]
    left = boost_worth.left_after(twins["none"], twins["again"], good, days=1)
    assert np.array_equal(left[:, 0], left[:, 1])
    rows = boost_worth.on_poor_and_good(twins["none"], twins["again"], poor, good)
    assert np.array_equal(rows[:, 1], rows[:, 2])
    assert boost_worth.gain(boost_worth.ordinary_test(town, ranker, None, days=1)) == 0


def test_money_kept_beats_revenue_where_dear_things_earn_nothing(monkeypatch):
    market = marketplace(people=150, items=60, requests_per_day=300, seed=0, without=("births", "joining"),
                         shop={"return_rate": 0.25, "stock": False})
    books = shop_by_slot.books_of(market)
    dear = books.price > np.median(books.price)
    margin = np.where(dear, 0.01, books.margin)
    made = shop_by_slot.Books(books.price, margin, books.p_return, np.where(dear, 0.0, books.kept))
    monkeypatch.setattr(shop_by_slot, "books_of", lambda shop: made)
    rules = shop_by_slot.rules_by(lambda p, own, *rest: p * own)
    revenue, kept = (shop_by_slot.trade(market, rules[name], scarce=False, days=2)[:, 0]
                     for name in ("revenue", "kept"))
    assert kept.sum() > revenue.sum()
