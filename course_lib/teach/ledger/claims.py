"""The ledger of all statements: what executed notebooks measured, and the replicates of it."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.contracts import CourseError, DataError
from course_lib.teach import cards, lessons
from course_lib.teach.definitions.claim import DIAL, IDENTITY, Claim
from course_lib.teach.ledger import alternatives, replicates
from course_lib.teach.ledger.alternatives import Alternative
from course_lib.teach.ledger.claims_picture import picture
from course_lib.teach.ledger.judgement import verdict
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.spread import by_place
from course_lib.teach.ledger.verdict import MIME, Row, Verdict, without_numbers

__all__ = ["Entry", "counts", "entries_of", "gather", "in_words", "main", "picture", "rows_of", "unplaced", "verdicts",
           "without_interval", "without_width"]


@dataclass
class Entry:
    """One statement with all its measurements. rows: of the executed notebook, one run. replicates: of each further
    run. failed: the runs of its lesson that failed. tried: what was switched beside it."""

    claim: Claim
    rows: list[Row] = field(default_factory=list)
    replicates: list[list[Row]] = field(default_factory=list)
    failed: list[Run] = field(default_factory=list)
    tried: list[Alternative] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        return verdict(self.claim, self.rows, self.replicates)

    @property
    def places(self) -> dict[str, list[Row]]:
        """{place: its replicates}; places where only the notebook measured have none."""
        return {row.on: [] for row in self.rows} | by_place(self.replicates)


def rows_of(notebook: Path) -> list[Row]:
    """The rows that measured() left in an executed notebook's outputs; a later row for the same place stands.

    Raises DataError for a file that is not a notebook.
    """
    try:
        cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise DataError(f"{notebook} is not a notebook ({type(error).__name__}: {error}). Build it again.") from error
    rows: dict[tuple, Row] = {}
    for output in outputs:
        held = output.get("data", {}).get(MIME)
        if held is not None:
            row = Row.of(json.loads("".join(held)) if isinstance(held, (str, list)) else held)
            rows[row.claim, row.on, str(row.at)] = row
    return list(rows.values())


def gather(solutions_dir: Path) -> list[Entry]:
    """All claims of all lessons, each with what the executed notebooks in `solutions_dir` measured, and with the
    replicates in its ledger/replicates.csv and what was tried beside it in ledger/alternatives.csv.

    A claim that no notebook measured stays, without rows: "cannot be said". A row whose claim no lesson has is a
    DataError, for it would be lost silently.
    """
    entries = {claim.id: Entry(claim) for claim in cards.claims()}
    for notebook in sorted(Path(solutions_dir).glob("*.ipynb")):
        for row in rows_of(notebook):
            if row.claim not in entries:
                raise DataError(f"{notebook.name} measured {row.claim!r}, but no lesson has this claim. Add it to the "
                                f"lesson's cards, or rebuild the notebook.")
            entries[row.claim].rows.append(row)
    _fill(entries.values(), replicates.read(Path(solutions_dir) / "ledger" / replicates.TABLE.name))
    for one in alternatives.read(Path(solutions_dir) / "ledger" / alternatives.TABLE.name):
        entries[one.row.claim].tried.append(one)
    return list(entries.values())


def entries_of(table: Replicates) -> list[Entry]:
    """All claims of all lessons, each with its replicates in a table, and without what notebooks measured."""
    entries = [Entry(claim) for claim in cards.claims()]
    _fill(entries, table)
    return entries


def _fill(entries, table: Replicates) -> None:
    """Raises DataError for a dial's row without its strength, or another's row with one: it would count as many."""
    for entry in entries:
        entry.replicates = [] if entry.claim.stored else table.of(entry.claim.id)     # the same file, read again
        entry.failed = table.failed(entry.claim.lesson) if table.runs else []
        for row in (row for run in [entry.rows, *entry.replicates] for row in run):
            if math.isnan(row.at) == (entry.claim.kind == DIAL):
                raise DataError(f"{row.claim} on {row.on} was measured at {row.at}; expected a strength of a {DIAL} "
                                f"and of nothing else, and this is a {entry.claim.kind}. Run the lesson again.")


def verdicts(entries: list[Entry]) -> dict[str, str]:
    """Claim, by its lesson's name ("ann.nprobe") -> verdict word, for tests to hold. Where it has not been replicated,
    the word is what its one run says."""
    return {lessons.kept(entry.claim.id): entry.verdict.word for entry in entries}


def counts(entries: list[Entry]) -> dict[str, int]:
    """How many statements are shown with each verdict, the most frequent first; what is true by construction is left
    out, for it is no finding."""
    shown = Counter(entry.verdict.text for entry in entries if entry.claim.kind != IDENTITY)
    return dict(shown.most_common())


def in_words(entries: list[Entry]) -> str:
    """"33 × holds, 18 × does not hold": where a dial turns and what something depends on stand in the ledger."""
    shown = Counter()
    for word, n in counts(entries).items():
        shown[without_numbers(word)] += n
    return ", ".join(f"{n} × {word}" for word, n in shown.most_common()) or "none was measured yet"


def unplaced(entries: list[Entry]) -> list[str]:
    """Ids of statements whose holder is a source without its place, and neither OWN nor FOLKLORE."""
    return [entry.claim.id for entry in entries if not entry.claim.placed]


def without_interval(entries: list[Entry]) -> list[tuple[str, str]]:
    """(id, place) of every judged statement, and of every dial's strength, that was measured without an interval and
    has too few replicates to have one from them; those declared deterministic, or exact at that strength, need none."""
    found = []
    for entry in entries:
        if (entry.claim.judged or entry.claim.kind == DIAL) and not entry.claim.deterministic:
            again = Counter((row.on, str(row.at)) for run in entry.replicates for row in run)
            found += [(row.claim, row.on) for row in entry.rows
                      if not row.has_interval and again[row.on, str(row.at)] < 2 and row.at not in entry.claim.exact_at]
    return found


def without_width(entries: list[Entry]) -> list[tuple[str, str, float]]:
    """(id, place, strength) of every row whose interval has no width, in a notebook or a replicate, where nothing was
    declared deterministic, or exact at that strength: equal values are no proof of certainty."""
    rows = [(entry.claim, row) for entry in entries if not entry.claim.deterministic and entry.claim.kind != IDENTITY
            for row in [*entry.rows, *(row for run in entry.replicates for row in run)]]
    return [(row.claim, row.on, row.at) for claim, row in rows
            if row.has_interval and row.low == row.high and row.at not in claim.exact_at]


def main(argv: list[str] | None = None) -> int:
    """`python -m course_lib.teach.ledger.claims DIR [--picture FILE]`: print the ledger gathered from DIR."""
    import argparse
    import sys

    from course_lib.teach.ledger.ledger_page import page

    parser = argparse.ArgumentParser(prog="python -m course_lib.teach.ledger.claims",
                                     description="Gather the claims from executed notebooks.")
    parser.add_argument("directory", nargs="?", default="solutions")
    parser.add_argument("--picture", metavar="FILE", help="also draw the picture into FILE (png or svg)")
    parser.add_argument("--verdicts", metavar="FILE", help="also write claim id → verdict, which a test then holds")
    args = parser.parse_args(argv)
    try:
        entries = gather(Path(args.directory))
        print(page(entries))
        if args.verdicts:
            Path(args.verdicts).write_text(json.dumps(verdicts(entries), indent=1, ensure_ascii=False) + "\n", "utf-8")
        if args.picture:
            picture(entries, Path(args.picture))
    except (CourseError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
