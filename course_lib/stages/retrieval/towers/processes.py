"""Towers trained in several processes: what Lightning's DDP leaves to the one who calls it.

Each process trains on its own share of an epoch's batches, and DDP averages the gradients before every step, so all
hold the same weights. What changes: an epoch has as many fewer steps as there are processes, each of them the mean
over as many batches. What does not: a batch's negatives come from that batch alone, never from a neighbour's, so more
processes are no more negatives. Where the number of processes does not divide that of the batches, an epoch leaves out
the few that remain, others each time.

In a notebook (Linux; processes forked from the kernel, one thread each):

    TwoTower(trainer={"strategy": "ddp_notebook", "devices": 2}).fit(events, catalog, valid=valid, progress=False)

In a script, which "ddp" runs once more for each further process, from its first line to its last:

    if __name__ == "__main__":
        model = TwoTower(trainer={"strategy": "ddp", "devices": 2}).fit(events, catalog, valid=valid)
        if pytorch_lightning.utilities.rank_zero_only.rank == 0:  # all hold the model; one saves it
            model.save("towers")

"ddp_spawn" starts them from a script that goes on alone, and needs a loss that can be pickled.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pickle
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from pytorch_lightning.callbacks import Callback, WeightAveraging
from pytorch_lightning.strategies import DDPStrategy

from course_lib.contracts import ArgumentError

STARTS = {"ddp": "popen", "ddp_spawn": "spawn", "ddp_fork": "fork", "ddp_notebook": "fork"}


def can_fork() -> bool:
    """Whether "ddp_notebook" works here: on Linux, and without a GPU, which gives PyTorch threads that no child has."""
    return sys.platform == "linux" and not torch.cuda.is_available()


class Processes:
    """How many processes train and how they start, read from arguments of Lightning's Trainer.

    number: 1 unless `devices` or `num_nodes` says otherwise. arguments: the same for Trainer, with a strategy that
    does not send the catalogue's features, which never change, to every process before every step.
    Raises ArgumentError for fewer batches an epoch than processes, or a loss that "ddp_spawn" cannot pickle.
    """

    def __init__(self, trainer: dict | None, n_batches: int, loss=None):
        self.arguments = dict(trainer or {})
        devices, nodes = self.arguments.get("devices", 1), self.arguments.get("num_nodes", 1)
        self.number = (int(devices) if str(devices).isdigit() else 1) * nodes
        self.start = None
        if self.number == 1:
            return
        if n_batches < self.number:
            raise ArgumentError(f"{n_batches} batches an epoch for {self.number} processes; expected at least one "
                                f"each. Make batch_size smaller or take fewer devices.")
        strategy = self.arguments.get("strategy", "auto")
        if strategy == "auto":
            strategy = "ddp_notebook" if hasattr(sys, "ps1") else "ddp"
        if isinstance(strategy, str) and strategy in STARTS:
            self.start = STARTS[strategy]
            strategy = DDPStrategy(start_method=self.start, broadcast_buffers=False)
        self.arguments |= {"strategy": strategy, "use_distributed_sampler": False}
        if self.start == "spawn":
            _check_pickles(loss)

    def steps(self, n_batches: int) -> int:
        """Steps an epoch, each taken by all processes at once."""
        return max(1, n_batches // self.number)

    @contextlib.contextmanager
    def running(self):
        """Around Trainer.fit and what reads its files: one thread for forked processes, and no group left behind.

        A forked child has none of its parent's OpenMP threads, yet waits for them for ever once it has work for two.
        """
        ours = not _connected()
        threads, variable = torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS")
        if self.start == "fork":
            torch.set_num_threads(1)
            os.environ["OMP_NUM_THREADS"] = "1"
        try:
            yield
            if _connected():
                dist.barrier()  # no process removes files that another still reads
        finally:
            if ours and _connected():
                dist.destroy_process_group()
            if self.start == "fork":
                torch.set_num_threads(threads)
                os.environ.pop("OMP_NUM_THREADS")
                if variable is not None:
                    os.environ["OMP_NUM_THREADS"] = variable


class Curve(Callback):
    """Validation recall at each check, kept in a file as well: what a child process counts, its parent can read.

    folder: where both can reach. seed: each process drops out other units; the batches' seeds differ by themselves.
    """

    def __init__(self, folder, seed: int):
        self.file, self.seed, self.seen = Path(folder) / "curve.json", seed, []

    def on_train_start(self, trainer, task):
        if trainer.world_size > 1:
            torch.manual_seed(self.seed + trainer.global_rank)

    def on_validation_end(self, trainer, task):
        self.seen.append(float(trainer.callback_metrics["valid_recall"]))
        if trainer.is_global_zero:
            self.file.write_text(json.dumps(self.seen), encoding="utf-8")

    @property
    def recall(self) -> list[float]:
        """All checks so far, in order; [] if there were none."""
        if not self.seen and self.file.exists():
            self.seen = json.loads(self.file.read_text(encoding="utf-8"))
        return self.seen


def average_weights(decay: float) -> WeightAveraging:
    """Lightning's EMAWeightAveraging, made of a function that pickles, as "ddp_spawn" needs. decay: share kept a step.

    After n steps of equal weights from a start w₀, the average is decayⁿ·w₀ + (1 − decayⁿ)·w.
    """
    return WeightAveraging(avg_fn=functools.partial(_blend, decay=decay))


def _blend(average, current, n_averaged, decay):
    return decay * average + (1 - decay) * current


def mean_over_processes(values: torch.Tensor) -> torch.Tensor:
    """The mean of float (B,) values of all processes, each value counted once however unequal the shares."""
    if not _connected():
        return values.mean()
    total = torch.tensor([values.sum(), len(values)], dtype=torch.float64)
    dist.all_reduce(total)
    return (total[0] / total[1]).float()


def share(rows):
    """The part of `rows` that falls to this process: every world-th, from its rank on; all of them if it is alone."""
    return rows[dist.get_rank()::dist.get_world_size()] if _connected() else rows


def _connected() -> bool:
    return dist.is_available() and dist.is_initialized()


def _check_pickles(loss) -> None:
    try:
        pickle.dumps(loss)
    except Exception as error:
        raise ArgumentError(f"loss cannot be sent to another process ({error}); expected a name or a function of a "
                            f"module. Move it to a module, or use ddp or ddp_notebook.") from error
