"""Statements that the referee read and the ledger no longer makes: what became of each, and why."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = "Eleven statements that the referee read are no longer made:"


@dataclass(frozen=True)
class Withdrawn:
    """One statement that is gone. id: as claims had it. became: what stands in its place. why: the reason."""

    id: str
    became: str
    why: str


WITHDRAWN = (
    Withdrawn("negatives.hits", "true by construction, held by a test: a batch of positives holds items in proportion "
              "to their counts", "it could not fail, since drawing positives is drawing by popularity"),
    Withdrawn("ann.compression", "bytes of an index are computed before it is built, ids and all; held by tests",
              "the 32 follows from the length of code that was chosen"),
    Withdrawn("ann.bytes", "the same formulas, held by tests", "bytes of a file are arithmetic"),
    Withdrawn("ann.flat_growth", "no statement any more; `ann.hnsw_growth` counts at equal recall",
              "one more vector is one more product: arithmetic"),
    Withdrawn("metric_stack.root_n", "no statement any more",
              "with weights that are bounded it is the central limit theorem"),
    Withdrawn("experiments.broken", "level and power of the check on splits, held by tests",
              "how many splits are broken in a simulation is what was put in; the source counted real ones"),
    Withdrawn("launch.p99", "no statement any more; what a process serves under load is measured by `serving.batching`",
              "it was one machine's, at a load that nobody stated"),
    Withdrawn("launch.queue", "the queue's mean is held by a test against Pollaczek and Khinchine's formula",
              "the number of workers decides it, and theory tells how"),
    Withdrawn("launch.ladder", "true by construction, held by a test: a ladder that lives answers every request",
              "fallbacks are written to answer, so only a bug could break it"),
    Withdrawn("launch.lift", "no statement any more", "the strength of taste that was put into the world decides it"),
    Withdrawn("launch.novelty", "a dial, `experiments.novelty`: does the first week tell what the third will bring?",
              "a third was invented, and the strength of novelty is put in"),
)


def withdrawn_markdown() -> str:
    """The table of the ledger's page."""
    rows = [f"| `{held.id}` | {held.became} | {held.why} |" for held in WITHDRAWN]
    return "\n".join([HEAD, "", "| withdrawn | what became of it | why |", "|---|---|---|", *rows, ""])
