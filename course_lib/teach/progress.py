"""What a learner did, in a small database on their own machine: attempts, diagnoses, hints, guesses, quiz answers.

One table of events, only appended to. SQLite in WAL mode: two kernels may write at once, and a kill loses at most the
event being written. Nothing leaves the machine. COURSE_PROGRESS names another file, or "off" for no record. A record
that cannot be written is said once and never disturbs a notebook.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import time
import warnings
from collections import Counter
from contextlib import closing
from pathlib import Path

from course_lib.contracts import UnknownIdError
from course_lib.teach import lessons

SCHEMA = """CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, status TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0, detail TEXT NOT NULL DEFAULT '{}')"""
VERSION = 1      # of what is kept: 1 names the lesson in `ref`, 0 (the first edition) numbered it
FIRST_EDITION = ("start_here", "objective", "feedback", "two_tower", "negatives", "ann", "ranker", "reranker",
                 "feature_audit", "metric_stack", "experiments", "launch", "interview")
KINDS = ("attempt", "hint", "solution", "compare", "guess", "measured", "quiz")
_warned = False


def path() -> Path | None:
    """Where the record is kept: COURSE_PROGRESS, else work/progress.sqlite beside the course; None when "off"."""
    named = os.environ.get("COURSE_PROGRESS", "")
    if named.lower() in ("off", "0", "none"):
        return None
    if named:
        return Path(named).expanduser()
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").exists() and os.access(checkout, os.W_OK):
        return checkout / "work" / "progress.sqlite"
    return Path.home() / ".recsys-course" / "progress.sqlite"


def _connect(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=10, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")      # stays as it was where the file system cannot do it
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(SCHEMA)
        _name_lessons(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _name_lessons(connection: sqlite3.Connection) -> None:
    """Turn numbers of the first edition ("11.3") into names ("launch.3"), once: lessons have been renumbered since."""
    if connection.execute("PRAGMA user_version").fetchone()[0] >= VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    for (ref,) in connection.execute("SELECT DISTINCT ref FROM events").fetchall():
        head, dot, rest = ref.partition(".")
        if dot and head.isdecimal() and int(head) < len(FIRST_EDITION):
            named = f"{FIRST_EDITION[int(head)]}.{rest}"
            connection.execute("UPDATE events SET ref = ? WHERE ref = ?", (named, ref))
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def record(kind: str, ref: str, status: str = "", seconds: float = 0.0, **detail) -> bool:
    """Append one event. Returns whether it was written; warns once where it was not, and never raises."""
    global _warned
    file = path()
    if file is None:
        return False
    try:
        with closing(_connect(file)) as connection:
            connection.execute("INSERT INTO events (at, kind, ref, status, seconds, detail) VALUES (?, ?, ?, ?, ?, ?)",
                               (time.time(), kind, lessons.kept(ref), status, float(seconds),
                                json.dumps(detail, default=str)))
        return True
    except (sqlite3.Error, OSError, ValueError) as error:
        if not _warned:
            warnings.warn(f"Your progress is not being recorded: {file} cannot be written ({error}). The notebook goes "
                          "on without it; set COURSE_PROGRESS to another file, or to off.", stacklevel=2)
            _warned = True
        return False


def events(kind: str | None = None, ref: str | None = None) -> list[dict]:
    """The events so far, oldest first; empty where nothing is recorded or the record cannot be read."""
    file = path()
    if file is None or not file.exists():
        return []
    try:
        with closing(_connect(file)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute("SELECT * FROM events WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR ref = "
                                      "?2) ORDER BY id", (kind, ref and lessons.kept(ref))).fetchall()
    except (sqlite3.Error, OSError):
        return []
    return [dict(row) | {"ref": _shown(row["ref"]), "detail": json.loads(row["detail"])} for row in rows]


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
    """How well the learner predicts: ranges and how many held the result, points and their median factor off."""
    guesses, ranges, held, factors = {}, 0, 0, []
    for event in events():
        if event["kind"] == "guess":
            guesses.setdefault(event["ref"], event["detail"].get("guess"))
        elif event["kind"] == "measured" and event["ref"] in guesses:
            guess, value = guesses.pop(event["ref"]), event["detail"].get("value")
            if isinstance(guess, list):
                ranges, held = ranges + 1, held + (guess[0] <= value <= guess[1])
            elif isinstance(guess, (int, float)) and guess and value and guess * value > 0:
                factors.append(max(guess / value, value / guess))
    middle = sorted(factors)[len(factors) // 2] if factors else None
    return {"ranges": ranges, "ranges_held": held, "points": len(factors), "median_factor_off": middle}


def delete() -> bool:
    """Remove the record and its side files. Returns whether there was one."""
    file = path()
    found = file is not None and file.exists()
    for suffix in ("", "-wal", "-shm") if found else ():
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    return found


def export(target: Path) -> int:
    """Write all events as JSON to `target`. Returns how many."""
    held = events()
    target = Path(target)
    part = target.with_name(target.name + ".part")
    part.write_text(json.dumps(held, indent=1), encoding="utf-8")
    part.replace(target)
    return len(held)


def report() -> str:
    """The record as text: exercises, then how well predictions came out, then where it is kept."""
    signs = {"right": "✓ right", "wrong": "✗ not yet", "todo": "○ not attempted"}
    rows = summary()
    lines = [f"{'exercise':10}{'':18}{'tries':>6}{'hints':>7}{'minutes':>9}  mistakes met"] if rows else [
        "Nothing recorded yet."]
    for row in rows:
        mistakes = "; ".join(f"{name} ×{n}" if n > 1 else name for name, n in row["mistakes"].items())
        mistakes += " (solution seen)" if row["solution_seen"] else ""
        lines.append(f"{row['exercise']:10}{signs[row['status']]:18}{row['attempts']:>6}{row['hints']:>7}"
                     f"{row['minutes']:>9.0f}  {mistakes}".rstrip())
    told = calibration()
    if told["ranges"]:
        lines += ["", f"Of {told['ranges']} ranges you gave, {told['ranges_held']} held the result "
                      f"(80% would be well calibrated)."]
    if told["points"]:
        lines += [f"Of {told['points']} single guesses, the middle one was off by a factor of "
                  f"{told['median_factor_off']:.1f}."]
    return "\n".join([*lines, "", f"Kept in {path() or 'no file (COURSE_PROGRESS is off)'}, on this machine only."])


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
        except OSError as error:
            print(f"cannot write {args.export}: {error}", file=sys.stderr)
            return 1
    if args.delete:
        if not args.yes and input(f"Delete {path()}? Type yes: ").strip() != "yes":
            print("kept")
            return 1
        print("deleted" if delete() else "there was nothing to delete")
    if not args.export and not args.delete:
        print(report())
    return 0
