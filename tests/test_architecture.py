"""The floors of the house hold, the world is sealed, and importing the course is instant."""

import graphlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import grimp
import pytest

from course_lib.threads import ASKED_BY

ROOT = Path(__file__).resolve().parents[1]
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None, no_cache=True))"


def lint(folder: Path):
    """import-linter on the course_lib in `folder`, with this project's contracts."""
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True,
                          env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"})


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the package to which arrows can be added."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "course_lib", folder / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_floor_imports_only_those_below_it():
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(("importer", "imported"), [
    ("contracts/tables.py", "course_lib.data"), ("world/__init__.py", "course_lib.data"),
    ("world/__init__.py", "course_lib.stages"), ("data/__init__.py", "course_lib.stages"),
    ("data/__init__.py", "course_lib.world"), ("stages/__init__.py", "course_lib.evidence"),
    ("evidence/__init__.py", "course_lib.stages"), ("serving/__init__.py", "course_lib.evidence"),
    ("serving/__init__.py", "course_lib.world"), ("stages/__init__.py", "course_lib.serving"),
    ("launch/__init__.py", "course_lib.teach"), ("launch/__init__.py", "course_lib.world"),
    ("teach/__init__.py", "course_lib.world"), ("__main__.py", "course_lib.world"),
])
def test_an_arrow_that_is_not_allowed_is_found(house, importer, imported):
    """Even where it hides in a function."""
    path = house / "course_lib" / importer
    before = path.read_text()
    path.write_text(before + f"\n\ndef hidden():\n    import {imported}\n    return {imported}\n")
    try:
        found = lint(house)
    finally:
        path.write_text(before)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "broken" in found.stdout and imported in found.stdout


def test_a_room_that_is_on_no_floor_is_found(house):
    attic = house / "course_lib" / "attic.py"
    attic.write_text("")
    try:
        found = lint(house)
    finally:
        attic.unlink()
    assert found.returncode == 1 and "attic" in found.stdout


def test_no_module_leads_back_to_itself():
    """Imports inside functions count too."""
    graph = grimp.build_graph("course_lib", cache_dir=None, exclude_type_checking_imports=True)
    onward = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert circles(onward) == []


@pytest.mark.parametrize("house", ["course_lib", "course_lib.stages", "course_lib.teach"])
def test_no_room_leads_back_to_itself(house):
    """A room is a folder or a file beside it; what one room takes from another, the other does not take from it."""
    graph = grimp.build_graph("course_lib", cache_dir=None, exclude_type_checking_imports=True)
    rooms = graph.find_children(house)
    onward = {room: {other for other in rooms - {room} if graph.direct_import_exists(
        importer=room, imported=other, as_packages=True)} for room in rooms}
    assert circles(onward) == []


def circles(onward: dict[str, set[str]]) -> list[set[str]]:
    """Groups of nodes that can reach one another."""
    sorter, found = graphlib.TopologicalSorter(onward), []
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        found.append(set(error.args[1]))
    return found


def test_no_two_files_have_one_name():
    """But what every package has, and cards, which bear their lesson's name; CONTRIBUTING.md shows the plan."""
    names = Counter(path.stem for path in (ROOT / "course_lib").rglob("*.py") if "cards" not in path.parts)
    assert {name for name, n in names.items() if n > 1} - {"__init__", "__main__"} == set()


def test_no_two_helpers_of_the_tests_have_one_name():
    """They are imported by their bare names, so of two the one comes that was met first."""
    names = Counter(path.stem for path in (ROOT / "tests").rglob("*.py") if not path.stem.startswith("test_"))
    assert {name for name, n in names.items() if n > 1} - {"__init__", "conftest"} == set()


@pytest.mark.parametrize("module", ["course_lib", "course_lib.contracts", "course_lib.doctor", "course_lib.lab",
                                    "course_lib.__main__"])
def test_importing_brings_nothing_heavy(module):
    heavy = {"torch", "pandas", "faiss", "lightgbm", "pytorch_lightning", "duckdb", "matplotlib", "sklearn", "scipy",
             "numba", "IPython"}
    code = f"import sys, {module}; print(*sorted({heavy!r} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.split() == []


def test_idle_threads_sleep_once_the_course_is_imported():
    code = "import os; os.environ.pop('OMP_WAIT_POLICY', 0); import course_lib; print(os.environ['OMP_WAIT_POLICY'])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "passive"


THREADS = """
import os, {first}
from threadpoolctl import threadpool_info
import numpy, scipy.linalg
print(sorted({{pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}}))
from course_lib.contracts.memory import ONE_THREAD, blas_threads
with blas_threads(ONE_THREAD + 1):
    print(sorted({{pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}}))
"""


@pytest.mark.parametrize("first", ["course_lib, numpy", "numpy, course_lib", "numpy, scipy.linalg, course_lib"])
@pytest.mark.parametrize(("asked", "usual", "large"), [("", 1, os.cpu_count()), ("2", 2, 2), ("1", 1, 1)])
def test_linear_algebra_takes_one_thread_unless_somebody_asked_for_more(first, asked, usual, large):
    kept = {name: held for name, held in os.environ.items() if name not in ASKED_BY}
    made = kept | ({"OPENBLAS_NUM_THREADS": asked} if asked else {})
    out = subprocess.run([sys.executable, "-c", THREADS.format(first=first)], cwd=ROOT, env=made, capture_output=True,
                         text=True, check=True)
    assert out.stdout.splitlines() == [f"[{usual}]", f"[{large}]"]


def test_no_module_is_longer_than_300_lines():
    """But the cards, which are text in a table."""
    modules = [p for p in (ROOT / "course_lib").rglob("*.py") if "cards" not in p.parts]
    assert {str(p.relative_to(ROOT)): n for p in modules if (n := len(p.read_text().splitlines())) > 300} == {}


def test_every_module_says_what_it_is_for():
    import ast

    silent = [str(p.relative_to(ROOT)) for p in (ROOT / "course_lib").rglob("*.py")
              if p.read_text().strip() and not ast.get_docstring(ast.parse(p.read_text()))]
    assert silent == []


def test_ruff_finds_nothing():
    out = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "."], cwd=ROOT, capture_output=True,
                         text=True)
    assert out.returncode == 0, out.stdout


TORN = re.compile(r'^( *)f?"(?:[^"\\]|\\.)*"$')          # a line that is nothing but a piece of a text


def torn_texts(text: str) -> list[int]:
    """Lines that hold no more than two words of a text that began above and goes on below."""
    lines, found = text.split("\n"), []
    for number, (above, here, below) in enumerate(zip(lines, lines[1:], lines[2:], strict=False), 2):
        piece = TORN.match(here)
        goes_on = piece and below.startswith((piece[1] + '"', piece[1] + 'f"')) and above.endswith('"')
        if goes_on and len(here.split()) <= 2:
            found.append(number)
    return found


def test_no_text_is_torn_in_the_middle_of_a_sentence():
    torn = {str(path.relative_to(ROOT)): lines for path in (ROOT / "course_lib").rglob("*.py")
            if "cards" not in path.parts and (lines := torn_texts(path.read_text(encoding="utf-8")))}
    assert torn == {}
    assert torn_texts('say("one two "\n    "three "\n    "four five")') == [2]
