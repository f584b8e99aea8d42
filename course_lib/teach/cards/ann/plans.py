"""Decisions on ANN: an index for each of four briefs, and one for a feed and a marketplace that hold the same vectors."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

from course_lib.stages.ann.design import FILTERS, PLANS, Brief, another_day, cost, design
from course_lib.teach.definitions.choice import Fields, Options
from course_lib.teach.definitions.decision import Decision

SEEDS = tuple(range(101, 121))
HEADROOM = 1.5

SHOP = Brief(6e4, qps=20, p99_ms=10, recall=0.99, pass_rate=0.7, changed=0.05, breach=5)
FEED = Brief(8e6, qps=3_000, p99_ms=20, recall=0.95, changed=0.02, breach=20)
BILLION = Brief(1e9, d=128, qps=50, p99_ms=100, recall=0.9, machines=1, breach=20)
PHONE = Brief(2e6, qps=0.01, p99_ms=200, recall=0.3, ram_gb=0.05, machines=1, ssd=False, breach=5)
BRIEFS = {"shop": SHOP, "feed": FEED, "billion": BILLION, "phone": PHONE}

SCROLL = Brief(1e6, qps=2_000, p99_ms=15, recall=0.95, pass_rate=0.95, changed=0.02, breach=20)
MARKET = Brief(1e6, qps=2_000, p99_ms=30, recall=0.95, pass_rate=0.01, by_taste=True, changed=0.02, breach=20)


@cache
def _plan(brief, index, way=None):
    """The dials of an index for a brief, with headroom for half as many items again."""
    return design(brief, index, way, headroom=HEADROOM)[0]


def _bill(brief, plan, seed):
    """Thousand € a month that a plan costs in one of the months that may come."""
    later, machine = another_day(brief, seed)
    return cost(later, plan, machine).total


def play_briefs(choice, seed) -> float:
    """Minus the bill of the four briefs together, thousand € a month."""
    return -sum(_bill(brief, _plan(brief, choice[name]), seed) for name, brief in BRIEFS.items())


def against_briefs(choice) -> str:
    """For each brief whose index breaks a limit on paper: which one, and by what figure."""
    said = []
    for name, brief in BRIEFS.items():
        said += _spoke(name, choice[name], brief, choice[name], None)
    return " ".join(said)


def _spoke(called, index, brief, label, way) -> list[str]:
    """All that speaks against an index for one brief: limits broken on paper, else in some months, else its price."""
    plan = _plan(brief, index, way)
    held = cost(brief, plan)
    said = [_sentence(called, label, brief, held, limit) for limit in held.broken]
    return (said or _in_some_months(called, label, brief, plan)) + _dearer(called, label, brief, held, way)


def _in_some_months(name, label, brief, plan) -> list[str]:
    """A sentence for each limit that a plan keeps on paper and breaks in some of the months that are played."""
    months = [cost(later, plan, machine).broken for later, machine in (another_day(brief, seed) for seed in SEEDS)]
    counted = Counter(limit for broken in months for limit in broken)
    return [f"{name}, {label}: on paper all limits are kept, yet {limit} is broken in {count} of {len(SEEDS)} months."
            for limit, count in counted.items()]


def _dearer(name, index, brief, held, way) -> list[str]:
    """A sentence where a plan keeps all limits and another index keeps them for clearly less; none where it does not."""
    plans = {other: cost(brief, _plan(brief, other, way)) for other in PLANS}
    best = min(plans, key=lambda other: plans[other].total)
    if held.broken or plans[best].total > 0.8 * held.total or held.total - plans[best].total < 0.01:
        return []
    return [f"{name}, {index}: {1e3 * held.total:,.0f} € a month are planned, and {1e3 * plans[best].total:,.0f} for "
            f"{best}."]


def _sentence(name, index, brief, held, limit):
    if limit == "memory":
        return (f"{name}, {index}: {_short(held.ram_gb)} GB would fill {held.machines} machines of {brief.ram_gb:g} GB, "
                f"and {brief.machines} may be had.")
    if limit == "p99":
        return f"{name}, {index}: a p99 of {_short(held.p99_ms)} ms is planned, and {brief.p99_ms:g} ms are allowed."
    if limit == "recall":
        return f"{name}, {index}: a recall of {held.recall:.2f} is planned, and {brief.recall:g} is asked for."
    return f"{name}, {index}: the shortlist is read from a disk, and this brief has none to spare."


def _short(value) -> str:
    """Two digits of what is small, and whole numbers of what is large."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


@dataclass(frozen=True)
class ListedAbove(Options):
    """Options that stand in the same card already, under the name `above`."""

    above: str = ""

    def lines(self, name: str = "") -> list[str]:
        """One line that points to them."""
        return [f"- `{name}`, one of the same as for `{self.above}`"]


INDEXES = Options(dict(PLANS))

FOUR = Decision(
    id="ann.9", title="An index for each of four briefs", minutes=15, difficulty=3, used_in=("this lesson", "interview"),
    task="Four teams ask for an index. Each wants 100 candidates a search from vectors of 64 numbers, unless it says "
         "otherwise.\n\n"
         "| brief | vectors | searches a second | limits |\n|---|---|---|---|\n"
         "| `shop` | 60,000, 70% in stock, which changes every minute | 20 | p99 10 ms, recall .99; a broken limit costs 5 thousand € a month |\n"
         "| `feed` | 8 million, 2% of them replaced a day | 3,000 | p99 20 ms, recall .95, 20 machines of 64 GB; 20 thousand € |\n"
         "| `billion` | 10⁹ of 128 numbers | 50 | p99 100 ms, recall .9, one machine of 64 GB with fast SSDs; 20 thousand € |\n"
         "| `phone` | 2 million photos | 0.01 | p99 200 ms, recall .3, 50 MB, no reads from flash; 5 thousand € |\n\n"
         "Choose an index for each. Its dials are then set by `design`, the cheapest that keeps the limits with headroom "
         "for half as many items again, and the choice is played in twenty months that differ in growth, load, hardware "
         "and pass rate. The bill holds memory, cores, disk and what broken limits cost.",
    choice=Fields({"shop": INDEXES} | dict.fromkeys(("feed", "billion", "phone"), ListedAbove(dict(PLANS), "shop"))),
    policies={"exact search for all": dict.fromkeys(BRIEFS, "exact"),
              "a graph for all": dict.fromkeys(BRIEFS, "graph"),
              "codes of a 32nd for all": dict.fromkeys(BRIEFS, "codes"),
              "by what the budget forbids": {"shop": "exact", "feed": "refined", "billion": "refined from disk",
                                             "phone": "codes"}},
    play=play_briefs, unit="thousand € a month (minus the bill)", against=against_briefs, spec=".2f", seeds=SEEDS,
    until_chosen="a graph for all",
    why="Begin with what the budget forbids. 60,000 vectors are 15 MB and are read in a millisecond, so nothing is gained by "
        "leaving any out. At eight million one core would read for a hundred milliseconds, which breaks p99 and fills "
        "hundreds of cores; both a graph and fine codes with a second look fit into memory and keep all limits. At a billion "
        "no machine of 64 GB holds the vectors, so codes stand in memory and the second look reads from disk. On the phone not "
        "even a tenth of the vectors fits, and the brief asks for so little recall that codes alone are enough. Where two "
        "indexes keep all limits their bills differ by hundreds of euros, and a broken limit costs thousands: on these figures "
        "the codes of the feed need fewer cores than its graph. Measure that on your own vectors before you believe it, and "
        "then choose what your team can run.")



def play_two(choice, seed) -> float:
    """Minus the bill of feed and marketplace together, thousand € a month."""
    feed = _bill(SCROLL, _plan(SCROLL, choice["feed_index"], choice["feed_filter"]), seed)
    return -feed - _bill(MARKET, _plan(MARKET, choice["market_index"], choice["market_filter"]), seed)


def against_two(choice) -> str:
    """Which limits the two plans break, on paper or in some of the months."""
    said = []
    for name, brief in (("feed", SCROLL), ("market", MARKET)):
        index, way = choice[f"{name}_index"], choice[f"{name}_filter"]
        said += _spoke(name, index, brief, f"{index}, filter {way}", way)
    return " ".join(said)


def _both(feed_index, feed_filter, market_index, market_filter):
    return {"feed_index": feed_index, "feed_filter": feed_filter, "market_index": market_index,
            "market_filter": market_filter}


TWO = Decision(
    id="ann.10", title="The same vectors, a feed and a marketplace", minutes=10, difficulty=3, used_in=("serving", "launch"),
    task="A feed and a marketplace each hold a million vectors of 64 numbers, asked 2,000 times a second, and 2% of the "
         "items are replaced a day. In the feed 95% of the items may be shown to anybody, and p99 is 15 ms. In the "
         "marketplace a request names a department and asks for what is in stock and can be delivered: 1% passes, and what "
         "passes lies together in one corner of taste, often far from the person who asks. Its p99 is 30 ms. Both want 100 "
         "candidates at a recall of .95, and a broken limit costs 20 thousand € a month. Choose an index and a place for "
         "the filter, for each.",
    choice=Fields({"feed_index": INDEXES, "feed_filter": Options(dict(FILTERS)),
                   "market_index": ListedAbove(dict(PLANS), "feed_index"),
                   "market_filter": ListedAbove(dict(FILTERS), "feed_filter")}),
    policies={"one stack: a graph, drop afterwards": _both("graph", "after", "graph", "after"),
              "one stack: a graph, filter inside": _both("graph", "inside", "graph", "inside"),
              "one stack: exact search": _both("exact", "survivors", "exact", "survivors"),
              "each its own": _both("graph", "inside", "exact", "survivors")},
    play=play_two, unit="thousand € a month (minus the bill)", against=against_two, spec=".2f", seeds=SEEDS,
    until_chosen="one stack: a graph, drop afterwards",
    why="The pass rate decides, not the catalogue. Where nearly all may be shown, a graph compares some thousand of a million "
        "vectors. Where one in a hundred may be shown, a graph has to meet a hundred items for each one that it may return, so "
        "it compares more than the ten thousand survivors; and dropping afterwards finds little, because what passes lies far "
        "from what was fetched. Comparing with all survivors is exact, and needs no links, no rebuilds and no tuning. So the marketplace gives "
        "up the approximate index that the feed cannot do without.")

DECISIONS = (FOUR, TWO)
