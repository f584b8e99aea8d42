"""What answers when the full pipeline cannot: a ladder of ever simpler lists.

A rung is a retriever with a name. What it offers still passes the hard filters; a rung that is `vetted` (chosen by
hand) may be shown even when a filter itself is down. Letters: B requests, K slots, N items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, Candidates, DataError, DayLog, Filter, Requests, Slates
from course_lib.serving.checks import check_candidates, kept_by
from course_lib.serving.rows import compact, empty, filled, put
from course_lib.serving.trace import NoTrace, Trace


@dataclass
class LadderAnswer:
    """slates: what is shown. served: Counter of requests by rung, "nothing" where none had anything. notes: what went
    wrong on the ladder, in order."""

    slates: Slates
    served: Counter = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


@dataclass
class Ladder:
    """rungs: tried in order. filters: hold on every rung."""

    rungs: Sequence
    filters: Sequence[Filter]

    def answer(self, requests: Requests, trace: Trace | NoTrace) -> LadderAnswer:
        """Slates of the first rung that has something to show for each request; empty where none has."""
        out = LadderAnswer(empty(len(requests), requests.slate_size))
        left = np.arange(len(requests))
        for rung in self.rungs:
            with trace.stage(f"fallback {rung.name}", len(requests.eligible)) as record:
                item = self._offer(rung, requests.take(left), out.notes)
                if record is not None:
                    record.leave(item[0][item[0] >= 0])
            done = filled(item)
            put(out.slates, left[done], Slates.certain(item[done]))
            out.served[rung.name] += int(done.sum())
            left = left[~done]
            if not len(left):
                return out
        out.served["nothing"] += len(left)
        return out

    def _offer(self, rung, requests: Requests, notes: list[str]) -> np.ndarray:
        """int (B, K) of one rung after the hard filters; all -1 where the rung, or a filter that it needs, fails."""
        size, who = requests.slate_size, f"fallback {rung.name}"
        try:
            item = check_candidates(rung.retrieve(requests, max(20 * size, 200)), len(requests), rung.name).item
        except Exception as error:
            notes.append(f"{who}: {type(error).__name__}: {error}")
            return np.full((len(requests), size), -1, np.int32)
        for rule in self.filters:
            try:
                item = np.where((item >= 0) & kept_by(rule, requests, item), item, -1)
            except Exception as error:
                if not getattr(rung, "vetted", False):
                    notes.append(f"{who}: the filter '{rule.reason}' is down ({error})")
                    return np.full((len(requests), size), -1, np.int32)
                if filled(item).any():
                    notes.append(f"{who}: shown although the filter '{rule.reason}' is down ({error})")
        return compact(item)[:, :size]


def as_rungs(fallback) -> list:
    """The rungs of one rung, a list of them, or None. Raises ArgumentError where one has no name or no `retrieve`."""
    given = fallback if isinstance(fallback, (list, tuple)) else [fallback]
    rungs = [rung for rung in given if rung is not None]
    for rung in rungs:
        if not (hasattr(rung, "name") and hasattr(rung, "retrieve")):
            raise ArgumentError(f"fallback holds a {type(rung).__name__}; expected rungs with `name` and "
                                f"`retrieve(requests, n)`, such as PopularFallback.")
    return rungs


def by_score(requests: Requests, score: np.ndarray, n: int) -> Candidates:
    """The n eligible items of highest score, float (N,), the same for every request, ties to the smaller id.
    Eligible items beyond N count as score 0."""
    eligible = requests.eligible
    known = eligible < len(score)
    value = np.where(known, score[np.where(known, eligible, 0)], 0.0)
    top = np.argsort(-value, kind="stable")[:n]
    shape = (len(requests), len(top))
    return Candidates(np.broadcast_to(eligible[top], shape).astype(np.int32), np.broadcast_to(value[top], shape).copy())


class PopularFallback:
    """The most taken items, the same for everyone. Counts halve every half_life_days (None: never) and grow by clicks
    through `observe`.

    interactions: table with the column item. n_items: N. name: what the trace calls it.
    """

    vetted = False

    def __init__(self, interactions: pd.DataFrame, n_items: int, half_life_days: float | None = None,
                 name: str = "popular"):
        item = interactions["item"].to_numpy()
        if len(item) and item.max() >= n_items:
            raise DataError(f"interactions hold item {item.max()}, but n_items is {n_items}.")
        self.name, self.half_life_days = name, half_life_days
        self.count = np.bincount(item, minlength=n_items).astype(float)

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The n most taken eligible items, the same row for every request."""
        return by_score(requests, self.count, n)

    def observe(self, day_log: DayLog) -> None:
        """Add a day's clicks, after a day's decay."""
        if self.half_life_days:
            self.count *= 0.5 ** (1 / self.half_life_days)
        rows = day_log.impressions
        clicks = np.bincount(rows.loc[rows["click"] == 1, "item"], minlength=len(self.count))
        self.count = np.concatenate([self.count, np.zeros(len(clicks) - len(self.count))]) + clicks


class StaticFallback:
    """A fixed list, chosen by hand and needing nothing: the last rung. items: int (n,), best first; an item that comes
    twice stands where it came first."""

    vetted = True

    def __init__(self, items, name: str = "static"):
        items = np.asarray(items, np.int32)
        self.items, self.name = items[np.sort(np.unique(items, return_index=True)[1])], name

    def retrieve(self, requests: Requests, n: int) -> Candidates:
        """The list's items that are eligible, in its order."""
        items = self.items[np.isin(self.items, requests.eligible)][:n]
        shape, score = (len(requests), len(items)), -np.arange(len(items), dtype=float)
        return Candidates(np.broadcast_to(items, shape).copy(), np.broadcast_to(score, shape).copy())
