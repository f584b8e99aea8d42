"""The result of a contest as a table that a terminal can show, and one sentence that says who won."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import Estimate
from course_lib.trial.contest import REQUESTS, Contest, Row

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


def table(contest: Contest, width: int | None = None) -> str:
    """The contest's table as text.

    width: of the terminal; where the table is wider, it is parted into several below each other, each with the names.
    """
    grid = [heads(contest), *map(cells, contest.rows)]
    wide = [max(len(line[c]) for line in grid) for c in range(len(grid[0]))]
    blocks = [[0]]
    for column in range(1, len(wide)):
        taken = sum(wide[c] + 2 for c in blocks[-1])
        if width and len(blocks[-1]) > 1 and taken + wide[column] > width:
            blocks.append([0])
        blocks[-1].append(column)
    return "\n\n".join(_block(grid, wide, columns) for columns in blocks)


def _block(grid: list[list[str]], wide: list[int], columns: list[int]) -> str:
    """Some columns of grid under each other, the first of them to the left."""
    lines = ["  ".join(line[c].rjust(wide[c]) if c else line[c].ljust(wide[c]) for c in columns) for line in grid]
    lines.insert(1, "  ".join("─" * wide[c] for c in columns))
    return "\n".join(lines)


def remarks(contest: Contest) -> list[str]:
    """Who won, who could not compete and why, what the validation part chose."""
    chosen = "; ".join(f"{row.name}: {row.chosen}" for row in contest.rows if row.chosen)
    absent = [f"{row.name} did not compete: {row.fault.rstrip('.')}." for row in contest.rows if row.fault]
    said = [*verdicts(contest), *absent, f"Chosen on the validation part: {chosen}." if chosen else ""]
    if contest.finished >= 0.1:
        said.append(f"{contest.finished:.0%} of the judged users have no more than {contest.k} items left that they "
                    f"have not taken, so that any list finds all they took: give a smaller --k.")
    return [sentence for sentence in said if sentence]


def how(k: int) -> list[str]:
    """What each column of the tables is, in words."""
    return [f"recall@{k}: how much of what a user took in the test part, of {k} things at most, is among the {k} "
            f"recommended, which leave out what the user took before and what nobody took before unless the table of "
            f"items lists it; the mean of all judged users, with its 95% "
            f"interval. NDCG@{k}: the same, where a hit further up counts more. coverage: share of the items that "
            f"anybody is shown. Differences are taken user by user.",
            f"p50 and p99: of {REQUESTS} requests (fewer where fewer users are judged), each of one known user, one "
            f"after another, by the clock on the wall, whatever else the computer does. fit and memory: with the "
            f"choice of settings; memory is what came on top of what the process held before."]


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
