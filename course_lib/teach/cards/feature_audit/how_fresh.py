"""Decision 8.9: how fresh features have to be, in a feed and in a real shop, when freshness has its price."""

from functools import cache, lru_cache

from course_lib.data import datasets
from course_lib.stages.ranking.count_ages import feed_lists, shop_lists
from course_lib.teach.cards.feature_audit.small_feed import week
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

HOURS = {"live": 0.0, "hourly": 1.0, "daily": 24.0, "weekly": 168.0}
PRICE = {"live": 6.0, "hourly": 2.0, "daily": 1.0, "weekly": 0.0}        # points
WAYS = {"live": "a stream (6 points)", "hourly": "a job every hour (2 points)",
        "daily": "a job at midnight (1 point)", "weekly": "a job once a week (0)"}
SPOKE = {
    ("feed", "live"): "in the feed, an hourly count orders nearly as well, and the stream costs four points more.",
    ("feed", "daily"): "in the feed, a count of midnight misses the day's new items and what people clicked since.",
    ("feed", "weekly"): "in the feed, half of what is shown was born since, and has no counts at all.",
    ("shop", "live"): "in the shop, one order in hundreds is followed by another within the hour: there is nothing to be fresh about.",
    ("shop", "hourly"): "in the shop, a customer orders every few weeks: a count of midnight knows nearly as much as one of the last hour.",
    ("shop", "daily"): "in the shop, most customers order every few weeks: a count of last Sunday knows nearly as much.",
}


@lru_cache(maxsize=8)
def _feed_worth(seed, feed, policies):
    return feed_lists(*week(seed, feed, policies), tuple(HOURS.values()))


@cache
def _purchases():
    shop = datasets.online_retail()
    return shop.interactions.sort_values("time", kind="stable", ignore_index=True), shop.n_items


@cache
def _shop_worth(seed):
    return shop_lists(*_purchases(), tuple(HOURS.values()), seed)


def play(choice, seed, *, feed, policies) -> float:
    """Mean of the two systems: what the lists are worth, in percent of live ones, less the price in points."""
    worth = 0.0
    for system, held in (("feed", _feed_worth(seed, feed, policies)), ("shop", _shop_worth(seed))):
        way = choice[system]
        worth += (100 * held[HOURS[way]] / held[0.0] - PRICE[way]) / 2
    return worth


def _against(choice):
    told = [SPOKE[system, way] for system, way in choice.items() if (system, way) in SPOKE]
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in told)


FRESH = Decision(
    id="feature_audit.9", title="How fresh, and for whom?", minutes=8, difficulty=2, used_in=("{{serving}}", "{{launch}}"),
    task="A job refreshes counts. **Feed:** lists at half past nine in the evening, in small feeds; worth is the true chance "
         "of a click. **Shop:** Online Retail II; before each of 400 real orders, twenty articles that the customer bought before or that sold well "
         "in 28 days; worth is the share of the order among them.",
    choice=Fields({"feed": Options(WAYS), "shop": TheSame(WAYS)}),
    policies={"real time everywhere": {"feed": "live", "shop": "live"}, "hourly everywhere": {"feed": "hourly", "shop": "hourly"},
              "daily everywhere": {"feed": "daily", "shop": "daily"}, "weekly everywhere": {"feed": "weekly", "shop": "weekly"},
              "by how fast each moves": {"feed": "hourly", "shop": "weekly"}},
    play=play, unit="percent of live lists, less points paid, mean of both", against=_against, spec=".2f",
    until_chosen="daily everywhere",
    why="Freshness is worth what happens within it. A feed's items live for days and its people come daily, so a day is much of a life. In the shop an "
        "order is one moment and the next lies weeks off; even a week hides little of who buys what. Stock and price of the shop are "
        "another matter: an old count costs a place in a list, an article that is sold out costs the order. The prices are ours: "
        "put your own, and the orders of your own log. In writes: 2 billion events a day are 23,000 a second on average, more at peak. A job that writes "
        "100 million users within four hours makes 7,000 a second, and 1.4 million if each of 200 features has a key of its own. It need write only who "
        "changed, and not all at once, for the store is serving meanwhile.")
