"""The contest: each contender fitted, chosen by the validation part, judged on the test part, its costs measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from course_lib.contracts import CourseError, DataError, Dataset
from course_lib.data import splits
from course_lib.evidence import offline
from course_lib.evidence.estimate import Estimate
from course_lib.trial.contenders import Contender, Task, batch_of
from course_lib.trial.findings import counted
from course_lib.trial.gauges import cost, request_ms

JUDGES = (1000, 5000)   # test users that are ranked for, fewer the more items there are
RANKED = 200_000_000    # scores that are ranked for a contender, within these bounds
REQUESTS = 200          # single requests that are timed
PEERS_SHARE = 0.5       # of the time goes to the peers; what one leaves goes to the next, and then to the systems


@dataclass
class Row:
    """What came out for one contender; where `fault` says why it did not compete, what was judged is NaN or
    None; seconds and bytes are what fitting took before."""

    name: str
    peer: bool
    chosen: str = ""
    fault: str = ""
    recall: Estimate | None = None
    ndcg: Estimate | None = None
    coverage: Estimate | None = None
    difference: Estimate | None = None      # of recall, to the best peer, user by user
    p50_ms: float = float("nan")
    p99_ms: float = float("nan")
    seconds: float = float("nan")
    bytes: float = float("nan")
    values: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False)


@dataclass
class Contest:
    """The rows of one split. best: name of the peer with the highest recall, whom all are compared with."""

    kind: str
    k: int
    rows: list[Row]
    best: str
    judged: int
    finished: float                         # share of the judged who have no more than k items left to take
    split: splits.Split = field(repr=False)


def cut(data: Dataset, kind: str, seed: int = 0) -> splits.Split:
    """The first event of each user and item, split by "time" or at random among each "user"'s; kind as in Split.

    Users with few events stay whole in train: with fewer than five, or than three where hardly anybody has five.
    Raises DataError where the table does not suffice for three parts.
    """
    events = splits.first_only(data.interactions)
    of_user = events["user"].value_counts()
    if kind == "time":
        if (moments := events["time"].nunique()) < 10:
            raise DataError(f"its events fall on {counted(moments, 'different moment')}, too few to part "
                            f"them by time. Give a longer table, or times with hours and minutes.")
        return splits.by_time(events)
    if of_user.max() < 3:
        raise DataError(f"no user took more than {counted(of_user.max(), 'item')}, and it takes 3: one to learn from, "
                        f"one to choose by, one to judge by. Give a longer table.")
    return splits.by_user(events, seed=seed, min_events=5 if (of_user >= 5).sum() >= 100 else 3)


def run(data: Dataset, split: splits.Split, competing: list[Contender], k: int, seconds: float,
        say: Callable[[str], None] = print, progress: bool = False, seed: int = 0,
        listed: np.ndarray | None = None) -> Contest:
    """Let all compete on one split. seconds: what fitting all of them may take; loading libraries and judging are not
    counted. Each contender may take an equal share of its kind's, peers' or systems', and what those before it have
    left; one that takes too long takes nothing of the others' shares. say: called before each step.

    listed: bool (N,), items that a table of items names; None: no such table. An item that is not among them can be
    recommended only once it was taken: that it exists at all is known from the test part alone, where it would be a
    hit for somebody for sure. A contender that fails is named with why, and the others go on. Raises DataError where
    nobody can be judged.
    """
    past = Task(data, split.train, split.valid, split.kind, k, seconds).past
    users = np.intersect1d(split.test["user"].unique(), past["user"].unique())
    if len(users) < 2:
        raise DataError(f"{counted(len(users), 'user')} with events both before the test part and in it; expected at "
                        f"least 2. Give a longer table.")
    judges = np.random.default_rng(seed).permutation(users)[:int(np.clip(RANKED // data.n_items, *JUDGES))]
    offered = np.zeros(data.n_items, bool) if listed is None else np.array(listed, bool)
    offered[past["item"].to_numpy()] = True
    asked = SimpleNamespace(train=past, test=split.test[split.test["user"].isin(judges)], offered=offered)
    missing = [contender.load() for contender in competing]
    rows, taken = [], 0.0
    for number, contender in enumerate(competing):
        say(f"{number + 1}/{len(competing)} {contender.name}")
        if missing[number]:
            rows.append(Row(contender.name, contender.peer, fault=missing[number]))
            continue
        share = share_of(number, competing, seconds, taken)
        task = Task(data, split.train, split.valid, split.kind, k, share, progress, seed)
        rows.append(_one(contender, task, asked))
        taken += np.nan_to_num(rows[-1].seconds)
    held = past.groupby("user")["item"].nunique().reindex(judges)
    finished = float((data.n_items - held <= k).mean())
    return _compared(Contest(split.kind, k, rows, "", len(judges), finished, split))


def share_of(number: int, competing: list[Contender], seconds: float, taken: float) -> float:
    """Seconds that fitting contender `number` may take. seconds: for all. taken: by those before it."""
    peer = competing[number].peer
    of_its_kind = [other.peer == peer for other in competing]
    whole = (PEERS_SHARE if peer else 1 - PEERS_SHARE) * seconds
    left = (PEERS_SHARE if peer else 1) * seconds - taken
    return max(1.0, whole / sum(of_its_kind), left / sum(of_its_kind[number:]))


def _one(contender: Contender, task: Task, asked) -> Row:
    row = Row(contender.name, contender.peer)
    row.fault = contender.unfit(task)
    if row.fault:
        return row
    try:
        model, row.chosen = _fitted(row, contender, task)
        users, relevant = offline.held_out(asked.test)
        top = offline.top_items(lambda part: np.where(asked.offered, model.score(part), -np.inf), users, task.k,
                                asked.train, batch=batch_of(task.data.n_items))
    except MemoryError:
        row.fault = "the memory did not suffice"
        return row
    except Exception as error:                              # whatever a library raises: the others still compete
        row.fault = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
        return row
    row.values = offline.recall_at_k(top, relevant, task.k)
    row.recall = offline.bootstrap(row.values, seed=task.seed)
    row.ndcg = offline.bootstrap(offline.ndcg_at_k(top, relevant, task.k), seed=task.seed)
    row.coverage = offline.coverage(top, task.data.n_items)
    ms = request_ms(model, users[:REQUESTS], task.k)
    row.p50_ms, row.p99_ms = (float(np.quantile(ms, q)) for q in (0.5, 0.99))
    return row


def _fitted(row: Row, contender: Contender, task: Task) -> tuple[object, str]:
    """What contender.fit returns; what it cost, also where it fails, stands in row."""
    try:
        with cost() as spent:
            return contender.fit(task)
    finally:
        row.seconds, row.bytes = spent.seconds, spent.bytes


def _compared(contest: Contest) -> Contest:
    """The contest with each row's paired difference to the best peer of this very table."""
    judged = [row for row in contest.rows if row.recall is not None]
    peers = [row for row in judged if row.peer]
    if not peers:
        raise DataError("no peer could be fitted: " + " ".join(f"{row.name}: {row.fault}" for row in contest.rows))
    best = max(peers, key=lambda row: row.recall.value)
    contest.best = best.name
    for row in judged:
        if row is not best:
            row.difference = offline.paired(row.values, best.values)
    return contest
