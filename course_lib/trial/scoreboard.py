"""The result of a contest as a table that a terminal can show, and one sentence that says who won."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import Estimate
from course_lib.trial.contest import Contest, Row

PARTS = {"time": "by time", "user": "at random among each user's events"}


def heads(contest: Contest) -> list[str]:
    """The names of the table's columns."""
    k = contest.k
    return ["", f"recall@{k}", f"NDCG@{k}", "coverage", f"recall − {contest.best}", "p50 ms", "p99 ms", "fit s",
            "memory MB"]


def cells(row: Row) -> list[str]:
    """One row of the table, as text."""
    if row.fault:
        return [row.name, "–", "–", "–", "–", "–", "–", "–", "–"]
    return [row.name, _plain(row.recall), _plain(row.ndcg), f"{row.coverage.value:.1%}",
            "best peer" if row.difference is None else _signed(row.difference), f"{row.p50_ms:.2f}",
            f"{row.p99_ms:.2f}", f"{row.seconds:.1f}", "–" if np.isnan(row.bytes) else f"{row.bytes / 1e6:,.0f}"]


def table(contest: Contest) -> str:
    """The contest's table, with who did not compete and what was chosen below it."""
    grid = [heads(contest), *map(cells, contest.rows)]
    width = [max(len(line[c]) for line in grid) for c in range(len(grid[0]))]
    lines = ["  ".join(text.ljust(w) if c == 0 else text.rjust(w) for c, (text, w) in enumerate(zip(line, width,
                                                                                                    strict=True)))
             for line in grid]
    lines.insert(1, "  ".join("─" * w for w in width))
    return "\n".join([*lines, *remarks(contest)])


def remarks(contest: Contest) -> list[str]:
    """Who won, who could not compete and why, what the validation part chose."""
    chosen = "; ".join(f"{row.name}: {row.chosen}" for row in contest.rows if row.chosen)
    absent = [f"{row.name} did not compete: {row.fault.rstrip('.')}." for row in contest.rows if row.fault]
    return [*verdicts(contest), *absent, f"Chosen on the validation part: {chosen}." if chosen else ""]


def verdicts(contest: Contest) -> list[str]:
    """A sentence for each system: above, below or not told apart from the best peer."""
    said = []
    for row in contest.rows:
        if row.peer or row.difference is None:
            continue
        how = ("cannot be told apart from" if not row.difference.excludes(0)
               else "is above" if row.difference.value > 0 else "is below")
        said.append(f"{row.name} {how} the best peer, {contest.best}: {_signed(row.difference)} "
                    f"({contest.judged:,} users, 95% interval).")
    return said


def _plain(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ±{estimate.width / 2:.3f}"


def _signed(estimate: Estimate) -> str:
    return f"{estimate.value:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"
