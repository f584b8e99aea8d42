"""What could explain a statement otherwise, switched off once: a small table that is committed, and how it is told.

    script,claim,on,at,switched,unit,seed,value,low,high,date
    negatives_more,negatives.mixed,world,,as many more negatives from the batch,,1,0.004,0.001,0.007,2026-12-01

A script of `solutions/ledger/alternatives` writes its rows; a seed is a replicate's number, so that a row can be laid
beside the replicate that the ledger publishes. A unit stands where what is measured is not what the statement counts.
"""

from __future__ import annotations

import ast
import csv
import datetime
import io
import math
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from course_lib.contracts import CourseError, DataError
from course_lib.data.disk import write_atomic
from course_lib.teach import cards, lessons
from course_lib.teach.ledger.verdict import Row, number

FOLDER = lessons.ROOT / "solutions" / "ledger" / "alternatives"
TABLE = FOLDER.with_suffix(".csv")
COLUMNS = ("script", "claim", "on", "at", "switched", "unit", "seed", "value", "low", "high", "date")


@dataclass(frozen=True)
class Tried:
    """One thing that is switched. claim: by its lesson's name. switched: what, in words that go behind "Tried: ".
    unit: what is measured, where it is another quantity than the claim's."""

    claim: str
    switched: str
    unit: str = ""


@dataclass(frozen=True)
class Alternative:
    """One measurement of it. script: the file's stem. seed: the replicate's number, from 1. row: as measured() has
    it. date: the day of the run, as 2026-12-01."""

    script: str
    tried: Tried
    seed: int
    row: Row
    date: str

    @property
    def key(self) -> tuple:
        """What may stand once: its order in the table."""
        return self.script, self.tried.claim, self.tried.switched, self.row.on, str(self.row.at), self.seed


def read(path: Path = TABLE) -> list[Alternative]:
    """The table at path; empty where there is none. Raises DataError naming the line for what is malformed."""
    path = Path(path)
    if not path.exists():
        return []
    lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    if tuple(lines.fieldnames or ()) != COLUMNS:
        raise DataError(f"{path} has the columns {lines.fieldnames}; expected {', '.join(COLUMNS)}.")
    held: dict[tuple, Alternative] = {}
    for line in lines:
        try:
            one = _of_line(line)
            if one.key in held:
                raise ValueError("it stands twice")
        except (ValueError, TypeError, KeyError, CourseError) as error:
            raise DataError(f"{path}, line {lines.line_num}: {error}. Run the script again.") from error
        held[one.key] = one
    return list(held.values())


def _of_line(line: dict) -> Alternative:
    value, low, high, at = (float(line[name]) if line[name] else math.nan for name in ("value", "low", "high", "at"))
    claim = cards.claim(line["claim"])
    texts = line["script"], line["on"], line["switched"]
    seed = int(line["seed"])
    if not all(text.strip() == text != "" for text in texts) or seed < 1 or not math.isfinite(value):
        raise ValueError(f"seed {seed}, value {value}, script, place and what was switched {texts}: expected all")
    datetime.date.fromisoformat(line["date"])
    tried = Tried(lessons.kept(claim.id), line["switched"], line["unit"])
    return Alternative(line["script"], tried, seed, Row(claim.id, line["on"], value, low, high, at), line["date"])


def write(found: list[Alternative], path: Path = TABLE) -> Path:
    """Write the whole table, atomically, in the order of its keys. Returns path."""
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    lines.writeheader()
    for one in sorted(found, key=lambda one: one.key):
        numbers = {name: getattr(one.row, name) for name in ("value", "low", "high", "at")}
        lines.writerow({"script": one.script, "claim": one.tried.claim, "on": one.row.on,
                        "switched": one.tried.switched, "unit": one.tried.unit, "seed": one.seed, "date": one.date,
                        **{name: "" if math.isnan(value) else f"{value:.6g}" for name, value in numbers.items()}})
    return write_atomic(path, text.getvalue())


def tried_of(script: Path) -> list[Tried]:
    """What a script says that it switches: the calls of Tried in it, read and not run."""
    calls = [node for node in ast.walk(ast.parse(Path(script).read_text(encoding="utf-8")))
             if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Tried"]
    return [Tried(*map(ast.literal_eval, call.args), **{word.arg: ast.literal_eval(word.value)
                                                       for word in call.keywords}) for call in calls]


def by_thing(found: list[Alternative]) -> list[list[Alternative]]:
    """The measurements of one thing at one place, a list each, by seed."""
    inorder = sorted(found, key=lambda one: one.key)
    return [list(ones) for _, ones in groupby(inorder, key=lambda one: one.key[:-1])]


def tried_lines(entry) -> list[str]:
    """What was tried beside a statement, a line of markdown for each thing switched and each place."""
    return [_line(entry, ones) for ones in by_thing(entry.tried)]


def _line(entry, ones: list[Alternative]) -> str:
    first = ones[0]
    where = f"on {first.row.on}" + ("" if math.isnan(first.row.at) else f", at {number(first.row.at)}")
    unit = f"; {first.tried.unit}" if first.tried.unit else ""
    said = told([one.row.value for one in ones]) + _beside(entry, ones)
    return f"- Tried: {first.tried.switched} ({where}{unit}): {said}"


def told(values: list[float]) -> str:
    """"mean 0.41, 0.38 to 0.44 in 3 runs"."""
    mean = math.fsum(values) / len(values)
    return f"mean {number(mean)}, {number(min(values))} to {number(max(values))} in {len(values)} runs"


def _beside(entry, ones: list[Alternative]) -> str:
    """The published mean at that place, and that of the same seeds; nothing where another quantity was measured."""
    first = ones[0]
    if first.tried.unit:
        return ""
    runs = published(entry, first.row)
    if not runs:
        return ""
    same = [runs[one.seed] for one in ones if one.seed in runs]
    again = f", {number(math.fsum(same) / len(same))} with these seeds" if len(same) == len(ones) else ""
    return f"; as published {number(math.fsum(runs.values()) / len(runs))}{again}"


def published(entry, row: Row) -> dict[int, float]:
    """{replicate: the value that was published at the place and strength of a row}."""
    def there(one):
        return one.on == row.on and (one.at == row.at or math.isnan(one.at) and math.isnan(row.at))

    return {seed: one.value for seed, rows in enumerate(entry.replicates, 1) for one in rows
            if there(one) and math.isfinite(one.value)}
