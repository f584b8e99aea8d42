"""Reads a lesson's source: solutions/source/NN_name.py in jupytext's percent format becomes two notebooks in memory.

A region between `### BEGIN SOLUTION` and `### END SOLUTION` becomes a stub in the learner's notebook
(`### BEGIN SOLUTION: <stub>` names its own) and stays, without its markers, in the solution.
`{{card negatives.1}}` alone on a line of markdown becomes that card; {{negatives}}, {{negatives.1}}, {{negatives file}}
and the ids in calls such as `hint("negatives.1")` become the numbers that learners read (see teach.lessons).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import nbformat

from course_lib.contracts import CourseError
from course_lib.teach import lessons
from course_lib.teach.lessons import ROOT

BEGIN = re.compile(r"^(\s*)### BEGIN SOLUTION(?::\s*(.+?))?\s*$")
END = re.compile(r"^\s*### END SOLUTION\s*$")
MARKER = re.compile(r"(begin|end)[\W_]*solution", re.IGNORECASE)
CARD = re.compile(r"^\{\{card ([\w.]+)\}\}$", re.MULTILINE)
CALLS = "exercise|hint|solution|compare|predict|measured|quiz|answer|decide|referee"
CALL = re.compile(rf"""\b({CALLS})\((["'])([a-z][a-z0-9_]*)\.""")
STUB = "raise NotImplementedError  # your code here"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LONGEST_CELL = 15


class BuildError(CourseError):
    """A lesson source cannot become notebooks; the message names file, cell and line."""


@dataclass
class Lesson:
    """One lesson in its two forms. learner, solution: notebooks alike but for the regions. warnings: lines to print."""

    stem: str
    learner: nbformat.NotebookNode
    solution: nbformat.NotebookNode
    warnings: list[str] = field(default_factory=list)


def split_regions(source: str, where: str, keep: bool) -> str:
    """The cell without markers: regions kept (solution) or replaced by their stub (learner).

    Raises BuildError at a marker that is misspelt, nested, unopened or never closed.
    """
    out: list[str] = []
    opened = ""
    for number, line in enumerate(source.split("\n"), 1):
        begin, end = BEGIN.match(line), END.match(line)
        stray = MARKER.search(line) and not begin and not end
        if stray or (begin and opened) or (end and not opened):
            raise BuildError(f"{where}, line {number}: stray or malformed marker {line.strip()!r}. Write "
                             f"'### BEGIN SOLUTION' and '### END SOLUTION', in pairs, each alone on its line.")
        if begin and not keep:
            out.append(begin[1] + (begin[2] or STUB))
        elif not begin and not end and (keep or not opened):
            out.append(line)
        opened = line.strip() if begin else "" if end else opened
    if opened:
        raise BuildError(f"{where}: {opened!r} is never closed. Add '### END SOLUTION'.")
    return "\n".join(out)


def card_text(exercise_id: str) -> str:
    """An exercise of any kind as markdown, from course_lib/teach/cards/."""
    from course_lib.teach.cards import markdown_of

    return markdown_of(exercise_id)


def expand_cards(source: str, where: str, render: Callable[[str], str]) -> str:
    """Replace each `{{card ID}}` line by its card; BuildError for an unknown card or any other `{{`."""
    try:
        text = CARD.sub(lambda match: render(match[1]).strip(), source)
    except (KeyError, LookupError) as error:
        raise BuildError(f"{where}: no card for {CARD.findall(source)}: {error}") from error
    if "{{" in lessons.expand(CARD.sub("", source)):
        raise BuildError(f"{where}: a placeholder that is not '{{{{card ID}}}}' alone on its line.")
    return text


def numbered(source: str) -> str:
    """A cell with the names of lessons turned into numbers: @exercise("negatives.1") → @exercise("4.1")."""
    def call(match: re.Match) -> str:
        if match[3] not in lessons.numbers():
            return match[0]
        return f"{match[1]}({match[2]}{int(lessons.number(match[3]))}."

    return lessons.expand(CALL.sub(call, source))


def read_lesson(path: Path, render: Callable[[str], str] = card_text) -> Lesson:
    """Both notebooks of one source. Cell ids hash the learner's text, so that changing a solution or a card leaves
    them alone, and inserting a cell moves no other."""
    learner = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    learner.metadata = nbformat.from_dict({
        "kernelspec": KERNEL, "language_info": {"name": "python"},
        "course": {"generated_from": f"solutions/source/{path.name}", "rebuild": f"course build {path.stem}"}})
    learner.nbformat, learner.nbformat_minor = 4, 5
    lesson = Lesson(path.stem, learner, deepcopy(learner))
    seen: Counter[str] = Counter()
    for number, (stub, full) in enumerate(zip(learner.cells, lesson.solution.cells, strict=True), 1):
        where = f"{path.name} cell {number}"
        stub.source, full.source = (split_regions(c.source, where, keep) for c, keep in ((stub, False), (full, True)))
        digest = hashlib.sha256(f"{path.stem[3:]}\0{stub.cell_type}\0{stub.source}".encode()).hexdigest()[:8]
        stub.id = full.id = f"{digest}-{seen[digest]}"
        seen[digest] += 1
        if stub.cell_type == "markdown":
            stub.source = full.source = expand_cards(stub.source, where, render)
        stub.source, full.source = numbered(stub.source), numbered(full.source)
        for cell in (stub, full):
            cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k == "tags"})
        lines = sum(1 for line in full.source.splitlines() if line.strip())
        if stub.cell_type == "code" and lines > LONGEST_CELL:
            lesson.warnings.append(f"{where}: {lines} lines; {LONGEST_CELL} at most")
    return lesson


def sources(stems: list[str] | None = None, root: Path = ROOT) -> list[Path]:
    """Lesson sources in order. stems: "3", "03", "two_tower" or "03_two_tower". BuildError names those known."""
    every = sorted((root / "solutions" / "source").glob("[0-9][0-9]_*.py"))
    if not stems:
        return every
    chosen = []
    for stem in stems:
        wanted = Path(stem).stem
        wanted = wanted.zfill(2) if wanted.isdecimal() else wanted
        found = [path for path in every if path.stem[3:] == wanted or path.stem.startswith(wanted)]
        if len(found) != 1:
            raise BuildError(f"lesson {stem!r} fits {len(found)} lessons; name one "
                             f"of {', '.join(path.stem for path in every)}.")
        chosen += found
    return chosen
