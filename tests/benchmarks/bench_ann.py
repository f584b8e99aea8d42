"""What does it cost to find 100 neighbours among a million? Recall, latency, bytes, build time of each kind of index.

python tests/benchmarks/bench_ann.py            1,000,000 × 64 clustered vectors, filters, growth from 10⁴ to 10⁶
python tests/benchmarks/bench_ann.py --n 100000 a quick look

Queries come one at a time on one thread; recall is against exact search, with a 95% interval over queries. Exact search
is the peer: ratios of medians from one run are what to compare between machines.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from course_lib.evidence.estimate import bootstrap
from course_lib.stages import ann

D, K, QUERIES = 64, 100, 500
BUDGET_MS, WANTED = 30, 0.95


def recipes(n):
    """Name → (kind, build parameters, search parameters)."""
    cells = {"nlist": min(1024, n // 300), "train_size": min(n, 64_000)}
    probes = min(64, cells["nlist"])
    return {"flat": ("flat", {}, {}), "hnsw": ("hnsw", {"M": 16}, {"ef_search": 500}),
            "ivf_flat": ("ivf_flat", cells, {"nprobe": probes}),
            "ivf_pq": ("ivf_pq", {**cells, "m": 16}, {"nprobe": probes}),
            "opq_ivf_pq": ("opq_ivf_pq", {**cells, "m": 16}, {"nprobe": probes}),
            "ivf_pq_refine": ("ivf_pq_refine", {**cells, "m": 16}, {"nprobe": probes, "k_factor": 10})}


def measure(index, queries, exact, **tuning):
    """Recall with its interval and latency of one setting."""
    recall = bootstrap(ann.index_recall(index.search(queries, K, **tuning)[0], exact), n_boot=500)
    spent = ann.latencies_ms(lambda q: index.search(q, K, **tuning), queries)
    return {"recall@100": str(recall), "recall": recall.value, "p50 ms": np.median(spent),
            "p99 ms": np.percentile(spent, 99)}


def kinds(items, queries):
    """The table at full size, and the indexes by name."""
    rows, built, exact = {}, {}, None
    for name, (kind, build, search) in recipes(len(items)).items():
        start = time.perf_counter()
        built[name] = ann.build_index(kind, items, threads=2, **build)
        build_s = time.perf_counter() - start
        exact = built["flat"].search(queries, K)[0] if exact is None else exact
        bytes_, predicted = built[name].bytes(), ann.predicted_bytes(kind, len(items), D, **build)
        rows[name] = {**measure(built[name], queries, exact, **search), "MB": bytes_ / 1e6,
                      "predicted MB": predicted / 1e6, "error %": 100 * (predicted / bytes_ - 1), "build s": build_s}
    table = pd.DataFrame(rows).T
    table["× flat"] = table.loc["flat", "p50 ms"] / table["p50 ms"]
    table["in budget"] = (table["recall"] > WANTED) & (table["p99 ms"] < BUDGET_MS)
    return table.drop(columns="recall"), built


def filters(index, queries):
    """Ways to search under a hard filter that lets 50, 10 and 1 percent through, at random."""
    rows = []
    for rate in (0.5, 0.1, 0.01):
        allowed = np.random.default_rng(2).random(index.n) < rate
        exact = index.search(queries, 10, allowed=allowed, how="brute")[0]
        ways = {"drop after 100": lambda q, a=allowed: ann.post_filter(index.search(q, 100)[0], a, 10)}
        for how in ("inside", "brute", "auto"):
            ways[how] = lambda q, a=allowed, how=how: index.search(q, 10, allowed=a, how=how)[0]
        for name, way in ways.items():
            spent = ann.latencies_ms(way, queries[:100])
            rows.append({"allowed": f"{rate:.0%}", "way": name, "p50 ms": np.median(spent),
                         "recall@10": str(bootstrap(ann.index_recall(way(queries), exact), n_boot=500))})
    return pd.DataFrame(rows).set_index(["allowed", "way"])


def growth(items, queries, built):
    """Time of one core and recall as the catalogue grows, at fixed settings; the exponent of n in the last row."""
    rows, sizes = {}, [size for size in (10_000, 30_000, 100_000, 300_000) if size < len(items)] + [len(items)]
    for size in sizes:
        exact = None
        for name in ("flat", "hnsw", "ivf_pq_refine"):
            kind, build, search = recipes(size)[name]
            index = built[name] if size == len(items) else ann.build_index(kind, items[:size], threads=2, **build)
            exact = index.search(queries, K)[0] if exact is None else exact
            spent = ann.latencies_ms(lambda q, i=index, s=search: i.search(q, K, **s), queries[:200],
                                     clock=time.thread_time)
            rows.setdefault(size, {}).update({f"{name} ms": np.median(spent), f"{name} recall": ann.index_recall(
                index.search(queries, K, **search)[0], exact).mean()})
    table = pd.DataFrame(rows).T
    times = [name for name in table if name.endswith("ms")]
    table.loc["exponent"] = pd.Series({name: np.polyfit(np.log(sizes), np.log(table[name]), 1)[0] for name in times})
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=1_000_000)
    n = parser.parse_args().n
    everything = ann.clustered_vectors(n + QUERIES, D, seed=0)
    items, queries = everything[:n], everything[n:]
    pd.set_option("display.width", 160, "display.max_columns", 20, "display.float_format", "{:.3f}".format)
    table, built = kinds(items, queries)
    print(f"\n{n:,} × {D} clustered vectors, one query at a time on one thread; budget: recall@100 > {WANTED}, p99 < "
          f"{BUDGET_MS} ms\n{table}")
    print(f"\nhard filters on HNSW\n{filters(built['hnsw'], queries)}")
    print(f"\ngrowth, milliseconds of one core\n{growth(items, queries, built)}")


if __name__ == "__main__":
    main()
