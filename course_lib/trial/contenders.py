"""Who competes on a table: peers with settings to choose from, and systems that choose for themselves.

A contender is a name and two functions. To let another system compete, such as a whole chain, add one to `contenders`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from course_lib.contracts import BudgetError, Dataset, free_memory
from course_lib.evidence import offline
from course_lib.stages.retrieval import baselines

TUNED_ON = (500, 2000)  # users of the validation part that settings are chosen on, fewer the more items there are
RANKED = 50_000_000    # scores that are ranked for a setting, within these bounds
EASE_ITEMS = 20_000
LEAST_LEFT = 0.5       # of the towers' time, however long it takes to find out what a step takes
SCORES = 5_000_000     # that are held at a time while ranking


@dataclass(frozen=True)
class Task:
    """What a contender gets: train to learn from, valid to choose by; then both to answer from.

    data: the whole table's Dataset, for its catalogue and its numbers of users and items, not for its events. kind:
    "time" or "user", how the parts were made. k: length of the lists. seconds: what fitting may take. progress: bars.
    """

    data: Dataset
    train: pd.DataFrame
    valid: pd.DataFrame
    kind: str
    k: int
    seconds: float
    progress: bool = False
    seed: int = 0

    @property
    def past(self) -> pd.DataFrame:
        """train and valid together, by time."""
        return pd.concat([self.train, self.valid]).sort_values("time", kind="stable", ignore_index=True)


@dataclass(frozen=True)
class Contender:
    """fit: Task → (model with score(users) and recommend(users, k), the settings it chose, in words). unfit: Task → why
    it cannot compete here, "" where it can. peer: whether systems are to be compared with it. load: imports what it
    needs, before any clock runs or memory is measured, and returns what is missing, "" where nothing is."""

    name: str
    fit: Callable[[Task], tuple[object, str]]
    unfit: Callable[[Task], str] = lambda task: ""
    peer: bool = True
    load: Callable[[], str] = lambda: ""


def contenders() -> list[Contender]:
    """All that compete, peers first."""
    return [
        _peer("popularity", [{}], baselines.Popularity),
        _peer("recent popularity", [{"window_days": days} for days in (1, 7, 30, 90)], baselines.RecentPopularity,
              lambda task: "" if task.data.has_time else "the table has no times"),
        _peer("item-kNN", [{"k": k, "shrink": s} for k in (20, 100) for s in (10, 100)], baselines.ItemKNN),
        _peer("EASE", [{"l2": l2} for l2 in (30, 100, 300, 1000)], baselines.EASE, _ease_unfit),
        _peer("implicit ALS", [{"dim": d, "l2": l2, "alpha": a} for d, l2, a in (
            (64, 30, 4), (64, 100, 4), (128, 30, 4), (128, 100, 10))], baselines.ALS),
        Contender("two-tower", _fit_towers, peer=False, load=_load_towers),
        Contender("the whole chain", _fit_chain, peer=False, load=_load_chain),
    ]


def batch_of(n_items: int) -> int:
    """Users that are ranked for at a time, so that their scores stay few."""
    return int(np.clip(SCORES // max(n_items, 1), 1, 1024))


def _peer(name: str, settings: list[dict], make: Callable, unfit=lambda task: "") -> Contender:
    def fit(task: Task):
        chosen, tried = (settings[0], 1) if len(settings) == 1 else _best_setting(name, settings, make, task)
        model = make(**chosen).fit(task.past, task.data.n_users, task.data.n_items)
        words = ", ".join(f"{key} {value:g}" for key, value in chosen.items())
        untried = f" ({tried} of {len(settings)} settings tried, for want of time)"
        return model, words + untried * (tried < len(settings))

    return Contender(name, fit, unfit)


def _best_setting(name: str, settings: list[dict], make: Callable, task: Task) -> tuple[dict, int]:
    """(The setting with the highest recall on valid, how many were tried: those that the time sufficed for.)

    name: the peer's, for the bar.
    """
    users, relevant = offline.held_out(task.valid)
    pick = np.random.default_rng(task.seed).permutation(len(users))[:_tuned_on(task)]
    users, relevant = users[pick], [relevant[n] for n in pick]
    started, found = time.perf_counter(), {}
    bar = tqdm(settings, f"{name}: settings", leave=False, disable=not task.progress)
    for number, setting in enumerate(bar):
        model = make(**setting).fit(task.train, task.data.n_users, task.data.n_items)
        top = offline.top_items(model, users, task.k, task.train, batch=batch_of(task.data.n_items))
        found[number] = float(np.mean(offline.recall_at_k(top, relevant, task.k)))
        spent = time.perf_counter() - started
        if spent * (number + 3) / (number + 1) > task.seconds:    # as much again, and the last fit on train and valid
            break
    bar.close()
    return settings[max(found, key=found.get)], len(found)


def _tuned_on(task: Task) -> int:
    return int(np.clip(RANKED // task.data.n_items, *TUNED_ON))


def _ease_unfit(task: Task) -> str:
    """EASE inverts a matrix of items × items: whether that fits in memory and time, tried on a small one."""
    n, small = task.data.n_items, 1000
    if n > EASE_ITEMS:
        return f"{n:,} items; it inverts a matrix of items × items and is left out above {EASE_ITEMS:,}"
    if 16.0 * n**2 > 0.5 * free_memory():
        return f"{n:,} items would take {16.0 * n**2 / 2**30:.1f} GiB, more than half of the memory that is free"
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        np.linalg.inv(np.eye(small, dtype=np.float32))
        taken.append(time.perf_counter() - started)
    needs = 2 * min(taken) * (n / small) ** 3                   # for one setting, and for train and valid together
    return f"it would take about {needs:.0f} s for {n:,} items" if needs > task.seconds else ""


# --- the towers -----------------------------------------------------------------------------------------------------
def _load_towers() -> str:
    try:
        import course_lib.stages.retrieval.towers.model  # noqa: F401
    except ImportError as error:
        return f"{error}; set up with 'make lab'"
    return ""


def _fit_towers(task: Task):
    """The default call with a validation part, stopped where the time is over; then valid's events are observed.

    Where the time does not suffice for one epoch, as many batches of train and valid as it suffices for. Raises
    BudgetError where these are less than a tenth of an epoch: that would be no trial of the towers.
    """
    from course_lib.stages.retrieval.towers.model import TwoTower

    data, rng = task.data, np.random.default_rng(task.seed)
    catalog = data.catalog if data.catalog.content.shape[1] else data.catalog.items[[]]
    tables = {"catalog": catalog, "users": data.users[[]], "seed": task.seed}
    started = time.perf_counter()
    step = _seconds_a_step(TwoTower, task.train, tables)
    left = max(task.seconds - (time.perf_counter() - started), LEAST_LEFT * task.seconds)
    epoch = step * len(task.train) / (512 if task.kind == "time" else 1024)
    epochs = left / (1.5 * epoch)                                           # half as much again for checks
    if epochs < 1:
        batches = max(1, int(left / step))
        if left < 0.1 * epoch:
            raise BudgetError(f"an epoch would take about {epoch:.0f} s, and {left:.0f} s are left for it. Give more "
                              f"--minutes.")
        model = TwoTower(max_epochs=1, time=task.kind == "time", trainer=_few(batches))
        model.fit(task.past, **tables, progress=task.progress)
        return model, f"{batches} batches, for want of time: {left / max(epoch, 1e-9):.0%} of an epoch"
    users = task.valid["user"].unique()
    judges = task.valid[task.valid["user"].isin(rng.permutation(users)[:_tuned_on(task)])]
    limit = {"max_epochs": 1} if epochs < 2 else {"trainer": {"max_time": {"seconds": left}}}
    model = TwoTower(**limit, time="auto" if task.kind == "time" else False)
    model.fit(task.train, **tables, valid=judges, progress=task.progress)
    model.observe(task.valid)
    best = int(np.argmax(model.history_)) + 1
    return model, (f"the best of {len(model.history_)} checks was number {best}, "
                   f"{'with' if model.has_time else 'without'} recency")


def _seconds_a_step(make, train: pd.DataFrame, tables: dict) -> float:
    """Seconds of one training step on this table, by the difference between a short and a shorter run."""
    taken = []
    for batches in (1, 11):
        started = time.perf_counter()
        make(max_epochs=1, trainer=_few(batches)).fit(train, **tables, progress=False)
        taken.append(time.perf_counter() - started)
    return max((taken[1] - taken[0]) / 10, 1e-4)


def _few(batches: int) -> dict:
    """Lightning's arguments for so many batches and no check."""
    return {"limit_train_batches": batches, "limit_val_batches": 0, "val_check_interval": 1.0}


# --- the whole chain ------------------------------------------------------------------------------------------------
def _load_chain() -> str:
    try:
        import implicit.als  # noqa: F401
        import lightgbm  # noqa: F401

        import course_lib.serving.funnel  # noqa: F401
    except ImportError as error:
        return f"{error}; set up with 'make lab'"
    return ""


def _fit_chain(task: Task):
    """Blended sources and a ranker on top, by the default call, with fewer sets of labels where time is short.

    Raises BudgetError where the time does not suffice for one set and the last fit.
    """
    from course_lib.serving.funnel import Funnel

    try:
        model = Funnel(seed=task.seed).fit(task.data, task, seconds=task.seconds, progress=task.progress)
    except BudgetError as error:
        raise BudgetError(f"{str(error).split('. ')[0]}. Give more --minutes.") from error
    report = model.fit_report
    shares = ", ".join(f"{name} {share:g}" for name, share in report["shares"].items())
    labels = f"{report['positives']:,} labels of {report['sets']} sets"
    return model, f"EASE's l2 {report['l2']:g}; shares {shares}; {labels}"
