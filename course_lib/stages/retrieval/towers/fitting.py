"""From a table to a trained model: what is open is chosen, recency is added where it helps, the rest is training."""

from __future__ import annotations

import numpy as np
import torch

from course_lib.contracts import ArgumentError
from course_lib.stages.retrieval.towers.added import choose_added
from course_lib.stages.retrieval.towers.choosing import (
    Halving,
    Trial,
    candidates,
    own_valid,
    passes,
    spectral_can,
    table_of,
)
from course_lib.stages.retrieval.towers.ids import rows
from course_lib.stages.retrieval.towers.interactions import remember
from course_lib.stages.retrieval.towers.judging import ValidationBatches, recall_of
from course_lib.stages.retrieval.towers.network import LOSSES
from course_lib.stages.retrieval.towers.observing import copy_rows, shared
from course_lib.stages.retrieval.towers.processes import Processes
from course_lib.stages.retrieval.towers.training import Allowance, Training

DEFAULTS = {"dim": 256, "start": "random", "weight_decay": 0.1, "mask_history": False, "max_epochs": 20}
TIMES = ("auto", "added", True, False)
AS_BEFORE = ("dim", "start", "weight_decay", "mask_history", "time")


def check_settings(s: dict) -> None:
    """Raise ArgumentError for a setting that is none, or two that do not go together."""
    dim, blocks = s["dim"], s["blocks"]
    if not callable(s["loss"]) and s["loss"] not in LOSSES:
        raise ArgumentError(f"loss is {s['loss']!r}; expected one of {', '.join(LOSSES)}, or a function.")
    if s["similarity"] not in ("dot", "cosine"):
        raise ArgumentError(f"similarity is {s['similarity']!r}; expected dot or cosine.")
    if dim is not None and (not dim >= 1 or dim % 1) or not 0 <= s["dropout"] < 1 or s["time"] not in TIMES:
        raise ArgumentError(f"dim is {dim}, dropout {s['dropout']}, time {s['time']!r}; expected dim of at least 1, "
                            f"0 ≤ dropout < 1 and time auto, added, True or False.")
    width = dim or DEFAULTS["dim"]
    if blocks is not None and (not 1 <= blocks <= width or width % blocks):
        raise ArgumentError(f"blocks is {blocks} and dim {width}; expected blocks that divide dim.")
    if s["mask_history"] and s["loss"] != "in_batch_softmax" and not callable(s["loss"]):
        raise ArgumentError(f"mask_history is True and loss {s['loss']}; expected in_batch_softmax, or a function that "
                            f"reads batch['taken'].")
    if s["start"] not in (None, "random", "spectral") or (s["start"] == "spectral" and not spectral_can(s)):
        raise ArgumentError(f"start is {s['start']!r}; expected random, or spectral with dot products, one block, no "
                            f"shared_table, time other than True and a softmax by name.")
    for name, low in (("max_epochs", 1), ("budget", 0)):
        if s[name] is not None and not s[name] >= low:
            raise ArgumentError(f"{name} is {s[name]}; expected at least {low}, or None to leave it open.")


def fit_model(model, interactions, features, valid, seed: int, progress: bool, start=None) -> None:
    """Train `model` as its settings say; choose those that are left open. See TwoTower.fit."""
    s, allowance = model.settings, Allowance(model.settings["trainer"])
    model.trials_, model.added, model.added_, model.judged, model.recall_ = None, None, None, None, None
    model.going_on = start
    alone = Processes(s["trainer"], 1 << 30, s["loss"]).number == 1
    free = s["max_epochs"] is None and passes(s, len(interactions)) > 0 and alone
    train, judged = (interactions, valid) if valid is not None or not free else own_valid(interactions, seed)
    free = free and judged is not None
    remember(model, train, judged)
    model.by_time = judged is not None and float(judged["time"].min()) > model.train_end
    if not free:
        model.used = used_settings(s, {}, model.by_time, start)
        _train(model, features, judged, model.used["max_epochs"], s["patience"], seed, progress, allowance)
        return
    _choose(model, features, judged, seed, progress, allowance)
    if judged is not valid:
        _again(model, interactions, features, seed, progress)


def _choose(model, features, judged, seed, progress, allowance) -> None:
    """Halve the candidates; give `model` what the winner learnt, and add recency where that helps."""
    s, build = model.settings, _builder(features, seed)
    asked = [{}] if model.going_on is not None else candidates(s, model.by_time)
    trials = [Trial(model, choice, used_settings(s, choice, model.by_time, model.going_on), build) for choice in asked]
    budget = passes(s, len(model.past[0]))
    best = Halving(trials, judged, budget, s["patience"], seed, progress, allowance).run()
    model.history_ = best.training.finish()
    model.trials_, model.best_epochs_ = table_of(trials, best), best.training.best_epoch
    model.net, model.used = best.model.net, best.used
    best.forget()  # the optimiser: as much memory again as the weights, three times
    recent = model.counts if model.by_time and s["time"] in ("auto", "added") else model.counts[:, :0]
    late = judged
    if model.by_time:  # the later half is nearer to the time in which the model will serve
        late = judged[judged["time"] >= judged["time"].median()]
    if _has_judges(model, late):
        model.added, model.added_ = choose_added(model, late, recent, seed)
    model._refresh()
    model.recall_ = recall_on(model, judged, seed)
    model.judged, model.trained_on = judged, (model.past, model.history)


def _has_judges(model, valid) -> bool:
    user, item = (rows(vocabulary, valid[name], strict=False) for name, vocabulary in (
        ("user", model.user_vocabulary), ("item", model.item_vocabulary)))
    return bool(((user >= 0) & (item >= 0) & (np.diff(model.history.start)[user] > 0)).any())


def _train(model, features, judged, epochs, patience, seed, progress, allowance) -> None:
    """One training of the settings in use, nothing chosen."""
    _builder(features, seed)(model)
    training = Training(model, judged, seed, progress, allowance)
    training.run(epochs, patience)
    model.history_ = training.finish()


def _again(model, interactions, features, seed, progress) -> None:
    """Settings are chosen: train anew on everything, as long as was best."""
    history, epochs = model.history_, max(1, model.best_epochs_)
    remember(model, interactions)
    _train(model, features, None, epochs, None, seed, progress, Allowance(None))
    model.history_ = history


def used_settings(settings: dict, choice: dict, by_time: bool, start=None) -> dict:
    """Settings without anything open: what was given, else what is tried, else as in `start`, else the default."""
    given = {name: value for name, value in settings.items() if value is not None}
    before = {} if start is None else {name: start.used[name] for name in AS_BEFORE}
    full = settings | DEFAULTS | before | given | choice
    if start is not None and settings["time"] == "auto":
        full["time"] = start.used["time"]
    return full | {"time": by_time if full["time"] == "auto" else full["time"] is True}


def _builder(features, seed):
    """What gives a model its network: fresh weights, or what `start` has learnt where both have it."""
    def build(model):
        model._build(*features, seed)
        if model.going_on is None:
            return
        items = shared(model.item_vocabulary, model.going_on.item_vocabulary)
        users = shared(model.user_vocabulary, model.going_on.user_vocabulary)
        copied = copy_rows(model.net, model.going_on.net, users, items)
        if not copied:
            raise ArgumentError(f"start shares nothing with this model: its dim is {model.going_on.used['dim']}, here "
                                f"{model.used['dim']}, and {len(items[0])} items are known to both. Fit without it.")
    return build


@torch.no_grad()
def recall_on(model, valid, seed: int = 0) -> float:
    """recall@20 of a fitted model on `valid`, train items masked: what fit_report shows."""
    batches = ValidationBatches(model, valid, seed)
    items = torch.as_tensor(model.embed_items())
    users = model.user_vocabulary.ids
    found = [recall_of(torch.as_tensor(model.embed_users(users[batches.users[place]])) @ items.T, batches[number])
             for number, place in enumerate(batches.parts)]
    return float(torch.cat(found).mean())
