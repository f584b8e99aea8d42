"""Training by Lightning: batches in, weights of the best validation recall out, and nothing printed but the bar."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import warnings

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_lightning.utilities.seed import isolate_rng
from torch.utils.data import DataLoader

from course_lib.contracts import DAY_S, DataError
from course_lib.stages.retrieval.towers.batches import Batches
from course_lib.stages.retrieval.towers.network import TowerTask
from course_lib.stages.retrieval.towers.processes import Curve, Processes, average_weights, share
from course_lib.stages.retrieval.towers.recency import RecencyClock

MAX_STRETCHES = 200


def train_towers(model, valid, seed: int, progress: bool) -> list[float]:
    """Train model.net in place; return the validation recall at each check, [] without `valid`."""
    s = model.settings
    batches = _batches(model, valid, seed)
    task = TowerTask(model.net, s["loss"], _temperature(s), s["learning_rate"] or (1e-3 if model.has_time else 3e-3),
                     s["weight_decay"], _blocks(s))
    checks = ValidationBatches(model, valid) if valid is not None else None
    processes = Processes(s["trainer"], len(batches), s["loss"])
    steps = processes.steps(len(batches))
    with _quiet(), isolate_rng(), tempfile.TemporaryDirectory() as folder, processes.running():
        pl.seed_everything(seed, verbose=False)
        curve = Curve(folder, seed)
        callbacks = [curve]
        if s["average"]:
            callbacks.append(average_weights(1 - 1 / max(2.0, s["average"] * steps)))
        if checks is not None:
            best = ModelCheckpoint(dirpath=folder, monitor="valid_recall", mode="max")  # with callbacks: the average
            callbacks += [EarlyStopping("valid_recall", patience=s["patience"], mode="max"), best]
        trainer = pl.Trainer(max_epochs=s["max_epochs"], callbacks=callbacks, logger=False,
                             enable_progress_bar=progress, enable_model_summary=False, accelerator="cpu",
                             enable_checkpointing=checks is not None, num_sanity_val_steps=0,
                             **{"devices": 1, "val_check_interval": max(1, steps // (1 + model.has_time)),
                                **processes.arguments})
        loader = DataLoader(batches, batch_size=None)
        trainer.fit(task, loader, DataLoader(checks, batch_size=None) if checks is not None else None)
        if checks is not None:
            task.load_state_dict(torch.load(best.best_model_path, weights_only=True)["state_dict"])
        model.net.eval()
        return curve.recall


def _temperature(settings) -> float:
    if settings["temperature"] is not None:
        return settings["temperature"]
    return 0.1 if settings["similarity"] == "cosine" or settings["loss"] == "info_nce" else 1.0


def _blocks(settings) -> int:
    if settings["blocks"] is not None:
        return settings["blocks"]
    whole = callable(settings["loss"]) or settings["similarity"] == "cosine" or settings["loss"] == "info_nce"
    return 1 if whole or settings["dim"] % 128 else settings["dim"] // 128


def _batches(model, valid, seed) -> Batches:
    s, loss = model.settings, model.settings["loss"]
    size = s["batch_size"] or (512 if model.has_time else 1024)
    uniform = s["uniform_negatives"]
    if uniform is None:
        uniform = size if model.has_time or loss == "bpr" else 0
    common = {"log_q": s["log_q"] and loss not in ("bpr", "info_nce", "full_softmax"),
              "every_item": loss == "full_softmax"}
    if not model.has_time:
        return Batches(model.history, model.n_items, size, uniform, seed, **common)
    clock, horizon_s = _clock(model, valid, size)
    return Batches(model.history, model.n_items, size, uniform, seed, clock=clock, causal=True, horizon_s=horizon_s,
                   skip_until=clock.edges[0] + 0.03 * (clock.edges[-1] - clock.edges[0]), **common)


def _clock(model, valid, size) -> tuple[RecencyClock, float]:
    """Counts at up to 200 moments, so far apart that a stretch holds about a batch of events; and the horizon, s."""
    _, item, time = model.past
    end = model.train_end + 1
    stretches = int(np.clip(len(time) // size, 10, MAX_STRETCHES))
    clock = RecencyClock(time, item, model.n_items, np.linspace(time[0], end, stretches + 1))
    model.clock, model.counts, model.counts_at = clock, clock.counts[-1].astype(np.float64), end
    horizon = model.settings["horizon_days"]
    if horizon is None:
        horizon_s = 2 * (float(valid["time"].max()) - end) if valid is not None else 0.2 * (end - time[0])
    else:
        horizon_s = horizon * DAY_S
    return clock, max(0.0, horizon_s)


class ValidationBatches(torch.utils.data.Dataset):
    """Users with something in valid and something in train: what recall@20 needs, 512 users at a time."""

    def __init__(self, model, valid):
        user = model.user_vocabulary.rows(valid["user"], strict=False)  # −1: first seen after training
        item = model.item_vocabulary.rows(valid["item"], strict=False)
        judged = (user >= 0) & (item >= 0) & (np.diff(model.history.start)[user] > 0)
        if not judged.any():
            raise DataError("No event of valid has a user with history in train and a known item; nothing to stop on. "
                            "Pass a valid part of the same users, or none.")
        self.model, self.user, self.item = model, user[judged], item[judged]
        self.parts = np.array_split(np.unique(self.user), max(1, len(np.unique(self.user)) // 512))

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, number):
        users, history = share(self.parts[number]), self.model.history
        relevant = np.zeros((len(users), self.model.n_items), np.float32)
        mine = np.isin(self.user, users)
        relevant[np.searchsorted(users, self.user[mine]), self.item[mine]] = 1
        seen = np.flatnonzero(np.isin(history.user, users))
        batch = history.of(users) | {
            "relevant": torch.as_tensor(relevant), "item": torch.arange(self.model.n_items),
            "seen_row": torch.as_tensor(np.searchsorted(users, history.user[seen])),
            "seen_item": torch.as_tensor(history.item[seen])}
        recency = self.model._recency(None)
        return batch if recency is None else batch | {"recency": recency}


@contextlib.contextmanager
def _quiet():
    """Lightning's notes on accelerators, workers and loggers are about machines, not about this course."""
    loggers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning.pytorch", "lightning.fabric",
                                                    "pytorch_lightning.utilities.rank_zero",
                                                    "lightning_fabric")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
