"""Decision 6.6: by which number of its log each of three services picks its ranker."""

from functools import cache

from course_lib.evidence.made_up_rankers import RANDOM_SHARE, worth_of_choosing
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

NUMBERS = {"pooled": "AUC over all held-out rows at once",
           "calibration": "the calibration error on held-out rows, smallest first",
           "ndcg": "NDCG inside a request, on held-out rows",
           "request": "AUC inside a request, on held-out rows",
           "random": "AUC inside a request, on requests whose slots were random",
           "money": "money that each such request earns in the ranker's order, times chances of a look"}
SAID = {"pooled": "AUC", "calibration": "calibration", "ndcg": "NDCG in a request", "request": "AUC in a request",
        "random": "AUC in a request, random slots", "money": "money on top, random slots"}
PLACES = {"length_feed": "feed by length", "taste_feed": "feed by taste", "shop": "shop"}
HELD_OUT = ("pooled", "calibration", "ndcg", "request")


@cache
def _worth(service, seed, number):
    return worth_of_choosing(service, seed, SAID[number])


def play(choice, seed) -> float:
    """Mean over the three services of what the chosen ranker earns there, less what random slots cost."""
    return sum(_worth(service, seed, choice[place]) for place, service in PLACES.items()) / len(PLACES)


def _against(choice):
    told = []
    if choice["length_feed"] in HELD_OUT:
        told.append("In the feed sorted by title length, held-out rows reward the ranker that copies this order: what stood on "
                    "top was looked at more.")
    if choice["taste_feed"] == "calibration":
        told.append("In the feed sorted by taste, a ranker can state honest means and order badly: the base rate alone is calibrated.")
    if choice["taste_feed"] in ("random", "money"):
        told.append("In the feed sorted by taste, random slots cost clicks in each request that has them, and the old order already "
                    "agreed with what people like: held-out rows picked as good a ranker for nothing.")
    if choice["shop"] != "money":
        told.append("In the shop, the number you chose does not know what a sale leaves, and the rivals differ most in how "
                    "they weigh it.")
    return " ".join(told)


NUMBER = Decision(
    id="ranker.6", title="The number that picks the ranker", minutes=12, difficulty=3, used_in=("{{metric_stack}}", "{{experiments}}"),
    task="Three made-up services have 24 rival rankers each. You name a number for each, and the ranker that leads by it serves. Old orders: in "
         "`length_feed` by the title's length, in `taste_feed` and `shop` by what people like. In the shop a click is a purchase, whose "
         "margin varies widely, and the rivals raise the margin to different powers. Random slots cost: "
         f"{RANDOM_SHARE:.0%} of the requests are then served at random.",
    choice=Fields({"length_feed": Options(NUMBERS), "taste_feed": TheSame(NUMBERS), "shop": TheSame(NUMBERS)}),
    policies={"pooled AUC everywhere": dict.fromkeys(PLACES, "pooled"),
              "AUC inside a request everywhere": dict.fromkeys(PLACES, "request"),
              "random slots everywhere": dict.fromkeys(PLACES, "random"),
              "money everywhere": dict.fromkeys(PLACES, "money"),
              "by who sorted the log and what is earned": {"length_feed": "random", "taste_feed": "request", "shop": "money"}},
    play=play, unit="what the chosen ranker earns, of the best possible, mean of the three", against=_against,
    until_chosen="AUC inside a request everywhere", seeds=tuple(range(101, 107)),
    why="A number predicts worth if it counts what worth counts, on rows where position is not mixed with the item. Where the old order has nothing to do with "
        "taste, only random slots tell an item from its place. Where it follows taste, copying it is no fault, and held-out rows tell as much for nothing; but a "
        "log cannot say which of the two it is, so a small share of random slots is an insurance, with an owner and a price. In the shop clicks and money put rivals in "
        "different orders, so the number has to count money. All of this is made up, and the best of 24 by a noisy number looks better than it is: judge the winner anew.")
