"""The clean process: it reads what submissions lean on of the course, nothing that they name of anyone else's."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

from course_lib.teach.capstone.clean_start import STAGES, of_no_program, parts_of
from course_lib.teach.capstone.handed_in import HandedIn
from course_lib.teach.lessons import ROOT


def parts(text):
    return parts_of([HandedIn("x", text)])


def test_stages_and_what_they_lean_on_are_read_however_they_are_imported():
    found = parts("from course_lib.stages.ranking import ranker\n")
    assert {"course_lib.stages.ranking.ranker", "lightgbm"} <= set(found)
    found = parts("def fit(log):\n    import course_lib.stages.retrieval.towers.model\n")
    assert {"torch", "course_lib.stages.retrieval.towers.row_update"} <= set(found)


@pytest.mark.parametrize("text", [
    "import course_lib.world.feed", "from course_lib.world import feed", "import course_lib.__main__",
    "from course_lib.teach import cards", "import antigravity, os.path", "from . import towers",
    "from course_lib.stages import nothing_of_this_name", "import course_lib.stages"])
def test_nothing_else_is_read_out_of_bounds(text):
    assert not parts(text)


def test_no_stage_leads_to_the_world():
    every = "\n".join(f"import {'.'.join(path.relative_to(ROOT).with_suffix('').parts)}"
                      for path in ROOT.joinpath("course_lib", "stages").rglob("*.py"))
    assert all(name.startswith(STAGES) or "." not in name for name in parts(every))


def test_what_numba_compiles_for_a_stage_is_compiled_ahead():
    """A submission's process may not write where numba would keep it, and would fail for that."""
    for path in ROOT.joinpath("course_lib", "stages").rglob("*.py"):
        if "import numba" in path.read_text(encoding="utf-8") or "from numba" in path.read_text(encoding="utf-8"):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            assert callable(module.compile_ahead), path


def test_a_stage_that_cannot_be_compiled_ahead_keeps_the_clean_process_from_nothing():
    made = ("import gc, sys, types\ndone = []\n"
            "for name, ahead in (('a', lambda: 1 / 0), ('b', lambda: done.append(1))):\n"
            "    held = sys.modules['course_lib.stages.' + name] = types.ModuleType(name)\n"
            "    held.compile_ahead = ahead\n"
            "import course_lib.teach.capstone.frozen\nprint(done, gc.get_freeze_count() > 0)\n")
    out = subprocess.run([sys.executable, "-c", made], capture_output=True, text=True, cwd=ROOT)
    assert out.stdout == "[1] True\n", out.stderr


def test_training_meets_the_types_that_were_compiled_ahead():
    pytest.importorskip("torch")
    import torch

    from course_lib.stages.retrieval.towers import row_update
    from course_lib.stages.retrieval.towers.lazy import LazyAdamW

    held = row_update.update_rows._cache
    try:
        row_update.compile_ahead()
        known = set(row_update.update_rows.signatures)
        table = torch.nn.Embedding(4, 3, sparse=True)
        steps = LazyAdamW(table.parameters(), lr=0.1)
        table(torch.tensor([1, 2])).sum().backward()
        steps.step()
        assert set(row_update.update_rows.signatures) == known
    finally:
        row_update.update_rows._cache = held


def test_while_a_process_is_started_there_is_no_program_to_run_again_and_afterwards_there_is():
    program = sys.modules["__main__"]
    before = getattr(program, "__file__", np), program.__spec__
    with of_no_program():
        assert not hasattr(program, "__file__") and program.__spec__ is None
    assert (getattr(program, "__file__", np), program.__spec__) == before
