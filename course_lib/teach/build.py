"""From one lesson source to two notebooks: the learner's, with stubs and no outputs, and the solution, executed.

A lesson is solutions/source/NN_name.py in jupytext's percent format. A region between `### BEGIN SOLUTION` and
`### END SOLUTION` becomes a stub in notebooks/NN_name.ipynb (`### BEGIN SOLUTION: <stub>` names its own) and stays,
without its markers, in solutions/NN_name.ipynb. `{{card 3.1}}` alone on a line of markdown becomes that card.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import nbformat

from course_lib.contracts import CourseError

ROOT = Path(__file__).resolve().parents[2]
BEGIN = re.compile(r"^(\s*)### BEGIN SOLUTION(?::\s*(.+?))?\s*$")
END = re.compile(r"^\s*### END SOLUTION\s*$")
MARKER = re.compile(r"(begin|end)[\W_]*solution", re.IGNORECASE)
CARD = re.compile(r"^\{\{card ([\w.]+)\}\}$", re.MULTILINE)
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
    """The card of an exercise as markdown, from course_lib/teach/cards/."""
    from course_lib.teach.card import card_markdown
    from course_lib.teach.cards import card

    return card_markdown(card(exercise_id))


def expand_cards(source: str, where: str, render: Callable[[str], str]) -> str:
    """Replace each `{{card ID}}` line by its card; BuildError for an unknown card or any other `{{`."""
    try:
        text = CARD.sub(lambda match: render(match[1]).strip(), source)
    except (KeyError, LookupError) as error:
        raise BuildError(f"{where}: no card for {CARD.findall(source)}: {error}") from error
    if "{{" in CARD.sub("", source):
        raise BuildError(f"{where}: a placeholder that is not '{{{{card ID}}}}' alone on its line.")
    return text


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
        digest = hashlib.sha256(f"{path.stem}\0{stub.cell_type}\0{stub.source}".encode()).hexdigest()[:8]
        stub.id = full.id = f"{digest}-{seen[digest]}"
        seen[digest] += 1
        if stub.cell_type == "markdown":
            stub.source = full.source = expand_cards(stub.source, where, render)
        for cell in (stub, full):
            cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k == "tags"})
        lines = sum(1 for line in full.source.splitlines() if line.strip())
        if stub.cell_type == "code" and lines > LONGEST_CELL:
            lesson.warnings.append(f"{where}: {lines} lines; {LONGEST_CELL} at most")
    return lesson


def dumps(notebook: nbformat.NotebookNode) -> str:
    """The bytes of a notebook file: valid, keys sorted, one newline at the end."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def write(path: Path, text: str) -> bool:
    """Write whole or not at all; False where the file already says so."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".building-", delete=False, encoding="utf-8") as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
    return True


def code_digest(root: Path = ROOT) -> str:
    """SHA-256 over the library's code: an executed notebook stays current while this and its source stay the same."""
    digest = hashlib.sha256()
    for path in sorted((root / "course_lib").rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def same_cells(stored: Path, built: nbformat.NotebookNode) -> str:
    """'' where the stored notebook holds the same cells as the one built, else where they first differ."""
    if not stored.exists():
        return "is missing"
    cells = nbformat.read(stored, as_version=4).cells
    for number, (old, new) in enumerate(zip(cells, built.cells, strict=False), 1):
        if (old.id, old.cell_type, old.source) != (new.id, new.cell_type, new.source):
            return f"differs from its source at cell {number}"
        if any(output.output_type == "error" for output in old.get("outputs", [])):
            return f"shows an error in cell {number}"
    if len(cells) != len(built.cells):
        return f"has {len(cells)} cells; its source has {len(built.cells)}"
    if not any(cell.get("execution_count") for cell in cells):
        return "was never executed"
    return ""


def sources(stems: list[str] | None = None, root: Path = ROOT) -> list[Path]:
    """Lesson sources in order; a stem may be shortened to what is unique ('03'). BuildError names those known."""
    every = sorted((root / "solutions" / "source").glob("[0-9][0-9]_*.py"))
    if not stems:
        return every
    chosen = []
    for stem in stems:
        found = [path for path in every if path.stem.startswith(Path(stem).stem)]
        if len(found) != 1:
            raise BuildError(f"lesson {stem!r} fits {len(found)} of {[path.stem for path in every]}; name one of them.")
        chosen += found
    return chosen


def check(stems: list[str] | None = None, root: Path = ROOT, render: Callable[[str], str] = card_text) -> list[str]:
    """Drift between sources and stored notebooks, one line each; [] where there is none. Writes nothing."""
    drift = []
    for path in sources(stems, root):
        lesson = read_lesson(path, render)
        learner = root / "notebooks" / f"{path.stem}.ipynb"
        if not learner.exists() or learner.read_text(encoding="utf-8") != dumps(lesson.learner):
            drift.append(f"notebooks/{path.stem}.ipynb is not what its source says")
        if why := same_cells(root / "solutions" / f"{path.stem}.ipynb", lesson.solution):
            drift.append(f"solutions/{path.stem}.ipynb {why}")
    if not stems:
        known = {path.stem for path in sources(root=root)}
        for folder in ("notebooks", "solutions"):
            drift += [f"{folder}/{p.name} has no source in solutions/source"
                      for p in sorted((root / folder).glob("*.ipynb")) if p.stem not in known]
    return drift


def build(stems: list[str] | None = None, *, execute: bool = True, force: bool = False, jobs: int = 1,
          root: Path = ROOT, render: Callable[[str], str] = card_text, echo: Callable[[str], None] = print) -> int:
    """Write both notebooks of each lesson, `jobs` at a time; returns how many failed. A solution whose source and
    library are unchanged is not run again unless `force`. Without `execute` only learner notebooks are written."""
    def one(path: Path) -> bool:
        lines: list[str] = []
        try:
            _build_one(path, execute, force, root, render, lines.append)
            return True
        except CourseError as error:
            lines.append(f"{path.stem}: {error}")
            return False
        finally:
            echo("\n".join(lines))

    with ThreadPoolExecutor(max(1, jobs)) as pool:      # each lesson runs in a kernel, a process of its own
        return list(pool.map(one, sources(stems, root))).count(False)


def _build_one(path, execute, force, root, render, echo) -> None:
    lesson, target = read_lesson(path, render), root / "solutions" / f"{path.stem}.ipynb"
    changed = write(root / "notebooks" / path.with_suffix(".ipynb").name, dumps(lesson.learner))
    echo(f"{path.stem}: learner notebook {'written' if changed else 'unchanged'}, {len(lesson.learner.cells)} cells")
    for line in lesson.warnings:
        echo(f"  warning: {line}")
    code = code_digest(root)
    if not execute:
        return
    if not force and not same_cells(target, lesson.solution):
        if nbformat.read(target, as_version=4).metadata.get("course", {}).get("code") == code:
            echo("  solution is current (--force runs it again)")
            return
    from course_lib.teach.execute import execute_notebook

    warnings = execute_notebook(lesson.solution, path.stem, root, echo)
    lesson.solution.metadata.course["code"] = code
    write(target, dumps(lesson.solution))
    for line in warnings:
        echo(f"  warning: {line}")
