"""Run a notebook in a fresh kernel and make what it stored comparable: no paths, no addresses, no random ids."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course_lib.teach.publish.figures import pack_figures
from course_lib.teach.publish.lesson_source import BuildError

CELL_SECONDS, NOTEBOOK_SECONDS = 20, 90
FIGURE_KB, NOTEBOOK_KB = 80, 1024
MODEL_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def kernel_environment(scratch: Path, root: Path) -> dict[str, str]:
    """The environment of a lesson's kernel: this checkout first, progress and IPython's history in `scratch`."""
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, "COURSE_PROGRESS": str(scratch / "progress.sqlite"),
            "IPYTHONDIR": str(scratch / "ipython"), "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "passive"),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1", "COURSE_STABLE_OUTPUT": "1", "COURSE_BUILT": "1"}


def execute_notebook(notebook: nbformat.NotebookNode, name: str, root: Path,
                     echo: Callable[[str], None] = print) -> list[str]:
    """Run all cells in place, in an empty folder; returns warnings about time and size.

    Raises BuildError with the cell and its message when a cell fails, never ends (900 s) or kills the kernel.
    """
    seconds: dict[int, float] = {}
    with tempfile.TemporaryDirectory(prefix="lesson-") as folder:
        client = NotebookClient(
            notebook, timeout=900, kernel_name="python3", record_timing=False, coalesce_streams=True,
            resources={"metadata": {"path": folder}},
            on_cell_execute=lambda cell, cell_index: seconds.__setitem__(cell_index, -time.perf_counter()),
            on_cell_executed=lambda cell, cell_index, **_: seconds.__setitem__(
                cell_index, seconds[cell_index] + time.perf_counter()))
        begun = time.perf_counter()
        try:
            client.execute(env=kernel_environment(Path(folder), root))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            number = max(seconds, default=0)
            raise BuildError(f"cell {number + 1} failed:\n{notebook.cells[number].source}\n"
                             f"{ANSI.sub('', str(error)).strip()[-3000:]}") from error
        total = time.perf_counter() - begun
        normalise(notebook, name, {folder: "<folder>", str(root): "<course>", str(Path.home()): "~"})
        pack_figures(notebook)
    echo(f"  executed in {total:.1f} s; slowest cells: " + ", ".join(
        f"{number + 1} ({spent:.1f} s)" for number, spent in sorted(seconds.items(), key=lambda kv: -kv[1])[:5]))
    slow = [f"cell {n + 1} took {s:.0f} s; {CELL_SECONDS} at most" for n, s in seconds.items() if s > CELL_SECONDS]
    if total > NOTEBOOK_SECONDS:
        slow.append(f"the notebook took {total:.0f} s; {NOTEBOOK_SECONDS} at most")
    return slow + oversize(notebook)


def normalise(notebook: nbformat.NotebookNode, name: str, folders: dict[str, str]) -> None:
    """Replace in all outputs what differs between two runs that did the same: execution counts, memory addresses,
    kernels' file names, machine paths (folders: path → word) and widgets' random model ids."""
    counter = 0
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            counter += 1
            cell.execution_count = counter
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = counter
                _clean_texts(output, folders)
    if "widgets" in notebook.metadata:
        notebook.metadata.widgets = _clean_widgets(notebook.metadata.widgets, folders)
    notebook.metadata.language_info = nbformat.from_dict({"name": "python"})
    notebook.metadata.kernelspec.pop("interpreter", None)
    _rename_models(notebook, name)


def clean_text(text: str, folders: dict[str, str]) -> str:
    """One text without addresses and machine paths: 'at 0x7f3c…' → 'at 0x…'."""
    for path, word in folders.items():
        text = text.replace(path, word)
    text = re.sub(r"(?:/[\w.-]+)*/ipykernel_\d+/\d+\.py", "<cell>", text)
    text = re.sub(r"(?:/[\w.-]+)+/site-packages/", "<site-packages>/", text)
    return re.sub(r"(?<![\w-])0x[0-9a-f]{6,}\b", "0x…", text)


def _clean_texts(output, folders) -> None:
    for holder in (output, output.get("data", {})):
        for key, value in holder.items():
            if isinstance(value, str) and not key.startswith("image/"):
                holder[key] = clean_text(value, folders)


def _clean_widgets(widgets, folders):
    return nbformat.from_dict(json.loads(clean_text(json.dumps(widgets, ensure_ascii=False), folders)))


def _rename_models(notebook, name: str) -> None:
    """Widgets' model ids, in order of appearance, become hashes of the lesson's name and that order."""
    known = {key for state in notebook.metadata.get("widgets", {}).values() for key in state.get("state", {})}
    texts = json.dumps([[cell.get("outputs", []) for cell in notebook.cells], notebook.metadata.get("widgets", {})])
    order = {}
    for found in MODEL_ID.findall(texts):
        if found in known:
            order.setdefault(found, hashlib.sha256(f"{name}\0{len(order)}".encode()).hexdigest()[:32])

    def renamed(node):
        return nbformat.from_dict(json.loads(MODEL_ID.sub(lambda m: order.get(m[0], m[0]), json.dumps(node))))

    if order:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = renamed(cell.outputs)
        notebook.metadata.widgets = renamed(notebook.metadata.widgets)


def oversize(notebook: nbformat.NotebookNode) -> list[str]:
    """Warnings for stored figures over 80 KB and a notebook over 1 MB."""
    heavy = []
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            image = output.get("data", {}).get("image/png")
            size = len(base64.b64decode(image)) / 1024 if image else 0
            if size > FIGURE_KB:
                heavy.append(f"cell {number} stores a figure of {size:.0f} KB; {FIGURE_KB} at most")
    size = len(nbformat.writes(notebook).encode()) / 1024
    if size > NOTEBOOK_KB:
        heavy.append(f"the notebook holds {size:.0f} KB; {NOTEBOOK_KB} at most")
    return heavy
