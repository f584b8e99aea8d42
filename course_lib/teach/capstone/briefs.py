"""What is asked of a system that is handed in: for the feed and for the marketplace; sizes, limits and margins."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.contracts import ArgumentError
from course_lib.launch.launch_plan import GUARDRAILS, SHOP_GUARDRAILS


@dataclass(frozen=True)
class Brief:
    """One brief. kind: "feed" or "marketplace". worth: what counts, in words. days: of the play and of the test.

    warm_days: of the log that `fit` gets. people, items, requests_per_day: of a hidden world at its start. p99_ms: what
    the slowest answer in a hundred may take, asked one at a time. memory_mb: beyond what the libraries take.
    fit_s, answer_s: seconds for `fit` or a night's `observe`, and for one batch of requests. cpu_s, play_s: seconds of
    CPU, and of waiting for its answers, for one play of all days. guardrails: metric -> margin, where a submission
    hands in no plan.
    """

    kind: str
    worth: str
    guardrails: dict[str, float]
    days: int = 14
    warm_days: int = 10
    people: int = 500
    items: int = 300
    requests_per_day: float = 1500.0
    p99_ms: float = 100.0
    memory_mb: int = 1000
    fit_s: float = 40.0
    answer_s: float = 20.0
    cpu_s: int = 90
    play_s: float = 180.0


BRIEFS = {
    "feed": Brief("feed", "clicks that people stay with for 30 s or longer", dict(GUARDRAILS)),
    "marketplace": Brief("marketplace", "money of what is bought and not sent back", dict(SHOP_GUARDRAILS)),
}


def brief_of(name: str) -> Brief:
    """The brief of a name. Raises ArgumentError for any other."""
    if name not in BRIEFS:
        raise ArgumentError(f"brief is {name!r}; expected one of {', '.join(BRIEFS)}.")
    return BRIEFS[name]
