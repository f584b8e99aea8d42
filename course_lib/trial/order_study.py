"""What the order of a history is worth on one log, split one way: models that read it beside models that do not.

    python -m course_lib.trial.order_study movietweetings time --seeds 5       # hours; writes studied/….json
    stored("movietweetings", "time")                                           # that: a row a model and seed

A seed draws the people, and where the split is by time also the moment at which the log ends. What a model leaves open
is chosen once, on the validation part of the first seed: three or four settings of a baseline; blocks, learning rate
and passes of a network (SEARCH, up to 24 passes; studies of before, which their names call “fixed”, had one block, one
rate and up to 12). Then it is trained in each seed on all that came before the test; pooled towers on train alone,
since they weigh recency on a later part, which they then read. The generative retriever's passes are fixed. At random
only popularity, EASE, iALS, item-kNN and gSASRec with its controls are stored.

The same network without order (`without_order`) is the control: what it loses is what order was worth. Each history is
shuffled within what the tower reads at a time, 50 items, so that it is asked with the same ones. Stretches are cut
elsewhere in training, so the coarse order of longer histories stays. One control chooses its own settings, the other
has those of the network in order; order is told over the one that finds more.

What it does not say: by time each history is frozen at the cut; asking for each later event in turn was not played
(Gusak et al. 2025, arXiv:2507.16289, compare such rules). Seeds share people and time, so intervals over them are
rather too narrow, and a later seed's test may lie where the first one's settings were chosen.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
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
PEOPLE = {"ml100k": 0.6, "movietweetings": 0.6, "online_retail": 0.25}   # share that a seed draws
NETWORK = {"batch_size": 64, "max_epochs": 24, "patience": 4}
SEARCH = tuple({"blocks": blocks, "learning_rate": rate} for blocks in (1, 2) for rate in (1e-3, 3e-3))


@dataclass(frozen=True)
class Case:
    """What a model is fitted for: a split whose valid chooses, the same at the test's moment, the catalogue, a seed.

    kept: what was chosen in an earlier seed, {what: choice}; it is filled by the models that keep their choice.
    """

    split: Split
    later: Split
    data: Dataset
    seed: int
    kept: dict = field(default_factory=dict)

    def once(self, what: str, choose: Callable[[], object]):
        """What was kept under this name, else what choose() gives, which is kept."""
        if what not in self.kept:
            self.kept[what] = choose()
        return self.kept[what]

    @property
    def size(self) -> dict:
        return {"n_users": self.data.n_users, "n_items": self.data.n_items}


def by_valid(*makers) -> Callable[[Case], object]:
    """Fits each on train, keeps the one that finds most of valid, and fits that one anew on all of the past."""
    def fit(case: Case):
        def best():
            tried = [make().fit(case.split.train, **case.size) for make in makers]
            return tried.index(best_on(case.split.valid, tried, case.split.train))
        return makers[case.once(f"{makers}", best)]().fit(case.later.train, **case.size)
    return fit


def pooled_towers(case: Case):
    """The course's two-tower from a spectral start, stopped on valid, where it also weighs recency; then it reads it.
    """
    from course_lib.stages.retrieval.towers.model import TwoTower

    tower = TwoTower(dim=64, start="spectral", mask_history=True, weight_decay=0.1, budget=4)
    tower.fit(case.split.train, case.data.catalog, valid=case.split.valid, seed=case.seed, progress=False)
    return tower.observe(case.split.valid)


def sequence(order: bool = True, tuned: bool | None = None, search=SEARCH, **settings) -> Callable[[Case], object]:
    """SequenceTower: blocks, learning rate and passes chosen together on valid, trained anew on all of the past.

    order=False: items are shuffled within what the tower reads at a time, so that it reads the same items.
    tuned: whether the choice is that of the network in the true order; None: each network makes its own.
    search: what is tried, settings of SequenceTower; `max_epochs` and `patience` among settings end each try.
    """
    tuned = order if tuned is None else tuned

    def fit(case: Case):
        from course_lib.stages.retrieval.sequences.sequence_tower import SequenceTower

        def seen(events, in_order):
            read = SequenceTower(**settings).settings["max_length"]
            return events if in_order else without_order(events, case.seed, latest=read)

        def best():
            found = []
            for tried in search:
                first = SequenceTower(**settings | tried).fit(seen(case.split.train, tuned), case.data.catalog,
                                                              case.data.users, case.split.valid, case.seed)
                passes = 1 + int(np.argmax(first.history_))
                found.append((max(first.history_), tried | {"max_epochs": passes}))
            return max(found, key=lambda pair: pair[0])[1]
        again = SequenceTower(**settings | case.once(f"{tuned} {search} {settings}", best))
        return again.fit(seen(case.later.train, order), case.data.catalog, case.data.users, seed=case.seed)
    return fit


def generative(case: Case):
    """Semantic ids of the catalogue's content; the number of passes is fixed."""
    from course_lib.stages.retrieval.sequences.generative import GenerativeRetriever

    model = GenerativeRetriever(size=32, blocks=1, batch_size=64, learning_rate=3e-3, max_epochs=10)
    return model.fit(case.later.train, case.data.catalog, case.data.users, seed=case.seed)


MODELS: dict[str, Callable[[Case], object]] = {
    "popularity": by_valid(baselines.Popularity, *(lambda d=d: baselines.RecentPopularity(d) for d in (1, 7, 30))),
    "item-kNN": by_valid(*(lambda k=k: baselines.ItemKNN(k) for k in (20, 100, 300))),
    "item-kNN, last item": by_valid(*(lambda k=k: LastItemKNN(k) for k in (20, 100, 300))),
    "followers of the last item": by_valid(*(lambda s=s: Followers(s) for s in (1, 3, 10))),
    "EASE": by_valid(*(lambda r=r: baselines.EASE(r) for r in (50, 200, 500))),
    "iALS": by_valid(*(lambda r=r: baselines.ALS(64, r, 4) for r in (10, 30, 90))),
    "pooled towers": pooled_towers,
    "SASRec": sequence(**NETWORK, loss="bce"),
    "gSASRec": sequence(**NETWORK),
    "gSASRec, shuffled": sequence(order=False, **NETWORK),
    "gSASRec, shuffled, settings as in order": sequence(order=False, tuned=True, **NETWORK),
    "generative": generative,
}


def study(data: Dataset, split: Split, seed: int = 0, models=None, k: int = 20, say=None,
          kept: dict | None = None) -> pd.DataFrame:
    """One row a model: recall and ndcg with their intervals over people (how many), cold (recall on items never taken
    before, of cold_people), p50_ms and p99_ms of one request, bytes it holds, seconds of fitting, and over_order:
    recall less that of the row "gSASRec, shuffled" where that was asked for, paired by person.

    models: names of MODELS, or {name: Case → model}. At most JUDGED people are judged, drawn by seed.
    kept: see Case; hand in the same one for each seed.
    """
    models = {name: MODELS[name] for name in models or MODELS} if not isinstance(models, dict) else models
    case = Case(split, judged(at_test(split), seed), data, seed, {} if kept is None else kept)
    rows, recalls = [], {}
    for name, fit in models.items():
        with cost() as spent:
            model = fit(case)
        row, recalls[name] = reading(model, case.later, k)
        rows.append({"model": name, **row, **chosen(model), "seconds": spent.seconds})
        if say is not None:
            say(f"{name}: recall@{k} {row['recall']:.3f}, {spent.seconds:.0f} s")
    control = recalls.get("gSASRec, shuffled")
    if control is not None:
        for row in rows:
            gap = offline.paired(recalls[row["model"]], control)
            row |= {"over_order": gap.value, "over_order_low": gap.low, "over_order_high": gap.high}
    return pd.DataFrame(rows)


def drawn(interactions: pd.DataFrame, share: float, split: str, seed: int) -> pd.DataFrame:
    """Events of a share of the people, drawn by seed; for a split by time they end 4% earlier with each seed."""
    people = interactions["user"].unique()
    kept = np.random.default_rng(seed).permutation(people)[:round(share * len(people))]
    events = interactions[interactions["user"].isin(kept)]
    if split == "time":
        events = events[events["time"] <= events["time"].quantile(1 - 0.04 * seed)]
    return events.reset_index(drop=True)


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
    row = {"people": len(users)}
    for name, value in values.items():
        estimate = offline.bootstrap(value)
        row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    cold = [np.setdiff1d(items, split.train["item"]) for items in wanted]
    row["cold_people"] = sum(map(bool, map(len, cold)))
    row["cold"] = float(np.nanmean(offline.recall_at_k(top, cold, k))) if row["cold_people"] else float("nan")
    spent = request_ms(model, users[:REQUESTS], k)
    row |= {"p50_ms": float(np.median(spent)), "p99_ms": float(np.quantile(spent, 0.99)), "bytes": held_bytes(model)}
    return row, values["recall"]


def chosen(model) -> dict:
    """What was chosen of a network that reads order: passes, blocks and learning_rate; {} of any other model."""
    names = {"passes": "max_epochs", "blocks": "blocks", "learning_rate": "learning_rate"}
    settings = getattr(model, "settings", {})
    return {name: settings[key] for name, key in names.items()} if set(names.values()) <= set(settings) else {}


def held_bytes(model) -> int:
    """Bytes of what a model holds to answer from: weights and tables of numbers, histories and ids left out, which
    every model needs."""
    if hasattr(model, "net"):
        tree = getattr(model.net, "tree", None)
        tables = [] if tree is None else [*tree.children, *tree.edges, tree.path, tree.item]
        weights = sum(part.numel() * part.element_size() for part in (*model.net.parameters(), *model.net.buffers()))
        return weights + sum(table.nbytes for table in tables)
    total = 0
    for name, part in vars(model).items():
        if name in ("seen", "last"):
            continue
        pieces = [part.data, part.indices, part.indptr] if hasattr(part, "indptr") else [part]
        total += sum(piece.nbytes for piece in pieces if isinstance(piece, np.ndarray))
    return total


def tell(line: str) -> None:
    """Print at once, so that a long run can be watched."""
    print(line, flush=True)


# --- what was run before --------------------------------------------------------------------------------------------
def stored(log: str, how: str) -> pd.DataFrame:
    """The rows of a stored study, with a column seed. Raises DataError, with the command, where it was not run."""
    path = FOLDER / f"{log}_{how}.json"
    if not path.exists():
        raise DataError(f"{path.name} is not stored. Run: python -m course_lib.trial.order_study {log} {how}")
    return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))


def main(arguments=None) -> int:
    """Study a log under several seeds and store the rows, after each seed; models not asked for keep theirs. Returns 0.
    """
    asked = argparse.ArgumentParser(prog="python -m course_lib.trial.order_study")
    asked.add_argument("log", choices=LOGS)
    asked.add_argument("split", choices=SPLITS)
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    given = asked.parse_args(arguments)
    if given.seeds < 1:
        raise ArgumentError(f"seeds is {given.seeds}; expected at least 1.")
    path = FOLDER / f"{given.log}_{given.split}.json"
    before = stored(given.log, given.split) if path.exists() else pd.DataFrame(columns=["model"])
    data, rows, kept = LOGS[given.log](), [before[~before["model"].isin(given.models)]], {}
    for seed in range(given.seeds):
        events = drawn(data.interactions, PEOPLE[given.log], given.split, seed)
        split = three_splits(events, seed)[given.split]
        table = study(data, split, seed, given.models, say=tell, kept=kept).assign(seed=seed)
        rows.append(table.drop(columns=table.filter(like="over_order").columns))
        FOLDER.mkdir(exist_ok=True)
        text = pd.concat(rows).to_json(orient="records", double_precision=6)
        write_atomic(path, text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
