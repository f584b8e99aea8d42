"""What a script of `solutions/ledger/alternatives` does: measure under some seeds, print, write its rows to the table.

    python solutions/ledger/alternatives/NAME.py --seeds 3
"""

from __future__ import annotations

import argparse
import datetime
import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from course_lib.data.disk import locked
from course_lib.teach import cards
from course_lib.teach.ledger import alternatives
from course_lib.teach.ledger.alternatives import Alternative, Tried
from course_lib.teach.ledger.verdict import Row
from course_lib.teach.replication.part_of_lesson import Lesson

Measured = tuple[Tried, str, object]        # what was switched, on what, an estimate or a number; and for dials: at


def main(script: str, measure: Callable[[Lesson], Iterable[Measured]], arguments: list[str] | None = None) -> int:
    """Run a script. script: its __file__. measure: a lesson under one replicate's seeds → what was measured, as
    (Tried, on, estimate) or (Tried, on, estimate, at). Returns 0.

    The lesson is that of the script's claims. All rows of this script under these seeds are written anew.
    """
    reader = argparse.ArgumentParser(description=measure.__doc__)
    reader.add_argument("--seeds", type=int, default=3, help="how many: those of replicates 1, 2, ...")
    reader.add_argument("--first", type=int, default=1, help="the first replicate")
    reader.add_argument("--table", type=Path, default=alternatives.TABLE)
    given = reader.parse_args(arguments)
    stem = Path(script).stem
    lesson = alternatives.tried_of(Path(script))[0].claim.split(".")[0]
    for seed in range(given.first, given.first + given.seeds):
        begun, found = time.monotonic(), []
        for tried, on, estimate, *at in measure(Lesson(lesson, seed)):
            found.append(Alternative(stem, tried, seed, _row(tried, on, estimate, *at),
                                     datetime.date.today().isoformat()))
            print(f"seed {seed}, {tried.claim} on {on}{at or ''}, {tried.switched}: {estimate}", flush=True)
        _keep(found, stem, seed, given.table)
        print(f"seed {seed}: {time.monotonic() - begun:.0f} s", flush=True)
    return 0


def _row(tried, on, estimate, at=math.nan) -> Row:
    value = float(getattr(estimate, "value", estimate))
    low, high = (float(getattr(estimate, end, math.nan)) for end in ("low", "high"))
    return Row(cards.claim(tried.claim).id, on, value, low, high, float(at))


def _keep(found, stem, seed, table) -> None:
    with locked(Path(table).with_suffix(".lock")):
        others = [one for one in alternatives.read(table) if (one.script, one.seed) != (stem, seed)]
        alternatives.write([*others, *found], table)
