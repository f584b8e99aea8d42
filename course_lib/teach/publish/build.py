"""From one lesson source to two notebooks: the learner's, with stubs and no outputs, and the solution, executed.

notebooks/NN_name.ipynb and solutions/NN_name.ipynb are written from solutions/source/NN_name.py; `check` says where
they are no longer what their source says.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from course_lib.contracts import CourseError
from course_lib.teach.lessons import ROOT
from course_lib.teach.publish.execute import execute_notebook
from course_lib.teach.publish.lesson_source import card_text, read_lesson, sources


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
    warnings = execute_notebook(lesson.solution, path.stem, root, echo)
    lesson.solution.metadata.course["code"] = code
    write(target, dumps(lesson.solution))
    for line in warnings:
        echo(f"  warning: {line}")
