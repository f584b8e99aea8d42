"""Decision on serving: for how long a kept slate may answer, in a feed and in a marketplace where stock runs out."""

import numpy as np

from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

SLOTS, VISITS, COMPUTE, LOOK_UP = 10, 4_000, 0.15, 0.01
FEED_FADES_MIN, SHOP_FADES_MIN = 40.0, 600.0        # after which a slate is worth 1/e of a new one
SOLD_OUT_MIN, OVERSOLD = 300.0, 4.0                 # mean time until an item is sold out; what showing it costs, in slots


def _visits(rng, minutes):
    """Age of the slate that each visit finds, minutes; 0 where it has to be computed."""
    gaps, age, ages = rng.exponential(12.0, VISITS), 0.0, []
    for gap in gaps:
        age += gap
        if age > minutes:
            age = 0.0
        ages.append(age)
    return np.array(ages)


def _feed(minutes, seed) -> float:
    age = _visits(np.random.default_rng([seed, 0]), minutes)
    return float((np.exp(-age / FEED_FADES_MIN) - COMPUTE * (age == 0)).mean())


def _shop(minutes, checked, seed) -> tuple[float, float]:
    """(worth of a visit, sold-out items shown a visit)."""
    rng = np.random.default_rng([seed, 1])
    age = _visits(rng, minutes)
    gone = rng.binomial(SLOTS, 1 - np.exp(-age / SOLD_OUT_MIN))
    shown = gone * (not checked)
    worth = np.exp(-age / SHOP_FADES_MIN) * (SLOTS - shown) / SLOTS - COMPUTE * (age == 0) - LOOK_UP * checked
    return float((worth - OVERSOLD * shown / SLOTS).mean()), float(shown.mean())


def play(choice, seed) -> float:
    """Worth of a visit to the feed and of one to the shop together, percent of new slates at no cost."""
    return 50 * (_feed(choice["feed_min"], seed) + _shop(choice["shop_min"], choice["check"] == "at reading", seed)[0])


def against(choice) -> str:
    """What each was worth, and how many sold-out items a visit showed."""
    shop, shown = _shop(choice["shop_min"], choice["check"] == "at reading", 101)
    told = f"A visit to the feed was worth {100 * _feed(choice['feed_min'], 101):.0f}, one to the shop {100 * shop:.0f}."
    return told + (f" A visit to the shop showed {shown:.1f} items that were sold out." if shown else
                   " The shop showed nothing that was sold out.")


KEPT = Decision(
    id="serving.7", title="For how long may a kept slate answer?", minutes=10, difficulty=2, used_in=("this lesson",),
    task="People come back every twelve minutes on average. A kept slate spares a computation, which costs 15% of a new slate's "
         "worth. In the feed its worth falls to 1/e in 40 minutes, in the shop in ten hours. But "
         "in the shop an item is sold out after five hours on average, and showing it then costs what four good slots earn. "
         "Looking stock up at each reading costs 1% of a slate.",
    choice=Fields({"feed_min": Number(0, 240, "minutes"), "shop_min": Number(0, 240, "minutes"),
                   "check": Options({"at writing": "only items in stock are kept",
                                     "at reading": "what was sold out meanwhile is left out"})}),
    policies={"nothing is kept": {"feed_min": 0, "shop_min": 0, "check": "at writing"},
              "ten minutes, both": {"feed_min": 10, "shop_min": 10, "check": "at writing"},
              "an hour, both": {"feed_min": 60, "shop_min": 60, "check": "at writing"},
              "ten minutes, two hours, checked at reading": {"feed_min": 10, "shop_min": 120, "check": "at reading"},
              "four hours, both": {"feed_min": 240, "shop_min": 240, "check": "at reading"}},
    play=play, unit="percent of new slates at no cost, mean of feed and shop", against=against, spec=".1f",
    until_chosen="ten minutes, both",
    why="In the feed age itself is the loss. In the shop taste keeps, and what spoils is a *fact* about each item, which costs "
        "little to look up. Check eligibility at reading, and a slate may live much longer. The key holds user, model version, "
        "surface and experiment arm, or arms leak into each other. A kept slate ignores what the person has just clicked: drop "
        "it on an event. Its propensities belong to the moment of writing, which the log has to know. *Stale while revalidate* "
        "(RFC 5861) answers with the old value at once and renews it behind the scenes. A hit rate h lowers the mean "
        "latency to h · hit + (1 − h) · miss. The p99 stays that of a miss until h exceeds 99%. State is memory: the last "
        "fifty events, of 16 bytes, of a hundred million users are 80 GB; a lifetime of a week keeps a tenth if a tenth is active.")
