"""A round of bank questions, in a terminal or a notebook: asked, answered, scored by yourself."""

from __future__ import annotations

import html
import json
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from course_lib.data.disk import write_atomic
from course_lib.teach import lessons, progress
from course_lib.teach.interviewer.question_bank import BankQuestion, bank, banked, draw
from course_lib.teach.show.notices import Notice, show

MOST = 2000         # answers that are kept


def path() -> Path | None:
    """questions.json beside the record of progress; None where no record is kept."""
    record = progress.path()
    return None if record is None else record.with_name("questions.json")


def answered() -> list[dict]:
    """What was scored so far, oldest first: {"at", "id", "named", "of"}. A file that cannot be read is a warning."""
    file = path()
    if file is None or not file.exists():
        return []
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
        return [row for row in held if isinstance(row["id"], str) and 0 <= row["named"] <= row["of"] and row["of"] > 0]
    except (OSError, ValueError, TypeError, KeyError) as error:
        warnings.warn(f"Earlier answers cannot be read: {file} ({error!r}). Move it away to begin anew.", stacklevel=2)
        return []


def shares() -> dict[str, float]:
    """Question id -> share of its points that was named the last time, 0 to 1."""
    return {row["id"]: row["named"] / row["of"] for row in answered()}


def score(question: BankQuestion, named: Sequence[int] | int) -> float:
    """Keep which points you named (their numbers from 1, or how many). Returns the share, 0 to 1. Numbers that no point
    has are not counted. Nothing is written where no record is kept, or over a file that cannot be read."""
    numbers = range(1, named + 1) if isinstance(named, int) else named
    got = len(set(numbers).intersection(range(1, len(question.points) + 1)))
    file, held = path(), answered()
    if file is not None and not (file.exists() and not held and file.stat().st_size > 2):
        file.parent.mkdir(parents=True, exist_ok=True)
        row = {"at": time.time(), "id": question.id, "named": got, "of": len(question.points)}
        write_atomic(file, json.dumps([*held, row][-MOST:], indent=1))
    return got / len(question.points)


def standing() -> str:
    """How much of each lesson's questions was named the last time, in words; "" where none was asked."""
    told, held = [], shares()
    for lesson in banked():
        here = [held[q.id] for q in bank(lesson) if q.id in held]
        if here:
            told.append(f"{lesson} {sum(here) / len(here):.0%} ({len(here)} of {len(bank(lesson))} questions)")
    return "; ".join(told)


def page(question: BankQuestion) -> Notice:
    """A question with the points of a full answer folded away, each with its source and where it is met."""
    lines = [f"{k}. {p.says} ({p.source}; {p.where})" for k, p in enumerate(question.points, 1)]
    body = '<div style="margin-left:1.2em">' + "<br>".join(html.escape(line) for line in lines) + "</div>"
    number = lessons.shown(question.id) if _numbered(question) else question.id
    return Notice("note", f"Question {number}, {question.kind}", (question.asks,),
                  folded=[("A full answer, after yours", body, "\n".join(lines))])


def _numbered(question: BankQuestion) -> bool:
    return question.id.partition(".")[0] in lessons.numbers()


def ask_bank(lesson: str | int, n: int = 3, seed: int | None = None) -> tuple[BankQuestion, ...]:
    """In a notebook: show n questions of a lesson, the points of a full answer folded under each. Answer aloud, unfold,
    and keep what you named with `score(questions[0], [1, 3])`. Returns the questions. Errors as question_bank.draw."""
    questions = draw(lesson, n, shares(), seed)
    for question in questions:
        show(page(question))
    return questions


def terminal(lesson: str | int, n: int = 3, ask: Callable[[str], str] | None = None) -> int:
    """In a terminal: a question, your answer, the points, and which of them you named. Ends with the input."""
    ask = ask or input
    try:
        for question in draw(lesson, n, shares()):
            print(f"\n{question.kind.capitalize()}: {question.asks}")
            print("(answer aloud or type; an empty line shows the points)")
            while ask("> ").strip():
                pass
            print("\n".join(f"  {k}. {p.says}\n     {p.source}; {p.where}" for k, p in enumerate(question.points, 1)))
            said = ask("Which of them did you name? (numbers, such as 1 3) ")
            got = score(question, [int(word) for word in said.replace(",", " ").split() if word.isdecimal()][:99])
            print(f"{got:.0%} of this answer.")
    except (EOFError, KeyboardInterrupt):
        print()
    print(f"So far: {standing()}." if standing() else "Nothing was scored.")
    return 0
