"""Decision 4.8: what is taken out of a trained score when it is served, in a feed and in a shop."""

from functools import cache

from course_lib.stages.retrieval.exposure import feed_log, share_of_best, shop_log
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

WAYS = {"plain": "train without log q, subtract nothing when serving",
        "corrected": "train with log q, subtract nothing when serving",
        "per showing": "train with log q, subtract the log of the times that the item was shown",
        "per day offered": "train with log q, subtract the log of the share of days on which the item could be shown"}
MAKERS = {"feed": feed_log, "shop": shop_log}
SPOKE = {
    ("feed", "plain"): "in the feed, items that nearly everybody likes lose what they earn by it: their popularity is divided out, whether the "
                       "policy or their readers made it.",
    ("feed", "corrected"): "in the feed, the log holds how often the policy drew an item: the early ones have most clicks, whatever people think.",
    ("feed", "per day offered"): "in the feed, the days say little of how often an item was shown: the policy drew some of equal age many times as often.",
    ("shop", "plain"): "in the shop, what many want is divided out, though nobody but the customers made it frequent.",
    ("shop", "corrected"): "in the shop, an article that was out of stock for half of the time has half of the sales it would have had.",
    ("shop", "per showing"): "in the shop, an article was seen since people searched for it: divided by its showings it loses the demand itself.",
}


@cache
def _worth(system, seed, way):
    return share_of_best(MAKERS[system](seed), way)


def play(choice, seed) -> float:
    """Mean of the two systems: what the ten best-scored items are worth, as a share of the best ten."""
    return (_worth("feed", seed, choice["feed"]) + _worth("shop", seed, choice["shop"])) / 2


def _against(choice):
    told = [SPOKE[system, way] for system, way in choice.items() if (system, way) in SPOKE]
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in told)


DIVIDED = Decision(
    id="negatives.8", title="What the score still owes", minutes=10, difficulty=3, used_in=("{{metric_stack}}", "{{launch}}"),
    task="Both logs are made up, and say of each item how often it was shown and taken, and on how many days it could be shown. **Feed:** a "
         "policy drew what to show by clicks so far, and most items are younger than the log. Worth is what people like. **Shop:** people "
         "see what they search for, and two articles in five were sold out for part of the time. Worth is what would be bought, now that "
         "all is in stock. Who made each log's popularity?",
    choice=Fields({"feed": Options(WAYS), "shop": TheSame(WAYS)}),
    policies={"no correction": {"feed": "plain", "shop": "plain"},
              "log q everywhere": {"feed": "corrected", "shop": "corrected"},
              "per showing everywhere": {"feed": "per showing", "shop": "per showing"},
              "per day offered everywhere": {"feed": "per day offered", "shop": "per day offered"},
              "by what made each log": {"feed": "per showing", "shop": "per day offered"}},
    play=play, unit="of the best ten items' worth, mean of both systems", against=_against, spec=".3f",
    until_chosen="log q everywhere", seeds=tuple(range(101, 113)),
    why="With log q a score rests at log p(i | u), and p holds taste times showing. What the *policy* did has to go, and what *people* did has to "
        "stay. In the feed the policy chose the showings, so dividing by them leaves taste. In the shop people made the showings by asking, so "
        "dividing by them takes out demand; the one thing that was not theirs is the time out of stock. These logs are made up, each person's "
        "taste is known exactly in them, and few items were shown too rarely to divide by; in a log of yours, smooth the rate, and keep some "
        "slots at random to see whether it held.")
