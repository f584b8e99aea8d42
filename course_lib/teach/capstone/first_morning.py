"""What can be known within seconds: slates for one morning of hidden worlds, graded by the truth, lost stage by stage.

    found = first_morning([*rivals(), mine], brief, seeds=[1, 2, 3, 4])
    account(found)            # a row a system: retrieval, choice, order, kept
    gain(found, "mended", "mine")

No day is played, so nothing is said of what follows from a slate: novelty, learning, friends, a launch.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError
from course_lib.evidence.estimate import Estimate, mean_of_runs
from course_lib.teach.capstone.clean_start import ready
from course_lib.teach.capstone.confined_system import ConfinedSystem, SubmissionError
from course_lib.teach.capstone.handed_in import HandedIn
from course_lib.teach.capstone.hidden_world import HiddenWorld, HiddenWorldError
from course_lib.teach.capstone.play_days import GRADED, stages_of_system, unforeseen
from course_lib.teach.capstone.verdicts import LEAST, ratio_of_runs

STAGES = ("retrieval", "choice", "order")
KEYS = (*STAGES, "kept")


def first_morning(submissions: list[HandedIn], brief, seeds: list[int], jobs: int = 2) -> dict:
    """Each submission learns from the log and makes slates for a sample of the morning's requests, confined.

    seeds: of the worlds. jobs: worlds at a time. Returns {name: a list with one dict a world}: retrieval (None without
    candidates), choice, order, kept, in parts of what the oracle's slates are worth; or {name: a sentence} where a
    submission failed in one of the worlds.
    """
    names = [one.name for one in submissions]
    if len(set(names)) < len(names):
        raise ArgumentError(f"submissions are called {', '.join(names)}; expected names that differ.")
    ready(submissions)

    def world(seed: int) -> dict:
        with HiddenWorld(brief, seed) as hidden:
            sample = hidden.sample(GRADED, seed=1)
            return {one.name: _graded(one, hidden, sample, brief) for one in submissions}
    with ThreadPoolExecutor(jobs) as pool:
        worlds = list(pool.map(world, seeds))
    rows = {name: [each[name] for each in worlds] for name in names}
    return {name: next((row for row in part if isinstance(row, str)), part) for name, part in rows.items()}


def _graded(one: HandedIn, hidden: HiddenWorld, sample, brief) -> dict | str:
    try:
        with ConfinedSystem(one, brief) as system:
            system.begin(hidden, hidden.before)
            return stages_of_system(system, hidden, sample)
    except SubmissionError as error:
        return str(error)
    except HiddenWorldError:
        raise
    except Exception as error:  # noqa: BLE001 - one submission ends nobody else's morning
        return unforeseen(error)


def _played(found: dict) -> dict:
    return {name: rows for name, rows in found.items() if not isinstance(rows, str)}


def kept(found: dict) -> dict[str, Estimate]:
    """{name: part of the oracle's worth that is kept, over worlds}, of those that did not fail."""
    return {name: mean_of_runs([row["kept"] for row in rows]) for name, rows in _played(found).items()}


def account(found: dict) -> pd.DataFrame:
    """A row a system: lost by each stage, and kept, in percent of the oracle's; "–" if untold; or why it failed."""
    def told(rows, key):
        values = [row[key] for row in rows]
        return "–" if None in values else f"{np.mean(values):.0%}"
    table = pd.DataFrame({name: {key: told(rows, key) for key in KEYS} for name, rows in _played(found).items()}).T
    for name, rows in found.items():
        if isinstance(rows, str):
            print(f"{name} did not make slates. {rows}")
    return table


def gain(found: dict, one: str, other: str) -> Estimate | None:
    """How much more one keeps than another in the same worlds, in parts of the other; None where either failed."""
    held = _played(found)
    if not {one, other} <= set(held):
        return None
    return ratio_of_runs([max(a["kept"], LEAST) / max(b["kept"], LEAST) - 1     # empty slates keep nothing
                          for a, b in zip(held[one], held[other], strict=True)])


def share_of_choice(found: dict) -> Estimate:
    """Lost by choice over lost by all stages: the mean of a world's systems that bring candidates, over worlds.

    Raises ArgumentError where no system brings candidates.
    """
    held = [rows for rows in _played(found).values() if all(row["retrieval"] is not None for row in rows)]
    if not held:
        raise ArgumentError(f"of {', '.join(found) or 'no systems'} none brings candidates in all worlds; expected one "
                            f"that does, such as EASE. Play it beside them.")

    def share(row):
        return row["choice"] / max(sum(row[key] for key in STAGES), 1e-9)
    return mean_of_runs(np.mean([[share(row) for row in rows] for rows in held], axis=0))
