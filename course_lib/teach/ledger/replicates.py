"""The table of replicates: one CSV that is committed, in which each run of a lesson stands whole or not at all.

    lesson,replicate,claim,on,at,value,low,high,beside,seconds,code,library,why
    feedback,1,,,,,,,,21.4,3f0c…,a91b…,                 a run: its CPU seconds, digests of its code, why it failed
    feedback,1,feedback.unseen,world,,0.61,0.58,0.64,,,,,      what it measured: a row each

The table is also where a stopped `course replicate` goes on.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.contracts import CourseError, DataError
from course_lib.data.disk import write_atomic
from course_lib.teach import lessons
from course_lib.teach.ledger.verdict import Row

TABLE = lessons.ROOT / "solutions" / "ledger" / "replicates.csv"
FURTHER = TABLE.with_name("further.csv")                  # runs 11 to 20: nothing but the survival is made from them
COLUMNS = ("lesson", "replicate", "claim", "on", "at", "value", "low", "high", "beside", "seconds", "code", "library",
           "why")
REMEDY = "Get it back from git, or delete it and run: course replicate"


@dataclass(frozen=True)
class Run:
    """One run of one lesson. lesson: its name. replicate: from 1; 0 is the lesson at its published seeds. code,
    library: digests of what ran. seconds: CPU time. why: why it failed, "" where it did not; then rows is empty."""

    lesson: str
    replicate: int
    code: str
    library: str
    seconds: float
    why: str = ""
    rows: tuple[Row, ...] = ()


@dataclass
class Replicates:
    """All runs, by (lesson's name, replicate)."""

    runs: dict[tuple[str, int], Run] = field(default_factory=dict)

    def add(self, run: Run) -> None:
        """Put a run in the place of the one that had its lesson and number, if there was one."""
        self.runs[run.lesson, run.replicate] = run

    def between(self, first: int, last: int) -> Replicates:
        """The runs with these numbers, both ends included."""
        return Replicates({key: run for key, run in self.runs.items() if first <= run.replicate <= last})

    def of(self, claim_id: str) -> list[list[Row]]:
        """What each replicate measured for a claim, a list of rows each; the published run, 0, is not among them."""
        claim_id = lessons.shown(claim_id)
        found = []
        for run in self.in_order():
            rows = [row for row in run.rows if row.claim == claim_id]
            if rows and run.replicate > 0:
                found.append(rows)
        return found

    def failed(self, lesson: str) -> list[Run]:
        """The runs of a lesson ("02", "feedback") that failed."""
        name = lessons.name(lesson)
        return [run for run in self.in_order() if run.lesson == name and run.why]

    def in_order(self) -> list[Run]:
        """All runs by the lesson's number, then the replicate's."""
        return sorted(self.runs.values(), key=lambda run: (_place(run.lesson), run.lesson, run.replicate))


def _place(lesson: str) -> str:
    return lessons.numbers().get(lesson, "99")


def read(path: Path = TABLE) -> Replicates:
    """The table at path; empty where there is none. Raises DataError naming the line for what is malformed."""
    path = Path(path)
    if not path.exists():
        return Replicates()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}). {REMEDY}") from error
    lines = csv.DictReader(io.StringIO(text, newline=""))
    if tuple(lines.fieldnames or ()) != COLUMNS:
        raise DataError(f"{path} has the columns {lines.fieldnames}; expected {', '.join(COLUMNS)}. {REMEDY}")
    held: dict[tuple[str, int], dict] = {}
    for line in lines:
        try:
            _take(held, line)
        except (ValueError, TypeError, KeyError, CourseError) as error:
            raise DataError(f"{path}, line {lines.line_num}: {error}. {REMEDY}") from error
    return Replicates({key: Run(rows=tuple(parts.pop("rows")), **parts) for key, parts in held.items()})


def _take(held: dict, line: dict) -> None:
    """Add one line of the table to {(lesson, replicate): parts of a Run}."""
    if None in line or None in line.values():
        raise ValueError(f"it has more or fewer fields than the {len(COLUMNS)} columns")
    key = line["lesson"], int(line["replicate"])
    if not line["claim"]:
        seconds = float(line["seconds"])
        if key in held or key[1] < 0 or not 0 <= seconds < math.inf:
            raise ValueError(f"lesson {key[0]}, replicate {key[1]}, {seconds} s: it stands twice, or is no run")
        held[key] = {"lesson": key[0], "replicate": key[1], "code": line["code"], "library": line["library"],
                     "seconds": seconds, "why": line["why"], "rows": []}
        return
    if key not in held or held[key]["why"]:
        raise ValueError("a measurement without the line of its run, or of a run that failed")
    value, low, high, at = (float(line[name]) if line[name] else math.nan for name in ("value", "low", "high", "at"))
    if math.isinf(at) or line["at"] and math.isnan(at):
        raise ValueError(f"{line['claim']} was measured at {at}; expected a finite strength, or none")
    row = Row(lessons.shown(line["claim"]), line["on"], value, low, high, at, line["beside"])
    if lessons.name(row.claim.split(".")[0]) != key[0] or not row.on.strip():
        raise ValueError(f"{line['claim']} on {row.on!r} in a run of {key[0]}; expected the lesson's own and a place")
    if any((row.claim, row.on, str(row.at)) == (one.claim, one.on, str(one.at)) for one in held[key]["rows"]):
        raise ValueError(f"{line['claim']} on {row.on} stands twice in one run, which would count as two")
    held[key]["rows"].append(row)


def write(table: Replicates, path: Path = TABLE) -> Path:
    """Write the whole table, atomically. Returns path."""
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    lines.writeheader()
    for run in table.in_order():
        lines.writerow({"lesson": run.lesson, "replicate": run.replicate, "seconds": f"{run.seconds:.1f}",
                        "code": run.code, "library": run.library, "why": " ".join(run.why.split())[:300]})
        for row in run.rows:
            numbers = {name: _number(getattr(row, name)) for name in ("value", "low", "high", "at")}
            lines.writerow({"lesson": run.lesson, "replicate": run.replicate, "claim": lessons.kept(row.claim),
                            "on": row.on, "beside": row.beside, **numbers})
    return write_atomic(path, text.getvalue())


def _number(value: float) -> str:
    """Eight significant digits; nothing for NaN in an interval, which has none."""
    return "" if math.isnan(value) else f"{value:.8g}"
