"""The floors of the house hold, the world is sealed, and importing the course is instant."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
    ("contracts.py", "course_lib.data"), ("world/__init__.py", "course_lib.data"),
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


def test_no_module_is_longer_than_300_lines():
    """But contracts, the one vocabulary of all floors, and the cards, which are text in a table."""
    modules = [p for p in (ROOT / "course_lib").rglob("*.py") if p.name != "contracts.py" and "cards" not in p.parts]
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
