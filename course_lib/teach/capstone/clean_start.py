"""The clean process from which submissions' processes are made: what it has read already, so that none reads it anew.

It is started by exec, with an environment of its own, and runs nothing that was handed in.
"""

from __future__ import annotations

import ast
import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from multiprocessing import forkserver

from course_lib.contracts import CourseError
from course_lib.teach.capstone.handed_in import HandedIn
from course_lib.teach.classroom.confinement import clean_environment
from course_lib.teach.lessons import ROOT

PRELOAD = ["course_lib.teach.capstone.system_process", "course_lib.stages.retrieval.baselines",
           "course_lib.launch.launch_plan"]
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")   # none may be started
FROZEN = "course_lib.teach.capstone.frozen"             # the last, which reads the parts
STAGES, LIBRARIES = "course_lib.stages.", ("torch", "lightgbm")
_STARTING = threading.Lock()


class SubmissionError(CourseError):
    """A submission did what ends its play: an error, a slate that cannot be shown, too long, too much, a forgery."""


def ready(submissions: Iterable[HandedIn] = ()) -> None:
    """Start the clean process, with no environment but what is needed.

    submissions: what will play; what they lean on (`parts_of`) is read once, there, and not in each process.
    Call it before there are threads. Raises SubmissionError where the system cannot make one (Windows).
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        raise SubmissionError("Submissions run confined, which this system does not offer. Run it on Linux or "
                              "macOS.")
    parts = parts_of(submissions)
    multiprocessing.set_forkserver_preload([*PRELOAD, FROZEN])
    held = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(clean_environment(held) | dict.fromkeys(ONE_THREAD, "1")
                          | {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(ROOT), "COURSE_PARTS": " ".join(parts)})
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(held)


def parts_of(submissions: Iterable[HandedIn]) -> list[str]:
    """The course's stages that texts import, and theirs in turn, and those of LIBRARIES that either import.

    They are found by reading, and nothing is run. No other module is read for a submission out of bounds: what it names
    may be anything.
    """
    left, found = set().union(*(_named(one.text) for one in submissions)), set()
    while left:
        name = left.pop()
        file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        if name.startswith(STAGES) and file.is_file():
            found.add(name)
            left |= _named(file.read_text(encoding="utf-8")) - found
        elif name in LIBRARIES:
            found.add(name)
    return sorted(found)


def _named(text: str) -> set[str]:
    """What a text imports; of `from a import b` both a and a.b, since either may be the module."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {part.name for part in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {node.module, *(f"{node.module}.{part.name}" for part in node.names)}
    return found


@contextlib.contextmanager
def of_no_program() -> Iterator[None]:
    """While a process is started: no main program, which it would run once more before it is confined."""
    program = vars(sys.modules["__main__"])
    with _STARTING:
        held = {name: program[name] for name in ("__file__", "__spec__") if name in program}
        try:
            program.pop("__file__", None)
            program["__spec__"] = None
            yield
        finally:
            program.update(held)
