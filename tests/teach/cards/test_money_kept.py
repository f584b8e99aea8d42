"""Decision 1.9 judges a shop by money kept after all returns of what was bought in the judged days."""

import numpy as np
import pytest

from course_lib.contracts import Slates
from course_lib.data.log import MemoryLog
from course_lib.teach.cards.objective import choices
from course_lib.world import marketplace, policies

RANKED_BY = ("clicks", "money kept")
WAITED_DAYS = 60
DAY_S = 86_400


def maker(**shop):
    """A marketplace whose goods never sell out, so that a return changes nothing but the money."""
    def made(people, items, seed):
        return marketplace(people=people, items=items, seed=seed, shop={"stock": False, **shop})
    return made


class Closed:
    """Shows nothing: the world runs on for the returns alone."""

    name = "closed"

    def slates(self, requests):
        return Slates.certain(np.full((len(requests.user), requests.slate_size), -1))


def as_logged(by, seed):
    """Money kept a person as the log says it: [with the returns of the judged days, with those of 60 more days]."""
    played = []

    class Kept:
        """Stands for the policies that a play is handed, and keeps the one that it asks for."""

        @staticmethod
        def TopScore(scored, name):  # noqa: N802
            played.append(policies.TopScore(scored, name=name))
            return played[-1]

    choices.money_kept(by, seed, marketplace=marketplace, policies=Kept)
    shop, log = marketplace(people=choices.BUYERS, items=choices.GOODS, seed=seed), MemoryLog()
    margin = shop.catalog().items["margin"].to_numpy()
    shop.run(played[0], choices.SHOP_DAYS, log)
    shop.run(Closed(), WAITED_DAYS, log)
    told = log.outcomes()
    told = told[told["item"] < len(margin)]
    judged = told["arrival_time"] < choices.SHOP_DAYS * DAY_S
    bought = told[judged & (told["kind"] == "purchase")]
    returned = told[told["kind"] == "return"].merge(bought[["request_id", "user", "item"]])
    early = returned[returned["arrival_time"] < choices.SHOP_DAYS * DAY_S]
    return [(margin[bought["item"]].sum() - (margin[rows["item"]] + choices.HANDLING).sum()) / choices.BUYERS
            for rows in (early, returned)]


@pytest.mark.parametrize("by", RANKED_BY)
def test_when_goods_come_back_does_not_change_what_a_shop_is_worth(by):
    at_once, after_a_year = (choices.money_kept(by, 3, marketplace=maker(return_days=days), policies=policies)
                             for days in (0.01, 365.0))
    assert at_once == pytest.approx(after_a_year)


def test_a_shop_whose_goods_come_back_more_often_keeps_less():
    never, often = (choices.money_kept("clicks", 3, marketplace=maker(return_rate=rate), policies=policies)
                    for rate in (0.0, 0.5))
    assert often < never - 1


def test_the_worth_is_near_what_the_log_says_once_the_returns_are_in_and_not_near_what_it_says_before():
    seeds = (101, 102, 103)
    worth = np.array([choices.money_kept("clicks", seed, marketplace=marketplace, policies=policies) for seed in seeds])
    early, late = np.array([as_logged("clicks", seed) for seed in seeds]).T
    assert abs((worth - late).mean()) < 0.5 * abs((early - late).mean())
