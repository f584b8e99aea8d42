"""Decision 3.9: how many numbers an item gets, in a feed of 200 million items and in a shop of 4,000 articles."""

from functools import cache

from course_lib.stages.retrieval.pairs_or_tastes import recall_by_width
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

KINDS = {"feed": "tastes", "shop": "sets"}
ITEMS = {"feed": 200e6, "shop": 4e3}
WIDTHS = {"8": 8, "32": 32, "128": 128, "pairs": "pairs"}
GB_PRICE, REPLICAS = 3.0, 10                 # € a month for a GB of memory; copies that serve
POINT = {"feed": 1.0, "shop": 1.0}           # thousand € a month that a hundredth of recall is worth


@cache
def _recall(system, seed):
    return recall_by_width(KINDS[system], seed)


def memory_gb(system, width) -> float:
    """GB of one copy: 4 bytes for each number of each item, or for each pair of items."""
    numbers = ITEMS[system] if width == "pairs" else WIDTHS[width]
    return 4 * ITEMS[system] * numbers / 1e9


def cost(system, width) -> float:
    """Thousand € a month for the memory of all copies."""
    return memory_gb(system, width) * GB_PRICE * REPLICAS / 1e3


def worth(system, width, seed) -> float:
    """Thousand € a month: what recall is worth, less memory."""
    return 100 * POINT[system] * _recall(system, seed)[WIDTHS[width]] - cost(system, width)


def play(choice, seed) -> float:
    """Feed and shop together."""
    return sum(worth(system, choice[system], seed) for system in KINDS)


def against(choice) -> str:
    """What the curve and the bill say of a width that costs, for each of the two."""
    said = []
    for system in KINDS:
        means = {width: sum(worth(system, width, seed) for seed in (101, 102, 103, 104, 105)) / 5 for width in WIDTHS}
        best, own = max(means, key=means.get), choice[system]
        if means[best] - means[own] < 0.05:
            continue
        recall = {width: sum(_recall(system, seed)[WIDTHS[width]] for seed in (101, 102, 103)) / 3 for width in (own, best)}
        said.append(f"{system}, {own}: recall {recall[own]:.2f} and {memory_gb(system, own):,.2g} GB a copy, against "
                    f"{recall[best]:.2f} and {memory_gb(system, best):,.2g} GB for {best}.")
    return " ".join(said)


MEANS = {"8": "narrow", "32": "usual", "128": "wide", "pairs": "a number for each pair"}

WIDTH = Decision(
    id="two_tower.9", title="A width for a feed and for a shop", minutes=10, difficulty=3, used_in=("interview",),
    task="A feed has 200 million items, and its log shows some eight tastes, of which each person likes two. A shop has 4,000 "
         "articles in sets of four (cup, saucer, plate, jug), and whoever takes one of a set takes most of it. Say how items are "
         "kept: `\"8\"`, `\"32\"` or `\"128\"` numbers an item, or `\"pairs\"`, a number for each pair (EASE). A hundredth of "
         "recall@20 is worth a thousand euros a month in either; memory costs 3 € a GB and month, in ten copies. Recall is "
         "played on made-up tables of 400 items, with eight tastes or a hundred sets; bytes are counted at full size.",
    choice=Fields({"feed": Options(MEANS), "shop": TheSame(MEANS)}),
    policies={"8 for both": {"feed": "8", "shop": "8"}, "32 for both": {"feed": "32", "shop": "32"},
              "128 for both": {"feed": "128", "shop": "128"}, "narrow feed, pairs in the shop": {"feed": "8", "shop": "pairs"}},
    play=play, unit="thousand € a month, recall's worth less memory, both together", against=against,
    why="Width is paid for each item, and it buys only what the table has. Eight tastes need about eight directions; what "
        "lies beyond them in the matrix is noise of the sample, so more numbers cost memory and bring nothing. A hundred "
        "sets are a hundred separate facts: a narrow dot product has to leave most of them out. Pairs hold them all, and "
        "cost N² numbers: 64 MB for 4,000 articles, 160 PB for 200 million items. So the shop takes pairs, alone or "
        "beside its towers, and the feed takes narrow vectors. Where both structures occur, sources are blended.",
    until_chosen="32 for both", spec=".1f")
