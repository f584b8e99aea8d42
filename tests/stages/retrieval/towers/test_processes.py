"""TwoTower in two processes: each event once an epoch, equal weights, the model back where fit was called."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import torch
import torch.distributed as dist

from course_lib.contracts import DAY_S, ArgumentError
from course_lib.stages.retrieval.losses import in_batch_softmax
from course_lib.stages.retrieval.towers.batches import Batches, History
from course_lib.stages.retrieval.towers.model import TwoTower
from course_lib.stages.retrieval.towers.network import TowerTask
from course_lib.stages.retrieval.towers.processes import Processes, mean_over_processes

SMALL = {"dim": 16, "batch_size": 128, "learning_rate": 0.02, "max_epochs": 4}
TWO = {"strategy": "ddp_fork", "devices": 2}
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes")


def tastes(seed=0, users=301, items=60, each=14):
    """Users of three tastes, who follow theirs three times in four; the last of each user's items are for testing."""
    rng = np.random.default_rng(seed)
    weight = np.where(np.arange(users)[:, None] % 3 == np.arange(items) % 3, 6.0, 1.0)
    item = np.stack([rng.choice(items, each, replace=False, p=w / w.sum()) for w in weight])
    table = pd.DataFrame({"user": np.repeat(np.arange(users), each), "item": item.ravel(),
                          "time": np.tile(np.linspace(0, 60 * DAY_S, each), users) + np.repeat(np.arange(users), each)})
    late = table["time"] > 50 * DAY_S
    return table[~late], table[late]


def recall(model, valid, k=20):
    """(U,) recall@20 of each user, counted here and not by the library."""
    relevant = valid.groupby("user")["item"].apply(set)
    top = model.recommend(relevant.index.to_numpy(), k)
    return np.array([len(set(t) & r) / min(k, len(r)) for t, r in zip(top, relevant, strict=True)])


def work_for_two_threads():
    return (torch.rand(600, 600) @ torch.rand(600, 600)).exp().softmax(1).sum()


class NotingLoss:
    """in_batch_softmax that leaves a line a step in a file of its process: which rows it was given."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, query, item, item_id, log_q, batch):
        rank = dist.get_rank() if dist.is_initialized() else 0
        work_for_two_threads()
        with open(self.folder / f"rank{rank}.jsonl", "a") as file:
            file.write(json.dumps([batch["user"].tolist(), batch["target"].tolist()]) + "\n")
        return in_batch_softmax(query, item, item_id, log_q, temperature=1.0)


@pytest.fixture(autouse=True, scope="module")
def no_hanging():
    """Threads of OpenMP exist before any fork, as in a notebook; and whoever waits for ever is told so."""
    def stop(*_):
        for child in multiprocessing.active_children():
            child.kill()
        raise TimeoutError("These tests take half a minute; after ten a process must be waiting for ever.")

    threads, handler = torch.get_num_threads(), signal.signal(signal.SIGALRM, stop)
    signal.alarm(600)
    torch.set_num_threads(2)
    work_for_two_threads()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "2")
        yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, handler)
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def log():
    return tastes()


@pytest.fixture(scope="module")
def two(log, tmp_path_factory):
    """A model trained in two processes; what both were given; the weights both ended with, and the users judged."""
    folder, patch = tmp_path_factory.mktemp("two"), pytest.MonkeyPatch()
    patch.setattr(TowerTask, "on_train_end", lambda task: torch.save(
        (task.net.state_dict(), len(torch.cat(task.hits))), folder / f"end{dist.get_rank()}.pt"), raising=False)
    with patch.context():
        model = TwoTower(loss=NotingLoss(folder), trainer=TWO, time=False, **SMALL).fit(
            log[0], valid=log[1], progress=False)
    patch.undo()
    given = [[json.loads(line) for line in open(folder / f"rank{rank}.jsonl")] for rank in (0, 1)]
    return model, given, [torch.load(folder / f"end{rank}.pt") for rank in (0, 1)]


def test_two_processes_see_every_event_once_an_epoch(log, two):
    model, given, _ = two
    steps = len(given[0]) // SMALL["max_epochs"]
    assert len(given[0]) == len(given[1]) == steps * SMALL["max_epochs"]
    assert 2 * steps == -(-len(log[0]) // SMALL["batch_size"])  # an even number of batches: none is left out
    for epoch in range(SMALL["max_epochs"]):
        seen = Counter(pair for rank in given for users, items in rank[epoch * steps:(epoch + 1) * steps]
                       for pair in zip(users, items, strict=True))
        assert seen == Counter(log[0][["user", "item"]].itertuples(index=False, name=None))


def test_both_processes_end_with_the_same_weights(two):
    _, _, ((zero, _), (one, _)) = two
    assert zero.keys() == one.keys() and all(torch.equal(zero[name], one[name]) for name in zero)


def test_the_model_that_comes_back_is_the_best_and_its_recall_counts_each_user_once(log, two):
    model, _, ends = two
    assert [judged for _, judged in ends] == [151, 150]
    assert len(model.history_) == SMALL["max_epochs"]
    assert max(model.history_) == pytest.approx(recall(model, log[1]).mean(), abs=1e-6)


def test_two_processes_learn_what_one_does(log, two):
    one = TwoTower(trainer=None, time=False, **SMALL).fit(log[0], valid=log[1], progress=False)
    difference = recall(two[0], log[1]) - recall(one, log[1])
    chance = 20 / 60
    assert recall(one, log[1]).mean() > chance + 0.15
    assert abs(difference.mean()) < 3 * difference.std() / np.sqrt(len(difference)) + 0.02


def test_nothing_of_the_processes_is_left_behind(log, two):
    assert not dist.is_initialized()
    assert two[0].net.item_id.weight.requires_grad and two[0].embed_items().shape == (60, 16)
    assert mean_over_processes(torch.tensor([1.0, 2.0, 6.0])) == 3.0


@pytest.mark.parametrize("trainer", [None, TWO])
def test_the_averaged_weights_that_were_judged_are_those_that_come_back(log, trainer):
    model = TwoTower(trainer=trainer, time=False, **SMALL | {"average": 2.0}).fit(log[0], valid=log[1], progress=False)
    assert max(model.history_) == pytest.approx(recall(model, log[1]).mean(), abs=1e-6)


def test_with_time_and_without_valid_it_trains_too(log):
    model = TwoTower(trainer=TWO, time=True, **SMALL | {"max_epochs": 2}).fit(log[0], progress=False)
    assert model.history_ == [] and recall(model, log[1]).mean() > 0.36


def test_an_error_in_one_process_is_raised_where_fit_was_called(log):
    def loss(query, item, item_id, log_q):
        if dist.get_rank() == 1:
            raise ValueError("a loss that gives up on rank one")
        return in_batch_softmax(query, item, item_id, log_q)

    with pytest.raises(Exception, match="a loss that gives up on rank one"):
        TwoTower(loss=loss, trainer=TWO, time=False, **SMALL).fit(log[0], progress=False)
    assert torch.get_num_threads() == 2 and not dist.is_initialized()


def test_too_few_batches_and_a_loss_that_cannot_travel_are_refused(log):
    with pytest.raises(ArgumentError, match="1 batches an epoch for 2 processes"):
        TwoTower(trainer=TWO, time=False, batch_size=10_000).fit(log[0], progress=False)
    with pytest.raises(ArgumentError, match="Move it to a module"):
        TwoTower(loss=lambda *a: 0, trainer={"strategy": "ddp_spawn", "devices": 2}, time=False).fit(
            log[0], progress=False)
    assert Processes(None, 1).number == 1 and Processes({"devices": "auto"}, 1).arguments == {"devices": "auto"}


def test_an_odd_batch_is_left_out_another_each_epoch(monkeypatch, log):
    history = History(log[0]["user"], log[0]["item"], log[0]["time"], 301)
    size = len(history) // 3  # three batches for two processes
    epochs = []
    for rank in (0, 1):
        batches = Batches(history, 60, size + 1, 0, seed=0)
        monkeypatch.setattr(Batches, "_world", staticmethod(lambda rank=rank: (rank, 2)))
        epochs.append([{tuple(p) for b in batches for p in zip(b["user"].tolist(), b["target"].tolist(), strict=True)}
                       for _ in range(6)])
    together = [zero | one for zero, one in zip(*epochs, strict=True)]
    assert all(not zero & one for zero, one in zip(*epochs, strict=True))
    assert all(len(history) * 0.6 < len(seen) < len(history) * 0.7 for seen in together)
    assert len(set.union(*together)) > 0.98 * len(history)


SCRIPT = """
if __name__ == "__main__":
    import json
    import sys
    sys.path.insert(0, {here!r})
    from test_processes import SMALL, TwoTower, recall, tastes
    from pytorch_lightning.utilities import rank_zero_only

    train, valid = tastes()
    results = []
    for trainer in {trainers}:
        model = TwoTower(trainer=trainer, time=False, **SMALL).fit(train, valid=valid, progress=False)
        results.append([float(abs(model.embed_items()).sum()), max(model.history_), recall(model, valid).mean()])
    with open({folder!r} + f"/{{rank_zero_only.rank}}.json", "w") as file:
        json.dump(results, file)
"""


def run_script(folder, trainers):
    """What each process of a script found: per fit the sum of its weights, the recall it was told, and the true one."""
    script = folder / "train.py"
    script.write_text(SCRIPT.format(here=os.path.dirname(__file__), trainers=trainers, folder=str(folder)))
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=240,
                         env=os.environ | {"PYTHONPATH": os.getcwd()})
    assert run.returncode == 0, run.stderr
    return [json.loads(path.read_text()) for path in sorted(folder.glob("?.json"))]


def test_a_script_trains_with_ddp_again_and_then_alone(tmp_path):
    two = TWO | {"strategy": "ddp"}
    zero, one = run_script(tmp_path, [two, two, None])
    assert zero == one and zero[0] == zero[1] != zero[2]
    for _, told, counted in zero:
        assert told == pytest.approx(counted, abs=1e-6) and counted > 0.48


def test_a_script_trains_with_ddp_spawn(tmp_path):
    [[[_, told, counted]]] = run_script(tmp_path, [TWO | {"strategy": "ddp_spawn"}])
    assert told == pytest.approx(counted, abs=1e-6) and counted > 0.48
