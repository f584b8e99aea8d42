"""From a brief to an index and what it costs: bytes, comparisons, milliseconds and money, before anything is built.

A plan's memory is exact (see `size`). Its recall and time are read from what was measured on a million clustered
vectors of 64 numbers, and scaled by what the search does at another size: that is a plan, not a measurement. Before you
buy machines, measure both on a sample of your own vectors.

Nothing here imports faiss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from course_lib.contracts import DAY_S, ArgumentError
from course_lib.stages.ann.size import bytes_per_vector

PLANS = {
    "exact": "exact search over raw vectors in memory",
    "graph": "HNSW over raw vectors in memory",
    "codes": "IVF-PQ: cells and codes in memory, and nothing else",
    "refined": "IVF-PQ, and an exact re-rank of a shortlist from raw vectors in memory",
    "refined from disk": "IVF-PQ in memory, and an exact re-rank of a shortlist from raw vectors on SSD",
}
FILTERS = {
    "after": "search as if there were no filter, fetch more, drop what is not allowed",
    "inside": "test every item while searching, with a beam or cells widened by the pass rate",
    "survivors": "compare with every item that passes, and with no other",
}
KIND_OF = {"exact": "flat", "graph": "hnsw", "codes": "ivf_pq", "refined": "ivf_pq_refine",
           "refined from disk": "ivf_pq"}

# Measured with 64 numbers a vector, k = 100: the share of the true 100 on a shortlist of `FACTORS` × 100 codes, all
# cells searched, at 1,000,000 vectors, by numbers a byte (d / m); and a graph of M = 16 over 100,000 vectors.
FACTORS = np.array([1, 2, 3, 5, 10, 20, 30, 50, 100])
ON_SHORTLIST = {8: np.array([0.38, 0.57, 0.687, 0.808, 0.915, 0.964, 0.978, 0.989, 0.995]),
                4: np.array([0.566, 0.793, 0.891, 0.956, 0.989, 0.997, 0.999, 1.0, 1.0]),
                2: np.array([0.847, 0.991, 0.998, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])}
BEAMS = np.array([100, 200, 400, 800, 1600])
BEAM_RECALL = np.array([0.925, 0.972, 0.989, 0.996, 0.998])
BEAM_COMPARES = np.array([740, 1_370, 2_570, 4_670, 8_500])
BY_TASTE = 0.4          # a filter that follows taste leaves recall × pass rate^0.4 when it is dropped afterwards


@dataclass(frozen=True)
class Brief:
    """What is asked. n vectors of width d, k wanted of each search, qps searches a second.

    pass_rate: share of items that a request's filter lets through; by_taste: whether the filter follows taste.
    ram_gb: memory of one machine for the index; machines: how many may be had. recall: at least. p99_ms: at most.
    changed: share of the items that go and come in a day. ssd: whether vectors may lie on a disk. breach: thousand € a
    month that a broken limit costs.
    """

    n: float
    d: int = 64
    k: int = 100
    qps: float = 100.0
    pass_rate: float = 1.0
    by_taste: bool = False
    ram_gb: float = 64.0
    machines: int = 20
    recall: float = 0.95
    p99_ms: float = 30.0
    changed: float = 0.0
    ssd: bool = True
    breach: float = 20.0


@dataclass(frozen=True)
class Plan:
    """An index with its dials. ef: beam of a graph. m: bytes a code. factor: shortlist in multiples of k."""

    index: str
    filter: str = "inside"
    ef: int = 200
    m: int = 8
    factor: int = 10
    nprobe: int = 32
    rebuild_days: float = 7.0


@dataclass(frozen=True)
class Machine:
    """What a machine does and costs; round figures of ours, to be replaced by yours. € are for a month."""

    stream_gb_s: float = 20.0      # one core reads memory in order
    read_us: float = 0.3           # one vector of 64 numbers read out of order and compared
    code_ns: float = 10.0          # one code looked at, and 0.4 ns a byte
    ssd_us: float = 100.0          # one read from SSD, of which 32 are under way at once; each takes 3 µs of the core
    build_us: float = 60.0         # one vector linked into a graph
    tail: float = 3.0              # p99 ÷ time of the core for one search, where a core is busy half of the time
    gb: float = 4.0
    core: float = 25.0
    ssd_gb: float = 0.1


@dataclass(frozen=True)
class Cost:
    """What a plan costs under a brief. euros: thousand € a month, by part. broken: the limits that it breaks."""

    ram_gb: float
    machines: int
    ms: float
    p99_ms: float
    recall: float
    euros: dict
    broken: tuple

    @property
    def total(self) -> float:
        """Thousand € a month, breaches included."""
        return sum(self.euros.values())


def cost(brief: Brief, plan: Plan, machine: Machine | None = None) -> Cost:
    """What a plan needs and finds. Raises ArgumentError for an index or a filter that is none of PLANS and FILTERS."""
    if plan.index not in PLANS or plan.filter not in FILTERS:
        raise ArgumentError(f"plan is {plan.index!r}, {plan.filter!r}; expected one of {', '.join(PLANS)}, and of "
                            f"{', '.join(FILTERS)}.")
    machine = machine or Machine()
    ram = brief.n * bytes_per_vector(KIND_OF[plan.index], brief.d, M=16, m=plan.m) / 1e9
    shards = max(1, math.ceil(ram / brief.ram_gb))
    disk = 4 * brief.n * brief.d / 1e9 if plan.index == "refined from disk" else 0.0
    ms, recall = _search(brief, plan, machine, shards)
    p99 = machine.tail * ms / shards                         # the shards of one search work at the same time
    cores = brief.qps * ms / 1e3 / 0.5
    rebuilt = brief.n * machine.build_us / 1e6 / (plan.rebuild_days * DAY_S) if plan.index == "graph" else 0.0
    broken = [name for name, is_broken in (("memory", shards > brief.machines), ("p99", p99 > brief.p99_ms),
                                           ("recall", recall < brief.recall), ("no disk", disk and not brief.ssd))
              if is_broken]
    euros = {"memory": machine.gb * ram / 1e3, "cores": machine.core * (cores + rebuilt) / 1e3,
             "disk": machine.ssd_gb * disk / 1e3, "breaches": brief.breach * len(broken)}
    return Cost(ram, shards, ms, p99, recall, euros, tuple(broken))


def _search(brief, plan, machine, shards):
    """(ms of a core for one search, recall)."""
    passing = max(brief.pass_rate, 1.0 / brief.n)
    read_ms = machine.read_us * (0.5 + brief.d / 128) / 1e3
    in_order_ms = 4 * brief.n * brief.d / (machine.stream_gb_s * 1e6)
    one_by_one_ms = brief.n * passing * read_ms
    codes = plan.index in ("codes", "refined", "refined from disk")
    if plan.index == "exact" or (plan.filter == "survivors" and not codes):
        return min(in_order_ms, one_by_one_ms), 1.0
    wider = 1.0 / passing if plan.filter == "inside" else 1.0
    fetched = 4 / 3 / passing if plan.filter == "after" and passing < 1 else 1.0
    ms, recall = (_codes if codes else _graph)(brief, plan, machine, shards, wider, fetched, read_ms)
    if plan.filter == "after" and brief.by_taste:
        recall *= passing**BY_TASTE
    return ms, recall


def _graph(brief, plan, machine, shards, wider, fetched, read_ms):
    """A beam over each shard; dead nodes widen it, and what came since the last build is compared exactly."""
    old = min(0.9, brief.changed * plan.rebuild_days / 2)    # on average between two builds
    size = max(2.0, brief.n / shards)
    log = math.log(max(size, 100)) / math.log(1e5)
    beam = max(plan.ef, brief.k * fetched)
    recall = float(np.interp(beam / log, BEAMS, BEAM_RECALL))
    compared = np.interp(beam, BEAMS, BEAM_COMPARES) * max(1.0, beam / BEAMS[-1]) * log * wider / (1 - old)
    fresh_ms = 4 * brief.n * old * brief.d / (machine.stream_gb_s * 1e6)
    return shards * min(compared, size) * read_ms + fresh_ms, recall


def _codes(brief, plan, machine, shards, wider, fetched, read_ms):
    """Codes of the probed cells, and a re-rank of a shortlist where there are vectors to re-rank."""
    nlist = 4 * math.sqrt(brief.n)
    probed = min(nlist, plan.nprobe * wider)
    code_ms = (machine.code_ns + 0.4 * plan.m) / 1e6
    ms = brief.n * probed / nlist * code_ms + 4 * nlist * brief.d / (machine.stream_gb_s * 1e6)
    in_cells = 1 - 0.05 * (16 / probed) ** 1.5
    if plan.filter == "survivors":
        ms, in_cells = brief.n * brief.pass_rate * (code_ms + read_ms / 3), 1.0
    if plan.index == "codes":
        return ms, in_cells * on_shortlist(brief.d / plan.m, 1)
    reads = plan.factor * brief.k * fetched
    each_ms = read_ms if plan.index == "refined" else max(machine.ssd_us / 32, 3.0) / 1e3
    return ms + reads * each_ms, in_cells * on_shortlist(brief.d / plan.m, plan.factor)


def on_shortlist(numbers_a_byte: float, factor: float) -> float:
    """Share of the true neighbours on a shortlist `factor` times as long as the answer; numbers_a_byte is d / m."""
    known = sorted(ON_SHORTLIST)
    each = [np.interp(np.log(factor), np.log(FACTORS), ON_SHORTLIST[width]) for width in known]
    return float(np.interp(np.log(numbers_a_byte), np.log(known), each))


def candidates(brief: Brief, index: str | None = None, way: str | None = None) -> list[Plan]:
    """Plans worth costing for a brief: every setting of the dials of each index and filter, or of those named."""
    filters = [way] if way else list(FILTERS) if brief.pass_rate < 1 else ["inside"]
    plans = []
    for name, filtered in product([index] if index else PLANS, filters):
        if name == "exact":
            plans.append(Plan(name, filtered))
        elif name == "graph":
            plans += [Plan(name, filtered, ef=ef, rebuild_days=days)
                      for ef, days in product((100, 150, 200, 300, 400, 600, 800, 1_200, 1_600), (1, 3, 7, 14, 30))]
        else:
            factors = (1,) if name == "codes" else FACTORS.tolist()
            plans += [Plan(name, filtered, m=brief.d // width, factor=factor, nprobe=nprobe)
                      for width, factor, nprobe in product(ON_SHORTLIST, factors, (8, 16, 32, 64, 128))]
    return plans


def design(brief: Brief, index: str | None = None, way: str | None = None, machine: Machine | None = None,
           headroom: float = 1.0) -> tuple[Plan, Cost]:
    """The cheapest plan for a brief, breaches counted, and its cost; of one index or one filter alone if it is named.

    headroom: the plan is chosen for a catalogue this many times as large and a p99 as many times as short; its cost is
    that of the brief itself.
    """
    larger = replace(brief, n=brief.n * headroom, p99_ms=brief.p99_ms / headroom)
    plan = min(candidates(brief, index, way), key=lambda plan: cost(larger, plan, machine).total)
    return plan, cost(brief, plan, machine)


def another_day(brief: Brief, seed: int, machine: Machine | None = None) -> tuple[Brief, Machine]:
    """The brief and the machine as they may turn out: growth, load, filters and hardware, each drawn around the plan.

    Catalogue × 1.25, give or take a fifth; load and pass rate give or take a third; each time of the machine a quarter.
    """
    rng, machine = np.random.default_rng(seed), machine or Machine()
    n, qps, passing, read, stream, tail = np.exp(rng.normal(size=6) * (0.18, 0.3, 0.3, 0.22, 0.22, 0.22))
    day = replace(brief, n=1.25 * brief.n * n, qps=brief.qps * qps, pass_rate=min(1.0, brief.pass_rate * passing)
                  if brief.pass_rate < 1 else 1.0)
    return day, replace(machine, read_us=machine.read_us * read, stream_gb_s=machine.stream_gb_s * stream,
                        tail=machine.tail * tail)
