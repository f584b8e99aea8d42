"""Lesson × replicate as independent tasks on Dask: a local cluster, or any other by its address.

A task carries the lesson's cells, so a worker needs the course and nothing else. A worker that dies loses its task to
another; a task that fails is a result that says why.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.teach.lessons import ROOT
from course_lib.teach.replication.measuring import library_digest

LIMIT_S = 900.0                 # for one task, as the build has it for a cell
WORKERS_WITHIN_S = 60.0


@dataclass(frozen=True)
class Task:
    """One lesson under the seeds of one replicate. lesson: its name. cells: see measuring.code_cells."""

    lesson: str
    replicate: int
    code: str
    library: str
    cells: tuple[tuple[str, str], ...]


def run_task(lesson_run: Task, limit_s: float = LIMIT_S) -> dict:
    """Run one task in a process of its own: {"rows": […], "seconds": CPU seconds, "why": ""}. Never raises for what a
    lesson does: an error, an end of the interpreter or too long a run stands in "why"."""
    if library_digest() != lesson_run.library:
        return failure("this worker has another version of the course; install the same one on every worker")
    with tempfile.TemporaryDirectory(prefix="replicate-") as folder:
        return _in_own_process(lesson_run, Path(folder), limit_s)


def _in_own_process(lesson_run: Task, folder: Path, limit_s: float) -> dict:
    asked, answered, said = folder / "task.json", folder / "result.json", folder / "said.txt"
    asked.write_text(json.dumps({"cells": lesson_run.cells, "replicate": lesson_run.replicate,
                                 "parent": os.getpid()}), encoding="utf-8")
    work = folder / "work"
    work.mkdir()
    command = [sys.executable, "-m", "course_lib.teach.replication.one_run", str(asked), str(answered)]
    with open(said, "w", encoding="utf-8") as file:
        try:
            ended = subprocess.run(command, cwd=work, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=file,
                                   stderr=subprocess.STDOUT, timeout=limit_s)
        except subprocess.TimeoutExpired:
            return failure(f"it took longer than {limit_s:.0f} s and was stopped")
    if not answered.exists():
        last = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:] or [""]
        how = f"signal {-ended.returncode}" if ended.returncode < 0 else f"exit code {ended.returncode}"
        return failure(f"the interpreter ended with {how}: {last[0]}")
    return json.loads(answered.read_text(encoding="utf-8"))


def failure(why: str, seconds: float = 0.0) -> dict:
    """The result of a task that failed."""
    return {"rows": [], "seconds": seconds, "why": why}


def _environment(folder: Path) -> dict[str, str]:
    """This course first on the path; nothing of the learner's is touched; one thread a task, for tasks run abreast."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return {"OMP_NUM_THREADS": "1", **os.environ, "PYTHONPATH": path, "MPLBACKEND": "agg",
            "COURSE_PROGRESS": str(folder / "progress.sqlite"), "COURSE_STABLE_OUTPUT": "1"}


def results(tasks: list[Task], *, jobs: int = 2, scheduler: str | None = None,
            limit_s: float = LIMIT_S) -> Iterator[tuple[Task, dict]]:
    """Run all tasks; yields each once with its result, in the order in which they end.

    jobs: processes of the local cluster. scheduler: the address of another ("tcp://host:8786"), whose workers are
    used instead. Raises DataError where no scheduler or no worker answers.
    """
    from distributed import as_completed

    with _client(jobs, scheduler) as client:
        token = secrets.token_hex(4)            # so that no result of an earlier session is taken for one of this
        waiting = {}
        for task in tasks:
            key = f"replicate-{task.lesson}-{task.replicate}-{token}"
            waiting[client.submit(run_task, task, limit_s, key=key, pure=False)] = task
        for future in as_completed(list(waiting), raise_errors=False):
            task = waiting.pop(future)
            yield task, _outcome(future)
            future.release()


def _outcome(future) -> dict:
    """What a task gave; an error of the cluster (its workers died again and again) becomes a result that says why."""
    if future.status == "finished":
        return future.result()
    error = future.exception() if future.status == "error" else None
    return failure(f"the cluster gave it up ({type(error).__name__}: {error})" if error else "the cluster cancelled it")


@contextmanager
def _client(jobs: int, scheduler: str | None):
    from distributed import Client, LocalCluster

    if scheduler is None:
        with LocalCluster(n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
                          silence_logs=50) as cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(scheduler, timeout="10s")
    except (OSError, TimeoutError, ValueError) as error:
        raise DataError(f"no Dask scheduler answers at {scheduler} ({error}). Start one with 'dask scheduler', and "
                        f"workers with 'dask worker ADDRESS'.") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_WITHIN_S)
        except TimeoutError as error:
            raise DataError(f"the scheduler at {scheduler} has had no worker for {WORKERS_WITHIN_S:.0f} s. Start one "
                            f"with 'dask worker {scheduler}'.") from error
        yield client
