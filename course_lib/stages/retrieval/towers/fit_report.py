"""What a fit chose and what it is worth: the trials and, on the same validation part, what needs no towers."""

from __future__ import annotations

import copy

import pandas as pd
import torch

from course_lib.stages.retrieval.baselines import ALS, EASE, Popularity, RecentPopularity
from course_lib.stages.retrieval.towers.judging import ValidationBatches, recall_of

MOST_ITEMS = 12_000  # EASE inverts a matrix of items by items: a minute of one core here
COLUMNS = ["what", "settings", "recall@20"]


def peers(by_time: bool, n_items: int) -> dict:
    """{name: makers}: each peer with the few settings that it may choose among on the validation part."""
    found = {"popularity": {"": Popularity}}
    if by_time:
        found["recent counts"] = {f"{days} days": lambda d=days: RecentPopularity(d) for days in (1, 3, 7, 14, 30)}
    grid = ((64, 10, 4), (64, 60, 4), (128, 30, 4), (64, 1, 1), (128, 10, 10))
    found["iALS (implicit)"] = {f"dim {dim}, l2 {l2}, alpha {alpha}": lambda d=dim, r=l2, a=alpha: ALS(d, r, a)
                                for dim, l2, alpha in grid}
    if n_items <= MOST_ITEMS:
        found["EASE"] = {f"l2 {l2}": lambda r=l2: EASE(r) for l2 in (50, 200, 500)}
    return found


def report(model) -> pd.DataFrame:
    """One row a trial and a peer, best first: what, settings, recall@20 on the validation part (the judged users)."""
    rows = [("towers, tried", _words(row), row["recall@20"]) for _, row in model.trials_.iterrows()]
    rows.append(("towers, as chosen", _added(model), model.recall_))
    if model.judged is None:  # a model that was loaded
        return _table(rows)
    judging = copy.copy(model)
    judging.past, judging.history = model.trained_on
    user, item, time = judging.past
    train = pd.DataFrame({"user": user, "item": item, "time": time})
    batches = ValidationBatches(judging, model.judged)
    for name, makers in peers(model.by_time, model.n_items).items():
        found = {settings: _recall(batches, make().fit(train, model.n_users, model.n_items))
                 for settings, make in makers.items()}
        best = max(found, key=found.get)
        rows.append((name, best, found[best]))
    return _table(rows)


def _table(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("recall@20", ascending=False, ignore_index=True)


def _recall(batches, peer) -> float:
    found = [recall_of(torch.as_tensor(peer.score(batches.users[place]).copy()), batches[number])
             for number, place in enumerate(batches.parts)]
    return float(torch.cat(found).mean())


def _words(row) -> str:
    named = [f"{name} {row[name]}" for name in row.index if name not in ("recall@20", "chosen", "passes")]
    return ", ".join([*named, f"{row['passes']:.3g} passes"])


def _added(model) -> str:
    chosen = _words(model.trials_.iloc[0])
    if model.added is None:
        return f"{chosen}; nothing added"
    half_life, weight, fade = model.added
    recent = f"{weight:g} · log(1 + counts of {model.clock.half_lives[half_life]:g} days) − " if weight else "−"
    return f"{chosen}; added {recent}{fade:g} · log(1 + all counts)"
