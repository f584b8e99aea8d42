"""Does the two-tower find what its peers find? Recall@20 over the whole catalogue, with intervals, in one run.

python tests/benchmarks/bench_retrieval.py                 ML-100K at three seeds; MovieTweetings at random and by time
python tests/benchmarks/bench_retrieval.py --only ml100k   one part

Protocol: fitted on train, settings chosen on valid, judged on test; train items masked; hits / min(20, held out). By
time, users with something in train and in test. Peers: closed form, `implicit`, and irspack where it is installed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import itertools
import time
import warnings

import numpy as np
import pandas as pd
import torch

from course_lib.data import datasets, splits
from course_lib.evidence.estimate import bootstrap
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


def recalls(score, train, part) -> np.ndarray:
    """Recall@20 of each user of `part` who has a history in train."""
    part = part[part["user"].isin(train["user"].unique())]
    users, relevant = held_out(part)
    return recall_at_k(top_items(score, users, 20, train), relevant, 20)


def tuned(grid, split, size):
    """The model of a grid with the best recall on valid, fitted on train alone."""
    models = [make().fit(split.train, **size) for make in grid]
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
    for k, alpha0, reg in itertools.product((32, 64, 128), (0.03, 0.1, 0.3), (0.003, 0.01)):
        with contextlib.redirect_stdout(io.StringIO()):  # its progress bar
            model = IALSRecommender(seen, n_components=k, alpha0=alpha0, reg=reg, n_threads=2).learn()
        best = max(best, (recalls(model.get_score, split.train, split.valid).mean(), model), key=lambda pair: pair[0])
    return best[1].get_score


class WithRecent:
    """A model's score + weight · log(1 + counts of the last days): what time is worth to a model that has none."""

    def __init__(self, model, days, weight, split, size):
        self.model, self.bonus = model, weight * np.log1p(RecentPopularity(days).fit(split.train, **size).score([0])[0])

    def score(self, users):
        return self.model.score(users) + self.bonus


def models_of(split, data, by_time):
    """Name → score function or model, each fitted on train and chosen on valid; and the seconds the two-tower took."""
    size, fitted = {"n_users": data.n_users, "n_items": data.n_items}, {}
    for name, grid in GRIDS.items():
        if name != "recent popularity" or by_time:
            fitted[name] = tuned(grid, split, size)
    if by_time:
        fitted["ALS + recent counts"] = max(
            (WithRecent(fitted["ALS (implicit)"], d, w, split, size)
             for d, w in itertools.product((3, 7, 14, 30), (0.02, 0.05, 0.1, 0.2))),
            key=lambda model: recalls(model, split.train, split.valid).mean())
    other = with_irspack(split, size)
    if other is not None:
        fitted["iALS (irspack)"] = other
    start = time.perf_counter()
    fitted["two-tower"] = TwoTower().fit(split.train, data.catalog, valid=split.valid, progress=False)
    seconds = time.perf_counter() - start
    if by_time:
        fitted["two-tower, no time"] = TwoTower(time=False).fit(split.train, data.catalog, valid=split.valid,
                                                                progress=False)
    return fitted, seconds


def judge(title, parts, data, by_time=False):
    """Print one table: a row a model, users of all `parts` (splits at several seeds) together."""
    values: dict[str, list] = {}
    for split in parts:
        fitted, seconds = models_of(split, data, by_time)
        for name, model in fitted.items():
            values.setdefault(name, []).append(recalls(model, split.train, split.test))
    rows = {name: {"recall@20": str(bootstrap(np.mean(v, axis=0))), "by seed": " ".join(f"{x.mean():.3f}" for x in v)}
            for name, v in values.items()}
    print(f"\n{title}: {len(next(iter(values.values()))[0]):,} users judged; two-tower trained in {seconds:.0f} s")
    print(pd.DataFrame(rows).T.to_string())
    return fitted["two-tower"]


def latency(model):
    """User vectors one at a time: p50 and p99, ms."""
    ids = np.random.default_rng(0).integers(0, model.n_users, (500, 1))
    spent = latencies_ms(lambda q: model.embed_users(q[:, 0]), ids)
    print(f"user vector: p50 {np.median(spent):.2f} ms, p99 {np.percentile(spent, 99):.2f} ms (budget 5)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("ml100k", "random", "time"))
    parser.add_argument("--seeds", type=int, default=3)
    only, seeds = vars(parser.parse_args()).values()
    warnings.simplefilter("ignore")
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    if only in (None, "ml100k"):
        ml = datasets.ml100k()
        parts = [splits.by_user(ml.interactions, seed=s) for s in range(seeds)]  # the same users in each
        latency(judge(f"ML-100K, random, {seeds} seeds", parts, ml))
    if only == "ml100k" or not datasets.available("movietweetings"):
        return
    films = datasets.movietweetings()
    if only in (None, "random"):
        judge("MovieTweetings, random", [splits.by_user(films.interactions, seed=0)], films)
    if only in (None, "time"):
        judge("MovieTweetings, by time", [splits.by_time(films.interactions)], films, by_time=True)


if __name__ == "__main__":
    main()
