"""Debriefs that are kept beside the learner's record, on their machine, and compared with the attempt before."""

from __future__ import annotations

import json
import math
import time
import warnings
from pathlib import Path

from course_lib.data.disk import write_atomic
from course_lib.teach import progress
from course_lib.teach.interview.mock_texts import PHASES
from course_lib.teach.interviewer.debrief import Debrief

MOST = 50           # attempts that are kept
BY = {"rules": "read by rules", "listener": "ticked by a listener"}


def path() -> Path | None:
    """interviews.json beside the record of progress; None where no record is kept."""
    record = progress.path()
    return None if record is None else record.with_name("interviews.json")


def attempts(brief: str | None = None) -> list[dict]:
    """What was kept, oldest first; of one brief where it is named. A file that cannot be read is a warning."""
    file = path()
    if file is None or not file.exists():
        return []
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        good = [row for row in held if _sound(row)]
    except (OSError, ValueError, TypeError) as error:
        warnings.warn(f"Earlier debriefs cannot be read: {file} ({error}). Move it away to begin anew.", stacklevel=2)
        return []
    return [row for row in good if brief in (None, row.get("brief"))]


def _sound(row) -> bool:
    """Is a row one that was kept, with its parts of the right kinds?"""
    if not isinstance(row, dict) or not _number(row.get("total")):
        return False
    phases, heard, said = row.get("by_phase") or {}, row.get("heard") or [], row.get("said") or {}
    return (isinstance(phases, dict) and all(map(_number, phases.values())) and isinstance(said, dict)
            and isinstance(heard, list) and all(isinstance(id, str) for id in heard))


def _number(value) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def earlier(brief: str, who: str = "", run: str = "") -> list[dict]:
    """What was kept of a brief and of who answered, oldest first, without the run that goes on now."""
    return [row for row in attempts(brief) if (row.get("who") or "") == who and (not run or row.get("run") != run)]


def is_to_be_kept(debrief: Debrief) -> bool:
    """Was something said, and is a record kept?"""
    return path() is not None and any(debrief.kept["said"].values())


def keep(debrief: Debrief, who: str = "", run: str = "") -> bool:
    """Add a debrief. who: who answered, "" where not said. run: one that was kept of the same run before is replaced.
    Returns whether it was written; a file that cannot be read or written is a warning, and stays."""
    file = path()
    if not is_to_be_kept(debrief):
        return False
    held = attempts()
    if file.exists() and not held and file.stat().st_size > 2:
        return False
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        row = {"at": time.time(), **debrief.kept} | ({"who": who} if who else {}) | ({"run": run} if run else {})
        others = [old for old in held if not run or old.get("run") != run]
        write_atomic(file, json.dumps([*others, row][-MOST:], indent=1))
    except Exception as error:
        warnings.warn(f"The debrief was not kept: {file} ({error}).", stacklevel=2)
        return False
    return True


def compared(debrief: Debrief, before: list[dict] | None = None) -> str:
    """This debrief against the last one kept on the same brief, in words; "" where there is none. before: what was kept
    until then, read anew where it is None. Phases that one of the two did not reach are left out."""
    before = attempts(debrief.kept["brief"]) if before is None else before
    if not before:
        return ""
    last = before[-1]
    change = debrief.kept["total"] - last["total"]
    by = str(last.get("by") or "rules")
    how = f" ({BY.get(by, by)})" * (by != debrief.kept["by"])
    told = [f"Last time{how} {last['total']:.0f}, now {debrief.kept['total']:.0f} ({change:+.0f})."]
    old, new = last.get("by_phase") or {}, debrief.kept["by_phase"]
    reached = [p for p in PHASES if p.key in debrief.kept["said"] and p.key in (last.get("said") or old)]
    better = [p.name for p in reached if new.get(p.key, 0) - old.get(p.key, 0) >= 0.2]
    worse = [p.name for p in reached if new.get(p.key, 0) - old.get(p.key, 0) <= -0.2]
    told += [f"Better: {', '.join(better)}."] if better else []
    told += [f"Worse: {', '.join(worse)}."] if worse else []
    gained = sorted(set(debrief.kept["heard"]) - set(last.get("heard") or ()))
    return " ".join(told) + (f" Newly heard: {len(gained)} points." if gained else "")
