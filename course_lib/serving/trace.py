"""What one request went through: a row a stage, and an answer to "which stage lost this item, and why"."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from course_lib.contracts import Requests


def lost_at(item: int, left: list[tuple[str, np.ndarray]]) -> str:
    """Name of the first stage that item did not leave; "shown" where it left them all.

    left: (name, items that went on, int (n,)) for each stage, in serving order. For the stages retrieve → [4, 2, 9],
    filter → [4, 9], rank → [9], item 4 is lost at "rank", 7 at "retrieve", 9 is "shown".
    """
    for name, items in left:
        if item not in items:
            return name
    return "shown"


@dataclass
class StageTrace:
    """One stage of one request. n_in, n_out: items. ms: wall time. item: int (n_out,), what went on, best first.
    score: float (n_out,), where the stage has one. gone: {reason: items that fell out here}. note: what else to say."""

    name: str
    n_in: int = 0
    n_out: int = 0
    ms: float = 0.0
    item: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))
    score: np.ndarray = field(default_factory=lambda: np.empty(0))
    gone: dict[str, np.ndarray] = field(default_factory=dict)
    note: str = ""

    @property
    def dropped(self) -> dict[str, int]:
        """{reason: number of items that fell out here}."""
        return {reason: len(items) for reason, items in self.gone.items() if len(items)}

    def leave(self, item: np.ndarray, score: np.ndarray | None = None) -> None:
        """Record what goes on to the next stage."""
        self.item, self.n_out = np.asarray(item), len(item)
        if score is not None:
            self.score = np.asarray(score)


class Trace:
    """The journey of one request.

    stages: StageTrace in serving order. rung: who answered, "full" or the name of a fallback. notes: what went
    wrong, in order. total_ms: wall time of the whole. budget_ms: what it had. slate: int (n,), what is shown.
    why: the re-ranker's function (item, slate) -> why the item is not in the slate, where it has one.
    """

    def __init__(self, requests: Requests, budget_ms: float, clock: Callable[[], float] = time.perf_counter):
        self.request_id, self.user = int(requests.request_id[0]), int(requests.user[0])
        self.eligible, self.budget_ms = requests.eligible, budget_ms
        self.stages: list[StageTrace] = []
        self.rung, self.notes, self.total_ms = "full", [], 0.0
        self.slate, self.why = np.empty(0, np.int32), None
        self._clock, self._running = clock, None

    @contextmanager
    def stage(self, name: str, n_in: int) -> Iterator[StageTrace]:
        """Time a stage; it stands in the trace also when it raises."""
        stage, start = StageTrace(name, n_in), self._clock()
        self.stages.append(stage)
        self._running = (stage, start)
        try:
            yield stage
        finally:
            stage.ms = (self._clock() - start) * 1e3
            self._running = None

    def apart(self) -> Trace:
        """A copy for who may go on writing when nobody reads any more."""
        twin = copy.copy(self)
        twin.stages, twin.notes = [], []
        return twin

    @property
    def where(self) -> str:
        """Where the request is now, as the end of a sentence."""
        running = self._running
        return f" in {running[0].name}" if running else f" before {'the next stage' if self.stages else 'retrieve'}"

    def take_over(self, other: Trace) -> None:
        """Add what `other` holds now; a stage that still runs stands here with the time that it has taken so far."""
        running, stages = other._running, list(other.stages)
        if running is not None and stages and stages[-1] is running[0]:
            stages[-1] = StageTrace(running[0].name, running[0].n_in, ms=(self._clock() - running[1]) * 1e3)
        self.stages.extend(stages)
        self.note(*list(other.notes))

    def note(self, *notes: str) -> None:
        """Write down what went wrong."""
        self.notes.extend(notes)

    def answered_by(self, rung: str) -> None:
        """Write down who answered."""
        self.rung = rung

    def close(self, item: np.ndarray, total_ms: float, why: Callable | None) -> None:
        """Write down the slate, item (K,), and how long it took."""
        self.slate, self.total_ms, self.why = item[item >= 0], total_ms, why
        if total_ms > self.budget_ms:
            self.note(f"answered {total_ms - self.budget_ms:.1f} ms after the budget")

    def __getitem__(self, name: str) -> StageTrace:
        """The stage of that name. Raises KeyError listing the names there are."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(f"no stage {name!r}; this trace has {[stage.name for stage in self.stages]}")

    def table(self) -> pd.DataFrame:
        """A row a stage: stage, n_in, n_out, ms, dropped (words)."""
        rows = [(s.name, s.n_in, s.n_out, round(s.ms, 2),
                 "; ".join([f"{n:,} {why}" for why, n in s.dropped.items()] + [s.note] * bool(s.note)))
                for s in self.stages]
        return pd.DataFrame(rows, columns=["stage", "n_in", "n_out", "ms", "dropped"])

    def lost(self, item: int) -> str:
        """Which stage lost item, and why, in a sentence; for a shown item its position."""
        place = np.flatnonzero(self.slate == item)
        if len(place):
            return f"not lost: item {item} is shown at position {place[0] + 1}" + self._by()
        if not (self.eligible == item).any():
            return f"before retrieval: item {item} is not on offer (not one of {len(self.eligible):,} eligible items)"
        if self.rung != "full":
            return f"fallback: the '{self.rung}' list answered ({'; '.join(self.notes)}), and item {item} is not on it"
        return self._at(self[lost_at(item, [(stage.name, stage.item) for stage in self.stages])], item)

    def _by(self) -> str:
        return "" if self.rung == "full" else f", by the '{self.rung}' fallback"

    def _at(self, stage: StageTrace, item: int) -> str:
        """The sentence for the first stage that item did not leave."""
        if stage.name == "retrieve":
            return (f"retrieval: not among the {stage.n_out:,} nearest of {stage.n_in:,} eligible items; no later "
                    f"stage can bring it back")
        if stage.name == "filter":
            why = next((r for r, items in stage.gone.items() if (items == item).any()), "removed")
            return f"filters: {why}"
        if stage.name == "rank":
            order = np.concatenate([stage.item, *stage.gone.values()])
            place = int(np.flatnonzero(order == item)[0]) + 1
            return f"ranking: number {place} of {stage.n_in:,} by score; the first {stage.n_out} went on"
        place = int(np.flatnonzero(self["rank"].item == item)[0]) + 1
        reason = f": {self.why(item, self.slate)}" if self.why else ""
        return f"re-ranking: number {place} by score, but no slot{reason}"

    def __str__(self) -> str:
        head = f"request {self.request_id}, user {self.user}: {self.rung}, {self.total_ms:.1f} of {self.budget_ms:g} ms"
        return "\n".join([head, self.table().to_string(index=False), *self.notes])


class NoTrace:
    """In place of a Trace where nobody will read one, as for a batch: takes what a Trace takes and keeps nothing."""

    stages = ()

    def stage(self, name: str, n_in: int) -> AbstractContextManager[None]:
        """No StageTrace to write to."""
        return nullcontext()

    def note(self, *notes: str) -> None:
        """Not kept."""

    def answered_by(self, rung: str) -> None:
        """Not kept."""
