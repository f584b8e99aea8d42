"""What a learner did, in a small database on their own machine: attempts, diagnoses, hints, guesses, quiz answers.

One table of events, only appended to (record_file). Two kernels may write at once, and a kill loses at most the event
being written. A damaged record is mended and what was lost is said. Nothing leaves the machine. COURSE_PROGRESS names
another file, or "off" for no record. A record that cannot be written is said once and never disturbs a notebook.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sqlite3
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

from course_lib.contracts import CourseError, UnknownIdError
from course_lib.data.disk import is_full, write_atomic
from course_lib.teach import lessons, misconceptions, record_file
from course_lib.teach.record_file import KINDS, SCHEMA

__all__ = ["KINDS", "SCHEMA", "calibration", "delete", "events", "export", "main", "path", "record", "report",
           "summary"]

_warned = False


def path() -> Path | None:
    """Where the record is kept: COURSE_PROGRESS, else work/progress.sqlite beside the course; None when "off"."""
    named = os.environ.get("COURSE_PROGRESS", "")
    if named.lower() in ("off", "0", "none"):
        return None
    if named:
        return Path(os.path.expanduser(named))
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").exists() and os.access(checkout, os.W_OK):
        return checkout / "work" / "progress.sqlite"
    return Path.home() / ".recsys-course" / "progress.sqlite"


def record(kind: str, ref: str, status: str = "", seconds: float = 0.0, **detail) -> bool:
    """Append one event. Returns whether it was written; warns once where it was not, and never raises."""
    file = path()
    if file is None:
        return False
    try:
        record_file.append(file, (time.time(), kind, lessons.kept(ref), status, float(seconds),
                                  json.dumps(detail, default=str)))
        return True
    except Exception as error:
        why = f"the disk is full ({error})" if is_full(error) else f"{error}"
        _warn_once(f"Your progress is not being recorded: {file} cannot be written ({why}). The notebook goes on "
                   f"without it; set COURSE_PROGRESS to another file, or to off.")
        return False


def _warn_once(text: str) -> None:
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(text, stacklevel=3)


def events(kind: str | None = None, ref: str | None = None) -> list[dict]:
    """The events so far, oldest first; empty where nothing is recorded.

    A damaged record is mended, with a warning that says what was rescued. One that cannot be read at all is a warning,
    once, and no events.
    """
    held, problem = _read()
    if problem:
        _warn_once(problem)
    wanted = ref and lessons.kept(ref)
    return [event | {"ref": _shown(event["ref"])} for event in held
            if (kind is None or event["kind"] == kind) and (ref is None or event["ref"] == wanted)]


def _read() -> tuple[list[dict], str]:
    """All events, and what kept them from being read, "" if nothing did."""
    file = path()
    if file is None or not file.exists():
        return [], ""
    try:
        return [event | {"detail": json.loads(event["detail"])} for event in record_file.read(file)], ""
    except (sqlite3.Error, OSError, CourseError, ValueError) as error:
        return [], (f"The record of your progress cannot be read: {file} ({error}). Make it readable, or set "
                    f"COURSE_PROGRESS to another file, or to off.")


def _shown(ref: str) -> str:
    try:
        return lessons.shown(ref)
    except UnknownIdError:          # of a lesson that this course no longer has
        return ref


def summary() -> list[dict]:
    """One row an exercise that was touched: its best status, attempts, hints, solution seen, mistakes, minutes.

    minutes: from the first to the last attempt, breaks of over 30 minutes not counted.
    """
    by_ref: dict[str, list[dict]] = {}
    for event in events():
        if event["kind"] in ("attempt", "hint", "solution"):
            by_ref.setdefault(event["ref"], []).append(event)
    return [_row(ref, held) for ref, held in sorted(by_ref.items(), key=lambda pair: _order(pair[0]))]


def _order(ref: str):
    head, _, tail = ref.partition(".")
    return int(head) if head.isdigit() else 99, int(tail) if tail.isdigit() else 99, tail


def _row(ref, held) -> dict:
    tries = [event for event in held if event["kind"] == "attempt" and event["status"] != "todo"]
    at = [event["at"] for event in held]
    status = "right" if any(event["status"] == "right" for event in tries) else "wrong" if tries else "todo"
    mistakes = Counter(event["detail"].get("mistake") for event in tries if event["detail"].get("mistake"))
    return {"exercise": ref, "status": status, "attempts": len(tries),
            "hints": max((event["detail"].get("number", 0) for event in held if event["kind"] == "hint"), default=0),
            "solution_seen": any(event["kind"] == "solution" for event in held),
            "mistakes": dict(mistakes), "minutes": sum(min(b - a, 1800) for a, b in zip(at, at[1:], strict=False)) / 60}


def calibration() -> dict:
    """How well the learner predicts.

    ranges, ranges_held: how many were given, and held the result. points, median_factor_off: single guesses that a
    factor judges. shares, median_points_off: those of a share, in percentage points. directions, directions_right: the
    guesses of which the direction could be judged. Entries of earlier versions say no more than guess and value.
    """
    guesses, ranges, directions, factors, points = {}, [], [], [], []
    for event in events():
        if event["kind"] == "guess":
            guesses.setdefault(event["ref"], event["detail"].get("guess"))
        elif event["kind"] == "measured" and event["ref"] in guesses:
            guess, told = guesses.pop(event["ref"]), event["detail"]
            if isinstance(guess, list):
                ranges.append(told["held"] if "held" in told else guess[0] <= told.get("value") <= guess[1])
            elif isinstance(guess, (int, float)):
                factors.append(told["factor"] if "scale" in told else _factor(guess, told.get("value")))
                points.append(told.get("points"))
            directions.append(told.get("direction"))
    factors, points = ([off for off in held if off is not None] for held in (factors, points))
    directions = [right for right in directions if right is not None]
    return {"ranges": len(ranges), "ranges_held": sum(ranges), "points": len(factors),
            "median_factor_off": _middle(factors), "shares": len(points), "median_points_off": _middle(points),
            "directions": len(directions), "directions_right": sum(directions)}


def _factor(guess, value) -> float | None:
    return max(guess / value, value / guess) if guess and value and guess * value > 0 else None


def _middle(values: list[float]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None


def delete() -> bool:
    """Remove the record, its side files, and damaged ones that were put aside. Returns whether there was one.

    Raises DataError where COURSE_PROGRESS names something else, which is left as it is.
    """
    file = path()
    if file is None:
        return False
    if file.exists():
        with contextlib.suppress(sqlite3.Error):
            record_file.fault(file)
    return record_file.remove(file)


def export(target: Path) -> int:
    """Write all events as JSON to `target`, whole or not at all. Returns how many. Raises DataError, OSError."""
    held, target = events(), Path(target)
    if not target.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {target.absolute().parent}")
    write_atomic(target, json.dumps(held, indent=1))
    return len(held)


def report() -> str:
    """The record as text: exercises, kinds of mistake that come back, predictions, and where it is kept."""
    signs = {"right": "✓ right", "wrong": "✗ not yet", "todo": "○ not attempted"}
    problem = _read()[1]
    rows = [] if problem else summary()
    lines = [f"{'exercise':10}{'':18}{'tries':>6}{'hints':>7}{'minutes':>9}  mistakes met"] if rows else [
        problem or "Nothing recorded yet."]
    for row in rows:
        mistakes = "; ".join(f"{name} ×{n}" if n > 1 else name for name, n in row["mistakes"].items())
        mistakes += " (solution seen)" if row["solution_seen"] else ""
        lines.append(f"{row['exercise']:10}{signs[row['status']]:18}{row['attempts']:>6}{row['hints']:>7}"
                     f"{row['minutes']:>9.0f}  {mistakes}".rstrip())
    if not problem:
        lines += _under_a_gap(misconceptions.lines(events())) + _under_a_gap(_predictions())
    return "\n".join([*lines, "", f"Kept in {path() or 'no file (COURSE_PROGRESS is off)'}, on this machine only."])


def _under_a_gap(lines: list[str]) -> list[str]:
    return ["", *lines] if lines else []


def _predictions() -> list[str]:
    """How well predictions came out: direction before size."""
    told, lines = calibration(), []
    if told["directions"]:
        lines += [f"{told['directions_right']} of {told['directions']} guesses went the right way."]
    if told["ranges"]:
        lines += [f"Of {told['ranges']} ranges you gave, {told['ranges_held']} held the result "
                  f"(80% would be well calibrated)."]
    if told["shares"]:
        lines += [f"Of {told['shares']} guesses of a share, the middle one was off by {told['median_points_off']:.0f} "
                  "points."]
    if told["points"]:
        lines += [f"Of {told['points']} single guesses, the middle one was off by a factor of "
                  f"{told['median_factor_off']:.1f}."]
    return lines


def main(argv: list[str] | None = None) -> int:
    """`course progress`: print the record; --export FILE; --delete (asks, unless --yes)."""
    parser = argparse.ArgumentParser(prog="course progress", description="Show, export or delete your own record.")
    parser.add_argument("--export", metavar="FILE", help="write all events as JSON")
    parser.add_argument("--delete", action="store_true", help="delete the record")
    parser.add_argument("--yes", action="store_true", help="do not ask before deleting")
    args = parser.parse_args(argv)
    if args.export:
        try:
            print(f"{export(Path(args.export))} events written to {args.export}")
        except (OSError, CourseError) as error:
            print(f"cannot write {args.export}: {error}", file=sys.stderr)
            return 1
    if args.delete:
        try:
            sure = args.yes or input(f"Delete {path()}? Type yes: ").strip() == "yes"
        except EOFError:            # nobody is there to answer
            sure = False
        if not sure:
            print("kept; to delete it without being asked: course progress --delete --yes")
            return 1
        print("deleted" if delete() else "there was nothing to delete")
    if not args.export and not args.delete:
        print(report())
    return 0
