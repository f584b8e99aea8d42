"""Bad lots: returns come after the purchase; a rate of all returns tells the lot, one of known returns hardly."""

import numpy as np

from course_lib.contracts import DAY_S
from course_lib.data.audit import auc
from course_lib.data.bad_lots import articles, return_rates


def test_goods_come_back_two_to_four_weeks_later_and_only_part_of_them():
    for article in articles(seed=3)[:10]:
        back = np.isfinite(article.came_back_at)
        wait = (article.came_back_at - article.bought_at)[back] / DAY_S
        assert np.all(np.diff(article.bought_at) >= 0) and wait.min() >= 14 and wait.max() <= 28
        assert 0 < back.mean() < 0.45


def test_what_is_known_later_tells_the_lot_and_what_was_known_hardly():
    held = articles(seed=5)
    found = {}
    ways = {"all": lambda bought, back, now: bought < now, "known": lambda bought, back, now: back < now}
    for name, part in ways.items():
        rate, label, article = return_rates(held, part)
        assert len(rate) == len(label) == len(article) and set(np.unique(label)) == {0, 1}
        found[name] = auc(label, rate)
    assert found["all"] > 0.65 > 0.6 > found["known"]
