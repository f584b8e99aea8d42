"""What came back from a load test: latencies, rungs, statuses, as arrays and as tables."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from course_lib.contracts import ArgumentError, DataError, as_numbers
from course_lib.serving.loadgen.percentiles import SHOWN, percentile, percentile_interval
from course_lib.serving.loadgen.sending import NO_ANSWER, NOT_SENT, SendLog

ANSWERED = 200
NO_RUNG = "no slate"        # a request that no rung of the ladder answered: shed, refused, unanswered


@dataclass(frozen=True)
class LoadResult:
    """A row a request, in the order in which they were due.

    due_s, sent_s, done_s: float (n,), seconds from the start; done_s is infinite where no answer came in time.
    status: int (n,), of HTTP; 0 no answer, −1 never sent. body: bytes (n,), the answer, or what went wrong.
    timeout_s: how long an answer was waited for.
    """

    due_s: np.ndarray
    sent_s: np.ndarray
    done_s: np.ndarray
    status: np.ndarray
    body: np.ndarray
    timeout_s: float

    @classmethod
    def from_log(cls, log: SendLog, timeout_s: float) -> LoadResult:
        """The rows of a log, sorted by when they were due."""
        order = np.argsort(log.due_s, kind="stable")
        body = np.array(log.answer, dtype=object)
        due, sent, done = (np.array(column, float)[order] for column in (log.due_s, log.sent_s, log.done_s))
        return cls(due, sent, done, np.array(log.status, int)[order], body[order], timeout_s)

    def __len__(self) -> int:
        return len(self.due_s)

    @property
    def latency_ms(self) -> np.ndarray:
        """From the moment each request should have been sent to its answer: what a person waits. Infinite without."""
        return 1000 * (self.done_s - self.due_s)

    @property
    def from_sent_ms(self) -> np.ndarray:
        """From the moment each request was sent: what a load test sees that starts its watch only then."""
        return 1000 * (self.done_s - self.sent_s)

    @property
    def lateness_ms(self) -> np.ndarray:
        """How late each request was sent. In open loop that is the generator's own fault: beside the latencies it
        should be small, or this machine cannot send at that rate."""
        return 1000 * (self.sent_s - self.due_s)

    @property
    def to_slate_ms(self) -> np.ndarray:
        """As latency_ms, but infinite where what came was no slate: a refusal in 1 ms (503, 429) is no fast answer."""
        return np.where(self.status == ANSWERED, self.latency_ms, np.inf)

    @cached_property
    def answers(self) -> list[dict]:
        """What each request was told, as a dict; {} where there was no answer or none that is JSON."""
        return [_as_dict(body) for body in self.body]

    @property
    def rung(self) -> np.ndarray:
        """The rung of the ladder that answered each request, text (n,); NO_RUNG where its status is not 200."""
        told = [answer.get("rung", "unnamed") for answer in self.answers]
        return np.where(self.status == ANSWERED, np.array(told, dtype=object), NO_RUNG)

    def after(self, seconds: float) -> LoadResult:
        """Only the requests that were due later: without the cold start."""
        return self._rows(self.due_s >= seconds)

    def _rows(self, mask: np.ndarray) -> LoadResult:
        if not mask.any():
            raise DataError(f"none of the {len(self)} requests is left. Ask for a shorter warm-up or a longer load.")
        names = ("due_s", "sent_s", "done_s", "status", "body")
        return replace(self, **{name: getattr(self, name)[mask] for name in names})

    def within(self, budget_ms: float) -> float:
        """The share of all requests that got a slate within `budget_ms` of when they should have been sent. A refusal
        (503, 429) is not within any budget, however fast it came."""
        return float((self.to_slate_ms <= budget_ms).mean())

    def percentiles(self, percents=SHOWN, *, of: str = "to_slate_ms", slates_only: bool = False, level: float = 0.95):
        """A table with a row a percentile: percent, ms, low, high.

        of: to_slate_ms, latency_ms, from_sent_ms or lateness_ms. All requests count. In to_slate_ms one that got no
        slate (no answer, or refused: 503, 429 …) is infinitely late, so that who refuses is never fast for it;
        latency_ms and from_sent_ms take a refusal for an answer. slates_only leaves out those that got no slate, which
        flatters a service that sheds. Raises ArgumentError on another `of`, DataError where nothing is left.
        """
        import pandas as pd

        if of not in ("to_slate_ms", "latency_ms", "from_sent_ms", "lateness_ms"):
            raise ArgumentError(f"of is {of!r}; expected to_slate_ms, latency_ms, from_sent_ms or lateness_ms.")
        rows = self._rows(self.status == ANSWERED) if slates_only else self
        values = np.maximum(getattr(rows, of), 0)
        out = [(percent, percentile(values, percent), *percentile_interval(values, percent, level=level))
               for percent in percents]
        return pd.DataFrame(out, columns=["percent", "ms", "low", "high"])

    def by_rung(self):
        """A table: rung, requests, share, and the latency that half of them stayed within."""
        return self._shares(self.rung, "rung")

    def by_status(self):
        """A table: status (0: no answer, with what went wrong), requests, share, and their median latency."""
        words = {NO_ANSWER: "no answer", NOT_SENT: "not sent"}
        told = [f"{words[status]}: {body.decode()}" if status in words else str(status)
                for status, body in zip(self.status.tolist(), self.body, strict=True)]
        return self._shares(np.array(told, dtype=object), "status")

    def _shares(self, key: np.ndarray, name: str):
        import pandas as pd

        out = []
        for value in sorted(set(key)):
            mine = key == value
            out.append((value, int(mine.sum()), mine.mean(), percentile(np.maximum(self.latency_ms[mine], 0), 50)))
        return pd.DataFrame(out, columns=[name, "requests", "share", "median_ms"])

    def summary(self, budget_ms: float = 50.0) -> dict[str, float]:
        """The run in a row: rates a second, shares, percentiles of the time from when requests were due to their slate.

        shed: refused because too many came, 503; over_rate: because this client sent too many, 429. One that got no
        slate counts as infinitely late in the percentiles, and as not within the budget.
        """
        budget_ms = float(as_numbers("budget_ms", budget_ms, 0))
        first, last = self.due_s.min(), self.due_s.max()
        answered = self.status > 0
        busy = max(float(np.max(self.done_s, where=answered, initial=last)) - first, 1e-9)
        numbers = {"requests": len(self), "offered_per_s": len(self) / max(last - first, 1e-9),
                   "slates_per_s": (self.status == ANSWERED).sum() / busy, "slates": (self.status == ANSWERED).mean(),
                   "shed": (self.status == 503).mean(), "over_rate": (self.status == 429).mean(),
                   "server_errors": np.isin(self.status, (500, 502, 504)).mean(),
                   "unanswered": (~answered).mean(), "within_budget": self.within(budget_ms)}
        for percent in (50, 99, 99.9):
            numbers[f"p{percent:g}_ms"] = percentile(np.maximum(self.to_slate_ms, 0), percent)
        numbers["sent_late_p99_ms"] = percentile(np.maximum(self.lateness_ms, 0), 99)
        return {name: float(value) for name, value in numbers.items()}


def _as_dict(body: bytes) -> dict:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
