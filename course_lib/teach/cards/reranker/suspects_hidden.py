"""Decision on the re-ranker: from which policy score on an item is hidden, and what fills slots that stay empty."""

from functools import cache

from course_lib.stages.reranking.suspects import SHORT, feed_requests, share_of_best, shop_requests
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

MAKERS = {"feed": feed_requests, "shop": shop_requests}
MEANS = dict(zip(SHORT, ("a limit of two items a creator holds, whatever happens",
                         "one more of a creator's goes below all others",
                         "items that the policy score had hidden come back, the least suspect first"), strict=True))


@cache
def _worth(system, seed, hide, short):
    return share_of_best(MAKERS[system](seed), hide, short)


def play(choice, seed) -> float:
    """Mean of the two systems: worth of the slates as a share of the best ones'."""
    return (_worth("feed", seed, choice["feed_hide"], choice["short"])
            + _worth("shop", seed, choice["shop_hide"], choice["short"])) / 2


def _against(choice):
    feed, shop, told = choice["feed_hide"], choice["shop_hide"], []
    if feed > 0.01:
        told.append(f"In the feed, an item with a chance of {feed:g} costs {4 * feed:.2g} in expected harm, and ninety others wait for its slot, nearly "
                    "as good.")
    if feed < 0.003:
        told.append("In the feed, hardly anything is below your threshold: good items are hidden with the bad, until slots stay empty.")
    if shop < 0.07:
        told.append("In the shop nine articles answer a search. You hide many that are right, and nothing takes their place.")
    if shop > 0.35:
        told.append(f"In the shop, an offer with a chance of {shop:g} is expected to cost {0.7 * shop:.2g} in refunds, and stands above good ones since "
                    "bait is clicked.")
    if choice["short"] == "leave empty":
        told.append("In the shop three sellers fill six slots under the limit; the rest of a page that people asked for stays empty.")
    if choice["short"] == "show what was hidden":
        told.append("What the score had hidden fills the page where candidates run short: the rule that must not bend bends.")
    return " ".join(told)


HIDDEN = Decision(
    id="reranker.9", title="When a score says “perhaps”", minutes=10, difficulty=3, used_in=("{{launch}}",),
    task="A policy model gives each item the chance that it breaks the rules (spam, forgery, bait); it is calibrated, and far from sure. 8% of the "
         "candidates do, and they are clicked *more*. **Feed:** a hundred candidates, worth 0.5 to 1 a look; one that breaks "
         "the rules costs 4. **Shop:** nine articles match a search, worth 0.4 to 1; a bad offer costs a refund, 0.7. From which chance on do you "
         "hide an item, in each (1: never)? Of ten slots, a creator should get two at most: what fills empty ones?",
    choice=Fields({"feed_hide": Number(0, 1, "a chance"), "shop_hide": Number(0, 1, "a chance"), "short": Options(MEANS)}),
    policies={"one half in both": {"feed_hide": 0.5, "shop_hide": 0.5, "short": "leave empty"},
              "strict in both": {"feed_hide": 0.008, "shop_hide": 0.008, "short": "leave empty"},
              "lenient in both": {"feed_hide": 0.15, "shop_hide": 0.15, "short": "bend the limit"},
              "suspects fill the page": {"feed_hide": 0.008, "shop_hide": 0.15, "short": "show what was hidden"},
              "by what takes the slot": {"feed_hide": 0.008, "shop_hide": 0.15, "short": "bend the limit"}},
    play=play, unit="of the worth of the best slates, mean of both systems", against=_against, spec=".3f",
    until_chosen="one half in both", seeds=tuple(range(101, 109)),
    why="Hide an item where its slot is worth more to the next one: (1 − p)·v − p·h < w, with p its chance to break the rules, v its worth if it does "
        "not, h the harm if it does, w what takes the slot. So p > (v − w) / (v + h). In the feed w is nearly v, and the threshold is close to "
        "0. In the shop the slot stays empty or moves up a weaker article: w is small, and so is the harm. One half is right in neither. "
        "What bends has to be the rule whose breach costs least: a third item of one creator was worth half, a hidden one was hidden for a "
        "reason. The harms are ours; in yours somebody has to own them. And a threshold presumes that p is calibrated on *candidates*. What "
        "is hidden gets no complaints: look into a few at random, and let makers appeal, or nobody learns of the good ones among them. Whoever is hidden "
        "tries another way, so the score ages.")
