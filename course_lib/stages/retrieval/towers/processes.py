"""Towers trained in several processes: what Lightning's DDP leaves to the one who calls it.

Each process trains on its own share of an epoch's batches, and DDP averages the gradients before every step, so all
hold the same weights. What changes: an epoch has as many fewer steps as there are processes, each of them the mean over
as many batches. The tables' gradients are dense, as gloo's threads and autograd's fight over sparse ones: a step costs
whole tables, and updates and decays all their rows, as plain AdamW does. What does not change: a batch's negatives come
from that batch alone, never from a neighbour's, so more processes are no more negatives. Settings are not chosen in
several processes: what is left open is the default. Where the number of processes does not divide that of the batches,
an epoch leaves out the few that remain, others each time.

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
import json
import os
import pickle
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from pytorch_lightning.callbacks import Callback
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
        ours = not connected()
        threads, variable = torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS")
        if self.start == "fork":
            torch.set_num_threads(1)
            os.environ["OMP_NUM_THREADS"] = "1"
        try:
            yield
            if connected():
                dist.barrier()  # no process removes files that another still reads
        finally:
            if ours and connected():
                dist.destroy_process_group()
            if self.start == "fork":
                torch.set_num_threads(threads)
                os.environ.pop("OMP_NUM_THREADS")
                if variable is not None:
                    os.environ["OMP_NUM_THREADS"] = variable


class BestAverage(Callback):
    """Judges the averaged weights and keeps the best of them in a file, with the recall of each check beside it: what a
    child process finds, its parent can read.

    folder: where both can reach; processes of a script, which have one each, agree on the first one's. seed: each
    process drops out other units; the batches' seeds differ by themselves. least: recall that has to be
    passed for weights to be kept, that of an earlier piece of the same training.
    """

    def __init__(self, folder, seed: int, least: float = -1.0):
        self.folder, self.seed, self.least, self.seen = Path(folder), seed, least, []

    def on_train_start(self, trainer, task):
        self.folder = Path(trainer.strategy.broadcast(str(self.folder)))
        if trainer.world_size > 1:
            torch.manual_seed(self.seed + trainer.global_rank)
            # A forked child makes its pool of threads anew when it first needs one. Where two of autograd's threads
            # need it at once, one finds none ("Invalid thread pool"): so it is made here, while there is one thread.
            torch.set_num_threads(torch.get_num_threads())

    def on_validation_start(self, trainer, task):
        task.optimizer.swap()

    def on_validation_end(self, trainer, task):
        self.seen.append(float(trainer.callback_metrics["valid_recall"]))
        if trainer.is_global_zero:
            if self.seen[-1] >= max(self.seen) and self.seen[-1] > self.least:
                torch.save(task.net.state_dict(), self.folder / "best.pt")
            (self.folder / "curve.json").write_text(json.dumps(self.seen), encoding="utf-8")
        task.optimizer.swap()

    def on_train_end(self, trainer, task):
        if not self.seen and trainer.is_global_zero:
            with task.optimizer.averaged():
                torch.save(task.net.state_dict(), self.folder / "best.pt")

    def weights(self) -> dict | None:
        """The state of the network at the best check, at the end where nothing was judged; None if none was better."""
        file = self.folder / "best.pt"
        if connected():
            dist.barrier()  # the first process has written by now
        return torch.load(file, weights_only=True) if file.exists() else None

    @property
    def recall(self) -> list[float]:
        """All checks so far, in order; [] if there were none."""
        if not self.seen and (self.folder / "curve.json").exists():
            self.seen = json.loads((self.folder / "curve.json").read_text(encoding="utf-8"))
        return self.seen


def mean_over_processes(values: torch.Tensor) -> torch.Tensor:
    """The mean of float (B,) values of all processes, each value counted once however unequal the shares."""
    if not connected():
        return values.mean()
    total = torch.tensor([values.sum(), len(values)], dtype=torch.float64)
    dist.all_reduce(total)
    return (total[0] / total[1]).float()


def share(rows):
    """The part of `rows` that falls to this process: every world-th, from its rank on; all of them if it is alone."""
    return rows[dist.get_rank()::dist.get_world_size()] if connected() else rows


def connected() -> bool:
    """Whether this process trains together with others."""
    return dist.is_available() and dist.is_initialized()


def _check_pickles(loss) -> None:
    try:
        pickle.dumps(loss)
    except Exception as error:
        raise ArgumentError(f"loss cannot be sent to another process ({error}); expected a name or a function of a "
                            f"module. Move it to a module, or use ddp or ddp_notebook.") from error
