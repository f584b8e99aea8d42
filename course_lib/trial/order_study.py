"""What the order of a history is worth on one log, split one way: models that read it beside models that do not.

    python -m course_lib.trial.order_study movietweetings time --seeds 5       # hours; writes studied/….json
    stored("movietweetings", "time")                                           # that: a row a model and seed

Every model is chosen on the validation part and then stands at the test's moment, with all that came before in its
histories. The same trained model without order (`without_order`) is the control: what it loses is what order was worth.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, Dataset
from course_lib.data import datasets, retail
from course_lib.data.disk import write_atomic
from course_lib.data.event_order import at_test, three_splits, without_order
from course_lib.data.splits import Split
from course_lib.evidence import offline
from course_lib.evidence.chosen import best_on
from course_lib.stages.retrieval import baselines
from course_lib.stages.retrieval.sequences.last_item import Followers, LastItemKNN
from course_lib.trial.gauges import cost, request_ms

FOLDER = Path(__file__).with_name("studied")
LOGS: dict[str, Callable[[], Dataset]] = {
    "ml100k": datasets.ml100k, "movietweetings": datasets.movietweetings,
    "online_retail": lambda: retail.first_purchases(datasets.online_retail())}
SPLITS = ("random", "last", "time")
JUDGED, REQUESTS = 2000, 200


@dataclass(frozen=True)
class Case:
    """What a model is fitted for: a split whose valid chooses, the same at the test's moment, the catalogue, a seed."""

    split: Split
    later: Split
    data: Dataset
    seed: int

    @property
    def size(self) -> dict:
        return {"n_users": self.data.n_users, "n_items": self.data.n_items}


def by_valid(*makers) -> Callable[[Case], object]:
    """Fits each on train, keeps the one that finds most of valid, and fits that one anew on all of the past."""
    def fit(case: Case):
        tried = [make().fit(case.split.train, **case.size) for make in makers]
        best = best_on(case.split.valid, tried, case.split.train)
        return makers[tried.index(best)]().fit(case.later.train, **case.size)
    return fit


def pooled_towers(case: Case):
    """The course's two-tower, everything left open chosen on valid; then it reads valid."""
    from course_lib.stages.retrieval.towers.model import TwoTower

    model = TwoTower(dim=64).fit(case.split.train, case.data.catalog, valid=case.split.valid, seed=case.seed,
                                 progress=False)
    return model.observe(case.split.valid)


def sequence(order: bool = True, **settings) -> Callable[[Case], object]:
    """SequenceTower: passes chosen on valid, trained anew on all of the past; order=False deals times out anew."""
    def fit(case: Case):
        from course_lib.stages.retrieval.sequences.sequence_tower import SequenceTower

        train, past = case.split.train, case.later.train
        if not order:
            train, past = without_order(train, case.seed), without_order(past, case.seed)
        first = SequenceTower(**settings).fit(train, case.data.catalog, case.data.users, case.split.valid, case.seed)
        passes = 1 + int(np.argmax(first.history_))
        again = SequenceTower(**settings | {"max_epochs": passes})
        return again.fit(past, case.data.catalog, case.data.users, seed=case.seed)
    return fit


def generative(case: Case):
    """Semantic ids of the catalogue's content; the number of passes is fixed."""
    from course_lib.stages.retrieval.sequences.generative import GenerativeRetriever

    return GenerativeRetriever(size=32).fit(case.later.train, case.data.catalog, case.data.users, seed=case.seed)


MODELS: dict[str, Callable[[Case], object]] = {
    "popularity": by_valid(baselines.Popularity, *(lambda d=d: baselines.RecentPopularity(d) for d in (1, 7, 30))),
    "item-kNN": by_valid(*(lambda k=k: baselines.ItemKNN(k) for k in (20, 100, 300))),
    "item-kNN, last item": by_valid(*(lambda k=k: LastItemKNN(k) for k in (20, 100, 300))),
    "followers of the last item": by_valid(*(lambda s=s: Followers(s) for s in (1, 3, 10))),
    "EASE": by_valid(*(lambda r=r: baselines.EASE(r) for r in (50, 200, 500))),
    "iALS": by_valid(*(lambda r=r: baselines.ALS(64, r, 4) for r in (10, 30, 90))),
    "pooled towers": pooled_towers,
    "SASRec": sequence(loss="bce"),
    "gSASRec": sequence(),
    "gSASRec, order dealt anew": sequence(order=False),
    "generative": generative,
}


def study(data: Dataset, split: Split, seed: int = 0, models=None, k: int = 20, tell=None) -> pd.DataFrame:
    """One row a model: recall and ndcg with their intervals over people, cold (recall on items never taken before),
    p50_ms and p99_ms of one request, bytes it holds, seconds of fitting, and over_order: recall less that of the row
    "gSASRec, order dealt anew" where that was asked for, paired by person.

    models: names of MODELS, or {name: Case → model}. At most JUDGED people are judged, drawn by seed.
    """
    models = {name: MODELS[name] for name in models or MODELS} if not isinstance(models, dict) else models
    case = Case(split, judged(at_test(split), seed), data, seed)
    rows, recalls = [], {}
    for name, fit in models.items():
        with cost() as spent:
            model = fit(case)
        row, recalls[name] = reading(model, case.later, k)
        rows.append({"model": name, **row, "seconds": spent.seconds})
        if tell is not None:
            tell(f"{name}: recall@{k} {row['recall']:.3f}, {spent.seconds:.0f} s")
    control = recalls.get("gSASRec, order dealt anew")
    if control is not None:
        for row in rows:
            gap = offline.paired(recalls[row["model"]], control)
            row |= {"over_order": gap.value, "over_order_low": gap.low, "over_order_high": gap.high}
    return pd.DataFrame(rows)


def judged(split: Split, seed: int) -> Split:
    """The same split with at most JUDGED of its test's people."""
    users = split.test["user"].unique()
    kept = np.random.default_rng(seed).permutation(users)[:JUDGED]
    return Split(split.train, split.valid, split.test[split.test["user"].isin(kept)], split.kind)


def reading(model, split: Split, k: int = 20) -> tuple[dict, np.ndarray]:
    """What one fitted model is worth and costs; and recall of each person, float (U,)."""
    users, wanted = offline.held_out(split.test)
    top = np.asarray(model.recommend(users, k)).astype(np.int64)
    values = {"recall": offline.recall_at_k(top, wanted, k), "ndcg": offline.ndcg_at_k(top, wanted, k)}
    row = {}
    for name, value in values.items():
        estimate = offline.bootstrap(value)
        row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    cold = [np.setdiff1d(items, split.train["item"]) for items in wanted]
    row["cold"] = float(np.nanmean(offline.recall_at_k(top, cold, k))) if any(map(len, cold)) else float("nan")
    spent = request_ms(model, users[:REQUESTS], k)
    row |= {"p50_ms": float(np.median(spent)), "p99_ms": float(np.quantile(spent, 0.99)), "bytes": held_bytes(model)}
    return row, values["recall"]


def held_bytes(model) -> int:
    """Bytes of what a model holds to answer from: weights and tables of numbers, histories and ids left out, which
    every model needs."""
    if hasattr(model, "net"):
        return sum(part.numel() * part.element_size() for part in (*model.net.parameters(), *model.net.buffers()))
    total = 0
    for name, part in vars(model).items():
        if name in ("seen", "last"):
            continue
        pieces = [part.data, part.indices, part.indptr] if hasattr(part, "indptr") else [part]
        total += sum(piece.nbytes for piece in pieces if isinstance(piece, np.ndarray))
    return total


# --- what was run before --------------------------------------------------------------------------------------------
def stored(log: str, how: str) -> pd.DataFrame:
    """The rows of a stored study, with a column seed. Raises DataError, with the command, where it was not run."""
    path = FOLDER / f"{log}_{how}.json"
    if not path.exists():
        raise DataError(f"{path.name} is not stored. Run: python -m course_lib.trial.order_study {log} {how}")
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def main(arguments=None) -> int:
    """Study a log under several seeds and store the rows, after each seed. Returns 0."""
    asked = argparse.ArgumentParser(prog="python -m course_lib.trial.order_study")
    asked.add_argument("log", choices=LOGS)
    asked.add_argument("split", choices=SPLITS)
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    given = asked.parse_args(arguments)
    if given.seeds < 1:
        raise ArgumentError(f"seeds is {given.seeds}; expected at least 1.")
    data, rows = LOGS[given.log](), []
    for seed in range(given.seeds):
        split = three_splits(data.interactions, seed)[given.split]
        rows.append(study(data, split, seed, given.models, tell=print).assign(seed=seed))
        FOLDER.mkdir(exist_ok=True)
        text = pd.concat(rows).to_json(orient="records", double_precision=6)
        write_atomic(FOLDER / f"{given.log}_{given.split}.json", text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
