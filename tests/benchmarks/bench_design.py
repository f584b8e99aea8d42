"""What `design` takes for known, measured anew: shortlists of codes, beams, cells, a filter by taste, the machine.

python tests/benchmarks/bench_design.py              1,000,000 × 64 clustered vectors, 100,000 in the graph
python tests/benchmarks/bench_design.py --n 100000   a quick look: fewer vectors are easier to find among

Each table holds what design.py has typed beside what this run found. At the end both decisions about plans are played
again with the recalls of this run in their place: what is worth most must not hang on a digit.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from course_lib.stages import ann
from course_lib.stages.ann import design
from course_lib.stages.ann.curves import beam_curve, core_ms
from course_lib.teach import cards
from course_lib.teach.cards.ann import plans
from course_lib.teach.played import playing

D, K, QUERIES, IN_GRAPH = 64, 100, 200, 100_000
PROBES = (8, 16, 32, 64, 128)
RATES = (0.5, 0.3, 0.1, 0.03, 0.01)


def beside(typed, measured, index):
    """Typed and measured, and the difference."""
    table = pd.DataFrame({"typed": typed, "measured": measured}, index=index)
    return table.assign(difference=table["measured"] - table["typed"]).round(3)


def on_shortlists(items, queries, exact):
    """{numbers a byte: share of the true hundred on a shortlist, float (factors,)}; every cell is searched."""
    cells, found = {"nlist": min(1024, len(items) // 300), "train_size": min(len(items), 64_000)}, {}
    for width in design.ON_SHORTLIST:
        codes = ann.build_index("ivf_pq", items, threads=2, m=D // width, **cells)
        longest = min(len(items), K * int(design.FACTORS[-1]))
        listed = codes.search(queries, longest, nprobe=cells["nlist"])[0]
        found[width] = np.array([ann.index_recall(listed[:, :K * factor], exact).mean() for factor in design.FACTORS])
        print(f"\n{width} numbers a byte, by length of the shortlist\n"
              f"{beside(design.ON_SHORTLIST[width], found[width], design.FACTORS)}")
    return found


def beams(items, queries, exact):
    """(recall, vectors compared) of a graph of M = 16 at each of the BEAMS, and the graph."""
    graph = ann.build_index("hnsw", items, threads=2, M=16)
    curve = beam_curve(graph, queries, exact, design.BEAMS.tolist())
    recall, compared = curve.recall.mean(axis=1), curve.cost.mean(axis=1)
    print(f"\nrecall@{K} of a graph, by beam\n{beside(design.BEAM_RECALL, recall, design.BEAMS)}")
    print(f"\nvectors compared, by beam\n{beside(design.BEAM_COMPARES, compared, design.BEAMS)}")
    return recall, compared, graph


def cells_alone(items, queries, exact):
    """What probing few of 4·√n cells loses, against 0.05 · (16 / probed)^1.5."""
    index = ann.build_index("ivf_flat", items, threads=2, nlist=round(4 * len(items) ** 0.5))
    found = [ann.index_recall(index.search(queries, K, nprobe=probe)[0], exact).mean() for probe in PROBES]
    typed = [1 - 0.05 * (16 / probe) ** 1.5 for probe in PROBES]
    print(f"\nrecall@{K} of cells without codes, by cells probed\n{beside(typed, found, PROBES)}")


def by_taste(items, queries, point):
    """The exponent of the pass rate that is left of recall, where a filter passes what lies nearest to one point."""
    place = np.argsort(np.argsort(-(items @ point))) / len(items)
    longest, left = min(len(items), int(4 / 3 / RATES[-1] * K)), {rate: [] for rate in RATES}
    for query in queries:
        score = items @ query
        nearest = np.argpartition(-score, longest - 1)[:longest]
        nearest = nearest[np.argsort(-score[nearest])]
        for rate in RATES:
            passing = int((place[nearest[:int(4 / 3 / rate * K)]] < rate).sum())
            left[rate].append(min(K, passing) / K)
    rows = {rate: {"typed": rate**design.BY_TASTE, "measured": np.mean(left[rate])} for rate in RATES}
    table = pd.DataFrame(rows).T
    print(f"\nrecall@{K} after dropping what a taste forbids, by pass rate\n{table.round(3)}")
    return float(np.polyfit(np.log(table.index), np.log(np.maximum(table["measured"], 1e-3)), 1)[0])


def machine(items, queries, graph):
    """This machine beside the round figures of `Machine`, by the time of one core."""
    held, few, compared = design.Machine(), queries[:60], ann.comparisons(graph, queries[:60], K, ef_search=200)
    flat_ms = np.median(core_ms(ann.build_index("flat", items), few))
    codes = ann.build_index("ivf_pq", items, nlist=256, m=8, train_size=len(items))
    begun = time.thread_time()
    ann.build_index("hnsw", items[:10_000], M=16)
    build_us = 1e6 * (time.thread_time() - begun) / 10_000
    rows = {"stream_gb_s": (held.stream_gb_s, 4 * len(items) * D / flat_ms / 1e6),
            "read_us": (held.read_us, 1e3 * np.median(core_ms(graph, few, ef_search=200)) / compared),
            "code_ns, m = 8": (held.code_ns + 0.4 * 8,
                               1e6 * np.median(core_ms(codes, few, nprobe=256)) / len(items)),
            "build_us, of 10,000": (held.build_us, build_us)}
    print(f"\nthis machine\n{pd.DataFrame(rows, index=['typed', 'measured']).T.round(2)}")


def played(word):
    """What each named policy of both decisions is worth with the figures that `design` holds now."""
    plans._plan.cache_clear()
    playing._worths.clear()
    for decision in plans.DECISIONS:
        result = playing.play_out(decision, decision.policies[decision.until_chosen], {})
        rows = {name: {"worth": result.worth[name].value, "regret": str(result.regret[name])}
                for name in decision.policies}
        print(f"\n{decision.id}, {word}: best is \"{result.best}\"\n{pd.DataFrame(rows).T}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000)
    n = parser.parse_args().n
    assert {held.id for held in plans.DECISIONS} <= {held.id for held in cards.exercises_of("ann")}
    everything = ann.clustered_vectors(n + QUERIES + 1, D, seed=0)
    items, queries, point = everything[:n], everything[n:-1], everything[-1]
    few = items[:IN_GRAPH]
    pd.set_option("display.width", 160, "display.max_columns", 20)
    print(f"{n:,} × {D} clustered vectors, {len(few):,} of them for the graph and the machine, {QUERIES} queries")
    played("as typed")
    exact = ann.build_index("flat", items).search(queries, K)[0]
    shortlists = on_shortlists(items, queries, exact)
    cells_alone(items, queries, exact)
    recall, compared, graph = beams(few, queries, ann.build_index("flat", few).search(queries, K)[0])
    power = by_taste(items, queries, point)
    print(f"exponent: typed {design.BY_TASTE}, measured {power:.2f}")
    machine(few, queries, graph)
    design.ON_SHORTLIST, design.BY_TASTE = shortlists, power
    design.BEAM_RECALL, design.BEAM_COMPARES = np.maximum.accumulate(recall), compared
    played("with the recalls of this run")


if __name__ == "__main__":
    main()
