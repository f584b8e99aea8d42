"""One lesson run once under shifted seeds, in a process of its own: `python -m …one_run TASK.json RESULT.json`.

The process ends with its task, so that nothing of one replicate (caches, torch's seeds, memory) reaches the next, and
a lesson that ends the interpreter takes only itself along. It also ends when the process that started it has gone.
"""

from __future__ import annotations

import json
import linecache
import os
import sys
import threading
import time
import types
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.teach.replication.measuring import measuring_tree
from course_lib.teach.replication.shifted_seeds import HOOK, SeedShift, calls_through

LOST_AFTER_S = 1.0


def run_lesson(cells: list[tuple[str, str]], replicate: int) -> list[dict]:
    """Run a lesson's cells in order in a fresh `__main__`; returns the rows that measured() made, as dicts.

    A later row for the same claim and place stands. Raises DataError naming the cell and line where one fails.
    """
    rows: dict[tuple, dict] = {}

    def keep(row):
        rows[row.claim, row.on, str(row.at)] = row.as_dict()

    lesson = types.ModuleType("__main__")
    lesson.__dict__.update({HOOK: SeedShift(replicate).through, "display": lambda *things, **options: None})
    sys.modules["__main__"] = lesson
    stub_what_speaks(keep)
    for where, code in cells:
        _run_cell(where, code, lesson.__dict__)
    return list(rows.values())


def _run_cell(where: str, code: str, names: dict) -> None:
    file = f"<{where}>"
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)     # for inspect.getsource
    program = compile(calls_through(measuring_tree(code, where)), file, "exec")
    try:
        exec(program, names)
    except Exception as error:
        line = _line_in(error, file)
        raise DataError(f"{where}, line {line}: {type(error).__name__}: {error}") from error
    _close_figures()


def _line_in(error: BaseException, file: str) -> int:
    """The last line of the cell through which the error came."""
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file:
            line = step.tb_lineno
        step = step.tb_next
    return line


def _close_figures() -> None:
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def stub_what_speaks(keep) -> None:
    """In this process measured() only keeps its row; exercise() only hands the function on, and decide() the choice:
    they are the solution's."""
    from course_lib import teach
    from course_lib.teach.cards import decision
    from course_lib.teach.ledger import predictions

    def measured(claim_id, value, low=None, high=None, on="world", **more):
        keep(predictions.row_of(claim_id, value, low, high, on, **more))

    def exercise(exercise_id):
        return lambda function: function

    def decide(decision_id, choice, **given):
        return decision(decision_id).choice.read(choice)

    teach.measured = predictions.measured = measured
    teach.exercise, teach.decide = exercise, decide


def _end_with(parent: int) -> None:
    """End this process once `parent` has gone: a killed worker must not leave a lesson running."""
    def watch():
        while os.getppid() == parent:
            time.sleep(LOST_AFTER_S)
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


def result_of(task: dict) -> dict:
    """{"rows": […], "seconds": CPU seconds, "why": "" or what went wrong}. task: cells, replicate."""
    begun = time.process_time()
    rows, why = [], ""
    try:
        cells = [tuple(cell) for cell in task["cells"]]
        rows = run_lesson(cells, task["replicate"])
    except Exception as error:
        why = f"{error}" if isinstance(error, DataError) else f"{type(error).__name__}: {error}"
    except SystemExit as error:
        why = f"the lesson ended the interpreter ({error})"
    return {"rows": rows if not why else [], "seconds": time.process_time() - begun, "why": why}


def main(task_file: str, result_file: str) -> int:
    """Read a task, run it, write its result whole. Returns 0; what went wrong stands in the result."""
    from course_lib.data.disk import write_atomic

    task = json.loads(Path(task_file).read_text(encoding="utf-8"))
    _end_with(task["parent"])
    write_atomic(result_file, json.dumps(result_of(task)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
