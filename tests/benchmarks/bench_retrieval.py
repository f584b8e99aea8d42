"""Does the two-tower find what its peers find? Recall@20 over the whole catalogue, with intervals; and what it costs.

python tests/benchmarks/bench_retrieval.py                      all parts: hours on two cores
python tests/benchmarks/bench_retrieval.py --only ml100k        ML-100K at random, three seeds (--seeds)
                                           --only films         MovieTweetings at random, three seeds
                                           --only films-time    MovieTweetings by time
                                           --only shop          Online Retail II, first purchases, random, three seeds
                                           --only shop-time     Online Retail II, first purchases, by time
                                           --only step          CPU time of a training step from 1k to 100k items
                                           --only fit           the default call on 1M events × 100k items: time, memory

Protocol: fitted on train, settings chosen on valid, judged on test; train items masked; hits / min(20, held out); users
with something in train and in test. The towers are the default call with valid. Peers: closed form, `implicit`, and
irspack where it is installed (--site adds a folder to the path); each at the best of its grid on valid.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import resource
import sys
import time
import warnings

import numpy as np
import pandas as pd
import torch

from course_lib.data import datasets, retail, splits
from course_lib.evidence.estimate import bootstrap, paired
from course_lib.evidence.offline import held_out, recall_at_k, top_items
from course_lib.stages.ann import latencies_ms
from course_lib.stages.retrieval.baselines import ALS, EASE, ItemKNN, Popularity, RecentPopularity
from course_lib.stages.retrieval.towers.model import TwoTower

GRIDS = {
    "popularity": [Popularity],
    "recent popularity": [lambda d=d: RecentPopularity(d) for d in (1, 3, 7, 14, 30)],
    "item-kNN": [lambda k=k, s=s: ItemKNN(k, s) for k, s in itertools.product((10, 20, 50, 200), (0, 10))],
    "EASE": [lambda l2=l2: EASE(l2) for l2 in (50, 200, 500)],
    "ALS (implicit)": [lambda l2=l2, a=a, d=d: ALS(d, l2, a) for l2, a, d in
                       itertools.product((10, 30, 60), (1, 4, 10), (32, 64, 128))],
}
FACTORISATIONS = ("ALS (implicit)", "iALS (irspack)")
RECENT = tuple(itertools.product((1, 3, 7, 14, 30), (0.02, 0.05, 0.1, 0.2, 0.4)))   # days, weight
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)


def recalls(score, train, part) -> pd.Series:
    """Recall@20 of each user of `part` who has a history in train, by user."""
    part = part[part["user"].isin(train["user"].unique())]
    users, relevant = held_out(part)
    return pd.Series(recall_at_k(top_items(score, users, 20, train), relevant, 20), users)


def tuned(models, split):
    """Of fitted models, the one of the best recall on valid."""
    models = list(models)
    if len(models) == 1:
        return models[0]
    return max(models, key=lambda model: recalls(model, split.train, split.valid).mean())


def with_irspack(split, size):
    """irspack's iALS, its settings chosen on valid; None where it is not installed."""
    try:
        from irspack import IALSRecommender
    except ImportError:
        return None
    seen = Popularity().fit(split.train, **size).seen
    best = (-1.0, None)
    for k, alpha0, reg in itertools.product((64, 128, 256), (0.03, 0.1, 0.3), (0.003, 0.01)):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):  # progress bars
            model = IALSRecommender(seen, n_components=k, alpha0=alpha0, reg=reg, n_threads=1).learn()
        best = max(best, (recalls(model.get_score, split.train, split.valid).mean(), model), key=lambda pair: pair[0])
    return best[1].get_score


class WithRecent:
    """A score + weight · its deviation · log(1 + counts of the last days): time for a model that has none.

    The deviation, over items and some users, makes one grid of weights fit models of any scale."""

    def __init__(self, score, days, weight, split, size):
        self.model = score
        recent = np.log1p(RecentPopularity(days).fit(split.train, **size).score([0])[0])
        spread = np.std(self.score_of(np.unique(split.valid["user"])[:200])) / max(recent.std(), 1e-9)
        self.bonus = 10 * weight * spread * recent

    def score_of(self, users):
        return self.model(users) if callable(self.model) else self.model.score(users)

    def score(self, users):
        return self.score_of(users) + self.bonus


def models_of(split, data, by_time):
    """Name → score function or model, each fitted on train and chosen on valid; and the CPU seconds of the towers."""
    size, fitted = {"n_users": data.n_users, "n_items": data.n_items}, {}
    for name, grid in GRIDS.items():
        if name != "recent popularity" or by_time:
            fitted[name] = tuned((make().fit(split.train, **size) for make in grid), split)
            print(f"  {name} done", flush=True)
    other = with_irspack(split, size)
    if other is not None:
        fitted["iALS (irspack)"] = other
    if by_time:
        for name in [name for name in FACTORISATIONS if name in fitted]:
            fitted[f"{name} + recent counts"] = tuned(
                (WithRecent(fitted[name], d, w, split, size) for d, w in RECENT), split)
    start = time.process_time()
    fitted["two-tower"] = towers = TwoTower().fit(split.train, data.catalog, valid=split.valid, progress=False)
    seconds = time.process_time() - start
    print(towers.trials_.to_string(), f"\n  added {towers.added}, recall@20 on valid {towers.recall_:.4f}", flush=True)
    return fitted, seconds


def judge(title, parts, data, by_time=False):
    """Print one table: a row a model, users of all `parts` (splits at several seeds) together."""
    values: dict[str, list] = {}
    for split in parts:
        fitted, seconds = models_of(split, data, by_time)
        for name, model in fitted.items():
            values.setdefault(name, []).append(recalls(model, split.train, split.test))
    together = {name: pd.concat(v, axis=1).mean(axis=1) for name, v in values.items()}  # a user's mean over the seeds
    towers = together["two-tower"]
    rows = {name: {"recall@20": str(bootstrap(one.to_numpy())), "by seed": " ".join(f"{x.mean():.3f}" for x in v),
                   "towers − it": str(paired(towers.to_numpy(), one.loc[towers.index].to_numpy()))}
            for (name, one), v in zip(together.items(), values.values(), strict=True)}
    print(f"\n{title}: {len(towers):,} users judged; two-tower trained in {seconds:.0f} s of CPU")
    print(pd.DataFrame(rows).T.to_string(), flush=True)
    return fitted["two-tower"]


def latency(model):
    """User vectors one at a time: p50 and p99, ms."""
    ids = np.random.default_rng(0).integers(0, model.n_users, (500, 1))
    spent = latencies_ms(lambda q: model.embed_users(q[:, 0]), ids)
    print(f"user vector: p50 {np.median(spent):.2f} ms, p99 {np.percentile(spent, 99):.2f} ms (budget 5)")


# --- what it costs ---------------------------------------------------------------------------------------------------
def made_up(n_items, n_events, n_users, seed=0):
    """Events by users and on items of a long tail, in 400 days."""
    rng = np.random.default_rng(seed)
    share = 1 / (np.arange(n_items) + 10.0) ** 0.8
    item = rng.permutation(n_items)[rng.choice(n_items, n_events, p=share / share.sum())]
    table = pd.DataFrame({"user": rng.integers(0, n_users, n_events), "item": item,
                          "time": np.sort(rng.uniform(0, 400 * 86_400, n_events))})
    return table.drop_duplicates(["user", "item"])


def step_ms(n_items, **settings) -> float:
    """CPU time of one training step, ms: the difference between a long and a short run, the less of two. The short one
    has touched most rows' memory for the first time."""
    events, spent = made_up(n_items, 300_000, 15_000), []
    catalog = pd.DataFrame(index=range(n_items))
    for _ in range(2):
        taken = []
        for batches in (25, 65):
            start = time.process_time()
            TwoTower(max_epochs=1, trainer={"limit_train_batches": batches}, **settings).fit(
                events, catalog, progress=False)
            taken.append(time.process_time() - start)
        spent.append((taken[1] - taken[0]) / 40 * 1e3)
    return min(spent)


def steps():
    """One row a kind of model: ms a step at each size, and the exponent of a line through the logarithms."""
    kinds = {"256 wide": {"time": False}, "256 wide, masked": {"time": False, "mask_history": True},
             "256 wide, recency as input": {"time": True}}
    rows = {}
    for name, settings in kinds.items():
        spent = [step_ms(n, **settings) for n in SIZES]
        slope = np.polyfit(np.log(SIZES), np.log(spent), 1)[0]
        rows[name] = {f"{n:,}": f"{ms:.0f} ms" for n, ms in zip(SIZES, spent, strict=True)} | {
            "exponent": f"{slope:.2f}", "100k / 10k": f"{spent[-1] / spent[2]:.2f}"}
        print(name, rows[name], flush=True)
    print(pd.DataFrame(rows).T.to_string())


def whole_fit(batches=None):
    """The default call with valid on 1M events × 100k items. batches: of each epoch, to look at memory alone."""
    events = made_up(100_000, 1_100_000, 50_000)
    cut = int(0.9 * len(events))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    trainer = None if batches is None else {"limit_train_batches": batches}
    start, cpu = time.perf_counter(), time.process_time()
    model = TwoTower(trainer=trainer).fit(events[:cut], pd.DataFrame(index=range(100_000)), valid=events[cut:],
                                          progress=False)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(model.trials_.to_string())
    print(f"{cut:,} events × 100,000 items: {wall / 60:.1f} min ({cpu / 60:.1f} of CPU), peak "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB, of which {before:.2f} before the fit",
          flush=True)


def main():
    parts = ("ml100k", "films", "films-time", "shop", "shop-time", "step", "fit", "memory")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=parts, help="memory: fit with 20 batches an epoch")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--site", help="a folder with irspack")
    only, seeds, site = vars(parser.parse_args()).values()
    if site:
        sys.path.append(site)
    warnings.simplefilter("ignore")
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads", flush=True)
    wanted = parts[:-1] if only is None else (only,)
    for name, load in (("ml100k", datasets.ml100k), ("films", datasets.movietweetings), ("shop", shop)):
        for part in (name, f"{name}-time"):
            if part not in wanted or (name == "films" and not datasets.available("movietweetings")):
                continue
            data = load()
            if part == name:
                found = judge(f"{data.name}, random, {seeds} seeds", random_parts(data, seeds), data)
            else:
                found = judge(f"{data.name}, by time", [splits.by_time(data.interactions)], data, by_time=True)
            latency(found)
    for name, run in (("step", steps), ("fit", whole_fit), ("memory", lambda: whole_fit(20))):
        if name in wanted:
            run()


def random_parts(data, seeds):
    return [splits.by_user(data.interactions, seed=seed) for seed in range(seeds)]


def shop():
    return retail.first_purchases(datasets.online_retail())


if __name__ == "__main__":
    main()
