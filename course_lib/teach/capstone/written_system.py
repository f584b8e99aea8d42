"""A submission out of functions that a learner wrote in a notebook: their text, joined into one file.

    mine = system_of("mine", good_rows, learn, signals, retrieve, rank, settings={…}, plan=LaunchPlan(…))
    Path("my_system.py").write_text(mine.text)          # course submit my_system.py

`learn(log)` says what is known; `retrieve(known, requests)` gives candidates, int (B, C); `rank(known, requests,
candidates)` gives slates, int (B, K). Other functions are what these lean on. `best` and `best_of` stand in the file
too, so that it needs nothing of this room.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.contracts import ArgumentError, best_k
from course_lib.launch.launch_plan import LaunchPlan, decide
from course_lib.teach.capstone.handed_in import HandedIn, checked
from course_lib.teach.checking.texts import source

STAGES = ("learn", "retrieve", "rank")
HEAD = '''"""A system written in a notebook: learn(log), retrieve(known, requests), rank(known, requests, found)."""

import numpy as np
import pandas as pd

from course_lib.contracts import Slates, best_k
from course_lib.launch.launch_plan import LaunchPlan
from course_lib.stages.retrieval.baselines import EASE'''
SYSTEM = '''class System:
    def fit(self, log):
        self.known = learn(log)

    def candidates(self, requests):
        return retrieve(self.known, requests)

    def slates(self, requests):
        return Slates.certain(rank(self.known, requests, self.candidates(requests)))'''
FIELDS = ("name", "steps", "primary", "guardrails", "split_check", "canary", "must_win", "must_prove", "second_week",
          "doubts_from", "level")


def best(score, requests, count: int) -> np.ndarray:
    """int (B, count): of the items that may be shown, the best by `score`, float (B, N); -1 where there are fewer."""
    score = np.array(score, float)
    hidden = np.ones(score.shape[1], bool)
    hidden[requests.eligible[requests.eligible < len(hidden)]] = False
    score[:, hidden] = -np.inf
    return best_k(score, count)


def best_of(score, candidates, count: int) -> np.ndarray:
    """int (B, count): of the candidates, int (B, C) with -1 for none, the best by `score`, float (B, N), best first."""
    candidates = np.asarray(candidates)
    own = np.take_along_axis(np.asarray(score, float), candidates.clip(0), axis=1)
    place = best_k(np.where(candidates < 0, -np.inf, own), count)
    return np.where(place < 0, -1, np.take_along_axis(candidates, place.clip(0), axis=1))


def system_of(name: str, *functions: Callable, settings: dict | None = None,
              plan: LaunchPlan | None = None) -> HandedIn:
    """A submission made of these functions' text. settings: plain values, found in the file as SETTINGS.

    Nothing is executed. Raises ArgumentError where a stage is missing, where a function's text cannot be had, where the
    plan has a rule of its own (write that into a file), or where the whole is no submission.
    """
    names = [getattr(part, "__name__", "?") for part in functions]
    missing = [stage for stage in STAGES if stage not in names]
    if missing:
        raise ArgumentError(f"functions are {', '.join(names) or 'none'}; expected {', '.join(STAGES)} among them. "
                            f"Missing: {', '.join(missing)}.")
    texts = [source(part).strip() for part in functions]
    lost = [name for name, text in zip(names, texts, strict=True) if not text]
    if lost:
        raise ArgumentError(f"the text of {', '.join(lost)} cannot be found. Write it with def in a cell and run that.")
    given = [f"SETTINGS = {settings!r}"] if settings is not None else []
    own = [source(part).strip() for part in (best, best_of)]
    parts = [HEAD, *given, *own, *texts, SYSTEM, *([_plan_text(plan)] if plan is not None else [])]
    return HandedIn(name, checked("\n\n\n".join(parts) + "\n", name))


def _plan_text(plan: LaunchPlan) -> str:
    if plan.rule is not decide:
        raise ArgumentError(f"plan {plan.name!r} has a rule of its own, whose text is not known here. Write plan and "
                            f"rule into the file, and hand that in.")
    return "PLAN = LaunchPlan(" + ", ".join(f"{name}={getattr(plan, name)!r}" for name in FIELDS) + ")"
