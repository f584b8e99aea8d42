"""Is the whole chain above EASE? Both fitted on train and valid, judged on test, the whole catalogue ranked.

python tests/benchmarks/bench_funnel.py                          ML-100K and Online Retail II at random, and by time
python tests/benchmarks/bench_funnel.py --only ml100k --seeds 0  one part, one seed

Protocol: first event of each user and item; users with an event before the test part and in it; known items masked.
EASE's l2 is chosen on valid among 100, 200, 400 and is the same for the chain's EASE. Differences of recall@10 and
NDCG@10 are chain − EASE, paired by users, with 95% intervals; the last row of a part takes each user's mean over seeds.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings

import numpy as np
import pandas as pd

from course_lib.data import datasets, retail, splits
from course_lib.evidence.offline import held_out, ndcg_at_k, paired, recall_at_k, top_items
from course_lib.serving.funnel import Funnel
from course_lib.stages.retrieval.candidate_sources import HeadEASE

K, WIDE, ASKED_ALONE = 10, 300, 300
PARTS = {"ml100k": "ML-100K, random", "retail": "Online Retail II, random", "retail-time": "Online Retail II, by time"}


def dataset_of(part: str):
    return datasets.ml100k() if part == "ml100k" else retail.first_purchases(datasets.online_retail())


def split_of(data, part: str, seed: int) -> splits.Split:
    return splits.by_time(data.interactions) if part.endswith("time") else splits.by_user(data.interactions, seed=seed)


def p99_ms(chain: Funnel, users: np.ndarray) -> float:
    """Of requests for one user's list, asked one by one."""
    spent = []
    for user in np.random.default_rng(0).choice(users, ASKED_ALONE):
        started = time.perf_counter()
        chain.recommend([user], K)
        spent.append(1000 * (time.perf_counter() - started))
    return float(np.percentile(spent, 99))


def judge(data, split: splits.Split, seed: int) -> tuple[dict, dict[str, pd.Series]]:
    """(a row of the table, {metric: chain − EASE by user})."""
    started = time.perf_counter()
    chain = Funnel(seed=seed).fit(data, split)
    fit_s = time.perf_counter() - started
    known = pd.concat([split.train, split.valid])
    ease = HeadEASE(chain.fit_report["l2"], most=data.n_items).fit(known, data.n_users, data.n_items)
    users, relevant = held_out(split.test[split.test["user"].isin(known["user"])])
    lists = {"EASE": top_items(ease, users, WIDE, known), "chain": chain.recommend(users, K),
             "blend": chain.candidates(users, WIDE)}
    row, differences = {"users": len(users)}, {}
    for name, metric in (("recall", recall_at_k), ("NDCG", ndcg_at_k)):
        mine, theirs = (metric(lists[one], relevant, K) for one in ("chain", "EASE"))
        differences[name] = pd.Series(mine - theirs, index=users)
        row |= {f"EASE {name}": f"{theirs.mean():.4f}", f"chain {name}": f"{mine.mean():.4f}",
                f"chain − EASE {name}": said(differences[name])}
    for name in ("EASE", "blend"):
        row[f"{name} recall@{WIDE}"] = f"{recall_at_k(lists[name], relevant, WIDE).mean():.4f}"
    row |= {"fit s": f"{fit_s:.0f}", "p99 ms": f"{p99_ms(chain, users):.1f}", "l2": f"{chain.fit_report['l2']:g}",
            "shares": ", ".join(f"{source} {share:g}" for source, share in chain.shares.items())}
    return row, differences


def said(difference: pd.Series) -> str:
    found = paired(difference.to_numpy(), np.zeros(len(difference)))
    return f"{found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"


def report(part: str, seeds: list[int]) -> None:
    """Print the table of one part: a row a seed, and one for all of them."""
    data, rows, by_seed = dataset_of(part), {}, []
    for seed in seeds:
        rows[f"seed {seed}"], differences = judge(data, split_of(data, part, seed), seed)
        by_seed.append(differences)
    if len(seeds) > 1:
        over_seeds = {name: pd.concat([one[name] for one in by_seed], axis=1).mean(axis=1) for name in by_seed[0]}
        rows["all seeds"] = {f"chain − EASE {name}": said(values) for name, values in over_seeds.items()}
    print(f"\n{PARTS[part]}")
    print(pd.DataFrame(rows).T.fillna("").T.to_string(), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=tuple(PARTS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    for part in [asked.only] if asked.only else PARTS:
        if part == "ml100k" or datasets.available("online_retail"):
            report(part, asked.seeds)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
