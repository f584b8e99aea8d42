"""How long one request takes each model of an order study, measured alone, where nothing else runs.

    python -m course_lib.trial.request_times        # some minutes; writes studied/request_times.json
    stored()                                        # that: a row a log, model and round (its seed)

A time depends on sizes (items, width, blocks, length of a history) and hardly on what was learnt. So each model is
fitted once and briefly, on each log with the last event held out; a network has the blocks that it has in the study of
that. In a round all models answer the same people, in an order that is drawn anew: whatever slows the machine for a
while then meets all alike. Ratios within a round are the reading.
"""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError, Dataset
from course_lib.data.disk import write_atomic
from course_lib.data.event_order import at_test, three_splits
from course_lib.data.splits import Split
from course_lib.trial import order_study
from course_lib.trial.gauges import machine, request_ms
from course_lib.trial.order_readings import DEALT, settings
from course_lib.trial.order_study import FOLDER, LOGS, MODELS, PEOPLE, Case, chosen, drawn, tell

STORED = "request_times.json"
ROUNDS, REQUESTS = 5, 400


class Brief(dict):
    """What a Case keeps, with one answer to all that its model leaves open: 1, a single pass or the second setting."""

    def __init__(self, answer=1):
        super().__init__()
        self.answer = answer

    def __contains__(self, what) -> bool:
        return True

    def __missing__(self, what):
        return self.answer


def as_chosen(rows: pd.DataFrame) -> dict[str, dict]:
    """{network: the blocks that it has in a study, and a single pass}, since time depends on size and not on learning.

    rows: of order_study.stored.
    """
    return {name: {"blocks": int(blocks), "max_epochs": 1} for name, blocks in settings(rows)["blocks"].items()}


def fitted(split: Split, data: Dataset, models: dict, say=None, answers: dict | None = None) -> dict:
    """{name: model} on what came before the test. models: {name: Case → model}.

    answers: {name: what it is told where it would search}, see as_chosen; 1 for a name that is not there.
    """
    later, held = at_test(split), {}
    for name, fit in models.items():
        held[name] = fit(Case(split, later, data, 0, Brief((answers or {}).get(name, 1))))
        if say is not None:
            say(f"{name}: fitted")
    return held


def rounds(held: dict, users: np.ndarray, count: int = ROUNDS, requests: int = REQUESTS, k: int = 20) -> pd.DataFrame:
    """One row a round (seed) and model: p50_ms and p99_ms of `requests` requests, each for one of the users; blocks
    of a network that reads order.

    users: int (U,), drawn from with repeats where they are few. Raises ArgumentError where there is nothing to ask.
    """
    if not held or not len(users) or count < 1 or requests < 1:
        raise ArgumentError(f"{len(held)} models, {len(users)} users, {count} rounds of {requests} requests; expected "
                            f"at least one of each.")
    rows = []
    for number in range(count):
        rng = np.random.default_rng(number)
        asked = rng.choice(users, requests, replace=requests > len(users))
        for name in rng.permutation(list(held)):
            taken = request_ms(held[name], asked, k)
            rows.append({"model": str(name), "seed": number, "p50_ms": float(np.median(taken)),
                         "p99_ms": float(np.quantile(taken, 0.99)), "blocks": chosen(held[name]).get("blocks")})
    return pd.DataFrame(rows)


def stored(log: str | None = None) -> pd.DataFrame:
    """Columns log, model, seed (of a round), p50_ms, p99_ms, machine (with its load before); of one log or all.

    Raises DataError, with the command, where nothing is stored; ArgumentError for a log that is not.
    """
    path = FOLDER / STORED
    if not path.exists():
        raise DataError(f"{path.name} is not stored. Run: python -m course_lib.trial.request_times")
    rows = pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))
    if log is None:
        return rows
    if log not in set(rows["log"]):
        raise ArgumentError(f"log is {log!r}; expected one of {', '.join(rows['log'].unique())}.")
    return rows[rows["log"] == log].reset_index(drop=True)


def by_model(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a model, the quickest first: p50_ms and p99_ms, means over rounds."""
    return rows.groupby("model")[["p50_ms", "p99_ms"]].mean().sort_values("p50_ms")


def main(arguments=None) -> int:
    """Fit and ask on each log, then store all of it; logs that are not named keep theirs. Returns 0."""
    asked = argparse.ArgumentParser(prog="python -m course_lib.trial.request_times")
    asked.add_argument("logs", nargs="*", help=f"of {', '.join(LOGS)}; all where none is named")
    given = asked.parse_args(arguments)
    wrong = set(given.logs) - set(LOGS)
    if wrong:
        raise ArgumentError(f"logs are {given.logs}; expected some of {', '.join(LOGS)}.")
    import torch

    torch.set_num_threads(1)
    logs = given.logs or list(LOGS)
    told = [rows[~rows["log"].isin(logs)] for rows in ([stored()] if (FOLDER / STORED).exists() else [])]
    for log in logs:
        data = LOGS[log]()
        split = three_splits(drawn(data.interactions, PEOPLE[log], "last", 0), 0)["last"]
        models = {name: fit for name, fit in MODELS.items() if name not in DEALT}
        held = fitted(split, data, models, tell, as_chosen(order_study.stored(log, "last")))
        here = machine()
        rows = rounds(held, split.test["user"].unique()).assign(log=log, machine=here)
        tell(f"{log}\n{by_model(rows).round(2)}")
        told.append(rows)
    FOLDER.mkdir(exist_ok=True)
    write_atomic(FOLDER / STORED, pd.concat(told).to_json(orient="records", double_precision=4) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
