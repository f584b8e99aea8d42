"""Runs that take minutes, stored with the course: what the lesson's own system was worth over fourteen days.

    stored_play("feed")                                        # a result, as run_of_play.run gave it
    python -m course_lib.teach.capstone.stored_plays feed      # plays it again and writes it

feed: the system of the solved lesson beside the rivals. marketplace: that system after its mend, once learning from
money and once from long clicks. The worlds are small, and their seeds are given. A result holds the digest of the code
that played it; where another code plays the same figures, only digests are written.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from course_lib.contracts import ArgumentError
from course_lib.data.disk import write_atomic
from course_lib.teach.capstone.briefs import Brief, brief_of
from course_lib.teach.capstone.handed_in import HandedIn, read
from course_lib.teach.capstone.run_of_play import EXAMPLES, run

FILE = "three_signals.py"              # what the solved lesson writes
FILES = {"feed": {"three signals": FILE}, "marketplace": {"learns from money": "three_signals_in_money.py",
                                                          "learns from long clicks": "three_signals_in_clicks.py"}}
SEEDS = {"feed": tuple(range(101, 111)), "marketplace": tuple(range(201, 211))}
TIMES = ("seconds", "p50_ms", "p99_ms", "fit_s", "ms_a_request", "memory_mb", "began", "enforced", "code", "digests",
         "late")
FOLDER = Path(__file__).with_name("played")


def small(kind: str) -> Brief:
    """The brief of a name in a world that takes less time to play: fewer people, items and requests."""
    return replace(brief_of(kind), people=200, items=120, requests_per_day=400.0)


def stored_play(name: str) -> dict:
    """A stored result. Raises ArgumentError for a name that is not stored."""
    if name not in SEEDS:
        raise ArgumentError(f"name is {name!r}; expected one of {', '.join(SEEDS)}.")
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def handed_in(name: str) -> list[HandedIn]:
    """What plays in a stored run beside its rivals."""
    return [read(EXAMPLES / file, called) for called, file in FILES[name].items()]


def figures(told):
    """A result, or a part of it, without what another machine or another hour would change."""
    if isinstance(told, dict):
        return {name: figures(held) for name, held in told.items() if name not in TIMES}
    return [figures(held) for held in told] if isinstance(told, list) else told


def main(names) -> int:
    """Play runs again and write them. Returns 0."""
    for name in names or SEEDS:
        result = run(handed_in(name), small(name), seeds=list(SEEDS[name]), jobs=2,
                     tell=lambda text: print(text, flush=True))
        store(result, FOLDER / f"{name}.json")
    return 0


def store(result: dict, path: Path) -> None:
    """Write a result; of one whose figures stand there already, only the digests."""
    result = json.loads(json.dumps(result))
    if path.exists():
        held = json.loads(path.read_text(encoding="utf-8"))
        if figures(held) == figures(result):
            result = held | {name: result[name] for name in ("code", "digests")}
            print(f"{path.name}: the same figures; its digests are written anew.")
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
