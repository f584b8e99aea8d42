"""Decision 2.8: which label a ranking learns from, in a feed and in a shop."""

from functools import cache

from course_lib.evidence.label_worth import worth_of_labels
from course_lib.teach.definitions.choice import Fields, Options
from course_lib.teach.definitions.decision import Decision

DAYS, PEOPLE, ITEMS = 3, 500, 300
FEED = {"click": "the reader clicked", "long click": "the reader stayed for 30 s or more"}
SHOP = {"click": "as in the feed", "long click": "as in the feed", "margin of long clicks": "the article's margin for each long click, bought or not",
        "purchase": "bought", "revenue": "the price of what was bought", "money kept": "its margin, or nothing if it was sent back"}


@cache
def _worths(system, seed):
    return worth_of_labels(system(people=PEOPLE, items=ITEMS, seed=seed), DAYS, PEOPLE, seed=seed)


def play(choice, seed, *, feed, marketplace):
    """Mean over the two systems of what the label's page is worth, as a share of the best page's."""
    return (_worths(feed, seed)[choice["feed"]] + _worths(marketplace, seed)[choice["shop"]]) / 2


SHOP_AGAINST = {
    "click": "in the shop, clicks do not know what an article costs, nor whether the reader stayed.",
    "long click": "in the shop, a long click on a cheap article counts as much as one on an article with ten times the margin.",
    "margin of long clicks": "",
    "purchase": "in the shop's table, most articles have not one sale from the showings of three days, and a cheap sale counts as much as a dear one.",
    "revenue": "in the shop's table, most articles have not one sale from the showings of three days, so the page is decided by a few lucky ones; "
               "and margins are no fixed share of the price.",
    "money kept": "in the shop's table, most articles have not one sale from the showings of three days, so the page is decided by a few lucky ones.",
}


def _against(choice):
    """What the log said against a choice, for each system that it is wrong in."""
    told = []
    if choice["feed"] == "click":
        told.append("in the feed, titles that win clicks lose the reader within 30 s, and every long click is in the log on the same day.")
    if SHOP_AGAINST[choice["shop"]]:
        told.append(SHOP_AGAINST[choice["shop"]])
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in told)


LABEL = Decision(
    id="feedback.8", title="A label for each system", minutes=9, difficulty=3,
    task="Both systems have been open for three days, with random slots, 500 people and 300 items, and all labels are read when they are due. The "
         "feed is worth its satisfied clicks, the shop the money that it keeps. By which label shall each rank? Weigh how close a label is to the "
         "goal against how many items it says anything about.",
    choice=Fields({"feed": Options(FEED), "shop": Options(SHOP)}),
    policies={"clicks everywhere": {"feed": "click", "shop": "click"},
              "long clicks everywhere": {"feed": "long click", "shop": "long click"},
              "the rarest label of each": {"feed": "long click", "shop": "money kept"},
              "revenue for the shop": {"feed": "long click", "shop": "revenue"},
              "the dense label with its margin": {"feed": "long click", "shop": "margin of long clicks"}},
    play=play, unit="of the best page's worth, mean of both systems", against=_against,
    why="An error in a ranking has two parts: the label asks another question than the goal (bias), or it answers the right one with too few "
        "events (variance). Clicks have the first fault in both systems, and more days do not mend it. Money kept has the second, which more "
        "showings lessen. The margin of long clicks asks nearly the right question with many events, so in a young shop it earns more than the "
        "goal's own label, though not in every one: 0.16 more of the best page's worth on average of these 12 shops, 0.06 in 72 others, where it "
        "was ahead in 50. That is rarity alone. Had the labels still open on day 3 been read as a *no*, money kept would have lost another 0.09. "
        "The same long click that is best in the feed is a poor label in the shop, since it leaves the margin out.\n\n"
        "When to change is fixed beforehand: when the error of the rare label falls below the bias of the dense one, on a week held out. Or learn "
        "both: P(buy) = P(click) · P(buy | click), fitted over all showings, lends the rare label the dense one's data.\n\n"
        "And ask what a long click is. Thirty seconds mean one thing for a note and another for a film, so take the threshold relative to an item's "
        "length or usual dwell. Where the end of a read was not logged (a closed app, a tab left open) the dwell is unknown, neither 0 s nor an hour; "
        "a visit's last item has no next event, so it is unknown more often. Bots and autoplay make long clicks with nobody there. And what "
        "stands first is opened by people who would not have scrolled, so dwell depends on position too.",
    until_chosen="clicks everywhere", seeds=tuple(range(101, 113)))
