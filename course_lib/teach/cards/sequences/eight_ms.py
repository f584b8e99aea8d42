"""Decision 15.4: whether a user tower that reads the order is worth 8 ms and a GPU, in a feed and in a shop."""

from functools import cache, partial

from course_lib.stages.retrieval.sequences.order_dial import Chain, found
from course_lib.teach.cards.sequences.better_way import better_ways
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

SYSTEMS = {"feed": Chain(last=0.35, before=0.15, seen=40, requests=8), "shop": Chain(last=0.05, before=0.0, seen=10, requests=2)}
TOWERS = {"pooled": "pooled", "last item": "last item", "sequence, at the request": "sequence",
          "sequence, every night": "sequence of last night"}
GPU_COST = {"feed": 4.5, "shop": 1.5}        # thousand € a month: three cards that are busy at the peak, or one
NIGHT_COST = 0.2                             # a card for an hour a night
SPARE_MS, TOWER_MS, MS_COST = 5.0, 8.0, 0.5  # ms left in the budget; ms of the tower; thousand € for each ms beyond


@cache
def _found(system, tower, seed) -> float:
    return found(TOWERS[tower], SYSTEMS[system], seed)


def cost(system, tower) -> float:
    """Thousand € a month: cards, and requests that come late."""
    if tower == "sequence, at the request":
        return GPU_COST[system] + MS_COST * (TOWER_MS - SPARE_MS)
    return NIGHT_COST if tower == "sequence, every night" else 0.0


def _worth(system, tower, seed) -> float:
    return 100 * _found(system, tower, seed) - cost(system, tower)


def play(choice, seed) -> float:
    """Feed and shop together: a hundredth of recall is worth a thousand € in either."""
    return sum(_worth(system, choice[system], seed) for system in SYSTEMS)


def against(choice) -> str:
    """What the best tower of the first seed would have found and cost, where it is another one."""
    return " ".join(f"{system}, {own}: it finds {100 * _found(system, own, 101):.0f}% and costs {cost(system, own):.1f}; "
                    f"{best} finds {100 * _found(system, best, 101):.0f}% and costs {cost(system, best):.1f}."
                    for system, own, best in better_ways(choice, TOWERS, partial(_worth, seed=101), 0.5))


def _both(tower) -> dict:
    return {"feed": tower, "shop": tower}


MEANS = {"pooled": "the mean of the history, a millisecond of a CPU", "last item": "the same, and a table of what followed the last item",
         "sequence, at the request": "a transformer on a GPU reads the history with this session, 8 ms",
         "sequence, every night": "the same transformer; its vectors are made at night"}

WORTH = Decision(
    id="sequences.4", title="Eight milliseconds and a GPU", minutes=10, difficulty=3, used_in=("this lesson", "{{interview}}"),
    task="In the *feed*, 35 of 100 next items follow from the last one and 15 from the one before; the log holds some 40 steps from "
         "each item, and a session makes eight requests. In the *shop*, 5 of 100 follow from the last, and a visit makes two requests. "
         "The rest is taste, all that the mean knows. The transformer (four blocks of width 256, 400 items) takes 8 ms on a card; 5 are "
         "left, and each beyond costs 500 € a month. Cards cost 4,500 € in the feed and 1,500 € in the shop, or 200 € for an hour a "
         "night. A hundredth of recall is worth 1,000 €. Prices and shares are ours.",
    choice=Fields({"feed": Options(MEANS), "shop": TheSame(MEANS)}),
    policies={"pooled for both": _both("pooled"), "last item for both": _both("last item"),
              "a sequence for both": _both("sequence, at the request"), "every night for both": _both("sequence, every night"),
              "each its own": {"feed": "sequence, at the request", "shop": "pooled"}},
    play=play, unit="thousand € a month, recall's worth less costs, both together", against=against,
    why="Three questions decide, and none is about the model. Is there order at all? Ask what the same model loses on shuffled "
        "histories. Does the order arrive in time? What happens within a session cannot be known the night before, so a vector made at "
        "night pays for a transformer and serves little more than a mean. And what does the cheap rival leave over? A table of what "
        "followed the last item takes most of a first-order effect; only what it misses is the transformer's to earn. Where hardly "
        "anything follows, both put taste into their lists, find what the mean finds, and one of them costs a card.",
    until_chosen="pooled for both", spec=".1f")
