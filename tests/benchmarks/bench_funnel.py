"""Is the whole chain above EASE, what does each ingredient bring, and what does it cost? The whole catalogue is ranked.

python tests/benchmarks/bench_funnel.py                          ML-100K and Online Retail II at random, and by time
python tests/benchmarks/bench_funnel.py --only ml100k --seeds 0  one part, one seed
python tests/benchmarks/bench_funnel.py --only retail --brief    the chain and EASE alone, without the ablation
python tests/benchmarks/bench_funnel.py --only size              time and memory from 1k to 100k items

Protocol: first event of each user and item; users with an event before the test part and in it; known items masked.
EASE's l2 is chosen on valid among 100, 200, 400 and is the same for the chain's EASE; it is fitted on train and valid,
as the chain is. Differences of recall@10 and NDCG@10 are paired by users, with 95% intervals; over seeds, each user's
mean is taken first. Without an ingredient: "blend": the sources' blend in its own order, no trees; "one validation
part": trees that learn from train's candidates and valid's labels alone; "no ages" (by time): neither ages as features
nor sources that age; "no refit": sources fitted on train alone serve.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import resource
import time
import warnings

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, Catalog, Dataset
from course_lib.data import datasets, retail, splits
from course_lib.evidence.offline import held_out, ndcg_at_k, paired, recall_at_k, top_items
from course_lib.serving import funnel_training
from course_lib.serving.fitted_funnel import FittedFunnel
from course_lib.serving.funnel import Funnel
from course_lib.serving.funnel_training import FunnelSettings, Training
from course_lib.stages.retrieval.candidate_sources import HeadEASE
from course_lib.stages.retrieval.past import Past

K, WIDE, ASKED_ALONE = 10, 300, 300
PARTS = {"ml100k": "ML-100K, random", "retail": "Online Retail II, random", "retail-time": "Online Retail II, by time"}
METRICS = {"recall": recall_at_k, "NDCG": ndcg_at_k}
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)


def dataset_of(part: str) -> Dataset:
    return datasets.ml100k() if part == "ml100k" else retail.first_purchases(datasets.online_retail())


def split_of(data, part: str, seed: int) -> splits.Split:
    return splits.by_time(data.interactions) if part.endswith("time") else splits.by_user(data.interactions, seed=seed)


def alone_ms(chain: Funnel, users: np.ndarray) -> dict[str, float]:
    """Milliseconds of requests for one user's list, asked one by one; CPU time does not depend on a busy machine."""
    spent = []
    chain.recommend(users[:1], K)
    for user in np.random.default_rng(0).choice(users, ASKED_ALONE):
        started, cpu = time.perf_counter(), time.process_time()
        chain.recommend([user], K)
        spent.append((time.perf_counter() - started, time.process_time() - cpu))
    quantiles = 1000 * np.percentile(spent, (50, 99), axis=0)
    return {f"{name} ms{of}": quantiles[row, column] for row, name in enumerate(("p50", "p99"))
            for column, of in enumerate(("", " of CPU"))}


# --- who competes ---------------------------------------------------------------------------------------------------
class NoAges(Training):
    """Told that the split is random: no source ages and no age is a feature; its labels stay windows of time."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.found, self.timed = list(self._sets()), False

    def _sets(self):
        return iter(self.found) if hasattr(self, "found") else super()._sets()


def without_ages(data, split, seed: int, l2: float) -> Funnel:
    chain = Funnel(seed=seed)
    training = NoAges(data, split, chain.settings, seed, chain.make_sources, l2, None)
    chain.fitted, chain.fit_report = training.run(), training.report
    return chain


def without_refit(chain: Funnel, data, split, seed: int) -> Funnel:
    """The same trees and shares over sources that know train alone; what stands in valid is masked all the same."""
    plain = Funnel(seed=seed)
    training = Training(data, split, chain.settings, seed, chain.make_sources, chain.fit_report["l2"], None)
    retriever = training._retriever(split.train).with_shares(chain.shares)
    plain.fitted = FittedFunnel(Past(split.train, data.n_items), retriever, chain.ranker, training.catalog,
                                timed=training.timed, columns=training.columns)
    retriever.seen = chain.retriever.seen
    return plain


def rivals(data, split, seed: int, chain: Funnel, known: pd.DataFrame, brief: bool) -> dict:
    """{name: function users → lists (B, K)}, EASE first. brief: only those that need no other chain."""
    l2 = chain.fit_report["l2"]
    ease = HeadEASE(l2, most=data.n_items).fit(known, data.n_users, data.n_items)
    found = {"EASE": lambda users: top_items(ease, users, K, known), "blend": lambda users: chain.candidates(users, K)}
    if brief:
        return found
    found["one validation part"] = Funnel(FunnelSettings(valid_alone=True), seed).fit(
        data, split, l2=l2, progress=False).recommend
    if split.kind == "time":
        found["no ages"] = without_ages(data, split, seed, l2).recommend
    found["no refit"] = without_refit(chain, data, split, seed).recommend
    return found


# --- one part -------------------------------------------------------------------------------------------------------
def judge(data, split: splits.Split, seed: int, brief: bool) -> tuple[dict, dict, dict]:
    """(facts, {list: {metric: of each user}}, {source: recall@300})."""
    started, cpu = time.perf_counter(), time.process_time()
    chain = Funnel(seed=seed).fit(data, split, progress=False)
    fit_s, fit_cpu_s = time.perf_counter() - started, time.process_time() - cpu
    known = pd.concat([split.train, split.valid])
    users, relevant = held_out(split.test[split.test["user"].isin(known["user"])])
    lists = {"the chain": chain.recommend(users, K)}
    lists |= {name: lists_of(users) for name, lists_of in rivals(data, split, seed, chain, known, brief).items()}
    of_user = {name: {metric: pd.Series(measure(top, relevant, K), index=users) for metric, measure in METRICS.items()}
               for name, top in lists.items()}
    wide = {"the blend": chain.candidates(users, WIDE)}
    for name in chain.fit_report["sources"]:
        wide[name] = chain.retriever.with_shares({name: 1.0})
        wide[name] = in_parts(wide[name], users)
    ceiling = {name: float(recall_at_k(top, relevant, WIDE).mean()) for name, top in wide.items()}
    facts = {"users": len(users), "fit s (CPU)": f"{fit_s:.0f} ({fit_cpu_s:.0f})",
             **{name: f"{ms:.1f}" for name, ms in alone_ms(chain, users).items()}, "l2": f"{chain.fit_report['l2']:g}",
             "positives of rows": f"{chain.fit_report['positives']:,} of {chain.fit_report['rows']:,}",
             "shares": ", ".join(f"{source} {share:g}" for source, share in chain.shares.items())}
    return facts, of_user, ceiling


def in_parts(retriever, users: np.ndarray, step: int = 200) -> np.ndarray:
    return np.concatenate([retriever.candidates(*retriever.scores(users[start:start + step]), WIDE)[0]
                           for start in range(0, len(users), step)])


def said(difference: pd.Series) -> str:
    found = paired(difference.to_numpy(), np.zeros(len(difference)))
    return f"{found.value:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"


def report(part: str, seeds: list[int], brief: bool = False) -> None:
    """Print the tables of one part: facts, the chain against EASE, the chain against itself without an ingredient."""
    data, facts, ceilings, by_seed = dataset_of(part), {}, {}, []
    for seed in seeds:
        facts[f"seed {seed}"], of_user, ceilings[f"seed {seed}"] = judge(data, split_of(data, part, seed), seed, brief)
        by_seed.append(of_user)
        print(f"{part} seed {seed}: chain − EASE recall@10 "
              f"{said(of_user['the chain']['recall'] - of_user['EASE']['recall'])}", flush=True)
        gc.collect()
    print(f"\n{PARTS[part]}\n{pd.DataFrame(facts).to_string()}")
    rows, groups = [], {"all seeds": by_seed} if len(seeds) > 1 else {}
    for name, held in {f"seed {seed}": [one] for seed, one in zip(seeds, by_seed, strict=True)}.items():
        groups[name] = held
    for group, held in groups.items():
        for name in held[0]:
            row = {"": group, "list": name}
            for metric in METRICS:
                mine = pd.concat([one[name][metric] for one in held], axis=1).mean(axis=1)
                for other in ("EASE", "the chain"):
                    theirs = pd.concat([one[other][metric] for one in held], axis=1).mean(axis=1)
                    row |= {f"{metric}@10": f"{mine.mean():.4f}", f"{metric} − {other}": "" if name == other else
                            said(mine - theirs)}
            rows.append(row)
    print(f"\n{pd.DataFrame(rows).to_string(index=False)}")
    print(f"\nrecall@{WIDE}\n{pd.DataFrame(ceilings).sort_values(next(iter(ceilings)), ascending=False).round(4)}",
          flush=True)


# --- size -----------------------------------------------------------------------------------------------------------
def made_up(n_items: int, n_events: int) -> Dataset:
    """n_events of n_events / 20 people on n_items items of tastes, popularity falling as 1 / rank, over 100 days."""
    rng, n_users = np.random.default_rng(0), n_events // 20
    weight = 1 / np.arange(1, n_items + 1) ** 0.8
    user, item = rng.integers(0, n_users, 2 * n_events), rng.choice(n_items, 2 * n_events, p=weight / weight.sum())
    near = (user + item) % 8 == 0                                                       # a taste: one item in eight
    keep = near | (rng.random(len(user)) < 0.4)
    events = pd.DataFrame({"user": user, "item": item, "time": rng.uniform(0, 100, len(user)) * DAY_S})[keep]
    events = events.drop_duplicates(["user", "item"]).head(n_events).sort_values("time", ignore_index=True)
    content = np.eye(8, dtype=np.float32)[np.arange(n_items) % 8]
    items = pd.DataFrame({"creator": -1, "category": np.arange(n_items) % 8, "price": rng.lognormal(1, 1, n_items),
                          "born_day": 0, "policy_score": 0.0})
    kinds = {"user": "int32", "item": "int32"}
    return Dataset("made up", events.astype(kinds), Catalog(items, content), pd.DataFrame(index=np.arange(n_users)))


def cost(n_items: int, n_events: int, kind: str) -> dict:
    data = made_up(n_items, n_events)
    split = splits.by_time(data.interactions) if kind == "time" else splits.by_user(data.interactions)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started, cpu = time.perf_counter(), time.process_time()
    chain = Funnel().fit(data, split, progress=False)
    row = {"items": n_items, "events": len(data.interactions), "split": kind, "fit s": time.perf_counter() - started,
           "fit CPU s": time.process_time() - cpu, "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
           "of it the table MB": before}
    return row | alone_ms(chain, np.unique(split.train["user"]))


def sizes(n_events: int, counts=SIZES, kind: str = "user") -> None:
    """A process for each size, so that memory is its own; then how costs grow with the items."""
    rows = []
    for n_items in counts:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rows.append(pool.apply(cost, (n_items, n_events, kind)))
        print(pd.DataFrame(rows[-1:]).round(1).to_string(index=False, header=len(rows) == 1), flush=True)
    found = pd.DataFrame(rows)
    if len(found) > 2:
        exponents = {name: np.polyfit(np.log(found["items"]), np.log(found[name]), 1)[0] for name in (
            "fit CPU s", "peak MB", "p50 ms of CPU", "p99 ms of CPU")}
        print("grows as items to the power of: " + ", ".join(f"{name} {value:.2f}" for name, value in
                                                             exponents.items()), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=(*PARTS, "size", "large"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--events", type=int, default=100_000)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    if asked.only == "size" or asked.only is None:
        sizes(asked.events)
    if asked.only == "large":
        sizes(1_000_000, (100_000,))
    for part in [asked.only] if asked.only in PARTS else [] if asked.only else PARTS:
        if part == "ml100k" or datasets.available("online_retail"):
            report(part, asked.seeds if not part.endswith("time") else asked.seeds[:1], asked.brief)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB; trees "
          f"{funnel_training.TREES}")


if __name__ == "__main__":
    main()
