"""The confined end: runs what was handed in, in a process that holds nothing but its text, the log and the requests.

Questions come as the course's own frames; answers go out as one JSON line each, which the other end takes for data and
nothing more. A question carries a word that its answer repeats.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import types
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Catalog, DayLog, Requests, Slates
from course_lib.contracts.framed import receive
from course_lib.teach.classroom.confinement import confine
from course_lib.teach.classroom.messages import encode
from course_lib.teach.lessons import ROOT

MODULE = "handed_in"
CLOSED = ("course_lib.world",)          # with it a world could be made again, and asked for its truth
FIELDS = ("name", "steps", "primary", "guardrails", "split_check", "canary", "must_win", "must_prove", "second_week",
          "doubts_from", "level")


@dataclass
class Log:
    """What `fit` gets. days: DayLogs so far. catalog: public facts of the items so far. users: of who has joined when
    the play begins. slate_size: slots of a slate."""

    days: list[DayLog]
    catalog: Catalog
    users: pd.DataFrame
    slate_size: int = 10

    @property
    def impressions(self) -> pd.DataFrame:
        """A row for each item shown, of all days; contracts.IMPRESSION_COLUMNS says what stands in it."""
        return pd.concat([day.impressions for day in self.days], ignore_index=True)

    @property
    def clicks(self) -> pd.DataFrame:
        """The impressions that were clicked."""
        return pd.concat([day.impressions[day.impressions["click"] > 0] for day in self.days], ignore_index=True)

    @property
    def outcomes(self) -> pd.DataFrame:
        """Purchases, returns, shares and reports, by the day on which the log learnt of them."""
        return pd.concat([day.outcomes for day in self.days], ignore_index=True)

    def add(self, day: DayLog) -> None:
        """Another day, and the items born on it."""
        self.days.append(day)
        if day.new_items is not None and len(day.new_items.items):
            self.catalog = Catalog(pd.concat([self.catalog.items, day.new_items.items]),
                                   np.concatenate([self.catalog.content, day.new_items.content]))


@dataclass(frozen=True)
class Request:
    """One request, for `policy(request)`. session_items: clicked earlier in this session, latest last.

    eligible: int (N,), ascending, what may be shown. time: seconds, day: whole days. slate_size: slots.
    """

    user: int
    time: float
    day: int
    eligible: np.ndarray
    slate_size: int
    session_items: list[int] = field(default_factory=list)
    device: int = 0


class OfFunction:
    """A System made of policy(request), and fit(log) where there is one."""

    def __init__(self, policy, fit=None):
        self.policy, self.fit = policy, fit or (lambda log: None)

    def slates(self, requests: Requests) -> list:
        rows = zip(requests.user.tolist(), requests.time.tolist(), requests.session_items.tolist(),
                   requests.device.tolist(), strict=True)
        return [self.policy(Request(user, time, requests.day, requests.eligible, requests.slate_size,
                                    [item for item in seen if item >= 0], device)) for user, time, seen, device in rows]


class Answering:
    """The submission at work: one question after another."""

    def __init__(self, text: str):
        self.module = types.ModuleType(MODULE)
        sys.modules[MODULE] = self.module
        exec(compile(text, "your file", "exec"), self.module.__dict__)  # noqa: S102 - what this process is for
        held = vars(self.module)
        self.system = held["System"]() if "System" in held else OfFunction(held["policy"], held.get("fit"))
        self.plan = held.get("PLAN")

    def begin(self, days, catalog, users, slate_size) -> dict:
        """Fit on the log; catalog: of its first morning. Says what the submission has: a plan, candidates."""
        self.log = Log([], catalog, users, slate_size)
        for day in days:
            self.log.add(day)
        if hasattr(self.system, "fit"):
            self.system.fit(self.log)
        return {"plan": self._plan(), "candidates": hasattr(self.system, "candidates")}

    def observe(self, day_log: DayLog) -> None:
        """A night: `observe` where the submission has it, else `fit` with the longer log."""
        self.log.add(day_log)
        if hasattr(self.system, "observe"):
            self.system.observe(day_log)
        elif hasattr(self.system, "fit"):
            self.system.fit(self.log)

    def slates(self, requests: Requests) -> list:
        """[item, int (B, K), propensity, float (B, K)]; short lists are filled with -1."""
        answer = self.system.slates(requests)
        if isinstance(answer, Slates):
            return [np.asarray(answer.item), np.asarray(answer.propensity, np.float64)]
        item = as_rows(answer, len(requests), requests.slate_size)
        return [item, np.ones(item.shape)]

    def candidates(self, requests: Requests) -> list:
        """[item, int (B, C)], -1 pads."""
        answer = self.system.candidates(requests)
        return [as_rows(answer.item if isinstance(answer, Candidates | Slates) else answer, len(requests), 10_000)]

    def decide(self, day, share, row, late) -> str:
        """What the submission's own rule says to a reading of the test."""
        from course_lib.launch.launch_plan import Reading

        return str(self.plan.rule(Reading(day, share, row, late), self.plan))

    def _plan(self) -> list | None:
        from course_lib.launch.launch_plan import LaunchPlan, decide

        if self.plan is None:
            return None
        if not isinstance(self.plan, LaunchPlan):
            raise TypeError(f"PLAN is {type(self.plan).__name__}; expected a LaunchPlan of course_lib.launch."
                            f"launch_plan, or no PLAN at all.")
        told = {name: getattr(self.plan, name) for name in FIELDS} | {"own_rule": self.plan.rule is not decide}
        return [json.dumps(told)]


def as_rows(answer, size: int, width: int) -> np.ndarray:
    """Lists of ids of any lengths, or an array, as int64 (size, K). Raises TypeError or ValueError for anything else,
    in words that say what came."""
    if answer is None:
        raise TypeError("the answer is None; expected item ids. Is there a return?")
    rows = [answer[b] for b in range(size)] if len(answer) == size else None
    if rows is None:
        raise ValueError(f"the answer has {len(answer)} rows; expected {size}, one for each request.")
    for row in rows:
        if row is None or not hasattr(row, "__len__") or isinstance(row, str):
            raise TypeError(f"the answer to a request is {row!r:.80}; expected a list of item ids. Is there a return?")
    longest = max(map(len, rows), default=0)
    if longest > width:
        raise ValueError(f"an answer has {longest} items; expected at most {width}, the slots of a slate.")
    item = np.full((size, longest), -1, np.int64)
    for b, row in enumerate(rows):
        ids = np.asarray(row)
        if len(ids) and (ids.ndim != 1 or ids.dtype.kind not in "iuf" or (ids != np.floor(ids)).any()):
            raise TypeError(f"the answer to request {b} is {list(row)[:5]!r:.80}; expected item ids, whole numbers.")
        item[b, :len(ids)] = ids
    return item


def serve_system(pipe, folder: str, memory_bytes: int, cpu_seconds: int) -> None:
    """Confine this process, then answer until the other end closes. The first question brings the text."""
    fd = pipe.fileno()
    here = os.path.realpath(os.getcwd())
    if here != os.path.realpath(ROOT):        # what stands in this folder is others' work, and no library
        sys.path[:] = [path for path in sys.path if os.path.realpath(path or here) != here]
    confine(Path(folder), memory_bytes, cpu_seconds, keep=fd, closed=CLOSED)
    at_work = None
    while True:
        try:
            word, name, arguments = receive(_Stream(fd))
        except EOFError:
            os._exit(0)
        try:
            if name == "text":
                at_work, told = Answering(**arguments), True
            else:
                told = encode(getattr(at_work, name)(**arguments))
            line = {"word": word, "told": told}
        except BaseException as error:  # noqa: BLE001 - whatever it raises is its answer
            line = {"word": word, "error": _in_words(error)}
        _write(fd, json.dumps(line).encode() + b"\n")


def _in_words(error: BaseException) -> str:
    """The error and the line of the submission in which it arose."""
    try:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "your file"]
        where = f", line {lines[-1]} of your file" if lines else ""
        return f"{type(error).__name__}{where}: {str(error) or 'no text'}"[:1500]
    except BaseException:  # noqa: BLE001 - an error whose own text fails
        return "an error that has no text"


class _Stream(BytesIO):
    """Reads exactly so many bytes of a descriptor, or fewer at its end."""

    def __init__(self, fd: int):
        super().__init__()
        self._fd = fd

    def read(self, size: int) -> bytes:
        parts, left = [], size
        while left:
            part = os.read(self._fd, min(left, 1 << 20))
            if not part:
                break
            parts.append(part)
            left -= len(part)
        return b"".join(parts)


def _write(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(fd, left):]
