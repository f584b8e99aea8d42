"""Decision 2.10: how many random slots to pay for, in a feed whose items pass and in a shop that closes soon."""

from functools import cache

import numpy as np

from course_lib.stages.ranking.bandits import rehearse
from course_lib.teach.definitions.choice import Fields, Number
from course_lib.teach.definitions.decision import Decision

RUNS, LOOK, ITEMS, REQUESTS, LIKED = 6, 1 / np.arange(1, 11) ** 0.7, 300, 2_000, (1.2, 8)
BRIEFS = {"feed": {"scale": 1.0, "turnover": 0.07, "rounds": 60},
          "shop": {"scale": 0.04, "turnover": 0.0, "rounds": 14}}


@cache
def _earned(brief, share, seed):
    """Clicks or purchases of all nights as a share of the possible ones, mean of some runs."""
    told, parts = BRIEFS[brief], []
    for run in range(RUNS):
        rates = np.random.default_rng(1000 * seed + run).beta(*LIKED, ITEMS) * told["scale"]
        nights = rehearse(rates, LOOK, "rates", random_slots=share, rounds=told["rounds"], requests=REQUESTS,
                          turnover=told["turnover"], seed=1000 * seed + run)
        parts.append(nights["clicks"].sum() / nights["possible"].sum())
    return float(np.mean(parts))


def play(choice, seed):
    """Mean over both systems of what is earned, as a share of the possible."""
    return (_earned("feed", choice["feed"], seed) + _earned("shop", choice["shop"], seed)) / 2


def _shop_night(share=0.1):
    """(random showings an article has in a night, looks among them, looks for a purchase), for this share of slots."""
    showings = share * REQUESTS * len(LOOK) / ITEMS
    return showings, showings * LOOK.mean(), 1 / (BRIEFS["shop"]["scale"] * LIKED[0] / sum(LIKED))


def _against(choice):
    told = []
    if choice["feed"] < 0.05:
        left = (1 - BRIEFS["feed"]["turnover"]) ** 10
        told.append(f"Feed: {1 - left:.0%} of the items are replaced within ten nights, and a new one has no click per showing until a random slot "
                    "shows it.")
    if choice["feed"] > 0.15:
        told.append("Feed: each random slot earns what an average item earns, and the ranker already tries each new item within a night or two.")
    if choice["shop"] > 0.03:
        showings, looks, a_sale = _shop_night()
        nights = BRIEFS["shop"]["rounds"]
        told.append(f"Shop: at one slot in ten an article gets {showings:.1f} random showings a night, of which {looks:.1f} are looked at, and one "
                    f"look in {a_sale:.0f} buys. In {nights} nights that is {nights * looks / a_sale:.1f} purchases an article, so the slots cost "
                    "purchases and tell next to nothing.")
    return " ".join(told)


SLOTS = Decision(
    id="feedback.10", title="How many random slots to pay for", minutes=10, difficulty=4,
    task="Both systems rank each night by clicks, or purchases, per showing so far. Each has 300 items, ten slots and 2,000 requests a day.\n\n"
         "- **Feed.** A look is a click with chance 0.13 on average. Each night 7% of the items are replaced. You are judged over 60 nights.\n"
         "- **Shop.** A look is a purchase with chance 0.005 on average. The articles stay. It opens today and closes after 14 nights.\n\n"
         "Which share of the slots is filled at random? Reckon first how many looks an item gets by that in a night, and how many it takes to tell a "
         "good item from an average one.",
    choice=Fields({"feed": Number(0, 0.5, "share of slots"), "shop": Number(0, 0.5, "share of slots")}),
    policies={"none": {"feed": 0.0, "shop": 0.0}, "one slot in twenty everywhere": {"feed": 0.05, "shop": 0.05},
              "one slot in ten everywhere": {"feed": 0.1, "shop": 0.1}, "much for the shop": {"feed": 0.02, "shop": 0.2},
              "much for the feed": {"feed": 0.1, "shop": 0.01}},
    play=play, unit="of the possible, mean of both systems", against=_against,
    why="A random slot costs the same every night; it pays back what is learnt, times the nights on which that is still of use. The feed's items "
        "pass, so it has to learn for ever, and at a click for every eight looks its first clicks come within days. The shop's purchases are so "
        "rare that two weeks teach next to nothing, and then it closes. Over a year the same shop would be right to explore, though no run of ours lasted that long: the share depends on "
        "turnover, on how rare the label is, and on how long is left, and on no rule of thumb.\n\n"
        "The reckoning at one slot in ten: 2,000 random showings a night are 7 an item, of which 2.6 are looked at. To tell .20 from .13 by two "
        "standard errors takes about 4 · .13 · .87 / .07² = 90 looks, 35 nights; to tell .01 from .005 takes 800, 300 nights. What helps sooner "
        "is that an early click lifts a new item into the ranked slots, of which there are far more. In a catalogue of "
        "millions an item drawn evenly is worth far less than the average one shown, so a random slot costs more than here. The share is a budget with "
        "an owner and a date on which it is chosen again. Log with each random slot its chance (the chance of item and position, or of the "
        "item given the slots above: say which, for weights by position need the first) and what was eligible at that moment.\n\n"
        "Thompson sampling explores without such slots, and its start counts: from a mean of one half, at rates near 1%, a new item has some "
        "hundred showings before it sinks, so start from the catalogue's own mean and spread. Where a model is refitted once a night, a rule that "
        "draws also does not repeat one error all day (Chapelle & Li 2011 let labels come late). And none of the rules of this lesson knows the "
        "slot: a showing in the last counts like one in the first, so they learn some of the page, too.",
    until_chosen="one slot in ten everywhere", seeds=tuple(range(101, 109)))
