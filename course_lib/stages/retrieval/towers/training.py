"""Training by Lightning: batches in, weights of the best validation recall out, and nothing printed but the bar."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import time
import warnings

import pytorch_lightning as pl
from pytorch_lightning.callbacks import EarlyStopping, Timer
from pytorch_lightning.utilities.seed import isolate_rng
from torch.utils.data import DataLoader

from course_lib.stages.retrieval.towers.batches import Batches
from course_lib.stages.retrieval.towers.judging import ValidationBatches
from course_lib.stages.retrieval.towers.network import TowerTask
from course_lib.stages.retrieval.towers.processes import BestAverage, Processes
from course_lib.stages.retrieval.towers.spectral import start_from


class Allowance:
    """The time that all trainings of one fit have together: `max_time` of Lightning's arguments, None for no end."""

    def __init__(self, trainer: dict | None):
        asked = (trainer or {}).get("max_time")
        self.seconds = None if asked is None else Timer(asked).time_remaining()
        self.started = time.monotonic()

    @property
    def left(self) -> float | None:
        """Seconds that are left, at least 0; None where there is no end."""
        return None if self.seconds is None else max(0.0, self.started + self.seconds - time.monotonic())

    def used(self, share: float) -> bool:
        """Whether more than this share of the time is gone."""
        return self.seconds is not None and self.left < (1 - share) * self.seconds


class Training:
    """The training of one model, in as many pieces as wanted: batches, optimiser and average go on where they stood.

    valid: None, or what is judged once an epoch. allowance: the time there is. recall: at each check so far. epochs:
    passed so far. In several processes (`trainer`) there is one piece only, as what a child holds is gone with it.
    """

    def __init__(self, model, valid, seed: int, progress: bool = False, allowance: Allowance | None = None):
        s, self.model, self.seed, self.progress = model.used, model, seed, progress
        self.allowance = allowance or Allowance(None)
        self.batches = _batches(model, seed)
        self.processes = Processes(s["trainer"], len(self.batches), s["loss"])
        steps = self.processes.steps(len(self.batches))
        keep = 1 - 1 / max(2.0, s["average"] * steps) if s["average"] else 0.0
        self.task = TowerTask(model.net, s["loss"], _temperature(s), learning_rate(s), s["weight_decay"], _blocks(s),
                              keep)
        self.checks = None if valid is None else DataLoader(ValidationBatches(model, valid, seed), batch_size=None)
        if s["start"] == "spectral" and model.going_on is None:
            start_from(self.task, model.history, next(iter(self.batches)), model.n_users, seed)
        self.recall, self.best, self.epochs = [], None, 0

    def run(self, epochs: int, patience: int | None = None) -> float:
        """Train on for `epochs`, fewer where `patience` checks bring nothing better or the time is over.

        Returns the best recall so far; NaN where nothing is judged."""
        with _quiet(), isolate_rng(), tempfile.TemporaryDirectory() as folder, self.processes.running():
            pl.seed_everything(self.seed + self.epochs, verbose=False)
            kept = BestAverage(folder, self.seed, max(self.recall, default=-1.0))
            trainer = pl.Trainer(max_epochs=epochs, callbacks=[kept, *self._stop(patience)], logger=False,
                                 accelerator="cpu", enable_progress_bar=self.progress, enable_model_summary=False,
                                 num_sanity_val_steps=0, enable_checkpointing=False, **self._arguments())
            trainer.fit(self.task, DataLoader(self.batches, batch_size=None), self.checks)
            if self.checks is not None and not kept.recall and not self.recall and self.processes.number == 1:
                trainer.validate(self.task, self.checks, verbose=False)  # the time was over before the first check
            weights = kept.weights()
            self.best = self.best if weights is None else weights
            self.recall = self.recall + kept.recall
            self.epochs += trainer.current_epoch or len(kept.recall) or epochs
        return max(self.recall, default=float("nan"))

    def _stop(self, patience) -> list:
        stops = patience is not None and self.checks is not None
        return [EarlyStopping("valid_recall", patience=patience, mode="max")] if stops else []

    def _arguments(self) -> dict:
        arguments = {"devices": 1} | self.processes.arguments
        if self.allowance.seconds is not None:
            arguments["max_time"] = {"seconds": max(0.01, self.allowance.left)}
        return arguments

    @property
    def best_epoch(self) -> int:
        """How many epochs the best check had behind it; all where nothing was judged."""
        return 1 + self.recall.index(max(self.recall)) if self.recall else self.epochs

    def finish(self) -> list[float]:
        """Give the model the weights of its best check (of the last step where none was judged); return the recalls."""
        if self.best is not None:
            self.model.net.load_state_dict(self.best)
        self.model.net.eval()
        return self.recall


def learning_rate(settings) -> float:
    """The one that is set; else 0.01, and less where recency is an input or the start is worth keeping."""
    if settings["learning_rate"] is not None:
        return settings["learning_rate"]
    if settings["time"]:
        return 1e-3
    return 2e-3 if settings["start"] == "spectral" else 1e-2


def _temperature(settings) -> float:
    if settings["temperature"] is not None:
        return settings["temperature"]
    return 0.1 if settings["similarity"] == "cosine" or settings["loss"] == "info_nce" else 1.0


def _blocks(settings) -> int:
    if settings["blocks"] is not None:
        return settings["blocks"]
    whole = callable(settings["loss"]) or settings["similarity"] == "cosine" or settings["loss"] == "info_nce"
    whole = whole or settings["start"] == "spectral"  # the directions are one system, not several
    return 1 if whole or settings["dim"] % 128 else settings["dim"] // 128


def _batches(model, seed) -> Batches:
    s, loss = model.used, model.used["loss"]
    size = s["batch_size"] or (512 if s["time"] else 1024)
    uniform = s["uniform_negatives"]
    if uniform is None:
        uniform = size if s["time"] or loss == "bpr" else 0
    common = {"log_q": s["log_q"] and loss not in ("bpr", "info_nce", "full_softmax"),
              "every_item": loss == "full_softmax", "mask_history": bool(s["mask_history"])}
    if not s["time"]:
        return Batches(model.history, model.n_items, size, uniform, seed, **common)
    edges = model.clock.edges
    return Batches(model.history, model.n_items, size, uniform, seed, clock=model.clock, causal=True,
                   horizon_s=model.horizon_s, skip_until=edges[0] + 0.03 * (edges[-1] - edges[0]), **common)


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
