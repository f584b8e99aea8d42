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
        return [f"- `{name}`, as for {self.above}"]


SAID = {"exact": "raw vectors in memory", "graph": "HNSW in memory", "codes": "IVF-PQ in memory alone",
        "refined": "IVF-PQ, re-ranked by raw vectors in memory", "refined from disk": "the same, raw vectors on SSD"}
INDEXES = Options({name: SAID[name] for name in PLANS})
WHERE = {"after": "fetch more, and drop", "inside": "test while searching", "survivors": "compare with what passes"}
PLACES = Options({name: WHERE[name] for name in FILTERS})

FOUR = Decision(
    id="ann.9", title="An index for each of four briefs", minutes=15, difficulty=3, used_in=("this lesson", "interview"),
    task="Four teams want 100 candidates a search, from vectors of 64 numbers. A broken limit costs `shop` and `phone` 5 thousand "
         "€ a month, the others 20 thousand.\n\n"
         "- `shop`: 60,000 vectors, of which 70% are in stock, by the minute; 20 searches a second, p99 10 ms, recall .99\n"
         "- `feed`: 8 million, of which 2% are replaced a day; 3,000 a second, p99 20 ms, recall .95, 20 machines of 64 GB\n"
         "- `billion`: 10⁹ of 128 numbers; 50 a second, p99 100 ms, recall .9, one machine of 64 GB with fast SSDs\n"
         "- `phone`: 2 million photos; 0.01 a second, p99 200 ms, recall .3, 50 MB, no reads from flash\n\n"
         "`design` sets the dials, with headroom for half as many items again. Months differ "
         "in growth, load, hardware and pass rate; the bill holds memory, cores, disk and broken limits.",
    choice=Fields({"shop": INDEXES} | dict.fromkeys(("feed", "billion", "phone"), ListedAbove(dict(PLANS), "`shop`"))),
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
        "then choose what your team can run.\n\n"
        "What the plan leaves out. Exact search does 2nd operations on 4nd bytes, and a core multiplies faster than memory "
        "delivers, so reading sets the pace. A batch reads the vectors once for all its queries, but its first request waits, and each query "
        "still keeps its own k best: over a million vectors of 64 numbers the products alone took one core 9 ms for a single query and 2 ms "
        "for each of 32, and the flat index of faiss, as installed here, gained nothing. A graph or cells lead each query elsewhere, so a "
        "batch saved them nothing either. "
        "Exact search stays the answer as long as n vectors can be read within the budget under your load: two thousand of 256 "
        "bytes fit into a cache, and a ranker could score them all. Cells: the guide of faiss takes 4√n to 16√n of them, and 30 "
        "to 256 training vectors for each.\n\nThe map from rows to item ids (8 bytes an item) and the columns to filter by (a "
        "few bits) come on top. The shortlist of the billion is 50 times some thousand reads a second; at 1,000 requests a "
        "second, 3,000 reads each would be three million, several times what one drive does. Then shorten the list with finer "
        "codes, cache popular vectors, or take more drives. A read brings a page of 4 KB for a vector of 512 bytes, which is "
        "why DiskANN puts a node's links into the same page (its authors report, for a billion vectors on 64 GB and 16 cores, a "
        "mean below 3 ms, with the nearest one found for over 95% of queries).\n\nTo build a graph of ten million takes ten minutes of a core at "
        "60 µs an insertion; 100,000 new items on a list are 26 MB that every search reads; and a probe item tells how old the "
        "youngest item is that can be found. Shards by hash lose a little of everything when one times out, "
        "shards by topic lose all of one; asking a replica as well after the 95th percentile costs some 5% more load. "
        "A deleted item's vector stays in the file until the rebuild, so whoever has to forget it needs a date for that. Hashing (LSH) "
        "and trees (Annoy) are not among the five: in public benchmarks they mostly fall behind these.")



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
    task="A feed and a marketplace each hold a million vectors of 64 numbers, asked 2,000 times a second; 2% are replaced a "
         "day. In the feed 95% of the items may be shown, and p99 is 15 ms. In the marketplace a request names a department "
         "and asks for what is in stock: 1% passes, in one corner of taste, often far from the person who asks; p99 is 30 ms. "
         "Both want 100 candidates at a recall of .95, and a broken limit costs 20 thousand € a month.",
    choice=Fields({"feed_index": ListedAbove(dict(PLANS), "`shop` above"), "feed_filter": PLACES,
                   "market_index": ListedAbove(dict(PLANS), "`shop` above"),
                   "market_filter": ListedAbove(dict(FILTERS), "`feed_filter`")}),
    policies={"one stack: a graph, drop afterwards": _both("graph", "after", "graph", "after"),
              "one stack: a graph, filter inside": _both("graph", "inside", "graph", "inside"),
              "one stack: exact search": _both("exact", "survivors", "exact", "survivors"),
              "each its own": _both("graph", "inside", "exact", "survivors")},
    play=play_two, unit="thousand € a month (minus the bill)", against=against_two, spec=".2f", seeds=SEEDS,
    until_chosen="one stack: a graph, drop afterwards",
    why="The pass rate decides, not the catalogue. Where nearly all may be shown, a graph compares some thousand of a million "
        "vectors. Where one in a hundred may be shown, a graph has to meet a hundred items for each one that it may return, so "
        "it compares more than the ten thousand survivors; and dropping afterwards finds little, because what passes lies far "
        "from what was fetched: to keep 300 of 1% one would fetch 30,000 and more. Comparing with all survivors is exact, and needs no "
        "links, no rebuilds and no tuning. So the marketplace gives up the approximate index that the feed cannot do without. "
        "A condition that nearly every request names, as the department, may be a partition with an index of its own.\n\n"
        "The filter is a bitmap: for ten million items 1.25 MB, so each server keeps a copy, and no search waits for the stock "
        "service. It carries its time, its age is logged with each answer, and somebody owns the limit. When the service is "
        "down, stock fails open for some minutes with the last bitmap, and is checked again at the basket; rules that protect "
        "fail closed. Slots that stay empty are marked, by −1, and the page fills them from a fall-back list.")

DECISIONS = (FOUR, TWO)
