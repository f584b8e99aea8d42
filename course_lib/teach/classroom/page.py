"""`course compare DIR… -o page.html`: a class's notebooks become one page, exercises × people, with diagnoses.

Reads the notebooks as text (submissions), runs the answers apart and confined (sandbox), groups the wrong ones
(groups), writes the page (page_html).
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.contracts import CourseError, UnknownIdError
from course_lib.data.disk import write_atomic
from course_lib.teach import cards, lessons
from course_lib.teach.classroom.answer_folders import passing_folder
from course_lib.teach.classroom.class_mistakes import Sentence, sentences_of
from course_lib.teach.classroom.confinement import clean_environment
from course_lib.teach.classroom.endings import run_with_us, temporary
from course_lib.teach.classroom.groups import Group, groups_of, say
from course_lib.teach.classroom.submissions import Reading, Submission, read_class
from course_lib.teach.lessons import ROOT

# What an answer may import without waiting: loaded once before the answers' processes are made.
KNOWN = ("numpy", "pandas", "scipy", "sklearn", "torch", "matplotlib", "course_lib", "faiss", "lightgbm", "duckdb",
         "seaborn", "collections", "itertools", "math", "functools", "dataclasses", "statsmodels")

IMPORTS = re.compile(r"^[ \t]*(?:import ([\w., ]+)|from ([\w.]+) import )", re.MULTILINE)
EFFECT_TOTAL_S = 90.0          # a class is waiting: after this no further effects are measured


@dataclass
class ClassResults:
    """All rows of a class. rows: (person, exercise id) -> row of the sandbox, with `text` and `notebook` added.

    groups: wrong answers that no card names. unmet: the instructor's sentences that fit no answer here.
    """

    reading: Reading
    card_ids: list[str]
    rows: dict[tuple[str, str], dict] = field(default_factory=dict)
    enforced: dict[str, bool] = field(default_factory=dict)
    reference_effect: dict[str, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    unmet: list[Sentence] = field(default_factory=list)
    seconds: float = 0.0


def main(argv: list[str] | None = None) -> int:
    """The command. Returns 0 when a page was written, 1 where nothing could be read, 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="course compare", description="Compare the notebooks of a class on one page.")
    parser.add_argument("folders", nargs="+", metavar="DIR", help="folders with notebooks, one subfolder or file a "
                                                                  "person, or a zip of such a folder")
    parser.add_argument("-o", "--output", default="class.html", metavar="PAGE")
    parser.add_argument("--csv", metavar="FILE", help="also write a gradebook: a line for each person and exercise")
    parser.add_argument("--lesson", help="only this lesson's exercises, e.g. 03")
    parser.add_argument("--workers", type=int, default=max(os.cpu_count() or 1, 1), help="answers run at a time")
    parser.add_argument("--memory-mb", type=int, default=1500, help="memory of one answer beyond the libraries'")
    parser.add_argument("--effect-seconds", type=float, default=8.0, help="time for an answer's effect; 0 leaves it "
                                                                          "out")
    args = parser.parse_args(argv)
    missing = [name for name in args.folders if not (Path(name).is_dir() or _is_zip(Path(name)))]
    if missing:
        print(f"neither a folder nor a zip of one: {', '.join(missing)}", file=sys.stderr)
        return 2
    try:
        results = compare_class([Path(folder) for folder in args.folders], lesson=args.lesson, workers=args.workers,
                                memory_bytes=args.memory_mb * 1_000_000, effect_seconds=args.effect_seconds)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    if not results.reading.people:
        print(f"no notebooks below {', '.join(args.folders)}", file=sys.stderr)
        return 1
    from course_lib.teach.classroom.gradebook import gradebook
    from course_lib.teach.classroom.page_html import page

    try:
        write_page(Path(args.output), page(results))
        if args.csv:
            write_page(Path(args.csv), gradebook(results))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(results.reading.people)} people, {len(results.card_ids)} exercises, {results.seconds:.0f} s: "
          f"{', '.join(filter(None, (args.output, args.csv)))}")
    if results.reading.problems:
        print(f"{len({who for who, _, _ in results.reading.problems})} of them handed in something that was not read; "
              "the page names it beside each, with the reason.")
    return 0


def _is_zip(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".zip"


def write_page(path: Path, text: str) -> None:
    """Write the whole page or nothing. Raises DataError where the disk is full or the place is not ours."""
    write_atomic(path, text)


def compare_class(folders: list[Path], *, lesson: str | None = None, workers: int = 2,
                  memory_bytes: int = 1_500_000_000, effect_seconds: float = 8.0) -> ClassResults:
    """Read and run everything. Answers with the same text are run once.

    Raises DataError if the runner fails, or where a mistakes.toml beside the notebooks is malformed.
    """
    started = time.monotonic()
    sentences = sentences_of(folders)
    reading = read_class(folders)
    if lesson is not None:
        wanted = lessons.number(lesson)
        reading.submissions = [held for held in reading.submissions if _lesson(held.card_id) == wanted]
    known, results = _known_cards(reading), ClassResults(reading, [])
    jobs: dict[str, dict] = {}
    for held in reading.submissions:
        problem = held.problem or ("" if held.card_id in known else "no exercise of this course has this id")
        row = {"text": held.text, "notebook": held.notebook, "key": _key(held)}
        if problem:
            row |= {"status": "wrong", "stage": "runs", "mistake": problem.split(":")[0], "says": f"The cell {problem}."
                    if held.problem else f"{problem}.".capitalize()}
        else:
            effect = effect_seconds > 0 and known[held.card_id].effect is not None
            job = jobs.setdefault(row["key"], _job(held, row["key"], effect))
            job["people"].append(held.person)
        results.rows[held.person, held.card_id] = row
    jobs |= _reference_jobs(known, jobs) if effect_seconds > 0 else {}
    done = _run(list(jobs.values()), reading, workers, memory_bytes, effect_seconds, results)
    for row in results.rows.values():
        row |= done.get(row["key"], {})
    results.reference_effect = {card_id: done.get(f"reference {card_id}", {}).get("effect", "") for card_id in known}
    results.card_ids = sorted({card_id for _, card_id in results.rows}, key=_order)
    results.groups = groups_of(results.rows, reading.people, _order)
    results.unmet = say(results.groups, sentences, results.rows)
    results.seconds = time.monotonic() - started
    return results


def _lesson(card_id: str) -> str:
    return card_id.split(".")[0].zfill(2)


def _order(card_id: str):
    head, _, tail = card_id.partition(".")
    return _place(head), _place(tail), card_id


def _place(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 999


def _known_cards(reading) -> dict:
    known = {}
    for card_id in {held.card_id for held in reading.submissions}:
        try:
            known[card_id] = cards.card(card_id)
        except UnknownIdError:
            continue
    return known


def _key(held: Submission) -> str:
    parts = (held.card_id, held.name, held.cell, held.prelude, held.text, sorted(held.others.items()), held.line,
             held.marks, held.expression)
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "replace")).hexdigest()


def _job(held, key, effect) -> dict:
    return {"key": key, "card_id": held.card_id, "name": held.name, "cell": held.cell, "prelude": held.prelude,
            "text": held.text, "others": held.others, "effect": effect, "line": held.line, "marks": held.marks,
            "expression": held.expression, "people": []}


def _reference_jobs(known, jobs) -> dict:
    """The reference's own effect, run under the same limits, where somebody's is measured."""
    wanted = {job["card_id"] for job in jobs.values() if job["effect"]}
    cell = "@exercise({!r})\ndef answer(*args, **kwargs):\n    return _card({!r}).reference(*args, **kwargs)\n"
    made = {}
    for card_id in wanted & known.keys():
        text = cell.format(card_id, card_id)
        made[f"reference {card_id}"] = {
            "key": f"reference {card_id}", "card_id": card_id, "name": "answer", "cell": text, "text": text,
            "others": {}, "prelude": "from course_lib.teach.cards import card as _card", "effect": True}
    return made


def _run(jobs, reading, workers, memory_bytes, effect_seconds, results) -> dict[str, dict]:
    if not jobs:
        return {}
    plan = {"jobs": jobs, "workers": workers, "memory_bytes": memory_bytes, "effect_seconds": effect_seconds,
            "effect_total": EFFECT_TOTAL_S,
            "preload": _preload(reading), "lessons": sorted({lessons.name(_lesson(job["card_id"])) for job in jobs})}
    env = clean_environment(os.environ) | {
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "COURSE_PROGRESS": "off",
        "MPLBACKEND": "agg", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    with passing_folder("class-") as folder:
        file = Path(folder) / "jobs.json"
        file.write_text(json.dumps(plan), encoding="utf-8")
        command = [sys.executable, "-s", "-P", "-m", "course_lib.teach.classroom.sandbox", str(file)]
        os.chmod(folder, 0o711)                                    # answers' folders lie in it, each of another user
        printed, errors = run_with_us(command, text=True, encoding="utf-8", errors="replace", cwd=folder,
                                      env=env | {"HOME": folder, "MPLCONFIGDIR": folder} | temporary(folder))
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    results.enforced = next((line["enforced"] for line in lines if "enforced" in line), {})
    done = {line["key"]: line for line in lines if "key" in line}
    lost = {"status": "wrong", "stage": "runs", "mistake": "not run", "says": "The runner ended before this "
                                                                              "answer's turn: "
            f"{errors.strip()[-300:] or 'no message'}"}
    return {job["key"]: done.get(job["key"], lost) for job in jobs}


def _preload(reading) -> list[str]:
    """Modules that the notebooks import, of those in KNOWN that are installed; the world and teach are left out."""
    found = set()
    for prelude in {held.prelude for held in reading.submissions}:
        for names in map(",".join, IMPORTS.findall(prelude)):      # written by ast.unparse, so in one way only
            found |= {name.split()[0] for name in names.split(",") if name.strip()}
    wanted = {name for name in found if name.split(".")[0] in KNOWN and not name.startswith("course_lib.teach.")}
    return sorted(name for name in wanted if importlib.util.find_spec(name.split(".")[0]))
